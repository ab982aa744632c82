//! Every instruction of the kernel that computes, for every lane type it has and at both
//! rates, at the values where arithmetic changes its mind.

use crate::differential::{Run, check};
use crate::values;
use smalto_kernel::interpret::Buffer;
use smalto_kernel::op::{Class, Immediate, LaneRule, RateRule, Scope};
use smalto_kernel::{
    Access, Builder, F16, Lane, Literal, Module, Op, Rate, ValueId, ValueType, Width,
};

/// An instruction with lane types for its operands and its result.
#[derive(Debug, Clone)]
struct Subject {
    op: Op,
    operands: Vec<Lane>,
    result: Lane,
    rate: Rate,
}

/// All that are lane by lane and name nothing but values.
fn subjects() -> Vec<Subject> {
    let mut found = Vec::new();
    for &op in Op::ALL {
        let row = op.row();
        let computes = row.immediate == Immediate::Nothing
            && row.scope == Scope::Lane
            && !row.operands.is_empty()
            && !op.is_variadic()
            && op != Op::FirstLanes;
        let is_at_common_rate = row
            .operands
            .iter()
            .chain(&row.result)
            .all(|slot| slot.rate == RateRule::Shared);
        if !computes || !is_at_common_rate {
            continue;
        }
        for shared in Lane::ALL {
            for (operands, result) in typings(op, shared) {
                for rate in [Rate::Varying, Rate::Uniform] {
                    found.push(Subject {
                        op,
                        operands: operands.clone(),
                        result,
                        rate,
                    });
                }
            }
        }
    }
    found
}

/// The lane types an instruction may have where its shared one is `shared`.
fn typings(op: Op, shared: Lane) -> Vec<(Vec<Lane>, Lane)> {
    let row = op.row();
    let slots: Vec<LaneRule> = row
        .operands
        .iter()
        .chain(&row.result)
        .map(|slot| slot.lane)
        .collect();
    let free: Vec<Class> = slots
        .iter()
        .filter_map(|rule| match rule {
            LaneRule::Free(class) => Some(*class),
            _ => None,
        })
        .collect();
    let fits_shared = slots.iter().all(|rule| match rule {
        LaneRule::Shared(class) => class.contains(shared),
        _ => true,
    });
    if !fits_shared {
        return Vec::new();
    }
    let plain = |other: Option<(Lane, Lane)>| {
        let mut others = other.into_iter().flat_map(|(a, b)| [a, b]);
        let lanes: Vec<Lane> = slots
            .iter()
            .map(|rule| match rule {
                LaneRule::Shared(_) => shared,
                LaneRule::Only(lane) => *lane,
                LaneRule::Free(_) => others.next().expect("two free lane types"),
                LaneRule::Element => unreachable!("it names no buffer"),
            })
            .collect();
        let (result, operands) = lanes.split_last().expect("a result");
        (operands.to_vec(), *result)
    };
    match free[..] {
        [] => vec![plain(None)],
        [from, to] if from.contains(shared) => Lane::ALL
            .into_iter()
            .filter(|&lane| to.contains(lane) && converts(op, shared, lane))
            .map(|lane| plain(Some((shared, lane))))
            .collect(),
        _ => Vec::new(),
    }
}

/// The rules for conversions that are not in the rows.
fn converts(op: Op, from: Lane, to: Lane) -> bool {
    match op {
        Op::Convert => from != to && (from.is_float() || to.is_float()),
        Op::Extend => from.bits() < to.bits(),
        Op::Wrap => from.bits() > to.bits(),
        Op::Bits | Op::RawBits | Op::Bitcast => from.bits() == to.bits() && from != to,
        _ => true,
    }
}

/// A kernel that applies the instruction to columns of operands.
fn kernel(subject: &Subject) -> Module {
    let mut b = Builder::kernel("apply", Width::Any);
    let inputs: Vec<_> = subject
        .operands
        .iter()
        .enumerate()
        .map(|(at, &lane)| b.buffer(&format!("in{at}"), in_memory(lane), Access::Read))
        .collect();
    let out = b.buffer("out", in_memory(subject.result), Access::Write);
    let n = b.parameter("n", ValueType::uniform(Lane::I64));
    match subject.rate {
        Rate::Varying => b.for_each_wave(n, |b, i, active| {
            let operands: Vec<ValueId> = inputs
                .iter()
                .zip(&subject.operands)
                .map(|(&input, &lane)| {
                    let loaded = b.load(input, i, Some(active));
                    as_operand(b, loaded, lane, Rate::Varying)
                })
                .collect();
            let result = apply(b, subject, &operands);
            let result = as_stored(b, result, subject.result, Rate::Varying);
            b.store(out, i, result, Some(active));
        }),
        Rate::Uniform => {
            let (start, step) = (b.uniform(0i64), b.uniform(1i64));
            b.for_range(start, n, step, |b, i| {
                let operands: Vec<ValueId> = inputs
                    .iter()
                    .zip(&subject.operands)
                    .map(|(&input, &lane)| {
                        let loaded = b.load_uniform(input, i);
                        as_operand(b, loaded, lane, Rate::Uniform)
                    })
                    .collect();
                let result = apply(b, subject, &operands);
                let result = as_stored(b, result, subject.result, Rate::Uniform);
                b.store_uniform(out, i, result);
            });
        }
    }
    b.return_nothing();
    let mut module = Module::new();
    module.add(b.finish());
    module
}

