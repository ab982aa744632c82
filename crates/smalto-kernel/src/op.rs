//! The instruction table: one row an instruction.
//!
//! A row says what an instruction is called, what it takes and gives, what it names
//! besides values, what it does to memory and whether it looks across lanes. The
//! verifier, the parser, the printer, the passes and the documentation are driven by
//! the row. What the primitives *compute* is the closed table of
//! [`smalto_lower::machine`]; every one of its primitives is one row here, or two.
//!
//! Rules that hold for all rows:
//!
//! - Operands of one instruction have one rate, which is the rate of the result,
//!   except where the row says otherwise. There is no implicit broadcast: `splat`
//!   makes a uniform value varying.
//! - Arithmetic is on single values. Tuples are built, taken apart, and passed to
//!   blocks and functions.
//! - Signedness is in the lane type: `div`, `rem`, `shr`, `lt`, `le`, `min`, `max`,
//!   `convert` and `extend` follow it.
//! - *Poison* is a result that must not be used: `convert_in_range` of what does not
//!   fit, `scale` of what it is not for, and what is loaded from memory nobody has written. It flows through
//!   instructions lane by lane, and stops at a `select` of the other side, an `and` with
//!   false, an `or` with true. Storing it in an active lane, branching on it or
//!   addressing with it is an error, which the interpreter reports. A target
//!   computes some value or other. So an instruction that makes poison may run
//!   where its result is not needed.

use crate::{Lane, Rate};
use std::fmt;

/// A set of lane types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Every lane type.
    Any,
    /// All but masks.
    Number,
    /// f16, f32, f64.
    Float,
    /// Integers.
    Integer,
    /// Integers and masks.
    Bits,
    /// What an element of a buffer is addressed by, per lane: i32, i64.
    Index,
    /// What an element of a table is addressed by: i32, u32.
    TableIndex,
}

impl Class {
    /// Whether `lane` is in the set.
    pub fn contains(self, lane: Lane) -> bool {
        match self {
            Class::Any => true,
            Class::Number => lane != Lane::Mask,
            Class::Float => lane.is_float(),
            Class::Integer => lane.is_integer(),
            Class::Bits => !lane.is_float(),
            Class::Index => matches!(lane, Lane::I32 | Lane::I64),
            Class::TableIndex => matches!(lane, Lane::I32 | Lane::U32),
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Any => "any lane type",
            Class::Number => "a number",
            Class::Float => "a float",
            Class::Integer => "an integer",
            Class::Bits => "an integer or a mask",
            Class::Index => "i32 or i64",
            Class::TableIndex => "i32 or u32",
        })
    }
}

/// Which lane types an operand or result may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneRule {
    /// The lane type that all shared positions of the instruction have.
    Shared(Class),
    /// A lane type of its own.
    Free(Class),
    /// This one.
    Only(Lane),
    /// That of the elements of the buffer or table the instruction names.
    Element,
}

/// Which rate an operand or result may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateRule {
    /// The rate that all shared positions of the instruction have.
    Shared,
    /// This one.
    Only(Rate),
}

/// What an operand must be, or a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Its lane type.
    pub lane: LaneRule,
    /// Its rate.
    pub rate: RateRule,
}

/// What an instruction names besides values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Immediate {
    /// Nothing.
    Nothing,
    /// The value of a constant.
    Literal,
    /// A buffer.
    Buffer,
    /// A buffer, and after the operands of the row there may be one more: a `v.mask`
    /// of the lanes that take part. The others read zero and are not written.
    MaskedBuffer,
    /// A constant table.
    Table,
    /// Which value of a tuple, from 0.
    Component,
    /// A function and the buffers passed to it.
    Function,
}

/// What an instruction does besides giving a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it may run more or less often, or not at all.
    Pure,
    /// Reads the buffer it names, within bounds.
    Read,
    /// Writes the buffer it names, within bounds.
    Write,
    /// Reads and writes the buffer it names as one step.
    Update,
    /// What the function does, which its buffers' access modes bound.
    Call,
}

/// Whether what happens in one lane can depend on others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Each lane is on its own, or all lanes are asked in a way that does not depend
    /// on how many there are.
    Lane,
    /// Lanes are told apart: only for routines that declare their width.
    Wave,
}

/// One row of the instruction table.
#[derive(Debug)]
pub struct Row {
    /// The name in text.
    pub name: &'static str,
    /// What the operands must be. `tuple` and `call` take any number, and
    /// `parameter` none.
    pub operands: &'static [Slot],
    /// What the result is, if there is one. Those of `tuple`, `extract` and `call`
    /// follow from the operands and the function.
    pub result: Option<Slot>,
    /// What it names besides values.
    pub immediate: Immediate,
    /// What else it does.
    pub effect: Effect,
    /// Whether it tells lanes apart.
    pub scope: Scope,
    /// What it means, in a line.
    pub doc: &'static str,
}

