//! Results as text, and as a NumPy file.

use crate::column::{Column, Number};
use crate::new_file::NewFile;
use crate::npy;
use crate::report::print;
use anyhow::{Context, bail};
use smalto::{Graph, Type};
use std::io::{Seek, SeekFrom, Write};
use std::ops::ControlFlow;

/// Prints one line a point, outputs separated by tabs.
pub(crate) fn print_lines<T: Number>(
    columns: &[Column<T>],
    points: usize,
) -> anyhow::Result<ControlFlow<()>> {
    let mut text = String::new();
    for point in 0..points {
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                text.push('\t');
            }
            column.print(point, &mut text);
        }
        text.push('\n');
    }
    print(&text)
}

/// A NumPy file of the results: of the shape of the inputs, or, if there are several
/// outputs, of a row of that shape for each.
pub(crate) struct NpyWriter {
    file: NewFile,
    /// Bytes before the numbers.
    start: u64,
    width: u64,
    /// Points of a row.
    points: u64,
    is_bool: bool,
    /// Where the file is about to be written.
    position: u64,
}

impl NpyWriter {
    pub(crate) fn new<T: Number>(
        mut file: NewFile,
        graph: &Graph,
        shape: &[u64],
        points: u64,
    ) -> anyhow::Result<NpyWriter> {
        let ty = common_type(graph)?;
        let width = match ty {
            Type::Real => size_of::<T>(),
            Type::I32 => 4,
            Type::I64 => 8,
            Type::Bool => 1,
        };
        let descr = match ty {
            Type::Real => format!("<f{width}"),
            Type::I32 | Type::I64 => format!("<i{width}"),
            Type::Bool => "|b1".into(),
        };
        let rows = match graph.outputs().len() {
            1 => None,
            rows => Some(rows as u64),
        };
        let shape: Vec<u64> = rows.into_iter().chain(shape.iter().copied()).collect();
        npy::points(&shape)
            .and_then(|elements| elements.checked_mul(width as u64))
            .filter(|&bytes| i64::try_from(bytes).is_ok())
            .with_context(|| format!("{} is no shape of a file", npy::shape_text(&shape)))?;
        let header = npy::header(&descr, &shape);
        file.write_all(&header)
            .map_err(|error| file.failed(error))?;
        Ok(NpyWriter {
            file,
            start: header.len() as u64,
            width: width as u64,
            points,
            is_bool: ty == Type::Bool,
            position: header.len() as u64,
        })
    }

    /// Writes the results at the points from `first` on.
    pub(crate) fn write<T: Number>(
        &mut self,
        columns: &[Column<T>],
        first: u64,
    ) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        for (row, column) in columns.iter().enumerate() {
            bytes.clear();
            match column {
                Column::Real(values) if self.is_bool => {
                    bytes.extend(values.iter().map(|value| u8::from(value.to_f64() != 0.0)));
                }
                Column::Real(values) => {
                    values
                        .iter()
                        .for_each(|value| value.append_le_bytes(&mut bytes));
                }
                Column::I32(values) => bytes.extend(values.iter().flat_map(|v| v.to_le_bytes())),
                Column::I64(values) => bytes.extend(values.iter().flat_map(|v| v.to_le_bytes())),
            }
            let at = self.start + (row as u64 * self.points + first) * self.width;
            self.write_at(&bytes, at)
                .map_err(|error| self.file.failed(error))?;
        }
        Ok(())
    }

    /// Moves only if it must, since a pipe cannot.
    fn write_at(&mut self, bytes: &[u8], at: u64) -> std::io::Result<()> {
        if at != self.position {
            self.file.seek(SeekFrom::Start(at))?;
        }
        self.position = at + bytes.len() as u64;
        self.file.write_all(bytes)
    }

    pub(crate) fn finish(self) -> anyhow::Result<()> {
        self.file.finish()
    }
}

/// The type of all outputs.
fn common_type(graph: &Graph) -> anyhow::Result<Type> {
    let mut outputs = graph
        .outputs()
        .iter()
        .map(|output| (&output.name, graph.ty(output.node)));
    let (first, ty) = outputs
        .next()
        .context("the formula has no output to write")?;
    match outputs.find(|&(_, other)| other != ty) {
        None => Ok(ty),
        Some((name, other)) => bail!(
            "output `{first}` is {ty} and `{name}` is {other}, but a file holds one type; \
             convert one, as in `real({name})`"
        ),
    }
}
