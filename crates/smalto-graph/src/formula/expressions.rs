//! Expressions: Pratt's precedence parser over the tables of
//! [`operators`](super::operators).

use super::error::{Error, Outcome, quote};
use super::lexer::{Kind, Symbol, Token};
use super::library;
use super::number;
use super::operators::{CHOICE, INFIX, Infix, Level, PREFIX, PREFIXES};
use super::parser::{Compiler, misfit};
use super::scope::{Binding, Meaning};
use super::suggest::nearest;
use super::words::Keyword;
use crate::expr::remainder_op;
use crate::{NodeId, Op, TableId, Type, UserOp, Value};
use std::ops::Range;
use std::sync::Arc;

/// Names that other languages have for ops, and what they are called here.
const FOREIGN: [(&str, &str); 14] = [
    ("log", "`ln(x)`, `log2(x)` or `log10(x)`"),
    ("power", "`x ^ n`"),
    ("fmod", "`a % b`"),
    ("lerp", "`mix(a, b, t)`"),
    ("sgn", "`sign(x)`"),
    ("arcsin", "`asin(x)`"),
    ("arccos", "`acos(x)`"),
    ("arctan", "`atan(x)`"),
    ("arctan2", "`atan2(y, x)`"),
    ("frac", "`fract(x)`"),
    ("if", "`c ? a : b`"),
    ("float", "`real(n)`"),
    ("int", "`i32(x)` or `i64(x)`"),
    ("xor", "`bit_xor(a, b)`, or `a != b` for truth values"),
];

