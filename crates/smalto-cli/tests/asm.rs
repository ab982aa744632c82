//! `smalto asm` as its users meet it.
//!
//! A golden file holds a formula and everything it becomes. `UPDATE_GOLDEN=1 cargo test -p
//! smalto-cli --test asm` writes what it becomes now; review it as a diff.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const SMALTO: &str = env!("CARGO_BIN_EXE_smalto");

/// Runs the command; gives what it prints, or its message if it fails.
fn asm_in(directory: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(SMALTO);
    command.arg("asm").args(arguments).current_dir(directory);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let (stdout, stderr) = (
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    );
    match status.success() {
        true => {
            assert_eq!(stderr, "", "{arguments:?}");
            Ok(stdout)
        }
        false => {
            assert_eq!(stdout, "", "{arguments:?}");
            Err(stderr)
        }
    }
}

#[track_caller]
fn asm(arguments: &[&str]) -> String {
    let directory = TempDir::new().unwrap();
    asm_in(directory.path(), arguments).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

/// The command prints all of `expected`.
#[track_caller]
fn shows(arguments: &[&str], expected: &[&str]) {
    let found = asm(arguments);
    for expected in expected {
        assert!(
            found.contains(expected),
            "{arguments:?}: no `{expected}` in\n{found}"
        );
    }
}

/// The command fails with a message that has `expected` in its first line.
#[track_caller]
fn fails(arguments: &[&str], expected: &str) {
    let directory = TempDir::new().unwrap();
    let error = asm_in(directory.path(), arguments).expect_err("it should fail");
    let first = error.lines().next().unwrap_or_default();
    assert!(first.starts_with("error: "), "{arguments:?}: {error}");
    assert!(
        first.contains(expected),
        "{arguments:?}: {first}\ndoes not say: {expected}"
    );
    assert_eq!(
        fs::read_dir(directory.path()).unwrap().count(),
        0,
        "{arguments:?}"
    );
}

#[test]
fn code_stands_beside_the_part_of_the_formula_it_computes() {
    let shown = asm(&["x^2 + y", "--target", "avx512"]);
    let line = shown.lines().find(|line| line.contains("x^2")).unwrap();
    assert!(line.contains("vmulps zmm"), "{line}");
    assert!(line.contains("mul 2"), "{line}");
    shows(
        &["x^2 + y", "--target", "avx2"],
        &["vmulps ymm", "2 ops by f32 in avx2, 16 points"],
    );
    shows(
        &["x^2 + y", "--target", "avx2", "--f64"],
        &["vmulpd ymm", "by f64 in avx2, 8 points"],
    );
}

#[test]
fn it_ends_with_counts() {
    let arguments = ["x + 1", "--target", "avx512"];
    shows(
        &arguments,
        &["1 op by f32", "\ntiles: ", " spills, ", "bytes: "],
    );
}

#[test]
fn uniform_inputs_are_read_before_the_loop() {
    let varying = asm(&[
        "input x, gain; x * gain",
        "--stage",
        "kernel",
        "--target",
        "avx2",
    ]);
    assert!(varying.contains("load gain["), "{varying}");
    let arguments = [
        "x * gain",
        "--uniform",
        "gain",
        "--stage",
        "kernel",
        "--target",
        "avx2",
    ];
    shows(&arguments, &["param gain: u.f32", "splat %gain"]);
}

#[test]
fn every_stage_shows_what_it_is_for() {
    let stage = |stage| asm(&["let r = x + y; r * r", "--target", "avx2", "--stage", stage]);
    assert_eq!(stage("graph"), "(x + y)^2\n");
    assert!(stage("kernel").starts_with("kernel "));
    assert!(stage("tiles").contains("= mul "));
    assert!(stage("tiles").contains("mul 2"));
    assert!(stage("alloc").contains("= vmulps "));
    assert!(stage("asm").contains("vmulps ymm"));
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let directory = TempDir::new().unwrap();
    let path = directory.path();
    let arguments = ["x + 1", "--target", "avx2", "-o", "code.txt"];
    assert_eq!(asm_in(path, &arguments).unwrap(), "");
    let written = fs::read_to_string(path.join("code.txt")).unwrap();
    assert_eq!(written, asm(&arguments[..3]));
    fails(
        &["x + 1", "-o", "code.png"],
        "only .txt files can be written",
    );
    fails(
        &["x +", "--target", "avx2", "-o", "code.txt"],
        "expected an expression",
    );
}

#[test]
fn large_models_have_large_listings() {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ozymandias.vm");
    for target in ["avx2", "avx512"] {
        let shown = asm(&[model.to_str().unwrap(), "--target", target]);
        assert!(shown.lines().count() > 5000);
    }
}

#[test]
fn nonsense_gets_one_clear_message() {
    let interprets =
        "has no assembly, since it interprets; targets that have are: jit, avx512, avx2";
    fails(&["x", "--target", "interp"], interprets);
    fails(&["x", "--target", "interp-avx2"], interprets);
    fails(&["x", "--target", "mmx"], "there is no target `mmx`");
    fails(
        &["x", "--target", "avx2", "--uniform", "gain"],
        "no input called `gain`",
    );
    fails(&["x + gain", "--target", "avx2"], "unknown name `gain`");
    fails(
        &["let a = 1;", "--target", "avx2"],
        "the formula has no result",
    );
    fails(&["", "--target", "avx2"], "");
    fails(
        &["nothing.vm", "--target", "avx2"],
        "cannot read nothing.vm",
    );
}

/// A formula and everything it becomes, under a line that says what it is.
fn check_golden(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let formula = text.lines().next().unwrap();
    let mut found = format!("{formula}\n");
    let stages = ["graph", "kernel", "tiles", "alloc", "asm"];
    for (target, stages) in [("avx2", &stages[..]), ("avx512", &stages[2..])] {
        for stage in stages {
            let arguments = [
                formula,
                "--uniform",
                "gain",
                "--target",
                target,
                "--stage",
                stage,
            ];
            found += &format!("\n# ---- {target}: {stage} ----\n\n{}", asm(&arguments));
        }
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, found).unwrap();
    } else {
        assert!(found == text, "{}: it now becomes\n{found}", path.display());
    }
}

#[test]
fn formulas_become_what_the_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for entry in fs::read_dir(folder).unwrap() {
        check_golden(&entry.unwrap().path());
    }
}
