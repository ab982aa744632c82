//! What the processor does for one integer at a time: lanes go through memory.
//!
//! The operands are written to an area of the frame, each lane is computed in
//! general-purpose registers, the results are read back. The registers are rax, rcx and
//! rdx, whose values are kept in the area meanwhile, so that allocation has nothing to
//! know of it. An operand may be in one of them too: operands are written before, and
//! results read after.
//!
//! ```text
//! 0         first operand, and the results over it
//! 64        second operand
//! 128       rax, rcx, rdx
//! 192       a vector register, or the lanes that take part and an address
//! ```

use super::super::emit::Expansion;
use crate::target::x64::{
    AND, BT, CDQ, CMP, CQO, DIV, Gpr, IDIV, IMUL, Instruction, JA, JAE, JBE, JE, JMP, JNO, JNS, JS,
    LEA, Label, MOV, MOVSX_16, MOVSXD, MOVZX_16, Memory, Mnemonic, NEG, NOT, OR, Operand, POPCNT,
    RAX, RCX, RDX, SAR_CL, SHL, SHL_CL, SHR, SHR_CL, Scale, Size, TEST, VADDSD, VADDSS, VCVTSI2SD,
    VCVTSI2SS, VCVTTSD2SI, VCVTTSS2SI, VMOVSD, VMOVSS, XOR, v,
};

/// Bytes of the area.
pub(crate) const AREA_BYTES: u32 = 256;

const SECOND: i32 = 64;
const SAVED: i32 = 128;
const SAVED_VECTOR: i32 = 192;
const USED: [Gpr; 3] = [RAX, RCX, RDX];

/// What is done for one lane.
struct Lane<'e, 'a> {
    expansion: &'e mut Expansion<'a>,
    /// Which lane.
    number: usize,
}

impl Lane<'_, '_> {
    fn emit(&mut self, instruction: impl Into<Instruction>, operands: &[Operand]) {
        self.expansion.emit(instruction.into(), operands);
    }

    /// Where the lane of the first operand and of the result is.
    fn first(&self, bytes: usize) -> Memory {
        self.expansion.area((self.number * bytes) as i32)
    }

    fn second(&self, bytes: usize) -> Memory {
        self.expansion.area(SECOND + (self.number * bytes) as i32)
    }

    /// Reads an integer to a register of at least 32 bits.
    fn load(&mut self, to: Gpr, from: Memory, bytes: usize, signed: bool) {
        let instruction: Instruction = match (bytes, signed) {
            (2, true) => MOVSX_16.r32(),
            (2, false) => MOVZX_16.r32(),
            (4, _) => MOV.r32(),
            _ => MOV.r64(),
        };
        self.emit(instruction, &[to.into(), from.into()]);
    }

    fn store(&mut self, to: Memory, from: Gpr, bytes: usize) {
        self.emit(MOV.sized(integer_size(bytes)), &[to.into(), from.into()]);
    }
}

fn integer_size(bytes: usize) -> Size {
    match bytes {
        2 => Size::S16,
        4 => Size::S32,
        _ => Size::S64,
    }
}

/// The size computed in: nothing is computed in 16 bits.
fn working(bytes: usize) -> Size {
    integer_size(bytes.max(4))
}

/// Writes operands to the area, does each lane, reads the result.
fn each_lane(
    expansion: &mut Expansion<'_>,
    operands: &[(Operand, i32)],
    lane: impl Fn(&mut Lane<'_, '_>),
) {
    for &(operand, offset) in operands {
        let area = expansion.area(offset).into();
        let instruction = expansion.whole_move(operand);
        expansion.emit(instruction, &[area, operand]);
    }
    save(expansion);
    let lanes = expansion.lanes_here();
    for number in 0..lanes {
        lane(&mut Lane { expansion, number });
    }
    restore(expansion);
}

fn save(expansion: &mut Expansion<'_>) {
    for (at, register) in USED.into_iter().enumerate() {
        let area = expansion.area(SAVED + 8 * at as i32);
        expansion.emit(MOV.r64(), &[area.into(), register.into()]);
    }
}

fn restore(expansion: &mut Expansion<'_>) {
    for (at, register) in USED.into_iter().enumerate() {
        let area = expansion.area(SAVED + 8 * at as i32);
        expansion.emit(MOV.r64(), &[register.into(), area.into()]);
    }
}

