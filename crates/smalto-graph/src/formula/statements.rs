//! What a formula is made of: statements, then at most one final expression.

use super::error::{Error, Outcome, quote};
use super::expressions::Callee;
use super::functions::{Function, Parameter};
use super::lexer::{Kind, Symbol};
use super::number;
use super::parser::{Compiler, misfit};
use super::scope::{Meaning, Origin};
use super::suggest::nearest;
use super::words::Keyword;
use crate::{Graph, NodeId, Table, Type, Value};
use std::ops::Range;

impl<'s> Compiler<'s> {
    /// Reads the whole formula.
    pub(super) fn formula(mut self) -> Outcome<Graph> {
        if self.token.kind == Kind::End {
            return Err(Error::new(self.token.span(), "the formula is empty")
                .with_help("write an expression such as `sqrt(x^2 + y^2) - 1`"));
        }
        while let Kind::Keyword(keyword) = self.token.kind {
            self.statement(keyword)?;
        }
        if self.token.kind != Kind::End {
            self.final_expression()?;
        }
        Ok(self.templates.leave_behind(self.graph))
    }

    fn final_expression(&mut self) -> Outcome<()> {
        let start = self.token.start;
        let value = self.expression()?;
        match self.token.kind {
            Kind::End => self.output("", value, start..self.previous_end),
            Kind::Symbol(Symbol::Semicolon) => {
                Err(self.unexpected("the end of the formula").with_help(
                    "the final expression has no `;`; write `output name = ..;` for a named one",
                ))
            }
            _ => Err(self.unexpected_after_value("an operator or the end of the formula")),
        }
    }

    fn statement(&mut self, keyword: Keyword) -> Outcome<()> {
        self.advance()?;
        match keyword {
            Keyword::Input => self.input_statement(),
            Keyword::Let => self.let_statement(),
            Keyword::Fn => self.fn_statement(),
            Keyword::Table => self.table_statement(),
            Keyword::Output => self.output_statement(),
        }
    }

    fn end_of_statement(&mut self, what: &str) -> Outcome<()> {
        if self.accept(Symbol::Semicolon)? {
            return Ok(());
        }
        Err(self.unexpected_after_value(&format!("`;` at the end of this `{what}`")))
    }

    /// `input x, y, n: i32;`
    fn input_statement(&mut self) -> Outcome<()> {
        if self.accept(Symbol::Semicolon)? {
            return Ok(());
        }
        loop {
            let (name, span) = self.expect_name("an input")?;
            let (ty, ty_span) = self.optional_type()?;
            if ty == Type::Bool {
                return Err(Error::new(ty_span, "an input cannot be a bool")
                    .with_help("take an i32 and compare it: `n != 0`"));
            }
            self.spend(1, || span.clone())?;
            self.check_undeclared(name, &span)?;
            let node = self
                .graph
                .variable(name, ty)
                .map_err(|error| misfit(span.clone(), &error))?;
            self.declare(name, Meaning::Value(node), Origin::Input, span)?;
            if !self.accept(Symbol::Comma)? {
                break;
            }
        }
        self.end_of_statement("input")
    }

    /// `: type`, or nothing, which means real.
    fn optional_type(&mut self) -> Outcome<(Type, Range<usize>)> {
        if !self.accept(Symbol::Colon)? {
            return Ok((Type::Real, self.token.span()));
        }
        let span = self.token.span();
        if self.token.kind != Kind::Name {
            return Err(self.unexpected("a type"));
        }
        let token = self.advance()?;
        match Type::from_name(self.text(token)) {
            Some(ty) => Ok((ty, span)),
            None => {
                let shown = quote(self.text(token));
                Err(Error::new(span, format!("{shown} is no type"))
                    .with_help("the types are real, i32, i64 and bool"))
            }
        }
    }

    /// `let a = e;`, at the top or in a block.
    pub(super) fn let_statement(&mut self) -> Outcome<()> {
        let (name, span) = self.expect_name("a value")?;
        self.expect(Symbol::Equal, "after the name")?;
        let value = self.expression()?;
        self.declare(name, Meaning::Value(value), Origin::Let, span)?;
        self.end_of_statement("let")
    }

