//! Functions that random kernels call.

use super::choices::{Choices, random_type};
use super::grower::Grower;
use super::{MARGIN, Menu};
use crate::{Access, Builder, Lane, Module, RoutineId, TableId, ValueType, Width};

/// A function that may be called.
#[derive(Debug, Clone)]
pub(super) struct Callee {
    pub(super) id: RoutineId,
    pub(super) parameters: Vec<ValueType>,
    pub(super) result: Option<ValueType>,
    /// Whether it takes the buffer of counts.
    pub(super) counts: bool,
}

pub(super) fn random_functions(
    module: &mut Module,
    menu: &Menu,
    tables: &[(TableId, Lane)],
    choices: &mut Choices<'_>,
) -> Vec<Callee> {
    let mut functions = vec![bump(module)];
    for index in 0..choices.below(3) {
        let parameters: Vec<ValueType> = (0..choices.below(4))
            .map(|_| random_type(menu, choices))
            .collect();
        let result = random_type(menu, choices);
        let name = format!("f{index}");
        let builder = Builder::function(&name, menu.width, Some(result));
        let mut grower = Grower::new(builder, menu, tables, &functions, choices);
        let routine = grower.function(&parameters, result);
        functions.push(Callee {
            id: module.add(routine),
            parameters,
            result: Some(result),
            counts: false,
        });
    }
    functions
}

/// A function that is called for what it does alone: counts in the lanes of a mask.
pub(super) fn bump(module: &mut Module) -> Callee {
    let mut b = Builder::function("bump", Width::Any, None);
    let counts = b.buffer("counts", Lane::I32, Access::ReadWrite);
    let parameters = [Lane::I32, Lane::Mask].map(ValueType::varying);
    let which = b.parameter("which", parameters[0]);
    let active = b.parameter("active", parameters[1]);
    let margin = b.varying(MARGIN as i32 - 1);
    let index = b.and(which, margin);
    let one = b.varying(1i32);
    b.atomic_add(counts, index, one, Some(active));
    b.return_nothing();
    Callee {
        id: module.add(b.finish()),
        parameters: parameters.to_vec(),
        result: None,
        counts: true,
    }
}
