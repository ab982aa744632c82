//! Code as a whole: labels, jumps short and long, padding, constants.

use iced_x86::{Decoder, DecoderOptions, Instruction as Decoded, Mnemonic as Known};
use proptest::prelude::*;
use smalto_codegen::target::x64::*;

/// A piece of a program; labels are numbered by the piece they stand before.
#[derive(Debug, Clone)]
enum Piece {
    Bytes(usize),
    Align(u32),
    Jump(usize),
    JumpIf(Condition, usize),
    Call(usize),
    Lea(usize),
    Constant(Vec<u8>),
}

/// Assembles the program, and checks that every branch and address leads where it
/// should and that no branch is longer than need be.
#[track_caller]
fn check(program: &[Piece]) -> Code {
    // Padding may bring two things nearer that were apart when a jump became long.
    let has_padding = program.iter().any(|piece| matches!(piece, Piece::Align(_)));
    check_code(program, !has_padding)
}

#[track_caller]
fn check_code(program: &[Piece], is_shortest: bool) -> Code {
    let mut assembler = Assembler::new();
    let labels: Vec<Label> = program.iter().map(|_| assembler.label()).collect();
    for (piece, &label) in program.iter().zip(&labels) {
        assembler.bind(label);
        emit(&mut assembler, piece, &labels);
    }
    let end = assembler.label();
    assembler.bind(end);
    let code = assembler.finish().unwrap();
    let offsets = labels
        .iter()
        .chain([&end])
        .map(|&label| code.offset(label).unwrap());
    let offsets: Vec<usize> = offsets.collect();
    assert_eq!(offsets.last(), Some(&code.instruction_bytes()));
    for (at, piece) in program.iter().enumerate() {
        let decoded = decode(&code, offsets[at]..offsets[at + 1]);
        check_piece(piece, &decoded, &offsets, &code, is_shortest);
    }
    code
}

fn emit(assembler: &mut Assembler, piece: &Piece, labels: &[Label]) {
    match *piece {
        Piece::Bytes(count) => (0..count).for_each(|_| assembler.emit(NOP, ())),
        Piece::Align(boundary) => assembler.align(boundary),
        Piece::Jump(to) => assembler.emit(JMP, (labels[to],)),
        Piece::JumpIf(condition, to) => assembler.emit(condition.jump(), (labels[to],)),
        Piece::Call(to) => assembler.emit(CALL, (labels[to],)),
        Piece::Lea(to) => assembler.emit(LEA.r64(), (RAX, Memory::label(labels[to]))),
        Piece::Constant(ref bytes) => {
            let constant = assembler.constant(bytes);
            // An immediate comes between the displacement and the end.
            let operands = (K1, v(20), Memory::constant(constant), 3);
            assembler.emit(VCMPPS.zmm(), operands);
        }
    }
}

fn decode(code: &Code, range: std::ops::Range<usize>) -> Vec<Decoded> {
    let start = range.start as u64;
    Decoder::with_ip(64, &code.bytes()[range], start, DecoderOptions::NONE)
        .iter()
        .collect()
}

#[track_caller]
fn check_piece(
    piece: &Piece,
    decoded: &[Decoded],
    offsets: &[usize],
    code: &Code,
    is_shortest: bool,
) {
    assert!(decoded.iter().all(|one| !one.is_invalid()));
    match piece {
        Piece::Bytes(count) => assert_eq!(decoded.len(), *count),
        Piece::Align(boundary) => {
            let end = decoded.last().map_or(0, |last| last.next_ip());
            assert_eq!(end % u64::from(*boundary), 0);
            assert!(decoded.iter().all(|one| one.mnemonic() == Known::Nop));
            assert!(decoded.len() <= boundary.div_ceil(9) as usize);
        }
        Piece::Jump(to) => check_branch(decoded, Known::Jmp, offsets[*to], is_shortest),
        Piece::JumpIf(condition, to) => {
            let known = Decoder::new(64, &[0x70 + *condition as u8, 0], 0)
                .decode()
                .mnemonic();
            check_branch(decoded, known, offsets[*to], is_shortest);
        }
        Piece::Call(to) => check_branch(decoded, Known::Call, offsets[*to], is_shortest),
        Piece::Lea(to) => {
            assert_eq!(decoded[0].ip_rel_memory_address(), offsets[*to] as u64);
        }
        Piece::Constant(bytes) => {
            let place = decoded[0].ip_rel_memory_address() as usize;
            assert!(place >= code.instruction_bytes());
            assert_eq!(&code.bytes()[place..place + bytes.len()], bytes);
            let alignment = bytes.len().next_power_of_two().min(64);
            assert_eq!(place % alignment, 0);
            assert_eq!(code.alignment() % alignment, 0);
        }
    }
}

