//! The primitives that are not a function of one lane's values: constants, ballots,
//! tables, and control flow, which is uniform.

use crate::values::{Random, special};
use smalto_graph::{Element, Type};
use smalto_lower::{Float, Integers, Lanes, Types};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The lanes of a real.
fn reals<L: Lanes<Element: Float>>(machine: L, value: L::Real) -> Vec<L::Element> {
    let mut lanes = vec![L::Element::default(); L::WIDTH];
    // SAFETY: there are `WIDTH` elements.
    unsafe { machine.store_real(lanes.as_mut_ptr(), value) };
    lanes
}

/// The lanes of a real, as f64.
fn numbers<L: Lanes<Element: Float>>(machine: L, value: L::Real) -> Vec<f64> {
    reals(machine, value)
        .into_iter()
        .map(Float::to_f64)
        .collect()
}

/// A real of which each lane is a function of its number.
fn real<L: Lanes<Element: Float>>(machine: L, lane: impl Fn(usize) -> f64) -> L::Real {
    let lanes: Vec<L::Element> = (0..L::WIDTH)
        .map(|k| L::Element::from_f64(lane(k)))
        .collect();
    // SAFETY: there are `WIDTH` elements.
    unsafe { machine.load_real(lanes.as_ptr()) }
}

/// The lanes of a 32-bit integer.
fn integers<L: Lanes>(machine: L, value: L::I32) -> Vec<i32> {
    let mut lanes = vec![0; L::WIDTH];
    // SAFETY: there are `WIDTH` integers.
    unsafe { machine.store_i32(lanes.as_mut_ptr(), value) };
    lanes
}

/// The lanes of a 64-bit integer.
fn longs<L: Lanes>(machine: L, value: L::I64) -> Vec<i64> {
    let mut lanes = vec![0; L::WIDTH];
    // SAFETY: there are `WIDTH` integers.
    unsafe { machine.store_i64(lanes.as_mut_ptr(), value) };
    lanes
}

/// An integer of which each lane is a function of its number.
fn integer<L: Lanes>(machine: L, lane: impl Fn(usize) -> i32) -> L::I32 {
    let lanes: Vec<i32> = (0..L::WIDTH).map(lane).collect();
    // SAFETY: there are `WIDTH` integers.
    unsafe { machine.load_i32(lanes.as_ptr()) }
}

/// The same 32-bit integer in every lane.
fn splat<L: Lanes>(machine: L, value: i64) -> L::I32 {
    <L as Integers<<L as Types>::I32>>::integer(machine, value)
}

/// A mask with these bits.
pub(crate) fn mask<L: Lanes>(machine: L, bits: u64) -> L::Mask {
    machine.ieq(
        integer(machine, |lane| (bits >> lane & 1) as i32),
        splat(machine, 1),
    )
}

/// Masks to try: all of few lanes, and some of many.
pub(crate) fn patterns<L: Lanes>() -> impl Iterator<Item = u64> {
    let all = u64::MAX >> (64 - L::WIDTH);
    let mut random = Random(2);
    (0..=all)
        .take(1000)
        .chain((0..1000).map(move |_| random.next() & all))
        .chain([all])
}

/// A constant is the same, and rounded the same, in every lane.
pub(crate) fn constants<L: Lanes<Element: Float, Ballot = u64>>(machine: L) {
    for bits in special(Type::I64, Element::F64) {
        let (real, integer) = (f64::from_bits(bits), bits as i64);
        let expected = L::Element::from_f64(real);
        let found = reals(machine, machine.real(real));
        assert!(
            found.iter().all(|lane| lane.same(expected)),
            "{found:?} for {real}"
        );
        assert_eq!(
            integers(machine, splat(machine, integer)),
            vec![integer as i32; L::WIDTH]
        );
        let long = <L as Integers<<L as Types>::I64>>::integer(machine, integer);
        assert_eq!(longs(machine, long), vec![integer; L::WIDTH]);
    }
    assert_eq!(
        machine.mask_bits(machine.mask(true)),
        u64::MAX >> (64 - L::WIDTH)
    );
    assert_eq!(machine.mask_bits(machine.mask(false)), 0);
    assert_eq!(<L as Integers<<L as Types>::I32>>::BITS, 32);
    assert_eq!(<L as Integers<<L as Types>::I64>>::BITS, 64);
    assert_eq!(L::ELEMENT, <L::Element as Float>::ELEMENT);
}

/// A ballot has lane 0 lowest, and nothing above the last lane, however the mask came
/// about.
pub(crate) fn ballots<L: Lanes<Element: Float, Ballot = u64>>(machine: L) {
    let all = u64::MAX >> (64 - L::WIDTH);
    for bits in patterns::<L>() {
        let from_integers = mask(machine, bits);
        assert_eq!(machine.mask_bits(from_integers), bits);
        assert_eq!(machine.mask_bits(machine.mnot(from_integers)), !bits & all);
        let reals = real(machine, |lane| (bits >> lane & 1) as f64);
        assert_eq!(
            machine.mask_bits(machine.lt(machine.real(0.5), reals)),
            bits
        );
        let longs = machine.extend(integer(machine, |lane| -((bits >> lane & 1) as i32)));
        let zero = <L as Integers<<L as Types>::I64>>::integer(machine, 0);
        assert_eq!(machine.mask_bits(machine.ilt(longs, zero)), bits);
    }
}