fn read_result(expansion: &mut Expansion<'_>) {
    let result = expansion.operands[0];
    let area = expansion.area(0).into();
    let instruction = expansion.whole_move(result);
    expansion.emit(instruction, &[result, area]);
}

/// The same with one operand.
fn unary(expansion: &mut Expansion<'_>, lane: impl Fn(&mut Lane<'_, '_>)) {
    let operand = expansion.operands[1];
    each_lane(expansion, &[(operand, 0)], lane);
    read_result(expansion);
}

/// The same with two operands.
fn binary(expansion: &mut Expansion<'_>, lane: impl Fn(&mut Lane<'_, '_>)) {
    let [_, a, b, _] = *expansion.operands;
    each_lane(expansion, &[(a, 0), (b, SECOND)], lane);
    read_result(expansion);
}

pub(super) fn divide<const BYTES: usize, const SIGNED: bool, const REMAINDER: bool>(
    expansion: &mut Expansion<'_>,
) {
    binary(expansion, |lane| {
        let size = working(BYTES);
        let (a, b) = (lane.first(BYTES), lane.second(BYTES));
        lane.load(RAX, a, BYTES, SIGNED);
        lane.load(RCX, b, BYTES, SIGNED);
        let assembler = &mut *lane.expansion.assembler;
        let (zero, minus_one, done) = (assembler.label(), assembler.label(), assembler.label());
        let result = if REMAINDER { RDX } else { RAX };
        lane.emit(TEST.sized(size), &[RCX.into(), RCX.into()]);
        lane.emit(JE, &[zero.into()]);
        if SIGNED {
            lane.emit(CMP.sized(size), &[RCX.into(), (-1).into()]);
            lane.emit(JE, &[minus_one.into()]);
            let extend: Mnemonic = if size == Size::S64 { CQO } else { CDQ };
            lane.emit(extend, &[]);
            lane.emit(IDIV.sized(size), &[RCX.into()]);
        } else {
            lane.emit(XOR.r32(), &[RDX.into(), RDX.into()]);
            lane.emit(DIV.sized(size), &[RCX.into()]);
        }
        lane.emit(JMP, &[done.into()]);
        if SIGNED {
            lane.expansion.assembler.bind(minus_one);
            match REMAINDER {
                true => lane.emit(XOR.r32(), &[RDX.into(), RDX.into()]),
                false => lane.emit(NEG.sized(size), &[RAX.into()]),
            }
            lane.emit(JMP, &[done.into()]);
        }
        lane.expansion.assembler.bind(zero);
        match REMAINDER {
            true => lane.emit(MOV.sized(size), &[RDX.into(), RAX.into()]),
            false => lane.emit(XOR.r32(), &[RAX.into(), RAX.into()]),
        }
        lane.expansion.assembler.bind(done);
        let to = lane.first(BYTES);
        lane.store(to, result, BYTES);
    });
}

pub(super) fn popcount<const BYTES: usize>(expansion: &mut Expansion<'_>) {
    unary(expansion, |lane| {
        let place = lane.first(BYTES);
        lane.load(RAX, place, BYTES, false);
        lane.emit(POPCNT.sized(working(BYTES)), &[RAX.into(), RAX.into()]);
        lane.store(place, RAX, BYTES);
    });
}

pub(super) fn multiply_64(expansion: &mut Expansion<'_>) {
    binary(expansion, |lane| {
        let (a, b) = (lane.first(8), lane.second(8));
        lane.load(RAX, a, 8, true);
        lane.emit(IMUL.r64(), &[RAX.into(), b.into()]);
        lane.store(a, RAX, 8);
    });
}

pub(super) const LEFT: u8 = 0;
pub(super) const LOGICAL: u8 = 1;
pub(super) const ARITHMETIC: u8 = 2;

pub(super) fn shift_16<const KIND: u8>(expansion: &mut Expansion<'_>) {
    binary(expansion, |lane| {
        let (a, b) = (lane.first(2), lane.second(2));
        lane.load(RAX, a, 2, KIND == ARITHMETIC);
        lane.load(RCX, b, 2, false);
        lane.emit(AND.r32(), &[RCX.into(), 15.into()]);
        let shift = match KIND {
            LEFT => SHL_CL,
            LOGICAL => SHR_CL,
            _ => SAR_CL,
        };
        lane.emit(shift.r32(), &[RAX.into()]);
        lane.store(a, RAX, 2);
    });
}

