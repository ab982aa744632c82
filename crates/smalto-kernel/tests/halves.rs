//! Arithmetic of halves and what `widen_halves` makes of it give the same bits.

use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::passes::{self, Workspace};
use smalto_kernel::{
    Access, Builder, F16, Lane, Literal, Module, Op, ValueId, ValueType, Width, verify,
};

const COUNT: usize = 8192;

/// Applies an instruction to columns of operands of these lane types.
fn kernel(op: Op, operands: &[Lane], result: Lane) -> Module {
    let mut b = Builder::kernel("k", Width::Any);
    let columns: Vec<_> = operands
        .iter()
        .enumerate()
        .map(|(at, &lane)| b.buffer(&format!("x{at}"), lane, Access::Read))
        .collect();
    let stored = if result == Lane::Mask {
        Lane::I32
    } else {
        result
    };
    let y = b.buffer("y", stored, Access::Write);
    let n = b.parameter("n", ValueType::uniform(Lane::I64));
    b.for_each_wave(n, |b, i, active| {
        let operands: Vec<ValueId> = columns
            .iter()
            .map(|&column| b.load(column, i, Some(active)))
            .collect();
        let mut value = b.apply(op, ValueType::varying(result), &operands);
        if result == Lane::Mask {
            let (one, zero) = (b.varying(1i32), b.varying(0i32));
            value = b.select(value, one, zero);
        }
        b.store(y, i, value, Some(active));
    });
    b.return_nothing();
    let mut module = Module::new();
    module.add(b.finish());
    module
}

/// Numbers that a multiplier spreads over all bits, with those next to where rounding
/// changes its mind among them.
fn column(lane: Lane, multiplier: u64) -> Buffer {
    let spread = |at: usize| (at as u64 + 1).wrapping_mul(multiplier);
    let element = |at: usize| match lane {
        Lane::F16 => F16((spread(at) >> 24) as u16).into(),
        Lane::F64 => near_midway(spread(at)).into(),
        lane => Literal::from_bits(lane, spread(at) >> (spread(at) % 64)),
    };
    Buffer::of(lane, (0..COUNT).map(element))
}

/// A double midway between two halves, or next to it by as little as can be, or by what
/// singles just see, or anything.
fn near_midway(bits: u64) -> f64 {
    let low = (bits >> 24) as u16 & 0x7fff;
    let middle = match (F16(low).to_f64(), F16(low + 1).to_f64()) {
        (a, b) if b.is_finite() => a + (b - a) / 2.0,
        _ => 65520.0,
    };
    let number = match bits >> 60 {
        0..4 => middle,
        4..6 => middle.next_up(),
        6..8 => middle.next_down(),
        8..10 => middle * (1.0 + 2f64.powi(-24)),
        10..12 => middle * (1.0 - 2f64.powi(-25)),
        _ => f64::from_bits(bits.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
    };
    if bits >> 59 & 1 == 0 { number } else { -number }
}

fn run(module: &Module, buffers: &[Buffer]) -> Buffer {
    let mut buffers = buffers.to_vec();
    Interpreter::new(module)
        .unwrap_or_else(|findings| panic!("{findings}\n{module}"))
        .width(16)
        .run("k", &mut buffers, &[(COUNT as i64).into()])
        .unwrap_or_else(|error| panic!("{error}\n{module}"));
    buffers.pop().expect("the result is last")
}

fn check(op: Op, operands: &[Lane], result: Lane) {
    const MULTIPLIERS: [u64; 3] = [
        0x9e37_79b9_7f4a_7c15,
        0xd1b5_4a32_d192_ed03,
        0x8cb9_2ba7_2f3d_8dd7,
    ];
    let module = kernel(op, operands, result);
    let mut widened = module.clone();
    passes::widen_halves(&mut widened, &mut Workspace::default());
    verify(&widened).unwrap_or_else(|findings| panic!("{findings}\n{widened}"));
    assert!(passes::computes_with_halves(&module), "{module}");
    assert!(!passes::computes_with_halves(&widened), "{widened}");
    let mut buffers: Vec<Buffer> = operands
        .iter()
        .zip(MULTIPLIERS)
        .map(|(&lane, multiplier)| column(lane, multiplier))
        .collect();
    let stored = if result == Lane::Mask {
        Lane::I32
    } else {
        result
    };
    buffers.push(Buffer::zeroed(stored, COUNT));
    let (expected, found) = (run(&module, &buffers), run(&widened, &buffers));
    for at in 0..COUNT {
        let inputs: Vec<_> = buffers.iter().map(|buffer| buffer.get(at)).collect();
        assert_eq!(
            found.get(at),
            expected.get(at),
            "{op} of {inputs:?}\n{widened}"
        );
    }
}

#[test]
fn arithmetic_is_rounded_once() {
    use Lane::F16;
    for op in [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Min, Op::Max] {
        check(op, &[F16, F16], F16);
    }
    for op in [Op::Sqrt, Op::Floor, Op::Ceil, Op::Trunc, Op::Rint] {
        check(op, &[F16], F16);
    }
    check(Op::Fma, &[F16, F16, F16], F16);
    for op in [Op::Eq, Op::Lt, Op::Le] {
        check(op, &[F16, F16], Lane::Mask);
    }
}

#[test]
fn conversions_are_rounded_once() {
    for lane in Lane::ALL {
        if matches!(lane, Lane::Mask | Lane::F16 | Lane::F32) {
            continue;
        }
        check(Op::Convert, &[Lane::F16], lane);
        check(Op::Convert, &[lane], Lane::F16);
    }
}
