//! Whether every symbol is made and used, and every tile is of use.

use crate::burs::Automaton;
use crate::finding::{Log, Problem};
use crate::grammar::{Grammar, SymbolKind, Tile};

/// Reports free rings of chain rules, and symbols without makers or users. Whether there
/// is such a ring: then no tables can be built.
pub(crate) fn check_symbols(grammar: &Grammar, log: &mut Log) -> bool {
    let is_ring = free_rings(grammar);
    for (tile, &is_ring) in grammar.tiles.iter().zip(&is_ring) {
        if is_ring {
            log.note_tile(tile.place, &tile.name, Problem::FreeRing);
        }
    }
    for (number, symbol) in (0..).zip(&grammar.symbols) {
        let is_made = grammar.tiles.iter().any(|tile| tile.result == number);
        let is_used = grammar
            .tiles
            .iter()
            .any(|tile| tile.leaves().any(|leaf| leaf == number));
        let name = || symbol.name.clone();
        match symbol.kind {
            // Values are at hand in registers, and are wanted there.
            SymbolKind::Register(_) if is_made || is_used => {}
            SymbolKind::Void if is_made => {}
            _ if !is_made => log.note(symbol.place, Problem::NeverMade(name())),
            _ if !is_used => log.note(symbol.place, Problem::NeverUsed(name())),
            _ => {}
        }
    }
    is_ring.contains(&true)
}

/// Which tiles are chain rules in a free ring.
fn free_rings(grammar: &Grammar) -> Vec<bool> {
    let count = grammar.symbols.len();
    let free = |tile: &Tile| tile.chain_from().filter(|_| tile.cost == 0);
    let mut leads = vec![vec![false; count]; count];
    for tile in &grammar.tiles {
        if let Some(from) = free(tile) {
            leads[usize::from(from)][usize::from(tile.result)] = true;
        }
    }
    // Warshall's closure.
    for middle in 0..count {
        let onward = leads[middle].clone();
        for row in &mut leads {
            if row[middle] {
                row.iter_mut()
                    .zip(&onward)
                    .for_each(|(to, onward)| *to |= onward);
            }
        }
    }
    let is_ring = |tile: &Tile| {
        free(tile).is_some_and(|from| leads[usize::from(tile.result)][usize::from(from)])
    };
    grammar.tiles.iter().map(is_ring).collect()
}

/// Reports tiles that can never match, and those that are best in no state.
pub(crate) fn check_tiles(grammar: &Grammar, automaton: &Automaton, files: &[&str], log: &mut Log) {
    let is_made = made_symbols(grammar);
    let mut wins = vec![false; grammar.tiles.len()];
    for &best in automaton.states.iter().flat_map(|state| &state.best) {
        if let Some(wins) = wins.get_mut(usize::from(best)) {
            *wins = true;
        }
    }
    for (tile, wins) in grammar.tiles.iter().zip(wins) {
        if wins {
            continue;
        }
        let missing = tile.leaves().find(|&leaf| !is_made[usize::from(leaf)]);
        let problem = match missing {
            Some(leaf) => Problem::NeverMatches(grammar.symbol_name(leaf).to_owned()),
            None => never_wins(grammar, tile, files),
        };
        log.note_tile(tile.place, &tile.name, problem);
    }
}

fn never_wins(grammar: &Grammar, tile: &Tile, files: &[&str]) -> Problem {
    let pattern = tile.text.clone();
    let symbol = grammar.symbol_name(tile.result).to_owned();
    let better = grammar.tiles.iter().find(|other| {
        other.pattern == tile.pattern
            && other.result == tile.result
            && other.cost <= tile.cost
            && !std::ptr::eq(*other, tile)
    });
    match better {
        Some(better) => Problem::Beaten {
            pattern,
            symbol,
            better: format!(
                "`{}` at {}:{}",
                better.name, files[better.place.file as usize], better.place.line
            ),
        },
        None => Problem::NeverWins { pattern, symbol },
    }
}

/// Which symbols some tree can be made.
fn made_symbols(grammar: &Grammar) -> Vec<bool> {
    let mut is_made: Vec<bool> = (0..grammar.symbols.len())
        .map(|symbol| grammar.is_register(symbol as u8))
        .collect();
    let mut is_changing = true;
    while is_changing {
        is_changing = false;
        for tile in &grammar.tiles {
            let result = usize::from(tile.result);
            if !is_made[result] && tile.leaves().all(|leaf| is_made[usize::from(leaf)]) {
                is_made[result] = true;
                is_changing = true;
            }
        }
    }
    is_made
}
