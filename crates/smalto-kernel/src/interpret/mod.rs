//! The reference interpreter: what a kernel means, for any number of lanes.
//!
//! It runs lane by lane and takes its time. What a primitive gives in one lane is
//! asked of [`smalto_lower::Scalar`]; everything else here is about lanes, memory and
//! control. It reports what a kernel must not do: leave its buffers, use
//! [poison](crate::op), or run on and on.
//!
//! ```
//! use smalto_kernel::interpret::{Buffer, Interpreter};
//!
//! let module = smalto_kernel::parse("
//! kernel scale width any {
//!     buffer x: f32 readwrite
//!     param gain: u.f32
//! block 0:
//!     %start: u.i64 = constant 0
//!     %n: u.i64 = length x
//!     %active: v.mask = first_lanes %n
//!     %value: v.f32 = load x[%start] if %active
//!     %factor: v.f32 = splat %gain
//!     %scaled: v.f32 = mul %value, %factor
//!     store x[%start], %scaled if %active
//!     return
//! }")?;
//! let mut buffers = [Buffer::from([1.0f32, 2.0, 3.0])];
//! Interpreter::new(&module)?.width(4).run("scale", &mut buffers, &[0.5f32.into()])?;
//! assert_eq!(buffers[0].to_vec::<f32>(), Some(vec![0.5, 1.0, 1.5]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod buffer;
mod convert;
mod error;
mod frame;
mod lanes;
mod memory;
pub(crate) mod number;
mod run;

pub use buffer::{Buffer, Element};
pub use error::RunError;
pub use number::{binary, ternary, unary};

use crate::verify::Findings;
use crate::{Literal, Module, Role, RoutineId, Width, verify};
use frame::Layout;
use smalto_lower::StandardEnvironment;

/// Runs the kernels of a module.
#[derive(Debug)]
pub struct Interpreter<'m> {
    module: &'m Module,
    width: usize,
    fuel: u64,
    memory: usize,
}

impl<'m> Interpreter<'m> {
    /// How many lanes a kernel of any width has if it is not said.
    pub const DEFAULT_WIDTH: usize = 8;
    /// How many instructions run if it is not said.
    pub const DEFAULT_FUEL: u64 = 1 << 30;
    /// How many bytes the values of a run may take if it is not said.
    pub const DEFAULT_MEMORY: usize = 1 << 31;

    /// An interpreter of `module`.
    ///
    /// # Errors
    /// If the module does not [verify](verify()).
    pub fn new(module: &'m Module) -> Result<Interpreter<'m>, Findings> {
        verify(module)?;
        Ok(Interpreter {
            module,
            width: Interpreter::DEFAULT_WIDTH,
            fuel: Interpreter::DEFAULT_FUEL,
            memory: Interpreter::DEFAULT_MEMORY,
        })
    }

    /// Runs kernels of any width in waves of `lanes`.
    ///
    /// # Panics
    /// Unless that is 1 to [`Width::MAX_LANES`].
    pub fn width(mut self, lanes: usize) -> Interpreter<'m> {
        assert!(
            (1..=Width::MAX_LANES).contains(&lanes),
            "a wave has 1 to 64 lanes, not {lanes}"
        );
        self.width = lanes;
        self
    }

    /// Gives up after this many instructions.
    pub fn fuel(mut self, instructions: u64) -> Interpreter<'m> {
        self.fuel = instructions;
        self
    }

    /// Refuses kernels whose values would take more than this many bytes.
    pub fn memory(mut self, bytes: usize) -> Interpreter<'m> {
        self.memory = bytes;
        self
    }

    /// Runs the kernel `name` on `buffers`, with `arguments` for its parameters.
    ///
    /// # Errors
    /// If there is no such kernel, or buffers and arguments do not fit it, and for what a
    /// kernel must not do. What is then in the buffers is not said.
    pub fn run(
        &self,
        name: &str,
        buffers: &mut [Buffer],
        arguments: &[Literal],
    ) -> Result<(), RunError> {
        let id = self.kernel(name)?;
        self.check_buffers(id, buffers)?;
        self.check_arguments(id, arguments)?;
        let width = match self.module.routine(id).width {
            Width::Any => self.width,
            Width::Lanes(lanes) => lanes.into(),
        };
        let layouts = Layout::of_callees(self.module, id, width, self.memory)?;
        let _environment = StandardEnvironment::enter();
        run::Run::new(self.module, id, width, self.fuel, &layouts, buffers).run(arguments)
    }

    fn kernel(&self, name: &str) -> Result<RoutineId, RunError> {
        let found = self.module.find(name);
        let kernel = found.filter(|&id| self.module.routine(id).role == Role::Kernel);
        kernel.ok_or_else(|| RunError::NoKernel {
            name: name.to_owned(),
        })
    }

    fn check_buffers(&self, id: RoutineId, buffers: &[Buffer]) -> Result<(), RunError> {
        let declared = self.module.routine(id).buffers();
        if declared.len() != buffers.len() {
            return Err(RunError::BufferCount {
                wanted: declared.len(),
                found: buffers.len(),
            });
        }
        let mut pairs = declared.iter().zip(buffers);
        match pairs.find(|(declared, buffer)| declared.element != buffer.element()) {
            None => Ok(()),
            Some((declared, buffer)) => Err(RunError::BufferType {
                name: declared.name.to_string(),
                wanted: declared.element,
                found: buffer.element(),
            }),
        }
    }

    fn check_arguments(&self, id: RoutineId, arguments: &[Literal]) -> Result<(), RunError> {
        let parameters = self.module.routine(id).parameters();
        if parameters.len() != arguments.len() {
            return Err(RunError::ArgumentCount {
                wanted: parameters.len(),
                found: arguments.len(),
            });
        }
        let mut pairs = parameters.zip(arguments);
        match pairs.find(|((_, ty), argument)| ty.lane() != argument.lane()) {
            None => Ok(()),
            Some(((name, ty), argument)) => Err(RunError::ArgumentType {
                name: name.to_owned(),
                wanted: ty.lane(),
                found: argument.lane(),
            }),
        }
    }
}
