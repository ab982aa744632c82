//! A row as a kernel over columns of operands.

use crate::rows::Row;
use crate::values::Word;
use smalto_graph::{Element, Type};
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::{Access, BufferId, Builder, Lane, Literal, Rate, ValueId, ValueType, Width};
use smalto_lower::meaning::{Binary, Of, Ternary, Unary, Visitor};
use smalto_lower::{AnyValue, Float, Kind, Machine};
use smalto_record::{Int32, Int64, Recorder, Recording, Refusal, record};

/// Lanes of a wave. (The lanes do not know of each other, so one number will do.)
const WIDTH: usize = 8;

/// A row that was recorded: a loop over waves, or at uniform rate over single values.
pub(crate) struct Kernel {
    recording: Recording,
    lanes: Vec<Lane>,
}

/// What memory holds for a type; truth values are integers there.
fn lane(ty: Type, element: Element) -> Lane {
    match (ty, element) {
        (Type::Real, Element::F32) => Lane::F32,
        (Type::Real, Element::F64) => Lane::F64,
        (Type::I32 | Type::Bool, _) => Lane::I32,
        (Type::I64, _) => Lane::I64,
    }
}

impl Kernel {
    pub(crate) fn record<T: Float>(row: Row, rate: Rate) -> Result<Kernel, Refusal> {
        let types = row
            .operands()
            .iter()
            .chain([row.result()].iter())
            .copied()
            .collect::<Vec<_>>();
        let lanes: Vec<Lane> = types.iter().map(|&ty| lane(ty, T::ELEMENT)).collect();
        let width = match rate {
            Rate::Varying => Width::Any,
            Rate::Uniform => Width::Lanes(1),
        };
        let mut b = Builder::kernel("row", width);
        let buffers: Vec<BufferId> = (0..)
            .zip(&lanes)
            .map(|(at, &lane)| b.buffer(&format!("b{at}"), lane, Access::ReadWrite))
            .collect();
        let n = b.parameter("n", ValueType::uniform(Lane::I64));
        let recording = record(b, rate, |recorder: Recorder<'_, T>| {
            record_loop(recorder, n, |i| {
                let operands = buffers.iter().zip(row.operands());
                let operands = operands.map(|(&buffer, &ty)| load(recorder, rate, buffer, i, ty));
                let result = row.visit(Apply {
                    recorder,
                    operands: operands.collect(),
                });
                store(recorder, rate, buffers[buffers.len() - 1], i, result);
            });
        })?;
        Ok(Kernel { recording, lanes })
    }

    /// The results for these operands, a column each.
    pub(crate) fn run(&self, inputs: &[Vec<Word>]) -> Vec<Word> {
        let count = inputs[0].len();
        let padded = count.next_multiple_of(WIDTH);
        let (result, operands) = self.lanes.split_last().expect("there is a result");
        let columns = inputs.iter().zip(operands);
        let columns = columns.map(|(column, &lane)| {
            let words = column.iter().cycle().take(padded);
            Buffer::of(lane, words.map(|&word| Literal::from_bits(lane, word)))
        });
        let mut buffers: Vec<Buffer> = columns.collect();
        buffers.push(Buffer::uninitialised(*result, padded));
        let interpreter = Interpreter::new(self.recording.module()).expect("it verifies");
        interpreter
            .width(WIDTH)
            .run("row", &mut buffers, &[(padded as i64).into()])
            .expect("it runs");
        let results = buffers.last().expect("there is a result");
        let word = |at| results.get(at).expect("it was written").bits();
        (0..count).map(word).collect()
    }
}

/// `body(i)` for each wave of `n` values, a multiple of the width.
fn record_loop<T: Float>(recorder: Recorder<'_, T>, n: ValueId, body: impl FnOnce(ValueId)) {
    let (i, header, end) = recorder.build(|b| {
        let index = b.type_of(n);
        let (header, end) = (b.label(&[index]), b.label(&[]));
        let zero = b.uniform(0i64);
        b.jump(header, &[zero]);
        (b.begin(header).at(0), header, end)
    });
    body(i);
    recorder.build(|b| {
        let width = b.width();
        let next = b.add(i, width);
        let more = b.lt(next, n);
        b.branch(more, (header, &[next]), (end, &[]));
        b.begin(end);
        b.return_nothing();
    });
}

fn load<T: Float>(
    recorder: Recorder<'_, T>,
    rate: Rate,
    buffer: BufferId,
    i: ValueId,
    ty: Type,
) -> AnyValue<Recorder<'_, T>> {
    recorder.build(|b| {
        let value = match rate {
            Rate::Varying => b.load(buffer, i, None),
            Rate::Uniform => b.load_uniform(buffer, i),
        };
        match ty {
            Type::Real => AnyValue::Real(value),
            Type::I32 => AnyValue::I32(Int32(value)),
            Type::I64 => AnyValue::I64(Int64(value)),
            Type::Bool => {
                let zero = b.constant(rate, 0i32);
                let equal = b.eq(value, zero);
                AnyValue::Mask(b.not(equal))
            }
        }
    })
}

fn store<T: Float>(
    recorder: Recorder<'_, T>,
    rate: Rate,
    buffer: BufferId,
    i: ValueId,
    value: AnyValue<Recorder<'_, T>>,
) {
    recorder.build(|b| {
        let value = match value {
            AnyValue::Real(value) => value,
            AnyValue::I32(value) => value.0,
            AnyValue::I64(value) => value.0,
            AnyValue::Mask(value) => {
                let (one, zero) = (b.constant(rate, 1i32), b.constant(rate, 0i32));
                b.select(value, one, zero)
            }
        };
        match rate {
            Rate::Varying => b.store(buffer, i, value, None),
            Rate::Uniform => b.store_uniform(buffer, i, value),
        }
    });
}

struct Apply<'s, T: Float> {
    recorder: Recorder<'s, T>,
    operands: Vec<AnyValue<Recorder<'s, T>>>,
}

impl<'s, T: Float> Apply<'s, T> {
    fn operand<K: Kind<Recorder<'s, T>>>(&self, at: usize) -> Of<K, Recorder<'s, T>> {
        K::from_any(self.operands[at]).expect("operands are of the row's types")
    }
}

impl<'s, T: Float> Visitor<Recorder<'s, T>> for Apply<'s, T>
where
    Recorder<'s, T>: Machine,
{
    type Output = AnyValue<Recorder<'s, T>>;

    fn unary<F: Unary<Recorder<'s, T>>>(self) -> Self::Output {
        F::R::into_any(F::apply(self.recorder, self.operand::<F::A>(0)))
    }

    fn binary<F: Binary<Recorder<'s, T>>>(self) -> Self::Output {
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        F::R::into_any(F::apply(self.recorder, a, b))
    }

    fn ternary<F: Ternary<Recorder<'s, T>>>(self) -> Self::Output {
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        let c = self.operand::<F::C>(2);
        F::R::into_any(F::apply(self.recorder, a, b, c))
    }
}
