use smalto_graph::{formula, vm};
use std::time::Instant;
fn main() {
    let dir = std::env::var("SMALTO_MODELS").unwrap_or("/work/shared/models".into());
    for m in [
        "prospero",
        "bear",
        "colonnade",
        "hi",
        "quarter",
        "tanglecube",
    ] {
        let text = std::fs::read(format!("{dir}/{m}.vm")).unwrap();
        let mut best = f64::MAX;
        for _ in 0..200 {
            let t = Instant::now();
            let g = vm::parse(&text).unwrap();
            best = best.min(t.elapsed().as_secs_f64());
            std::hint::black_box(g);
        }
        let g = vm::parse(&text).unwrap();
        let t = Instant::now();
        let f = formula::print(&g);
        let p = t.elapsed();
        let t = Instant::now();
        let g2 = formula::parse(&f).unwrap();
        let q = t.elapsed();
        assert!(g2 == g);
        assert!(vm::parse(vm::print(&g).unwrap()).unwrap() == g);
        println!(
            "{m} {} nodes vm {:.0} us; print {:?} {} bytes; parse {:?}",
            g.len(),
            best * 1e6,
            p,
            f.len(),
            q
        );
        if m != "prospero" && m != "bear" && m != "colonnade" {
            println!("{f}");
        }
        if m == "bear" {
            for l in f.lines().take(12) {
                println!("{l}");
            }
        }
    }
}
