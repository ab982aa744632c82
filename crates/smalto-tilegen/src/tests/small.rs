//! A small grammar, and what the instruction table's reader makes of rows.

use super::compile_text;
use crate::{InstructionForm, Masking, OperandRole, read_instructions};

const SMALL: &str = include_str!("small.tiles");

#[test]
fn the_small_grammar_compiles_the_same_each_time() {
    let first = compile_text(SMALL).unwrap_or_else(|findings| panic!("{findings}"));
    let again = compile_text(SMALL).unwrap_or_else(|findings| panic!("{findings}"));
    assert_eq!(first.to_rust("t"), again.to_rust("t"));
    assert_eq!(first.summary().tiles, 22);
}

#[test]
fn rows_of_the_instruction_table() {
    use OperandRole::{Read, ReadWrite, Write};
    #[track_caller]
    fn check(operands: &str, roles: &[OperandRole], masking: Masking) {
        let source = format!("  VX_1  \"EVEX C2 /r\"  RM \"{operands}\"  AVX;\n");
        let read = read_instructions(&source);
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].name, "VX_1");
        let form = InstructionForm {
            operands: roles.to_vec(),
            masking,
        };
        assert_eq!(read[0].forms, [form]);
    }
    check(
        "w vec{kz}, vec, vec/m/b32{er}",
        &[Write, Read, Read],
        Masking::Merging,
    );
    check(
        "w k{k}, vec, vec/m, imm8",
        &[Write, Read, Read, Read],
        Masking::Plain,
    );
    check("w mhalf{k}, vec", &[Write, Read], Masking::Plain);
    check("rw vec{k!}, m32[vec]", &[ReadWrite, Read], Masking::UsedUp);
    check("w vec{k?}, vec", &[Write, Read], Masking::Plain);
    check("r/m, <rw rax>, <w flags>", &[Read], Masking::Never);
    check("", &[], Masking::Never);
}

#[test]
fn forms_are_those_of_the_name_before() {
    let source =
        "// MOV \"no row\"\n MOV \"8B\" RM \"w r, m\" X64\n or \"89\" MR \"w m, r\" X64;\n";
    let read = read_instructions(source);
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].forms.len(), 2);
}
