//! From a kernel to x86-64 machine code.
//!
//! [`Compiler::compile`] is the whole way, and reads as its table of contents:
//!
//! | step | room |
//! |---|---|
//! | choose the constants that loops keep in registers | `keep` |
//! | cut the routine into trees and cover them with tiles | `select::cover` |
//! | place the tiles: machine instructions over virtual registers | `place`, `template`, `stencil` |
//! | give registers | [`alloc`] |
//! | write bytes | `emit`, `plan`, `pseudo` |
//!
//! ```
//! use smalto_codegen::target::x64::{Compiler, Level};
//!
//! let module = smalto_kernel::parse("
//! kernel double width any {
//!     buffer x: f32 readwrite
//! block 0:
//!     %zero: u.i64 = constant 0
//!     %v: v.f32 = load x[%zero]
//!     %sum: v.f32 = add %v, %v
//!     store x[%zero], %sum
//!     return
//! }")?;
//! let kernel = module.find("double").unwrap();
//! let compiled = Compiler::new(Level::Avx2).compile(&module, kernel)?;
//! assert_eq!(compiled.lanes(), 8);
//! assert!(compiled.code().bytes().len() < 64);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod emit;
mod keep;
mod listing;
mod machine;
mod place;
mod plan;
mod pseudo;
mod stencil;
mod template;
mod wave;

pub use listing::{Listing, ListingLine, Part, RoutineListing, Selected};

use super::{Assembler, Code, EncodeError, Label, Size};
use crate::alloc::{
    self, AllocError, Allocation, Allocator, EditKind, RegisterClass, RegisterFile,
};
use crate::select::cover::{Cover, Unselectable};
use crate::select::outline::Selector;
use crate::select::tables::Tables;
use keep::Kept;
use machine::{MachineRoutine, VECTOR};
use place::{Placer, Storage};
use smalto_kernel::analysis::Flow;
use smalto_kernel::passes;
use smalto_kernel::{BlockId, Module, Routine, RoutineId, ValueId};
use std::fmt;
use std::sync::LazyLock;
use template::Templates;
use thiserror::Error;
use wave::{Symbols, Wave};

mod avx2 {
    #![allow(unreachable_pub, reason = "the build writes for any place")]
    include!(concat!(env!("OUT_DIR"), "/avx2_tiles.rs"));
}

mod avx512 {
    #![allow(unreachable_pub, reason = "the build writes for any place")]
    include!(concat!(env!("OUT_DIR"), "/avx512_tiles.rs"));
}

/// Which instructions code may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// AVX2 with FMA, F16C, BMI1, BMI2, LZCNT and POPCNT.
    Avx2,
    /// Those and AVX-512 F, VL, BW, DQ and CD.
    Avx512,
}

