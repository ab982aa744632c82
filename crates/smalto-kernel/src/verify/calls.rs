//! The call graph: who calls whom, and how deep.

use super::{Findings, MAX_CALL_DEPTH, Place};
use crate::{Module, Op, Role, RoutineId, ValueId};

/// Whether every call is of a function of the module and none leads back to its
/// routine.
pub(super) fn check(module: &Module, findings: &mut Findings) -> bool {
    let Some(callees) = callees(module, findings) else {
        return false;
    };
    let mut walk = Walk {
        callees: &callees,
        state: vec![State::New; module.routines.len()],
        stack: Vec::new(),
    };
    for index in 0..module.routines.len() {
        match walk.from(index) {
            Ok(depth) if depth > MAX_CALL_DEPTH => {
                let message =
                    format!("calls nest {depth} deep, at most {MAX_CALL_DEPTH} are allowed");
                findings.add(Place::of(&module.routines[index]), message);
                return false;
            }
            Ok(_) => {}
            Err(caller) => {
                let message = "calls lead back to it: a function must not call itself";
                findings.add(Place::of(&module.routines[caller]), message);
                return false;
            }
        }
    }
    true
}

/// Whom each routine calls; `None` if a call is of no function.
fn callees(module: &Module, findings: &mut Findings) -> Option<Vec<Vec<RoutineId>>> {
    let mut sound = true;
    let mut all = Vec::with_capacity(module.routines.len());
    for routine in &module.routines {
        let mut callees = Vec::new();
        for block in routine.block_ids() {
            for value in routine.values_in(block) {
                if routine.op(value) != Op::Call {
                    continue;
                }
                match function(module, routine.callee_of(value)) {
                    Ok(callee) => callees.push(callee),
                    Err(message) => {
                        sound = false;
                        let place = Place::of(routine).block(block).instruction(routine, value);
                        findings.add(place, message);
                    }
                }
            }
        }
        callees.sort_unstable();
        callees.dedup();
        all.push(callees);
    }
    sound.then_some(all)
}

fn function(module: &Module, id: Option<RoutineId>) -> Result<RoutineId, String> {
    let id = id.ok_or("names no function")?;
    match module.routines.get(id.index()) {
        None => Err(format!("there is no routine {}", id.index())),
        Some(found) if found.role == Role::Kernel => {
            Err(format!("{} is a kernel, wanted a function", found.name))
        }
        Some(_) => Ok(id),
    }
}

#[derive(Clone, Copy)]
enum State {
    New,
    /// On the way that is being followed.
    Open,
    /// Calls nest this deep below it, itself included.
    Done(usize),
}

struct Walk<'c> {
    callees: &'c [Vec<RoutineId>],
    state: Vec<State>,
    /// Routines on the way, and how many of their callees were followed.
    stack: Vec<(usize, usize)>,
}

impl Walk<'_> {
    /// How deep calls nest from `start` on, or a routine that calls itself.
    fn from(&mut self, start: usize) -> Result<usize, usize> {
        self.open(start)?;
        while let Some((routine, followed)) = self.stack.last_mut() {
            let routine = *routine;
            if let Some(callee) = self.callees[routine].get(*followed) {
                *followed += 1;
                self.open(callee.index())?;
                continue;
            }
            self.stack.pop();
            let depth = self.callees[routine]
                .iter()
                .map(|&callee| self.depth(callee));
            self.state[routine] = State::Done(1 + depth.max().unwrap_or(0));
        }
        Ok(self.depth(RoutineId::new(start)))
    }

    fn open(&mut self, routine: usize) -> Result<(), usize> {
        match self.state[routine] {
            State::Done(_) => Ok(()),
            State::Open => Err(routine),
            State::New => {
                self.state[routine] = State::Open;
                self.stack.push((routine, 0));
                Ok(())
            }
        }
    }

    fn depth(&self, routine: RoutineId) -> usize {
        match self.state[routine.index()] {
            State::Done(depth) => depth,
            State::New | State::Open => 0,
        }
    }
}

impl super::Check<'_> {
    /// What is wrong with a call, given that its callee is a function.
    pub(super) fn call(&self, value: ValueId) -> Result<(), String> {
        let callee = self.routine.callee_of(value).expect("a call has a callee");
        let function = self.module.routine(callee);
        let name = &function.name;
        if self.routine.ty(value) != function.result {
            let show = |ty: Option<_>| {
                ty.map_or("nothing".to_owned(), |ty: crate::ValueType| ty.to_string())
            };
            let (found, wanted) = (show(self.routine.ty(value)), show(function.result));
            return Err(format!("result is {found}, but {name} returns {wanted}"));
        }
        if !function.width.fits(self.routine.width) {
            let (theirs, ours) = (function.width, self.routine.width);
            return Err(format!(
                "{name} is of width {theirs}, but the caller of {ours}"
            ));
        }
        self.arguments_of_call(value, function)?;
        self.buffers_of_call(value, function)
    }

    fn arguments_of_call(&self, value: ValueId, function: &crate::Routine) -> Result<(), String> {
        let name = &function.name;
        let arguments = self.routine.operands(value);
        let parameters = function.parameters();
        if arguments.len() != parameters.len() {
            let (found, wanted) = (arguments.len(), parameters.len());
            return Err(format!(
                "{found} arguments for the {wanted} parameters of {name}"
            ));
        }
        for (&argument, (parameter, wanted)) in arguments.iter().zip(parameters) {
            let found = self.routine.ty(argument);
            if found != Some(wanted) {
                let found = super::typing::show(found);
                return Err(format!("{parameter} of {name} is {wanted}, found {found}"));
            }
        }
        Ok(())
    }

    /// Each buffer a function is given may be used as it declares, and is another one
    /// unless it is only read.
    fn buffers_of_call(&self, value: ValueId, function: &crate::Routine) -> Result<(), String> {
        let name = &function.name;
        let passed = self.routine.buffers_passed(value);
        if passed.len() != function.buffers.len() {
            let (found, wanted) = (passed.len(), function.buffers.len());
            return Err(format!("{found} buffers for the {wanted} of {name}"));
        }
        // Which buffers were passed before, and which of them to be written.
        let mut seen = [None; crate::Routine::MAX_BUFFERS];
        for (&id, theirs) in passed.iter().zip(&function.buffers) {
            let Some(ours) = self.routine.buffer(id) else {
                return Err(format!("there is no buffer {}", id.index()));
            };
            if ours.element != theirs.element {
                let (found, wanted) = (ours.element, theirs.element);
                return Err(format!(
                    "buffer {} is of {found}, but {} of {name} is of {wanted}",
                    ours.name, theirs.name
                ));
            }
            let allowed = (ours.access.reads() || !theirs.access.reads())
                && (ours.access.writes() || !theirs.access.writes());
            if !allowed {
                return Err(format!(
                    "buffer {} is {}, but {} of {name} is {}",
                    ours.name, ours.access, theirs.name, theirs.access
                ));
            }
            let written = theirs.access.writes();
            let before = seen[id.index()].replace(written);
            if before.is_some_and(|before| before || written) {
                return Err(format!(
                    "buffer {} is passed twice to {name}, which writes it",
                    ours.name
                ));
            }
        }
        Ok(())
    }
}
