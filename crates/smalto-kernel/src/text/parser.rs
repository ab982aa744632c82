//! From text to modules.

use super::lexer::{Lexer, Offset, Token, is_identifier, place};
use crate::op::Immediate;
use crate::routine::{Block, BufferDeclaration, Edge, Instruction};
use crate::{
    Access, BlockId, BufferId, Lane, Literal, Module, Op, Role, Routine, RoutineId, Table, TableId,
    Terminator, ValueId, ValueType, Width,
};
use std::collections::HashMap;

/// Why a text is no module: where, what was found and what was expected.
///
/// ```
/// let error = smalto_kernel::parse("kernel k width 3 {").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 1, column 16: found `3`, expected a width: `any`, 1, 2, 4, 8, 16, 32 or 64"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
#[non_exhaustive]
pub struct ParseError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
}

/// An error before its line and column are counted.
struct Problem {
    at: Offset,
    message: String,
}

type Outcome<T> = Result<T, Problem>;

/// Reads the [text form](super) of a module. What it says is not checked for sense:
/// that is what [`verify`](crate::verify()) does.
///
/// # Errors
/// If the text does not follow the grammar, or uses a name that nothing has.
pub fn parse(text: &str) -> Result<Module, ParseError> {
    let located = |Problem { at, message }| {
        let (line, column) = place(text, at);
        ParseError {
            line,
            column,
            message,
        }
    };
    if u32::try_from(text.len()).is_err() {
        return Err(located(Problem {
            at: 0,
            message: "the text is longer than 4 GiB".into(),
        }));
    }
    let mut parser = Parser::new(text);
    parser.module().map_err(located)?;
    Ok(parser.module)
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    token: Token<'t>,
    at: Offset,
    module: Module,
    tables: HashMap<&'t str, TableId>,
    routines: HashMap<&'t str, RoutineId>,
    /// Calls whose function may not have been read yet.
    calls: Vec<Unresolved<'t>>,
}

struct Unresolved<'t> {
    caller: RoutineId,
    call: ValueId,
    name: &'t str,
    at: Offset,
}

/// What the words of the routine being read stand for.
struct Scope<'t> {
    id: RoutineId,
    routine: Routine,
    buffers: HashMap<&'t str, BufferId>,
    values: HashMap<&'t str, ValueId>,
    /// Blocks that were begun or jumped to. Edges name these until all are known.
    labels: HashMap<&'t str, BlockId>,
    label_states: Vec<LabelState<'t>>,
}

struct LabelState<'t> {
    name: &'t str,
    first_seen: Offset,
    block: Option<BlockId>,
}

