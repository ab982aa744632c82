//! Affine chains: `x * gain + offset` of `x * gain + offset` is one of them.
//!
//! Real arithmetic knows no overflow, but the element does: `x * 1e-30 * 1e-30` in
//! f32 is an ordinary number for large x, and must not become `x * 0`. Constants
//! that the element cannot hold are left apart.

use super::Sweep;
use crate::{Element, Node, NodeId, Op, Type};

/// `x * gain + offset` with constant gain and offset.
struct Affine {
    x: NodeId,
    gain: f64,
    offset: f64,
}

/// Fuses an affine node with an affine operand, and drops gains of 1 or 0 and
/// offsets of 0. What it builds is one op, so shared operands cost nothing.
pub(super) fn pass(sweep: &mut Sweep<'_>, node: Node) -> Option<NodeId> {
    let Node::Apply { ty: Type::Real, .. } = node else {
        return None;
    };
    let outer = read(sweep, node)?;
    match fuse(sweep, &outer) {
        Some(fused) => Some(write(sweep, fused)),
        None if is_reduced(node, &outer) => None,
        None => Some(write(sweep, outer)),
    }
}

/// `outer` of an affine operand as one affine function, if the element holds it.
fn fuse(sweep: &Sweep<'_>, outer: &Affine) -> Option<Affine> {
    let inner = read(sweep, sweep.graph.node(outer.x))?;
    let element = sweep.arithmetic.element();
    let gain = inner.gain * outer.gain;
    let offset = inner.offset * outer.gain + outer.offset;
    let held = (outer.gain == 0.0 || is_normal(element, gain)) && element.round(offset).is_finite();
    held.then_some(Affine {
        x: inner.x,
        gain,
        offset,
    })
}

/// Whether `value` neither overflows nor underflows in the element.
fn is_normal(element: Element, value: f64) -> bool {
    match element {
        Element::F32 => (value as f32).is_normal(),
        Element::F64 => value.is_normal(),
    }
}

/// `node` as an affine function of one of its operands.
fn read(sweep: &Sweep<'_>, node: Node) -> Option<Affine> {
    let Node::Apply {
        op,
        ty: Type::Real,
        operands: [a, b, c],
    } = node
    else {
        return None;
    };
    let constant = |id: NodeId| (id != NodeId::NONE).then(|| sweep.real_value(id)).flatten();
    let affine = |x, gain, offset| Some(Affine { x, gain, offset });
    match (op, constant(a), constant(b)) {
        (Op::Neg, None, _) => affine(a, -1.0, 0.0),
        (Op::Add, None, Some(k)) => affine(a, 1.0, k),
        (Op::Add, Some(k), None) => affine(b, 1.0, k),
        (Op::Sub, None, Some(k)) => affine(a, 1.0, -k),
        (Op::Sub, Some(k), None) => affine(b, -1.0, k),
        (Op::Mul, None, Some(k)) => affine(a, k, 0.0),
        (Op::Mul, Some(k), None) => affine(b, k, 0.0),
        (Op::Div, None, Some(k)) if is_normal(sweep.arithmetic.element(), k.recip()) => {
            affine(a, k.recip(), 0.0)
        }
        (Op::Fma, None, Some(k)) => affine(a, k, constant(c)?),
        (Op::Fma, Some(k), None) => affine(b, k, constant(c)?),
        _ => None,
    }
}

/// Whether writing `affine` would give `node` again.
fn is_reduced(node: Node, affine: &Affine) -> bool {
    let Node::Apply { op, .. } = node else {
        return true;
    };
    let trivial = affine.gain == 0.0 || (affine.gain == 1.0 && affine.offset == 0.0);
    match op {
        Op::Neg | Op::Add | Op::Sub | Op::Mul => !trivial,
        Op::Fma => !trivial && affine.gain.abs() != 1.0 && affine.offset != 0.0,
        _ => false,
    }
}

fn write(sweep: &mut Sweep<'_>, Affine { x, gain, offset }: Affine) -> NodeId {
    let element = sweep.arithmetic.element();
    let (gain, offset) = (element.round(gain), element.round(offset));
    if gain == 0.0 {
        return sweep.real(offset);
    }
    match (gain, offset) {
        (1.0, 0.0) => x,
        (-1.0, 0.0) => sweep.graph.apply_typed(Op::Neg, Type::Real, &[x]),
        (_, 0.0) => binary(sweep, Op::Mul, x, gain),
        (1.0, _) => binary(sweep, Op::Add, x, offset),
        (-1.0, _) => {
            let offset = sweep.graph.real(offset);
            sweep.graph.apply_typed(Op::Sub, Type::Real, &[offset, x])
        }
        _ => {
            let (gain, offset) = (sweep.graph.real(gain), sweep.graph.real(offset));
            sweep
                .graph
                .apply_typed(Op::Fma, Type::Real, &[x, gain, offset])
        }
    }
}

fn binary(sweep: &mut Sweep<'_>, op: Op, x: NodeId, constant: f64) -> NodeId {
    let constant = sweep.graph.real(constant);
    let operands = if x < constant {
        [x, constant]
    } else {
        [constant, x]
    };
    sweep.graph.apply_typed(op, Type::Real, &operands)
}
