//! A plain evaluator of graphs in f64, written from the words of the op table over
//! the standard library: an oracle that shares nothing with the rest of Smalto.

use smalto_graph::{Body, Graph, Node, Op, Type, UserOp, Value};
use std::collections::HashMap;

/// The values of the outputs, given the inputs by name.
pub(crate) fn evaluate<'n>(
    graph: &Graph,
    inputs: impl IntoIterator<Item = (&'n str, Value)>,
) -> Vec<Value> {
    let inputs: HashMap<&str, Value> = inputs.into_iter().collect();
    let mut values: Vec<Value> = Vec::with_capacity(graph.len());
    let mut operands = Vec::new();
    for id in graph.ids() {
        operands.clear();
        operands.extend(graph.operands(id).iter().map(|o| values[o.index()]));
        values.push(match graph.node(id) {
            Node::Constant(constant) => constant.value(),
            Node::Variable { variable, ty } => {
                let name = &*graph.variables()[variable.index()].name;
                let value = *inputs
                    .get(name)
                    .unwrap_or_else(|| panic!("no value for the input `{name}`"));
                assert_eq!(value.ty(), ty, "value of the input `{name}`");
                value
            }
            Node::Apply { op, ty, .. } => {
                let value = apply(op, ty, &operands);
                assert_eq!(value.ty(), ty, "{op}");
                value
            }
            Node::Lookup { table, .. } => {
                let [Value::I32(index)] = operands[..] else {
                    panic!("a lookup by {operands:?}")
                };
                graph.tables()[table.index()].get(index)
            }
            Node::Call(call) => Value::Real(apply_user_op(graph.called(call), &operands)),
        });
    }
    let outputs = graph.outputs().iter();
    outputs.map(|output| values[output.node.index()]).collect()
}

/// The value of the first output, a real, given real inputs by name.
pub(crate) fn evaluate_real(graph: &Graph, inputs: &[(&str, f64)]) -> f64 {
    let inputs = inputs.iter().map(|&(name, v)| (name, Value::Real(v)));
    let first = evaluate(graph, inputs)[0];
    first.as_real().expect("the first output is a real")
}

/// One call. A process is in its first sample.
fn apply_user_op(op: &UserOp, operands: &[Value]) -> f64 {
    let reals: Vec<f64> = operands.iter().map(|v| v.as_real().unwrap()).collect();
    match op.body() {
        Body::Function(function) => function(&reals),
        Body::Process(factory) => factory()(&reals),
        Body::Lowering(_) => {
            let mut graph = Graph::new();
            let names: Vec<String> = (0..reals.len()).map(|i| format!("operand{i}")).collect();
            let nodes: Vec<_> = names
                .iter()
                .map(|name| graph.variable(name, Type::Real).unwrap())
                .collect();
            let root = op.lower(&mut graph, &nodes).unwrap();
            graph.output("", root).unwrap();
            let inputs: Vec<_> = names.iter().map(|n| &**n).zip(reals).collect();
            evaluate_real(&graph, &inputs)
        }
    }
}