impl Level {
    /// Every level.
    pub const ALL: [Level; 2] = [Level::Avx2, Level::Avx512];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }

    /// Bytes of a vector register.
    pub const fn vector_bytes(self) -> usize {
        match self {
            Level::Avx2 => 32,
            Level::Avx512 => 64,
        }
    }

    fn target(self) -> &'static Target {
        static AVX2: LazyLock<Target> = LazyLock::new(|| Target::new(Level::Avx2));
        static AVX512: LazyLock<Target> = LazyLock::new(|| Target::new(Level::Avx512));
        match self {
            Level::Avx2 => &AVX2,
            Level::Avx512 => &AVX512,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What the steps need to know of a level.
#[derive(Debug)]
pub(crate) struct Target {
    level: Level,
    tables: &'static Tables,
    selector: Selector,
    templates: Templates,
    symbols: Symbols,
    file: RegisterFile,
    vector_bytes: usize,
    vector_size: Size,
    has_masks: bool,
    register_operands: emit::RegisterOperands,
    vector_moves: emit::VectorMoves,
}

impl Target {
    fn new(level: Level) -> Target {
        let (tables, vectors, vector_size) = match level {
            Level::Avx2 => (&avx2::TABLES, 16, Size::S256),
            Level::Avx512 => (&avx512::TABLES, 32, Size::S512),
        };
        let class = |name, order: Vec<u8>| RegisterClass { name, order };
        let has_masks = level == Level::Avx512;
        Target {
            level,
            tables,
            selector: Selector::new(tables),
            templates: Templates::new(tables),
            symbols: Symbols::of(tables),
            file: RegisterFile {
                classes: vec![
                    // All but rsp and rbp, those a caller wants back last.
                    class("gpr", vec![0, 1, 2, 6, 7, 8, 9, 10, 11, 3, 12, 13, 14, 15]),
                    class("vector", (0..vectors).collect()),
                    // No instruction can be masked by k0.
                    class("mask", (1..8).collect()),
                ],
            },
            vector_bytes: level.vector_bytes(),
            vector_size,
            has_masks,
            register_operands: emit::RegisterOperands::new(),
            vector_moves: emit::VectorMoves::new(vector_size),
        }
    }
}

/// Why a kernel was not compiled.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CompileError {
    /// No kernel of the module has this id.
    #[error("`{name}` is a function; only kernels are called from outside")]
    NotAKernel {
        /// The routine.
        name: String,
    },
    /// An instruction that this level has no tile for.
    #[error("`{routine}`: no instructions of {level} do `{instruction}`")]
    Unselectable {
        /// The routine.
        routine: String,
        /// The instruction, as in the text of a kernel.
        instruction: String,
        /// The level.
        level: Level,
    },
    /// Control flow that is no nest of loops.
    #[error("`{routine}`: a loop is entered in two places; `verify` says where")]
    Irreducible {
        /// The routine.
        routine: String,
    },
    /// Registers could not be given.
    #[error("`{routine}`: {error}")]
    Registers {
        /// The routine.
        routine: String,
        /// Why.
        error: AllocError,
    },
    /// The code could not be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// How much of what a kernel became.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Instructions of the kernel and the functions it calls.
    pub kernel_instructions: usize,
    /// Machine instructions before registers were given.
    pub machine_instructions: usize,
    /// Moves from registers to memory that allocation added.
    pub spills: usize,
    /// Moves from memory to registers that allocation added.
    pub reloads: usize,
    /// Moves between registers that allocation added.
    pub moves: usize,
    /// Constants made again rather than kept.
    pub rematerialised: usize,
}

/// A compiled kernel.
#[derive(Debug, Clone)]
pub struct Compiled {
    code: Code,
    lanes: usize,
    statistics: Statistics,
    listing: Option<Box<Listing>>,
}

impl Compiled {
    /// The code. The kernel is a System V function `fn(*const u64)` that begins at its first
    /// byte. Its argument points to its arguments: for each buffer its address and its
    /// number of elements, then the parameters, each in eight bytes, integers of 32 bits
    /// and less in the lower ones.
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// How many lanes its waves have.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// How much it became.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// What became of the kernel, step by step, if a [listing](Compiler::with_listing) was
    /// asked for.
    pub fn listing(&self) -> Option<&Listing> {
        self.listing.as_deref()
    }
}

/// Bytes of the smallest vector register.
const SMALLEST_REGISTER: usize = 16;

/// Compiles kernels. It keeps its storage from one to the next.
#[derive(Debug)]
pub struct Compiler {
    target: &'static Target,
    wants_listing: bool,
    passes: passes::Workspace,
    flow: Flow,
    kept: Kept,
    cover: Cover,
    storage: Storage,
    machine: MachineRoutine,
    allocator: Allocator,
    allocation: Allocation,
    assembler: Assembler,
    emission: emit::Storage,
}

impl Compiler {
    /// A compiler for a level. It runs on any machine.
    pub fn new(level: Level) -> Compiler {
        Compiler {
            target: level.target(),
            wants_listing: false,
            passes: passes::Workspace::default(),
            flow: Flow::default(),
            kept: Kept::default(),
            cover: Cover::default(),
            storage: Storage::default(),
            machine: MachineRoutine::default(),
            allocator: Allocator::default(),
            allocation: Allocation::default(),
            assembler: Assembler::new(),
            emission: emit::Storage::default(),
        }
    }

    /// The same, and what it compiles has a [listing](Compiled::listing).
    pub fn with_listing(mut self) -> Compiler {
        self.wants_listing = true;
        self
    }

