//! Calls of [library functions](super::library): operands in order, then options by name.

use super::error::{Error, Outcome, quote};
use super::lexer::{Kind, Symbol, Token};
use super::library::{Argument, Arguments, Function, OptionKind, OptionRow};
use super::parser::Compiler;
use super::suggest::nearest;
use crate::{GraphBuilder, NodeId, Type, Value};
use std::ops::Range;

/// What a call gives: options where it named them.
struct Given {
    operands: Vec<NodeId>,
    options: Vec<Option<(Argument, Range<usize>)>>,
}

impl<'s> Compiler<'s> {
    /// `(x, y, seed = 3)` after the name of a library function.
    pub(super) fn call_library(
        &mut self,
        name: Token,
        function: &'static Function,
    ) -> Outcome<NodeId> {
        let given = self.library_arguments(name, function)?;
        let span = name.start..self.previous_end;
        self.check_operand_count(&span, function, given.operands.len())?;
        let options: Vec<Argument> = function
            .options
            .iter()
            .zip(given.options)
            .map(|(row, given)| given.map_or_else(|| self.usual(row), |(argument, _)| argument))
            .collect();
        let (built, applied) = GraphBuilder::scope(&mut self.graph, |builder| {
            let operands = given.operands.iter().map(|&id| builder.expr(id)).collect();
            let arguments = Arguments {
                builder,
                operands,
                rows: function.options,
                options,
            };
            let built = (function.build)(&arguments);
            (built.map(|expr| expr.id()), builder.applied())
        });
        self.spend(applied, || span.clone())?;
        built.map_err(|problem| Error::new(span, format!("{}: {problem}", quote(function.name))))
    }

    /// Reads everything in the parentheses.
    fn library_arguments(&mut self, name: Token, function: &'static Function) -> Outcome<Given> {
        let open = self.advance()?;
        let mut given = Given {
            operands: Vec::new(),
            options: vec![None; function.options.len()],
        };
        let mut named = None;
        while !self.token.is(Symbol::CloseParen) {
            let first = self.token;
            if first.kind == Kind::Name && self.peek()?.is(Symbol::Equal) {
                named = Some(first);
                self.named_option(function, &mut given)?;
            } else {
                let value = self.expression()?;
                let span = first.start..self.previous_end;
                if let Some(named) = named {
                    let message = "operands come before the options that are given by name";
                    return Err(Error::new(span, message)
                        .with_secondary(named.span(), "this option is already given"));
                }
                let place = || match function.operands.get(given.operands.len()) {
                    Some(operand) => quote(operand),
                    None => "operand".into(),
                };
                let value = self.fit(function.name, place, Type::Real, (value, span))?;
                given.operands.push(value);
            }
            if !self.token.is(Symbol::CloseParen) && !self.accept(Symbol::Comma)? {
                let called = format!("in the call of {} that begins here", self.text(name));
                return Err(self
                    .unexpected_after_value("`,` or `)`")
                    .with_secondary(open.span(), called));
            }
        }
        self.advance()?;
        Ok(given)
    }

    /// `name = value`
    fn named_option(&mut self, function: &'static Function, given: &mut Given) -> Outcome<()> {
        let name = self.advance()?;
        self.advance()?;
        let word = self.text(name);
        let Some(at) = function.options.iter().position(|row| row.name == word) else {
            return Err(unknown_option(function, word, name.span()));
        };
        if let Some((_, first)) = &given.options[at] {
            let message = format!("{} is given twice", quote(word));
            return Err(Error::new(name.span(), message)
                .with_secondary(first.clone(), "it is first given here"));
        }
        let start = self.token.start;
        let argument = self.option_value(function, &function.options[at])?;
        given.options[at] = Some((argument, start..self.previous_end));
        Ok(())
    }

    fn option_value(&mut self, function: &Function, row: &OptionRow) -> Outcome<Argument> {
        let start = self.token.start;
        match row.kind {
            OptionKind::Word(words) => self.option_word(row, words),
            OptionKind::Count { least, most, .. } => {
                let value = self.expression()?;
                let number = match self.graph.value(value) {
                    Some(Value::Real(number)) => Some(number),
                    Some(Value::I32(number)) => Some(f64::from(number)),
                    _ => None,
                };
                match number {
                    Some(n)
                        if n >= f64::from(least) && n <= f64::from(most) && n.fract() == 0.0 =>
                    {
                        Ok(Argument::Count(n as u32))
                    }
                    _ => {
                        let shown = quote(row.name);
                        let message = format!(
                            "{shown} is a whole number from {least} to {most}, written out"
                        );
                        Err(Error::new(start..self.previous_end, message))
                    }
                }
            }
            OptionKind::Real(_) | OptionKind::Integer(_) => {
                let wanted = match row.kind {
                    OptionKind::Real(_) => Type::Real,
                    _ => Type::I32,
                };
                let value = self.expression()?;
                let span = start..self.previous_end;
                let place = || quote(row.name);
                let value = self.fit(function.name, place, wanted, (value, span))?;
                Ok(Argument::Value(value))
            }
        }
    }

    fn option_word(
        &mut self,
        row: &OptionRow,
        words: &'static [&'static str],
    ) -> Outcome<Argument> {
        let token = self.advance()?;
        let text = self.text(token);
        match words.iter().find(|&&word| word == text) {
            Some(word) if token.kind == Kind::Name => Ok(Argument::Word(word)),
            _ => {
                let message = format!("{} is one of: {}", quote(row.name), words.join(", "));
                let error = Error::new(token.span(), message);
                Err(match nearest(text, words.iter().copied()) {
                    Some(near) => error.with_help(format!("did you mean `{near}`?")),
                    None => error,
                })
            }
        }
    }

    /// What an option is that was not given.
    fn usual(&mut self, row: &OptionRow) -> Argument {
        match row.kind {
            OptionKind::Real(usual) => Argument::Value(self.graph.constant(usual)),
            OptionKind::Integer(usual) => Argument::Value(self.graph.constant(usual)),
            OptionKind::Count { usual, .. } => Argument::Count(usual),
            OptionKind::Word(words) => Argument::Word(words[0]),
        }
    }

    fn check_operand_count(
        &self,
        span: &Range<usize>,
        function: &Function,
        found: usize,
    ) -> Outcome<()> {
        let (least, most) = (function.required, function.operands.len());
        if (least..=most).contains(&found) {
            return Ok(());
        }
        let wanted = match least == most {
            true => format!("{most} operand{}", if most == 1 { "" } else { "s" }),
            false => format!("{least} to {most} operands"),
        };
        let message = format!("{} takes {wanted}, not {found}", quote(function.name));
        Err(Error::new(span.clone(), message).with_help(format!("it is `{function}`")))
    }
}

fn unknown_option(function: &Function, word: &str, span: Range<usize>) -> Box<Error> {
    let message = format!("{} has no option {}", quote(function.name), quote(word));
    let error = Error::new(span, message);
    let names = || function.options.iter().map(|row| row.name);
    match nearest(word, names()) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None if function.options.is_empty() => error.with_help("it has no options at all"),
        None => {
            let all: Vec<&str> = names().collect();
            error.with_help(format!("its options are: {}", all.join(", ")))
        }
    }
}