mod slots {
    //! Short names for the table below.
    #![allow(non_upper_case_globals)]
    use super::{Class, LaneRule, RateRule, Slot};
    use crate::{Lane, Rate};

    const fn slot(lane: LaneRule, rate: RateRule) -> Slot {
        Slot { lane, rate }
    }
    const SAME: RateRule = RateRule::Shared;
    const U: RateRule = RateRule::Only(Rate::Uniform);
    const V: RateRule = RateRule::Only(Rate::Varying);

    // One type for all such positions.
    pub(super) const any: Slot = slot(LaneRule::Shared(Class::Any), SAME);
    pub(super) const number: Slot = slot(LaneRule::Shared(Class::Number), SAME);
    pub(super) const float: Slot = slot(LaneRule::Shared(Class::Float), SAME);
    pub(super) const integer: Slot = slot(LaneRule::Shared(Class::Integer), SAME);
    pub(super) const bits: Slot = slot(LaneRule::Shared(Class::Bits), SAME);
    pub(super) const mask: Slot = slot(LaneRule::Only(Lane::Mask), SAME);
    pub(super) const u_any: Slot = slot(LaneRule::Shared(Class::Any), U);
    pub(super) const v_any: Slot = slot(LaneRule::Shared(Class::Any), V);
    pub(super) const u_number: Slot = slot(LaneRule::Shared(Class::Number), U);
    pub(super) const v_number: Slot = slot(LaneRule::Shared(Class::Number), V);

    // A type of its own, at the common rate.
    pub(super) const a_number: Slot = slot(LaneRule::Free(Class::Number), SAME);
    pub(super) const a_float: Slot = slot(LaneRule::Free(Class::Float), SAME);
    pub(super) const an_integer: Slot = slot(LaneRule::Free(Class::Integer), SAME);
    pub(super) const table_index: Slot = slot(LaneRule::Free(Class::TableIndex), SAME);
    pub(super) const v_index: Slot = slot(LaneRule::Free(Class::Index), V);

    // One particular type.
    pub(super) const v_mask: Slot = slot(LaneRule::Only(Lane::Mask), V);
    pub(super) const u_mask: Slot = slot(LaneRule::Only(Lane::Mask), U);
    pub(super) const v_i32: Slot = slot(LaneRule::Only(Lane::I32), V);
    pub(super) const u_i32: Slot = slot(LaneRule::Only(Lane::I32), U);
    pub(super) const u_i64: Slot = slot(LaneRule::Only(Lane::I64), U);
    pub(super) const u_u64: Slot = slot(LaneRule::Only(Lane::U64), U);

    // What the buffer or table holds.
    pub(super) const element: Slot = slot(LaneRule::Element, SAME);
    pub(super) const u_element: Slot = slot(LaneRule::Element, U);
    pub(super) const v_element: Slot = slot(LaneRule::Element, V);
}

macro_rules! result_slot {
    (none) => {
        None
    };
    ($slot:ident) => {
        Some(slots::$slot)
    };
}

macro_rules! op_table {
    ($( $variant:ident $name:literal ($($operand:ident),*) -> $result:ident,
        $immediate:ident, $effect:ident, $scope:ident, $doc:literal; )*) => {
        /// An instruction of the wave machine: a row of the [table](self).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Op {
            $( #[doc = concat!("`", $name, "`: ", $doc)] $variant, )*
        }

        impl Op {
            /// Every instruction, in table order.
            pub const ALL: &'static [Op] = &[$(Op::$variant),*];
        }

        static TABLE: &[Row] = &[$(Row {
            name: $name,
            operands: &[$(slots::$operand),*],
            result: result_slot!($result),
            immediate: Immediate::$immediate,
            effect: Effect::$effect,
            scope: Scope::$scope,
            doc: $doc,
        }),*];
    };
}

