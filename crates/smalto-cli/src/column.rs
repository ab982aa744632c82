//! A number for each of some points: what an input gives or an output takes.

use smalto::{Input, Output, Real, Type};
use std::fmt::{self, Write};

/// f32 and f64 as terminals and files want them.
pub(crate) trait Number: Real + fmt::Display + fmt::LowerExp {
    fn from_integer(value: i128) -> Self;
    fn append_le_bytes(self, to: &mut Vec<u8>);
}

impl Number for f32 {
    fn from_integer(value: i128) -> f32 {
        value as f32
    }

    fn append_le_bytes(self, to: &mut Vec<u8>) {
        to.extend(self.to_le_bytes());
    }
}

impl Number for f64 {
    fn from_integer(value: i128) -> f64 {
        value as f64
    }

    fn append_le_bytes(self, to: &mut Vec<u8>) {
        to.extend(self.to_le_bytes());
    }
}

/// Values of one type; those of a bool are the reals 0 and 1.
pub(crate) enum Column<T> {
    Real(Vec<T>),
    I32(Vec<i32>),
    I64(Vec<i64>),
}

impl<T: Number> Column<T> {
    /// Zeros.
    pub(crate) fn new(ty: Type, length: usize) -> Column<T> {
        match ty {
            Type::I32 => Column::I32(vec![0; length]),
            Type::I64 => Column::I64(vec![0; length]),
            Type::Real | Type::Bool => Column::Real(vec![T::default(); length]),
        }
    }

    /// Makes it as long as that, with any values.
    pub(crate) fn resize(&mut self, length: usize) {
        match self {
            Column::Real(values) => values.resize(length, T::default()),
            Column::I32(values) => values.resize(length, 0),
            Column::I64(values) => values.resize(length, 0),
        }
    }

    pub(crate) fn as_input(&self) -> Input<'_, T> {
        match self {
            Column::Real(values) => Input::Slice(values),
            Column::I32(values) => Input::I32(values),
            Column::I64(values) => Input::I64(values),
        }
    }

    /// The first value, for all points.
    pub(crate) fn as_scalar(&self) -> Input<'_, T> {
        match self {
            Column::Real(values) => Input::Scalar(values[0]),
            Column::I32(values) => Input::ScalarI32(values[0]),
            Column::I64(values) => Input::ScalarI64(values[0]),
        }
    }

    pub(crate) fn as_output(&mut self) -> Output<'_, T> {
        match self {
            Column::Real(values) => Output::Slice(values),
            Column::I32(values) => Output::I32(values),
            Column::I64(values) => Output::I64(values),
        }
    }

    /// Prints one value, as the shortest text that reads back as it.
    pub(crate) fn print(&self, index: usize, to: &mut String) {
        let printed = match self {
            Column::Real(values) => print_real(values[index], to),
            Column::I32(values) => write!(to, "{}", values[index]),
            Column::I64(values) => write!(to, "{}", values[index]),
        };
        printed.expect("a string takes any text");
    }
}

/// With an exponent where the plain form would be mostly zeros.
fn print_real<T: Number>(value: T, to: &mut String) -> fmt::Result {
    let magnitude = value.to_f64().abs();
    if magnitude.is_nan() {
        write!(to, "nan")
    } else if magnitude != 0.0 && magnitude.is_finite() && !(1e-5..1e16).contains(&magnitude) {
        write!(to, "{value:e}")
    } else {
        write!(to, "{value}")
    }
}
