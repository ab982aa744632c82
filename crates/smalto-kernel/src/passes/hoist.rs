//! Loop-invariant hoisting: what does not change in a loop is computed before it.
//!
//! This is what makes rates fall out. A kernel that draws a picture is a loop over rows
//! with a loop over waves in it; what depends on y alone leaves the inner loop, what
//! depends on neither leaves both. Uniform and varying instructions move alike.
//!
//! One walk forward finds, for each instruction, the outermost loop it can leave:
//! all it depends on is outside of that loop, or was itself moved out. It goes to the
//! *preheader*, the block before the loop, behind what was moved there before it.
//! A loop that has no block of its own before it is given one.
//!
//! What may move:
//!
//! - An instruction that is [pure](crate::op::Effect::Pure) may always move, even out of
//!   a branch that might not be taken. That goes for `convert_in_range` too: poison
//!   that nobody uses is harmless.
//! - A load may leave its buffer where it would not have run, so it moves only
//!   if it runs whenever the loop is entered: its block dominates all ways out of the
//!   loop and back to its header. And nothing in the loop may write its buffer.
//!   Other buffers do not matter: no two overlap.
//! - A call that writes no buffer moves by the same rule as a load of all the buffers
//!   it reads. It might also run for long.
//! - What writes memory never moves.

use super::rewrite::Rewrite;
use super::{Workspace, effects, for_each_routine};
use crate::analysis::{Flow, LoopId, Loops};
use crate::op::Effect;
use crate::{BlockId, BufferId, Edge, Module, Routine, Terminator, ValueId};

/// Moves what does not change in a loop out of it, in every routine of a module that
/// verifies.
///
/// # Panics
/// May panic if the module does not [verify](crate::verify()).
pub fn hoist(module: &mut Module, workspace: &mut Workspace) {
    let Workspace {
        flow,
        rewrite,
        hoist,
        ..
    } = workspace;
    for_each_routine(module, |module, routine| {
        flow.compute(routine)
            .expect("routines that verify are reducible");
        if flow.loops.is_empty() {
            return;
        }
        let mut search = Search {
            module,
            routine,
            flow,
            storage: hoist,
        };
        search.run();
        if !hoist.moved.is_empty() {
            Emit {
                routine,
                flow,
                storage: hoist,
            }
            .run(rewrite);
            rewrite.finish(routine);
        }
    });
}

/// A set of buffers, of which a routine has at most 255.
type BufferSet = [u64; 4];

#[derive(Debug, Default)]
pub(super) struct Storage {
    /// The innermost loop each value is in, after moving.
    place: Vec<Option<LoopId>>,
    /// For each loop: buffers that may be written in it.
    written: Vec<BufferSet>,
    /// For each loop: a block that is dominated by just those blocks which run
    /// whenever the loop is entered.
    certain: Vec<Option<BlockId>>,
    /// What moves, and out of which loop; at last sorted by loop.
    moved: Vec<(LoopId, ValueId)>,
    preheaders: Vec<Preheader>,
    /// The new number of each block, without preheaders.
    renumbered: Vec<BlockId>,
}

/// Where what leaves a loop goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Preheader {
    /// Nothing leaves the loop.
    NotNeeded,
    /// To the end of this block, which goes on to the loop alone.
    Block(BlockId),
    /// To a new block, which will have this number. All ways into the loop lead
    /// through it.
    New(BlockId),
}

struct Search<'s> {
    module: &'s Module,
    routine: &'s Routine,
    flow: &'s Flow,
    storage: &'s mut Storage,
}

