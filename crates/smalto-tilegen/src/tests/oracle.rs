//! The cover that the tables choose costs no more than the cheapest there is, which a
//! search that knows nothing of states finds: dynamic programming over the tiles as they
//! are written, patterns matched as they stand.

use super::compile_text;
use crate::Selector;
use crate::body::Body;
use crate::burs::{self, Automaton, NO_STATE, NO_TILE};
use crate::finding::{Place, Problem};
use crate::grammar::{Grammar, Pattern, Symbol, SymbolKind, Tile};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

/// A tree, operands before what uses them; the root is last.
type Tree = Vec<Node>;

#[derive(Debug, Clone, Copy)]
enum Node {
    /// Something in a register of this symbol.
    AtHand(u8),
    Apply {
        operator: u16,
        operands: [usize; 3],
    },
}

/// Leaves of a tile that matches: nodes, and symbols they are to be made.
type Leaves = Vec<(usize, u8)>;

/// Where the leaves of a pattern lie if it matches at `node`.
fn matched(grammar: &Grammar, tree: &Tree, tile: &Tile, node: usize) -> Option<Leaves> {
    let mut leaves = Vec::new();
    let mut stack = vec![node];
    for part in &tile.pattern {
        let node = stack.pop().expect("arities agree");
        match (*part, tree[node]) {
            (Pattern::Leaf(symbol), _) => leaves.push((node, symbol)),
            (Pattern::Operator(wanted), Node::Apply { operator, operands })
                if operator == wanted =>
            {
                let arity = usize::from(grammar.operators[usize::from(operator)].1);
                stack.extend(operands[..arity].iter().rev());
            }
            _ => return None,
        }
    }
    Some(leaves)
}

/// The least cost of every node as every symbol.
fn least_costs(grammar: &Grammar, tree: &Tree) -> Vec<Vec<Option<u64>>> {
    let mut costs = vec![vec![None; grammar.symbols.len()]; tree.len()];
    for node in 0..tree.len() {
        if let Node::AtHand(symbol) = tree[node] {
            costs[node][usize::from(symbol)] = Some(0);
        }
        // As often as there are symbols, since chain rules may follow one another.
        for _ in 0..=grammar.symbols.len() {
            for tile in &grammar.tiles {
                let Some(leaves) = matched(grammar, tree, tile, node) else {
                    continue;
                };
                let parts = leaves
                    .iter()
                    .map(|&(leaf, symbol)| costs[leaf][usize::from(symbol)]);
                let Some(parts) = parts.sum::<Option<u64>>() else {
                    continue;
                };
                let cost = parts + u64::from(tile.cost);
                let known = &mut costs[node][usize::from(tile.result)];
                *known = Some(known.map_or(cost, |known: u64| known.min(cost)));
            }
        }
    }
    costs
}

/// The state of every node, as the driver finds it.
fn label(automaton: &Automaton, grammar: &Grammar, tree: &Tree) -> Vec<u16> {
    let mut states: Vec<u16> = Vec::new();
    for node in tree {
        let (operator, operands) = match *node {
            Node::AtHand(symbol) => {
                states.push(automaton.at_hand[usize::from(symbol)]);
                continue;
            }
            Node::Apply { operator, operands } => (usize::from(operator), operands),
        };
        let table = &automaton.transitions[operator];
        let arity = usize::from(grammar.operators[operator].1);
        let mut at = 0;
        let mut is_possible = true;
        for operand in 0..3 {
            let class = match operands.get(operand) {
                Some(&node) if operand < arity => {
                    is_possible &= states[node] != NO_STATE;
                    table.classes[operand]
                        .get(usize::from(states[node]))
                        .copied()
                }
                _ => None,
            };
            at = at * usize::from(table.widths[operand]) + usize::from(class.unwrap_or(0));
        }
        states.push(if is_possible {
            table.states[at]
        } else {
            NO_STATE
        });
    }
    states
}

/// The cost of the cover that the tables choose to make a node a symbol.
fn covered(
    (grammar, automaton): (&Grammar, &Automaton),
    tree: &Tree,
    states: &[u16],
    root: (usize, u8),
) -> Option<u64> {
    let mut cost = 0;
    let mut goals = vec![root];
    while let Some((node, symbol)) = goals.pop() {
        if matches!(tree[node], Node::AtHand(at_hand) if at_hand == symbol) {
            continue;
        }
        let state = automaton.states.get(usize::from(states[node]))?;
        let best = state.best[usize::from(symbol)];
        if best == NO_TILE {
            assert_eq!(
                (node, symbol),
                root,
                "a tile was chosen whose leaf cannot be made"
            );
            return None;
        }
        let tile = &grammar.tiles[usize::from(best)];
        cost += u64::from(tile.cost);
        assert!(cost < 1 << 40, "the walk does not end");
        goals.extend(matched(grammar, tree, tile, node).expect("a chosen tile matches"));
    }
    Some(cost)
}

fn check(grammar: &Grammar, automaton: &Automaton, tree: &Tree) -> TestCaseResult {
    let states = label(automaton, grammar, tree);
    let least = least_costs(grammar, tree);
    for (node, costs) in least.iter().enumerate() {
        for (symbol, &expected) in (0..).zip(costs) {
            let found = covered((grammar, automaton), tree, &states, (node, symbol));
            prop_assert_eq!(
                found,
                expected,
                "node {} as symbol {}: {:?}",
                node,
                symbol,
                tree
            );
        }
    }
    Ok(())
}

