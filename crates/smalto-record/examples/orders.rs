//! What orders of recording are worth: values alive at once and spills, and how long
//! recording takes.
//!
//! `cargo run --release -p smalto-record --example orders -- FILE.vm...`

use smalto_graph::passes::{Mode, optimise};
use smalto_graph::{Element, vm};
use smalto_kernel::{Module, Op, Routine, ValueId};
use smalto_lower::Reference;
use smalto_record::{GridOptions, Order, Workspace, record_grid, record_slices_in};
use std::fmt;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!(
        "{:16} {:12} {:>6} {:>7} {:>11} {:>11} {:>11} {:>7}",
        "model", "order", "ops", "maxlive", "32: st+ld", "16: st+ld", "15: st+ld", "ns/op"
    );
    for path in std::env::args().skip(1) {
        let graph = vm::parse(&std::fs::read_to_string(&path)?)?;
        let graph = optimise(&graph, &Reference(Element::F32), Mode::Strict);
        let ops = graph.op_count();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let uniform = vec![false; graph.variables().len()];
        let mut workspace = Workspace::default();
        for order in [Order::AsWritten, Order::DepthFirst] {
            let mut record =
                || record_slices_in(&graph, Element::F32, &uniform, order, &mut workspace);
            let recording = match record() {
                Ok(recording) => recording,
                Err(error) => {
                    println!("{path}: {error}");
                    break;
                }
            };
            let body = Body::of(recording.module(), 1);
            let mut fastest = f64::INFINITY;
            workspace.recycle(recording);
            for _ in 0..300 {
                let start = Instant::now();
                let recording =
                    record_slices_in(&graph, Element::F32, &uniform, order, &mut workspace)?;
                fastest = fastest.min(start.elapsed().as_secs_f64());
                workspace.recycle(recording);
            }
            let nanoseconds = fastest * 1e9 / ops as f64;
            println!(
                "{name:16} {:12} {body} {nanoseconds:7.1}",
                format!("{order:?}")
            );
        }
        let options = GridOptions {
            x: "x",
            y: "y",
            columns: 256,
            rows: 256,
        };
        if let Ok(grid) = record_grid(&graph, Element::F32, options) {
            let body = Body::of(grid.cells.module(), 2);
            let ahead = format!("{} + {} ahead", grid.column_values, grid.row_values);
            println!("{name:16} {:12} {body} {ahead}", "grid");
        }
    }
    Ok(())
}

/// The instructions of the innermost loop that give varying values; those apart that are a
/// part of the instruction that uses them: constants, and loads for one use.
struct Body {
    /// For each instruction which of them it reads.
    reads: Vec<Vec<usize>>,
    gives: Vec<bool>,
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ops = self.gives.iter().filter(|&&gives| gives).count();
        write!(f, "{ops:6} {:7}", self.most_alive())?;
        for registers in [32, 16, 15] {
            let (stores, loads) = self.spills(registers);
            write!(f, " {:>11}", format!("{stores}+{loads}"))?;
        }
        Ok(())
    }
}

impl Body {
    /// The loop body that is the block at this place.
    fn of(module: &Module, place: usize) -> Body {
        let routine: &Routine = module.routines().last().expect("there is a kernel");
        let block = routine.block_ids().nth(place).expect("there is a loop");
        let values = routine.values_in(block);
        let first = values.at(0).index();
        let is_value = |value: ValueId| {
            let ty = routine.ty(value);
            let is_free = match routine.op(value) {
                Op::Constant => true,
                Op::Load | Op::Splat => place == 2,
                _ => false,
            };
            ty.is_some_and(|ty| ty.is_varying()) && !is_free
        };
        let local = |&o: &ValueId| (o.index() >= first && is_value(o)).then(|| o.index() - first);
        Body {
            reads: values
                .map(|value| routine.operands(value).iter().filter_map(local).collect())
                .collect(),
            gives: values.map(is_value).collect(),
        }
    }

    fn last_uses(&self) -> Vec<usize> {
        let mut last = vec![0; self.reads.len()];
        for (at, reads) in self.reads.iter().enumerate() {
            reads.iter().for_each(|&read| last[read] = at);
        }
        last
    }

    fn most_alive(&self) -> usize {
        let last = self.last_uses();
        let (mut alive, mut most) = (0, 0);
        for (at, reads) in self.reads.iter().enumerate() {
            let mut dying: Vec<usize> = reads.iter().copied().filter(|&r| last[r] == at).collect();
            dying.sort_unstable();
            dying.dedup();
            alive -= dying.len();
            alive += usize::from(self.gives[at]);
            most = most.max(alive);
        }
        most
    }

    /// Stores and loads if what is next used last leaves a register (Belady 1966).
    fn spills(&self, registers: usize) -> (usize, usize) {
        let count = self.reads.len();
        let mut uses: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (at, reads) in self.reads.iter().enumerate().rev() {
            for &read in reads {
                if uses[read].last() != Some(&at) {
                    uses[read].push(at);
                }
            }
        }
        let (mut held, mut stored) = (Vec::<usize>::new(), vec![false; count]);
        let (mut stores, mut loads) = (0, 0);
        let mut make_room = |held: &mut Vec<usize>, uses: &[Vec<usize>], keep: &[usize]| {
            while held.len() >= registers {
                let candidates = (0..held.len()).filter(|&h| !keep.contains(&held[h]));
                let furthest = candidates.max_by_key(|&h| uses[held[h]].last().copied());
                let evicted = held.swap_remove(furthest.expect("an instruction has few operands"));
                if !std::mem::replace(&mut stored[evicted], true) {
                    stores += 1;
                }
            }
        };
        for (at, reads) in self.reads.iter().enumerate() {
            for &read in reads {
                if !held.contains(&read) {
                    make_room(&mut held, &uses, reads);
                    loads += 1;
                    held.push(read);
                }
            }
            for &read in reads {
                if uses[read].last() == Some(&at) {
                    uses[read].pop();
                }
            }
            held.retain(|&h| !uses[h].is_empty());
            if self.gives[at] && !uses[at].is_empty() {
                make_room(&mut held, &uses, &[]);
                held.push(at);
            }
        }
        (stores, loads)
    }
}