/// The processor gives MIN for what does not fit and for NaN; the bits of the float tell
/// which it was.
pub(super) fn float_to_integer<const BYTES: usize, const SIGNED: bool>(
    expansion: &mut Expansion<'_>,
) {
    let operand = expansion.operands[1];
    each_lane(expansion, &[(operand, 0)], |lane| {
        let (from, to) = (lane.first(BYTES), lane.second(8));
        let float = Float::of(BYTES);
        lane.emit(float.truncate.r64(), &[RAX.into(), from.into()]);
        lane.load(RCX, from, BYTES, false);
        match SIGNED {
            true => saturate_signed(lane, &float),
            false => saturate_unsigned(lane, &float),
        }
        lane.store(to, RAX, 8);
    });
    let area = expansion.area(SECOND).into();
    let result = expansion.operands[0];
    let instruction = expansion.whole_move(result);
    expansion.emit(instruction, &[result, area]);
}

/// The truncated float, or MIN, is in rax, the bits of the float in rcx.
fn saturate_signed(lane: &mut Lane<'_, '_>, float: &Float) {
    let assembler = &mut *lane.expansion.assembler;
    let (done, number, positive) = (assembler.label(), assembler.label(), assembler.label());
    lane.emit(CMP.r64(), &[RAX.into(), 1.into()]);
    lane.emit(JNO, &[done.into()]);
    lane.emit(MOV.r64(), &[RDX.into(), RCX.into()]);
    lane.emit(SHL.sized(float.size), &[RDX.into(), 1.into()]);
    lane.emit(
        MOV.sized(float.size),
        &[RAX.into(), float.doubled_infinity.into()],
    );
    lane.emit(CMP.sized(float.size), &[RDX.into(), RAX.into()]);
    lane.emit(JBE, &[number.into()]);
    lane.emit(XOR.r32(), &[RAX.into(), RAX.into()]);
    lane.emit(JMP, &[done.into()]);
    lane.expansion.assembler.bind(number);
    lane.emit(MOV.r64(), &[RAX.into(), i64::MIN.into()]);
    lane.emit(TEST.sized(float.size), &[RCX.into(), RCX.into()]);
    lane.emit(JNS, &[positive.into()]);
    lane.emit(JMP, &[done.into()]);
    lane.expansion.assembler.bind(positive);
    lane.emit(NOT.r64(), &[RAX.into()]);
    lane.expansion.assembler.bind(done);
}

/// As above. From 2^63 up the significand is shifted to its place.
fn saturate_unsigned(lane: &mut Lane<'_, '_>, float: &Float) {
    let assembler = &mut *lane.expansion.assembler;
    let (done, zero, most) = (assembler.label(), assembler.label(), assembler.label());
    lane.emit(TEST.sized(float.size), &[RCX.into(), RCX.into()]);
    lane.emit(JS, &[zero.into()]);
    lane.emit(TEST.r64(), &[RAX.into(), RAX.into()]);
    lane.emit(JNS, &[done.into()]);
    lane.emit(
        MOV.sized(float.size),
        &[RDX.into(), float.infinity().into()],
    );
    lane.emit(CMP.sized(float.size), &[RCX.into(), RDX.into()]);
    lane.emit(JA, &[zero.into()]);
    lane.emit(MOV.sized(float.size), &[RDX.into(), float.two_to_64.into()]);
    lane.emit(CMP.sized(float.size), &[RCX.into(), RDX.into()]);
    lane.emit(JAE, &[most.into()]);
    lane.emit(MOV.r64(), &[RAX.into(), RCX.into()]);
    lane.emit(SHL.r64(), &[RAX.into(), float.to_top.into()]);
    lane.emit(MOV.r64(), &[RDX.into(), i64::MIN.into()]);
    lane.emit(OR.r64(), &[RAX.into(), RDX.into()]);
    lane.emit(JMP, &[done.into()]);
    lane.expansion.assembler.bind(zero);
    lane.emit(XOR.r32(), &[RAX.into(), RAX.into()]);
    lane.emit(JMP, &[done.into()]);
    lane.expansion.assembler.bind(most);
    lane.emit(MOV.r64(), &[RAX.into(), (-1i64).into()]);
    lane.expansion.assembler.bind(done);
}

