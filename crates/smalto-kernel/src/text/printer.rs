//! From modules to text.

use crate::op::Immediate;
use crate::{
    BlockId, BufferId, Edge, Module, Op, Role, Routine, RoutineId, Table, TableId, Terminator,
    ValueId,
};
use std::fmt::{self, Display, Formatter};

impl Display for Module {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for table in &self.tables {
            first = false;
            writeln!(f, "{table}")?;
        }
        for routine in &self.routines {
            if !std::mem::take(&mut first) {
                writeln!(f)?;
            }
            Printer {
                module: self,
                routine,
            }
            .routine(f)?;
        }
        Ok(())
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "table {}: {} = [", self.name(), self.element())?;
        for index in 0..self.len() {
            let comma = if index == 0 { "" } else { ", " };
            let element = self.get(index).expect("within the table");
            write!(f, "{comma}{element}")?;
        }
        f.write_str("]")
    }
}

/// The line of an instruction, as the text of `module`, which `routine` is of, has it.
///
/// ```
/// use smalto_kernel::{BlockId, ValueId, parse, text};
/// let module = parse("func f width any -> v.f32 {\nparam a: v.f32\nblock 0:\n%b: v.f32 = neg %a\nreturn %b\n}")?;
/// let f = &module.routines()[0];
/// assert_eq!(text::line(&module, f, ValueId::new(1)), "%1: v.f32 = neg %a");
/// assert_eq!(text::last_line(&module, f, BlockId::new(0)), "return %1");
/// # Ok::<(), smalto_kernel::ParseError>(())
/// ```
pub fn line(module: &Module, routine: &Routine, value: ValueId) -> String {
    let printer = Printer { module, routine };
    let write = |f: &mut Formatter<'_>| printer.instruction(f, value);
    Shown(write).to_string()
}

/// The line of the jump, branch or return that ends a block.
pub fn last_line(module: &Module, routine: &Routine, block: BlockId) -> String {
    let printer = Printer { module, routine };
    let write = |f: &mut Formatter<'_>| printer.terminator(f, routine.terminator(block));
    Shown(write).to_string()
}

struct Shown<W>(W);

impl<W: Fn(&mut Formatter<'_>) -> fmt::Result> Display for Shown<W> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

/// The name of a value in the text of its routine: its number, or the name of
/// the parameter.
pub(crate) struct Named<'r>(pub(crate) &'r Routine, pub(crate) ValueId);

impl Display for Named<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.parameters.get(self.1.index()) {
            Some(name) => write!(f, "%{name}"),
            None => write!(f, "%{}", self.1.index()),
        }
    }
}

struct Printer<'m> {
    module: &'m Module,
    routine: &'m Routine,
}

