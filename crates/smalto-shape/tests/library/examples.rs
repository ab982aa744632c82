//! The models that show the library off: they can be read, there is something to see, and their
//! distances can be trusted.

use crate::common::{check_lipschitz, points, values};
use smalto_graph::formula::Parser;
use std::path::{Path, PathBuf};

fn models() -> Vec<PathBuf> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let shapes = std::fs::read_dir(examples.join("shapes")).expect("the folder is there");
    shapes
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|end| end == "smalto"))
        .collect()
}

#[test]
fn examples_are_shapes() {
    let models = models();
    assert!(models.len() >= 8, "{models:?}");
    for path in models {
        let what = path.display().to_string();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let parser = Parser::new().with_library(smalto_shape::LIBRARY);
        let text = format!("input x, y, z;\n{text}");
        let graph = parser
            .parse(&text)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let here = points::<3>(4000, 1.0);
        let inside = values(&graph, &here)
            .iter()
            .filter(|&&value| value < 0.0)
            .count();
        assert!(
            (40..3000).contains(&inside),
            "{what}: {inside} of 4000 points are inside"
        );
        // As steep as a round blend may be.
        check_lipschitz::<3>(&what, &graph, 1.42, 1.0);
    }
}
