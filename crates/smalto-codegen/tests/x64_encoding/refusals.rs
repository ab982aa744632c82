//! What cannot be encoded is refused, by name; everything else is encoded as asked.

use crate::judge::Judge;
use crate::random::{Random, random_request};
use crate::request::{self, Address, Base, Control, Given, Index, ROUNDINGS, Request};
use smalto_codegen::target::x64::*;
use std::time::{Duration, Instant};

/// Refuses the instruction, with an error that says `reason`.
#[track_caller]
fn check_refused(instruction: impl Into<Instruction>, operands: &[Operand], reason: &str) {
    let instruction = instruction.into();
    let error = instruction.form(operands).expect_err("it is refused");
    assert!(error.to_string().contains(reason), "{error}");
    let mut assembler = Assembler::new();
    assembler.emit(instruction, operands);
    assembler.emit(RET, ());
    assert_eq!(assembler.finish(), Err(error));
    assembler.emit(RET, ());
    assert!(assembler.finish().is_ok(), "the error is gone");
}

#[test]
fn registers_vex_does_not_reach() {
    check_refused(
        VPBLENDVB.ymm(),
        &[v(0).into(), v(16).into(), v(1).into(), v(2).into()],
        "`vpblendvb.256 v0, v16, v1, v2` cannot be encoded; `vpblendvb` is \
         `w vec, vec, vec/m, vec` at 128/256 bits",
    );
    let index = Memory::base(RSI).gather(v(16), Scale::X4);
    check_refused(
        VGATHERDPS.ymm(),
        &[v(0).into(), index.into(), v(1).into()],
        "[rsi + v16*4]",
    );
}

#[test]
fn operands_of_another_kind_or_number() {
    let three = [v(0).into(), v(1).into(), v(2).into()];
    check_refused(VADDPS.zmm(), &three[..2], "vaddps");
    check_refused(VSQRTPS.zmm(), &three, "vsqrtps");
    check_refused(VADDPS.zmm(), &[v(0).into(), v(1).into(), RAX.into()], "rax");
    check_refused(RET, &[7.into()], "ret");
    let five = [Operand::from(RAX); 5];
    check_refused(ADD.r64(), &five, "add");
}

#[test]
fn sizes_an_instruction_has_not() {
    let three = [v(0).into(), v(1).into(), v(2).into()];
    check_refused(VADDPS, &three, "at 128/256 bits");
    check_refused(VPERMD.xmm(), &three, "vpermd.128");
    check_refused(VADDSS.zmm(), &three, "vaddss.512");
    check_refused(ADD, &[RAX.into(), RCX.into()], "at 32/64 bits");
    check_refused(MOVSXD.r32(), &[RAX.into(), RCX.into()], "movsxd.32");
}

#[test]
fn masks_where_there_can_be_none() {
    let three = [v(0).into(), v(1).into(), v(2).into()];
    check_refused(VPAND.ymm().masked(K1), &three, "vpand.256{k1}");
    check_refused(VADDPS.zmm().masked(K0), &three, "vaddps.512{k0}");
    check_refused(VADDPS.zmm().zeroing(), &three, "{z}");
    let store = [Memory::base(RDI).into(), v(1).into()];
    assert!(VMOVUPS.zmm().masked(K2).form(&store[..]).is_ok());
    check_refused(VMOVUPS.zmm().masked(K2).zeroing(), &store, "{k2}{z}");
    let compare = [K3.into(), v(1).into(), v(2).into(), 1.into()];
    check_refused(VCMPPS.zmm().masked(K2).zeroing(), &compare, "{k2}{z}");
}

#[test]
fn rounding_where_there_can_be_none() {
    let three = [v(0).into(), v(1).into(), v(2).into()];
    let down = Rounding::Down;
    check_refused(VADDPS.ymm().rounding(down), &three, "vaddps.256{rd-sae}");
    check_refused(VADDPS.xmm().rounding(down), &three, "vaddps.128{rd-sae}");
    check_refused(VMINPS.zmm().rounding(down), &three, "vminps.512{rd-sae}");
    check_refused(VADDPS.zmm().silent(), &three, "vaddps.512{sae}");
    let memory = [v(0).into(), v(1).into(), Memory::base(RDI).into()];
    check_refused(VADDPS.zmm().rounding(down), &memory, "[rdi]");
    let broadcast = Memory::base(RDI).broadcast();
    check_refused(
        VMINPS.zmm().silent(),
        &[v(0).into(), v(1).into(), broadcast.into()],
        "{1toN}",
    );
}

