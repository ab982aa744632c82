//! Recording the nodes of a graph, one after the other.

use crate::recorder::{Int32, Int64, State};
use crate::{RecordError, Recorder};
use smalto_graph::{Graph, Node, NodeId, Op, Type, Value};
use smalto_kernel::{Literal, ValueId};
use smalto_lower::meaning::{Binary, Of, Ternary, Unary, Visitor, with_meaning};
use smalto_lower::{AnyValue, Float, Kind, Machine};
use std::cell::RefCell;

/// Stands for instructions that are of no node: loops, indices.
pub(crate) const GLUE: u32 = u32::MAX;

/// What the nodes of a graph are in a kernel, and which node each instruction is for.
pub(crate) struct Nodes<'s, 'g, T> {
    pub(crate) recorder: Recorder<'s, T>,
    state: &'s RefCell<State>,
    graph: &'g Graph,
    values: Vec<Option<ValueId>>,
    pub(crate) sources: Vec<u32>,
}

impl<'s, 'g, T: Float> Nodes<'s, 'g, T> {
    pub(crate) fn new(state: &'s RefCell<State>, graph: &'g Graph) -> Nodes<'s, 'g, T> {
        Nodes {
            recorder: Recorder::new(state),
            state,
            graph,
            values: vec![None; graph.len()],
            sources: Vec::new(),
        }
    }

    /// The value of a node that was recorded.
    pub(crate) fn value(&self, id: NodeId) -> ValueId {
        self.values[id.index()].expect("operands are recorded before")
    }

    /// Says what a node is: an input that was loaded, say.
    pub(crate) fn set(&mut self, id: NodeId, value: ValueId) {
        self.values[id.index()] = Some(value);
        self.note(id.index() as u32);
    }

    /// The instructions added since the last note are for this node.
    pub(crate) fn note(&mut self, source: u32) {
        let len = self.recorder.build(|b| b.routine().len());
        self.sources.resize(len, source);
    }

    /// Records a node whose operands are recorded, unless it is an input.
    pub(crate) fn record(&mut self, id: NodeId) -> Result<(), RecordError> {
        let recorder = self.recorder;
        let value = match self.graph.node(id) {
            Node::Variable { .. } => return Ok(()),
            Node::Constant(constant) => match constant.value() {
                Value::Real(x) => recorder.real(x),
                Value::I32(x) => recorder.literal(x),
                Value::I64(x) => recorder.literal(x),
                Value::Bool(x) => recorder.literal(x),
            },
            Node::Apply { op, .. } => self.apply(op, id)?,
            Node::Lookup { table, index, .. } => self.lookup(table.index(), self.value(index)),
            Node::Call(call) => {
                let name = self.graph.called(call).name().into();
                return Err(RecordError::UserFunction { name });
            }
        };
        self.set(id, value);
        Ok(())
    }

    fn apply(&mut self, op: Op, id: NodeId) -> Result<ValueId, RecordError> {
        let operands = self.graph.operands(id);
        let mut values = [ValueId::new(0); 3];
        for (value, &operand) in values.iter_mut().zip(operands) {
            *value = self.value(operand);
        }
        // The type by which a meaning is chosen is that of the last operand.
        let ty = operands.last().map(|&last| self.graph.ty(last));
        let record = Record {
            recorder: self.recorder,
            operands: values,
        };
        let value = with_meaning(op, ty.expect("an op has operands"), record);
        if self.state.borrow_mut().take_by_lane() {
            return Err(RecordError::NoLowering { op: op.name() });
        }
        Ok(value)
    }

    fn lookup(&self, table: usize, index: ValueId) -> ValueId {
        let table = &self.graph.tables()[table];
        let elements = table.values().iter().map(|value| match *value {
            Value::Real(x) => match T::ELEMENT {
                smalto_graph::Element::F32 => Literal::from(x as f32),
                smalto_graph::Element::F64 => Literal::from(x),
            },
            Value::I32(x) => x.into(),
            Value::I64(x) => x.into(),
            Value::Bool(x) => x.into(),
        });
        self.recorder.lookup_in(elements, index)
    }
}

/// Records the meaning of an op.
struct Record<'s, T> {
    recorder: Recorder<'s, T>,
    operands: [ValueId; 3],
}

impl<'s, T: Float> Record<'s, T> {
    #[inline(always)]
    fn operand<K: Kind<Recorder<'s, T>>>(&self, at: usize) -> Of<K, Recorder<'s, T>> {
        let value = self.operands[at];
        let any = match K::TYPE {
            Type::Real => AnyValue::Real(value),
            Type::I32 => AnyValue::I32(Int32(value)),
            Type::I64 => AnyValue::I64(Int64(value)),
            Type::Bool => AnyValue::Mask(value),
        };
        K::from_any(any).expect("a kind is of its own type")
    }
}

#[inline(always)]
fn id<'s, T: Float, K: Kind<Recorder<'s, T>>>(value: Of<K, Recorder<'s, T>>) -> ValueId {
    match K::into_any(value) {
        AnyValue::Real(value) | AnyValue::Mask(value) => value,
        AnyValue::I32(value) => value.0,
        AnyValue::I64(value) => value.0,
    }
}

impl<'s, T: Float> Visitor<Recorder<'s, T>> for Record<'s, T> {
    type Output = ValueId;

    fn unary<F: Unary<Recorder<'s, T>>>(self) -> ValueId {
        id::<T, F::R>(F::apply(self.recorder, self.operand::<F::A>(0)))
    }

    fn binary<F: Binary<Recorder<'s, T>>>(self) -> ValueId {
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        id::<T, F::R>(F::apply(self.recorder, a, b))
    }

    fn ternary<F: Ternary<Recorder<'s, T>>>(self) -> ValueId {
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        let c = self.operand::<F::C>(2);
        id::<T, F::R>(F::apply(self.recorder, a, b, c))
    }
}

