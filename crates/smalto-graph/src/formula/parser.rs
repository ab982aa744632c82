//! The parser: a cursor over the tokens and everything it knows so far.
//!
//! It is a recursive descent that builds the graph as it reads; there is no syntax
//! tree. [`statements`](super::statements) reads what a formula is made of,
//! [`expressions`](super::expressions) reads values. Recursion happens only in
//! [`Compiler::nested`], which bounds it.

use super::Parser;
use super::error::{Error, Outcome, quote};
use super::functions::{Function, Templates};
use super::lexer::{Kind, Lexer, Symbol, Token};
use super::scope::Scope;
use crate::{Graph, GraphError, NodeId, Op, Type};
use std::collections::HashMap;
use std::ops::Range;

/// How deeply expressions can be nested. A level takes less than 4 KiB of stack in
/// a debug build.
const DEEPEST: usize = 256;

/// A formula being read.
pub(super) struct Compiler<'s> {
    pub(super) settings: &'s Parser,
    pub(super) source: &'s str,
    lexer: Lexer<'s>,
    /// The token to be read next.
    pub(super) token: Token,
    /// Where the token before it ended.
    pub(super) previous_end: usize,
    pub(super) graph: Graph,
    pub(super) scope: Scope<'s>,
    pub(super) functions: HashMap<&'s str, Function<'s>>,
    pub(super) templates: Templates,
    /// The function whose body is being read.
    pub(super) defining: Option<&'s str>,
    /// Where each output was declared.
    pub(super) outputs: HashMap<&'s str, Range<usize>>,
    depth: usize,
    /// The number of nodes asked for, those that were already there included.
    spent: usize,
}

impl<'s> Compiler<'s> {
    pub(super) fn new(settings: &'s Parser, source: &'s str) -> Outcome<Compiler<'s>> {
        let mut lexer = Lexer::new(source);
        let token = lexer.next()?;
        Ok(Compiler {
            settings,
            source,
            lexer,
            token,
            previous_end: token.start,
            graph: Graph::new(),
            scope: Scope::default(),
            functions: HashMap::new(),
            templates: Templates::default(),
            defining: None,
            outputs: HashMap::new(),
            depth: 0,
            spent: 0,
        })
    }

    // -- tokens -----------------------------------------------------------

    /// Goes on to the next token and returns the one it leaves.
    pub(super) fn advance(&mut self) -> Outcome<Token> {
        let token = self.token;
        self.previous_end = token.end;
        self.token = self.lexer.next()?;
        Ok(token)
    }

    /// The token after the next one.
    pub(super) fn peek(&self) -> Outcome<Token> {
        self.lexer.clone().next()
    }

    pub(super) fn text(&self, token: Token) -> &'s str {
        &self.source[token.start..token.end]
    }

    /// Reads `symbol` if it is next.
    pub(super) fn accept(&mut self, symbol: Symbol) -> Outcome<bool> {
        let found = self.token.is(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Reads `symbol`, which must be next; `context` says where that is.
    pub(super) fn expect(&mut self, symbol: Symbol, context: &str) -> Outcome<Token> {
        if self.token.is(symbol) {
            return self.advance();
        }
        Err(self.unexpected(&format!("`{}` {context}", symbol.text())))
    }

    /// Reads the `close` of brackets that began at `open`.
    pub(super) fn expect_close(&mut self, close: Symbol, open: Token) -> Outcome<Token> {
        if self.token.is(close) {
            return self.advance();
        }
        let opened = format!("the `{}` it would close", self.text(open));
        Err(self
            .unexpected_after_value(&format!("`{}`", close.text()))
            .with_secondary(open.span(), opened))
    }

    /// Reads a name; `what` says whose.
    pub(super) fn expect_name(&mut self, what: &str) -> Outcome<(&'s str, Range<usize>)> {
        match self.token.kind {
            Kind::Name => {
                let token = self.advance()?;
                Ok((self.text(token), token.span()))
            }
            Kind::Keyword(_) | Kind::Constant(_) => {
                let word = quote(self.text(self.token));
                let message = format!("{word} cannot be the name of {what}");
                Err(Error::new(self.token.span(), message)
                    .with_help("it already has a meaning; choose another name"))
            }
            _ => Err(self.unexpected(&format!("the name of {what}"))),
        }
    }

    /// The next token is not what it should be.
    pub(super) fn unexpected(&self, expected: &str) -> Box<Error> {
        let found = match self.token.kind {
            Kind::End => "the end of the formula".into(),
            Kind::Keyword(_) => format!("the keyword {}", quote(self.text(self.token))),
            _ => quote(self.text(self.token)),
        };
        let message = format!("expected {expected}, found {found}");
        let error = Error::new(self.token.span(), message);
        let twice_star = self.source[..self.token.end].ends_with("**");
        match self.token.kind {
            Kind::Keyword(_) => {
                error.with_help("statements come before the final expression and end in `;`")
            }
            Kind::Symbol(Symbol::Star) if twice_star => {
                error.with_help("a power is written `a ^ b`")
            }
            _ => error,
        }
    }

    /// The next token is not what it should be, and not an operator either.
    pub(super) fn unexpected_after_value(&self, expected: &str) -> Box<Error> {
        let error = self.unexpected(expected);
        match self.token.kind {
            Kind::Name | Kind::Number | Kind::Constant(_) | Kind::Symbol(Symbol::OpenParen) => {
                error.with_help("to multiply, write `*`")
            }
            Kind::Symbol(Symbol::Equal) => error.with_help("equality is written `==`"),
            _ => error,
        }
    }

    // -- bounds -----------------------------------------------------------

    /// Reads something inside something else.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth == DEEPEST {
            let message = format!("the formula is nested more than {DEEPEST} deep here");
            return Err(Error::new(self.token.span(), message)
                .with_help("give inner parts a name with `let`"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Accounts for `nodes` nodes asked for by what is at `span`.
    pub(super) fn spend(
        &mut self,
        nodes: usize,
        span: impl FnOnce() -> Range<usize>,
    ) -> Outcome<()> {
        self.spent = self.spent.saturating_add(nodes);
        let limit = self.settings.node_limit;
        if self.spent <= limit && self.graph.len() <= limit {
            return Ok(());
        }
        let message = format!("the formula needs more than {limit} nodes");
        let help = "if that is meant, raise the limit with `Parser::with_node_limit`";
        Err(Error::new(span(), message).with_help(help))
    }

    // -- nodes ------------------------------------------------------------

    /// `op` applied to operands; the expression began at `start` and ends here.
    pub(super) fn apply(&mut self, op: Op, operands: &[NodeId], start: usize) -> Outcome<NodeId> {
        let span = start..self.previous_end;
        self.spend(1, || span.clone())?;
        self.graph
            .apply_converting(op, operands)
            .map_err(|error| misfit(span, &error))
    }
}

/// An error of the graph about the expression at `span`.
pub(super) fn misfit(span: Range<usize>, error: &GraphError) -> Box<Error> {
    let described = Error::new(span, error.to_string());
    let GraphError::Operands { op, found } = error else {
        return described;
    };
    let has = |ty: Type| found.contains(&ty);
    let has_integer = has(Type::I32) || has(Type::I64);
    let help = if op.arity() != found.len() {
        return described;
    } else if has_integer && matches!(op, Op::And | Op::Or | Op::Not) {
        "make a truth value of an integer by comparing it: `n != 0`"
    } else if has_integer {
        "convert operands with `real(..)`, `i32(..)` or `i64(..)`"
    } else {
        "convert to an integer with `i32(..)` or `i64(..)`"
    };
    described.with_help(help)
}
