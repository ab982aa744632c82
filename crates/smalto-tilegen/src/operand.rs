//! The operands of steps, as they are written.

/// An operand, and the word that says so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Operand {
    pub(crate) text: String,
    pub(crate) kind: OperandKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OperandKind {
    Result,
    ResultTied(u8),
    Leaf(u8),
    Temporary(u8),
    TemporaryTied(u8, u8),
    Immediate(i64),
    Computed(&'static str, u8),
    Constant {
        constant: u16,
        broadcast: bool,
    },
    Element {
        index: u8,
        broadcast: bool,
    },
    Gathered(u8),
    Address {
        base: u8,
        index: Option<(u8, u8)>,
        offset: i32,
    },
    Target {
        otherwise: bool,
    },
}

impl OperandKind {
    /// The leaves it names.
    pub(crate) fn leaves(self) -> impl Iterator<Item = u8> {
        let (first, second) = match self {
            Self::ResultTied(leaf)
            | Self::Leaf(leaf)
            | Self::TemporaryTied(_, leaf)
            | Self::Computed(_, leaf)
            | Self::Element { index: leaf, .. }
            | Self::Gathered(leaf) => (Some(leaf), None),
            Self::Address { base, index, .. } => (Some(base), index.map(|(leaf, _)| leaf)),
            Self::Result
            | Self::Temporary(_)
            | Self::Immediate(_)
            | Self::Constant { .. }
            | Self::Target { .. } => (None, None),
        };
        first.into_iter().chain(second)
    }
}

/// The functions that make immediates of immediates.
const FUNCTIONS: [&str; 5] = ["log2", "neg", "low4", "low5", "low6"];

/// Without `:b`, and whether it was there.
pub(crate) fn broadcast(word: &str) -> (&str, bool) {
    match word.strip_suffix(":b") {
        Some(word) => (word, true),
        None => (word, false),
    }
}

/// An operand that is no constant.
pub(crate) fn parse_operand(word: &str) -> Option<OperandKind> {
    let (first, rest) = word.split_at_checked(1)?;
    Some(match first {
        "d" => match rest.strip_prefix('=') {
            Some(leaf) => OperandKind::ResultTied(leaf.parse().ok()?),
            None => rest.is_empty().then_some(OperandKind::Result)?,
        },
        "t" => match rest.split_once('=') {
            Some((t, leaf)) => OperandKind::TemporaryTied(t.parse().ok()?, leaf.parse().ok()?),
            None => OperandKind::Temporary(rest.parse().ok()?),
        },
        "#" => parse_immediate(rest)?,
        "@" => match rest.strip_prefix('v') {
            Some(leaf) => OperandKind::Gathered(leaf.parse().ok()?),
            None => {
                let (leaf, broadcast) = broadcast(rest);
                OperandKind::Element {
                    index: leaf.parse().ok()?,
                    broadcast,
                }
            }
        },
        "[" => parse_address(rest.strip_suffix(']')?)?,
        "%" => OperandKind::Target {
            otherwise: match rest {
                "then" => false,
                "else" => true,
                _ => return None,
            },
        },
        _ => OperandKind::Leaf(word.parse().ok()?),
    })
}

/// `-1`, `0x80`, `log2:1`.
fn parse_immediate(text: &str) -> Option<OperandKind> {
    if let Some((function, leaf)) = text.split_once(':') {
        let function = FUNCTIONS.into_iter().find(|&known| known == function)?;
        return Some(OperandKind::Computed(function, leaf.parse().ok()?));
    }
    let value = match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok()?,
        None => text.parse().ok()?,
    };
    Some(OperandKind::Immediate(value))
}

/// `0`, `0+8`, `0+1*4`, `0+1*4+8`.
fn parse_address(text: &str) -> Option<OperandKind> {
    let mut terms = text.split('+').peekable();
    let base = terms.next()?.parse().ok()?;
    let mut index = None;
    if let Some((leaf, scale)) = terms.peek().and_then(|term| term.split_once('*')) {
        let scale = scale
            .parse()
            .ok()
            .filter(|scale| [1, 2, 4, 8].contains(scale))?;
        index = Some((leaf.parse().ok()?, scale));
        terms.next();
    }
    let offset = match terms.next() {
        Some(offset) => offset.parse().ok()?,
        None => 0,
    };
    terms.next().is_none().then_some(OperandKind::Address {
        base,
        index,
        offset,
    })
}
