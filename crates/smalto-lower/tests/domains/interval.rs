//! Intervals: what they say is true of every point.

use crate::boxes::{Range, Values};
use crate::cases::same;
use crate::rows::Row;
use crate::rules::{Parts, Ruled, apply};
use crate::runner;
use crate::values::{Random, Word};
use smalto_graph::{Class, Element, Op, Type};
use smalto_lower::domain::Intervals;
use smalto_lower::lanes::{Level, Wide, WithLanes};
use smalto_lower::{Float, Lanes, Scalar};

/// Boxes tried for each row.
const BOXES: usize = 3000;
/// Points tried in each box.
const POINTS: usize = 12;

/// A row of the op table with boxes to try it on, and what its rule gives for them.
struct Trial {
    row: Row,
    operands: Vec<Values>,
    result: Values,
    /// By operand, by box.
    boxes: Vec<Vec<Range>>,
    ruled: Ruled,
}

/// Ranges by box as columns by part.
fn columns(boxes: &[Vec<Range>]) -> Vec<Parts> {
    let column = |ranges: &[Range], part: usize| ranges.iter().map(|range| range[part]).collect();
    let operands = boxes.iter();
    operands
        .map(|ranges| vec![column(ranges, 0), column(ranges, 1)])
        .collect()
}

/// What the rule gives on one lane.
fn bounds<T: Float>(row: Row, boxes: &[Vec<Range>]) -> Ruled
where
    Scalar<T>: Lanes<Element = T>,
{
    let ruled = apply::<Intervals, _>(Scalar::<T>::new(), row, &columns(boxes));
    ruled.expect("every rule is tried on one lane")
}

impl Trial {
    fn new<T: Float>(row: Row, source: &mut Random) -> Trial
    where
        Scalar<T>: Lanes<Element = T>,
    {
        let values = |&ty: &Type| Values::new(ty, T::ELEMENT);
        let operands: Vec<Values> = row.operands().iter().map(values).collect();
        let mut boxes: Vec<Vec<Range>> = Vec::new();
        for (place, values) in operands.iter().enumerate() {
            let is_like = |before: &usize| operands[*before].ty == values.ty;
            let before = place.checked_sub(1).filter(is_like);
            let ranges = (0..BOXES).map(|index| match before {
                Some(before) if index.is_multiple_of(4) => {
                    values.touching(boxes[before][index], source)
                }
                _ => values.range(source),
            });
            let ranges = ranges.collect();
            boxes.push(ranges);
        }
        Trial {
            row,
            result: values(&row.result()),
            ruled: bounds::<T>(row, &boxes),
            operands,
            boxes,
        }
    }

    /// The bounds of the result in box number `index`.
    fn bounds(&self, index: usize) -> Range {
        [self.ruled.result[0][index], self.ruled.result[1][index]]
    }

    fn show_box(&self, index: usize) -> String {
        let ranges = self.operands.iter().zip(&self.boxes);
        let shown = ranges.map(|(values, ranges)| values.show_range(ranges[index]));
        format!("{} of {}", self.row, shown.collect::<Vec<_>>().join(", "))
    }

