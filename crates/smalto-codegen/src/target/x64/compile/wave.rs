//! How a routine's wave lies in registers.

use super::machine::{GPR, MASK, VECTOR};
use crate::select::cover::Homes;
use crate::select::tables::Tables;
use smalto_kernel::{BlockId, Lane, Op, Routine, ValueId, ValueType, Width};

/// How the lanes of a wave are spread over registers, and where values of each type live.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wave {
    /// Lanes in all.
    pub(crate) width: usize,
    /// Lanes of a chunk.
    pub(crate) lanes: usize,
    /// Chunks.
    pub(crate) chunks: usize,
    /// Bytes of the widest lane type.
    pub(crate) widest: usize,
    pub(crate) homes: HomeSymbols,
}

impl Wave {
    /// The wave of routines that are called by each other, the kernel first.
    pub(crate) fn of<'r>(
        kernel: &Routine,
        routines: impl Iterator<Item = &'r Routine>,
        vector_bytes: usize,
        symbols: &Symbols,
    ) -> Wave {
        let widest = routines.map(widest_lane).max().unwrap_or(4).max(2);
        let natural = vector_bytes / widest;
        let width = match kernel.width() {
            Width::Any if is_short_loop(kernel) => natural.max(CACHE_LINE / widest),
            Width::Any => natural,
            Width::Lanes(lanes) => usize::from(lanes),
        };
        let lanes = natural.min(width);
        Wave {
            width,
            lanes,
            chunks: width / lanes,
            widest,
            homes: symbols.homes(widest),
        }
    }

    /// Bytes of the register that a chunk of lanes of so many bytes is in.
    pub(crate) fn register_bytes(&self, lane_bytes: u8) -> usize {
        (self.lanes * usize::from(lane_bytes)).max(16)
    }
}

/// Bytes that memory is moved in.
const CACHE_LINE: usize = 64;

/// The most instructions a loop has that is short.
const SHORT: usize = 64;

/// Whether a kernel is a loop so short that its time goes to memory and to counting. Turns
/// of a whole cache line are fewer, and their stores need not read the line first. Longer
/// ones would rather have the registers that a second chunk takes.
fn is_short_loop(kernel: &Routine) -> bool {
    let goes_back = |block: BlockId| {
        let mut edges = kernel.terminator(block).edges();
        edges.any(|edge| edge.target() <= block)
    };
    kernel.len() <= SHORT && kernel.block_ids().any(goes_back)
}

/// Bytes of the widest lanes a routine computes with.
fn widest_lane(routine: &Routine) -> usize {
    if routine.is_empty() {
        return 4;
    }
    let working = |ty: ValueType| match ty.is_varying() || ty.lane().is_float() {
        true => working_bytes(ty.lane()),
        // Uniform integers are in registers of their own.
        false => 2,
    };
    // A product of halves needs more than a single to be rounded once.
    let for_products = if multiplies_halves(routine) { 8 } else { 2 };
    routine
        .types()
        .iter()
        .map(working)
        .fold(for_products, usize::max)
}

/// Whether a fused multiply-add of halves is among the instructions.
fn multiplies_halves(routine: &Routine) -> bool {
    let is_one = |value: ValueId| {
        let lane = routine.ty(value).map(ValueType::lane);
        routine.op(value) == Op::Fma && lane == Some(Lane::F16)
    };
    routine.types().has_lane(Lane::F16) && (0..routine.len()).map(ValueId::new).any(is_one)
}

/// Halves are computed with as singles.
fn working_bytes(lane: Lane) -> usize {
    match lane {
        Lane::F16 => 4,
        Lane::Mask => 2,
        lane => lane.bytes(),
    }
}

/// The symbols of a target's tile files that values are at home as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Symbols {
    pub(crate) vector: u8,
    pub(crate) integer: u8,
    /// Masks of lanes of at most 2, 4 and 8 bytes.
    pub(crate) masks: [u8; 3],
    pub(crate) mask_class: u8,
}

impl Symbols {
    pub(crate) fn of(tables: &Tables) -> Symbols {
        let has_masks = tables.symbols.iter().any(|symbol| symbol.name == "k");
        let names = match has_masks {
            true => ["k", "k", "k"],
            false => ["k2", "k4", "k8"],
        };
        Symbols {
            vector: tables.symbol("v"),
            integer: tables.symbol("r"),
            masks: names.map(|name| tables.symbol(name)),
            mask_class: if has_masks { MASK } else { VECTOR },
        }
    }

    fn homes(&self, widest: usize) -> HomeSymbols {
        HomeSymbols {
            vector: self.vector,
            integer: self.integer,
            mask: self.masks[(widest.ilog2() - 1) as usize],
            mask_class: self.mask_class,
        }
    }
}

/// Where values of each type are at home.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HomeSymbols {
    pub(crate) vector: u8,
    pub(crate) integer: u8,
    pub(crate) mask: u8,
    mask_class: u8,
}

impl HomeSymbols {
    /// The register class of values of a type.
    #[inline]
    pub(crate) fn class_of(&self, ty: ValueType) -> u8 {
        match (ty.lane(), ty.is_varying()) {
            (Lane::Mask, true) => self.mask_class,
            (lane, varying) if varying || lane.is_float() => VECTOR,
            _ => GPR,
        }
    }
}

impl Homes for HomeSymbols {
    #[inline]
    fn home(&self, ty: ValueType) -> u8 {
        match (ty.lane(), ty.is_varying()) {
            (Lane::Mask, true) => self.mask,
            (lane, varying) if varying || lane.is_float() => self.vector,
            _ => self.integer,
        }
    }
}
