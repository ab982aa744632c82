//! Numbers and names as the command line gives them.

use crate::column::Column;
use anyhow::{anyhow, bail};
use smalto::{Evaluator, Options, Target, Type, formula};

/// Splits `NAME=VALUE`.
pub(crate) fn split_binding(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim(), value.trim()))
}

/// The value of a formula without inputs: `0.5`, `pi/4`, `2^-10`.
pub(crate) fn real(text: &str) -> anyhow::Result<f64> {
    // Most are plain numbers, and one may be as long as the user likes.
    let parser = formula::Parser::new().with_variables(std::iter::empty::<(&str, Type)>());
    let graph = match parser.parse(text) {
        Ok(graph) => graph,
        Err(error) => bail!("`{text}` is no number: {}", error.message),
    };
    let [output] = graph.outputs() else {
        bail!("`{text}` is no number");
    };
    if let Some(variable) = graph.variables().first() {
        bail!("`{text}` is no number: `{}` has no value", variable.name);
    }
    let mut value = Column::<f64>::new(graph.ty(output.node), 1);
    // One value is not worth machine code.
    let options = Options {
        target: Target::Interp,
        ..Options::default()
    };
    Evaluator::new(&graph, &options)?.eval(&[], &mut [value.as_output()])?;
    Ok(match value {
        Column::Real(values) => values[0],
        Column::I32(values) => values[0].into(),
        Column::I64(values) => values[0] as f64,
    })
}

/// A whole number, as digits or as a formula: `-3`, `2^10`, `1e6`.
pub(crate) fn integer(text: &str) -> anyhow::Result<i64> {
    if let Ok(value) = text.parse() {
        return Ok(value);
    }
    let Some(value) = exact_integer(real(text)?) else {
        bail!("`{text}` is no integer");
    };
    i64::try_from(value).map_err(|_| anyhow!("`{text}` does not fit into 64 bits"))
}

/// `value` as an integer, if it is one.
pub(crate) fn exact_integer(value: f64) -> Option<i128> {
    let integer = value as i128;
    // Reals beyond 2^127 saturate and do not come back.
    (integer as f64 == value && integer != i128::MAX).then_some(integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: PartialEq + std::fmt::Debug>(
        read: fn(&str) -> anyhow::Result<T>,
        text: &str,
        expected: Result<T, &str>,
    ) {
        let found = read(text).map_err(|error| format!("{error:#}"));
        assert_eq!(found, expected.map_err(String::from), "{text}");
    }

    #[test]
    fn reals_are_formulas_without_inputs() {
        check(real, "0.1", Ok(0.1));
        check(real, "-pi/4", Ok(-std::f64::consts::FRAC_PI_4));
        check(real, "inf", Ok(f64::INFINITY));
        check(real, "3i32", Ok(3.0));
        check(real, "2 < 3", Ok(1.0));
        check(real, "x", Err("`x` is no number: unknown name `x`"));
        check(real, "", Err("`` is no number: the formula is empty"));
        check(real, "let a = 1;", Err("`let a = 1;` is no number"));
        check(
            real,
            "input q; 1",
            Err("`input q; 1` is no number: `q` has no value"),
        );
    }

    #[test]
    fn integers_may_be_large_or_formulas() {
        check(integer, "9007199254740993", Ok(9_007_199_254_740_993));
        check(integer, "-3", Ok(-3));
        check(integer, "1e6", Ok(1_000_000));
        check(integer, "2^10", Ok(1024));
        check(integer, "2.5", Err("`2.5` is no integer"));
        check(integer, "1e20", Err("`1e20` does not fit into 64 bits"));
        check(integer, "nan", Err("`nan` is no integer"));
    }
}