    fn show_point(&self, point: &[Word]) -> String {
        let values = self.operands.iter().zip(point);
        let shown = values.map(|(values, &word)| values.show(word));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// Points of each box, by operand; those of a box are neighbours.
    fn points(&self, source: &mut Random) -> Vec<Vec<Word>> {
        let operands = self.operands.iter().zip(&self.boxes);
        let mut points = |(values, ranges): (&Values, &Vec<Range>)| {
            let of_box = |range: &Range| [(); POINTS].map(|()| values.point(*range, source));
            ranges.iter().flat_map(of_box).collect::<Vec<Word>>()
        };
        operands.map(&mut points).collect()
    }

    fn check_points<T: Float>(&self, source: &mut Random)
    where
        Scalar<T>: Lanes<Element = T>,
    {
        let points = self.points(source);
        let results = runner::results(Scalar::<T>::new(), self.row, &points);
        for (place, &found) in results.iter().enumerate() {
            let index = place / POINTS;
            let point: Vec<Word> = points.iter().map(|column| column[place]).collect();
            assert!(
                self.result.is_in(found, self.bounds(index)),
                "{} is {}, but at ({}) it is {}",
                self.show_box(index),
                self.result.show_range(self.bounds(index)),
                self.show_point(&point),
                self.result.show(found),
            );
            self.check_choice(index, &point, found);
        }
    }

    /// A decided choice is what it was decided for.
    fn check_choice(&self, index: usize, point: &[Word], found: Word) {
        let Some([first, second]) = &self.ruled.decided else {
            return;
        };
        let [a, b] = [point[point.len() - 2], point[point.len() - 1]];
        for (decided, operand) in [(first[index], a), (second[index], b)] {
            let (ty, element) = (self.result.ty, self.result.element);
            assert!(
                !decided || same(ty, element, found, operand),
                "{} is decided, but at ({}) it is {}",
                self.show_box(index),
                self.show_point(point),
                self.result.show(found),
            );
        }
        assert!(!(first[index] && second[index]), "{}", self.show_box(index));
    }

    /// Bounds are in order.
    fn check_order(&self) {
        for index in 0..BOXES {
            let [lo, hi] = self.bounds(index);
            let ordered = match self.result.ty {
                Type::Bool => lo != 0 || hi != 0,
                Type::Real => self.result.is_anything([lo, hi]) || self.result.is_in(lo, [lo, hi]),
                _ => self.result.rank(lo) <= self.result.rank(hi),
            };
            let bounds = self.result.show_range([lo, hi]);
            assert!(ordered, "{} is {bounds}", self.show_box(index));
        }
    }

    /// The bounds of a part of a box are within those of the box.
    fn check_parts<T: Float>(&self, source: &mut Random)
    where
        Scalar<T>: Lanes<Element = T>,
    {
        let operands = self.operands.iter().zip(&self.boxes);
        let parts = operands.map(|(values, ranges)| {
            let parts = ranges.iter().map(|&range| values.part_of(range, source));
            parts.collect()
        });
        let boxes: Vec<Vec<Range>> = parts.collect();
        let ruled = bounds::<T>(self.row, &boxes);
        for index in 0..BOXES {
            let bounds = self.bounds(index);
            let part = [ruled.result[0][index], ruled.result[1][index]];
            let within = match self.result.ty {
                Type::Bool => (0..2).all(|which| part[which] <= bounds[which]),
                _ => part.iter().all(|&bound| self.result.is_in(bound, bounds)),
            };
            let ranges = self.operands.iter().zip(&boxes);
            let shown = ranges.map(|(values, ranges)| values.show_range(ranges[index]));
            assert!(
                within,
                "{} is {}, but of {} it is {}",
                self.show_box(index),
                self.result.show_range(bounds),
                shown.collect::<Vec<_>>().join(", "),
                self.result.show_range(part),
            );
        }
    }
}

/// Whether the rule gives for a part of a box no more than for the box. Where bounds are
/// widened, those of a part may be a unit or two farther out.
fn is_inclusive(row: Row, element: Element) -> bool {
    let Row::Op(op, types) = row else {
        return false;
    };
    let fast = matches!(op, Op::FastSin | Op::FastCos | Op::FastTan);
    let monotone = element == Element::F32 && types.len() == 1 && !fast;
    op.class() != Class::Transcendental || op == Op::Mod || monotone
}

fn check<T: Float>()
where
    Scalar<T>: Lanes<Element = T>,
{
    let mut source = Random(5);
    for row in Row::ops() {
        let trial = Trial::new::<T>(row, &mut source);
        trial.check_order();
        trial.check_points::<T>(&mut source);
        if is_inclusive(row, T::ELEMENT) {
            trial.check_parts::<T>(&mut source);
        }
    }
}

#[test]
fn bounds_hold_for_every_point_in_f32() {
    check::<f32>();
}

#[test]
fn bounds_hold_for_every_point_in_f64() {
    check::<f64>();
}

/// The same rules on lanes give the same bounds.
struct Compare;

impl<T: Float> WithLanes<T> for Compare
where
    Scalar<T>: Lanes<Element = T>,
{
    type Output = ();

    fn run<L: Lanes<Element = T, Ballot = u64>>(self, lanes: L) {
        let mut source = Random(6);
        for row in Row::ops() {
            let trial = Trial::new::<T>(row, &mut source);
            let Some(found) = apply::<Intervals, _>(lanes, row, &columns(&trial.boxes)) else {
                continue;
            };
            assert_eq!(found.decided, trial.ruled.decided, "{row}");
            for (found, expected) in found.result.iter().zip(&trial.ruled.result) {
                for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
                    assert!(
                        same(row.result(), T::ELEMENT, found, expected),
                        "{} has a bound of {}, but on lanes {}",
                        trial.show_box(index),
                        trial.result.show(expected),
                        trial.result.show(found),
                    );
                }
            }
        }
    }
}

fn compare<T: Wide>(level: Level)
where
    Scalar<T>: Lanes<Element = T>,
{
    if level.with_lanes::<T, _>(Compare).is_none() {
        println!("skipped: this CPU has no {level}");
    }
}

#[test]
fn bounds_are_the_same_on_every_machine() {
    // Portable lanes are arrays of what is tested anyway.
    for level in [Level::Avx2, Level::Avx512] {
        compare::<f32>(level);
        compare::<f64>(level);
    }
}