    /// The level it compiles for.
    pub fn level(&self) -> Level {
        self.target.level
    }

    /// Compiles a kernel and the functions it calls. The module
    /// [verifies](smalto_kernel::verify()).
    ///
    /// # Errors
    /// If it is no kernel, or the level cannot do what it does.
    ///
    /// # Panics
    /// May panic if the module does not verify.
    pub fn compile(
        &mut self,
        module: &Module,
        kernel: RoutineId,
    ) -> Result<Compiled, CompileError> {
        if module.routine(kernel).role() != smalto_kernel::Role::Kernel {
            let name = module.routine(kernel).name().into();
            return Err(CompileError::NotAKernel { name });
        }
        self.assembler.clear();
        let unit = reachable(module, kernel);
        let prepared = self.written_out(module, kernel);
        let module = prepared.as_ref().unwrap_or(module);
        let wave = self.wave(module, kernel, &unit);
        let masked = self.masked(module, &unit, wave);
        let module = masked.as_ref().unwrap_or(module);
        let mut labels = vec![None; module.routines().len()];
        for &id in &unit {
            labels[id.index()] = Some(self.assembler.label());
        }
        if self.wants_listing {
            self.assembler.start_trace();
        }
        let mut statistics = Statistics::default();
        let mut notes = Vec::new();
        for &id in &unit {
            self.routine(module, id, wave, &mut statistics)?;
            let lines = self.emit(module, id, wave, &labels);
            if self.wants_listing {
                notes.push(self.notes(module, id, lines));
            }
        }
        let trace = self.assembler.take_trace();
        let code = self.assembler.finish()?;
        let listing = match self.wants_listing {
            true => {
                let given = listing::Given {
                    module,
                    code: &code,
                    tables: self.target.tables,
                    trace: &trace,
                    routines: &labels,
                };
                Some(Box::new(given.listing(notes)?))
            }
            false => None,
        };
        Ok(Compiled {
            code,
            lanes: wave.width,
            statistics,
            listing,
        })
    }

    fn wave(&self, module: &Module, kernel: RoutineId, unit: &[RoutineId]) -> Wave {
        Wave::of(
            module.routine(kernel),
            unit.iter().map(|&id| module.routine(id)),
            self.target.vector_bytes,
            &self.target.symbols,
        )
    }

    /// The module with what tells lanes apart and what computes with halves written out:
    /// `None` if there is nothing of the sort.
    fn written_out(&mut self, module: &Module, kernel: RoutineId) -> Option<Module> {
        let tells_lanes_apart = module.routine(kernel).width() != smalto_kernel::Width::Any;
        if !tells_lanes_apart && !passes::computes_with_halves(module) {
            return None;
        }
        let mut written = module.clone();
        passes::write_out_butterflies(&mut written, &mut self.passes);
        passes::widen_halves(&mut written, &mut self.passes);
        Some(written)
    }

    /// The module with masks on accesses to elements so small that a chunk of them does
    /// not fill the smallest register: `None` if there are none.
    fn masked(&mut self, module: &Module, unit: &[RoutineId], wave: Wave) -> Option<Module> {
        let bytes = SMALLEST_REGISTER / wave.lanes;
        let mut buffers = unit.iter().flat_map(|&id| module.routine(id).buffers());
        if !buffers.any(|buffer| buffer.element.bytes() < bytes) {
            return None;
        }
        let mut masked = module.clone();
        passes::mask_memory(&mut masked, bytes, &mut self.passes);
        Some(masked)
    }

    /// What the allocator was given for the last routine compiled: for measuring
    /// allocation by itself. Class 0 is integers, class 1 vectors, class 2 masks.
    pub fn last_function(&self) -> &alloc::Function {
        &self.machine.registers
    }

