//! Instructions as people read them: the manual's order, destination first.
//!
//! ```text
//! vaddps zmm0 {k1}{z}, zmm1, [rsi + rcx*4 + 64]
//! vmulps ymm3, ymm3, [rip + const]
//! vfmadd213ps zmm4, zmm1, [rip + const]{1to16}
//! ```
//!
//! How wide a register is shown follows from the row of the table that encodes the
//! instruction, as the encoding itself does. What a constant is stands beside the
//! instruction, as a *remark*.

use super::fit::Filled;
use super::form::{Class, Extent, Form, MemoryKind, Slot};
use super::instruction::FORMS;
use super::mnemonic::demand;
use super::operand::{NO_INDEX, base, kind};
use super::{Gpr, Instruction, Label, Mnemonic, Operand};
use std::fmt::Write;

/// An instruction that was encoded.
#[derive(Debug, Clone)]
pub(super) struct Traced {
    /// Where it begins.
    pub(super) at: Label,
    /// The row of the table it was encoded in.
    pub(super) row: u16,
    pub(super) instruction: Instruction,
    pub(super) operands: Filled,
    /// The bytes of the constant it reads.
    pub(super) constant: Option<Box<[u8]>>,
}

impl Traced {
    /// The label it jumps to or calls.
    pub(super) fn target(&self) -> Option<Label> {
        let mut labels = self.operands.iter().filter(|o| o.kind() == kind::LABEL);
        labels.next().map(|operand| Label(operand.place()))
    }

    /// The instruction, with these names for labels.
    pub(super) fn text(&self, name_of: impl Fn(Label) -> String) -> String {
        let mut text = name(self.instruction.mnemonic());
        let mut separator = " ";
        for (at, slot) in self.form().operands().iter().enumerate() {
            text += separator;
            text += &self.operand(&self.operands[at], slot, &name_of);
            if at == 0 {
                text += &self.mask();
            }
            separator = ", ";
        }
        if self.instruction.mnemonic().name().ends_with("_CL") {
            text += ", cl";
        }
        text + self.rounding()
    }

    /// What the constant is that it reads.
    pub(super) fn remark(&self) -> Option<String> {
        let bytes = self.constant.as_deref()?;
        Some(constant(bytes, self.instruction.mnemonic().name()))
    }

    fn form(&self) -> &'static Form {
        &FORMS[usize::from(self.row)]
    }

    fn operand(
        &self,
        operand: &Operand,
        slot: &Slot,
        name_of: &impl Fn(Label) -> String,
    ) -> String {
        match operand.kind() {
            kind::LABEL => name_of(Label(operand.place())),
            _ if operand.is_memory() => self.memory(operand, slot, name_of),
            kind::GPR | kind::LOW_VECTOR | kind::HIGH_VECTOR | kind::MASK => {
                let bits = slot.register_bits(self.instruction.size());
                register(slot.class.unwrap_or(Class::Gpr), operand.number(), bits)
            }
            _ => immediate(operand.payload, self.instruction.size().bits()),
        }
    }

    fn memory(&self, operand: &Operand, slot: &Slot, name_of: &impl Fn(Label) -> String) -> String {
        let mut sum = Vec::new();
        match operand.base() {
            base::NONE => {}
            base::LABEL => sum.push(format!("rip + {}", name_of(Label(operand.place())))),
            base::CONSTANT => sum.push("rip + const".into()),
            number => sum.push(Gpr::new(number).to_string()),
        }
        let index = match operand.index() {
            number if operand.kind() & kind::INDEXED != 0 => {
                let extent = match slot.memory {
                    MemoryKind::Indexed(_, extent) => extent,
                    _ => Extent::Share(0),
                };
                let bits = extent.bits(self.instruction.size()).max(128);
                Some(register(Class::Vector, number, bits))
            }
            NO_INDEX => None,
            number => Some(Gpr::new(number).to_string()),
        };
        if let Some(index) = index {
            match operand.scale() {
                0 => sum.push(index),
                scale => sum.push(format!("{index}*{}", 1 << scale)),
            }
        }
        let mut text = format!("{}[{}", self.size_of_memory(slot), sum.join(" + "));
        let offset = i64::from(operand.offset());
        let written = match offset {
            offset if sum.is_empty() => write!(text, "{offset}"),
            0 => Ok(()),
            offset if offset < 0 => write!(text, " - {}", -offset),
            offset => write!(text, " + {offset}"),
        };
        written.expect("strings take everything");
        text.push(']');
        if operand.kind() & kind::BROADCAST != 0 {
            let lanes = slot.extent.bits(self.instruction.size()) / u16::from(slot.broadcast);
            text += &format!("{{1to{lanes}}}");
        }
        text
    }

    /// How much memory is touched, where no register says.
    fn size_of_memory(&self, slot: &Slot) -> &'static str {
        let registers = kind::GPR | kind::LOW_VECTOR | kind::HIGH_VECTOR | kind::MASK;
        if self
            .operands
            .iter()
            .any(|operand| operand.kind() & registers != 0)
        {
            return "";
        }
        let MemoryKind::Whole(extent) = slot.memory else {
            return "";
        };
        match extent.bits(self.instruction.size()) {
            8 => "byte ",
            16 => "word ",
            32 => "dword ",
            64 => "qword ",
            _ => "",
        }
    }

    fn mask(&self) -> String {
        let Instruction {
            demands, context, ..
        } = self.instruction;
        if demands & demand::UNMASKED != 0 {
            return String::new();
        }
        let zeroing = if demands & demand::ZEROING != 0 {
            "{z}"
        } else {
            ""
        };
        format!(" {{k{}}}{zeroing}", context & 7)
    }

    fn rounding(&self) -> &'static str {
        const MODES: [&str; 4] = [", {rn-sae}", ", {rd-sae}", ", {ru-sae}", ", {rz-sae}"];
        let Instruction {
            demands, context, ..
        } = self.instruction;
        match demands & demand::ROUNDING {
            0 => "",
            silence if silence & (demand::PACKED_SILENCE | demand::SCALAR_SILENCE) != 0 => {
                ", {sae}"
            }
            _ => MODES[usize::from(context >> 5 & 3)],
        }
    }
}

