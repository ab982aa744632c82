//! What looks across lanes, for every lane type and width.

use crate::differential::{Run, check};
use crate::values::special;
use smalto_kernel::interpret::Buffer;
use smalto_kernel::{Access, Builder, Lane, Literal, Module, Op, Rate, Table, ValueType, Width};

const WIDTHS: [u8; 7] = [1, 2, 4, 8, 16, 32, 64];
const WAVES: usize = 3;

/// Applies what gives a value per lane, then what gives one per wave, to each wave of `x`.
fn kernel(lane: Lane, width: u8) -> Module {
    let mut b = Builder::kernel("k", Width::Lanes(width));
    let x = b.buffer("x", lane, Access::Read);
    let which = b.buffer("which", Lane::I32, Access::Read);
    let y = b.buffer("y", lane, Access::Write);
    let bits = b.buffer("bits", Lane::U64, Access::Write);
    let n = b.parameter("n", ValueType::uniform(Lane::I64));
    let (start, step) = (b.uniform(0i64), b.width());
    let one = b.uniform(1i64);
    let (varying, uniform) = (ValueType::varying(lane), ValueType::uniform(lane));
    b.for_range(start, n, step, |b, i| {
        let eight = b.uniform(8i64);
        let mut at = b.mul(i, eight);
        let value = b.load(x, i, None);
        let lanes = b.load(which, i, None);
        let shuffled = b.apply(Op::Shuffle, varying, &[value, lanes]);
        let mut results = vec![shuffled];
        for op in [Op::ScanAdd, Op::ScanMin, Op::ScanMax] {
            results.push(b.apply(op, varying, &[value]));
        }
        for result in results {
            b.store(y, at, result, None);
            at = b.add(at, step);
        }
        let number = b.load_uniform(which, i);
        let mut results = vec![b.apply(Op::Broadcast, uniform, &[value, number])];
        for op in [Op::ReduceAdd, Op::ReduceMin, Op::ReduceMax] {
            results.push(b.apply(op, uniform, &[value]));
        }
        for result in results {
            b.store_uniform(y, at, result);
            at = b.add(at, one);
        }
        let compared = b.lt(value, shuffled);
        let ballot = b.apply(Op::MaskBits, ValueType::uniform(Lane::U64), &[compared]);
        b.store_uniform(bits, i, ballot);
    });
    b.return_nothing();
    let mut module = Module::new();
    module.add(b.finish());
    module
}

/// Lane numbers from below zero to beyond the wave.
fn lane_numbers(count: usize) -> Buffer {
    let number = |at: usize| Literal::from((at * 37 % 160) as i32 - 40);
    Buffer::of(Lane::I32, (0..count).map(number))
}

#[test]
fn lanes_meet_in_every_type_and_width() {
    for lane in Lane::ALL.into_iter().filter(|&lane| lane != Lane::Mask) {
        // Sums of infinities and NaNs are NaNs soon: also plain numbers.
        let specials = special(lane);
        for width in WIDTHS {
            let count = WAVES * usize::from(width);
            for stride in [1, 7] {
                let value = |at: usize| specials[at * stride % specials.len()];
                let buffers = [
                    Buffer::of(lane, (0..count).map(value)),
                    lane_numbers(count),
                    Buffer::zeroed(lane, 8 * count + 8),
                    Buffer::zeroed(Lane::U64, count),
                ];
                check(&Run {
                    module: &kernel(lane, width),
                    kernel: "k",
                    buffers: &buffers,
                    arguments: &[(count as i64).into()],
                })
                .unwrap_or_else(|error| panic!("{error}"));
            }
        }
    }
}

/// Looks up a table of every type, within it and beyond its end, at both rates.
#[test]
fn what_is_beyond_a_table_is_its_last_element() {
    for lane in Lane::ALL.into_iter().filter(|&lane| lane != Lane::Mask) {
        for index in [Lane::I32, Lane::U32] {
            let mut module = Module::new();
            let elements = Table::new("t", special(lane));
            let table = module.add_table(elements);
            let mut b = Builder::kernel("k", Width::Any);
            let which = b.buffer("which", index, Access::Read);
            let y = b.buffer("y", lane, Access::Write);
            let z = b.buffer("z", lane, Access::Write);
            let n = b.parameter("n", ValueType::uniform(Lane::I64));
            b.for_each_wave(n, |b, i, active| {
                let at = b.load(which, i, Some(active));
                let found = b.lookup(table, lane, at);
                b.store(y, i, found, Some(active));
                let at = b.load_uniform(which, i);
                let found = b.lookup(table, lane, at);
                debug_assert_eq!(b.type_of(found).rate(), Rate::Uniform);
                b.store_uniform(z, i, found);
            });
            b.return_nothing();
            module.add(b.finish());
            let numbers = (0..100u64).map(|at| match at % 5 {
                0 => u64::MAX - at,
                _ => at * 3 % 50,
            });
            let numbers = numbers.map(|bits| Literal::from_bits(index, bits));
            let buffers = [
                Buffer::of(index, numbers),
                Buffer::zeroed(lane, 100),
                Buffer::zeroed(lane, 100),
            ];
            check(&Run {
                module: &module,
                kernel: "k",
                buffers: &buffers,
                arguments: &[100i64.into()],
            })
            .unwrap_or_else(|error| panic!("{error}"));
        }
    }
}
