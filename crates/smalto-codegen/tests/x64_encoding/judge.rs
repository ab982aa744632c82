//! The one comparer: what was asked for against what the disassembler reads.

use crate::request::{Address, Base, Control, Given, Index, Request};
use iced_x86::{
    CpuidFeature, Decoder, DecoderOptions, Encoder, Instruction as Decoded, InstructionInfoFactory,
    OpAccess, OpKind, Register, RoundingControl,
};
use smalto_codegen::target::x64::form::{Class, Immediate, MemoryKind, Role, Slot};
use smalto_codegen::target::x64::{
    Assembler, Code, Features, Form, Gpr, Mnemonic, RAX, RCX, RDX, RSP, Rounding, Size, Vector,
};

/// Where the code pretends to be.
const ADDRESS: u64 = 0x1234_5678_9000;

pub(crate) struct Judge {
    assembler: Assembler,
    code: Code,
    facts: InstructionInfoFactory,
    encoder: Encoder,
    /// The disassembler's name of each of our mnemonics, by id.
    names: Vec<iced_x86::Mnemonic>,
}

impl Judge {
    pub(crate) fn new() -> Judge {
        Judge {
            assembler: Assembler::new(),
            code: Code::default(),
            facts: InstructionInfoFactory::new(),
            encoder: Encoder::new(64),
            names: names(),
        }
    }

    /// Encodes the request, and checks that what is decoded is what was asked for and
    /// no longer than need be. Returns the form it was encoded in.
    #[track_caller]
    pub(crate) fn check(&mut self, request: &Request) -> &'static Form {
        let constant = self.assembler.constant(&[0xcc; 64]);
        let operands = request.operands(constant);
        let form = request.instruction().form(&operands[..]);
        let form = form.unwrap_or_else(|error| panic!("{error}\n{request:?}"));
        self.assembler.emit(request.instruction(), &operands[..]);
        let finished = self.assembler.finish_into(&mut self.code);
        finished.unwrap_or_else(|error| panic!("{error}\n{request:?}"));
        let decoded = self.decode();
        if let Err(difference) = self.compare(request, form, &decoded) {
            let bytes = &self.code.bytes()[..self.code.instruction_bytes()];
            panic!(
                "{difference}\n{request:?}\nas `{}`: {bytes:02x?}\n{decoded}",
                form.encoding_text
            );
        }
        form
    }

    fn decode(&self) -> Decoded {
        let bytes = &self.code.bytes()[..self.code.instruction_bytes()];
        let mut decoder = Decoder::with_ip(64, bytes, ADDRESS, DecoderOptions::NONE);
        decoder.decode()
    }

    fn compare(&mut self, request: &Request, form: &Form, decoded: &Decoded) -> Result<(), String> {
        let name = self.names[usize::from(request.mnemonic.id())];
        same("mnemonic", decoded.mnemonic(), name)?;
        same("length", decoded.len(), self.code.instruction_bytes())?;
        same("lock", decoded.has_lock_prefix(), form.encoding.lock)?;
        compare_decorations(request, decoded)?;
        let unnamed = unnamed_operands(request.mnemonic);
        same(
            "operands",
            decoded.op_count(),
            request.operands.len() as u32 + unnamed,
        )?;
        for (at, (given, slot)) in request.operands.iter().zip(form.operands()).enumerate() {
            self.compare_operand(request.size, given, slot, decoded, at as u32)?;
        }
        compare_features(form, request.size, decoded)?;
        if !request.repeats_a_register() {
            self.compare_roles(request, form, decoded)?;
        }
        let shortest = self.encoder.encode(decoded, ADDRESS);
        let shortest = shortest.map_err(|error| error.to_string())?;
        same("the shortest encoding", decoded.len() <= shortest, true)
    }

    fn compare_operand(
        &self,
        size: Size,
        given: &Given,
        slot: &Slot,
        decoded: &Decoded,
        at: u32,
    ) -> Result<(), String> {
        match *given {
            Given::Memory(address) => self.compare_memory(size, address, slot, decoded, at),
            Given::Immediate(value) => compare_immediate(size, value, slot, decoded, at),
            Given::Gpr(number) | Given::Vector(number) | Given::Mask(number) => {
                same("operand kind", decoded.op_kind(at), OpKind::Register)?;
                same(
                    "register",
                    decoded.op_register(at),
                    register(slot, size, number),
                )
            }
        }
    }

    fn compare_memory(
        &self,
        size: Size,
        address: Address,
        slot: &Slot,
        decoded: &Decoded,
        at: u32,
    ) -> Result<(), String> {
        same("operand kind", decoded.op_kind(at), OpKind::Memory)?;
        match address.base {
            Base::None => same("base", decoded.memory_base(), Register::None)?,
            Base::Gpr(base) => same(
                "base",
                decoded.memory_base(),
                Register::RAX + u32::from(base),
            )?,
            Base::Constant => {
                let pool = self.code.instruction_bytes().next_multiple_of(64) as u64;
                let place = (ADDRESS + pool).wrapping_add_signed(address.offset.into());
                same("relative base", decoded.memory_base(), Register::RIP)?;
                same("relative place", decoded.ip_rel_memory_address(), place)?;
            }
        }
        if address.base != Base::Constant {
            let displacement = i64::from(address.offset) as u64;
            same(
                "displacement",
                decoded.memory_displacement64(),
                displacement,
            )?;
        }
        let index = match address.index {
            Index::None => Register::None,
            Index::Gpr(index) => Register::RAX + u32::from(index),
            Index::Vector(index) => vector_register(index, index_bits(slot, size)),
        };
        same("index", decoded.memory_index(), index)?;
        if address.index != Index::None {
            same(
                "scale",
                decoded.memory_index_scale(),
                1 << address.scale as u32,
            )?;
        }
        same("broadcast", decoded.is_broadcast(), address.broadcast)?;
        compare_extent(size, address, slot, decoded)
    }

    /// What is read and written, named or not. No value is read where one and the
    /// same register twice gives zero.
    fn compare_roles(
        &mut self,
        request: &Request,
        form: &Form,
        decoded: &Decoded,
    ) -> Result<(), String> {
        let facts = self.facts.info(decoded);
        for (at, slot) in form.operands().iter().enumerate() {
            let is_memory = matches!(request.operands[at], Given::Memory(_));
            if slot.memory != MemoryKind::Address || !is_memory {
                let expected = request.instruction().role(form, at);
                let access = facts.op_access(at as u32);
                same("role", role(access, is_memory), Some(expected))?;
            }
        }
        let implied = form.implied;
        same(
            "flags read",
            decoded.rflags_read() != 0,
            implied.reads_flags,
        )?;
        let shifts_by_zero = request
            .operands
            .iter()
            .any(|given| matches!(given, Given::Immediate(count) if count & 31 == 0));
        let writes_flags = decoded.rflags_modified() != 0;
        if !shifts_by_zero {
            same("flags written", writes_flags, implied.writes_flags)?;
        }
        for gpr in [RAX, RCX, RDX, RSP] {
            if !names_gpr(request, gpr) {
                let (mut reads, mut writes) = (false, false);
                for used in facts.used_registers() {
                    if used.register().full_register() == Register::RAX + u32::from(gpr.number()) {
                        reads |= used.access() != OpAccess::Write;
                        writes |= used.access() != OpAccess::Read;
                    }
                }
                let bit = 1 << gpr.number();
                same("unnamed registers read", reads, implied.reads & bit != 0)?;
                same(
                    "unnamed registers written",
                    writes,
                    implied.writes & bit != 0,
                )?;
            }
        }
        Ok(())
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: {found:?}, not {expected:?}"))
    }
}