#[test]
fn addresses_there_are_not() {
    let load = |memory: Memory| [RAX.into(), memory.into()];
    let (stack, mut assembler) = (Memory::base(RAX).index(RSP, Scale::X1), Assembler::new());
    check_refused(MOV.r64(), &load(stack), "what no instruction takes");
    let relative = Memory::constant(assembler.constant(&[1])).index(RCX, Scale::X1);
    check_refused(MOV.r64(), &load(relative), "what no instruction takes");
    check_refused(MOV.r64(), &load(Memory::base(RAX).broadcast()), "{1toN}");
    check_refused(
        MOV.r64(),
        &load(Memory::base(RAX).gather(v(1), Scale::X1)),
        "[rax + v1*1]",
    );
    check_refused(
        MOV.r64(),
        &load(Memory::base(RAX).gather(v(1), Scale::X1).broadcast()),
        "what",
    );
}

#[test]
fn immediates_that_do_not_fit() {
    check_refused(ADD.r64(), &[RAX.into(), (1i64 << 31).into()], "2147483648");
    check_refused(
        ADD.r32(),
        &[RAX.into(), 0xffff_ffffi64.into()],
        "4294967295",
    );
    check_refused(SHL.r32(), &[RAX.into(), 256.into()], "256");
    check_refused(SHL.r32(), &[RAX.into(), (-1).into()], "-1");
    check_refused(
        MOV.r32(),
        &[RAX.into(), i64::MAX.into()],
        "9223372036854775807",
    );
}

#[test]
fn gathers_into_their_own_index_or_mask() {
    let at = |index| Operand::from(Memory::base(RSI).gather(v(index), Scale::X4));
    let overlap = "must be different registers";
    check_refused(VGATHERDPS.zmm().masked(K1), &[v(3).into(), at(3)], overlap);
    for (destination, index, mask) in [(1, 1, 2), (1, 2, 1), (1, 2, 2)] {
        let operands = [v(destination).into(), at(index), v(mask).into()];
        check_refused(VGATHERDPS.ymm(), &operands, overlap);
    }
    check_refused(VGATHERDPS.zmm(), &[v(3).into(), at(4)], "vgatherdps.512");
    let scatter = [at(3), v(3).into()];
    assert!(VSCATTERDPS.zmm().masked(K1).form(&scatter[..]).is_ok());
}

/// A request with something about it changed, which may make nonsense of it.
fn changed(random: &mut Random, mut request: Request) -> Request {
    let at = random.below(request.operands.len().max(1));
    match random.below(8) {
        0 => request.mnemonic = random.of(Mnemonic::all()),
        1 => request.size = random.of(&Size::ALL),
        2 => (request.mask, request.zeroing) = (random.below(8) as u8, random.coin()),
        3 => request.control = Control::Rounding(random.of(&ROUNDINGS)),
        4 => request.control = Control::Silent,
        5 => request.operands.truncate(at),
        6 => request.operands.push(operand(random)),
        _ => {
            let operand = operand(random);
            if let Some(old) = request.operands.get_mut(at) {
                *old = operand;
            }
        }
    }
    request
}

fn operand(random: &mut Random) -> Given {
    let address = Address {
        offset: random.next() as i32 >> random.below(32),
        broadcast: random.coin(),
        ..Address::base(random.below(16) as u8)
    };
    match random.below(7) {
        0 => Given::Gpr(random.below(16) as u8),
        1 => Given::Vector(random.below(32) as u8),
        2 => Given::Mask(random.below(8) as u8),
        3 => Given::Immediate(random.next() as i64 >> random.below(64)),
        4 => Given::Memory(Address {
            index: Index::Vector(random.below(32) as u8),
            ..address
        }),
        5 => Given::Memory(Address {
            base: Base::None,
            index: Index::Gpr(request::RSP + random.below(2) as u8),
            ..address
        }),
        _ => Given::Memory(address),
    }
}

#[test]
fn half_a_second_of_nonsense_is_refused_or_encoded_as_asked() {
    let (mut judge, mut random) = (Judge::new(), Random::new());
    let constant = Assembler::new().constant(&[]);
    let (mut refused, mut encoded) = (0, 0);
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(500) {
        let Some(sense) = random_request(&mut random) else {
            continue;
        };
        let request = changed(&mut random, sense);
        let operands = request.operands(constant);
        match request.instruction().form(&operands[..]) {
            Err(_) => refused += 1,
            Ok(_) => {
                judge.check(&request);
                encoded += 1;
            }
        }
    }
    assert!(
        refused > 0 && encoded > 0,
        "{refused} refused, {encoded} encoded"
    );
}
