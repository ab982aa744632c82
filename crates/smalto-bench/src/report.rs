//! What the reader sees: a table, or tab-separated values.

use crate::models::Absent;
use crate::race::Timing;
use crate::suite::{Suite, Work};
use std::io::{self, Write};

/// A case against one peer.
pub(crate) struct Line {
    pub(crate) suite: &'static str,
    pub(crate) case: String,
    /// In `unit`, as are the peer's times. `None` if Smalto did not take part.
    pub(crate) ours: Option<Timing>,
    pub(crate) unit: &'static str,
    pub(crate) rival: Option<Rival>,
    /// What `ours` must stay below.
    pub(crate) below: Option<f64>,
}

/// The peer of a line.
pub(crate) struct Rival {
    pub(crate) name: &'static str,
    pub(crate) timing: Timing,
    /// The ratio asked for.
    pub(crate) bar: Option<f64>,
    pub(crate) note: String,
}

/// What a report looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Tabs,
}

/// A report that is written while the suites run.
pub(crate) struct Report<W> {
    to: W,
    format: Format,
    /// The widths of the first two columns.
    suite_width: usize,
    case_width: usize,
}

impl<W: Write> Report<W> {
    /// Begins the report on `suites`.
    pub(crate) fn new(to: W, format: Format, suites: &[&Suite]) -> io::Result<Report<W>> {
        let cases = suites.iter().flat_map(|suite| suite.subjects);
        let case_width = cases
            .flat_map(|subject| subject.cases())
            .map(|case| case.len());
        let suite_width = suites.iter().map(|suite| suite.name.len());
        let mut report = Report {
            to,
            format,
            suite_width: suite_width.max().unwrap_or(0).max("suite".len()),
            case_width: case_width.max().unwrap_or(0),
        };
        if format == Format::Table {
            report.row([
                "suite", "case", "ours", "peer", "", "ratio", "bar", "result",
            ])?;
        }
        Ok(report)
    }

    pub(crate) fn lines(&mut self, lines: &[Line]) -> io::Result<()> {
        for line in lines {
            match self.format {
                Format::Table => self.row(line.columns().each_ref().map(|column| &**column))?,
                Format::Tabs => writeln!(self.to, "{}", line.tabs())?,
            }
        }
        self.to.flush()
    }

    /// Says why a subject was not measured: among the rows, or where it does not
    /// disturb a program.
    pub(crate) fn skipped(
        &mut self,
        suite: &str,
        subject: &str,
        absent: &Absent,
    ) -> io::Result<()> {
        let reason = format!("skipped: {absent}");
        match self.format {
            Format::Table => self.row([suite, subject, &reason, "", "", "", "", ""]),
            Format::Tabs => {
                eprintln!("{suite} {subject} {reason}");
                Ok(())
            }
        }
    }

    fn row(&mut self, columns: [&str; 8]) -> io::Result<()> {
        let [suite, case, ours, peer, theirs, ratio, bar, result] = columns;
        let (suite_width, case_width) = (self.suite_width, self.case_width);
        let row = format!(
            "{suite:suite_width$}  {case:case_width$}  {ours:<26}  {peer:<12} {theirs:<26}  \
             {ratio:>6}  {bar:<10}  {result}"
        );
        writeln!(self.to, "{}", row.trim_end())
    }
}

impl Line {
    /// What the peer takes, divided by what we take.
    fn ratio(&self) -> Option<f64> {
        let rival = self.rival.as_ref()?;
        match (rival.timing.median, self.ours?.median) {
            // Neither has anything to do.
            (0.0, 0.0) => Some(1.0),
            (theirs, ours) => Some(theirs / ours),
        }
    }

    fn tabs(&self) -> String {
        let dash = || "-".to_string();
        let median = |timing: Timing| significant(timing.median);
        [
            self.suite.to_string(),
            self.case.clone(),
            self.ours.map_or_else(dash, median),
            self.rival.as_ref().map_or_else(dash, |r| median(r.timing)),
            self.rival
                .as_ref()
                .map_or_else(dash, |r| r.name.to_string()),
            self.unit.to_string(),
            self.ratio().map_or_else(dash, significant),
        ]
        .join("\t")
    }

    fn columns(&self) -> [String; 8] {
        let rival = self.rival.as_ref();
        let text = |text: Option<&str>| text.unwrap_or_default().to_string();
        [
            self.suite.to_string(),
            self.case.clone(),
            self.ours
                .map_or_else(|| "-".into(), |ours| spread(ours, self.unit)),
            text(rival.map(|rival| rival.name)),
            rival.map_or_else(String::new, |rival| spread(rival.timing, self.unit)),
            self.ratio().map_or_else(String::new, significant),
            self.bar(),
            text(rival.map(|rival| &*rival.note)),
        ]
    }