impl Search<'_> {
    fn run(&mut self) {
        self.find_written();
        self.find_certain();
        self.storage.moved.clear();
        self.storage.place.clear();
        for block in self.routine.block_ids() {
            let home = self.flow.loops.innermost(block);
            let parameters = self.routine.parameters_of(block);
            self.storage.place.extend(parameters.map(|_| home));
            for value in self.routine.instructions_in(block) {
                let place = match home {
                    None => None,
                    Some(home) => self.visit(value, block, home),
                };
                self.storage.place.push(place);
            }
        }
        // Stable: what leaves one loop stays in order.
        self.storage.moved.sort_by_key(|&(id, _)| id);
    }

    /// Notes whether `value` leaves loops. Gives the innermost loop it is in then.
    fn visit(&mut self, value: ValueId, block: BlockId, home: LoopId) -> Option<LoopId> {
        let stays = Some(home);
        let effect = self.routine.op(value).row().effect;
        if matches!(effect, Effect::Write | Effect::Update) {
            return stays;
        }
        // The innermost loop around that something it depends on is in.
        let mut bound = None;
        for operand in self.routine.operands(value) {
            let place = self.storage.place[operand.index()];
            if place == stays {
                return stays;
            }
            // Loops inside have larger numbers, and none is the smallest.
            bound = bound.max(self.flow.loops.common(place, stays));
        }
        let left = match effect {
            Effect::Pure => self.outermost(home, bound, |_| true),
            _ if effects::written(self.module, self.routine, value)
                .next()
                .is_some() =>
            {
                None
            }
            _ => self.outermost(home, bound, |id| self.may_read_before(value, block, id)),
        };
        match left {
            None => stays,
            Some(left) => {
                self.storage.moved.push((left, value));
                self.flow.loops.get(left).parent
            }
        }
    }

    /// The last loop from `home` outward, before `bound`, up to which all may be left.
    fn outermost(
        &self,
        home: LoopId,
        bound: Option<LoopId>,
        may_leave: impl Fn(LoopId) -> bool,
    ) -> Option<LoopId> {
        let around = self.flow.loops.around(Some(home));
        around
            .take_while(|&id| Some(id) != bound && may_leave(id))
            .last()
    }

    /// Whether `value`, which reads memory in `block`, may do so before the loop `id`.
    fn may_read_before(&self, value: ValueId, block: BlockId, id: LoopId) -> bool {
        let certain = self.storage.certain[id.index()];
        let runs = certain.is_some_and(|certain| self.flow.dominators.dominates(block, certain));
        let written = &self.storage.written[id.index()];
        runs && !effects::read(self.module, self.routine, value).any(|b| contains(written, b))
    }

    fn find_written(&mut self) {
        let loops = &self.flow.loops;
        let written = &mut self.storage.written;
        written.clear();
        written.resize(loops.len(), BufferSet::default());
        for block in self.routine.block_ids() {
            let Some(home) = loops.innermost(block) else {
                continue;
            };
            for value in self.routine.instructions_in(block) {
                if self.routine.op(value).row().effect == Effect::Pure {
                    continue;
                }
                for buffer in effects::written(self.module, self.routine, value) {
                    written[home.index()][buffer.index() / 64] |= 1 << (buffer.index() % 64);
                }
            }
        }
        for id in loops.ids().rev() {
            if let Some(parent) = loops.get(id).parent {
                let inner = written[id.index()];
                let outer = &mut written[parent.index()];
                outer
                    .iter_mut()
                    .zip(inner)
                    .for_each(|(to, from)| *to |= from);
            }
        }
    }

    /// The nearest common dominator of all blocks from which a way leaves the loop or
    /// goes back to its header.
    fn find_certain(&mut self) {
        let Flow {
            cfg,
            dominators,
            loops,
        } = self.flow;
        let certain = &mut self.storage.certain;
        certain.clear();
        certain.resize(loops.len(), None);
        for block in self.routine.block_ids() {
            for next in cfg.successors(block) {
                // Loops that this way leaves, and the one it goes back in.
                let shared = loops.common(loops.innermost(block), loops.innermost(next));
                let left = loops
                    .around(loops.innermost(block))
                    .take_while(|&id| Some(id) != shared);
                let back = shared.filter(|&id| loops.get(id).header == next);
                for id in left.chain(back) {
                    let certain = &mut certain[id.index()];
                    *certain = Some(certain.map_or(block, |c| dominators.common(c, block)));
                }
            }
        }
    }
}

fn contains(set: &BufferSet, buffer: BufferId) -> bool {
    set[buffer.index() / 64] >> (buffer.index() % 64) & 1 != 0
}

struct Emit<'s> {
    routine: &'s Routine,
    flow: &'s Flow,
    storage: &'s mut Storage,
}

