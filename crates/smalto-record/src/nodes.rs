//! Recording the nodes of a graph, one after the other.

use crate::recorder::{Int32, Int64, Refusal, State};
use crate::{RecordError, Recorder};
use smalto_graph::{Body, CallId, Graph, Node, NodeId, Op, Type, Value};
use smalto_kernel::{BufferId, Lane, Literal, Rate, TableId, ValueId};
use smalto_lower::meaning::{Binary, Of, Ternary, Unary, Visitor, with_meaning};
use smalto_lower::{AnyValue, Float, Kind, Machine};
use std::cell::RefCell;

/// Stands for instructions that are of no node: loops, indices.
pub(crate) const GLUE: u32 = u32::MAX;

/// Where the value of a node is.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// In a value of the kernel.
    Value(ValueId),
    /// In memory, from where it is loaded at each use: a target makes that a part of the
    /// instruction that uses it. This is the number of the spot.
    Memory(u32),
}

/// A place in memory: an element of a buffer beyond an index, for the wave or for each lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) buffer: BufferId,
    pub(crate) index: ValueId,
    pub(crate) offset: i64,
    pub(crate) rate: Rate,
}

/// Storage for [`Nodes`].
#[derive(Debug, Default)]
pub(crate) struct Storage {
    /// For each node where it is in the kernel, once that is known.
    places: Vec<Place>,
    spots: Vec<Spot>,
    /// For each table of the graph which of the module it is.
    tables: Vec<Option<TableId>>,
    /// For each instruction of the kernel the node it is for.
    pub(crate) sources: Vec<u32>,
}

/// What the nodes of a graph are in a kernel, and which node each instruction is for.
pub(crate) struct Nodes<'s, 'g, T> {
    pub(crate) recorder: Recorder<'s, T>,
    state: &'s RefCell<State>,
    graph: &'g Graph,
    storage: &'s mut Storage,
}

impl<'s, 'g, T: Float> Nodes<'s, 'g, T> {
    pub(crate) fn new(
        state: &'s RefCell<State>,
        graph: &'g Graph,
        storage: &'s mut Storage,
    ) -> Nodes<'s, 'g, T> {
        storage.sources.clear();
        storage.tables.clear();
        storage.spots.clear();
        storage.tables.resize(graph.tables().len(), None);
        // What earlier graphs left here is overwritten before it is read.
        let nowhere = Place::Value(ValueId::new(0));
        storage.places.resize(graph.len(), nowhere);
        Nodes {
            recorder: Recorder::new(state),
            state,
            graph,
            storage,
        }
    }

    /// The value of a node that was recorded.
    #[inline]
    pub(crate) fn value(&self, id: NodeId) -> ValueId {
        match self.storage.places[id.index()] {
            Place::Value(value) => value,
            Place::Memory(spot) => self.load(self.storage.spots[spot as usize]),
        }
    }

    fn load(&self, spot: Spot) -> ValueId {
        self.recorder.build(|b| {
            let offset = b.uniform(spot.offset);
            let index = b.add(spot.index, offset);
            match spot.rate {
                Rate::Varying => b.load(spot.buffer, index, None),
                Rate::Uniform => {
                    let one = b.load_uniform(spot.buffer, index);
                    b.splat(one)
                }
            }
        })
    }

    /// Says where in memory the value of a node is.
    pub(crate) fn set_in_memory(&mut self, id: NodeId, spot: Spot) {
        let number = self.storage.spots.len() as u32;
        self.storage.spots.push(spot);
        self.storage.places[id.index()] = Place::Memory(number);
    }

    /// Says what a node is: an input that was loaded, say.
    #[inline]
    pub(crate) fn set(&mut self, id: NodeId, value: ValueId) {
        self.storage.places[id.index()] = Place::Value(value);
        self.note(id.index() as u32);
    }

    /// The instructions added since the last note are for this node.
    #[inline]
    pub(crate) fn note(&mut self, source: u32) {
        let len = self.recorder.build(|b| b.routine().len());
        self.storage.sources.resize(len, source);
    }

    /// The real or integer an output gives for a node: for a truth value 1 or 0.
    pub(crate) fn number(&self, id: NodeId) -> ValueId {
        let (recorder, value) = (self.recorder, self.value(id));
        match self.graph.ty(id) {
            Type::Bool => recorder.select(value, recorder.real(1.0), recorder.real(0.0)),
            _ => value,
        }
    }

