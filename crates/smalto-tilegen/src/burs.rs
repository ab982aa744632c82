//! From tiles to tables: bottom-up rewriting, decided when the compiler is built.
//!
//! # The problem
//!
//! An expression is a tree of operators. A tile covers a piece of it: it makes the node
//! at its root some *symbol* (a register, an immediate, flags), provided that the nodes
//! at its leaves are made the symbols it names there. A *chain rule* makes one symbol of
//! another at the same node. Tiles cost something, and wanted is the cheapest cover of the
//! tree that makes its root a given symbol.
//!
//! Dynamic programming finds it. The least cost of a node as each symbol follows from the
//! least costs of its operands as each symbol, and so one pass from the leaves up and
//! one from the root down do (Aho and Johnson 1976; iburg of Fraser, Hanson and Proebsting
//! 1992 does that at run time). But each node then tries every tile of its operator, and
//! this compiler selects while its user waits.
//!
//! # States
//!
//! What of a node matters to the nodes above is a vector: its least cost as each symbol.
//! Add a constant to all of it and the whole cover costs that much more, whatever is
//! chosen, so choices above depend on *differences* alone. With the least entry
//! subtracted from each, vectors of most grammars are few: they are the states of an
//! automaton, and a node's state is a look into a table by its operator and its operands'
//! states (Pelegri-Llopart and Graham 1988). No cost is left at run time.
//!
//! A state also says for each symbol which tile reaches that cost, which is all that the
//! walk down needs. So two nodes are in the same state if their costs differ by a constant
//! *and* the same tiles are best.
//!
//! # How the states are found
//!
//! 1. Patterns are brought to *normal form*: each operator inside a pattern is cut out
//!    as a free tile of its own that makes a *helper*, a symbol that nobody sees. Equal
//!    pieces share their helper. Then every tile looks one operator deep.
//! 2. The first states are those of operators without operands, and of nodes that are
//!    *at hand* in a register: as that symbol free, as others by chain rules.
//! 3. Each state is shown to each operator at each operand. Of the vector the operator
//!    sees only the symbols its tiles name there, so it is projected on these and
//!    normalised again. Many states look the same then; those that do are a *class*
//!    (Proebsting 1995 calls it a representer state). For each combination of classes
//!    with a new one among them the state of the node is computed. States that are new
//!    go on the list, until there are none.
//!
//! # Invariants
//!
//! - Everything is in file order: of tiles that cost the same the earlier wins, states
//!   are numbered as they are found, and the same files give the same text.
//! - Class 0 of each operand is that of states that no tile of the operator can use.
//! - No ring of chain rules is free. Otherwise two symbols could each be made best of
//!   the other, and the walk down would not end.
//! - Differences are bounded. A grammar may let two symbols grow apart with each level
//!   of a tree, if no chain rule leads from the cheap one to the other; that shows as
//!   differences beyond anything a path through the grammar can cost, and is reported.

mod operator;

use crate::finding::{Place, Problem};
use crate::grammar::{Grammar, Pattern};
use operator::{Work, flat};
use std::collections::HashMap;

/// No tile.
pub(crate) const NO_TILE: u16 = u16::MAX;
/// No state.
pub(crate) const NO_STATE: u16 = u16::MAX;

/// Cannot be made. Sums of a few of these do not overflow.
pub(crate) const INFINITE: u32 = u32::MAX / 8;

const MOST_STATES: usize = 60_000;
const MOST_CLASSES: usize = 256;
const MOST_COMBINATIONS: usize = 60_000;

/// The states of a grammar, and the transitions between them.
#[derive(Debug)]
pub(crate) struct Automaton {
    pub(crate) states: Vec<State>,
    /// By operator.
    pub(crate) transitions: Vec<Transitions>,
    /// By symbol.
    pub(crate) at_hand: Vec<u16>,
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    /// What it costs more than the cheapest to make the node each symbol or helper.
    pub(crate) deltas: Vec<u32>,
    /// The tile that makes it each symbol.
    pub(crate) best: Vec<u16>,
}

/// How the state of a node with some operator follows from its operands'.
#[derive(Debug, Clone)]
pub(crate) struct Transitions {
    /// The class of each state at each operand.
    pub(crate) classes: [Vec<u8>; 3],
    /// How many classes there are; 1 beyond the arity.
    pub(crate) widths: [u16; 3],
    /// By classes, the first operand's counting most.
    pub(crate) states: Vec<u16>,
}