    /// `fn f(a, n: i32) = e;`
    fn fn_statement(&mut self) -> Outcome<()> {
        let (name, span) = self.expect_name("a function")?;
        self.check_new_function(name, &span)?;
        self.defining = Some(name);
        self.templates.open_body(&self.graph);
        self.scope.open();
        let parameters = self.parameters()?;
        self.expect(Symbol::Equal, "after the parameters")?;
        let result = self.expression()?;
        self.scope.close();
        let template = self.templates.close_body(&self.graph, result);
        self.defining = None;
        self.spend(template.len(), || span.clone())?;
        let function = Function {
            parameters,
            result,
            template,
            span,
        };
        self.functions.insert(name, function);
        self.end_of_statement("fn")
    }

    fn check_new_function(&self, name: &str, span: &Range<usize>) -> Outcome<()> {
        let shown = quote(name);
        if let Some(known) = self.functions.get(name) {
            let message = format!("there already is a function {shown}");
            return Err(Error::new(span.clone(), message)
                .with_secondary(known.span.clone(), "defined here"));
        }
        let is_taken = |callee| !matches!(callee, Callee::Library(_));
        if self.callee(name).is_some_and(is_taken) {
            let message = format!("{shown} is an operation and cannot be defined again");
            return Err(Error::new(span.clone(), message).with_help("choose another name"));
        }
        Ok(())
    }