impl Printer<'_> {
    fn routine(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let routine = self.routine;
        let keyword = match routine.role {
            Role::Kernel => "kernel",
            Role::Function => "func",
        };
        write!(f, "{keyword} {} width {}", routine.name, routine.width)?;
        if let Some(result) = routine.result {
            write!(f, " -> {result}")?;
        }
        writeln!(f, " {{")?;
        for buffer in &routine.buffers {
            let (name, element, access) = (&buffer.name, buffer.element, buffer.access);
            writeln!(f, "    buffer {name}: {element} {access}")?;
        }
        for (name, ty) in routine.parameters() {
            writeln!(f, "    param {name}: {ty}")?;
        }
        for block in routine.block_ids() {
            self.block(f, block)?;
        }
        writeln!(f, "}}")
    }

    fn block(&self, f: &mut Formatter<'_>, block: BlockId) -> fmt::Result {
        write!(f, "block {}", block.index())?;
        let parameters = self.routine.parameters_of(block);
        if block.index() > 0 && parameters.len() > 0 {
            list(f, ("(", ")"), parameters, |f, value| self.head(f, value))?;
        }
        writeln!(f, ":")?;
        for value in self.routine.instructions_in(block) {
            f.write_str("    ")?;
            self.instruction(f, value)?;
            writeln!(f)?;
        }
        f.write_str("    ")?;
        self.terminator(f, self.routine.terminator(block))?;
        writeln!(f)
    }

    /// `%3: v.f32`
    fn head(&self, f: &mut Formatter<'_>, value: ValueId) -> fmt::Result {
        write!(f, "{}", Named(self.routine, value))?;
        self.routine
            .ty(value)
            .map_or(Ok(()), |ty| write!(f, ": {ty}"))
    }

    fn instruction(&self, f: &mut Formatter<'_>, value: ValueId) -> fmt::Result {
        let routine = self.routine;
        if routine.ty(value).is_some() {
            self.head(f, value)?;
            f.write_str(" = ")?;
        }
        let op = routine.op(value);
        write!(f, "{op}")?;
        let operands = routine.operands(value);
        match op.row().immediate {
            Immediate::Nothing => self.operands(f, " ", operands),
            Immediate::Literal => match routine.literal(value) {
                Some(literal) => write!(f, " {literal}"),
                None => Ok(()),
            },
            Immediate::Component => {
                self.operands(f, " ", operands)?;
                write!(f, ", {}", routine.component_of(value).unwrap_or(0))
            }
            Immediate::Function => self.call(f, value),
            Immediate::Table => {
                let table = routine.table_of(value).expect("a lookup has a table");
                self.access(f, self.table_name(table), value)
            }
            Immediate::Buffer | Immediate::MaskedBuffer => {
                let buffer = routine.buffer_of(value).expect("an access has a buffer");
                self.access(f, self.buffer_name(buffer), value)
            }
        }
    }

    /// `x[%1], %2 if %3`
    fn access(&self, f: &mut Formatter<'_>, name: &str, value: ValueId) -> fmt::Result {
        write!(f, " {name}")?;
        let mask = self.routine.mask(value);
        let operands = self.routine.operands(value);
        let plain = &operands[..operands.len() - usize::from(mask.is_some())];
        if let Some((&index, others)) = plain.split_first() {
            write!(f, "[{}]", Named(self.routine, index))?;
            if !others.is_empty() {
                self.operands(f, ", ", others)?;
            }
        }
        mask.map_or(Ok(()), |mask| {
            write!(f, " if {}", Named(self.routine, mask))
        })
    }

    /// ` f(x, %1)`
    fn call(&self, f: &mut Formatter<'_>, value: ValueId) -> fmt::Result {
        let callee = self.routine.callee_of(value).expect("a call has a callee");
        write!(f, " {}(", self.routine_name(callee))?;
        let buffers = self.routine.buffers_passed(value);
        list(f, ("", ""), buffers, |f, &buffer| {
            f.write_str(self.buffer_name(buffer))
        })?;
        let operands = self.routine.operands(value);
        if !operands.is_empty() {
            self.operands(f, if buffers.is_empty() { "" } else { ", " }, operands)?;
        }
        f.write_str(")")
    }

    fn operands(&self, f: &mut Formatter<'_>, before: &str, operands: &[ValueId]) -> fmt::Result {
        if operands.is_empty() {
            return Ok(());
        }
        list(f, (before, ""), operands, |f, &value| {
            write!(f, "{}", Named(self.routine, value))
        })
    }

    fn terminator(&self, f: &mut Formatter<'_>, terminator: &Terminator) -> fmt::Result {
        let named = |value| Named(self.routine, value);
        match terminator {
            Terminator::Jump(edge) => {
                f.write_str("jump ")?;
                self.edge(f, edge)
            }
            Terminator::Branch {
                condition,
                then,
                otherwise,
            } => {
                write!(f, "branch {}, ", named(*condition))?;
                self.edge(f, then)?;
                f.write_str(", ")?;
                self.edge(f, otherwise)
            }
            Terminator::Return(None) => f.write_str("return"),
            Terminator::Return(Some(value)) => write!(f, "return {}", named(*value)),
        }
    }

    fn edge(&self, f: &mut Formatter<'_>, edge: &Edge) -> fmt::Result {
        write!(f, "{}", edge.target.index())?;
        match self.routine.arguments(edge) {
            [] => Ok(()),
            arguments => list(f, ("(", ")"), arguments, |f, &value| {
                write!(f, "{}", Named(self.routine, value))
            }),
        }
    }

    fn buffer_name(&self, id: BufferId) -> &str {
        self.routine.buffer(id).map_or("?", |buffer| &buffer.name)
    }

    fn table_name(&self, id: TableId) -> &str {
        self.module.tables.get(id.index()).map_or("?", Table::name)
    }

    fn routine_name(&self, id: RoutineId) -> &str {
        let found = self.module.routines.get(id.index());
        found.map_or("?", Routine::name)
    }
}

fn list<T>(
    f: &mut Formatter<'_>,
    (open, close): (&str, &str),
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    f.write_str(open)?;
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    f.write_str(close)
}

/// `%17 = add`, or `store` for what gives no value: how messages name an instruction.
pub(crate) struct Short<'r>(pub(crate) &'r Routine, pub(crate) ValueId);

impl Display for Short<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Short(routine, value) = *self;
        match (routine.op(value), routine.ty(value)) {
            (Op::Parameter, _) => write!(f, "parameter {}", Named(routine, value)),
            (op, Some(_)) => write!(f, "{} = {op}", Named(routine, value)),
            (op, None) => write!(f, "%{} ({op})", value.index()),
        }
    }
}
