//! Kernels of a size that finds whatever is quadratic or recursive. Tests run on small
//! stacks.

use smalto_kernel::analysis::{Flow, Liveness};
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::passes::{self, Workspace};
use smalto_kernel::{Access, Builder, Lane, Module, ValueType, Width, parse, verify};

/// Everything that can be done with a kernel of one buffer, which holds `expected`
/// then.
fn check(mut module: Module, expected: f32) {
    verify(&module).unwrap();
    let text = module.to_string();
    assert!(parse(&text).unwrap() == module);
    let run = |module: &Module| {
        let mut buffers = [Buffer::from([0f32; 4])];
        let interpreter = Interpreter::new(module).unwrap().width(1);
        interpreter.run("k", &mut buffers, &[]).unwrap();
        buffers[0].to_vec::<f32>().unwrap()[0]
    };
    assert_eq!(run(&module), expected);
    let routine = &module.routines()[0];
    Liveness::new(routine, &Flow::new(routine).unwrap());
    let mut workspace = Workspace::default();
    passes::hoist(&mut module, &mut workspace);
    passes::absorb_negations(&mut module, &mut workspace);
    passes::remove_dead(&mut module, &mut workspace);
    assert_eq!(run(&module), expected);
}

#[test]
fn a_million_instructions() {
    let mut b = Builder::kernel("k", Width::Any);
    let x = b.buffer("x", Lane::F32, Access::ReadWrite);
    let zero = b.uniform(0i64);
    let one = b.varying(1f32);
    let mut sum = b.load(x, zero, None);
    for _ in 0..1_000_000 {
        sum = b.add(sum, one);
    }
    b.store(x, zero, sum, None);
    b.return_nothing();
    let mut module = Module::new();
    module.add(b.finish());
    check(module, 1e6);
}

/// A sign goes the whole way.
#[test]
fn a_million_signs() {
    let mut b = Builder::kernel("k", Width::Any);
    let x = b.buffer("x", Lane::F32, Access::ReadWrite);
    let zero = b.uniform(0i64);
    let one = b.varying(1f32);
    let factor = b.load(x, zero, None);
    let mut product = b.add(factor, one);
    for _ in 0..333_333 {
        product = b.neg(product);
        product = b.mul(product, product);
        product = b.neg(product);
    }
    b.store(x, zero, product, None);
    b.return_nothing();
    let mut module = Module::new();
    module.add(b.finish());
    check(module, -1.0);
}

#[test]
fn a_hundred_thousand_blocks() {
    let mut b = Builder::kernel("k", Width::Any);
    let x = b.buffer("x", Lane::F32, Access::ReadWrite);
    let zero = b.uniform(0i64);
    let one = b.varying(1f32);
    let mut sum = b.varying(0f32);
    let yes = b.uniform(true);
    for _ in 0..25_000 {
        sum = b
            .if_else(yes, |b| vec![b.add(sum, one)], |_| vec![sum])
            .at(0);
    }
    // Loops one after the other, with what leaves them.
    let (start, end) = (b.uniform(0i32), b.uniform(1i32));
    for _ in 0..10_000 {
        let state = b.while_loop(
            &[start, sum],
            |b, state| b.lt(state.at(0), end),
            |b, state| {
                let two = b.add(one, one);
                vec![b.add(state.at(0), end), b.add(state.at(1), two)]
            },
        );
        sum = state.at(1);
    }
    b.store(x, zero, sum, None);
    b.return_nothing();
    let mut module = Module::new();
    module.add(b.finish());
    assert!(module.routines()[0].block_ids().len() > 100_000);
    check(module, 45_000.0);
}

/// Exits from everywhere to one block, and values that live to it.
#[test]
fn a_hundred_thousand_ways_out() {
    let mut b = Builder::kernel("k", Width::Any);
    let x = b.buffer("x", Lane::F32, Access::ReadWrite);
    let zero = b.uniform(0i64);
    let no = b.uniform(false);
    let out = b.label(&[ValueType::varying(Lane::F32)]);
    let mut sum = b.varying(0f32);
    let one = b.varying(1f32);
    for _ in 0..100_000 {
        let next = b.label(&[]);
        sum = b.add(sum, one);
        b.branch(no, (out, &[sum]), (next, &[]));
        b.begin(next);
    }
    b.jump(out, &[sum]);
    let result = b.begin(out).at(0);
    b.store(x, zero, result, None);
    b.return_nothing();
    let mut module = Module::new();
    module.add(b.finish());
    check(module, 100_000.0);
}

#[test]
fn texts_of_one_long_kind() {
    for piece in [
        "(",
        "block 0:\n",
        "%",
        "[",
        "kernel ",
        "table t: f32 = [",
        "1,",
        "\n",
        "#",
        "-",
    ] {
        let _ = parse(&piece.repeat(200_000));
    }
    let table = format!("table t: f32 = [{}1]", "1,\n".repeat(300_000));
    assert_eq!(parse(&table).unwrap().tables()[0].len(), 300_001);
    let arguments = "%a, ".repeat(300_000);
    let call = format!(
        "kernel k width any {{\nparam a: u.i64\nblock 0:\ncall f({arguments}%a)\nreturn\n}}\nfunc f width any {{\nblock 0:\nreturn\n}}"
    );
    let findings = verify(&parse(&call).unwrap()).unwrap_err();
    assert_eq!(
        findings.to_string(),
        "kernel k, block 0, %1 (call): 300001 arguments for the 0 parameters of f"
    );
}
