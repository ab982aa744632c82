use smalto_graph::{formula, vm};
use std::time::Instant;
fn best<T>(n: usize, mut f: impl FnMut() -> T) -> f64 {
    let mut b = f64::MAX;
    for _ in 0..n {
        let t = Instant::now();
        std::hint::black_box(f());
        b = b.min(t.elapsed().as_secs_f64());
    }
    b * 1e6
}
fn main() {
    let text = std::fs::read("/work/shared/models/prospero.vm").unwrap();
    let g = vm::parse(&text).unwrap();
    let f = formula::print(&g);
    println!("vm parse {:.0}", best(300, || vm::parse(&text).unwrap()));
    println!(
        "utf8 {:.0}",
        best(300, || std::str::from_utf8(&text).unwrap().len())
    );
    println!(
        "lines {:.0}",
        best(300, || std::str::from_utf8(&text)
            .unwrap()
            .split('\n')
            .map(|l| l.split_ascii_whitespace().count())
            .sum::<usize>())
    );
    println!("clone graph {:.0}", best(300, || g.clone()));
    println!(
        "rebuild graph {:.0}",
        best(300, || {
            let mut h = smalto_graph::Graph::with_capacity(g.len());
            for id in g.ids() {
                match g.node(id) {
                    smalto_graph::Node::Constant(c) => {
                        h.constant(c.value());
                    }
                    smalto_graph::Node::Variable { variable, .. } => {
                        h.variable(
                            &g.variables()[variable.index()].name,
                            smalto_graph::Type::Real,
                        )
                        .unwrap();
                    }
                    smalto_graph::Node::Apply { op, .. } => {
                        h.apply(op, g.operands(id)).unwrap();
                    }
                    _ => unreachable!(),
                }
            }
            h
        })
    );
    println!("vm print {:.0}", best(100, || vm::print(&g).unwrap()));
    println!("formula print {:.0}", best(100, || formula::print(&g)));
    println!(
        "formula parse {:.0}",
        best(100, || formula::parse(&f).unwrap())
    );
}
