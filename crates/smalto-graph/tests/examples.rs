//! The examples that ship with Smalto, and the typesetter that made one of them.

#[path = "../examples/typeset/font.rs"]
mod font;
#[path = "../examples/typeset/ink.rs"]
mod ink;
#[path = "../examples/typeset/layout.rs"]
mod layout;

mod evaluate;

use evaluate::evaluate_real;
use layout::LayoutError;
use smalto_graph::{Graph, Type, formula, vm};
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(examples().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The examples whose name ends so.
fn ending(extension: &str) -> Vec<String> {
    let entries = std::fs::read_dir(examples()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(extension)).collect()
}

/// That a model can be rendered: one real over what the renderer supplies.
fn check_model(name: &str, graph: &Graph) {
    let [output] = graph.outputs() else {
        panic!("{name} has {} outputs", graph.outputs().len());
    };
    assert_eq!(graph.ty(output.node), Type::Real, "{name}");
    for input in graph.variables() {
        assert!(["x", "y", "z", "t"].contains(&&*input.name), "{name}");
    }
}

#[test]
fn every_formula_is_a_model_and_prints_back() {
    let names = ending(".smalto");
    assert!(names.len() >= 9, "{names:?}");
    for name in names {
        let graph = formula::parse(&read(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        check_model(&name, &graph);
        let again = formula::parse(&formula::print(&graph)).unwrap();
        assert_eq!(graph, again, "{name}");
    }
}

#[test]
fn every_vm_file_is_a_model_and_prints_back() {
    let names = ending(".vm");
    assert!(names.contains(&"ozymandias.vm".into()), "{names:?}");
    for name in names {
        let graph = vm::parse(read(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        check_model(&name, &graph);
        let again = vm::parse(vm::print(&graph).unwrap()).unwrap();
        assert_eq!(graph, again, "{name}");
    }
}

#[test]
fn every_example_is_introduced() {
    let index = read("README.md");
    for name in ending(".smalto").into_iter().chain(ending(".vm")) {
        let command = format!("smalto render examples/{name} -o ");
        assert!(index.contains(&command), "README.md lacks `{command}`");
        if name.ends_with(".smalto") {
            let text = read(&name);
            assert!(text.starts_with("# "), "{name} says what it is");
            assert!(
                text.contains(&format!("#   {command}")),
                "{name} lacks `{command}`"
            );
        }
    }
}

// -- the typesetter ---------------------------------------------------------

fn typeset(text: &str) -> Graph {
    ink::graph(&layout::typeset(text).unwrap())
}

fn is_ink(graph: &Graph, x: f64, y: f64) -> bool {
    evaluate_real(graph, &[("x", x), ("y", y)]) < 0.0
}

#[test]
fn ozymandias_is_what_the_typesetter_makes_of_it() {
    let page = layout::typeset(&read("ozymandias.txt")).unwrap();
    assert!(
        ink::vm_file(&page) == read("ozymandias.vm"),
        "run `cargo run -p smalto-graph --example typeset -- examples/ozymandias.txt \
         > examples/ozymandias.vm`"
    );
    let ops = ink::graph(&page).op_count();
    assert!((6000..9000).contains(&ops), "{ops} ops");
}

#[test]
fn a_letter_fills_the_page_as_drawn() {
    // A stem, 3 units wide and centred; a capital is 26 high, and that fills the page.
    let graph = typeset("I");
    let unit = 1.75 / 26.0;
    assert!(is_ink(&graph, 0.0, 0.0));
    assert!(is_ink(&graph, 0.5 * unit, 9.0 * unit));
    assert!(!is_ink(&graph, 2.6 * unit, 0.0));
    assert!(!is_ink(&graph, 0.0, 14.0 * unit));

    // A ring that is open to the right.
    let graph = typeset("C");
    assert!(!is_ink(&graph, 0.0, 0.0));
    assert!(is_ink(&graph, -0.65, 0.0));
    assert!(!is_ink(&graph, 0.65, 0.0));
}

#[test]
fn strokes_that_continue_each_other_have_no_seam() {
    // Down the right side of the arch of an n, through where arc and stem meet.
    let page = layout::typeset("n").unwrap();
    let n = page.lines[0][0];
    let graph = ink::graph(&page);
    for step in 1..=170 {
        let (x, y) = n.on_page((13.5, f64::from(step) / 14.0));
        assert!(is_ink(&graph, x, y), "seam at {x}, {y}");
    }
}

#[test]
fn every_glyph_has_ink_within_its_width() {
    for glyph in font::GLYPHS {
        let page = layout::typeset(&glyph.character.to_string()).unwrap();
        let placed = page.lines[0][0];
        let graph = ink::graph(&page);
        let mut columns = Vec::new();
        for column in -16..=4 * 48 {
            let at = f64::from(column) / 4.0;
            let has_ink = (-40..=120).any(|row| {
                let (x, y) = placed.on_page((at, f64::from(row) / 4.0));
                is_ink(&graph, x, y)
            });
            columns.extend(has_ink.then_some(at));
        }
        let (Some(&left), Some(&right)) = (columns.first(), columns.last()) else {
            panic!("{:?} has no ink", glyph.character);
        };
        // The grid is a quarter of a unit.
        let message = format!("{:?}: {left} to {right}", glyph.character);
        assert!((-0.25..=0.75).contains(&left), "{message}");
        assert!(
            (right - glyph.width).abs() <= 0.75,
            "{message} of {}",
            glyph.width
        );
    }
}

#[test]
fn every_character_has_one_glyph() {
    let characters = font::characters();
    let wanted = ('a'..='z').chain('A'..='Z').chain('0'..='9');
    for character in wanted.chain(".,:;-'\"!?‘’“”".chars()) {
        assert_eq!(characters.matches(character).count(), 1, "{character:?}");
    }
}

#[test]
fn lines_are_stacked_and_marks_align_them() {
    let page = layout::typeset("  a\n\n# bb\nlonger line\n> c").unwrap();
    let origins: Vec<_> = page.lines.iter().map(|line| line[0].origin).collect();
    let [(indented, _), (title, _), (margin, _), (signature, _)] = origins[..] else {
        panic!("{origins:?}");
    };
    assert!(margin < indented && indented < title && title < signature);
    assert!(origins.is_sorted_by(|above, below| above.1 > below.1));
    let scales: Vec<f64> = page.lines.iter().map(|line| line[0].scale).collect();
    assert_eq!(scales[1], 2.0 * scales[0]);
    assert_eq!(scales[2], scales[3]);
}

#[test]
fn an_opening_quote_hangs_in_the_margin() {
    let page = layout::typeset("“M\nM").unwrap();
    let [quoted, plain] = &page.lines[..] else {
        panic!("{page:?}")
    };
    assert_eq!(quoted[1].origin.0, plain[0].origin.0);
    assert!(quoted[0].origin.0 < plain[0].origin.0);
}

#[test]
fn what_cannot_be_set_is_named_with_its_place() {
    let check = |text: &str, expected: LayoutError| {
        assert_eq!(layout::typeset(text).unwrap_err(), expected, "{text:?}");
    };
    let no_glyph = |line, column, character| LayoutError::NoGlyph {
        line,
        column,
        character,
    };
    check("ab\ncd\u{20ac}", no_glyph(2, 3, '\u{20ac}'));
    check("# \tx", no_glyph(1, 3, '\t'));
    check("", LayoutError::Blank);
    check("\n   \n", LayoutError::Blank);
}
