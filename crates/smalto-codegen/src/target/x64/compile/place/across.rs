//! Instructions that tiles do not give: what looks at lanes, tables, tuples.

use super::super::machine::{GPR, MASK, PoolConstant, VECTOR};
use super::{Arg, BITS_64, Placer};
use crate::alloc::VirtualRegister;
use crate::select::tables::StepSize;
use crate::target::x64::{
    AND, BZHI, CMOVL, CMOVS, CMP, KMOVD, KMOVQ, KMOVW, KORTESTB, KORTESTD, KORTESTQ, KORTESTW, MOV,
    OR, SETE, SETNE, SHL, SHR, TEST, VMOVMSKPD, VMOVMSKPS, VMOVQ, VMOVUPS, VPACKSSWB, VPBROADCASTD,
    VPBROADCASTQ, VPBROADCASTW, VPCMPGTD, VPCMPGTQ, VPCMPGTW, VPMOVMSKB,
};
use smalto_kernel::{Op, ValueId};

const BITS_32: StepSize = StepSize::Bits(32);

impl Placer<'_> {
    /// Places an instruction that is not selected by tiles.
    pub(super) fn untiled(&mut self, value: ValueId, op: Op) {
        match op {
            Op::LaneIndex => self.lane_index(value),
            Op::Width => {
                let width = self.wave.width as i64;
                let register = self.constant_integer(width);
                self.put(value, &[register], false);
            }
            Op::FirstLanes => self.first_lanes(value),
            Op::MaskBits => {
                let bits = self.ballot(self.routine.operands(value)[0]);
                self.put(value, &[bits], false);
            }
            // The branch looks at the lanes itself.
            Op::AnyLane if self.branches_on == Some(value) => {}
            Op::AnyLane => {
                let bits = self.ballot(self.routine.operands(value)[0]);
                self.act(TEST, BITS_64, &[Arg::Use(bits), Arg::Use(bits)]);
                self.truth(value, SETNE);
            }
            Op::AllLanes => {
                let bits = self.ballot(self.routine.operands(value)[0]);
                let all = u64::MAX >> (64 - self.wave.width);
                let all = self.constant_integer(all as i64);
                self.act(CMP, BITS_64, &[Arg::Use(bits), Arg::Use(all)]);
                self.truth(value, SETE);
            }
            Op::Length => {
                let buffer = self.routine.buffer_of(value).expect("it names a buffer");
                let length = self.length(buffer);
                self.put(value, &[length], false);
            }
            Op::Tuple => self.tuple(value),
            Op::Extract => self.extract(value),
            Op::Call => self.call(value),
            Op::Shuffle => self.shuffle(value),
            Op::Broadcast => self.broadcast(value),
            Op::Lookup => self.lookup(value),
            Op::AtomicAdd => self.atomic_add(value),
            other => unreachable!("`{other}` is tiled or was written out"),
        }
    }

    /// An integer in a register, leaving the flags alone.
    pub(super) fn constant_integer(&mut self, value: i64) -> VirtualRegister {
        let size = match u32::try_from(value) {
            Ok(_) => BITS_32,
            Err(_) => BITS_64,
        };
        // The lower half as the signed number that 32 bits are taken for.
        let value = if size == BITS_32 {
            i64::from(value as i32)
        } else {
            value
        };
        self.give(GPR, MOV, size, &[Arg::D, Arg::Immediate(value)])
    }

    /// Sets the flags of a comparison of the lanes of a mask with none.
    pub(super) fn test_lanes(&mut self, mask: ValueId) {
        let test = match self.wave.lanes {
            8 => KORTESTB,
            16 => KORTESTW,
            32 => KORTESTD,
            _ => KORTESTQ,
        };
        let is_whole = self.wave.chunks == 1 && self.wave.lanes >= 8;
        if self.target.has_masks && is_whole {
            let mask = self.register_of(mask, 0);
            self.act(test, StepSize::Fixed, &[Arg::Use(mask), Arg::Use(mask)]);
        } else {
            let bits = self.ballot(mask);
            self.act(TEST, BITS_64, &[Arg::Use(bits), Arg::Use(bits)]);
        }
    }

    fn truth(&mut self, value: ValueId, set: crate::target::x64::Mnemonic) {
        let bit = self.give(GPR, set, StepSize::Fixed, &[Arg::D]);
        let register = self.give(
            GPR,
            crate::target::x64::MOVZX_8,
            BITS_32,
            &[Arg::D, Arg::Use(bit)],
        );
        self.put(value, &[register], false);
    }

    fn lane_index(&mut self, value: ValueId) {
        let mut parts = Vec::new();
        for chunk in 0..self.wave.chunks {
            let first = chunk * self.wave.lanes;
            let lanes = self.wave.register_bytes(4) / 4;
            let bytes = (first..first + lanes)
                .flat_map(|lane| (lane as u32).to_le_bytes())
                .collect();
            let place = self.in_pool(PoolConstant::Bytes(bytes));
            parts.push(self.give(
                VECTOR,
                VMOVUPS,
                StepSize::Wave(4),
                &[Arg::D, Arg::Memory(place)],
            ));
        }
        self.put(value, &parts, true);
    }

    /// The lanes below a count: the count is brought into 0 to W first.
    fn first_lanes(&mut self, value: ValueId) {
        let count = self.register_of(self.routine.operands(value)[0], 0);
        let width = self.constant_integer(self.wave.width as i64);
        self.act(CMP, BITS_64, &[Arg::Use(count), Arg::Use(width)]);
        let count = self.give(GPR, CMOVL, BITS_64, &[Arg::Over(width), Arg::Use(count)]);
        let zero = self.constant_integer(0);
        self.act(TEST, BITS_64, &[Arg::Use(count), Arg::Use(count)]);
        let count = self.give(GPR, CMOVS, BITS_64, &[Arg::Over(count), Arg::Use(zero)]);
        let parts = match self.target.has_masks {
            true => self.first_lanes_in_masks(count),
            false => self.first_lanes_in_vectors(count),
        };
        self.put(value, &parts, true);
    }

    fn first_lanes_in_masks(&mut self, count: VirtualRegister) -> Vec<VirtualRegister> {
        let ones = self.constant_integer(-1);
        let mut bits = self.give(
            GPR,
            BZHI,
            BITS_64,
            &[Arg::D, Arg::Use(ones), Arg::Use(count)],
        );
        let mut parts = Vec::new();
        for chunk in 0..self.wave.chunks {
            if chunk > 0 {
                let shift = self.wave.lanes as i64;
                bits = self.give(GPR, SHR, BITS_64, &[Arg::Over(bits), Arg::Immediate(shift)]);
            }
            let kept = match self.wave.lanes {
                0..=8 if self.wave.chunks > 1 => {
                    let low = (1 << self.wave.lanes) - 1;
                    self.give(GPR, AND, BITS_32, &[Arg::Over(bits), Arg::Immediate(low)])
                }
                _ => bits,
            };
            let (mnemonic, size) = self.mask_from_integer();
            parts.push(self.give(MASK, mnemonic, size, &[Arg::D, Arg::Use(kept)]));
        }
        parts
    }

    fn mask_from_integer(&self) -> (crate::target::x64::Mnemonic, StepSize) {
        match self.wave.lanes {
            0..=16 => (KMOVW, StepSize::Fixed),
            17..=32 => (KMOVD, StepSize::Fixed),
            _ => (KMOVQ, StepSize::Fixed),
        }
    }

    /// Compares a count with the numbers of lanes, as wide as masks are at home.
    fn first_lanes_in_vectors(&mut self, count: VirtualRegister) -> Vec<VirtualRegister> {
        let bytes = self.wave.widest as u8;
        let low = self.give(VECTOR, VMOVQ, StepSize::Fixed, &[Arg::D, Arg::Use(count)]);
        let size = StepSize::Wave(bytes);
        let (broadcast, compare) = match bytes {
            2 => (VPBROADCASTW, VPCMPGTW),
            4 => (VPBROADCASTD, VPCMPGTD),
            _ => (VPBROADCASTQ, VPCMPGTQ),
        };
        let counts = self.give(VECTOR, broadcast, size, &[Arg::D, Arg::Use(low)]);
        let mut parts = Vec::new();
        for chunk in 0..self.wave.chunks {
            let first = chunk * self.wave.lanes;
            let lanes = self.wave.register_bytes(bytes) / usize::from(bytes);
            let numbers = (first..first + lanes)
                .flat_map(|lane| (lane as u64).to_le_bytes()[..usize::from(bytes)].to_vec())
                .collect();
            let place = self.in_pool(PoolConstant::Bytes(numbers));
            parts.push(self.give(
                VECTOR,
                compare,
                size,
                &[Arg::D, Arg::Use(counts), Arg::Memory(place)],
            ));
        }
        parts
    }

    /// One bit a lane in an integer, those beyond the wave zero.
    pub(super) fn ballot(&mut self, mask: ValueId) -> VirtualRegister {
        let mask = self.at_home(mask);
        let mut bits = None;
        for chunk in (0..self.wave.chunks).rev() {
            let part = self.part(mask, 0, chunk);
            let part = self.mask_to_integer(part);
            bits = Some(match bits {
                None => part,
                Some(above) => {
                    let lanes = self.wave.lanes as i64;
                    let above = self.give(
                        GPR,
                        SHL,
                        BITS_64,
                        &[Arg::Over(above), Arg::Immediate(lanes)],
                    );
                    self.give(GPR, OR, BITS_64, &[Arg::Over(above), Arg::Use(part)])
                }
            });
        }
        bits.expect("a wave has a chunk")
    }

    /// The bits of one chunk's mask.
    fn mask_to_integer(&mut self, part: VirtualRegister) -> VirtualRegister {
        let lanes = self.wave.lanes;
        if self.target.has_masks {
            let (mnemonic, size) = self.mask_from_integer();
            let bits = self.give(GPR, mnemonic, size, &[Arg::D, Arg::Use(part)]);
            return match lanes {
                16 | 32 | 64 => bits,
                _ => self.low_bits(bits, lanes),
            };
        }
        let bytes = self.wave.widest as u8;
        let size = StepSize::Wave(bytes);
        let register_lanes = self.wave.register_bytes(bytes) / usize::from(bytes);
        let bits = match bytes {
            4 => self.give(GPR, VMOVMSKPS, size, &[Arg::D, Arg::Use(part)]),
            8 => self.give(GPR, VMOVMSKPD, size, &[Arg::D, Arg::Use(part)]),
            _ => return self.bits_of_words(part),
        };
        match register_lanes == lanes {
            true => bits,
            false => self.low_bits(bits, lanes),
        }
    }

    /// The bits of a mask of 16-bit lanes: packed to bytes, half by half.
    fn bits_of_words(&mut self, part: VirtualRegister) -> VirtualRegister {
        let xmm = StepSize::Bits(128);
        let halves = self.wave.register_bytes(2) / 16;
        let packed = if halves == 1 {
            self.give(
                VECTOR,
                VPACKSSWB,
                xmm,
                &[Arg::D, Arg::Use(part), Arg::Use(part)],
            )
        } else {
            let high = self.give(
                VECTOR,
                crate::target::x64::VEXTRACTI128,
                StepSize::Bits(256),
                &[Arg::D, Arg::Use(part), Arg::Immediate(1)],
            );
            self.give(
                VECTOR,
                VPACKSSWB,
                xmm,
                &[Arg::D, Arg::Use(part), Arg::Use(high)],
            )
        };
        let bits = self.give(GPR, VPMOVMSKB, xmm, &[Arg::D, Arg::Use(packed)]);
        match self.wave.lanes {
            16 => bits,
            lanes => self.low_bits(bits, lanes),
        }
    }

    fn low_bits(&mut self, bits: VirtualRegister, lanes: usize) -> VirtualRegister {
        let low = self.constant_integer(((1u64 << lanes) - 1) as i64);
        self.give(GPR, AND, BITS_64, &[Arg::Over(bits), Arg::Use(low)])
    }

    /// A tuple is its components' registers in a row.
    fn tuple(&mut self, value: ValueId) {
        let ty = self.type_of(value);
        let mut parts = Vec::new();
        for at in 0..ty.count() {
            let component = self.at_home(self.routine.operands(value)[at]);
            for chunk in 0..self.chunks_of(ty) {
                parts.push(self.part(component, 0, chunk));
            }
        }
        self.put(value, &parts, ty.is_varying());
    }

    fn extract(&mut self, value: ValueId) {
        let tuple = self.at_home(self.routine.operands(value)[0]);
        let component = self.routine.component_of(value).expect("it is an extract");
        let ty = self.type_of(value);
        let parts: Vec<VirtualRegister> = (0..self.chunks_of(ty))
            .map(|chunk| self.part(tuple, component, chunk))
            .collect();
        self.put(value, &parts, ty.is_varying());
    }
}
