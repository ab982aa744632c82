//! What a module must be to make sense, and one line for each thing it is not.
//!
//! | rule | because |
//! |---|---|
//! | operands and results have the types of the [row](crate::op) | |
//! | a value is given in a block that dominates its uses, and has a smaller number; a block comes after those that dominate it | passes walk forward |
//! | a jump passes one argument of the right type for each parameter; none goes to the entry | |
//! | conditions are `u.mask` | lanes of a wave go together |
//! | control flow is reducible, loops nest at most [`MAX_LOOP_DEPTH`] deep, every block can be reached | WebAssembly structures it again; analyses stay linear |
//! | buffers are used as declared; calls pass each buffer once, unless all only read it | buffers of a routine never overlap |
//! | functions do not call themselves, and calls nest at most [`MAX_CALL_DEPTH`] deep | a wave's stack is bounded |
//! | instructions that tell lanes apart are in routines of a declared width, which call only such of the same width, or of any | results do not depend on the target |
//!
//! The rules about values are checked only for what obeys those about control flow.

mod calls;
mod findings;
mod flow;
mod typing;

pub use findings::{Finding, Findings, Place};

use crate::analysis::Flow;
use crate::text::is_identifier;
use crate::{Lane, Module, Rate, Role, Routine, RoutineId};
use std::collections::HashSet;

/// How deep loops may nest.
pub const MAX_LOOP_DEPTH: u32 = 64;

/// How deep calls may nest.
pub const MAX_CALL_DEPTH: usize = 64;

/// Checks that a module makes sense: see the [module documentation](self).
///
/// ```
/// let module = smalto_kernel::parse("
/// kernel k width any {
///     param n: u.i32
/// block 0:
///     %a: v.f32 = constant 1
///     %b: v.f32 = add %n, %a
///     return
/// }")?;
/// assert_eq!(
///     smalto_kernel::verify(&module).unwrap_err().to_string(),
///     "kernel k, block 0, %2 = add: operand 1 is u.i32, wanted v.f32"
/// );
/// # Ok::<(), smalto_kernel::ParseError>(())
/// ```
///
/// # Errors
/// What is wrong, one line for each thing, up to [`Findings::MOST`].
pub fn verify(module: &Module) -> Result<(), Findings> {
    let mut findings = Findings::default();
    names(module, &mut findings);
    let calls_are_sound = calls::check(module, &mut findings);
    let mut flow = Flow::default();
    for index in 0..module.routines.len() {
        if findings.are_enough() {
            break;
        }
        let id = RoutineId::new(index);
        let check = Check {
            module,
            routine: module.routine(id),
        };
        check.head(&mut findings);
        if check.control_flow(&mut flow, &mut findings) && calls_are_sound {
            check.instructions(&flow, &mut findings);
        }
    }
    findings.into_result()
}

/// One routine being checked.
struct Check<'m> {
    module: &'m Module,
    routine: &'m Routine,
}

impl Check<'_> {
    fn place(&self) -> Place {
        Place::of(self.routine)
    }

    /// Width, buffers, parameters and result.
    fn head(&self, findings: &mut Findings) {
        let Routine {
            role,
            width,
            buffers,
            result,
            ..
        } = self.routine;
        if !width.is_valid() {
            findings.add(
                self.place(),
                format!("width {width} is not 1, 2, 4, 8, 16, 32 or 64"),
            );
        }
        for buffer in buffers.iter().filter(|buffer| buffer.element == Lane::Mask) {
            findings.add(
                self.place(),
                format!(
                    "buffer {} holds masks, which have no form in memory",
                    buffer.name
                ),
            );
        }
        self.names(findings);
        if *role == Role::Function {
            return;
        }
        if let Some(result) = result {
            findings.add(
                self.place(),
                format!("a kernel returns nothing, not {result}"),
            );
        }
        for (name, ty) in self.routine.parameters() {
            let is_number = ty.lane() != Lane::Mask && ty.count() == 1;
            if !is_number || ty.rate() == Rate::Varying {
                findings.add(
                    self.place(),
                    format!("parameter {name} is {ty}, wanted a uniform number"),
                );
            }
        }
    }

    fn names(&self, findings: &mut Findings) {
        let mut seen = HashSet::new();
        let buffers = self.routine.buffers.iter().map(|buffer| &*buffer.name);
        let parameters = self.routine.parameters.iter().map(|name| &**name);
        for name in buffers.chain(parameters) {
            name_is_free(name, &mut seen, self.place(), findings);
        }
    }
}

/// Tables have names of their own kind, and so have routines.
fn names(module: &Module, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for table in &module.tables {
        name_is_free(table.name(), &mut seen, Place::default(), findings);
        if table.is_empty() {
            let message = format!("table {} has no elements", table.name());
            findings.add(Place::default(), message);
        }
        if table.element() == Lane::Mask {
            let message = format!(
                "table {} holds masks, which have no form in memory",
                table.name()
            );
            findings.add(Place::default(), message);
        }
    }
    seen.clear();
    for routine in &module.routines {
        name_is_free(&routine.name, &mut seen, Place::default(), findings);
    }
}

fn name_is_free<'s>(
    name: &'s str,
    seen: &mut HashSet<&'s str>,
    place: Place,
    findings: &mut Findings,
) {
    if !is_identifier(name) {
        let shown: String = name.chars().take(40).collect();
        findings.add(
            place,
            format!("{shown:?} is no name: a name is letters, digits, `_` and `.`"),
        );
    } else if !seen.insert(name) {
        findings.add(place, format!("the name {name} is used twice"));
    }
}
