//! One method an instruction.

use super::Builder;
use crate::routine::Instruction;
use crate::{BufferId, Lane, Literal, Op, Rate, RoutineId, TableId, ValueId, ValueType};

/// Methods for instructions that name nothing but values, grouped by what type
/// comes out.
macro_rules! methods {
    ($rule:ident: $($name:ident $op:ident ($first:ident $(, $operand:ident)*);)*) => {$(
        #[doc = concat!("[`", stringify!($op), "`](Op::", stringify!($op), ").")]
        #[inline]
        pub fn $name(&mut self, $first: ValueId $(, $operand: ValueId)*) -> ValueId {
            let ty = methods!(@$rule self $first $(, $operand)*);
            self.push(Instruction::new(Op::$op, Some(ty), 0).with_operands([$first $(, $operand)*]))
        }
    )*};
    (@same $self:ident $first:ident $(, $operand:ident)*) => { $self.type_of($first) };
    (@second $self:ident $first:ident, $second:ident $(, $operand:ident)*) => {
        $self.type_of($second)
    };
    (@truth $self:ident $first:ident $(, $operand:ident)*) => {
        $self.type_of($first).with_lane(Lane::Mask)
    };
    (@uniform $self:ident $first:ident $(, $operand:ident)*) => {
        $self.type_of($first).with_rate(Rate::Uniform)
    };
    (@varying $self:ident $first:ident $(, $operand:ident)*) => {
        $self.type_of($first).with_rate(Rate::Varying)
    };
    (@ballot $self:ident $first:ident $(, $operand:ident)*) => { ValueType::uniform(Lane::U64) };
    (@mask $self:ident $first:ident $(, $operand:ident)*) => { ValueType::varying(Lane::Mask) };
}

impl Builder {
    methods! { same:
        add Add(a, b);
        sub Sub(a, b);
        mul Mul(a, b);
        div Div(a, b);
        rem Rem(a, b);
        fma Fma(a, b, c);
        scale Scale(a, n);
        sqrt Sqrt(a);
        neg Neg(a);
        abs Abs(a);
        copysign Copysign(a, sign);
        min Min(a, b);
        max Max(a, b);
        floor Floor(a);
        ceil Ceil(a);
        trunc Trunc(a);
        rint Rint(a);
        and And(a, b);
        or Or(a, b);
        xor Xor(a, b);
        not Not(a);
        shl Shl(a, count);
        shr Shr(a, count);
        ushr Ushr(a, count);
        popcount Popcount(a);
        shuffle Shuffle(a, lane);
        scan_add ScanAdd(a);
        scan_min ScanMin(a);
        scan_max ScanMax(a);
    }
    methods! { second: select Select(mask, a, b); }
    methods! { truth:
        eq Eq(a, b);
        lt Lt(a, b);
        le Le(a, b);
    }
    methods! { uniform:
        any AnyLane(mask);
        all AllLanes(mask);
        broadcast Broadcast(a, lane);
        reduce_add ReduceAdd(a);
        reduce_min ReduceMin(a);
        reduce_max ReduceMax(a);
    }
    methods! { varying: splat Splat(a); }
    methods! { ballot: mask_bits MaskBits(mask); }
    methods! { mask: first_lanes FirstLanes(count); }

    /// The same value in every lane.
    #[inline]
    pub fn varying(&mut self, value: impl Into<Literal>) -> ValueId {
        self.constant(Rate::Varying, value)
    }

    /// One value for the whole wave.
    #[inline]
    pub fn uniform(&mut self, value: impl Into<Literal>) -> ValueId {
        self.constant(Rate::Uniform, value)
    }

    /// [`Constant`](Op::Constant).
    #[inline]
    pub fn constant(&mut self, rate: Rate, value: impl Into<Literal>) -> ValueId {
        let literal = value.into();
        let ty = ValueType::new(literal.lane(), rate);
        self.push(Instruction::constant(ty, literal.bits()))
    }