impl Emit<'_> {
    fn run(&mut self, rewrite: &mut Rewrite) {
        self.choose_preheaders();
        rewrite.start(self.routine);
        for block in self.routine.block_ids() {
            if let Some(id) = self.headed_by(block)
                && let Preheader::New(_) = self.preheader(id)
            {
                self.new_preheader(id, block, rewrite);
            }
            self.block(block, rewrite);
        }
    }

    fn loops(&self) -> &Loops {
        &self.flow.loops
    }

    fn headed_by(&self, block: BlockId) -> Option<LoopId> {
        let id = self.loops().innermost(block)?;
        (self.loops().get(id).header == block).then_some(id)
    }

    fn preheader(&self, id: LoopId) -> Preheader {
        self.storage.preheaders[id.index()]
    }

    /// Says where what leaves each loop goes, and numbers blocks, old and new.
    fn choose_preheaders(&mut self) {
        let mut preheaders = std::mem::take(&mut self.storage.preheaders);
        preheaders.clear();
        preheaders.resize(self.loops().len(), Preheader::NotNeeded);
        for &(id, _) in &self.storage.moved {
            if preheaders[id.index()] == Preheader::NotNeeded {
                preheaders[id.index()] = match self.block_before(id) {
                    Some(block) => Preheader::Block(block),
                    None => Preheader::New(BlockId(0)),
                };
            }
        }
        self.storage.renumbered.clear();
        let mut next = 0;
        for block in self.routine.block_ids() {
            if let Some(id) = self.headed_by(block)
                && let Preheader::New(number) = &mut preheaders[id.index()]
            {
                *number = BlockId(next);
                next += 1;
            }
            self.storage.renumbered.push(BlockId(next));
            next += 1;
        }
        self.storage.preheaders = preheaders;
    }

    /// The ways into a loop from outside.
    fn ways_in(&self, id: LoopId) -> impl Iterator<Item = BlockId> {
        let header = self.loops().get(id).header;
        let from = self.flow.cfg.predecessors(header).iter().copied();
        from.filter(move |&from| !self.flow.dominators.dominates(header, from))
    }

    /// The one block that goes on to a loop from outside, if it goes nowhere else.
    fn block_before(&self, id: LoopId) -> Option<BlockId> {
        let mut ways = self.ways_in(id);
        let only = ways.next().filter(|_| ways.next().is_none())?;
        matches!(self.routine.terminator(only), Terminator::Jump(_)).then_some(only)
    }

    /// The one jump to a loop from outside.
    fn only_way_in(&self, id: LoopId) -> Option<&Edge> {
        let mut ways = self.ways_in(id);
        let only = ways.next().filter(|_| ways.next().is_none())?;
        let header = self.loops().get(id).header;
        let mut edges = self.routine.terminator(only).edges();
        edges.find(|edge| edge.target() == header)
    }

    fn new_preheader(&self, id: LoopId, header: BlockId, rewrite: &mut Rewrite) {
        let header_now = self.storage.renumbered[header.index()];
        rewrite.begin();
        match self.only_way_in(id) {
            Some(edge) => {
                self.moved_out_of(id, rewrite);
                rewrite.jump_like(header_now, self.routine, edge);
            }
            None => {
                for parameter in self.routine.parameters_of(header) {
                    rewrite.parameter(self.routine, parameter, false);
                }
                self.moved_out_of(id, rewrite);
                rewrite.jump_with(header_now, rewrite.parameters());
            }
        }
    }

    fn moved_out_of(&self, id: LoopId, rewrite: &mut Rewrite) {
        let moved = &self.storage.moved;
        let first = moved.partition_point(|&(other, _)| other < id);
        let of_loop = moved[first..].iter().take_while(|(other, _)| *other == id);
        for &(_, value) in of_loop {
            rewrite.copy(self.routine, value);
        }
    }

    fn block(&self, block: BlockId, rewrite: &mut Rewrite) {
        rewrite.begin();
        for parameter in self.routine.parameters_of(block) {
            rewrite.parameter(self.routine, parameter, true);
        }
        let home = self.loops().innermost(block);
        for value in self.routine.instructions_in(block) {
            if self.storage.place[value.index()] == home {
                rewrite.copy(self.routine, value);
            }
        }
        let terminator = self.routine.terminator(block);
        for edge in terminator.edges() {
            if let Some(id) = self.headed_by(edge.target())
                && self.preheader(id) == Preheader::Block(block)
            {
                self.moved_out_of(id, rewrite);
            }
        }
        // A way in from outside leads to the preheader, which knows the arguments of
        // the only one.
        let new_preheader = |edge: &Edge| {
            let id = self.headed_by(edge.target())?;
            let outside = !self.flow.dominators.dominates(edge.target(), block);
            match self.preheader(id) {
                Preheader::New(number) if outside => Some((id, number)),
                _ => None,
            }
        };
        rewrite.end_like(
            self.routine,
            terminator,
            |edge| match new_preheader(edge) {
                Some((_, number)) => number,
                None => self.storage.renumbered[edge.target().index()],
            },
            |edge, _| match new_preheader(edge) {
                Some((id, _)) => self.only_way_in(id).is_none(),
                None => true,
            },
        );
    }
}