    /// Records nodes that come after their operands, except inputs: those were said before.
    pub(crate) fn record_all(
        &mut self,
        nodes: impl Iterator<Item = NodeId>,
    ) -> Result<(), RecordError> {
        for id in nodes {
            let value = match self.graph.node(id) {
                Node::Variable { .. } => continue,
                Node::Apply { op, .. } => self.apply(op, id)?,
                node => self.record_plain(node)?,
            };
            self.set(id, value);
        }
        Ok(())
    }

    /// Records a node that is neither an input nor the result of an op.
    pub(crate) fn record_plain(&mut self, node: Node) -> Result<ValueId, RecordError> {
        Ok(match node {
            Node::Constant(constant) => self.constant(constant.value()),
            Node::Lookup { ty, table, index } => self.look_up(ty, table.index(), self.value(index)),
            Node::Call(call) => return Err(self.refuse_call(call)),
            Node::Variable { .. } | Node::Apply { .. } => unreachable!("the caller's promise"),
        })
    }

    pub(crate) fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// What is wrong with an op that was recorded, if anything is.
    pub(crate) fn check(&self, op: Op) -> Result<(), RecordError> {
        match self.state.borrow_mut().take_refusal() {
            None => Ok(()),
            Some(Refusal::Ballot) => Err(RecordError::AcrossLanes { op: op.name() }),
        }
    }

    pub(crate) fn constant(&self, value: Value) -> ValueId {
        self.recorder.literal(self.literal(value))
    }

    fn literal(&self, value: Value) -> Literal {
        match value {
            Value::Real(x) => Recorder::<T>::real_literal(x),
            Value::I32(x) => x.into(),
            Value::I64(x) => x.into(),
            Value::Bool(x) => x.into(),
        }
    }

    #[inline]
    fn apply(&mut self, op: Op, id: NodeId) -> Result<ValueId, RecordError> {
        let operands = self.graph.operands(id);
        let mut values = [ValueId::new(0); 3];
        for (value, &operand) in values.iter_mut().zip(operands) {
            *value = self.value(operand);
        }
        let record = Record {
            recorder: self.recorder,
            operands: values,
        };
        let value = with_meaning(op, operand_type(self.graph, id), record);
        self.check(op)?;
        Ok(value)
    }

    /// The element of a table of the graph at a 32-bit index.
    pub(crate) fn look_up(&mut self, ty: Type, table: usize, index: ValueId) -> ValueId {
        let id = self.storage.tables[table].unwrap_or_else(|| {
            let values = self.graph.tables()[table].values().iter();
            self.recorder
                .table(values.map(|&value| self.literal(value)))
        });
        self.storage.tables[table] = Some(id);
        self.recorder.lookup(id, lane_of::<T>(ty), index)
    }

    #[cold]
    fn refuse_call(&self, call: CallId) -> RecordError {
        let op = self.graph.called(call);
        let name = op.name().into();
        match op.body() {
            Body::Function(_) => RecordError::UserFunction { name },
            Body::Process(_) => RecordError::Stateful { name },
            Body::Lowering(_) => RecordError::Unexpanded { name },
        }
    }
}

/// The type by which the meaning of an op is chosen: that of its last operand.
#[inline]
pub(crate) fn operand_type(graph: &Graph, id: NodeId) -> Type {
    let last = graph.operands(id).last();
    graph.ty(*last.expect("an op has operands"))
}

/// What memory holds for values of a graph type; truth values are reals there.
pub(crate) fn lane_of<T: Float>(ty: Type) -> Lane {
    match ty {
        Type::Real | Type::Bool => Recorder::<T>::REAL,
        Type::I32 => Lane::I32,
        Type::I64 => Lane::I64,
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
        of_kind::<T, K>(self.operands[at])
    }
}

/// A value that is of kind `K`, as one.
#[inline(always)]
pub(crate) fn of_kind<'s, T: Float, K: Kind<Recorder<'s, T>>>(
    value: ValueId,
) -> Of<K, Recorder<'s, T>> {
    let any = match K::TYPE {
        Type::Real => AnyValue::Real(value),
        Type::I32 => AnyValue::I32(Int32(value)),
        Type::I64 => AnyValue::I64(Int64(value)),
        Type::Bool => AnyValue::Mask(value),
    };
    K::from_any(any).expect("a kind is of its own type")
}

#[inline(always)]
pub(crate) fn id<'s, T: Float, K: Kind<Recorder<'s, T>>>(value: Of<K, Recorder<'s, T>>) -> ValueId {
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
