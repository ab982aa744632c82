//! What a listing says, against what an independent disassembler reads in the code.

use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic, OpKind, Register};
use smalto_codegen::target::x64::{Compiled, Compiler, Level, ListingLine};
use smalto_kernel::testing::{Case, Menu};
use smalto_kernel::{Module, Role, RoutineId, parse};
use std::collections::HashMap;

/// Every line is the instruction at its place, no more and no less.
#[track_caller]
fn check(module: &Module) {
    for level in Level::ALL {
        for at in 0..module.routines().len() {
            let kernel = RoutineId::new(at);
            if module.routine(kernel).role() == Role::Kernel {
                let compiled = Compiler::new(level).with_listing().compile(module, kernel);
                check_listing(&compiled.unwrap());
            }
        }
    }
}

#[track_caller]
fn check_listing(compiled: &Compiled) {
    let code = &compiled.code().bytes()[..compiled.code().instruction_bytes()];
    let mut decoder = Decoder::with_ip(64, code, 0, DecoderOptions::NONE);
    let listing = compiled.listing().unwrap();
    let lines: Vec<&ListingLine> = listing.routines().iter().flat_map(|r| &r.lines).collect();
    let labels = places(compiled);
    for line in lines {
        let mut decoded = decoder.decode();
        // What aligns the code is no line.
        while decoded.mnemonic() == Mnemonic::Nop && (decoded.ip() as usize) < line.offset {
            decoded = decoder.decode();
        }
        assert_eq!(line.offset as u64, decoded.ip(), "{line:?}\n{decoded}");
        check_line(line, &decoded, &labels);
    }
    assert!(
        !decoder.can_decode(),
        "there are instructions without lines"
    );
    let (tiles, cost) = listing.tiles();
    assert!(cost >= tiles as u64 / 2);
}

/// Where labels and routines are.
fn places(compiled: &Compiled) -> HashMap<String, usize> {
    let listing = compiled.listing().unwrap();
    let mut places = HashMap::new();
    for routine in listing.routines() {
        let name = listing.module().routine(routine.routine).name();
        places.insert(name.to_string(), routine.lines[0].offset);
        let labels = routine
            .lines
            .iter()
            .filter_map(|l| Some((l.label?, l.offset)));
        places.extend(labels.map(|(label, offset)| (format!("L{label}"), offset)));
    }
    places
}

#[track_caller]
fn check_line(line: &ListingLine, decoded: &Instruction, labels: &HashMap<String, usize>) {
    let text = line.text.strip_prefix("lock ").unwrap_or(&line.text);
    let (mnemonic, operands) = text.split_once(' ').unwrap_or((text, ""));
    let known = format!("{:?}", decoded.mnemonic());
    assert!(
        known.eq_ignore_ascii_case(mnemonic),
        "{text}, not {decoded}"
    );
    if decoded.op_count() > 0 && decoded.op0_kind() == OpKind::NearBranch64 {
        let target = labels[operands] as u64;
        assert_eq!(
            target,
            decoded.near_branch_target(),
            "{text}, not {decoded}"
        );
        return;
    }
    let mut shown = registers(operands);
    let mut expected = registers_of(decoded);
    if decoded.mnemonic() == Mnemonic::Xchg {
        shown.sort();
        expected.sort();
    }
    assert_eq!(shown, expected, "{text}, not {decoded}");
    assert_eq!(text.contains("{z}"), decoded.zeroing_masking(), "{text}");
    assert_eq!(text.contains("{1to"), decoded.is_broadcast(), "{text}");
    let reads_pool = text.contains("[rip + const");
    assert_eq!(reads_pool, decoded.is_ip_rel_memory_operand(), "{text}");
    assert_eq!(reads_pool, line.constant.is_some(), "{text}");
    if let Some(at) = (0..decoded.op_count()).find(|&at| decoded.op_kind(at) == OpKind::Immediate8)
    {
        let immediate = operands.rsplit(", ").next().unwrap();
        assert_eq!(
            immediate.parse(),
            Ok(i64::from(decoded.immediate(at) as u8)),
            "{text}"
        );
    }
}

/// The registers in a text, in order.
fn registers(text: &str) -> Vec<String> {
    let known: Vec<String> = Register::values().map(name).collect();
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| known.iter().any(|known| known == word) && *word != "rip")
        .map(Into::into)
        .collect()
}

/// The registers an instruction names, in the order of a text.
fn registers_of(decoded: &Instruction) -> Vec<String> {
    let mut all = Vec::new();
    for at in 0..decoded.op_count() {
        match decoded.op_kind(at) {
            OpKind::Register => all.push(decoded.op_register(at)),
            OpKind::Memory => all.extend([decoded.memory_base(), decoded.memory_index()]),
            _ => {}
        }
        if at == 0 {
            all.push(decoded.op_mask());
        }
    }
    all.retain(|register| !matches!(register, Register::None | Register::RIP));
    all.into_iter().map(name).collect()
}

/// The low bytes of new registers are called r8b where the disassembler says r8l.
fn name(register: Register) -> String {
    let name = format!("{register:?}").to_ascii_lowercase();
    match name
        .strip_prefix('r')
        .and_then(|rest| rest.strip_suffix('l'))
    {
        Some(number) if number.parse::<u8>().is_ok() => format!("r{number}b"),
        _ => name,
    }
}

#[test]
fn lines_of_golden_kernels_are_their_instructions() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let written = text.split("\n# ---- ").next().unwrap();
        check(&parse(written).unwrap());
    }
}

#[test]
fn lines_of_random_kernels_are_their_instructions() {
    for seed in 0..40u32 {
        let mut state = seed;
        let mut choose = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % 1000
        };
        let choices: Vec<u32> = (0..150).map(|_| choose()).collect();
        let menu = match seed % 2 {
            0 => Menu::default(),
            _ => Menu::of_width(16),
        };
        check(&Case::random(&menu, &choices).module);
    }
}

#[test]
fn a_listing_is_made_only_if_it_is_asked_for() {
    let module = parse("kernel nothing width any {\nblock 0:\nreturn\n}").unwrap();
    let kernel = RoutineId::new(0);
    let with = Compiler::new(Level::Avx2)
        .with_listing()
        .compile(&module, kernel)
        .unwrap();
    let without = Compiler::new(Level::Avx2).compile(&module, kernel).unwrap();
    assert!(without.listing().is_none());
    assert_eq!(with.code().bytes(), without.code().bytes());
}
