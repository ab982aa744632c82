//! The words that cannot be names: keywords and named constants.

use crate::Value;
use std::f64::consts;

macro_rules! keywords {
    ($($text:literal $variant:ident),* $(,)?) => {
        /// A word that starts a statement.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Keyword {
            $($variant),*
        }

        /// The keyword spelt `word`.
        pub(super) fn keyword(word: &str) -> Option<Keyword> {
            match word {
                $($text => Some(Keyword::$variant),)*
                _ => None,
            }
        }
    };
}

macro_rules! constants {
    ($($text:literal $value:expr),* $(,)?) => {
        /// Constants that have a name.
        pub(super) const CONSTANTS: &[(&str, Value)] = &[$(($text, $value)),*];

        /// The value of the constant called `word`.
        pub(super) fn constant(word: &str) -> Option<Value> {
            match word {
                $($text => Some($value),)*
                _ => None,
            }
        }
    };
}

keywords! {
    "input" Input,
    "let" Let,
    "fn" Fn,
    "table" Table,
    "output" Output,
}

constants! {
    "inf" Value::Real(f64::INFINITY),
    "nan" Value::Real(f64::NAN),
    "pi" Value::Real(consts::PI),
    "tau" Value::Real(consts::TAU),
    "e" Value::Real(consts::E),
    "true" Value::Bool(true),
    "false" Value::Bool(false),
}

/// Whether `name` already means something wherever it stands, so that no
/// variable, output or user op can have it.
pub(crate) fn is_reserved(name: &str) -> bool {
    keyword(name).is_some() || constant(name).is_some()
}
