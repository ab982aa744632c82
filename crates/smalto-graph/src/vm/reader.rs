//! Text to graph.
//!
//! The bytes are read once. Each line becomes an [`Instruction`] whose operands are
//! the numbers of earlier ones, so that a name is hashed when it is met and never
//! again. The graph is built after that, when it is known which inputs there are.

use super::cursor::Cursor;
use super::instructions::{AXES, OPS, op_named};
use crate::formula::{nearest, quote};
use crate::{Graph, NodeId, Op, Type};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use thiserror::Error as ThisError;

/// Why a `.vm` file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// No line defines anything.
    #[error("the file defines nothing; a line is `name op operands`, such as `_0 var-x`")]
    Empty,
    /// More text than lines can be numbered in.
    #[error("the file has {bytes} bytes, and at most 4 GiB can be read")]
    TooLarge {
        /// The length of the text.
        bytes: usize,
    },
    /// Bytes that are no text.
    #[error("line {line}: this is not UTF-8 text")]
    NotText {
        /// The line, from 1.
        line: usize,
    },
    /// A name and nothing else.
    #[error("line {line}: {} is not followed by an op", quote(name))]
    MissingOp {
        /// The line, from 1.
        line: usize,
        /// The name that the line defines.
        name: String,
    },
    /// An op that the format does not have.
    #[error("line {line}: {} is no op{}", quote(op), did_you_mean(nearest.as_deref()))]
    UnknownOp {
        /// The line, from 1.
        line: usize,
        /// What stands where an op should.
        op: String,
        /// The op with the most similar name.
        nearest: Option<String>,
    },
    /// Too few operands.
    #[error("line {line}: `{op}` takes {}, but there {} {found}", operands(*wanted), are(*found))]
    MissingOperand {
        /// The line, from 1.
        line: usize,
        /// The op.
        op: String,
        /// How many operands it takes.
        wanted: usize,
        /// How many there are.
        found: usize,
    },
    /// Too many operands.
    #[error("line {line}: `{op}` takes {}, so {} does not belong here", operands(*wanted), quote(extra))]
    ExtraOperand {
        /// The line, from 1.
        line: usize,
        /// The op.
        op: String,
        /// How many operands it takes.
        wanted: usize,
        /// What stands after them.
        extra: String,
    },
    /// An operand that no line before defines.
    #[error(
        "line {line}: {} is used before it is defined (a .vm file is in dependency order, so it may be truncated or cyclic)",
        quote(name)
    )]
    Undefined {
        /// The line, from 1.
        line: usize,
        /// The operand.
        name: String,
    },
    /// A name defined twice.
    #[error("line {line}: {} is already defined on line {first}", quote(name))]
    Duplicate {
        /// The line, from 1.
        line: usize,
        /// The name.
        name: String,
        /// The line that defined it first.
        first: usize,
    },
    /// A constant that is no number.
    #[error("line {line}: {} is no number", quote(number))]
    BadConstant {
        /// The line, from 1.
        line: usize,
        /// What stands where a number should.
        number: String,
    },
    /// A constant beyond the largest real.
    #[error(
        "line {line}: {} is too large for a real; write `inf` for infinity",
        quote(number)
    )]
    ConstantTooLarge {
        /// The line, from 1.
        line: usize,
        /// The constant.
        number: String,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default()
}