/// `then` runs if and only if some lane needs it, and counts only there.
pub(crate) fn if_any<L: Lanes<Element: Float, Ballot = u64>>(machine: L) {
    for bits in patterns::<L>() {
        let ran = Cell::new(false);
        let otherwise = real(machine, |lane| -(lane as f64));
        let result = machine.if_any(mask(machine, bits), otherwise, || {
            ran.set(true);
            real(machine, |lane| 100.0 + lane as f64)
        });
        assert_eq!(ran.get(), bits != 0, "mask {bits:#b}");
        for (lane, found) in numbers(machine, result).into_iter().enumerate() {
            let needed = bits >> lane & 1 == 1;
            assert_eq!(
                found,
                if needed {
                    100.0 + lane as f64
                } else {
                    -(lane as f64)
                }
            );
        }
    }
}

/// Lanes finish at different turns and then keep their state, even if `step` would have
/// them go on. The state counts turns down and adds them up.
pub(crate) fn while_any<L: Lanes<Element: Float, Ballot = u64>>(machine: L) {
    let check = |active: u64, turns: &dyn Fn(usize) -> u32| {
        let steps = Cell::new(0);
        let step = |[left, sum]: [L::Real; 2]| {
            steps.set(steps.get() + 1);
            let next = machine.sub(left, machine.real(1.0));
            let more = machine.lt(machine.real(0.0), next);
            // A lane that is done reports here that it wants to go on again.
            let revived = machine.lt(next, machine.real(-0.5));
            ([next, machine.add(sum, left)], machine.mor(more, revived))
        };
        let state = [
            real(machine, |lane| f64::from(turns(lane))),
            machine.real(0.5),
        ];
        let [left, sum] = machine
            .while_any(mask(machine, active), state, step)
            .map(|v| numbers(machine, v));
        let mut most = 0;
        for lane in 0..L::WIDTH {
            let (turns, active) = (turns(lane), active >> lane & 1 == 1);
            let expected = if active {
                most = most.max(turns);
                (0.0, 0.5 + f64::from(turns * (turns + 1) / 2))
            } else {
                (f64::from(turns), 0.5)
            };
            assert_eq!(
                (left[lane], sum[lane]),
                expected,
                "lane {lane} of {}",
                L::WIDTH
            );
        }
        assert_eq!(steps.get(), most);
    };
    let all = u64::MAX >> (64 - L::WIDTH);
    check(0, &|_| 5);
    check(all, &|_| 3);
    check(all, &|lane| 1 + lane as u32);
    check(all, &|lane| (L::WIDTH - lane) as u32);
    for active in patterns::<L>() {
        check(active, &|lane| 1 + (lane as u32 * 7 + active as u32) % 5);
    }
}

/// A body sees its operands, and its result is the result.
pub(crate) fn outlined<L: Lanes<Element: Float>>(machine: L) {
    let operands = [real(machine, |lane| lane as f64), machine.real(100.0)];
    let result = machine.outlined("a - b", operands, |[a, b]| machine.sub(a, b));
    let expected: Vec<f64> = (0..L::WIDTH).map(|lane| lane as f64 - 100.0).collect();
    assert_eq!(numbers(machine, result), expected);
}

/// An index is unsigned and clamped to the last element.
pub(crate) fn gather<L: Lanes<Element: Float>>(machine: L) {
    let indices = [
        0,
        1,
        5,
        6,
        7,
        8,
        255,
        256,
        999,
        1000,
        1 << 20,
        i32::MAX,
        i32::MIN,
        -1,
        -2,
        -256,
    ];
    for len in [1, 2, 7, 256, 1000] {
        let table: Vec<L::Element> = (0..len)
            .map(|k| L::Element::from_f64(k as f64 + 0.5))
            .collect();
        let table_i32: Vec<i32> = (0..len).map(|k| 3 * k - 7).collect();
        for start in 0..indices.len() {
            let index = |lane: usize| indices[(start + lane) % indices.len()];
            let clamped = |lane: usize| (index(lane) as u32).min(len as u32 - 1);
            let found = machine.gather(&table, integer(machine, index));
            let expected: Vec<f64> = (0..L::WIDTH).map(|k| f64::from(clamped(k)) + 0.5).collect();
            assert_eq!(numbers(machine, found), expected, "table of {len}");
            let found = machine.gather_i32(&table_i32, integer(machine, index));
            let expected: Vec<i32> = (0..L::WIDTH).map(|k| 3 * clamped(k) as i32 - 7).collect();
            assert_eq!(integers(machine, found), expected, "table of {len}");
        }
    }
}

/// There is nothing to clamp to in an empty table: a panic, and no read.
pub(crate) fn gather_from_nothing<L: Lanes<Element: Float>>(machine: L) {
    let index = splat(machine, 0);
    let real = AssertUnwindSafe(|| numbers(machine, machine.gather(&[], index)));
    let integer = AssertUnwindSafe(|| integers(machine, machine.gather_i32(&[], index)));
    assert!(catch_unwind(real).is_err());
    assert!(catch_unwind(integer).is_err());
}
