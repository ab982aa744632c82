//! The declarations of tile files: symbols, constants, pseudo-instructions and tiles.

use crate::Vocabulary;
use crate::body::{self, Body};
use crate::finding::{Log, Place, Problem};
use crate::instruction::{InstructionForm, InstructionSpec, Masking, OperandRole};
use crate::reader::{Form, FormKind};
use std::collections::{HashMap, HashSet};

/// What a symbol stands for once its tile is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SymbolKind {
    Register(u8),
    Operand,
    Flags,
    Void,
}

#[derive(Debug)]
pub(crate) struct Symbol {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) kind: SymbolKind,
}

#[derive(Debug)]
pub(crate) struct NamedConstant {
    pub(crate) name: String,
    pub(crate) bytes: u8,
    pub(crate) bits: u64,
}

/// One node of a pattern, in preorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Pattern {
    Operator(u16),
    Leaf(u8),
}

#[derive(Debug)]
pub(crate) struct Tile {
    pub(crate) place: Place,
    pub(crate) name: String,
    /// The pattern as it was written.
    pub(crate) text: String,
    pub(crate) pattern: Vec<Pattern>,
    pub(crate) result: u8,
    pub(crate) cost: u16,
    /// The symbols of its temporaries.
    pub(crate) temporaries: Vec<u8>,
    pub(crate) condition: Option<String>,
    pub(crate) body: Body,
}

impl Tile {
    /// The symbols of its leaves, from the left.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = u8> {
        self.pattern.iter().filter_map(|part| match *part {
            Pattern::Leaf(symbol) => Some(symbol),
            Pattern::Operator(_) => None,
        })
    }

    /// The symbol it makes its result of, if it is a chain rule.
    pub(crate) fn chain_from(&self) -> Option<u8> {
        match *self.pattern {
            [Pattern::Leaf(from)] => Some(from),
            _ => None,
        }
    }
}

/// What the tile files say.
#[derive(Debug, Default)]
pub(crate) struct Grammar {
    pub(crate) operators: Vec<(String, u8)>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) constants: Vec<NamedConstant>,
    /// Pseudo-instructions are instructions of one form.
    pub(crate) pseudos: Vec<InstructionSpec>,
    pub(crate) tiles: Vec<Tile>,
}

impl Grammar {
    pub(crate) fn symbol_name(&self, symbol: u8) -> &str {
        &self.symbols[usize::from(symbol)].name
    }

    pub(crate) fn kind(&self, symbol: u8) -> SymbolKind {
        self.symbols[usize::from(symbol)].kind
    }

    pub(crate) fn is_register(&self, symbol: u8) -> bool {
        matches!(self.kind(symbol), SymbolKind::Register(_))
    }
}

/// How many symbols, leaves of a pattern, and tiles there may be: what the tables have
/// room for, and what the walk over a pattern keeps in place.
pub(crate) const MOST_SYMBOLS: usize = 250;
pub(crate) const MOST_LEAVES: usize = 8;
pub(crate) const MOST_TILES: usize = 60_000;

/// Names to numbers.
pub(crate) struct Names<'a> {
    pub(crate) operators: HashMap<&'a str, u16>,
    pub(crate) symbols: HashMap<String, u8>,
    pub(crate) constants: HashMap<String, u16>,
    pub(crate) pseudos: HashMap<String, u16>,
}

/// Makes a grammar of forms. Declarations may come after their use.
pub(crate) fn build(forms: &[Form], vocabulary: &Vocabulary, log: &mut Log) -> Grammar {
    let operators = vocabulary.operators.iter().map(|(name, _)| name.as_str());
    let mut builder = Builder {
        names: Names {
            operators: operators.zip(0..).collect(),
            symbols: HashMap::new(),
            constants: HashMap::new(),
            pseudos: HashMap::new(),
        },
        grammar: Grammar {
            operators: vocabulary.operators.clone(),
            ..Grammar::default()
        },
        log,
    };
    let mut reported = HashSet::new();
    for form in forms {
        builder.declare(form, &mut reported);
    }
    for form in forms {
        if form.parts().first().and_then(Form::word) == Some("tile") {
            builder.tile(form);
        }
    }
    builder.grammar
}

struct Builder<'a> {
    names: Names<'a>,
    grammar: Grammar,
    log: &'a mut Log,
}

