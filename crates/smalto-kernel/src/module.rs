//! A module: kernels, the functions they call, and constant tables.

use crate::{Lane, Literal, Routine, RoutineId, TableId};

/// A constant table that lookups read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    name: Box<str>,
    element: Lane,
    /// The elements as they lie in memory, little-endian.
    bytes: Vec<u8>,
}

impl Table {
    /// A table of `elements`.
    ///
    /// ```
    /// use smalto_kernel::{Literal, Table};
    /// let table = Table::new("t", [1.0f32, -2.0]);
    /// assert_eq!((table.len(), table.get(1)), (2, Some(Literal::from(-2.0f32))));
    /// assert_eq!(table.bytes(), [0, 0, 128, 63, 0, 0, 0, 192]);
    /// ```
    ///
    /// # Panics
    /// If there are no elements.
    pub fn new<T: Into<Literal>>(name: &str, elements: impl IntoIterator<Item = T>) -> Table {
        let mut elements = elements.into_iter().map(Into::into).peekable();
        let first = elements.peek().expect("a table has elements");
        let mut table = Table::empty(name, first.lane());
        elements.for_each(|element| table.push(element));
        table
    }

    pub(crate) fn empty(name: &str, element: Lane) -> Table {
        Table {
            name: name.into(),
            element,
            bytes: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, element: Literal) {
        assert_eq!(element.lane(), self.element, "a table has one element type");
        let bytes = element.bits().to_le_bytes();
        self.bytes.extend_from_slice(&bytes[..self.element.bytes()]);
    }

    /// Its name in the module.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the elements are.
    pub fn element(&self) -> Lane {
        self.element
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.bytes.len() / self.element.bytes()
    }

    /// Whether there are none: no table that lookups may use.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The elements as they lie in memory, little-endian.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The element at `index`.
    pub fn get(&self, index: usize) -> Option<Literal> {
        let size = self.element.bytes();
        let bytes = self.bytes.chunks_exact(size).nth(index)?;
        let mut word = [0; 8];
        word[..size].copy_from_slice(bytes);
        Some(Literal::from_bits(self.element, u64::from_le_bytes(word)))
    }
}

/// Kernels, the functions they call, and constant tables.
///
/// Its text is its [`Display`](std::fmt::Display) form; [`parse`](crate::parse) reads it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Module {
    pub(crate) tables: Vec<Table>,
    pub(crate) routines: Vec<Routine>,
}

impl Module {
    /// A module with nothing in it.
    pub fn new() -> Module {
        Module::default()
    }

    /// Adds a table.
    pub fn add_table(&mut self, table: Table) -> TableId {
        self.tables.push(table);
        TableId::new(self.tables.len() - 1)
    }

    /// Adds a routine. A function may be called by routines added before it, too.
    pub fn add(&mut self, routine: Routine) -> RoutineId {
        self.routines.push(routine);
        RoutineId::new(self.routines.len() - 1)
    }

    /// The tables, in order.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The kernels and functions, in order.
    pub fn routines(&self) -> &[Routine] {
        &self.routines
    }

    /// The routine `id` stands for.
    ///
    /// # Panics
    /// If `id` is of another module that has more.
    pub fn routine(&self, id: RoutineId) -> &Routine {
        &self.routines[id.index()]
    }

    /// The routine of this name.
    pub fn find(&self, name: &str) -> Option<RoutineId> {
        let index = self.routines.iter().position(|r| r.name() == name)?;
        Some(RoutineId::new(index))
    }

    /// Takes the routines out, so that their storage can be
    /// [reused](crate::Builder::reuse), and leaves an empty module.
    pub fn take_routines(&mut self) -> impl Iterator<Item = Routine> + '_ {
        self.tables.clear();
        self.routines.drain(..)
    }
}