    /// [`LaneIndex`](Op::LaneIndex).
    pub fn lane_index(&mut self) -> ValueId {
        let ty = ValueType::varying(Lane::I32);
        self.push(Instruction::new(Op::LaneIndex, Some(ty), 0))
    }

    /// [`Width`](Op::Width).
    pub fn width(&mut self) -> ValueId {
        let ty = ValueType::uniform(Lane::I64);
        self.push(Instruction::new(Op::Width, Some(ty), 0))
    }

    /// [`Convert`](Op::Convert).
    #[inline]
    pub fn convert(&mut self, a: ValueId, to: Lane) -> ValueId {
        self.change(Op::Convert, a, to)
    }

    /// [`ConvertInRange`](Op::ConvertInRange).
    #[inline]
    pub fn convert_in_range(&mut self, a: ValueId, to: Lane) -> ValueId {
        self.change(Op::ConvertInRange, a, to)
    }

    /// [`Extend`](Op::Extend).
    #[inline]
    pub fn extend(&mut self, a: ValueId, to: Lane) -> ValueId {
        self.change(Op::Extend, a, to)
    }

    /// [`Wrap`](Op::Wrap).
    #[inline]
    pub fn wrap(&mut self, a: ValueId, to: Lane) -> ValueId {
        self.change(Op::Wrap, a, to)
    }

    /// [`Bits`](Op::Bits).
    #[inline]
    pub fn bits(&mut self, a: ValueId, to: Lane) -> ValueId {
        self.change(Op::Bits, a, to)
    }

    /// [`RawBits`](Op::RawBits).
    #[inline]
    pub fn raw_bits(&mut self, a: ValueId, to: Lane) -> ValueId {
        self.change(Op::RawBits, a, to)
    }

    /// [`Bitcast`](Op::Bitcast).
    #[inline]
    pub fn bitcast(&mut self, a: ValueId, to: Lane) -> ValueId {
        self.change(Op::Bitcast, a, to)
    }

    /// The instruction of this row, which names nothing but values: for what writes
    /// kernels out of the table.
    ///
    /// # Panics
    /// If there are more than three operands.
    #[inline]
    pub fn apply(&mut self, op: Op, result: ValueType, operands: &[ValueId]) -> ValueId {
        let instruction = Instruction::new(op, Some(result), 0);
        self.push(match *operands {
            [] => instruction,
            [a] => instruction.with_operands([a]),
            [a, b] => instruction.with_operands([a, b]),
            [a, b, c] => instruction.with_operands([a, b, c]),
            _ => panic!("no row has more than three operands"),
        })
    }

    #[inline]
    fn change(&mut self, op: Op, a: ValueId, to: Lane) -> ValueId {
        let ty = self.type_of(a).with_lane(to);
        self.push(Instruction::new(op, Some(ty), 0).with_operands([a]))
    }

    /// [`Lookup`](Op::Lookup) in a table of `element`s.
    #[inline]
    pub fn lookup(&mut self, table: TableId, element: Lane, index: ValueId) -> ValueId {
        let ty = self.type_of(index).with_lane(element);
        self.push(Instruction::new(Op::Lookup, Some(ty), table.0).with_operands([index]))
    }

    /// [`Length`](Op::Length).
    pub fn length(&mut self, buffer: BufferId) -> ValueId {
        let ty = ValueType::uniform(Lane::I64);
        self.push(Instruction::new(Op::Length, Some(ty), buffer.0))
    }

    /// [`Load`](Op::Load).
    pub fn load(&mut self, buffer: BufferId, index: ValueId, mask: Option<ValueId>) -> ValueId {
        self.read(Op::Load, Rate::Varying, buffer, index, mask)
    }

    /// [`LoadUniform`](Op::LoadUniform).
    pub fn load_uniform(&mut self, buffer: BufferId, index: ValueId) -> ValueId {
        self.read(Op::LoadUniform, Rate::Uniform, buffer, index, None)
    }

