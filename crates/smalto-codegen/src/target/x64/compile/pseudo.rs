//! Pseudo-instructions: what becomes several instructions when registers are known.
//!
//! Two things ask for one: a choice that depends on registers, as which operand a fused
//! multiply-add overwrites (`fused`), and work that the processor does for one integer at a
//! time (`by_lane`).

pub(super) mod by_lane;
mod fused;

use super::emit::Expansion;
use crate::alloc::Role;
use Becomes::{Code, Fused};
pub(super) use fused::{FusedForm, MultiplyAdd};

/// What a pseudo-instruction becomes.
#[derive(Clone, Copy)]
pub(super) enum Becomes {
    /// A fused multiply-add in one of its forms.
    Fused(MultiplyAdd),
    /// What this emits.
    Code(fn(&mut Expansion<'_>)),
}

/// One operand: what is done with it, and whether it may be in memory.
type OperandRow = (Role, bool);

struct Row {
    name: &'static str,
    operands: &'static [OperandRow],
    /// Whether it works in memory of the frame.
    uses_frame: bool,
    becomes: Becomes,
}

macro_rules! pseudos {
    ($( $(#[$doc:meta])* $variant:ident $name:literal [$($operand:ident),*] $uses_frame:ident $becomes:expr; )*) => {
        /// A pseudo-instruction, by the name tile files use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Pseudo {
            $( $(#[$doc])* $variant, )*
        }

        impl Pseudo {
            const ALL: &'static [Pseudo] = &[$(Pseudo::$variant),*];
        }

        static ROWS: &[Row] = &[$(Row {
            name: $name,
            operands: &[$(operand::$operand),*],
            uses_frame: $uses_frame,
            becomes: $becomes,
        }),*];
    };
}

mod operand {
    #![allow(non_upper_case_globals, reason = "short names for the table")]
    use super::{OperandRow, Role};

    pub(super) const def: OperandRow = (Role::Def, false);
    pub(super) const read: OperandRow = (Role::Use, false);
    /// A place in memory; its role does not matter.
    pub(super) const address: OperandRow = (Role::Use, false);
    pub(super) const read_or_memory: OperandRow = (Role::Use, true);
}

pseudos! {
    /// a * b + c, over whichever of them dies.
    Fma32 "fma32" [def, read, read, read_or_memory] false Fused(MultiplyAdd::SINGLE);
    Fma64 "fma64" [def, read, read, read_or_memory] false Fused(MultiplyAdd::DOUBLE);
    /// a * c + b, where c may be in memory.
    Fma32By "fma32_by" [def, read, read, read_or_memory] false Fused(MultiplyAdd::SINGLE_BY);
    Fma64By "fma64_by" [def, read, read, read_or_memory] false Fused(MultiplyAdd::DOUBLE_BY);
    /// a * b - c, and c - a * b.
    Fms32 "fms32" [def, read, read, read_or_memory] false Fused(MultiplyAdd::SINGLE_LESS);
    Fms64 "fms64" [def, read, read, read_or_memory] false Fused(MultiplyAdd::DOUBLE_LESS);
    Fnma32 "fnma32" [def, read, read, read_or_memory] false Fused(MultiplyAdd::SINGLE_FROM);
    Fnma64 "fnma64" [def, read, read, read_or_memory] false Fused(MultiplyAdd::DOUBLE_FROM);

    // Quotients and remainders: x / 0 is 0, x rem 0 is x, MIN / -1 is MIN, MIN rem -1 is 0.
    DivI16 "div_i16" [def, read, read] true Code(by_lane::divide::<2, true, false>);
    DivU16 "div_u16" [def, read, read] true Code(by_lane::divide::<2, false, false>);
    DivI32 "div_i32" [def, read, read] true Code(by_lane::divide::<4, true, false>);
    DivU32 "div_u32" [def, read, read] true Code(by_lane::divide::<4, false, false>);
    DivI64 "div_i64" [def, read, read] true Code(by_lane::divide::<8, true, false>);
    DivU64 "div_u64" [def, read, read] true Code(by_lane::divide::<8, false, false>);
    RemI16 "rem_i16" [def, read, read] true Code(by_lane::divide::<2, true, true>);
    RemU16 "rem_u16" [def, read, read] true Code(by_lane::divide::<2, false, true>);
    RemI32 "rem_i32" [def, read, read] true Code(by_lane::divide::<4, true, true>);
    RemU32 "rem_u32" [def, read, read] true Code(by_lane::divide::<4, false, true>);
    RemI64 "rem_i64" [def, read, read] true Code(by_lane::divide::<8, true, true>);
    RemU64 "rem_u64" [def, read, read] true Code(by_lane::divide::<8, false, true>);

    Popcount16 "popcount_16" [def, read] true Code(by_lane::popcount::<2>);
    Popcount32 "popcount_32" [def, read] true Code(by_lane::popcount::<4>);
    Popcount64 "popcount_64" [def, read] true Code(by_lane::popcount::<8>);

    Mul64 "mul_64" [def, read, read] true Code(by_lane::multiply_64);

    // Shifts of 16-bit lanes by counts of their own.
    Shl16 "shl_16" [def, read, read] true Code(by_lane::shift_16::<{ by_lane::LEFT }>);
    ShrI16 "shr_i16" [def, read, read] true Code(by_lane::shift_16::<{ by_lane::ARITHMETIC }>);
    ShrU16 "shr_u16" [def, read, read] true Code(by_lane::shift_16::<{ by_lane::LOGICAL }>);

    // Floats to 64-bit integers, saturated, NaN giving 0, and back.
    F32ToI64 "f32_to_i64" [def, read] true Code(by_lane::float_to_integer::<4, true>);
    F64ToI64 "f64_to_i64" [def, read] true Code(by_lane::float_to_integer::<8, true>);
    F32ToU64 "f32_to_u64" [def, read] true Code(by_lane::float_to_integer::<4, false>);
    F64ToU64 "f64_to_u64" [def, read] true Code(by_lane::float_to_integer::<8, false>);
    I64ToF32 "i64_to_f32" [def, read] true Code(by_lane::integer_to_float::<4, true>);
    I64ToF64 "i64_to_f64" [def, read] true Code(by_lane::integer_to_float::<8, true>);
    U64ToF32 "u64_to_f32" [def, read] true Code(by_lane::integer_to_float::<4, false>);
    U64ToF64 "u64_to_f64" [def, read] true Code(by_lane::integer_to_float::<8, false>);

    // Elements of memory, lane by lane: the lanes of the last operand, bits of an
    // integer, take part.
    GatherI32Of2 "gather_i32_2" [def, read, address, read] true Code(by_lane::gather::<4, 2>);
    GatherI64Of2 "gather_i64_2" [def, read, address, read] true Code(by_lane::gather::<8, 2>);
    GatherI32Of4 "gather_i32_4" [def, read, address, read] true Code(by_lane::gather::<4, 4>);
    GatherI64Of4 "gather_i64_4" [def, read, address, read] true Code(by_lane::gather::<8, 4>);
    GatherI32Of8 "gather_i32_8" [def, read, address, read] true Code(by_lane::gather::<4, 8>);
    GatherI64Of8 "gather_i64_8" [def, read, address, read] true Code(by_lane::gather::<8, 8>);
    ScatterI32Of2 "scatter_i32_2" [read, address, read, read] true Code(by_lane::scatter::<4, 2>);
    ScatterI64Of2 "scatter_i64_2" [read, address, read, read] true Code(by_lane::scatter::<8, 2>);
    ScatterI32Of4 "scatter_i32_4" [read, address, read, read] true Code(by_lane::scatter::<4, 4>);
    ScatterI64Of4 "scatter_i64_4" [read, address, read, read] true Code(by_lane::scatter::<8, 4>);
    ScatterI32Of8 "scatter_i32_8" [read, address, read, read] true Code(by_lane::scatter::<4, 8>);
    ScatterI64Of8 "scatter_i64_8" [read, address, read, read] true Code(by_lane::scatter::<8, 8>);
    LoadMasked2 "load_masked_2" [def, address, read] true Code(by_lane::load_masked_2);
    StoreMasked2 "store_masked_2" [address, read, read] true Code(by_lane::store_masked_2);
}

impl Pseudo {
    pub(crate) fn named(name: &str) -> Option<Pseudo> {
        let at = ROWS.iter().position(|row| row.name == name)?;
        Some(Pseudo::ALL[at])
    }

    /// Its name in tile files.
    pub(crate) fn name(self) -> &'static str {
        ROWS[self as usize].name
    }

    pub(crate) fn operands(self) -> &'static [OperandRow] {
        ROWS[self as usize].operands
    }

    /// Whether it works in memory of the frame.
    pub(crate) fn uses_frame(self) -> bool {
        ROWS[self as usize].uses_frame
    }

    /// What it becomes.
    pub(super) fn becomes(self) -> Becomes {
        ROWS[self as usize].becomes
    }
}