impl<'t> Scope<'t> {
    fn new(id: RoutineId, routine: Routine) -> Scope<'t> {
        Scope {
            id,
            routine,
            buffers: HashMap::new(),
            values: HashMap::new(),
            labels: HashMap::new(),
            label_states: Vec::new(),
        }
    }

    fn label(&mut self, name: &'t str, at: Offset) -> BlockId {
        *self.labels.entry(name).or_insert_with(|| {
            self.label_states.push(LabelState {
                name,
                first_seen: at,
                block: None,
            });
            BlockId::new(self.label_states.len() - 1)
        })
    }

    fn define(&mut self, name: &'t str, at: Offset, value: ValueId) -> Outcome<()> {
        match self.values.insert(name, value) {
            None => Ok(()),
            Some(_) => Err(Problem {
                at,
                message: format!("{} is given twice", Token::Value(name)),
            }),
        }
    }

    /// Turns labels into the blocks they stand for.
    fn finish(mut self) -> Outcome<Routine> {
        for block in &mut self.routine.blocks {
            for edge in block.terminator.edges_mut() {
                let state = &self.label_states[edge.target.index()];
                edge.target = state.block.ok_or_else(|| Problem {
                    at: state.first_seen,
                    message: format!("there is no block {}", Token::Word(state.name)),
                })?;
            }
        }
        Ok(self.routine)
    }
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Parser<'t> {
        let mut lexer = Lexer::new(text);
        let (token, at) = lexer.token();
        Parser {
            lexer,
            token,
            at,
            module: Module::new(),
            tables: HashMap::new(),
            routines: HashMap::new(),
            calls: Vec::new(),
        }
    }

    // Tokens.

    fn advance(&mut self) {
        (self.token, self.at) = self.lexer.token();
    }

    fn problem<T>(&self, message: String) -> Outcome<T> {
        Err(Problem {
            at: self.at,
            message,
        })
    }

    fn expected<T>(&self, what: &str) -> Outcome<T> {
        self.problem(format!("found {}, expected {what}", self.token))
    }

    fn accept(&mut self, token: Token<'_>) -> bool {
        let found = self.token == token;
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, sign: char) -> Outcome<()> {
        match self.accept(Token::Sign(sign)) {
            true => Ok(()),
            false => self.expected(&format!("`{sign}`")),
        }
    }

    /// The last line of a text may lack its end.
    fn line_end(&mut self) -> Outcome<()> {
        if self.token == Token::End || self.accept(Token::LineEnd) {
            Ok(())
        } else {
            self.expected("the end of the line")
        }
    }

    fn word(&mut self, what: &str) -> Outcome<&'t str> {
        match self.token {
            Token::Word(word) => {
                self.advance();
                Ok(word)
            }
            _ => self.expected(what),
        }
    }

    fn name(&mut self, of: &str) -> Outcome<&'t str> {
        match self.token {
            Token::Word(word) if is_identifier(word) => {
                self.advance();
                Ok(word)
            }
            _ => self.expected(&format!("the name of a {of}")),
        }
    }

    /// One of `choices`, by name.
    fn choice<T: Copy>(&mut self, what: &str, find: impl FnOnce(&str) -> Option<T>) -> Outcome<T> {
        let found = match self.token {
            Token::Word(word) => find(word),
            _ => None,
        };
        match found {
            Some(found) => {
                self.advance();
                Ok(found)
            }
            None => self.expected(what),
        }
    }

    fn lane(&mut self) -> Outcome<Lane> {
        self.choice("a lane type, as in `f32`", Lane::from_name)
    }

    fn ty(&mut self) -> Outcome<ValueType> {
        self.choice("a type, as in `v.f32` or `u.i64x2`", |word| {
            word.parse().ok()
        })
    }

    /// `open item, item close`, where `item` is known to follow if `open` did.
    fn list(&mut self, close: char, mut item: impl FnMut(&mut Self) -> Outcome<()>) -> Outcome<()> {
        if self.accept(Token::Sign(close)) {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.accept(Token::Sign(close)) {
                return Ok(());
            }
            if !self.accept(Token::Sign(',')) {
                return self.expected(&format!("`,` or `{close}`"));
            }
        }
    }

    // Modules.

    fn module(&mut self) -> Outcome<()> {
        while self.token != Token::End {
            let role = match self.token {
                Token::Word("table") => None,
                Token::Word("kernel") => Some(Role::Kernel),
                Token::Word("func") => Some(Role::Function),
                _ => return self.expected("`table`, `kernel` or `func`"),
            };
            self.advance();
            match role {
                None => self.table()?,
                Some(role) => self.routine(role)?,
            }
        }
        self.resolve_calls()
    }

    fn resolve_calls(&mut self) -> Outcome<()> {
        for call in &self.calls {
            let callee = self.routines.get(call.name).ok_or_else(|| Problem {
                at: call.at,
                message: format!("there is no function {}", Token::Word(call.name)),
            })?;
            self.module.routines[call.caller.index()].set_callee(call.call, *callee);
        }
        Ok(())
    }

    fn table(&mut self) -> Outcome<()> {
        let at = self.at;
        let name = self.name("table")?;
        self.expect(':')?;
        let element = self.lane()?;
        self.expect('=')?;
        self.expect('[')?;
        let mut table = Table::empty(name, element);
        self.pass_line_ends();
        self.list(']', |parser| {
            parser.pass_line_ends();
            table.push(parser.literal(element)?);
            parser.pass_line_ends();
            Ok(())
        })?;
        let id = self.module.add_table(table);
        self.line_end()?;
        match self.tables.insert(name, id) {
            None => Ok(()),
            Some(_) => Err(twice(at, "table", name)),
        }
    }

    fn pass_line_ends(&mut self) {
        while self.accept(Token::LineEnd) {}
    }

    fn literal(&mut self, lane: Lane) -> Outcome<Literal> {
        let Token::Word(word) = self.token else {
            return self.expected(&format!("a value of type {lane}"));
        };
        match Literal::parse(lane, word) {
            Ok(literal) => {
                self.advance();
                Ok(literal)
            }
            Err(error) => self.problem(format!("found {}: {error}", self.token)),
        }
    }

    // Routines.

    fn routine(&mut self, role: Role) -> Outcome<()> {
        let at = self.at;
        let name = self.name(match role {
            Role::Kernel => "kernel",
            Role::Function => "function",
        })?;
        let id = RoutineId::new(self.module.routines.len());
        if self.routines.insert(name, id).is_some() {
            return Err(twice(at, "routine", name));
        }
        let width = self.width()?;
        let mut routine = Routine::empty(role, name, width);
        if self.accept(Token::Arrow) {
            routine.result = Some(self.ty()?);
        }
        self.expect('{')?;
        self.line_end()?;
        let mut scope = Scope::new(id, routine);
        self.declarations(&mut scope)?;
        while !self.accept(Token::Sign('}')) {
            self.block(&mut scope)?;
        }
        if scope.routine.blocks.is_empty() {
            return Err(Problem {
                at,
                message: format!("{} has no block", Token::Word(name)),
            });
        }
        self.line_end()?;
        self.module.routines.push(scope.finish()?);
        Ok(())
    }

    fn width(&mut self) -> Outcome<Width> {
        if !self.accept(Token::Word("width")) {
            return self.expected("`width`");
        }
        self.choice("a width: `any`, 1, 2, 4, 8, 16, 32 or 64", |word| {
            let width = match word {
                "any" => Width::Any,
                word => Width::Lanes(word.parse().ok()?),
            };
            width.is_valid().then_some(width)
        })
    }

    fn declarations(&mut self, scope: &mut Scope<'t>) -> Outcome<()> {
        loop {
            if self.accept(Token::Word("buffer")) {
                self.buffer(scope)?;
            } else if self.accept(Token::Word("param")) {
                self.parameter(scope)?;
            } else {
                return Ok(());
            }
            self.line_end()?;
        }
    }

    fn buffer(&mut self, scope: &mut Scope<'t>) -> Outcome<()> {
        let at = self.at;
        let name = self.name("buffer")?;
        self.expect(':')?;
        let element = self.lane()?;
        let access = self.choice("`read`, `write` or `readwrite`", |word| {
            Access::ALL.into_iter().find(|access| access.name() == word)
        })?;
        if scope.routine.buffers.len() == Routine::MAX_BUFFERS {
            return Err(Problem {
                at,
                message: "a routine has at most 255 buffers".into(),
            });
        }
        let id = BufferId::new(scope.routine.buffers.len());
        scope.routine.buffers.push(BufferDeclaration {
            name: name.into(),
            element,
            access,
        });
        match scope.buffers.insert(name, id) {
            None => Ok(()),
            Some(_) => Err(twice(at, "buffer", name)),
        }
    }

    fn parameter(&mut self, scope: &mut Scope<'t>) -> Outcome<()> {
        let at = self.at;
        let name = self.name("parameter")?;
        self.expect(':')?;
        let ty = self.ty()?;
        scope.routine.parameters.push(name.into());
        let instruction = Instruction::new(Op::Parameter, Some(ty), 0);
        let value = scope.routine.add(instruction);
        scope.define(name, at, value)
    }

    // Blocks.

    fn block(&mut self, scope: &mut Scope<'t>) -> Outcome<()> {
        if !self.accept(Token::Word("block")) {
            return self.expected(if scope.routine.blocks.is_empty() {
                "`buffer`, `param` or `block`"
            } else {
                "`block` or `}`"
            });
        }
        let is_entry = scope.routine.blocks.is_empty();
        let id = BlockId::new(scope.routine.blocks.len());
        let at = self.at;
        let name = self.word("the number or name of a block")?;
        let label = scope.label(name, at);
        let state = &mut scope.label_states[label.index()];
        if state.block.replace(id).is_some() {
            return Err(twice(at, "block", name));
        }
        let first = if is_entry { 0 } else { scope.routine.len() };
        let parameters_at = self.at;
        if self.accept(Token::Sign('(')) {
            self.list(')', |parser| parser.block_parameter(scope))?;
            if is_entry {
                return Err(Problem {
                    at: parameters_at,
                    message: "the first block has the parameters of the routine: write them \
                              as `param` lines"
                        .into(),
                });
            }
        }
        let parameters = scope.routine.len() - first;
        self.expect(':')?;
        self.line_end()?;
        let terminator = self.body(scope)?;
        self.line_end()?;
        scope.routine.blocks.push(Block {
            first: first as u32,
            parameters: parameters as u32,
            terminator,
        });
        Ok(())
    }

    fn block_parameter(&mut self, scope: &mut Scope<'t>) -> Outcome<()> {
        let (name, at) = self.value_name("a parameter, as in `%1: v.f32`")?;
        self.expect(':')?;
        let ty = self.ty()?;
        let instruction = Instruction::new(Op::Parameter, Some(ty), 0);
        let value = scope.routine.add(instruction);
        scope.define(name, at, value)
    }

    /// Instructions up to and with the terminator.
    fn body(&mut self, scope: &mut Scope<'t>) -> Outcome<Terminator> {
        loop {
            match self.token {
                Token::Word("jump") => {
                    self.advance();
                    return Ok(Terminator::Jump(self.edge(scope)?));
                }
                Token::Word("branch") => {
                    self.advance();
                    return self.branch(scope);
                }
                Token::Word("return") => {
                    self.advance();
                    let value = match self.token {
                        Token::Value(_) => Some(self.operand(scope)?),
                        _ => None,
                    };
                    return Ok(Terminator::Return(value));
                }
                Token::Word(_) | Token::Value(_) => self.instruction(scope)?,
                _ => return self.expected("an instruction, `jump`, `branch` or `return`"),
            }
            self.line_end()?;
        }
    }

    fn branch(&mut self, scope: &mut Scope<'t>) -> Outcome<Terminator> {
        let condition = self.operand(scope)?;
        self.expect(',')?;
        let then = self.edge(scope)?;
        self.expect(',')?;
        let otherwise = self.edge(scope)?;
        Ok(Terminator::Branch {
            condition,
            then,
            otherwise,
        })
    }

    fn edge(&mut self, scope: &mut Scope<'t>) -> Outcome<Edge> {
        let at = self.at;
        let name = self.word("the number or name of a block")?;
        let target = scope.label(name, at);
        let mut arguments = Vec::new();
        if self.accept(Token::Sign('(')) {
            self.list(')', |parser| {
                arguments.push(parser.operand(scope)?);
                Ok(())
            })?;
        }
        Ok(scope.routine.edge(target, &arguments))
    }

    // Instructions.

    fn value_name(&mut self, what: &str) -> Outcome<(&'t str, Offset)> {
        match self.token {
            Token::Value(name) if !name.is_empty() => {
                let at = self.at;
                self.advance();
                Ok((name, at))
            }
            _ => self.expected(what),
        }
    }

    fn operand(&mut self, scope: &Scope<'t>) -> Outcome<ValueId> {
        let (name, at) = self.value_name("a value, as in `%1`")?;
        scope.values.get(name).copied().ok_or_else(|| Problem {
            at,
            message: format!(
                "{} is not known: a value is given before it is used",
                Token::Value(name)
            ),
        })
    }

    fn instruction(&mut self, scope: &mut Scope<'t>) -> Outcome<()> {
        let mut result = None;
        let mut ty = None;
        if let Token::Value(_) = self.token {
            result = Some(self.value_name("a value")?);
            self.expect(':')?;
            ty = Some(self.ty()?);
            self.expect('=')?;
        }
        let at = self.at;
        let op = self.choice("an instruction", Op::from_name)?;
        let gives = op.row().result.is_some();
        let wrong = match op {
            Op::Parameter => Some("the parameters of a block are written after its name".into()),
            Op::Call => None,
            _ if gives && ty.is_none() => {
                Some(format!("{op} gives a value: write `%name: type = {op} ..`"))
            }
            _ if !gives && ty.is_some() => Some(format!("{op} gives no value")),
            _ => None,
        };
        if let Some(message) = wrong {
            return Err(Problem { at, message });
        }
        let value = self.rest_of(op, ty, scope)?;
        result.map_or(Ok(()), |(name, at)| scope.define(name, at, value))
    }

    fn rest_of(
        &mut self,
        op: Op,
        ty: Option<ValueType>,
        scope: &mut Scope<'t>,
    ) -> Outcome<ValueId> {
        let row = op.row();
        match row.immediate {
            Immediate::Literal => {
                let ty = ty.expect("a constant gives a value");
                let literal = self.literal(ty.lane())?;
                Ok(scope.routine.add(Instruction::constant(ty, literal.bits())))
            }
            Immediate::Function => self.call(ty, scope),
            Immediate::Nothing if op == Op::Tuple => {
                let mut operands = vec![self.operand(scope)?];
                while self.accept(Token::Sign(',')) {
                    operands.push(self.operand(scope)?);
                }
                let instruction = Instruction::new(op, ty, 0);
                Ok(scope.routine.add_variadic(instruction, &operands, &[]))
            }
            Immediate::Nothing => {
                let mut operands = Operands::default();
                self.operands(row.operands.len(), &mut operands, scope)?;
                Ok(scope.routine.add(operands.on(Instruction::new(op, ty, 0))))
            }
            Immediate::Component => {
                let tuple = self.operand(scope)?;
                self.expect(',')?;
                let component = self.choice("a component: 0 to 7", |word| {
                    word.parse::<u32>().ok().filter(|&component| component < 8)
                })?;
                let instruction = Instruction::new(op, ty, component).with_operands([tuple]);
                Ok(scope.routine.add(instruction))
            }
            Immediate::Table => {
                let table = *find(self, &self.tables, "table")?;
                self.advance();
                self.access(op, ty, table.0, scope)
            }
            Immediate::Buffer | Immediate::MaskedBuffer => {
                let buffer = *find(self, &scope.buffers, "buffer")?;
                self.advance();
                self.access(op, ty, buffer.0, scope)
            }
        }
    }

    /// `count` operands with commas between them.
    fn operands(
        &mut self,
        count: usize,
        operands: &mut Operands,
        scope: &Scope<'t>,
    ) -> Outcome<()> {
        for index in 0..count {
            if index > 0 {
                self.expect(',')?;
            }
            operands.push(self.operand(scope)?);
        }
        Ok(())
    }

    /// What comes after the name of a buffer or table.
    fn access(
        &mut self,
        op: Op,
        ty: Option<ValueType>,
        immediate: u32,
        scope: &mut Scope<'t>,
    ) -> Outcome<ValueId> {
        let row = op.row();
        let mut operands = Operands::default();
        if !row.operands.is_empty() {
            self.expect('[')?;
            operands.push(self.operand(scope)?);
            self.expect(']')?;
        }
        if row.operands.len() > 1 {
            self.expect(',')?;
            self.operands(row.operands.len() - 1, &mut operands, scope)?;
        }
        if row.immediate == Immediate::MaskedBuffer && self.accept(Token::Word("if")) {
            operands.push(self.operand(scope)?);
        }
        let instruction = Instruction::new(op, ty, immediate);
        Ok(scope.routine.add(operands.on(instruction)))
    }

    fn call(&mut self, ty: Option<ValueType>, scope: &mut Scope<'t>) -> Outcome<ValueId> {
        let at = self.at;
        let name = self.name("function")?;
        self.expect('(')?;
        let mut buffers = Vec::new();
        let mut operands = Vec::new();
        self.list(')', |parser| {
            if let (Token::Word(_), true) = (parser.token, operands.is_empty()) {
                buffers.push(*find(parser, &scope.buffers, "buffer")?);
                parser.advance();
            } else {
                operands.push(parser.operand(scope)?);
            }
            Ok(())
        })?;
        if buffers.len() > Routine::MAX_BUFFERS {
            return Err(Problem {
                at,
                message: "a call passes at most 255 buffers".into(),
            });
        }
        let instruction = Instruction::new(Op::Call, ty, 0);
        let call = scope.routine.add_variadic(instruction, &operands, &buffers);
        self.calls.push(Unresolved {
            caller: scope.id,
            call,
            name,
            at,
        });
        Ok(call)
    }
}

/// What the word that is next stands for.
fn find<'m, T>(parser: &Parser<'_>, names: &'m HashMap<&str, T>, kind: &str) -> Outcome<&'m T> {
    let Token::Word(word) = parser.token else {
        return parser.expected(&format!("the name of a {kind}"));
    };
    match names.get(word) {
        Some(found) => Ok(found),
        None => parser.problem(format!("there is no {kind} {}", parser.token)),
    }
}

fn twice(at: Offset, kind: &str, name: &str) -> Problem {
    Problem {
        at,
        message: format!("there is a {kind} {} already", Token::Word(name)),
    }
}

/// Up to three operands.
#[derive(Default)]
struct Operands {
    values: [Option<ValueId>; 3],
}

impl Operands {
    fn push(&mut self, value: ValueId) {
        let free = self.values.iter_mut().find(|place| place.is_none());
        *free.expect("no row has more than three operands") = Some(value);
    }

    fn on(self, instruction: Instruction) -> Instruction {
        match self.values {
            [Some(a), Some(b), Some(c)] => instruction.with_operands([a, b, c]),
            [Some(a), Some(b), None] => instruction.with_operands([a, b]),
            [Some(a), ..] => instruction.with_operands([a]),
            _ => instruction,
        }
    }
}
