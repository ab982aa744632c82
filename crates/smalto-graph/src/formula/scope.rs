//! What the names of values mean, block by block.
//!
//! Inputs, lets, parameters and tables share one namespace. An inner block may
//! give a name another meaning; when it ends the outer meaning is back. Each name
//! has a stack of meanings, so that entering and leaving blocks and looking up all
//! take constant time a name, however many blocks are open.

use crate::{NodeId, TableId};
use std::collections::HashMap;
use std::ops::Range;

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning {
    Value(NodeId),
    Table(TableId),
}

/// What made a name mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Input,
    /// An input by the use of its name alone.
    ImplicitInput,
    Let,
    Parameter,
    Table,
}

impl Origin {
    /// A remark on the place.
    pub(super) fn remark(self) -> &'static str {
        match self {
            Origin::Input => "declared as an input here",
            Origin::ImplicitInput => "first used here, which made it an input",
            Origin::Let => "given a value here",
            Origin::Parameter => "a parameter here",
            Origin::Table => "declared as a table here",
        }
    }
}

/// A name with a meaning.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub(super) meaning: Meaning,
    pub(super) origin: Origin,
    /// Where the name was declared.
    pub(super) span: Range<usize>,
    /// How many blocks were open there.
    level: usize,
}

/// The names that can be used, innermost meaning first.
#[derive(Debug, Default)]
pub(super) struct Scope<'s> {
    bindings: HashMap<&'s str, Vec<Binding>>,
    /// The names declared in open blocks, outermost block first.
    local: Vec<&'s str>,
    /// For each open block, where its names begin in `local`.
    blocks: Vec<usize>,
}

impl<'s> Scope<'s> {
    /// Begins a block.
    pub(super) fn open(&mut self) {
        self.blocks.push(self.local.len());
    }

    /// Ends the innermost block and forgets its names.
    pub(super) fn close(&mut self) {
        let first = self.blocks.pop().expect("a block is open");
        for name in self.local.drain(first..) {
            self.bindings.get_mut(name).and_then(Vec::pop);
        }
    }

    /// The innermost meaning of `name`.
    pub(super) fn find(&self, name: &str) -> Option<&Binding> {
        self.bindings.get(name)?.last()
    }

    /// Gives `name` a meaning in the innermost block, unless it already has one there.
    pub(super) fn declare(
        &mut self,
        name: &'s str,
        meaning: Meaning,
        origin: Origin,
        span: Range<usize>,
    ) -> Result<(), Binding> {
        let level = self.blocks.len();
        let known = self.bindings.entry(name).or_default();
        if let Some(previous) = known.last().filter(|binding| binding.level == level) {
            return Err(previous.clone());
        }
        known.push(Binding {
            meaning,
            origin,
            span,
            level,
        });
        if level > 0 {
            self.local.push(name);
        }
        Ok(())
    }

    /// Makes `name`, which has no meaning yet, an input for the whole formula
    /// whatever blocks are open.
    pub(super) fn declare_implicit(&mut self, name: &'s str, node: NodeId, span: Range<usize>) {
        self.bindings.entry(name).or_default().push(Binding {
            meaning: Meaning::Value(node),
            origin: Origin::ImplicitInput,
            span,
            level: 0,
        });
    }

    /// All names that mean something here.
    pub(super) fn names(&self) -> impl Iterator<Item = &'s str> {
        self.bindings
            .iter()
            .filter(|(_, meanings)| !meanings.is_empty())
            .map(|(&name, _)| name)
    }
}