struct Chain {
    from: usize,
    to: usize,
    cost: u32,
    tile: u16,
}

/// Makes the automaton of a grammar without free rings.
pub(crate) fn build(grammar: &Grammar) -> Result<Automaton, (Place, Problem)> {
    Builder::new(grammar).build()
}

struct Builder<'a> {
    grammar: &'a Grammar,
    /// By operator.
    work: Vec<Work>,
    /// The operator that each helper is cut out of.
    helpers: Vec<u16>,
    chains: Vec<Chain>,
    states: Vec<State>,
    numbers: HashMap<State, u16>,
    furthest: u32,
}

impl<'a> Builder<'a> {
    fn new(grammar: &'a Grammar) -> Builder<'a> {
        let work = grammar.operators.iter().map(|&(_, arity)| Work {
            arity: usize::from(arity),
            ..Work::default()
        });
        let mut builder = Builder {
            grammar,
            work: work.collect(),
            helpers: Vec::new(),
            chains: Vec::new(),
            states: Vec::new(),
            numbers: HashMap::new(),
            furthest: 0,
        };
        builder.bring_to_normal_form();
        builder.work.iter_mut().for_each(Work::prepare);
        let dearest = grammar.tiles.iter().map(|tile| u32::from(tile.cost)).max();
        let symbols = (grammar.symbols.len() + builder.helpers.len()) as u32;
        builder.furthest = (dearest.unwrap_or(0) + 1) * symbols * 4;
        builder
    }

    fn symbol_count(&self) -> usize {
        self.grammar.symbols.len()
    }

    fn bring_to_normal_form(&mut self) {
        let mut known: HashMap<(u16, Vec<u16>), u16> = HashMap::new();
        let mut stack = Vec::new();
        for (number, tile) in (0..).zip(&self.grammar.tiles) {
            if let Some(from) = tile.chain_from() {
                self.chains.push(Chain {
                    from: usize::from(from),
                    to: usize::from(tile.result),
                    cost: u32::from(tile.cost),
                    tile: number,
                });
                continue;
            }
            // Preorder from its end: what a node's children became lies on the stack, the
            // first on top.
            for (at, part) in tile.pattern.iter().enumerate().rev() {
                let operator = match *part {
                    Pattern::Leaf(symbol) => {
                        stack.push(u16::from(symbol));
                        continue;
                    }
                    Pattern::Operator(operator) => operator,
                };
                let work = &mut self.work[usize::from(operator)];
                let wants: Vec<u16> = stack.drain(stack.len() - work.arity..).rev().collect();
                if at == 0 {
                    let cost = u32::from(tile.cost);
                    work.tiles
                        .push(flat(tile.result.into(), wants, cost, number));
                    continue;
                }
                let helper = *known.entry((operator, wants.clone())).or_insert_with(|| {
                    let helper = self.grammar.symbols.len() + self.helpers.len();
                    self.helpers.push(operator);
                    work.tiles.push(flat(helper, wants, 0, NO_TILE));
                    helper as u16
                });
                stack.push(helper);
            }
        }
    }

    fn build(mut self) -> Result<Automaton, (Place, Problem)> {
        let mut at_hand = Vec::new();
        for symbol in 0..self.symbol_count() {
            if !self.grammar.is_register(symbol as u8) {
                at_hand.push(NO_STATE);
                continue;
            }
            let mut state = self.impossible();
            state.deltas[symbol] = 0;
            at_hand.push(self.close(state, None)?);
        }
        let mut shown = 0;
        self.show_operators(0)?;
        while shown < self.states.len() {
            let until = self.states.len();
            self.show_operators(until)?;
            shown = until;
        }
        let transitions = self.work.iter().map(Work::transitions).collect();
        Ok(Automaton {
            states: self.states,
            transitions,
            at_hand,
        })
    }

    fn impossible(&self) -> State {
        State {
            deltas: vec![INFINITE; self.symbol_count() + self.helpers.len()],
            best: vec![NO_TILE; self.symbol_count()],
        }
    }

    /// Shows the states before `until` to every operator.
    fn show_operators(&mut self, until: usize) -> Result<(), (Place, Problem)> {
        for operator in 0..self.work.len() {
            let mut work = std::mem::take(&mut self.work[operator]);
            let shown = self.show(&mut work, operator, until);
            self.work[operator] = work;
            shown?;
        }
        Ok(())
    }

    fn show(
        &mut self,
        work: &mut Work,
        operator: usize,
        until: usize,
    ) -> Result<(), (Place, Problem)> {
        if work.tiles.is_empty() || (work.arity == 0 && !work.found.is_empty()) {
            return Ok(());
        }
        let known: Vec<usize> = work.views.iter().map(Vec::len).collect();
        for operand in 0..work.arity {
            for state in &self.states[work.classes[operand].len()..until] {
                if !work.classify(operand, state) {
                    let what = "classes of states at one operand";
                    return Err(self.at(
                        operator,
                        Problem::TooMany {
                            what,
                            most: MOST_CLASSES,
                        },
                    ));
                }
            }
        }
        if work.views.iter().map(Vec::len).product::<usize>() > MOST_COMBINATIONS {
            let what = "combinations of classes";
            let most = MOST_COMBINATIONS;
            return Err(self.at(operator, Problem::TooMany { what, most }));
        }
        for classes in work.combinations(&known) {
            let mut state = self.impossible();
            for tile in &work.tiles {
                let cost = work.cost(tile, classes);
                if cost < state.deltas[tile.goal] {
                    state.deltas[tile.goal] = cost;
                    if let Some(best) = state.best.get_mut(tile.goal) {
                        *best = tile.tile;
                    }
                }
            }
            let number = self.close(state, Some(operator))?;
            work.found.insert(classes, number);
        }
        Ok(())
    }

    /// Applies chain rules, normalises, and gives the state its number.
    fn close(
        &mut self,
        mut state: State,
        operator: Option<usize>,
    ) -> Result<u16, (Place, Problem)> {
        let mut is_changing = true;
        while is_changing {
            is_changing = false;
            for chain in &self.chains {
                let cost = state.deltas[chain.from].saturating_add(chain.cost);
                let is_tie = cost == state.deltas[chain.to] && chain.tile < state.best[chain.to];
                // At hand is the one way to make something that no tile stands for.
                let is_made = state.best[chain.to] != NO_TILE;
                if cost < INFINITE && (cost < state.deltas[chain.to] || (is_tie && is_made)) {
                    state.deltas[chain.to] = cost;
                    state.best[chain.to] = chain.tile;
                    is_changing = true;
                }
            }
        }
        let least = state.deltas.iter().copied().min().unwrap_or(INFINITE);
        if least >= INFINITE {
            return Ok(NO_STATE);
        }
        for delta in &mut state.deltas {
            *delta = if *delta < INFINITE {
                *delta - least
            } else {
                INFINITE
            };
        }
        self.check_distance(&state, operator)?;
        let next = self.states.len();
        if let Some(&number) = self.numbers.get(&state) {
            return Ok(number);
        }
        if next == MOST_STATES {
            let what = "states";
            return Err(self.at(
                operator.unwrap_or(0),
                Problem::TooMany {
                    what,
                    most: MOST_STATES,
                },
            ));
        }
        self.numbers.insert(state.clone(), next as u16);
        self.states.push(state);
        Ok(next as u16)
    }

    fn check_distance(
        &self,
        state: &State,
        operator: Option<usize>,
    ) -> Result<(), (Place, Problem)> {
        let is_far = |delta: &u32| *delta < INFINITE && *delta > self.furthest;
        let (Some(dear), Some(operator)) = (state.deltas.iter().position(is_far), operator) else {
            return Ok(());
        };
        let cheap = state
            .deltas
            .iter()
            .position(|&delta| delta == 0)
            .unwrap_or(0);
        Err(self.at(
            operator,
            Problem::Diverges {
                operator: self.grammar.operators[operator].0.clone(),
                cheap: self.name(cheap),
                dear: self.name(dear),
            },
        ))
    }

    /// The name of a symbol, or of the operator at the root of a helper.
    fn name(&self, goal: usize) -> String {
        match self.grammar.symbols.get(goal) {
            Some(symbol) => symbol.name.clone(),
            None => {
                let operator = self.helpers[goal - self.symbol_count()];
                format!("({} ...)", self.grammar.operators[usize::from(operator)].0)
            }
        }
    }

    /// A problem with an operator, placed at the first tile that has it.
    fn at(&self, operator: usize, problem: Problem) -> (Place, Problem) {
        let part = Pattern::Operator(operator as u16);
        let mut tiles = self.grammar.tiles.iter();
        let tile = tiles.find(|tile| tile.pattern.contains(&part));
        let place = tile.or(self.grammar.tiles.first()).map(|tile| tile.place);
        (place.unwrap_or(Place { file: 0, line: 1 }), problem)
    }
}
