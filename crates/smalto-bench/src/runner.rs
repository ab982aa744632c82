//! Runs a subject of a suite: it is prepared, raced and reported.

use crate::models::Absent;
use crate::race::{Pace, Placed, Timing};
use crate::report::{Line, Report, Rival};
use crate::suite::{Count, Figure, Peer, Subject, Suite, Unit, Work};
use std::io::{self, Write};

/// Runs a subject of `suite`; whether it did not fail.
///
/// # Errors
/// If the report cannot be written. What fails in the subject is reported.
pub(crate) fn run(
    suite: &Suite,
    subject: &Subject,
    pace: &Pace,
    report: &mut Report<impl Write>,
) -> io::Result<bool> {
    match measure(suite, subject, pace) {
        Ok(lines) => report.lines(&lines)?,
        Err(error) => match error.downcast_ref::<Absent>() {
            Some(absent) => report.skipped(suite.name, subject.name, absent)?,
            None => {
                eprintln!("error: {} {}: {error:#}", suite.name, subject.name);
                return Ok(false);
            }
        },
    }
    Ok(true)
}

fn measure(suite: &Suite, subject: &Subject, pace: &Pace) -> anyhow::Result<Vec<Line>> {
    let cases = subject.cases();
    match &subject.work {
        Work::Race {
            unit,
            targets,
            peers,
            prepare,
        } => {
            let (ours, theirs) = prepare(&targets.here())?.run(pace);
            assert!(
                ours.is_empty() || ours.len() == cases.len(),
                "a contender a case, or nobody"
            );
            assert_eq!(peers.len(), theirs.len(), "a contender a peer");
            Ok(race_lines(suite, &cases, *unit, &ours, peers, &theirs))
        }
        Work::Counts {
            peer,
            counts,
            measure,
        } => Ok(count_lines(suite, peer, counts, &measure()?)),
        Work::Figures { figures, measure } => Ok(figure_lines(suite, figures, &measure()?)),
    }
}

/// A line for each of our targets, or a case without, and each peer.
fn race_lines(
    suite: &Suite,
    cases: &[String],
    unit: Unit,
    ours: &[Placed],
    peers: &[Peer],
    theirs: &[Placed],
) -> Vec<Line> {
    let line = |index: usize, peer: &Peer, placed: &Placed| Line {
        suite: suite.name,
        case: cases[index].clone(),
        ours: ours
            .get(index)
            .map(|ours| ours.timing.times(unit.per_second())),
        unit: unit.name(),
        rival: Some(Rival {
            name: peer.name,
            timing: placed.timing.times(unit.per_second()),
            bar: peer.bar_in(index, &cases[index]),
            note: placed.note.clone(),
        }),
        below: None,
    };
    let peers = || peers.iter().zip(theirs);
    (0..cases.len())
        .flat_map(|index| peers().map(move |(peer, placed)| line(index, peer, placed)))
        .collect()
}

fn count_lines(
    suite: &Suite,
    peer: &'static str,
    counts: &[Count],
    values: &[[f64; 2]],
) -> Vec<Line> {
    assert_eq!(counts.len(), values.len(), "two numbers a count");
    let line = |(count, &[ours, theirs]): (&Count, &[f64; 2])| Line {
        suite: suite.name,
        case: count.name.to_string(),
        ours: Some(Timing::exactly(ours)),
        unit: count.unit,
        rival: Some(Rival {
            name: peer,
            timing: Timing::exactly(theirs),
            bar: count.bar,
            note: String::new(),
        }),
        below: None,
    };
    counts.iter().zip(values).map(line).collect()
}

fn figure_lines(suite: &Suite, figures: &[Figure], values: &[f64]) -> Vec<Line> {
    assert_eq!(figures.len(), values.len(), "one value a figure");
    let line = |(figure, &value): (&Figure, &f64)| Line {
        suite: suite.name,
        case: figure.name.to_string(),
        ours: Some(Timing::exactly(value)),
        unit: figure.unit,
        rival: None,
        below: figure.below,
    };
    figures.iter().zip(values).map(line).collect()
}
