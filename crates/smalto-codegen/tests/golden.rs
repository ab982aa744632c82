//! Golden files: one text file a case, the kernel as written, then for each level the tiles
//! chosen for it and the code it becomes.
//!
//! `UPDATE_GOLDEN=1 cargo test -p smalto-codegen --test golden` writes what the compiler
//! now gives; review it as a diff.

use smalto_codegen::target::x64::{Compiler, Level};
use smalto_kernel::{Module, Role, RoutineId, parse, verify};
use std::path::Path;

const MARK: &str = "\n# ---- tiles and code";

/// What the compiler makes of the kernel of a module.
fn compiled(module: &Module, name: &str) -> String {
    let is_kernel = |id: &RoutineId| module.routine(*id).role() == Role::Kernel;
    let kernel = (0..module.routines().len())
        .map(RoutineId::new)
        .find(is_kernel)
        .unwrap_or_else(|| panic!("{name}: there is no kernel"));
    let mut all = String::new();
    for level in Level::ALL {
        let compiled = Compiler::new(level)
            .with_listing()
            .compile(module, kernel)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let listing = compiled.listing().expect("it was asked for");
        let tiles = listing.tiles_text();
        let code = listing.assembly_text(|_, _| None);
        let counts = compiled.counts_text();
        all += &format!("{MARK}: {level} ----\n\n{tiles}\n{code}\n{counts}");
    }
    all
}

/// That the second half of the file is what the compiler makes of the first.
fn check(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let (written, expected) = text.split_at(text.find(MARK).unwrap_or(text.len()));
    let name = path.display().to_string();
    let module = parse(written).unwrap_or_else(|error| panic!("{name}: {error}"));
    verify(&module).unwrap_or_else(|findings| panic!("{name}: {findings}"));
    let found = compiled(&module, &name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        // Values get the numbers that listings call them by.
        let remarks: String = written
            .split_inclusive('\n')
            .take_while(is_remark)
            .collect();
        std::fs::write(path, format!("{remarks}{module}{found}")).unwrap();
    } else {
        assert!(
            found == expected,
            "{name}: the compiler now gives\n{found}\nUPDATE_GOLDEN=1 writes that to the file"
        );
    }
}

fn is_remark(line: &&str) -> bool {
    line.starts_with('#')
}

#[test]
fn kernels_become_what_the_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files.iter().for_each(|path| check(path));
}