/// Random numbers that make trees and grammars, used up from the front.
struct Choices(Vec<u32>, usize);

impl Choices {
    fn below(&mut self, end: usize) -> usize {
        self.1 += 1;
        self.0[self.1 % self.0.len()] as usize % end
    }
}

/// A tree that grows by putting operators on the nodes made last, so that it is one tree
/// wherever it can be.
fn tree(grammar: &Grammar, choices: &mut Choices, size: usize) -> Tree {
    let registers = (0..grammar.symbols.len() as u8).filter(|&s| grammar.is_register(s));
    let registers: Vec<u8> = registers.collect();
    let mut tree = Tree::new();
    let mut free = Vec::new();
    while tree.len() < size {
        if choices.below(4) == 0 {
            tree.push(Node::AtHand(registers[choices.below(registers.len())]));
            free.push(tree.len() - 1);
            continue;
        }
        let operator = choices.below(grammar.operators.len());
        let arity = usize::from(grammar.operators[operator].1);
        if arity > free.len() {
            continue;
        }
        let mut operands = [0; 3];
        for operand in &mut operands[..arity] {
            *operand = free.pop().expect("there are enough");
        }
        let operator = operator as u16;
        tree.push(Node::Apply { operator, operands });
        free.push(tree.len() - 1);
    }
    tree
}

/// A grammar of `symbols` symbols, the first of them registers, and random tiles.
fn grammar(choices: &mut Choices, symbols: usize, tiles: usize) -> Grammar {
    let place = Place { file: 0, line: 1 };
    let arities = [0, 0, 1, 1, 2, 2, 3];
    let mut grammar = Grammar {
        operators: arities
            .iter()
            .map(|&arity| (format!("o{arity}"), arity))
            .collect(),
        ..Grammar::default()
    };
    for number in 0..symbols {
        grammar.symbols.push(Symbol {
            place,
            name: format!("s{number}"),
            kind: match number {
                0 | 1 => SymbolKind::Register(0),
                _ => SymbolKind::Operand,
            },
        });
    }
    for _ in 0..tiles {
        let mut pattern = Vec::new();
        random_pattern(&grammar, choices, &mut pattern, 3);
        // A chain rule that costs nothing leads to a later symbol: no ring is free.
        let least = usize::from(matches!(*pattern, [Pattern::Leaf(_)]));
        grammar.tiles.push(Tile {
            place,
            name: String::new(),
            text: String::new(),
            pattern,
            result: choices.below(symbols) as u8,
            cost: (least + choices.below(6)) as u16,
            temporaries: Vec::new(),
            condition: None,
            body: Body::Alias,
        });
    }
    grammar
}

fn random_pattern(
    grammar: &Grammar,
    choices: &mut Choices,
    pattern: &mut Vec<Pattern>,
    depth: usize,
) {
    if depth == 0 || choices.below(3) == 0 {
        let symbol = choices.below(grammar.symbols.len());
        return pattern.push(Pattern::Leaf(symbol as u8));
    }
    let operator = choices.below(grammar.operators.len());
    pattern.push(Pattern::Operator(operator as u16));
    for _ in 0..grammar.operators[operator].1 {
        random_pattern(grammar, choices, pattern, depth - 1);
    }
}

fn small() -> Selector {
    compile_text(include_str!("small.tiles")).unwrap_or_else(|findings| panic!("{findings}"))
}

fn choices() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 200..600)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_small_grammar_covers_at_least_cost(choices in choices(), size in 1_usize..40) {
        let Selector { grammar, automaton, .. } = small();
        check(&grammar, &automaton, &tree(&grammar, &mut Choices(choices, 0), size))?;
    }

    /// What is best depends on costs alone, so any costs must do.
    #[test]
    fn other_costs_are_as_good(choices in choices(), size in 1_usize..40) {
        let mut grammar = small().grammar;
        let mut choices = Choices(choices, 0);
        for tile in &mut grammar.tiles {
            tile.cost = 1 + choices.below(9) as u16;
        }
        let automaton = match burs::build(&grammar) {
            Ok(automaton) => automaton,
            Err((_, problem)) => return Err(TestCaseError::fail(problem.to_string())),
        };
        for _ in 0..4 {
            check(&grammar, &automaton, &tree(&grammar, &mut choices, size))?;
        }
    }

    #[test]
    fn random_grammars_cover_at_least_cost(
        choices in choices(),
        symbols in 2_usize..6,
        tiles in 3_usize..24,
        size in 1_usize..24,
    ) {
        let mut choices = Choices(choices, 0);
        let grammar = grammar(&mut choices, symbols, tiles);
        match burs::build(&grammar) {
            Ok(automaton) => {
                for _ in 0..4 {
                    check(&grammar, &automaton, &tree(&grammar, &mut choices, size))?;
                }
            }
            // Nothing bounds random costs.
            Err((_, Problem::Diverges { .. } | Problem::TooMany { .. })) => {}
            Err((_, problem)) => return Err(TestCaseError::fail(problem.to_string())),
        }
    }
}