    /// `(a, n: i32)`; declares the names.
    fn parameters(&mut self) -> Outcome<Vec<Parameter<'s>>> {
        let open = self.expect(Symbol::OpenParen, "before the parameters")?;
        let mut parameters = Vec::new();
        while !self.token.is(Symbol::CloseParen) {
            let (name, span) = self.expect_name("a parameter")?;
            let (ty, _) = self.optional_type()?;
            self.spend(1, || span.clone())?;
            let placeholder = self.graph.placeholder(ty, parameters.len() as u32);
            self.declare(name, Meaning::Value(placeholder), Origin::Parameter, span)?;
            parameters.push(Parameter {
                name,
                ty,
                placeholder,
            });
            if !self.accept(Symbol::Comma)? {
                break;
            }
        }
        self.expect_close(Symbol::CloseParen, open)?;
        Ok(parameters)
    }

    /// `table name = [1, 2];` or `table name: i32 = [1, 2];`
    fn table_statement(&mut self) -> Outcome<()> {
        let (name, span) = self.expect_name("a table")?;
        let (ty, ty_span) = self.optional_type()?;
        if !matches!(ty, Type::Real | Type::I32) {
            let message = format!("a table holds real or i32, not {ty}");
            return Err(Error::new(ty_span, message));
        }
        self.expect(Symbol::Equal, "after the name")?;
        let table = self.table(ty)?;
        let id = self.graph.table(table);
        self.declare(name, Meaning::Table(id), Origin::Table, span)?;
        self.end_of_statement("table")
    }

    fn table(&mut self, ty: Type) -> Outcome<Table> {
        let open = self.expect(Symbol::OpenBracket, "before the elements")?;
        let (mut reals, mut integers) = (Vec::new(), Vec::new());
        while !self.token.is(Symbol::CloseBracket) {
            match self.element(ty)? {
                Value::I32(integer) => integers.push(integer),
                Value::Real(real) => reals.push(real),
                Value::I64(_) | Value::Bool(_) => unreachable!("an element is a real or an i32"),
            }
            if !self.accept(Symbol::Comma)? {
                break;
            }
        }
        let close = self.expect_close(Symbol::CloseBracket, open)?;
        let table = match ty {
            Type::I32 => Table::i32(integers),
            _ => Table::real(reals),
        };
        table.map_err(|error| misfit(open.start..close.end, &error))
    }

    /// A number of type `ty`, maybe with a minus sign.
    fn element(&mut self, ty: Type) -> Outcome<Value> {
        let start = self.token.start;
        let negative = self.accept(Symbol::Minus)?;
        let value = match self.token.kind {
            Kind::Number | Kind::Constant(Value::Real(_)) => self.literal(negative)?,
            _ => return Err(self.unexpected("a number")),
        };
        match (value, ty) {
            (Value::Real(_), Type::Real) | (Value::I32(_), Type::I32) => Ok(value),
            (Value::Real(real), Type::I32) if f64::from(real as i32) == real => {
                Ok(Value::I32(real as i32))
            }
            _ => Err(Error::new(
                start..self.previous_end,
                format!("{} is no element of a table of {ty}", number::print(value)),
            )),
        }
    }

    /// `output name = e;` or `output = e;`
    fn output_statement(&mut self) -> Outcome<()> {
        let keyword = self.previous_end - "output".len()..self.previous_end;
        let (name, span) = if self.token.is(Symbol::Equal) {
            ("", keyword)
        } else {
            self.expect_name("an output")?
        };
        self.expect(Symbol::Equal, "after the name")?;
        let value = self.expression()?;
        self.output(name, value, span)?;
        self.end_of_statement("output")
    }

    fn output(&mut self, name: &'s str, value: NodeId, span: Range<usize>) -> Outcome<()> {
        if let Some(first) = self.outputs.insert(name, span.clone()) {
            let message = match name {
                "" => "there already is an unnamed output".into(),
                name => format!("there already is an output {}", quote(name)),
            };
            return Err(Error::new(span, message).with_secondary(first, "the first one"));
        }
        self.graph
            .output(name, value)
            .map_err(|error| misfit(span, &error))
    }

    // -- names ------------------------------------------------------------

    /// Gives `name` a meaning in the innermost block.
    fn declare(
        &mut self,
        name: &'s str,
        meaning: Meaning,
        origin: Origin,
        span: Range<usize>,
    ) -> Outcome<()> {
        self.scope
            .declare(name, meaning, origin, span.clone())
            .map_err(|known| declared_twice(name, span, known.origin, known.span))
    }

    /// Whether `name` is free at the top of the formula.
    fn check_undeclared(&self, name: &str, span: &Range<usize>) -> Outcome<()> {
        match self.scope.find(name) {
            Some(known) => Err(declared_twice(
                name,
                span.clone(),
                known.origin,
                known.span.clone(),
            )),
            None => Ok(()),
        }
    }

    /// What `name`, which stands for a value, means.
    pub(super) fn meaning(&mut self, name: &'s str, span: Range<usize>) -> Outcome<Meaning> {
        if let Some(binding) = self.scope.find(name) {
            return Ok(binding.meaning);
        }
        let Some(&ty) = self.settings.variables.get(name) else {
            return Err(self.unknown_value(name, span));
        };
        self.spend(1, || span.clone())?;
        let node = self
            .graph
            .variable(name, ty)
            .map_err(|error| misfit(span.clone(), &error))?;
        self.scope.declare_implicit(name, node, span);
        Ok(Meaning::Value(node))
    }

    fn unknown_value(&self, name: &str, span: Range<usize>) -> Box<Error> {
        let shown = quote(name);
        let error = Error::new(span, format!("unknown name {shown}"));
        if self.callee(name).is_some() {
            return error.with_help(format!("{shown} is a function; call it: `{name}(..)`"));
        }
        if let Some(output) = self.outputs.get(name) {
            return error
                .with_secondary(output.clone(), "an output cannot be read")
                .with_help("give the value a name with `let` first");
        }
        let implicit = self.settings.variables.keys().map(String::as_str);
        match nearest(name, self.scope.names().chain(implicit)) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error.with_help(format!(
                "declare an input with `input {};`",
                abbreviate(name)
            )),
        }
    }
}

/// `name`, or a stand-in if it is too long for a message.
fn abbreviate(name: &str) -> &str {
    if name.len() <= 40 { name } else { "name" }
}

fn declared_twice(
    name: &str,
    span: Range<usize>,
    first: Origin,
    first_span: Range<usize>,
) -> Box<Error> {
    Error::new(span, format!("{} is already declared", quote(name)))
        .with_secondary(first_span, first.remark())
        .with_help("choose another name")
}