/// What is called.
pub(super) enum Callee<'s> {
    Op(Op),
    UserOp(&'s Arc<UserOp>),
    Function,
    Library(&'static library::Function),
}

/// What a call is given: values, and where they are written.
type Operands = Vec<(NodeId, Range<usize>)>;

impl<'s> Compiler<'s> {
    /// Reads an expression.
    pub(super) fn expression(&mut self) -> Outcome<NodeId> {
        self.expression_of(CHOICE)
    }

    /// Reads an expression that binds at least as tightly as `loosest`: operators
    /// looser than that are left to whoever asked.
    fn expression_of(&mut self, loosest: Level) -> Outcome<NodeId> {
        self.nested(|compiler| {
            let start = compiler.token.start;
            let mut value = compiler.operand()?;
            while let Some(infix) = compiler.infix_at_least(loosest) {
                value = compiler.combine(infix, value, start)?;
            }
            if loosest <= CHOICE && compiler.token.is(Symbol::Question) {
                value = compiler.choice(value, start)?;
            }
            Ok(value)
        })
    }

    /// The operator that is next, if it binds tightly enough.
    fn infix_at_least(&self, loosest: Level) -> Option<&'static Infix> {
        let Kind::Symbol(symbol) = self.token.kind else {
            return None;
        };
        INFIX
            .iter()
            .find(|infix| infix.symbol == symbol)
            .filter(|infix| infix.level >= loosest)
    }

    /// Reads the operator that is next and its right operand.
    fn combine(&mut self, infix: &Infix, left: NodeId, start: usize) -> Outcome<NodeId> {
        let operator = self.advance()?;
        let first = self.token;
        let right = self.expression_of(infix.right)?;
        if infix.is_non_associative() {
            self.check_unchained(infix.level, operator)?;
        }
        match infix.op {
            Op::Pow if self.is_literal_two(first, right) => self.apply(Op::Square, &[left], start),
            Op::Mod => self.apply(self.remainder(left, right), &[left, right], start),
            op => self.apply(op, &[left, right], start),
        }
    }

    /// That no operator of the same level follows one that does not associate.
    fn check_unchained(&self, level: Level, operator: Token) -> Outcome<()> {
        match self.infix_at_least(level) {
            Some(_) => Err(
                Error::new(self.token.span(), "comparisons cannot be chained")
                    .with_secondary(operator.span(), "after this one")
                    .with_help("write `a < b && b < c`"),
            ),
            None => Ok(()),
        }
    }

    /// Whether the expression just read, which began with `first`, is the number 2.
    fn is_literal_two(&self, first: Token, value: NodeId) -> bool {
        first.kind == Kind::Number
            && first.end == self.previous_end
            && self.graph.value(value) == Some(Value::Real(2.0))
    }

    /// What `%` means for these operands.
    fn remainder(&self, left: NodeId, right: NodeId) -> Op {
        let integral = [left, right]
            .into_iter()
            .map(|operand| remainder_op(self.graph.ty(operand)))
            .find(|&op| op == Op::Rem);
        integral.unwrap_or(Op::Mod)
    }

    /// `condition ? a : b`, of which the condition is read.
    fn choice(&mut self, condition: NodeId, start: usize) -> Outcome<NodeId> {
        let question = self.advance()?;
        let then = self.expression()?;
        if !self.token.is(Symbol::Colon) {
            return Err(self
                .unexpected_after_value("`:` and the other choice")
                .with_secondary(question.span(), "of this `?`"));
        }
        self.advance()?;
        let otherwise = self.expression()?;
        self.apply(Op::Select, &[condition, then, otherwise], start)
    }

    /// Reads what stands between operators, with the operators before it.
    fn operand(&mut self) -> Outcome<NodeId> {
        let start = self.token.start;
        let Some(op) = self.prefix() else {
            return self.atom();
        };
        self.advance()?;
        if op == Op::Neg && self.is_signed_literal()? {
            let value = self.literal(true)?;
            return Ok(self.graph.constant(value));
        }
        let operand = self.expression_of(PREFIX)?;
        self.apply(op, &[operand], start)
    }

    fn prefix(&self) -> Option<Op> {
        PREFIXES
            .into_iter()
            .find(|(symbol, _)| self.token.is(*symbol))
            .map(|(_, op)| op)
    }

    /// Whether the number that is next takes the minus before it as its sign, which
    /// it leaves alone in `-2^2`.
    fn is_signed_literal(&self) -> Outcome<bool> {
        let number = matches!(
            self.token.kind,
            Kind::Number | Kind::Constant(Value::Real(_))
        );
        Ok(number && !self.peek()?.is(Symbol::Caret))
    }

    /// Reads the number or named constant that is next.
    pub(super) fn literal(&mut self, negative: bool) -> Outcome<Value> {
        let token = self.advance()?;
        match token.kind {
            Kind::Constant(Value::Real(value)) if negative => Ok(Value::Real(-value)),
            Kind::Constant(value) => Ok(value),
            _ => number::read(self.text(token), negative).map_err(|problem| {
                let error = Error::new(token.span(), problem.message);
                match problem.help {
                    Some(help) => error.with_help(help),
                    None => error,
                }
            }),
        }
    }

    /// Reads a literal, something in brackets, a call, a lookup or a name.
    fn atom(&mut self) -> Outcome<NodeId> {
        match self.token.kind {
            Kind::Number | Kind::Constant(_) => {
                let value = self.literal(false)?;
                Ok(self.graph.constant(value))
            }
            Kind::Symbol(Symbol::OpenParen) => {
                let open = self.advance()?;
                let value = self.expression()?;
                self.expect_close(Symbol::CloseParen, open)?;
                Ok(value)
            }
            Kind::Symbol(Symbol::OpenBrace) => self.block(),
            Kind::Name => {
                let name = self.advance()?;
                match self.token.kind {
                    Kind::Symbol(Symbol::OpenParen) => self.call(name),
                    Kind::Symbol(Symbol::OpenBracket) => self.lookup(name),
                    _ => self.value(name),
                }
            }
            _ => Err(self.unexpected("an expression")),
        }
    }

    /// `{ let a = ..; e }`
    fn block(&mut self) -> Outcome<NodeId> {
        let open = self.advance()?;
        self.scope.open();
        while self.token.kind == Kind::Keyword(Keyword::Let) {
            self.advance()?;
            self.let_statement()?;
        }
        if matches!(self.token.kind, Kind::Keyword(_)) {
            return Err(self
                .unexpected("a `let` or the value of the block")
                .with_help("inside of `{ }` there are only `let`s and one expression"));
        }
        let value = self.expression()?;
        self.expect_close(Symbol::CloseBrace, open)?;
        self.scope.close();
        Ok(value)
    }

    fn value(&mut self, name: Token) -> Outcome<NodeId> {
        match self.meaning(self.text(name), name.span())? {
            Meaning::Value(node) => Ok(node),
            Meaning::Table(_) => {
                let shown = quote(self.text(name));
                Err(Error::new(name.span(), format!("{shown} is a table"))
                    .with_help("look up one of its elements: `name[i]`"))
            }
        }
    }

    /// `name[i]`
    fn lookup(&mut self, name: Token) -> Outcome<NodeId> {
        let table = self.table_named(name)?;
        let open = self.advance()?;
        let start = self.token.start;
        let index = self.expression()?;
        let span = start..self.previous_end;
        self.expect_close(Symbol::CloseBracket, open)?;
        self.spend(1, || span.clone())?;
        let index = self.graph.convert_implicitly(index, Type::I32);
        self.graph
            .lookup(table, index)
            .map_err(|error| misfit(span, &error).with_help("convert it with `i32(..)`"))
    }

    fn table_named(&self, name: Token) -> Outcome<TableId> {
        let word = self.text(name);
        let shown = quote(word);
        match self.scope.find(word) {
            Some(Binding {
                meaning: Meaning::Table(table),
                ..
            }) => Ok(*table),
            Some(Binding { span, origin, .. }) => {
                Err(Error::new(name.span(), format!("{shown} is no table"))
                    .with_secondary(span.clone(), origin.remark()))
            }
            None => Err(Error::new(name.span(), format!("unknown table {shown}"))
                .with_help("declare it with `table name = [1, 2];`")),
        }
    }

    // -- calls ------------------------------------------------------------

    /// `name(a, b)`
    fn call(&mut self, name: Token) -> Outcome<NodeId> {
        // Before the operands, so that the first mistake is the first one reported.
        let Some(callee) = self.callee(self.text(name)) else {
            return Err(self.unknown_function(name));
        };
        if let Callee::Library(function) = callee {
            return self.call_library(name, function);
        }
        let operands = self.operands()?;
        match callee {
            Callee::Library(_) => unreachable!("such calls are read by themselves"),
            Callee::Op(op) => {
                self.check_arity(name, op.arity(), &operands)?;
                let values: Vec<NodeId> = operands.iter().map(|(value, _)| *value).collect();
                self.apply(op, &values, name.start)
            }
            Callee::UserOp(op) => self.call_user_op(name, op, operands),
            Callee::Function => self.call_function(name, operands),
        }
    }

    /// What `name` means before `(`.
    pub(super) fn callee(&self, name: &str) -> Option<Callee<'s>> {
        let op = Op::from_name(name).map(Callee::Op);
        let user_op = || self.settings.user_ops.get(name).map(Callee::UserOp);
        let function = || {
            self.functions
                .contains_key(name)
                .then_some(Callee::Function)
        };
        let library = || {
            self.settings
                .library
                .get(name)
                .copied()
                .map(Callee::Library)
        };
        op.or_else(user_op).or_else(function).or_else(library)
    }

    fn call_user_op(
        &mut self,
        name: Token,
        op: &Arc<UserOp>,
        operands: Operands,
    ) -> Outcome<NodeId> {
        self.check_arity(name, op.arity(), &operands)?;
        let mut values = Vec::with_capacity(op.arity());
        for (position, operand) in operands.into_iter().enumerate() {
            let place = || format!("operand {}", position + 1);
            values.push(self.fit(op.name(), place, Type::Real, operand)?);
        }
        let span = name.start..self.previous_end;
        self.spend(1 + op.arity(), || span.clone())?;
        self.graph
            .call(op, &values)
            .map_err(|error| misfit(span, &error))
    }

    fn call_function(&mut self, name: Token, operands: Operands) -> Outcome<NodeId> {
        let word = self.text(name);
        self.check_arity(name, self.functions[word].parameters.len(), &operands)?;
        let mut values = Vec::with_capacity(operands.len());
        for (position, operand) in operands.into_iter().enumerate() {
            let parameter = self.functions[word].parameters[position];
            let place = || quote(parameter.name);
            values.push(self.fit(word, place, parameter.ty, operand)?);
        }
        let span = name.start..self.previous_end;
        self.spend(self.functions[word].template.len(), || span)?;
        Ok(self
            .templates
            .instantiate(&mut self.graph, &self.functions[word], &values))
    }

    /// An operand of `function` as a `wanted`, converted where a formula converts
    /// without being asked; `place` says which operand it is.
    pub(super) fn fit(
        &mut self,
        function: &str,
        place: impl FnOnce() -> String,
        wanted: Type,
        (operand, span): (NodeId, Range<usize>),
    ) -> Outcome<NodeId> {
        let converted = self.graph.convert_implicitly(operand, wanted);
        match self.graph.ty(converted) {
            found if found == wanted => Ok(converted),
            found => {
                let (function, place) = (quote(function), place());
                let message = format!("{function} takes {wanted} as {place}, not {found}");
                Err(Error::new(span, message).with_help(format!("convert it with `{wanted}(..)`")))
            }
        }
    }

    /// `(a, b)`
    fn operands(&mut self) -> Outcome<Operands> {
        let open = self.advance()?;
        let mut operands = Operands::new();
        while !self.token.is(Symbol::CloseParen) {
            let start = self.token.start;
            let value = self.expression()?;
            operands.push((value, start..self.previous_end));
            if !self.token.is(Symbol::CloseParen) && !self.accept(Symbol::Comma)? {
                return Err(self
                    .unexpected_after_value("`,` or `)`")
                    .with_secondary(open.span(), "in the operands that begin here"));
            }
        }
        self.advance()?;
        Ok(operands)
    }

    fn check_arity(&self, name: Token, arity: usize, operands: &Operands) -> Outcome<()> {
        let found = operands.len();
        if arity == found {
            return Ok(());
        }
        let plural = if arity == 1 { "" } else { "s" };
        let shown = quote(self.text(name));
        Err(Error::new(
            name.start..self.previous_end,
            format!("{shown} takes {arity} operand{plural}, not {found}"),
        ))
    }

    fn unknown_function(&self, name: Token) -> Box<Error> {
        let word = self.text(name);
        let shown = quote(word);
        let error = Error::new(name.span(), format!("unknown function {shown}"));
        if self.defining == Some(word) {
            return error.with_help("a function cannot call itself");
        }
        if let Some((_, here)) = FOREIGN.iter().find(|(foreign, _)| *foreign == word) {
            return error.with_help(format!("here it is {here}"));
        }
        if self.scope.find(word).is_some() || self.settings.variables.contains_key(word) {
            return error.with_help(format!("{shown} is a value; to multiply, write `*`"));
        }
        let ops = Op::ALL.iter().map(|op| op.name());
        let user_ops = self.settings.user_ops.keys().map(String::as_str);
        let functions = self.functions.keys().copied();
        let library = self.settings.library.keys().copied();
        let known = ops.chain(user_ops).chain(functions).chain(library);
        match nearest(word, known) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error,
        }
    }
}