/// The manual's name of a mnemonic: ours without what we add to tell forms apart.
fn names() -> Vec<iced_x86::Mnemonic> {
    let mut names = Vec::new();
    for &mnemonic in Mnemonic::all() {
        let name = mnemonic.name().trim_start_matches("LOCK_");
        let name = name.split('_').next().unwrap();
        let known = iced_x86::Mnemonic::values()
            .find(|known| format!("{known:?}").eq_ignore_ascii_case(name))
            .unwrap_or_else(|| panic!("the disassembler knows no {name}"));
        names.resize(usize::from(mnemonic.id()), known);
        names.push(known);
    }
    names
}

/// How many operands the disassembler shows that we leave to the mnemonic.
fn unnamed_operands(mnemonic: Mnemonic) -> u32 {
    u32::from(mnemonic.name().ends_with("_CL"))
}

fn compare_decorations(request: &Request, decoded: &Decoded) -> Result<(), String> {
    let mask = match request.mask {
        0 => Register::None,
        mask => Register::K0 + u32::from(mask),
    };
    same("mask", decoded.op_mask(), mask)?;
    same("zeroing", decoded.zeroing_masking(), request.zeroing)?;
    let rounding = match request.control {
        Control::Rounding(Rounding::Nearest) => RoundingControl::RoundToNearest,
        Control::Rounding(Rounding::Down) => RoundingControl::RoundDown,
        Control::Rounding(Rounding::Up) => RoundingControl::RoundUp,
        Control::Rounding(Rounding::Zero) => RoundingControl::RoundTowardZero,
        Control::None | Control::Silent => RoundingControl::None,
    };
    same("rounding", decoded.rounding_control(), rounding)?;
    let silent = request.control == Control::Silent;
    same("silence", decoded.suppress_all_exceptions(), silent)
}

fn vector_register(number: u8, bits: u16) -> Register {
    let first = match bits {
        512 => Register::ZMM0,
        256 => Register::YMM0,
        _ => Register::XMM0,
    };
    first + u32::from(number)
}

fn register(slot: &Slot, size: Size, number: u8) -> Register {
    let bits = slot.register_bits(size);
    let wide = u32::from(number);
    match slot.class {
        Some(Class::Vector) => vector_register(number, bits),
        Some(Class::Mask) => Register::K0 + wide,
        _ => match bits {
            64 => Register::RAX + wide,
            32 => Register::EAX + wide,
            16 => Register::AX + wide,
            _ if number < 4 => Register::AL + wide,
            _ => Register::SPL + (wide - 4),
        },
    }
}

