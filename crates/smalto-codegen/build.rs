//! Builds the instruction selectors: the vocabulary of operators out of the kernel's
//! instruction table, and for each target the tables that `smalto-tilegen` makes of its
//! tile files.

use numbering::ConstantKind;
use smalto_kernel::{Lane, Op, Rate, ValueType};
use smalto_tilegen::{SourceFile, Vocabulary};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, process};

#[path = "src/select/numbering.rs"]
mod numbering;

/// Each target's name and tile files, in order.
const TARGETS: &[(&str, &[&str])] = &[
    ("avx2", &["scalar.tiles", "vector.tiles", "avx2.tiles"]),
    ("avx512", &["scalar.tiles", "vector.tiles", "avx512.tiles"]),
];

const X64: &str = "src/target/x64";

fn main() {
    let operators = Operators::all();
    let instructions = read(&format!("{X64}/instruction.rs"));
    let vocabulary = Vocabulary {
        operators: operators.names.clone(),
        instructions: smalto_tilegen::read_instructions(&instructions),
    };
    for (target, files) in TARGETS {
        let paths: Vec<_> = files
            .iter()
            .map(|file| format!("{X64}/tiles/{file}"))
            .collect();
        let texts: Vec<_> = paths.iter().map(|path| read(path)).collect();
        let sources: Vec<_> = paths
            .iter()
            .zip(&texts)
            .map(|(name, text)| SourceFile { name, text })
            .collect();
        match smalto_tilegen::compile(&sources, &vocabulary) {
            Ok(selector) => write(
                &format!("{target}_tiles.rs"),
                &selector.to_rust("crate::select::tables"),
            ),
            Err(findings) => {
                eprintln!("{findings}");
                process::exit(1);
            }
        }
    }
    write("operators.rs", &operators.lookup_to_rust());
}

fn read(name: &str) -> String {
    println!("cargo::rerun-if-changed={name}");
    fs::read_to_string(name).unwrap_or_else(|error| panic!("cannot read {name}: {error}"))
}

fn write(name: &str, text: &str) {
    let folder = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let path = Path::new(&folder).join(name);
    fs::write(&path, text).unwrap_or_else(|error| panic!("cannot write {name}: {error}"));
}

/// Every operator there is, and which one an instruction of the kernel is.
///
/// The name of an operator is that of the instruction and the lane type it works on, as
/// in `add.f32`; of one that has two lane types, both: `convert.f32.i32`. Uniform
/// integers and masks live in other registers than varying ones, so theirs are other
/// operators: `add.u.i64`. Uniform floats live with the varying ones, and what takes and
/// gives floats alone is one operator at either rate.
struct Operators {
    names: Vec<(String, u8)>,
    /// By [`numbering::of_plain`].
    by_type: Vec<u16>,
    /// By [`numbering::of_instruction`].
    by_instruction: Vec<u16>,
    /// By [`numbering::of_constant`].
    by_constant: Vec<u16>,
    branch: u16,
}

const NONE: u16 = u16::MAX;

impl Operators {
    fn all() -> Operators {
        let mut operators = Operators {
            names: Vec::new(),
            by_type: vec![NONE; numbering::PLAIN],
            by_instruction: vec![NONE; numbering::INSTRUCTIONS],
            by_constant: vec![NONE; numbering::CONSTANTS],
            branch: 0,
        };
        for &op in Op::ALL {
            for masked in [false, true] {
                for rate in [Rate::Uniform, Rate::Varying] {
                    for a in Lane::ALL {
                        for b in Lane::ALL {
                            let id = operators.instruction(op, masked, rate, a, b);
                            let from = ValueType::new(a, rate);
                            let at = numbering::of_instruction(op, masked, from, b);
                            operators.by_instruction[at] = id;
                            if a == b && !masked {
                                operators.by_type[numbering::of_plain(op, from)] = id;
                            }
                        }
                    }
                }
            }
        }
        for rate in [Rate::Uniform, Rate::Varying] {
            for lane in Lane::ALL {
                for kind in ConstantKind::ALL {
                    let prefix = prefix(rate, lane.is_float());
                    let name = format!("constant.{prefix}{lane}:{}", kind.name());
                    let id = operators.named(name, 0);
                    operators.by_constant[numbering::of_constant(rate, lane, kind)] = id;
                }
            }
        }
        operators.branch = operators.named("branch".into(), 1);
        operators
    }

    /// The operator of an instruction, or [`NONE`] if there is no such instruction or it
    /// is not selected by tiles.
    fn instruction(&mut self, op: Op, masked: bool, rate: Rate, a: Lane, b: Lane) -> u16 {
        let row = op.row();
        let is_maskable = matches!(op, Op::Load | Op::Gather | Op::Store | Op::Scatter);
        if masked && !is_maskable {
            return NONE;
        }
        let name = op.name();
        let suffix = if masked { "_masked" } else { "" };
        let arity = row.operands.len() as u8 + u8::from(masked);
        let (name, valid) = match op {
            Op::Parameter | Op::Constant | Op::Tuple | Op::Extract | Op::Call => return NONE,
            Op::Convert
            | Op::ConvertInRange
            | Op::Extend
            | Op::Wrap
            | Op::Bits
            | Op::RawBits
            | Op::Bitcast => {
                let floats = a.is_float() && b.is_float();
                (format!("{name}.{}{a}.{b}", prefix(rate, floats)), true)
            }
            // The index, and the element.
            Op::Gather | Op::Scatter => (
                format!("{name}{suffix}.{a}.{b}"),
                rate == Rate::Varying && matches!(a, Lane::I32 | Lane::I64),
            ),
            Op::Eq | Op::Lt | Op::Le | Op::Select => {
                (format!("{name}.{}{a}", prefix(rate, false)), a == b)
            }
            Op::Load | Op::Store => (
                format!("{name}{suffix}.{a}"),
                a == b && rate == Rate::Varying,
            ),
            Op::LoadUniform | Op::StoreUniform => {
                (format!("{name}.{a}"), a == b && rate == Rate::Uniform)
            }
            Op::Splat => (format!("{name}.{a}"), a == b && rate == Rate::Varying),
            _ => (format!("{name}.{}{a}", prefix(rate, a.is_float())), a == b),
        };
        if valid { self.named(name, arity) } else { NONE }
    }

    fn named(&mut self, name: String, arity: u8) -> u16 {
        // The last names come up again first: rates and second lanes that make no
        // difference.
        let known = self.names.iter().rposition(|(known, _)| *known == name);
        let id = known.unwrap_or_else(|| {
            self.names.push((name, arity));
            self.names.len() - 1
        });
        u16::try_from(id).expect("operators are numbered in 16 bits")
    }

    fn lookup_to_rust(&self) -> String {
        let mut text = String::new();
        for (name, length, table) in [
            ("BY_TYPE", "PLAIN", &self.by_type),
            ("BY_INSTRUCTION", "INSTRUCTIONS", &self.by_instruction),
            ("BY_CONSTANT", "CONSTANTS", &self.by_constant),
        ] {
            writeln!(
                text,
                "static {name}: [u16; numbering::{length}] = {table:?};"
            )
            .expect("writing to a string");
        }
        writeln!(text, "const BRANCH: u16 = {};", self.branch).expect("writing to a string");
        text
    }
}

fn prefix(rate: Rate, floats: bool) -> &'static str {
    if rate == Rate::Uniform && !floats {
        "u."
    } else {
        ""
    }
}
