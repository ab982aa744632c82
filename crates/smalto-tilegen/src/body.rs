//! What tiles become: clauses, steps and their operands, as they are written.

use crate::finding::Problem;
use crate::grammar::{Names, expected};
use crate::operand::{Operand, OperandKind, broadcast, parse_operand};
use crate::reader::{Form, FormKind};

/// The clauses of a tile.
#[derive(Debug)]
pub(crate) struct Clauses {
    pub(crate) temporaries: Vec<u8>,
    pub(crate) condition: Option<String>,
    pub(crate) body: Body,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    Steps(Vec<Step>),
    Immediate,
    Alias,
    Index {
        register: Option<u8>,
        offset: Option<u8>,
    },
    Element {
        index: u8,
        broadcast: bool,
    },
    Pool {
        broadcast: bool,
    },
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) action: Action,
    pub(crate) size: Size,
    pub(crate) operands: Vec<Operand>,
    pub(crate) mask: Option<Mask>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    Instruction(String),
    Conditional {
        stem: String,
        leaf: u8,
        negated: bool,
    },
    Pseudo(u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Fixed,
    Bits(u16),
    Wave(u8),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mask {
    pub(crate) register: Operand,
    pub(crate) zeroing: bool,
}

impl Body {
    /// The leaves it names, each as often as it does.
    pub(crate) fn leaves(&self) -> Vec<u8> {
        match self {
            Self::Steps(steps) => steps.iter().flat_map(Step::leaves).collect(),
            Self::Alias => vec![0],
            Self::Index { register, offset } => register.iter().chain(offset).copied().collect(),
            Self::Element { index, .. } => vec![*index],
            Self::Immediate | Self::Pool { .. } => Vec::new(),
        }
    }
}

impl Step {
    /// Its operands, and the mask.
    pub(crate) fn all_operands(&self) -> impl Iterator<Item = &Operand> {
        self.operands
            .iter()
            .chain(self.mask.iter().map(|mask| &mask.register))
    }

    fn leaves(&self) -> impl Iterator<Item = u8> {
        let condition = match self.action {
            Action::Conditional { leaf, .. } => Some(leaf),
            _ => None,
        };
        self.all_operands()
            .flat_map(|operand| operand.kind.leaves())
            .chain(condition)
    }
}

/// Reads the clauses of a tile with so many leaves.
pub(crate) fn read(clauses: &[Form], leaves: usize, names: &Names<'_>) -> Result<Clauses, Problem> {
    let mut reader = Reader {
        names,
        leaves,
        temporaries: Vec::new(),
        condition: None,
        other: None,
        steps: Vec::new(),
    };
    for clause in clauses {
        reader.clause(clause)?;
    }
    let body = match reader.other {
        Some(body) if reader.steps.is_empty() => body,
        Some(_) => {
            return Err(expected(
                "instructions or another body, not both",
                &clauses[0],
            ));
        }
        None => Body::Steps(reader.steps),
    };
    for leaf in body.leaves() {
        reader_leaf(leaf, leaves)?;
    }
    Ok(Clauses {
        temporaries: reader.temporaries,
        condition: reader.condition,
        body,
    })
}

struct Reader<'a> {
    names: &'a Names<'a>,
    leaves: usize,
    temporaries: Vec<u8>,
    condition: Option<String>,
    other: Option<Body>,
    steps: Vec<Step>,
}