/// The manual's name: ours without what tells apart what the manual tells apart by
/// operands.
fn name(mnemonic: Mnemonic) -> String {
    let name = mnemonic.to_string();
    match name.strip_prefix("lock_") {
        Some(locked) => format!("lock {locked}"),
        None => name.split('_').next().unwrap_or_default().into(),
    }
}

fn register(class: Class, number: u8, bits: u16) -> String {
    match (class, bits) {
        (Class::Mask, _) => format!("k{number}"),
        (Class::Vector, 512) => format!("zmm{number}"),
        (Class::Vector, 256) => format!("ymm{number}"),
        (Class::Vector, _) => format!("xmm{number}"),
        (Class::Gpr, bits) => gpr(number, bits),
    }
}

fn gpr(number: u8, bits: u16) -> String {
    let whole = Gpr::new(number).to_string();
    let letters = &whole[1..];
    match (number, bits) {
        (8.., 32) => format!("{whole}d"),
        (8.., 16) => format!("{whole}w"),
        (8.., 8) => format!("{whole}b"),
        (_, 32) => format!("e{letters}"),
        (_, 16) => letters.into(),
        (0..4, 8) => format!("{}l", &letters[..1]),
        (_, 8) => format!("{letters}l"),
        _ => whole,
    }
}

/// Small numbers in decimal, patterns of bits in hexadecimal.
fn immediate(value: i64, bits: u16) -> String {
    match value {
        -65536..=65536 => value.to_string(),
        _ if bits == 32 => format!("{:#x}", value as u32),
        _ => format!("{value:#x}"),
    }
}

/// The lanes of a constant, once if they are all the same: as floats or integers, as the
/// instruction takes them.
fn constant(bytes: &[u8], mnemonic: &str) -> String {
    const MOST_SHOWN: usize = 4;
    let lane = |ends: &[&str]| ends.iter().any(|end| mnemonic.ends_with(end));
    let size = match bytes.len() {
        length if length.is_multiple_of(8) && lane(&["PD", "SD", "Q", "QA64", "64X2"]) => 8,
        length if length.is_multiple_of(4) => 4,
        length if length.is_multiple_of(2) => 2,
        _ => 1,
    };
    let is_float = lane(&["PS", "SS", "PD", "SD"]);
    // What moves or masks whole registers does not say how wide lanes are; the bits may.
    let is_repeated = |size| {
        bytes.len().is_multiple_of(size) && bytes.chunks(size).all(|lane| lane == &bytes[..size])
    };
    let size = [size, 8]
        .into_iter()
        .find(|&size| is_repeated(size))
        .unwrap_or(size);
    let mut lanes: Vec<u64> = bytes.chunks(size).map(little_endian).collect();
    if is_repeated(size) {
        lanes.truncate(1);
    }
    let shown: Vec<String> = lanes
        .iter()
        .take(MOST_SHOWN)
        .map(|&bits| number(bits, size, is_float))
        .collect();
    match lanes.len() {
        0..=MOST_SHOWN => shown.join(", "),
        count => format!("{}, ... {count} in all", shown.join(", ")),
    }
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |all, &byte| all << 8 | u64::from(byte))
}