    /// Takes a routine to machine instructions with registers.
    fn routine(
        &mut self,
        module: &Module,
        id: RoutineId,
        wave: Wave,
        statistics: &mut Statistics,
    ) -> Result<(), CompileError> {
        let routine = module.routine(id);
        let named = || routine.name().to_owned();
        self.flow
            .compute(routine)
            .map_err(|_| CompileError::Irreducible { routine: named() })?;
        let vectors = self.target.file.classes[usize::from(VECTOR)].order.len();
        self.kept.find(routine, &self.flow, &wave, vectors);
        let kept = |value| self.kept.constant(value);
        self.cover
            .compute(routine, &self.target.selector, &wave.homes, kept)
            .map_err(|Unselectable(value)| self.unselectable(routine, value))?;
        self.machine.clear();
        Placer::new(
            module,
            routine,
            self.target,
            wave,
            &self.cover,
            &mut self.machine,
            &mut self.storage,
        )
        .run(&self.flow, &self.kept);
        let function = &self.machine.registers;
        self.allocator
            .allocate_into(function, &self.target.file, &mut self.allocation)
            .map_err(|error| CompileError::Registers {
                routine: named(),
                error,
            })?;
        if cfg!(debug_assertions) {
            let checked = alloc::checker::check(function, &self.target.file, &self.allocation);
            checked.unwrap_or_else(|violation| panic!("{}: {violation}", routine.name()));
        }
        statistics.add(routine, &self.machine, &self.allocation);
        Ok(())
    }

    fn emit(
        &mut self,
        module: &Module,
        id: RoutineId,
        wave: Wave,
        labels: &[Option<Label>],
    ) -> Vec<listing::Line> {
        let mut lines = Vec::new();
        let begin = labels[id.index()].expect("every routine of the unit has a label");
        self.assembler.bind(begin);
        emit::Emission {
            module,
            target: self.target,
            wave,
            machine: &self.machine,
            allocation: &self.allocation,
            routines: labels,
            is_kernel: module.routine(id).role() == smalto_kernel::Role::Kernel,
            assembler: &mut self.assembler,
            lines: self.wants_listing.then_some(&mut lines),
            storage: &mut self.emission,
        }
        .run();
        lines
    }

    fn unselectable(&self, routine: &Routine, value: ValueId) -> CompileError {
        let ty = routine.ty(value).map(|ty| format!(": {ty}"));
        CompileError::Unselectable {
            routine: routine.name().into(),
            instruction: format!("{}{}", routine.op(value), ty.unwrap_or_default()),
            level: self.target.level,
        }
    }

    /// What a listing says of the routine that was compiled last.
    fn notes(&self, module: &Module, id: RoutineId, lines: Vec<listing::Line>) -> listing::Notes {
        let blocks = 0..self.machine.registers.blocks.len();
        let blocks: Vec<BlockId> = blocks.map(|at| self.storage.block_at(at)).collect();
        listing::Notes {
            routine: id,
            selected: listing::selected(module.routine(id), &self.cover, &self.target.selector),
            allocated: listing::Allocated {
                module,
                target: self.target,
                machine: &self.machine,
                allocation: &self.allocation,
                blocks: &blocks,
            }
            .lines(),
            lines,
            steps: self.target.templates.steps_of_tiles(),
            blocks,
        }
    }
}

impl Statistics {
    fn add(&mut self, routine: &Routine, machine: &MachineRoutine, allocation: &Allocation) {
        self.kernel_instructions += routine.len();
        self.machine_instructions += machine.instructions.len();
        for (_, edit) in &allocation.edits {
            let count = match edit.kind() {
                EditKind::Rematerialise => &mut self.rematerialised,
                EditKind::Spill => &mut self.spills,
                EditKind::Reload => &mut self.reloads,
                EditKind::Move | EditKind::Swap => &mut self.moves,
            };
            *count += 1;
        }
    }
}

/// The kernel and the functions it calls, directly or not, the kernel first.
fn reachable(module: &Module, kernel: RoutineId) -> Vec<RoutineId> {
    let mut seen = vec![false; module.routines().len()];
    seen[kernel.index()] = true;
    let mut found = vec![kernel];
    let mut next = 0;
    while let Some(&id) = found.get(next) {
        next += 1;
        let routine = module.routine(id);
        if !routine.has_calls() {
            continue;
        }
        for index in 0..routine.len() {
            if let Some(callee) = routine.callee_of(ValueId::new(index))
                && !std::mem::replace(&mut seen[callee.index()], true)
            {
                found.push(callee);
            }
        }
    }
    found
}
