//! Types, elements and constant values.

use std::fmt;

/// The type of a graph node. It is part of the hash-cons key: the integer 1 and
/// the real 1 are different nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Type {
    /// A real number. It becomes an [`Element`] (f32 or f64) when the graph is compiled.
    Real,
    /// A 32-bit integer; arithmetic wraps.
    I32,
    /// A 64-bit integer; arithmetic wraps.
    I64,
    /// A truth value.
    Bool,
}

impl Type {
    /// Every type, in declaration order.
    pub const ALL: [Type; 4] = [Type::Real, Type::I32, Type::I64, Type::Bool];

    /// The name used in formulas and messages.
    pub fn name(self) -> &'static str {
        match self {
            Type::Real => "real",
            Type::I32 => "i32",
            Type::I64 => "i64",
            Type::Bool => "bool",
        }
    }

    /// The type with this name.
    pub fn from_name(name: &str) -> Option<Type> {
        Type::ALL.into_iter().find(|ty| ty.name() == name)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a real becomes when a graph is compiled. Constants are kept as f64
/// literals and rounded to the element once; passes fold in the element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Element {
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

impl Element {
    /// `value` rounded to this element, widened back to f64.
    pub fn round(self, value: f64) -> f64 {
        match self {
            Element::F32 => f64::from(value as f32),
            Element::F64 => value,
        }
    }

    /// `f32` or `f64`.
    pub fn name(self) -> &'static str {
        match self {
            Element::F32 => "f32",
            Element::F64 => "f64",
        }
    }
}

/// A constant.
///
/// Two values are equal when they have the same type and the same bits, except
/// that all NaNs are one value: -0.0 and 0.0 differ, NaN equals NaN.
///
/// ```
/// use smalto_graph::Value;
/// assert_ne!(Value::Real(0.0), Value::Real(-0.0));
/// assert_eq!(Value::Real(f64::NAN), Value::Real(-f64::NAN));
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// A real literal.
    Real(f64),
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A truth value.
    Bool(bool),
}

impl Value {
    /// The type of this value.
    pub fn ty(self) -> Type {
        match self {
            Value::Real(_) => Type::Real,
            Value::I32(_) => Type::I32,
            Value::I64(_) => Type::I64,
            Value::Bool(_) => Type::Bool,
        }
    }

    /// The value's bits, with every NaN mapped to the canonical one.
    pub fn bits(self) -> u64 {
        match self {
            Value::Real(v) if v.is_nan() => f64::NAN.to_bits(),
            Value::Real(v) => v.to_bits(),
            Value::I32(v) => v as u32 as u64,
            Value::I64(v) => v as u64,
            Value::Bool(v) => v as u64,
        }
    }

    /// The real number this is, if it is one.
    pub fn as_real(self) -> Option<f64> {
        match self {
            Value::Real(v) => Some(v),
            _ => None,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.ty() == other.ty() && self.bits() == other.bits()
    }
}

impl Eq for Value {}

impl std::hash::Hash for Value {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.ty(), self.bits()).hash(state);
    }
}

impl From<f64> for Value {
    fn from(v: f64) -> Self {
        Value::Real(v)
    }
}

impl From<i32> for Value {
    fn from(v: i32) -> Self {
        Value::I32(v)
    }
}

impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Value::I64(v)
    }
}

impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Value::Bool(v)
    }
}
