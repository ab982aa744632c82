//! Choices, and values made by them.

use super::{MARGIN, Menu};
use crate::interpret::Buffer;
use crate::{Access, F16, Lane, Literal, Module, Rate, Table, TableId, ValueType};

/// The choices that are left. When they run out, every choice is the first.
pub(super) struct Choices<'c>(pub(super) std::slice::Iter<'c, u32>);

impl Choices<'_> {
    pub(super) fn next(&mut self) -> u32 {
        self.0.next().copied().unwrap_or(0)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound
    }

    pub(super) fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    pub(super) fn are_left(&self) -> bool {
        self.0.len() > 0
    }
}

/// Mostly one of the first two, so that choices meet.
pub(super) fn few<T: Copy>(choices: &mut Choices<'_>, items: &[T]) -> T {
    let many = choices.below(4) == 0;
    choices.of(&items[..if many {
        items.len()
    } else {
        items.len().min(2)
    }])
}

/// Values where arithmetic changes its mind, and ordinary ones.
pub(super) fn random_literal(lane: Lane, choices: &mut Choices<'_>) -> Literal {
    const REALS: [f64; 18] = [
        0.0,
        1.0,
        -1.0,
        0.5,
        -2.5,
        3.0,
        -0.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e-310,
        1e-40,
        6e-8,
        65504.0,
        -1e9,
        1e10,
        3e38,
        1e300,
    ];
    let choice = choices.below(32);
    let raw = u64::from(choices.next());
    match lane {
        Lane::Mask => choice.is_multiple_of(2).into(),
        Lane::F16 if choice < REALS.len() => F16::from_f64(REALS[choice]).into(),
        Lane::F32 if choice < REALS.len() => (REALS[choice] as f32).into(),
        Lane::F64 if choice < REALS.len() => REALS[choice].into(),
        Lane::F16 => F16::from_f64(raw as f64 / 65536.0 - 100.0).into(),
        Lane::F32 => (raw as f32 / 65536.0 - 100.0).into(),
        Lane::F64 => (raw as f64 / 65536.0 - 100.0).into(),
        _ if choice < 8 => Literal::from_bits(lane, choice as u64),
        _ if choice < 12 => Literal::from_bits(lane, (choice as u64).wrapping_sub(12)),
        _ if choice == 12 => Literal::from_bits(lane, 1 << (lane.bits() - 1)),
        _ if choice == 13 => Literal::from_bits(lane, u64::MAX >> (65 - lane.bits())),
        _ => Literal::from_bits(lane, raw << (choice % 32) ^ raw),
    }
}

pub(super) fn random_buffer(
    element: Lane,
    access: Access,
    count: usize,
    choices: &mut Choices<'_>,
) -> Buffer {
    let length = count + MARGIN;
    match access {
        Access::Read => Buffer::of(
            element,
            (0..length).map(|_| random_literal(element, choices)),
        ),
        Access::Write | Access::ReadWrite => Buffer::zeroed(element, length),
    }
}

pub(super) fn random_tables(
    module: &mut Module,
    choices: &mut Choices<'_>,
) -> Vec<(TableId, Lane)> {
    let mut tables = Vec::new();
    for (name, lane) in [("reals", Lane::F32), ("integers", Lane::I32)] {
        let length = 1 + choices.below(5);
        let elements: Vec<Literal> = (0..length).map(|_| random_literal(lane, choices)).collect();
        tables.push((module.add_table(Table::new(name, elements)), lane));
    }
    tables
}

/// A type of a value that a block or function is given.
pub(super) fn random_type(menu: &Menu, choices: &mut Choices<'_>) -> ValueType {
    let lane = choices.of(&menu.lanes);
    let rate = choices.of(&[Rate::Varying, Rate::Varying, Rate::Uniform]);
    let ty = ValueType::new(lane, rate);
    match choices.below(8) {
        count @ 6..=7 if menu.tuples => ty.tuple(count - 4).expect("2 or 3"),
        _ => ty,
    }
}