impl Builder<'_> {
    fn declare<'f>(&mut self, form: &'f Form, reported: &mut HashSet<&'f str>) {
        let parts = form.parts();
        let words: Option<Vec<&str>> = parts.iter().map(Form::word).collect();
        let declared = match (parts.first().and_then(Form::word), words) {
            (Some("tile"), _) => Ok(()),
            (Some("symbol"), words) => self.symbol(form, &words.unwrap_or_default()),
            (Some("constant"), words) => self.constant(form, &words.unwrap_or_default()),
            (Some("pseudo"), words) => self.pseudo(form, &words.unwrap_or_default()),
            (Some(other), _) => match reported.insert(other) {
                true => Err(Problem::UnknownForm(other.to_owned())),
                false => Ok(()),
            },
            (None, _) => Err(expected("a form, as in (tile ...)", form)),
        };
        if let Err(problem) = declared {
            self.log.note(form.place, problem);
        }
    }

    fn symbol(&mut self, form: &Form, words: &[&str]) -> Result<(), Problem> {
        let (name, kind) = match *words {
            [_, name, "register", class] => {
                let class = class
                    .parse()
                    .map_err(|_| expected("the number of a class", form))?;
                (name, SymbolKind::Register(class))
            }
            [_, name, "operand"] => (name, SymbolKind::Operand),
            [_, name, "flags"] => (name, SymbolKind::Flags),
            [_, name, "void"] => (name, SymbolKind::Void),
            _ => {
                return Err(expected(
                    "(symbol NAME register CLASS|operand|flags|void)",
                    form,
                ));
            }
        };
        if self.grammar.symbols.len() == MOST_SYMBOLS {
            return Err(too_many("symbols", MOST_SYMBOLS));
        }
        declare(
            &mut self.names.symbols,
            name,
            self.grammar.symbols.len() as u8,
        )?;
        self.grammar.symbols.push(Symbol {
            place: form.place,
            name: name.to_owned(),
            kind,
        });
        Ok(())
    }

    fn constant(&mut self, form: &Form, words: &[&str]) -> Result<(), Problem> {
        let wrong = || expected("(constant NAME BYTES BITS)", form);
        let [_, name, bytes, bits] = *words else {
            return Err(wrong());
        };
        let bytes = bytes
            .parse()
            .ok()
            .filter(|bytes| [1, 2, 4, 8].contains(bytes));
        let bytes: u8 = bytes.ok_or_else(wrong)?;
        let bits = parse_bits(bits).ok_or_else(wrong)?;
        if bytes < 8 && bits >> (8 * bytes) != 0 {
            return Err(expected("bits that fit the bytes of a lane", form));
        }
        declare(
            &mut self.names.constants,
            name,
            self.grammar.constants.len() as u16,
        )?;
        self.grammar.constants.push(NamedConstant {
            name: name.to_owned(),
            bytes,
            bits,
        });
        Ok(())
    }

    fn pseudo(&mut self, form: &Form, words: &[&str]) -> Result<(), Problem> {
        let wrong = || expected("(pseudo NAME w|rw|read...)", form);
        let [_, name, roles @ ..] = words else {
            return Err(wrong());
        };
        let roles: Option<Vec<_>> = roles.iter().map(|role| OperandRole::parse(role)).collect();
        let operands = roles.ok_or_else(wrong)?;
        declare(
            &mut self.names.pseudos,
            name,
            self.grammar.pseudos.len() as u16,
        )?;
        self.grammar.pseudos.push(InstructionSpec {
            name: format!("!{name}"),
            forms: vec![InstructionForm {
                operands,
                masking: Masking::Never,
            }],
        });
        Ok(())
    }

    fn tile(&mut self, form: &Form) {
        let [_, name, pattern, result, cost, clauses @ ..] = form.parts() else {
            let problem = expected("(tile NAME PATTERN RESULT COST CLAUSE...)", form);
            return self.log.note(form.place, problem);
        };
        let name = name.text();
        match self.read_tile(form.place, &name, pattern, result, cost, clauses) {
            Ok(_) if self.grammar.tiles.len() == MOST_TILES => {
                self.log.note(form.place, too_many("tiles", MOST_TILES));
            }
            Ok(tile) => self.grammar.tiles.push(tile),
            Err(problem) => self.log.note_tile(form.place, &name, problem),
        }
    }

    fn read_tile(
        &self,
        place: Place,
        name: &str,
        pattern: &Form,
        result: &Form,
        cost: &Form,
        clauses: &[Form],
    ) -> Result<Tile, Problem> {
        let mut parts = Vec::new();
        self.pattern(pattern, &mut parts)?;
        let leaves = parts
            .iter()
            .filter(|part| matches!(part, Pattern::Leaf(_)))
            .count();
        if leaves > MOST_LEAVES {
            return Err(too_many("leaves", MOST_LEAVES));
        }
        let clauses = body::read(clauses, leaves, &self.names)?;
        let cost = cost.word().and_then(|word| word.parse().ok());
        Ok(Tile {
            place,
            name: name.to_owned(),
            text: pattern.text(),
            pattern: parts,
            result: self.names.symbol(result)?,
            cost: cost.ok_or_else(|| expected("a cost after the result", result))?,
            temporaries: clauses.temporaries,
            condition: clauses.condition,
            body: clauses.body,
        })
    }

    fn pattern(&self, form: &Form, parts: &mut Vec<Pattern>) -> Result<(), Problem> {
        let FormKind::List(children) = &form.kind else {
            parts.push(Pattern::Leaf(self.names.symbol(form)?));
            return Ok(());
        };
        let (Some(name), Some(children)) =
            (children.first().and_then(Form::word), children.get(1..))
        else {
            return Err(expected("(OPERATOR CHILD...)", form));
        };
        let operator = self.names.operators.get(name);
        let &operator = operator.ok_or_else(|| Problem::UnknownOperator(name.to_owned()))?;
        let arity = self.grammar.operators[usize::from(operator)].1;
        if children.len() != usize::from(arity) {
            return Err(Problem::Arity {
                operator: name.to_owned(),
                arity,
                found: children.len(),
            });
        }
        parts.push(Pattern::Operator(operator));
        children
            .iter()
            .try_for_each(|child| self.pattern(child, parts))
    }
}

impl Names<'_> {
    pub(crate) fn symbol(&self, form: &Form) -> Result<u8, Problem> {
        let name = form.word().ok_or_else(|| expected("a symbol", form))?;
        let symbol = self.symbols.get(name).copied();
        symbol.ok_or_else(|| Problem::UnknownSymbol(name.to_owned()))
    }
}

fn declare<T>(names: &mut HashMap<String, T>, name: &str, number: T) -> Result<(), Problem> {
    match names.contains_key(name) {
        true => Err(Problem::Redeclared(name.to_owned())),
        false => {
            names.insert(name.to_owned(), number);
            Ok(())
        }
    }
}

fn parse_bits(word: &str) -> Option<u64> {
    match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

fn too_many(what: &'static str, most: usize) -> Problem {
    Problem::TooMany { what, most }
}

pub(crate) fn expected(expected: &'static str, form: &Form) -> Problem {
    Problem::Expected {
        expected,
        found: form.text(),
    }
}
