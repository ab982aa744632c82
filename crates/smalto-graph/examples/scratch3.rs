use smalto_graph::{formula, vm};
fn main() {
    let text = std::fs::read("/work/shared/models/prospero.vm").unwrap();
    let g = vm::parse(&text).unwrap();
    let f = formula::print(&g);
    let which = std::env::args().nth(1).unwrap();
    for _ in 0..2000 {
        match which.as_str() {
            "vm" => {
                std::hint::black_box(vm::parse(&text).unwrap());
            }
            "parse" => {
                std::hint::black_box(formula::parse(&f).unwrap());
            }
            _ => {
                std::hint::black_box(formula::print(&g));
            }
        }
    }
}