/// What is particular to floats of a width.
struct Float {
    size: Size,
    truncate: Mnemonic,
    from_integer: Mnemonic,
    add: Mnemonic,
    store: Mnemonic,
    /// The bits of infinity, shifted left by one, as a signed number of the width.
    doubled_infinity: i64,
    /// The bits of 2^64.
    two_to_64: i64,
    /// How far the significand is below the top bit.
    to_top: i64,
}

impl Float {
    const fn of(bytes: usize) -> Float {
        match bytes {
            4 => Float {
                size: Size::S32,
                truncate: VCVTTSS2SI,
                from_integer: VCVTSI2SS,
                add: VADDSS,
                store: VMOVSS,
                doubled_infinity: 0xff00_0000u32 as i32 as i64,
                two_to_64: 0x5f80_0000,
                to_top: 40,
            },
            _ => Float {
                size: Size::S64,
                truncate: VCVTTSD2SI,
                from_integer: VCVTSI2SD,
                add: VADDSD,
                store: VMOVSD,
                doubled_infinity: 0xffe0_0000_0000_0000u64 as i64,
                two_to_64: 0x43f0_0000_0000_0000,
                to_top: 11,
            },
        }
    }

    /// The bits of infinity.
    const fn infinity(&self) -> i64 {
        match self.size {
            Size::S32 => 0x7f80_0000,
            _ => 0x7ff0_0000_0000_0000,
        }
    }
}

/// A number with the top bit set is halved, its last bit kept for rounding, and doubled.
pub(super) fn integer_to_float<const BYTES: usize, const SIGNED: bool>(
    expansion: &mut Expansion<'_>,
) {
    let vector: Operand = v(0).into();
    let operand = expansion.operands[1];
    let saved = expansion.area(SAVED_VECTOR).into();
    let whole = expansion.whole_move(vector);
    expansion.emit(whole, &[saved, vector]);
    let float = Float::of(BYTES);
    each_lane(expansion, &[(operand, 0)], |lane| {
        let (from, to) = (lane.first(8), lane.second(BYTES));
        lane.load(RAX, from, 8, true);
        let assembler = &mut *lane.expansion.assembler;
        let (small, done) = (assembler.label(), assembler.label());
        if !SIGNED {
            lane.emit(TEST.r64(), &[RAX.into(), RAX.into()]);
            lane.emit(JNS, &[small.into()]);
            lane.emit(MOV.r64(), &[RCX.into(), RAX.into()]);
            lane.emit(SHR.r64(), &[RAX.into(), 1.into()]);
            lane.emit(AND.r32(), &[RCX.into(), 1.into()]);
            lane.emit(OR.r64(), &[RAX.into(), RCX.into()]);
            lane.emit(float.from_integer.r64(), &[vector, vector, RAX.into()]);
            lane.emit(float.add, &[vector, vector, vector]);
            lane.emit(JMP, &[done.into()]);
        }
        lane.expansion.assembler.bind(small);
        lane.emit(float.from_integer.r64(), &[vector, vector, RAX.into()]);
        lane.expansion.assembler.bind(done);
        lane.emit(float.store, &[to.into(), vector]);
    });
    expansion.emit(whole, &[vector, saved]);
    let area = expansion.area(SECOND).into();
    let result = expansion.operands[0];
    let instruction = expansion.whole_move(result);
    expansion.emit(instruction, &[result, area]);
}

// Memory. The lanes that take part are bits of an integer.

const BITS: i32 = SAVED_VECTOR;
const ADDRESS: i32 = SAVED_VECTOR + 8;

/// Skips to the label unless the lane takes part.
fn skip_unless_active(lane: &mut Lane<'_, '_>, to: Label) {
    let bits = lane.expansion.area(BITS);
    lane.emit(MOV.r64(), &[RAX.into(), bits.into()]);
    lane.emit(BT.r64(), &[RAX.into(), (lane.number as i64).into()]);
    lane.emit(JAE, &[to.into()]);
}

/// Keeps an address for the lanes. Its registers are still what they were.
fn keep_address(expansion: &mut Expansion<'_>, address: Memory) {
    let rax = expansion.area(SAVED).into();
    let kept = expansion.area(ADDRESS).into();
    expansion.emit(MOV.r64(), &[rax, RAX.into()]);
    expansion.emit(LEA.r64(), &[RAX.into(), address.into()]);
    expansion.emit(MOV.r64(), &[kept, RAX.into()]);
    expansion.emit(MOV.r64(), &[RAX.into(), rax]);
}