    /// [`Gather`](Op::Gather).
    pub fn gather(&mut self, buffer: BufferId, index: ValueId, mask: Option<ValueId>) -> ValueId {
        self.read(Op::Gather, Rate::Varying, buffer, index, mask)
    }

    fn read(
        &mut self,
        op: Op,
        rate: Rate,
        buffer: BufferId,
        index: ValueId,
        mask: Option<ValueId>,
    ) -> ValueId {
        let ty = ValueType::new(self.element(buffer), rate);
        let instruction = Instruction::new(op, Some(ty), buffer.0);
        self.push(match mask {
            None => instruction.with_operands([index]),
            Some(mask) => instruction.with_operands([index, mask]),
        })
    }

    /// [`Store`](Op::Store).
    pub fn store(
        &mut self,
        buffer: BufferId,
        index: ValueId,
        value: ValueId,
        mask: Option<ValueId>,
    ) {
        self.write(Op::Store, None, buffer, index, value, mask);
    }

    /// [`StoreUniform`](Op::StoreUniform).
    pub fn store_uniform(&mut self, buffer: BufferId, index: ValueId, value: ValueId) {
        self.write(Op::StoreUniform, None, buffer, index, value, None);
    }

    /// [`Scatter`](Op::Scatter).
    pub fn scatter(
        &mut self,
        buffer: BufferId,
        index: ValueId,
        value: ValueId,
        mask: Option<ValueId>,
    ) {
        self.write(Op::Scatter, None, buffer, index, value, mask);
    }

    /// [`AtomicAdd`](Op::AtomicAdd).
    pub fn atomic_add(
        &mut self,
        buffer: BufferId,
        index: ValueId,
        value: ValueId,
        mask: Option<ValueId>,
    ) -> ValueId {
        let ty = ValueType::varying(self.element(buffer));
        self.write(Op::AtomicAdd, Some(ty), buffer, index, value, mask)
    }

    fn write(
        &mut self,
        op: Op,
        ty: Option<ValueType>,
        buffer: BufferId,
        index: ValueId,
        value: ValueId,
        mask: Option<ValueId>,
    ) -> ValueId {
        let instruction = Instruction::new(op, ty, buffer.0);
        self.push(match mask {
            None => instruction.with_operands([index, value]),
            Some(mask) => instruction.with_operands([index, value, mask]),
        })
    }

    fn element(&self, buffer: BufferId) -> Lane {
        self.routine.buffers[buffer.index()].element
    }

    /// [`Tuple`](Op::Tuple).
    ///
    /// # Panics
    /// Unless there are 1 to 8 values.
    pub fn tuple(&mut self, values: &[ValueId]) -> ValueId {
        let first = values.first().map(|&first| self.type_of(first).single());
        let ty = first.and_then(|ty| ty.tuple(values.len()));
        assert!(ty.is_some(), "a tuple of {} values", values.len());
        self.variadic(Instruction::new(Op::Tuple, ty, 0), values, &[])
    }

    /// [`Extract`](Op::Extract).
    pub fn extract(&mut self, tuple: ValueId, component: usize) -> ValueId {
        let ty = self.type_of(tuple).single();
        let component = u32::try_from(component).expect("a component is below 8");
        self.push(Instruction::new(Op::Extract, Some(ty), component).with_operands([tuple]))
    }

    /// [`Call`](Op::Call) of a function that returns `result`. Of one that returns
    /// nothing, what comes out is no value to be used.
    ///
    /// # Panics
    /// If there are more than 255 buffers.
    pub fn call(
        &mut self,
        function: RoutineId,
        result: Option<ValueType>,
        buffers: &[BufferId],
        arguments: &[ValueId],
    ) -> ValueId {
        self.variadic(
            Instruction::new(Op::Call, result, function.0),
            arguments,
            buffers,
        )
    }

    fn variadic(
        &mut self,
        instruction: Instruction,
        operands: &[ValueId],
        buffers: &[BufferId],
    ) -> ValueId {
        debug_assert!(self.open.is_some(), "no block is open");
        self.routine.add_variadic(instruction, operands, buffers)
    }
}