/// A lane as a number; what is not likely to be one, as bits.
fn number(bits: u64, size: usize, is_float: bool) -> String {
    let unused = 64 - 8 * size as u32;
    let signed = (bits << unused) as i64 >> unused;
    let float = match size {
        4 => f64::from(f32::from_bits(bits as u32)),
        8 => f64::from_bits(bits),
        _ => f64::NAN,
    };
    let is_ordinary = float == 0.0 || (1e-9..1e12).contains(&float.abs()) || float.is_infinite();
    match size {
        _ if is_float && is_ordinary && size == 4 => f32::from_bits(bits as u32).to_string(),
        _ if is_float && is_ordinary => float.to_string(),
        _ if (-65536..=65536).contains(&signed) => signed.to_string(),
        _ => format!("{bits:#x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    /// What the assembler notes down of one instruction.
    fn check(instruction: impl Into<Instruction>, operands: impl Operands, expected: &str) {
        let mut assembler = Assembler::new();
        assembler.start_trace();
        assembler.emit(instruction, operands);
        let trace = assembler.take_trace();
        assert_eq!(trace[0].text(|label| format!("L{}", label.0)), expected);
        assembler.finish().unwrap();
    }

    #[test]
    fn instructions_read_as_in_the_manual() {
        let element = Memory::base(RSI).index(RCX, Scale::X4).offset(64);
        check(
            VADDPS.zmm().masked(K1).zeroing(),
            (v(0), v(17), element),
            "vaddps zmm0 {k1}{z}, zmm17, [rsi + rcx*4 + 64]",
        );
        check(
            VADDPS.zmm().rounding(Rounding::Zero),
            (v(0), v(1), v(2)),
            "vaddps zmm0, zmm1, zmm2, {rz-sae}",
        );
        check(
            VMULPD.ymm(),
            (v(0), v(16), Memory::base(RBP).offset(-8).broadcast()),
            "vmulpd ymm0, ymm16, [rbp - 8]{1to4}",
        );
        check(VCVTPS2PD.zmm(), (v(3), v(4)), "vcvtps2pd zmm3, ymm4");
        check(VADDSS, (v(3), v(4), v(5)), "vaddss xmm3, xmm4, xmm5");
        check(KMOVW, (K1, RAX), "kmovw k1, eax");
        check(SETE, (RSI,), "sete sil");
        check(SETE, (R9,), "sete r9b");
        check(MOVZX_8.r32(), (R9, RAX), "movzx r9d, al");
        check(SHL_CL.r64(), (RDX,), "shl rdx, cl");
        check(
            MOV.r64(),
            (RAX, 0x3ff0_0000_0000_0000i64),
            "mov rax, 0x3ff0000000000000",
        );
        check(ADD.r64(), (Memory::base(RAX), 1), "add qword [rax], 1");
        check(
            VGATHERDPS.zmm().masked(K2),
            (v(0), Memory::base(RSI).gather(v(20), Scale::X4)),
            "vgatherdps zmm0 {k2}, [rsi + zmm20*4]",
        );
        check(VZEROUPPER, (), "vzeroupper");
    }

    #[test]
    fn constants_are_shown_as_what_they_are_to_the_instruction() {
        let check = |instruction: Instruction, bytes: &[u8], expected: &str| {
            let mut assembler = Assembler::new();
            assembler.start_trace();
            let constant = assembler.constant(bytes);
            assembler.emit(instruction, (v(0), v(1), Memory::constant(constant)));
            let trace = assembler.take_trace();
            assert_eq!(trace[0].remark().as_deref(), Some(expected));
        };
        let lanes = |value: f32| value.to_le_bytes().repeat(8);
        check(VMULPS.ymm(), &lanes(0.5), "0.5");
        check(
            VANDPS.ymm(),
            &lanes(f32::from_bits(0x7fff_ffff)),
            "0x7fffffff",
        );
        check(VPADDD.ymm(), &7u32.to_le_bytes().repeat(8), "7");
        check(VMULPD.ymm(), &1.5f64.to_le_bytes().repeat(4), "1.5");
        let counted: Vec<u8> = (0..8u32).flat_map(u32::to_le_bytes).collect();
        check(VPADDD.ymm(), &counted, "0, 1, 2, 3, ... 8 in all");
    }
}