impl Reader<'_> {
    fn clause(&mut self, clause: &Form) -> Result<(), Problem> {
        let wrong = || expected("a clause, as in (add.32 d 0 1)", clause);
        let FormKind::List(parts) = &clause.kind else {
            return Err(wrong());
        };
        if parts.first().and_then(Form::word) == Some("temps") {
            for symbol in &parts[1..] {
                self.temporaries.push(self.names.symbol(symbol)?);
            }
            return Ok(());
        }
        let words: Option<Vec<&str>> = parts.iter().map(Form::word).collect();
        let words = words.ok_or_else(wrong)?;
        let body = match *words {
            ["condition", condition] => {
                self.condition = Some(condition.to_owned());
                return Ok(());
            }
            ["immediate"] => Body::Immediate,
            ["alias", "0"] => Body::Alias,
            ["index", register] => Body::Index {
                register: optional_leaf(register).ok_or_else(wrong)?,
                offset: None,
            },
            ["index", register, offset] => Body::Index {
                register: optional_leaf(register).ok_or_else(wrong)?,
                offset: optional_leaf(offset).ok_or_else(wrong)?,
            },
            ["element", index] | ["element", index, "broadcast"] => Body::Element {
                index: index.parse().map_err(|_| wrong())?,
                broadcast: words.len() == 3,
            },
            ["pool"] | ["pool", "broadcast"] => Body::Pool {
                broadcast: words.len() == 2,
            },
            [
                "condition" | "immediate" | "alias" | "index" | "element" | "pool",
                ..,
            ]
            | [] => {
                return Err(wrong());
            }
            [head, ref operands @ ..] => {
                let step = self.step(clause, head, operands)?;
                self.steps.push(step);
                return Ok(());
            }
        };
        match self.other.replace(body) {
            None => Ok(()),
            Some(_) => Err(expected("one body", clause)),
        }
    }

    fn step(&self, clause: &Form, head: &str, words: &[&str]) -> Result<Step, Problem> {
        let wrong = |expected| Problem::Expected {
            expected,
            found: head.to_owned(),
        };
        let (mnemonic, size) = match head.rsplit_once('.') {
            Some((mnemonic, size)) => {
                let size = parse_size(size);
                (
                    mnemonic,
                    size.ok_or_else(|| wrong("a size of 8 to 512 or w2, w4, w8"))?,
                )
            }
            None => (head, Size::Fixed),
        };
        let action = self
            .action(mnemonic)
            .ok_or_else(|| wrong("an instruction in lower case"))??;
        let mut step = Step {
            action,
            size,
            operands: Vec::new(),
            mask: None,
        };
        for &word in words {
            match word.strip_prefix('{') {
                Some(mask) if step.operands.len() == 1 && step.mask.is_none() => {
                    let mask = self
                        .mask(mask)
                        .ok_or_else(|| expected("{k:1} or {z:t0}", clause))?;
                    step.mask = Some(mask?);
                }
                Some(_) => return Err(expected("a mask after the first operand", clause)),
                None => step.operands.push(self.operand(word)?),
            }
        }
        Ok(step)
    }

    fn action(&self, mnemonic: &str) -> Option<Result<Action, Problem>> {
        if let Some(name) = mnemonic.strip_prefix('!') {
            let pseudo = self.names.pseudos.get(name).copied();
            let pseudo = pseudo.ok_or_else(|| Problem::UnknownPseudo(name.to_owned()));
            return Some(pseudo.map(Action::Pseudo));
        }
        if mnemonic.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let Some((stem, leaf)) = mnemonic.split_once(':') else {
            return Some(Ok(Action::Instruction(mnemonic.to_ascii_uppercase())));
        };
        let negated = leaf.starts_with('!');
        Some(Ok(Action::Conditional {
            stem: stem.to_ascii_uppercase(),
            leaf: leaf.trim_start_matches('!').parse().ok()?,
            negated,
        }))
    }

    /// `k:1}`, `z:t0}`.
    fn mask(&self, text: &str) -> Option<Result<Mask, Problem>> {
        let (kind, register) = text.strip_suffix('}')?.split_once(':')?;
        let zeroing = match kind {
            "k" => false,
            "z" => true,
            _ => return None,
        };
        Some(
            self.operand(register)
                .map(|register| Mask { register, zeroing }),
        )
    }

    fn operand(&self, word: &str) -> Result<Operand, Problem> {
        let wrong = || Problem::Expected {
            expected: "an operand",
            found: word.to_owned(),
        };
        let kind = match word.strip_prefix('$') {
            Some(name) => self.constant(name)?,
            None => parse_operand(word).ok_or_else(wrong)?,
        };
        for leaf in kind.leaves() {
            reader_leaf(leaf, self.leaves)?;
        }
        Ok(Operand {
            text: word.to_owned(),
            kind,
        })
    }

    fn constant(&self, name: &str) -> Result<OperandKind, Problem> {
        let (name, broadcast) = broadcast(name);
        let constant = self.names.constants.get(name).copied();
        Ok(OperandKind::Constant {
            constant: constant.ok_or_else(|| Problem::UnknownConstant(name.to_owned()))?,
            broadcast,
        })
    }
}

fn reader_leaf(leaf: u8, count: usize) -> Result<(), Problem> {
    match usize::from(leaf) < count {
        true => Ok(()),
        false => Err(Problem::UnknownLeaf { leaf, count }),
    }
}

/// `-` is no leaf.
fn optional_leaf(word: &str) -> Option<Option<u8>> {
    match word {
        "-" => Some(None),
        _ => word.parse().ok().map(Some),
    }
}

fn parse_size(word: &str) -> Option<Size> {
    match word.strip_prefix('w') {
        Some(bytes) => Some(Size::Wave(
            bytes.parse().ok().filter(|b| [2, 4, 8].contains(b))?,
        )),
        None => {
            let bits = word.parse().ok();
            bits.filter(|bits| [8, 16, 32, 64, 128, 256, 512].contains(bits))
                .map(Size::Bits)
        }
    }
}