#[track_caller]
fn check_branch(decoded: &[Decoded], known: Known, target: usize, is_shortest: bool) {
    let [branch] = decoded else {
        panic!("a branch is one instruction, not {decoded:?}");
    };
    assert_eq!(branch.mnemonic(), known);
    assert_eq!(branch.near_branch64(), target as u64);
    if known != Known::Call && branch.len() > 2 && is_shortest {
        let distance = target as i64 - branch.ip() as i64;
        let (end, short_end) = (branch.len() as i64, 2);
        let distance = if distance > 0 {
            distance - end
        } else {
            distance - short_end
        };
        assert!(
            i8::try_from(distance).is_err(),
            "{distance} can be reached by a short jump"
        );
    }
}

#[test]
fn jumps_are_short_as_far_as_they_reach() {
    use Piece::*;
    let below = Condition::Below;
    for (bytes, length) in [(0, 2), (127, 2), (128, 5)] {
        let code = check(&[Jump(2), Bytes(bytes), Bytes(1)]);
        assert_eq!(code.instruction_bytes(), length + bytes + 1);
    }
    for (bytes, length) in [(127, 2), (128, 6)] {
        let code = check(&[JumpIf(below, 2), Bytes(bytes), Bytes(1)]);
        assert_eq!(code.instruction_bytes(), length + bytes + 1);
    }
    for (bytes, length) in [(126, 2), (127, 6)] {
        let code = check(&[Bytes(bytes), JumpIf(below, 0)]);
        assert_eq!(code.instruction_bytes(), length + bytes);
    }
    let far = check(&[Jump(2), Bytes(1 << 20), Bytes(1), Jump(0), Call(2)]);
    assert_eq!(far.instruction_bytes(), 5 + (1 << 20) + 1 + 5 + 5);
}

#[test]
fn every_condition_has_its_jump_and_its_inverse() {
    for condition in Condition::ALL {
        check(&[
            Piece::JumpIf(condition, 1),
            Piece::JumpIf(condition.inverse(), 0),
        ]);
        assert_ne!(condition, condition.inverse());
        assert_eq!(condition, condition.inverse().inverse());
        let name = &condition.jump().name()[1..];
        assert_eq!(condition.cmov().name(), format!("CMOV{name}"));
        assert_eq!(condition.set().name(), format!("SET{name}"));
    }
}

#[test]
fn a_jump_that_becomes_long_makes_others_long() {
    // Each jump leads over the next ones, with no room to spare.
    let nested = |count: usize| -> Vec<Piece> {
        let jumps = (0..count).map(|_| Piece::Jump(count + 1));
        let mut program: Vec<Piece> = jumps.collect();
        program.push(Piece::Bytes(127));
        program.push(Piece::Bytes(1));
        program
    };
    let code = check(&nested(10));
    assert_eq!(
        code.instruction_bytes(),
        9 * 5 + 2 + 128,
        "only the last is short"
    );
    // In a chain, jump n leads over jump n + 1 and so many bytes that it does not reach
    // once that is long: every round makes just one jump long, the last first.
    let mut chain = Vec::new();
    for at in 0..2000 {
        let label = if at < 1998 { 2 * at + 4 } else { 4000 };
        chain.push(Piece::Jump(label));
        chain.push(Piece::Bytes(if at < 1998 { 62 + at % 2 } else { 63 }));
    }
    chain.push(Piece::Bytes(1));
    check_code(&chain, false);
}

