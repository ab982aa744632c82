//! What one operator sees of states: classes, and the combinations of them.

use super::{INFINITE, MOST_CLASSES, NO_STATE, State, Transitions};
use std::collections::HashMap;

/// A tile one operator deep.
#[derive(Debug)]
pub(super) struct FlatTile {
    /// The symbol or helper it makes.
    pub(super) goal: usize,
    /// Where among what its operator sees of each operand the symbol is that it wants.
    pub(super) seen_at: [usize; 3],
    /// What it wants of each operand, first as symbols and helpers.
    pub(super) wants: Vec<u16>,
    pub(super) cost: u32,
    /// [`NO_TILE`] for helpers.
    pub(super) tile: u16,
}

/// The work on one operator.
#[derive(Default)]
pub(super) struct Work {
    pub(super) arity: usize,
    pub(super) tiles: Vec<FlatTile>,
    /// For each operand the symbols and helpers that any tile wants there.
    pub(super) seen: Vec<Vec<u16>>,
    /// For each operand the classes by what is seen, and what is seen by class. Class
    /// 0, which sees nothing, is not in the map.
    pub(super) numbers: Vec<HashMap<Vec<u32>, u8>>,
    pub(super) views: Vec<Vec<Vec<u32>>>,
    /// For each operand the class of each state so far.
    pub(super) classes: Vec<Vec<u8>>,
    pub(super) found: HashMap<[u8; 3], u16>,
}

impl Work {
    /// Finds out what the operator sees.
    pub(super) fn prepare(&mut self) {
        for operand in 0..self.arity {
            let mut seen: Vec<u16> = self.tiles.iter().map(|tile| tile.wants[operand]).collect();
            seen.sort_unstable();
            seen.dedup();
            for tile in &mut self.tiles {
                let at = seen.binary_search(&tile.wants[operand]);
                tile.seen_at[operand] = at.expect("it was put there");
            }
            self.seen.push(seen);
            self.numbers.push(HashMap::new());
            self.views.push(vec![Vec::new()]);
            self.classes.push(Vec::new());
        }
    }

    /// Appends the class of a state at an operand; false if there are too many.
    pub(super) fn classify(&mut self, operand: usize, state: &State) -> bool {
        let seen = self.seen[operand].iter();
        let mut view: Vec<u32> = seen.map(|&goal| state.deltas[usize::from(goal)]).collect();
        let least = view.iter().copied().min().unwrap_or(INFINITE);
        if least >= INFINITE {
            self.classes[operand].push(0);
            return true;
        }
        for delta in &mut view {
            *delta = if *delta < INFINITE {
                *delta - least
            } else {
                INFINITE
            };
        }
        let next = self.views[operand].len();
        let class = match self.numbers[operand].get(&view) {
            Some(&class) => class,
            None if next == MOST_CLASSES => return false,
            None => {
                self.views[operand].push(view.clone());
                self.numbers[operand].insert(view, next as u8);
                next as u8
            }
        };
        self.classes[operand].push(class);
        true
    }

    /// The combinations of classes with one among them that is not known yet.
    pub(super) fn combinations(&self, known: &[usize]) -> Vec<[u8; 3]> {
        let mut all = vec![([0; 3], self.arity == 0)];
        for (operand, &known) in known.iter().enumerate() {
            let count = self.views[operand].len();
            let longer = all.iter().flat_map(|&(classes, is_new)| {
                (1..count).map(move |class| {
                    let mut classes: [u8; 3] = classes;
                    classes[operand] = class as u8;
                    (classes, is_new || class >= known)
                })
            });
            all = longer.collect();
        }
        let new = all.into_iter().filter(|&(_, is_new)| is_new);
        new.map(|(classes, _)| classes).collect()
    }

    pub(super) fn cost(&self, tile: &FlatTile, classes: [u8; 3]) -> u32 {
        let operands = (0..self.arity).map(|operand| {
            self.views[operand][usize::from(classes[operand])][tile.seen_at[operand]]
        });
        operands.fold(tile.cost, u32::saturating_add).min(INFINITE)
    }

    pub(super) fn transitions(&self) -> Transitions {
        let mut transitions = Transitions {
            classes: [const { Vec::new() }; 3],
            widths: [1; 3],
            states: vec![NO_STATE],
        };
        if self.tiles.is_empty() {
            return transitions;
        }
        for operand in 0..self.arity {
            transitions.classes[operand].clone_from(&self.classes[operand]);
            transitions.widths[operand] = self.views[operand].len() as u16;
        }
        let [a, b, c] = transitions.widths.map(usize::from);
        transitions.states = vec![NO_STATE; a * b * c];
        for (classes, &state) in &self.found {
            let [first, second, third] = classes.map(usize::from);
            transitions.states[(first * b + second) * c + third] = state;
        }
        transitions
    }
}

pub(super) fn flat(goal: usize, wants: Vec<u16>, cost: u32, tile: u16) -> FlatTile {
    FlatTile {
        goal,
        seen_at: [0; 3],
        wants,
        cost,
        tile,
    }
}
