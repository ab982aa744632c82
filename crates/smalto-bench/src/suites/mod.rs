//! The suites, one a module.

mod alloc;
mod compile;
mod maths;
mod noise;
mod parse;
mod size;
mod slices;
pub(crate) mod surfaces;

use crate::suite::Suite;
use thiserror::Error;

/// Every suite, the longest last.
pub(crate) const ALL: &[Suite] = &[
    slices::SUITE,
    maths::SUITE,
    noise::SUITE,
    parse::SUITE,
    compile::SUITE,
    alloc::SUITE,
    surfaces::SUITE,
    size::SUITE,
];

/// No suite has this name.
#[derive(Debug, Error)]
#[error(
    "there is no suite `{name}`; suites are: {}, and `list` lists their cases",
    names()
)]
pub(crate) struct UnknownSuite {
    name: String,
}

/// The suite of that name.
pub(crate) fn named(name: &str) -> Result<&'static Suite, UnknownSuite> {
    let found = ALL.iter().find(|suite| suite.name == name);
    found.ok_or_else(|| UnknownSuite { name: name.into() })
}

fn names() -> String {
    let names: Vec<&str> = ALL.iter().map(|suite| suite.name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn an_unknown_suite_is_answered_with_the_known_ones() {
        let error = named("slice").err().expect("there is no such suite");
        assert_eq!(
            error.to_string(),
            "there is no suite `slice`; suites are: slices, maths, noise, parse, compile, alloc, surfaces, size, and `list` lists their cases"
        );
    }

    #[test]
    fn a_case_has_one_name_without_tabs() {
        let mut seen = HashSet::new();
        for suite in ALL {
            assert!(named(suite.name).is_ok());
            for case in suite.subjects.iter().flat_map(|subject| subject.cases()) {
                assert!(!case.contains('\t'), "{case:?}");
                assert!(seen.insert((suite.name, case.clone())), "{case} twice");
            }
        }
    }
}
