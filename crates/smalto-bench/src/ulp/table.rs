//! The table, as documentation has it.

use super::sweep::Sweep;
use smalto::Op;

/// Its first two lines.
pub(super) const HEAD: &str = "\
| function | element | max ULP | at | correct | inputs | turns | on |
|---|---|---|---|---|---|---|---|";

/// A function's line.
pub(super) fn row(op: Op, sweep: &Sweep) -> String {
    let measured = &sweep.measured;
    let at = match op.arity() {
        _ if measured.worst == 0.0 => String::new(),
        1 => format!("{:e}", measured.worst_at[0]),
        _ => format!("{:e}, {:e}", measured.worst_at[0], measured.worst_at[1]),
    };
    let turns = match (sweep.in_order, measured.turns) {
        (false, _) => String::new(),
        (true, 0) => "0".into(),
        (true, turns) => format!("{turns}, at {:e}", measured.turn_at),
    };
    let unfinished = if sweep.complete { "" } else { " (stopped)" };
    format!(
        "| `{op}` | {} | {:.3} | {at} | {} | {:.1e}{unfinished} | {turns} | {} |",
        sweep.element,
        measured.worst,
        share(measured.correct, measured.inputs),
        measured.inputs as f64,
        sweep.target,
    )
}

/// In percent, and not 100 unless it is all.
fn share(part: u64, whole: u64) -> String {
    match part == whole {
        true => "100%".into(),
        false => format!("{:.3}%", (100.0 * part as f64 / whole as f64).min(99.999)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_whole_only_if_nothing_is_missing() {
        assert_eq!(share(5, 5), "100%");
        assert_eq!(share(9_999_999, 10_000_000), "99.999%");
        assert_eq!(share(1, 3), "33.333%");
    }
}
