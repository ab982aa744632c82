//! Golden files: one text file a case, the kernel as written and after the passes.
//!
//! `UPDATE_GOLDEN=1 cargo test -p smalto-kernel --test golden` writes what the passes
//! now give; review it as a diff.

use smalto_kernel::passes::{self, Workspace};
use smalto_kernel::{parse, verify};
use std::path::Path;

const MARK: &str = "\n# ---- after hoist and remove_dead ----\n\n";

/// That the second half of the file is what the passes make of the first.
fn check(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let (written, expected) = text.split_once(MARK).unwrap_or((&text, ""));
    let name = path.display();
    let mut module = parse(written).unwrap_or_else(|error| panic!("{name}: {error}"));
    verify(&module).unwrap_or_else(|findings| panic!("{name}: {findings}"));
    let mut workspace = Workspace::default();
    passes::hoist(&mut module, &mut workspace);
    passes::remove_dead(&mut module, &mut workspace);
    let found = module.to_string();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, format!("{written}{MARK}{found}")).unwrap();
    } else {
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn passes_give_what_the_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files.iter().for_each(|path| check(path));
}
