//! What is refused, and that what is accepted is optimal.

mod macros;
mod oracle;
mod refusals;
mod small;

use crate::{Findings, Selector, SourceFile, Vocabulary, compile, read_instructions};

/// A small machine.
const INSTRUCTIONS: &str = r#"
    MOV     "LEGACY 8B /r"      RM   "w r, r/m"                    X64
         or "LEGACY 89 /r"      MR   "w r/m, r"                    X64;
    ADD     "LEGACY 03 /r"      RM   "rw r, r/m, <w flags>"        X64;
    MUL     "LEGACY AF /r"      RM   "rw r, r/m, <w flags>"        X64
         or "LEGACY 69 /r id"   RMI  "w r, r/m, imm32, <w flags>"  X64;
    CMP     "LEGACY 3B /r"      RM   "r, r/m, <w flags>"           X64;
    XOR     "LEGACY 33 /r"      RVM  "w r, r, r/m"                 X64;
    JB      "LEGACY 72 cb"      D    "rel8, <flags>"               X64;
    CMOVB   "LEGACY.0F 42 /r"   RM   "rw r, r/m, <flags>"          X64;
    VADD    "EVEX.0F 58 /r"     RVM  "w vec{kz}, vec, vec/m/b32"   AVX512F;
    VBLEND  "EVEX.0F 65 /r"     RVM  "w vec{k?}, vec, vec/m"       AVX512F;
    VSTORE  "EVEX.0F 11 /r"     MR   "w m{k}, vec"                 AVX512F;
    VGATHER "EVEX.0F 92 /r"     RM   "rw vec{k!}, m32[vec]"        AVX512F;
    RET     "LEGACY C3"         ZO   "<rw rsp>"                    X64;
"#;

fn vocabulary() -> Vocabulary {
    let operators = [
        ("number", 0),
        ("zero", 0),
        ("load", 1),
        ("neg", 1),
        ("add", 2),
        ("mul", 2),
        ("less", 2),
        ("select", 3),
        ("store", 2),
        ("branch", 1),
    ];
    Vocabulary {
        operators: operators.map(|(name, arity)| (name.into(), arity)).into(),
        instructions: read_instructions(INSTRUCTIONS),
    }
}

fn compile_text(text: &str) -> Result<Selector, Findings> {
    let name = "x.tiles";
    compile(&[SourceFile { name, text }], &vocabulary())
}