fn index_bits(slot: &Slot, size: Size) -> u16 {
    match slot.memory {
        MemoryKind::Indexed(_, extent) => extent.bits(size),
        _ => 0,
    }
}

/// How much memory is accessed, in elements of which size.
fn compare_extent(
    size: Size,
    address: Address,
    slot: &Slot,
    decoded: &Decoded,
) -> Result<(), String> {
    let memory = decoded.memory_size();
    let element = 8 * memory.element_size() as u16;
    let whole = 8 * memory.size() as u16;
    match slot.memory {
        _ if address.broadcast => same("broadcast element", element, slot.broadcast.into()),
        MemoryKind::Whole(extent) => same("memory", whole, extent.bits(size)),
        MemoryKind::Indexed(bits, _) => same("element", element, bits),
        MemoryKind::Run(bits) => {
            same("element", element, bits)?;
            same("memory", whole, size.bits())
        }
        MemoryKind::Address | MemoryKind::None => Ok(()),
    }
}

fn compare_immediate(
    size: Size,
    value: i64,
    slot: &Slot,
    decoded: &Decoded,
    at: u32,
) -> Result<(), String> {
    let bits = match slot.immediate {
        Immediate::Unsigned8 | Immediate::One => 8,
        _ if size == Size::Fixed => 64,
        _ => u32::from(size.bits()),
    };
    let cut = |value: u64| value << (64 - bits);
    same("immediate", cut(decoded.immediate(at)), cut(value as u64))
}

/// The feature as we name it.
fn feature(theirs: CpuidFeature) -> Result<Features, String> {
    use CpuidFeature::*;
    Ok(match theirs {
        INTEL8086 | INTEL186 | INTEL286 | INTEL386 | INTEL486 | X64 | CMOV | SSE | SSE2
        | MULTIBYTENOP | PAUSE => Features::X64,
        AVX => Features::AVX,
        AVX2 => Features::AVX2,
        FMA => Features::FMA,
        F16C => Features::F16C,
        BMI1 => Features::BMI1,
        BMI2 => Features::BMI2,
        LZCNT => Features::LZCNT,
        POPCNT => Features::POPCNT,
        AVX512F => Features::AVX512F,
        AVX512VL => Features::AVX512F.and(Features::AVX512VL),
        AVX512DQ => Features::AVX512DQ,
        AVX512BW => Features::AVX512BW,
        AVX512CD => Features::AVX512CD,
        other => return Err(format!("unknown feature {other:?}")),
    })
}

/// A form has one feature for all its lengths, so that the 128-bit integer
/// instructions of AVX come under AVX2. Which other feature AVX512VL comes on top of
/// the disassembler says not always.
fn compare_features(form: &Form, size: Size, decoded: &Decoded) -> Result<(), String> {
    let ours = form.features(size);
    let mut theirs = Features::X64;
    for &required in decoded.cpuid_features() {
        theirs = theirs.and(feature(required)?);
    }
    if ours == Features::AVX2 && theirs == Features::AVX && size != Size::S256 {
        return Ok(());
    }
    let ours = if ours.contains(Features::AVX512VL) {
        ours.and(Features::AVX512F)
    } else {
        ours
    };
    same("features", theirs, ours)
}

/// A register that is only perhaps written keeps its value until then.
fn role(access: OpAccess, is_memory: bool) -> Option<Role> {
    match access {
        OpAccess::Read | OpAccess::CondRead => Some(Role::Read),
        OpAccess::Write => Some(Role::Write),
        OpAccess::CondWrite if is_memory => Some(Role::Write),
        OpAccess::ReadWrite | OpAccess::ReadCondWrite | OpAccess::CondWrite => {
            Some(Role::ReadWrite)
        }
        OpAccess::None | OpAccess::NoMemAccess => None,
    }
}

fn names_gpr(request: &Request, gpr: Gpr) -> bool {
    request.operands.iter().any(|given| match given {
        Given::Gpr(number) => *number == gpr.number(),
        Given::Memory(address) => {
            address.base == Base::Gpr(gpr.number()) || address.index == Index::Gpr(gpr.number())
        }
        _ => false,
    })
}

#[test]
fn the_judge_finds_fault() {
    // Every difference the comparer looks for, in an otherwise right pair.
    let request = crate::request::plain(
        smalto_codegen::target::x64::VADDPS,
        &smalto_codegen::target::x64::VADDPS.forms()[1],
        Size::S512,
    );
    let mut judge = Judge::new();
    let form = judge.check(&request);
    let decoded = judge.decode();
    let changes: [fn(&mut Request); 6] = [
        |request| request.operands[0] = Given::Vector(9),
        |request| request.operands[2] = Given::Vector(Vector::COUNT - 1),
        |request| request.mask = 1,
        |request| request.zeroing = true,
        |request| request.control = Control::Silent,
        |request| request.size = Size::S256,
    ];
    for change in changes {
        let mut other = request.clone();
        change(&mut other);
        assert!(judge.compare(&other, form, &decoded).is_err(), "{other:?}");
    }
}