fn apply(op: Op, ty: Type, operands: &[Value]) -> Value {
    use Value::{Bool, I32, I64, Real};
    match (op, operands) {
        (Op::Select, &[Bool(c), a, b]) => {
            if c {
                a
            } else {
                b
            }
        }
        (Op::And, &[Bool(a), Bool(b)]) => Bool(a && b),
        (Op::Or, &[Bool(a), Bool(b)]) => Bool(a || b),
        (Op::Not, &[Bool(a)]) => Bool(!a),
        (Op::ToReal | Op::ToI32 | Op::ToI64 | Op::ToBool, &[a]) => convert(a, ty),
        (Op::Bits32, &[Real(a)]) if a.is_nan() => I32(0x7fc0_0000),
        (Op::Bits32, &[Real(a)]) => I32((a as f32).to_bits() as i32),
        (Op::Bits64, &[Real(a)]) if a.is_nan() => I64(0x7ff8_0000_0000_0000),
        (Op::Bits64, &[Real(a)]) => I64(a.to_bits() as i64),
        (Op::FromBits32, &[I32(a)]) => Real(f64::from(f32::from_bits(a as u32))),
        (Op::FromBits64, &[I64(a)]) => Real(f64::from_bits(a as u64)),
        (_, &[Real(a)]) => Real(real_1(op, a)),
        (_, &[Real(a), Real(b)]) => real_2(op, a, b),
        (_, &[Real(a), Real(b), Real(c)]) => Real(real_3(op, a, b, c)),
        (_, &[I32(a)]) => I32(i32_ops::unary(op, a)),
        (_, &[I32(a), I32(b)]) => i32_ops::binary(op, a, b),
        (Op::Clamp, &[I32(a), I32(b), I32(c)]) => I32(a.max(b).min(c)),
        (_, &[I64(a)]) => I64(i64_ops::unary(op, a)),
        (_, &[I64(a), I64(b)]) => i64_ops::binary(op, a, b),
        (Op::Clamp, &[I64(a), I64(b), I64(c)]) => I64(a.max(b).min(c)),
        _ => panic!("{op} of {operands:?}"),
    }
}

fn convert(value: Value, to: Type) -> Value {
    match to {
        Type::Real => Value::Real(match value {
            Value::Real(v) => v,
            Value::I32(v) => f64::from(v),
            Value::I64(v) => v as f64,
            Value::Bool(v) => f64::from(u8::from(v)),
        }),
        Type::I32 => Value::I32(match value {
            Value::Real(v) => v as i32,
            Value::I32(v) => v,
            Value::I64(v) => v as i32,
            Value::Bool(v) => i32::from(v),
        }),
        Type::I64 => Value::I64(match value {
            Value::Real(v) => v as i64,
            Value::I32(v) => i64::from(v),
            Value::I64(v) => v,
            Value::Bool(v) => i64::from(v),
        }),
        Type::Bool => Value::Bool(match value {
            Value::Real(v) => v != 0.0,
            Value::I32(v) => v != 0,
            Value::I64(v) => v != 0,
            Value::Bool(v) => v,
        }),
    }
}

fn real_1(op: Op, a: f64) -> f64 {
    match op {
        Op::Neg => -a,
        Op::Abs => a.abs(),
        Op::Sign if a == 0.0 || a.is_nan() => a,
        Op::Sign => a.signum(),
        Op::Recip => 1.0 / a,
        Op::Sqrt => a.sqrt(),
        Op::Square => a * a,
        Op::Floor => a.floor(),
        Op::Ceil => a.ceil(),
        Op::Trunc => a.trunc(),
        Op::Round => a.round(),
        Op::Rint => a.round_ties_even(),
        Op::Fract => a - a.floor(),
        Op::Not => f64::from(u8::from(a == 0.0)),
        Op::Cbrt => a.cbrt(),
        Op::Sin | Op::FastSin => a.sin(),
        Op::Cos | Op::FastCos => a.cos(),
        Op::Tan | Op::FastTan => a.tan(),
        Op::Asin => a.asin(),
        Op::Acos => a.acos(),
        Op::Atan => a.atan(),
        Op::Sinh => a.sinh(),
        Op::Cosh => a.cosh(),
        Op::Tanh => a.tanh(),
        Op::Asinh => a.asinh(),
        Op::Acosh => a.acosh(),
        Op::Atanh => a.atanh(),
        Op::Exp => a.exp(),
        Op::Exp2 => a.exp2(),
        Op::Expm1 => a.exp_m1(),
        Op::Ln => a.ln(),
        Op::Log2 => a.log2(),
        Op::Log10 => a.log10(),
        Op::Log1p => a.ln_1p(),
        _ => panic!("{op} of a real"),
    }
}

