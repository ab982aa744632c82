//! Names for buffers and parameters, after those of the graph.

use std::collections::HashSet;

/// The names a kernel has so far.
#[derive(Debug, Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// `wanted`, or if that is taken `wanted` and a number. Names of a graph are
    /// identifiers, which kernels take as they are; an output may have no name.
    pub(crate) fn unique(&mut self, wanted: &str) -> String {
        let wanted = if wanted.is_empty() { "result" } else { wanted };
        let numbered = (2..).map(|number: u32| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        let free = candidates.find(|name| !self.0.contains(name));
        let name = free.expect("numbers go on for longer than there are names");
        self.0.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::default();
        let given = ["x", "x", "x_2", "", "x"].map(|wanted| names.unique(wanted));
        assert_eq!(given, ["x", "x_2", "x_2_2", "result", "x_3"]);
    }
}