#[test]
fn a_million_jumps_are_settled() {
    let mut assembler = Assembler::new();
    let labels: Vec<Label> = (0..1_000_000).map(|_| assembler.label()).collect();
    for (at, &label) in labels.iter().enumerate() {
        assembler.bind(label);
        let to = labels[(at * 7919) % labels.len()];
        assembler.emit(JNE, (to,));
        assembler.emit(JMP, (labels[at.saturating_sub(20)],));
    }
    let code = assembler.finish().unwrap();
    assert!(code.instruction_bytes() > 6_000_000);
}

#[test]
fn code_is_padded_to_a_boundary() {
    for boundary in [1, 2, 4, 8, 16, 32, 64] {
        for bytes in 0..70 {
            let code = check(&[
                Piece::Bytes(bytes),
                Piece::Align(boundary),
                Piece::Jump(0),
                Piece::Jump(2),
            ]);
            assert_eq!(code.alignment(), boundary as usize);
        }
    }
}

#[test]
fn equal_constants_share_their_place() {
    let one = 1.0f32.to_le_bytes();
    let mut assembler = Assembler::new();
    let mut load = |bytes: &[u8]| {
        let constant = assembler.constant(bytes);
        assembler.emit(VMOVUPS.zmm(), (v(0), Memory::constant(constant)));
    };
    let line: Vec<u8> = (0..64).collect();
    let mut other_line = line.clone();
    other_line[63] = 0;
    for _ in 0..3 {
        load(&one);
        load(&line);
        load(&other_line);
        load(&1.0f64.to_le_bytes());
        load(&[0, 0, 0x80]);
        load(&one);
    }
    let code = assembler.finish().unwrap();
    let loads = decode(&code, 0..code.instruction_bytes());
    let places: Vec<u64> = loads
        .iter()
        .map(|load| load.ip_rel_memory_address())
        .collect();
    for (at, place) in places.iter().enumerate() {
        assert_eq!(*place, places[at % 6], "every third time the same");
    }
    assert_eq!(places[0], places[5]);
    let pool = code.instruction_bytes().next_multiple_of(64);
    assert_eq!(
        code.bytes().len() - pool,
        64 + 64 + 8 + 4 + 3,
        "and no padding"
    );
    assert_eq!(code.alignment(), 64);
}

#[test]
fn constants_are_aligned_as_asked() {
    let mut assembler = Assembler::new();
    let table: Vec<u8> = (0..200).collect();
    for alignment in [1, 4, 64] {
        let constant = assembler.constant_aligned(&table, alignment);
        assembler.emit(LEA.r64(), (RAX, Memory::constant(constant).offset(5)));
    }
    let empty = assembler.constant(&[]);
    assembler.emit(LEA.r64(), (RAX, Memory::constant(empty)));
    let code = assembler.finish().unwrap();
    let decoded = decode(&code, 0..code.instruction_bytes());
    for (one, alignment) in decoded.iter().zip([1, 4, 64]) {
        let place = one.ip_rel_memory_address() as usize - 5;
        assert_eq!(place % alignment, 0);
        assert_eq!(code.bytes()[place..place + 200], table);
    }
}

#[test]
fn constants_move_in_the_fewest_bytes() {
    for (value, length) in [
        (0, 5),
        (1, 5),
        (0x7fff_ffff, 5),
        (0xffff_ffff, 5),
        (0x1_0000_0000, 10),
        (u64::MAX, 7),
        (-0x8000_0000i64 as u64, 7),
        (0x8000_0000_0000_0000, 10),
    ] {
        let mut assembler = Assembler::new();
        assembler.move_constant(RDX, value);
        let code = assembler.finish().unwrap();
        assert_eq!(code.bytes().len(), length, "{value:#x}");
        let decoded = decode(&code, 0..length);
        assert_eq!(decoded[0].immediate(1), value);
    }
}