fn in_memory(lane: Lane) -> Lane {
    if lane == Lane::Mask { Lane::I32 } else { lane }
}

fn as_operand(b: &mut Builder, loaded: ValueId, lane: Lane, rate: Rate) -> ValueId {
    if lane != Lane::Mask {
        return loaded;
    }
    let one = b.constant(rate, 1i32);
    b.eq(loaded, one)
}

fn as_stored(b: &mut Builder, result: ValueId, lane: Lane, rate: Rate) -> ValueId {
    if lane != Lane::Mask {
        return result;
    }
    let (one, zero) = (b.constant(rate, 1i32), b.constant(rate, 0i32));
    b.select(result, one, zero)
}

fn apply(b: &mut Builder, subject: &Subject, operands: &[ValueId]) -> ValueId {
    b.apply(
        subject.op,
        ValueType::new(subject.result, subject.rate),
        operands,
    )
}

fn buffers(subject: &Subject) -> (Vec<Buffer>, usize) {
    let mut columns = values::columns(&subject.operands);
    if subject.op == Op::ConvertInRange {
        columns[0].retain(|value| fits(*value, subject.result));
    }
    if subject.op == Op::RawBits {
        // The bits of a NaN must not be seen.
        columns[0].retain(|value| !value.as_f64().is_nan());
    }
    if subject.op == Op::Copysign {
        // The sign of a NaN must not be seen.
        let one = Literal::from(1f32);
        for sign in columns[1].iter_mut().filter(|sign| sign.as_f64().is_nan()) {
            *sign = match subject.result {
                Lane::F32 => one,
                Lane::F64 => 1f64.into(),
                _ => F16::from_f64(1.0).into(),
            };
        }
    }
    if subject.op == Op::Scale {
        make_scalable(&mut columns);
    }
    let count = columns[0].len();
    let mut buffers: Vec<Buffer> = columns
        .into_iter()
        .zip(&subject.operands)
        .map(|(column, &lane)| {
            let stored = column.into_iter().map(|value| match lane {
                Lane::Mask => Literal::from(value.bits() as i32),
                _ => value,
            });
            Buffer::of(in_memory(lane), stored)
        })
        .collect();
    buffers.push(Buffer::zeroed(in_memory(subject.result), count));
    (buffers, count)
}

/// Leaves the numbers that may be scaled, each beside a power from end to end of the range.
fn make_scalable(columns: &mut [Vec<Literal>]) {
    let lane = columns[0][0].lane();
    let bias = match lane {
        Lane::F16 => 15,
        Lane::F32 => 127,
        _ => 1023,
    };
    let powers = 1 - bias - (bias - 1)..=2 * bias;
    let literal = |power: i32| match lane {
        Lane::F16 => F16::from_f64(power.into()).into(),
        Lane::F32 => Literal::from(power as f32),
        _ => f64::from(power).into(),
    };
    let mut numbers = columns[0].clone();
    numbers.dedup();
    let pairs = powers.flat_map(|power| {
        let defined = numbers.iter().filter(move |a| {
            let a = a.as_f64();
            (0.25..=2.0).contains(&a) || power >= 0 && (a > 2.0 || a.is_nan())
        });
        defined.map(move |&a| (a, literal(power)))
    });
    let (a, n) = pairs.step_by(3).unzip();
    (columns[0], columns[1]) = (a, n);
}

/// Whether a float truncated is a value of an integer type.
fn fits(value: Literal, to: Lane) -> bool {
    let real = value.as_f64().trunc();
    let (low, high) = match (to.is_signed(), to.bits()) {
        (true, bits) => (-(2f64.powi(bits as i32 - 1)), 2f64.powi(bits as i32 - 1)),
        (false, bits) => (0.0, 2f64.powi(bits as i32)),
    };
    real >= low && real < high
}

fn check_subject(subject: &Subject) -> Result<(), String> {
    let module = kernel(subject);
    let (buffers, count) = buffers(subject);
    check(&Run {
        module: &module,
        kernel: "apply",
        buffers: &buffers,
        arguments: &[(count as i64).into()],
    })
}

#[test]
fn every_instruction_computes_what_it_means() {
    let failures: Vec<String> = subjects()
        .iter()
        .filter_map(|subject| {
            let error = check_subject(subject).err()?;
            let first = error.lines().next().unwrap_or_default().to_owned();
            Some(format!("{subject:?}: {first}"))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} instructions fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn lanes_know_their_number() {
    let module = smalto_kernel::parse(
        "kernel number width any {
            buffer i: i32 readwrite
            param n: u.i64
        block 0:
            %zero: u.i64 = constant 0
            jump 1(%zero)
        block 1(%first: u.i64):
            %left: u.i64 = sub %n, %first
            %active: v.mask = first_lanes %left
            %number: v.i32 = lane_index
            store i[%first], %number if %active
            %width: u.i64 = width
            %next: u.i64 = add %first, %width
            %more: u.mask = lt %next, %n
            branch %more, 1(%next), 2
        block 2:
            return
        }",
    );
    let run = check(&Run {
        module: &module.unwrap(),
        kernel: "number",
        buffers: &[Buffer::from([-1i32; 21])],
        arguments: &[21i64.into()],
    });
    run.unwrap();
}