    /// The bar, and whether it was met.
    fn bar(&self) -> String {
        let verdict = |met: bool| if met { "met" } else { "short" };
        let ratio = self.rival.as_ref().and_then(|rival| rival.bar);
        let below = self.below.zip(self.ours);
        match (ratio.zip(self.ratio()), below) {
            (Some((bar, ratio)), _) => format!(">={} {}", rounded(bar), verdict(ratio >= bar)),
            (None, Some((bar, ours))) => format!("<{bar} {}", verdict(ours.median < bar)),
            (None, None) => String::new(),
        }
    }
}

/// `2.5 ms (2.4..3.1)`, or without a range where there is none.
fn spread(timing: Timing, unit: &str) -> String {
    let median = significant(timing.median);
    if timing.least == timing.most {
        return format!("{median} {unit}");
    }
    let (least, most) = (significant(timing.least), significant(timing.most));
    format!("{median} {unit} ({least}..{most})")
}

/// A number that is not negative, with four digits that count.
fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let decimals = (3.0 - value.log10().floor()).clamp(0.0, 9.0);
    format!("{value:.*}", decimals as usize)
}

/// A bar with three digits at most.
fn rounded(bar: f64) -> f64 {
    (bar * 1000.0).round() / 1000.0
}

/// Writes what suites and cases there are.
pub(crate) fn list(to: &mut impl Write, suites: &[Suite]) -> io::Result<()> {
    for suite in suites {
        writeln!(to, "{}: {}", suite.name, suite.about)?;
        for subject in suite.subjects {
            for case in subject.cases() {
                writeln!(to, "    {case}")?;
            }
            let peers: Vec<&str> = match &subject.work {
                Work::Race { peers, .. } => peers.iter().map(|peer| peer.name).collect(),
                Work::Counts { peer, .. } => vec![*peer],
                Work::Figures { .. } => continue,
            };
            writeln!(to, "        against {}", peers.join(", "))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(ours: f64, rival: Option<(f64, Option<f64>)>, below: Option<f64>) -> Line {
        Line {
            suite: "slices",
            case: "hi-1024 interp-avx2".into(),
            ours: Some(Timing::exactly(ours)),
            unit: "ms",
            rival: rival.map(|(theirs, bar)| Rival {
                name: "fidget VM",
                timing: Timing::exactly(theirs),
                bar,
                note: "same bits".into(),
            }),
            below,
        }
    }

    #[test]
    fn tabs_separate_seven_columns() {
        let check = |line: Line, expected: &str| assert_eq!(line.tabs(), expected);
        check(
            line(2.0, Some((9.0, None)), None),
            "slices\thi-1024 interp-avx2\t2.000\t9.000\tfidget VM\tms\t4.500",
        );
        check(
            line(2.0, None, None),
            "slices\thi-1024 interp-avx2\t2.000\t-\t-\tms\t-",
        );
        check(
            Line {
                ours: None,
                ..line(2.0, Some((9.0, Some(3.0))), None)
            },
            "slices\thi-1024 interp-avx2\t-\t9.000\tfidget VM\tms\t-",
        );
    }

    #[test]
    fn bars_are_met_or_not() {
        let check = |line: Line, expected: &str| assert_eq!(line.bar(), expected);
        check(line(2.0, Some((9.0, Some(3.0))), None), ">=3 met");
        check(line(2.0, Some((5.0, Some(3.0))), None), ">=3 short");
        check(line(2.0, Some((5.0, None)), None), "");
        check(line(9.5, None, Some(10.0)), "<10 met");
        check(line(10.0, None, Some(10.0)), "<10 short");
    }

    #[test]
    fn numbers_have_four_digits() {
        let check = |value, expected: &str| assert_eq!(significant(value), expected);
        check(0.012_345_6, "0.01235");
        check(1.0, "1.000");
        check(123.456, "123.5");
        check(123_456.7, "123457");
    }

    #[test]
    fn a_spread_without_range_is_one_number() {
        let timing = Timing {
            median: 2.5,
            least: 2.0,
            most: 4.0,
        };
        assert_eq!(spread(timing, "ms"), "2.500 ms (2.000..4.000)");
        assert_eq!(spread(Timing::exactly(2.5), "s"), "2.500 s");
    }
}