fn operands(count: usize) -> String {
    match count {
        0 => "no operands".into(),
        1 => "1 operand".into(),
        count => format!("{count} operands"),
    }
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The graph of a `.vm` file.
///
/// # Errors
/// If a line is not as the [format](super) has it.
pub fn parse(text: impl AsRef<[u8]>) -> Result<Graph, Error> {
    let bytes = text.as_ref();
    if u32::try_from(bytes.len()).is_err() {
        return Err(Error::TooLarge { bytes: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| Error::NotText {
        line: 1 + newlines(&bytes[..error.valid_up_to()]),
    })?;
    let instructions = Reader::new(text).read()?;
    Ok(build(&instructions))
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}

/// What a line computes; operands are the numbers of earlier instructions.
#[derive(Debug, Clone, Copy)]
enum Instruction {
    Constant(f64),
    /// An input: position in [`AXES`].
    Axis(u8),
    Apply(Op, [u32; 2]),
}

/// The graph whose output is the last instruction.
fn build(instructions: &[Instruction]) -> Graph {
    let mut graph = Graph::with_capacity(instructions.len() + AXES.len());
    let mut is_used = [false; AXES.len()];
    for instruction in instructions {
        if let Instruction::Axis(axis) = instruction {
            is_used[usize::from(*axis)] = true;
        }
    }
    let axes: [NodeId; AXES.len()] = std::array::from_fn(|axis| match is_used[axis] {
        true => graph
            .variable(AXES[axis], Type::Real)
            .expect("an axis is a fresh identifier"),
        false => NodeId::NONE,
    });
    let mut nodes: Vec<NodeId> = Vec::with_capacity(instructions.len());
    for instruction in instructions {
        nodes.push(match *instruction {
            Instruction::Constant(value) => graph.real(value),
            Instruction::Axis(axis) => axes[usize::from(axis)],
            Instruction::Apply(op, operands) => {
                let operands = operands.map(|operand| nodes.get(operand as usize).copied());
                let [a, b] = operands.map(|operand| operand.unwrap_or(NodeId::NONE));
                graph
                    .apply(op, &[a, b][..op.arity()])
                    .expect("every op of the format takes reals")
            }
        });
    }
    if let Some(&result) = nodes.last() {
        graph.output("", result).expect("the first output");
    }
    graph
}

/// What a name refers to.
#[derive(Debug, Clone, Copy)]
struct Definition {
    /// Its number among the instructions.
    instruction: u32,
    line: u32,
}

/// The lines read so far.
struct Reader<'t> {
    cursor: Cursor<'t>,
    /// What the names defined so far refer to. The hash depends on a random seed, so
    /// that no file can be made of names that collide.
    names: HashMap<&'t str, Definition, RandomState>,
    instructions: Vec<Instruction>,
}

/// A typical line is not shorter, so tables sized by this seldom grow.
const TYPICAL_LINE: usize = 18;

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Reader<'t> {
        let lines = text.len() / TYPICAL_LINE + 1;
        Reader {
            cursor: Cursor::new(text.trim_start_matches('\u{feff}')),
            names: HashMap::with_capacity_and_hasher(lines, RandomState::default()),
            instructions: Vec::with_capacity(lines),
        }
    }

    fn line(&self) -> usize {
        self.cursor.line as usize
    }

    fn read(mut self) -> Result<Vec<Instruction>, Error> {
        loop {
            if let Some(name) = self.cursor.token() {
                let instruction = self.instruction(name)?;
                self.define(name, instruction)?;
            }
            if !self.cursor.next_line() {
                break;
            }
        }
        match self.instructions.is_empty() {
            true => Err(Error::Empty),
            false => Ok(self.instructions),
        }
    }

    /// Reads the rest of the line that defines `name`.
    fn instruction(&mut self, name: &'t str) -> Result<Instruction, Error> {
        let line = self.line();
        let Some(word) = self.cursor.token() else {
            let name = name.into();
            return Err(Error::MissingOp { line, name });
        };
        let (instruction, operands) = if let Some(op) = op_named(word.as_bytes()) {
            let first = self.operand(op, 0)?;
            let second = match op.arity() {
                1 => 0,
                _ => self.operand(op, 1)?,
            };
            (Instruction::Apply(op, [first, second]), op.arity())
        } else if word == "const" {
            (Instruction::Constant(self.number()?), 1)
        } else if let Some(axis) = axis_named(word) {
            (Instruction::Axis(axis), 0)
        } else {
            return Err(unknown_op(line, word));
        };
        match self.cursor.token() {
            None => Ok(instruction),
            Some(extra) => Err(Error::ExtraOperand {
                line,
                op: word.into(),
                wanted: operands,
                extra: extra.into(),
            }),
        }
    }

    /// The operand of `op` after the `found` that were read.
    #[inline]
    fn operand(&mut self, op: Op, found: usize) -> Result<u32, Error> {
        let Some(name) = self.cursor.token() else {
            return Err(self.missing(op.name(), op.arity(), found));
        };
        match self.names.get(name) {
            Some(definition) => Ok(definition.instruction),
            None => Err(Error::Undefined {
                line: self.line(),
                name: name.into(),
            }),
        }
    }

    fn number(&mut self) -> Result<f64, Error> {
        let Some(number) = self.cursor.token() else {
            return Err(self.missing("const", 1, 0));
        };
        let spells_infinity = || !number.bytes().any(|byte| byte.is_ascii_digit());
        match number.parse::<f64>() {
            Ok(value) if value.is_finite() || spells_infinity() => Ok(value),
            Ok(_) => Err(Error::ConstantTooLarge {
                line: self.line(),
                number: number.into(),
            }),
            Err(_) => Err(Error::BadConstant {
                line: self.line(),
                number: number.into(),
            }),
        }
    }

    #[cold]
    fn missing(&self, op: &str, wanted: usize, found: usize) -> Error {
        Error::MissingOperand {
            line: self.line(),
            op: op.into(),
            wanted,
            found,
        }
    }

    fn define(&mut self, name: &'t str, instruction: Instruction) -> Result<(), Error> {
        let definition = Definition {
            instruction: self.instructions.len() as u32,
            line: self.cursor.line,
        };
        match self.names.insert(name, definition) {
            None => {
                self.instructions.push(instruction);
                Ok(())
            }
            Some(first) => Err(Error::Duplicate {
                line: self.line(),
                name: name.into(),
                first: first.line as usize,
            }),
        }
    }
}

fn axis_named(word: &str) -> Option<u8> {
    let axis = word.strip_prefix("var-")?;
    AXES.iter().position(|&a| a == axis).map(|p| p as u8)
}

#[cold]
fn unknown_op(line: usize, word: &str) -> Error {
    let ops = OPS.iter().map(|op| op.name());
    let leaves = ["const", "var-x", "var-y", "var-z"];
    Error::UnknownOp {
        line,
        op: word.into(),
        nearest: nearest(word, ops.chain(leaves)).map(str::to_owned),
    }
}