fn real_2(op: Op, a: f64, b: f64) -> Value {
    let flag = |v: bool| f64::from(u8::from(v));
    Value::Real(match op {
        Op::Lt => return Value::Bool(a < b),
        Op::Le => return Value::Bool(a <= b),
        Op::Gt => return Value::Bool(a > b),
        Op::Ge => return Value::Bool(a >= b),
        Op::Eq => return Value::Bool(a == b),
        Op::Ne => return Value::Bool(a != b),
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => a / b,
        Op::Mod => a.rem_euclid(b),
        Op::Min => real_min(a, b),
        Op::Max => real_max(a, b),
        Op::Minimum | Op::Maximum if a.is_nan() || b.is_nan() => f64::NAN,
        Op::Minimum if a == b => f64::from_bits(a.to_bits() | b.to_bits()),
        Op::Maximum if a == b => f64::from_bits(a.to_bits() & b.to_bits()),
        Op::Minimum => a.min(b),
        Op::Maximum => a.max(b),
        Op::And => {
            if a == 0.0 {
                a
            } else {
                b
            }
        }
        Op::Or => {
            if a != 0.0 {
                a
            } else {
                b
            }
        }
        Op::Compare => a
            .partial_cmp(&b)
            .map_or(f64::NAN, |order| order as i8 as f64),
        Op::Step => flag(b >= a),
        Op::Root => root(a, b),
        Op::Pow => a.powf(b),
        Op::Hypot => a.hypot(b),
        Op::Atan2 => a.atan2(b),
        _ => panic!("{op} of two reals"),
    })
}

fn real_3(op: Op, a: f64, b: f64, c: f64) -> f64 {
    match op {
        Op::Fma => a.mul_add(b, c),
        Op::Clamp => real_min(real_max(a, b), c),
        Op::Mix => c.mul_add(b - a, a),
        _ => panic!("{op} of three reals"),
    }
}

fn real_min(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

fn real_max(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

fn root(x: f64, n: f64) -> f64 {
    let is_odd = n.rem_euclid(2.0) == 1.0;
    if x < 0.0 && is_odd {
        -(-x).powf(1.0 / n)
    } else {
        x.powf(1.0 / n)
    }
}

macro_rules! integer_ops {
    ($module:ident, $ty:ident, $unsigned:ident, $value:ident) => {
        mod $module {
            use smalto_graph::{Op, Value};

            pub(super) fn unary(op: Op, a: $ty) -> $ty {
                match op {
                    Op::Neg => a.wrapping_neg(),
                    Op::Abs => a.wrapping_abs(),
                    Op::Square => a.wrapping_mul(a),
                    Op::BitNot => !a,
                    _ => panic!("{op} of an integer has no words to evaluate it by"),
                }
            }

            pub(super) fn binary(op: Op, a: $ty, b: $ty) -> Value {
                Value::$value(match op {
                    Op::Lt => return Value::Bool(a < b),
                    Op::Le => return Value::Bool(a <= b),
                    Op::Gt => return Value::Bool(a > b),
                    Op::Ge => return Value::Bool(a >= b),
                    Op::Eq => return Value::Bool(a == b),
                    Op::Ne => return Value::Bool(a != b),
                    Op::Add => a.wrapping_add(b),
                    Op::Sub => a.wrapping_sub(b),
                    Op::Mul => a.wrapping_mul(b),
                    Op::Div if b == 0 => 0,
                    Op::Div => a.wrapping_div(b),
                    Op::Rem if b == 0 => a,
                    Op::Rem => a.wrapping_rem(b),
                    Op::Min => a.min(b),
                    Op::Max => a.max(b),
                    Op::BitAnd => a & b,
                    Op::BitOr => a | b,
                    Op::BitXor => a ^ b,
                    Op::Shl => a.wrapping_shl(b as u32),
                    Op::Shr => a.wrapping_shr(b as u32),
                    Op::Ushr => (a as $unsigned).wrapping_shr(b as u32) as $ty,
                    Op::Rotl => a.rotate_left(b as u32 % $ty::BITS),
                    Op::Rotr => a.rotate_right(b as u32 % $ty::BITS),
                    _ => panic!("{op} of two integers"),
                })
            }
        }
    };
}
integer_ops!(i32_ops, i32, u32, I32);
integer_ops!(i64_ops, i64, u64, I64);