/// Assembles nothing but an error.
#[track_caller]
fn check_error(assemble: impl FnOnce(&mut Assembler), expected: &str) {
    let mut assembler = Assembler::new();
    assemble(&mut assembler);
    let error = assembler.finish().expect_err("it is refused");
    assert_eq!(error.to_string(), expected);
    assembler.emit(RET, ());
    assert_eq!(
        assembler.finish().unwrap().bytes(),
        [0xc3],
        "it can be used again"
    );
}

#[test]
fn mistakes_with_labels_and_constants_are_named() {
    let foreign = {
        let mut other = Assembler::new();
        other.constant(&[1]);
        (other.label(), other.constant(&[2]))
    };
    let unbound = "label 0 is used but bound nowhere";
    check_error(
        |code| {
            let label = code.label();
            code.emit(JMP, (label,))
        },
        unbound,
    );
    check_error(
        |code| {
            let label = code.label();
            code.emit(LEA.r64(), (RAX, Memory::label(label)))
        },
        unbound,
    );
    check_error(|code| code.emit(JMP, (foreign.0,)), unbound);
    check_error(
        |code| code.emit(LEA.r64(), (RAX, Memory::label(foreign.0))),
        unbound,
    );
    check_error(
        |code| code.emit(LEA.r64(), (RAX, Memory::constant(foreign.1))),
        "constant 1 is not in this assembler's pool",
    );
    check_error(
        |code| code.bind(foreign.0),
        "label 0 is bound in two places",
    );
    check_error(
        |code| {
            let label = code.label();
            code.bind(label);
            code.bind(label)
        },
        "label 0 is bound in two places",
    );
    for boundary in [0, 3, 128] {
        let message =
            format!("code and constants are aligned to a power of two up to 64, not to {boundary}");
        check_error(|code| code.align(boundary), &message);
        check_error(
            |code| {
                code.constant_aligned(&[1], boundary);
            },
            &message,
        );
    }
    let code = Assembler::new().finish().unwrap();
    assert!(code.bytes().is_empty());
    assert_eq!(code.offset(foreign.0), Err(EncodeError::Unbound(foreign.0)));
}

#[test]
fn an_assembler_used_again_gives_the_same_code() {
    let mut assembler = Assembler::with_capacity(10);
    let mut code = Code::default();
    let mut programs = Vec::new();
    for _ in 0..3 {
        let (label, constant) = (assembler.label(), assembler.constant(&[7; 8]));
        assembler.emit(JE, (label,));
        for _ in 0..1000 {
            assembler.emit(
                VADDPD.zmm(),
                (v(1), v(2), Memory::constant(constant).broadcast()),
            );
        }
        assembler.bind(label);
        assembler.finish_into(&mut code).unwrap();
        programs.push(code.clone());
    }
    assert!(programs.iter().all(|program| *program == programs[0]));
}

fn piece(count: usize) -> impl Strategy<Value = Piece> {
    let condition = (0..16usize).prop_map(|at| Condition::ALL[at]);
    prop_oneof![
        4 => (0..60usize).prop_map(Piece::Bytes),
        4 => (0..count).prop_map(Piece::Jump),
        4 => (condition, 0..count).prop_map(|(condition, to)| Piece::JumpIf(condition, to)),
        1 => (0..count).prop_map(Piece::Call),
        1 => (0..count).prop_map(Piece::Lea),
        1 => (1..=64usize, 0..4u8).prop_map(|(length, byte)| Piece::Constant(vec![byte; length])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn random_programs(program in prop::collection::vec(piece(40), 40)) {
        check(&program);
    }

    #[test]
    fn random_programs_with_padding(
        mut program in prop::collection::vec(piece(40), 40),
        padding in prop::collection::vec((0..40usize, 0..7u32), 1..6),
    ) {
        for (at, shift) in padding {
            program[at] = Piece::Align(1 << shift);
        }
        check(&program);
    }
}