op_table! {
    // Where values come from.
    Parameter   "parameter"   () -> any, Nothing, Pure, Lane, "what the way into the block passes; written in the head of the block";
    Constant    "constant"    () -> any, Literal, Pure, Lane, "a value known beforehand, the same in every lane";
    LaneIndex   "lane_index"  () -> v_i32, Nothing, Pure, Lane, "0 in the first lane, 1 in the next";
    Width       "width"       () -> u_i64, Nothing, Pure, Lane, "the number of lanes W";
    FirstLanes  "first_lanes" (u_i64) -> v_mask, Nothing, Pure, Lane, "whether lane_index < a, compared as 64-bit integers";
    Splat       "splat"       (u_any) -> v_any, Nothing, Pure, Lane, "a uniform value in every lane";

    // Arithmetic. Integers wrap, floats round to nearest even and keep subnormals.
    Add         "add"         (number, number) -> number, Nothing, Pure, Lane, "a + b";
    Sub         "sub"         (number, number) -> number, Nothing, Pure, Lane, "a - b";
    Mul         "mul"         (number, number) -> number, Nothing, Pure, Lane, "a * b";
    Div         "div"         (number, number) -> number, Nothing, Pure, Lane, "a / b; of integers truncated toward zero, x / 0 = 0 and MIN / -1 = MIN";
    Rem         "rem"         (integer, integer) -> integer, Nothing, Pure, Lane, "remainder of that division; x rem 0 = x and MIN rem -1 = 0";
    Fma         "fma"         (float, float, float) -> float, Nothing, Pure, Lane, "a * b + c, rounded once";
    Scale       "scale"       (float, float) -> float, Nothing, Pure, Lane, "a * 2^b, rounded once, for a whole b from twice the least normal exponent to twice the bias, and an a from 1/4 to 2, or where b is not negative to infinity, or NaN; all else is poison";
    Sqrt        "sqrt"        (float) -> float, Nothing, Pure, Lane, "square root; of -0 it is -0, below that NaN";
    Neg         "neg"         (float) -> float, Nothing, Pure, Lane, "a with its sign bit flipped";
    Abs         "abs"         (float) -> float, Nothing, Pure, Lane, "a with its sign bit cleared";
    Copysign    "copysign"    (float, float) -> float, Nothing, Pure, Lane, "the magnitude of a with the sign bit of b";
    Min         "min"         (number, number) -> number, Nothing, Pure, Lane, "a < b ? a : b: a NaN or a tie gives b";
    Max         "max"         (number, number) -> number, Nothing, Pure, Lane, "a > b ? a : b: a NaN or a tie gives b";
    Floor       "floor"       (float) -> float, Nothing, Pure, Lane, "largest integer not above; keeps the sign of zero";
    Ceil        "ceil"        (float) -> float, Nothing, Pure, Lane, "smallest integer not below; keeps the sign of zero, and (-1, 0) gives -0";
    Trunc       "trunc"       (float) -> float, Nothing, Pure, Lane, "integer part; keeps the sign";
    Rint        "rint"        (float) -> float, Nothing, Pure, Lane, "nearest integer, ties to even; keeps the sign";

    // Bits. Shift counts are taken modulo the width of the lane.
    And         "and"         (bits, bits) -> bits, Nothing, Pure, Lane, "conjunction, bit by bit";
    Or          "or"          (bits, bits) -> bits, Nothing, Pure, Lane, "disjunction, bit by bit";
    Xor         "xor"         (bits, bits) -> bits, Nothing, Pure, Lane, "exclusive disjunction, bit by bit";
    Not         "not"         (mask) -> mask, Nothing, Pure, Lane, "negation of a mask";
    Shl         "shl"         (integer, integer) -> integer, Nothing, Pure, Lane, "a shifted left by b modulo the width";
    Shr         "shr"         (integer, integer) -> integer, Nothing, Pure, Lane, "a shifted right by b modulo the width; a signed a shifts in its sign";
    Ushr        "ushr"        (integer, integer) -> integer, Nothing, Pure, Lane, "a shifted right by b modulo the width, shifting in zeros, signed or not";
    Popcount    "popcount"    (integer) -> integer, Nothing, Pure, Lane, "how many bits are set";

    // Comparisons and choice.
    Eq          "eq"          (number, number) -> mask, Nothing, Pure, Lane, "a == b: false if either is NaN, true for zeros of either sign";
    Lt          "lt"          (number, number) -> mask, Nothing, Pure, Lane, "a < b: false if either is NaN";
    Le          "le"          (number, number) -> mask, Nothing, Pure, Lane, "a <= b: false if either is NaN";
    Select      "select"      (mask, any, any) -> any, Nothing, Pure, Lane, "a ? b : c, lane by lane";

    // Conversions. From and to are the types of the operand and the result.
    Convert        "convert"          (a_number) -> a_number, Nothing, Pure, Lane, "to or from a float: to an integer truncated and saturated, NaN giving 0; to a float rounded to nearest even";
    ConvertInRange "convert_in_range" (a_float) -> an_integer, Nothing, Pure, Lane, "a float truncated to an integer it fits; anything else is poison";
    Extend         "extend"           (an_integer) -> an_integer, Nothing, Pure, Lane, "to a wider integer: a signed one copies its sign, an unsigned one shifts in zeros";
    Wrap           "wrap"             (an_integer) -> an_integer, Nothing, Pure, Lane, "to a narrower integer: the low bits";
    Bits           "bits"             (a_float) -> an_integer, Nothing, Pure, Lane, "the bits of a float as an integer of its width; every NaN gives the same: 0x7e00, 0x7fc00000, 0x7ff8000000000000";
    RawBits        "raw_bits"         (a_float) -> an_integer, Nothing, Pure, Lane, "bits, but every NaN gives the bits of some NaN";
    Bitcast        "bitcast"          (an_integer) -> a_number, Nothing, Pure, Lane, "an integer's bits as another type of its width";

    // From all lanes to one answer.
    AnyLane     "any"         (v_mask) -> u_mask, Nothing, Pure, Lane, "whether some lane is true";
    AllLanes    "all"         (v_mask) -> u_mask, Nothing, Pure, Lane, "whether every lane is true";
    MaskBits    "mask_bits"   (v_mask) -> u_u64, Nothing, Pure, Wave, "one bit a lane, lane 0 lowest";

    // Across lanes. Lane numbers are taken modulo W.
    Shuffle     "shuffle"     (v_number, v_i32) -> v_number, Nothing, Pure, Wave, "a of the lane that b names";
    Broadcast   "broadcast"   (v_number, u_i32) -> u_number, Nothing, Pure, Wave, "a of the one lane that b names";
    ReduceAdd   "reduce_add"  (v_number) -> u_number, Nothing, Pure, Wave, "sum: lanes l and l + s are added for s = W/2, W/4, .., 1 and l < s";
    ReduceMin   "reduce_min"  (v_number) -> u_number, Nothing, Pure, Wave, "min of lanes l and l + s for s = W/2, W/4, .., 1 and l < s";
    ReduceMax   "reduce_max"  (v_number) -> u_number, Nothing, Pure, Wave, "max of lanes l and l + s for s = W/2, W/4, .., 1 and l < s";
    ScanAdd     "scan_add"    (v_number) -> v_number, Nothing, Pure, Wave, "sums of the lanes up to each: lane l becomes lane l - s + lane l for s = 1, 2, .., W/2 and l >= s";
    ScanMin     "scan_min"    (v_number) -> v_number, Nothing, Pure, Wave, "min of the lanes up to each, in the steps of scan_add";
    ScanMax     "scan_max"    (v_number) -> v_number, Nothing, Pure, Wave, "max of the lanes up to each, in the steps of scan_add";

    // Memory. Indices count elements and must be within the buffer in every lane
    // that takes part.
    Lookup       "lookup"        (table_index) -> element, Table, Pure, Lane, "an element of a table; the index is unsigned and clamped to the last";
    Length       "length"        () -> u_i64, Buffer, Pure, Lane, "how many elements a buffer has";
    Load         "load"          (u_i64) -> v_element, MaskedBuffer, Read, Lane, "consecutive elements: lane l reads element a + l";
    LoadUniform  "load_uniform"  (u_i64) -> u_element, Buffer, Read, Lane, "one element";
    Gather       "gather"        (v_index) -> v_element, MaskedBuffer, Read, Lane, "the element each lane names";
    Store        "store"         (u_i64, v_element) -> none, MaskedBuffer, Write, Lane, "lane l writes element a + l";
    StoreUniform "store_uniform" (u_i64, u_element) -> none, Buffer, Write, Lane, "writes one element";
    Scatter      "scatter"       (v_index, v_element) -> none, MaskedBuffer, Write, Lane, "each lane writes the element it names; no two may differ about one element";
    AtomicAdd    "atomic_add"    (v_index, v_element) -> v_element, MaskedBuffer, Update, Lane, "adds to the 32 or 64-bit integer each lane names, lane 0 first, and gives what was there before";

    // Tuples and calls.
    Tuple       "tuple"       () -> any, Nothing, Pure, Lane, "2 to 8 values of one type as one";
    Extract     "extract"     (any) -> any, Component, Pure, Lane, "one value of a tuple";
    Call        "call"        () -> any, Function, Call, Lane, "runs a function on this wave";
}

impl Op {
    /// The row of this instruction.
    #[inline]
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The name in text.
    #[inline]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The instruction with this name.
    pub fn from_name(name: &str) -> Option<Op> {
        // Linear in the table, which is as long as this file.
        Op::ALL.iter().copied().find(|op| op.name() == name)
    }

    /// Whether the number of operands is not in the row.
    #[inline]
    pub fn is_variadic(self) -> bool {
        matches!(self, Op::Tuple | Op::Call)
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for &op in Op::ALL {
            assert_eq!(Op::from_name(op.name()), Some(op));
        }
        assert_eq!(Op::from_name("nonsense"), None);
    }

    #[test]
    fn an_instruction_holds_the_operands_of_every_row() {
        for op in Op::ALL {
            let row = op.row();
            let mask = usize::from(row.immediate == Immediate::MaskedBuffer);
            assert!(row.operands.len() + mask <= 3, "{op}");
            assert!(row.operands.len() + mask < 2 || row.immediate != Immediate::Literal);
        }
    }
}