/// The element of a lane, by its index.
fn element(lane: &mut Lane<'_, '_>, index_bytes: usize, bytes: usize) -> Memory {
    let index = lane.first(index_bytes);
    let kept = lane.expansion.area(ADDRESS);
    match index_bytes {
        4 => lane.emit(MOVSXD.r64(), &[RCX.into(), index.into()]),
        _ => lane.load(RCX, index, 8, true),
    }
    lane.emit(MOV.r64(), &[RDX.into(), kept.into()]);
    let scale = Scale::of_bytes(bytes as u32).expect("elements have such sizes");
    Memory::base(RDX).index(RCX, scale)
}

pub(super) fn gather<const INDEX: usize, const BYTES: usize>(expansion: &mut Expansion<'_>) {
    let [result, index, _, bits] = *expansion.operands;
    let base = expansion.base.expect("a gather has a base");
    keep_address(expansion, base);
    each_lane(expansion, &[(index, 0), (bits, BITS)], |lane| {
        let to = lane.second(BYTES);
        let assembler = &mut *lane.expansion.assembler;
        let (skip, done) = (assembler.label(), assembler.label());
        skip_unless_active(lane, skip);
        let from = element(lane, INDEX, BYTES);
        lane.load(RAX, from, BYTES, false);
        lane.emit(JMP, &[done.into()]);
        lane.expansion.assembler.bind(skip);
        lane.emit(XOR.r32(), &[RAX.into(), RAX.into()]);
        lane.expansion.assembler.bind(done);
        lane.store(to, RAX, BYTES);
    });
    let area = expansion.area(SECOND).into();
    let instruction = expansion.whole_move(result);
    expansion.emit(instruction, &[result, area]);
}

pub(super) fn scatter<const INDEX: usize, const BYTES: usize>(expansion: &mut Expansion<'_>) {
    let [index, _, value, bits] = *expansion.operands;
    let base = expansion.base.expect("a scatter has a base");
    keep_address(expansion, base);
    each_lane(
        expansion,
        &[(index, 0), (value, SECOND), (bits, BITS)],
        |lane| {
            let skip = lane.expansion.assembler.label();
            skip_unless_active(lane, skip);
            let to = element(lane, INDEX, BYTES);
            let from = lane.second(BYTES);
            lane.load(RAX, from, BYTES, false);
            lane.store(to, RAX, BYTES);
            lane.expansion.assembler.bind(skip);
        },
    );
}

pub(super) fn load_masked_2(expansion: &mut Expansion<'_>) {
    let [_, _, bits, _] = *expansion.operands;
    let address = expansion.base.expect("a load has an address");
    keep_address(expansion, address);
    each_lane(expansion, &[(bits, BITS)], |lane| {
        let to = lane.first(2);
        let assembler = &mut *lane.expansion.assembler;
        let (skip, done) = (assembler.label(), assembler.label());
        let kept = lane.expansion.area(ADDRESS);
        skip_unless_active(lane, skip);
        lane.emit(MOV.r64(), &[RDX.into(), kept.into()]);
        let from = Memory::base(RDX).offset(2 * lane.number as i32);
        lane.load(RAX, from, 2, false);
        lane.emit(JMP, &[done.into()]);
        lane.expansion.assembler.bind(skip);
        lane.emit(XOR.r32(), &[RAX.into(), RAX.into()]);
        lane.expansion.assembler.bind(done);
        lane.store(to, RAX, 2);
    });
    read_result(expansion);
}

pub(super) fn store_masked_2(expansion: &mut Expansion<'_>) {
    let [_, value, bits, _] = *expansion.operands;
    let address = expansion.base.expect("a store has an address");
    keep_address(expansion, address);
    each_lane(expansion, &[(value, 0), (bits, BITS)], |lane| {
        let skip = lane.expansion.assembler.label();
        let kept = lane.expansion.area(ADDRESS);
        skip_unless_active(lane, skip);
        let from = lane.first(2);
        lane.load(RAX, from, 2, false);
        lane.emit(MOV.r64(), &[RDX.into(), kept.into()]);
        let to = Memory::base(RDX).offset(2 * lane.number as i32);
        lane.store(to, RAX, 2);
        lane.expansion.assembler.bind(skip);
    });
}
