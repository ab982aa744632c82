//! The primitives that are not a function of one lane's values: ballots, tables, and
//! control flow.

use crate::cases::same;
use smalto_graph::{Element, Type};
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::{Access, Builder, Lane, Op, Rate, Width};
use smalto_lower::{Integers, Machine, Types};
use smalto_record::{Int32, Recorder, Recording, Refusal, record};

type Reals<'s> = Recorder<'s, f32>;

/// Records `body` between a load of eight reals and a store.
fn function(
    body: impl for<'s> Fn(Reals<'s>, <Reals<'s> as Types>::Real) -> <Reals<'s> as Types>::Real,
) -> Result<Recording, Refusal> {
    let mut b = Builder::kernel("k", Width::Any);
    let x = b.buffer("x", Lane::F32, Access::ReadWrite);
    record(b, Rate::Varying, |m: Reals<'_>| {
        let start = m.build(|b| b.uniform(0i64));
        let result = body(m, m.build(|b| b.load(x, start, None)));
        m.build(|b| b.store(x, start, result, None));
        m.build(Builder::return_nothing);
    })
}

fn run(recording: &Recording, inputs: [f32; 8]) -> Vec<f32> {
    let mut buffers = [Buffer::from(inputs)];
    let interpreter = Interpreter::new(recording.module()).expect("it verifies");
    interpreter
        .width(8)
        .run("k", &mut buffers, &[])
        .expect("it runs");
    buffers[0].to_vec().expect("all is written")
}

/// What `body` gives for eight reals.
fn check(
    body: impl for<'s> Fn(Reals<'s>, <Reals<'s> as Types>::Real) -> <Reals<'s> as Types>::Real,
    expected: impl Fn(f32) -> f32,
) {
    let recording = function(body).expect("it has a form");
    for inputs in [
        [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 7.0],
        [-1.0; 8],
        [3.0; 8],
        [f32::NAN, 0.0, f32::INFINITY, -0.0, 5.0, 6.0, 1e9, -1e9],
    ] {
        for (input, found) in inputs.into_iter().zip(run(&recording, inputs)) {
            let (found, wanted) = (found.to_bits().into(), expected(input).to_bits().into());
            assert!(same(Type::Real, Element::F32, found, wanted), "of {input}");
        }
    }
}

#[test]
fn if_any_counts_where_it_is_needed() {
    check(
        |m, x| m.if_any(m.lt(m.real(0.0), x), m.neg(x), || m.sqrt(x)),
        |x| if 0.0 < x { x.sqrt() } else { -x },
    );
}

#[test]
fn ifs_nest() {
    check(
        |m, x| {
            m.if_any(m.lt(m.real(0.0), x), x, || {
                let doubled = m.add(x, x);
                m.if_any(m.lt(m.real(3.0), doubled), doubled, || m.real(1.0))
            })
        },
        |x| match x {
            x if 3.0 < x + x && 0.0 < x => 1.0,
            x if 0.0 < x => x + x,
            x => x,
        },
    );
}

/// Lanes finish at different turns and then keep their state, even if the step would
/// have them go on.
#[test]
fn while_any_keeps_what_is_done() {
    check(
        |m, x| {
            let active = m.mand(m.lt(m.real(0.0), x), m.lt(x, m.real(10.0)));
            let [_, turns] = m.while_any(active, [x, m.real(0.0)], |[left, turns]| {
                let next = m.sub(left, m.real(1.0));
                let more = m.mor(m.lt(m.real(0.0), next), m.lt(next, m.real(-0.9)));
                ([next, m.add(turns, m.real(1.0))], more)
            });
            turns
        },
        |x| if 0.0 < x && x < 10.0 { x.ceil() } else { 0.0 },
    );
}

/// A name stands for one body: it is recorded once and called from every place, from
/// other bodies too.
#[test]
fn outlined_bodies_are_functions_once() {
    fn twice<'s>(m: Reals<'s>, x: <Reals<'s> as Types>::Real) -> <Reals<'s> as Types>::Real {
        m.outlined("2 x", [x], |[x]| m.add(x, x))
    }
    let body = |m: Reals<'_>, x| {
        let sum = m.outlined("2 x + 2 y", [x, twice(m, x)], |[x, y]| {
            m.add(twice(m, x), twice(m, y))
        });
        m.outlined("2 x + 2 y", [sum, x], |_| unreachable!("it is there"))
    };
    check(body, |x| {
        let sum = (x + x) + ((x + x) + (x + x));
        (sum + sum) + (x + x)
    });
    let recording = function(body).expect("it has a form");
    assert_eq!(recording.module().routines().len(), 3);
}

/// An index is unsigned and clamped to the last element; equal tables are one.
#[test]
fn tables_are_shared() {
    let body = |m: Reals<'_>, x| {
        let index: Int32 = m.convert(x);
        let reals = m.add(
            m.gather(&[10.0, 20.0, 30.0], index),
            m.gather(&[10.0, 20.0, 30.0], index),
        );
        m.add(reals, m.to_real(m.gather_i32(&[1, 2], index)))
    };
    check(body, |x| {
        let index = (x as i32) as u32 as usize;
        2.0 * [10.0, 20.0, 30.0][index.min(2)] + [1.0, 2.0][index.min(1)]
    });
    let recording = function(body).expect("it has a form");
    assert_eq!(recording.module().tables().len(), 2);
}

#[test]
fn a_ballot_needs_a_width() {
    let ballot = |m: Reals<'_>, x| {
        m.mask_bits(m.lt(x, x));
        x
    };
    assert_eq!(function(ballot).unwrap_err(), Refusal::Ballot);

    let kernel = |rate, lanes| {
        let b = Builder::kernel("k", Width::Lanes(lanes));
        let recording = record(b, rate, |m: Reals<'_>| {
            m.mask_bits(m.mask(true));
            m.build(Builder::return_nothing);
        });
        let recording = recording.expect("it has a form");
        smalto_kernel::verify(recording.module()).expect("it verifies");
        let routine = &recording.module().routines()[0];
        routine
            .instructions()
            .iter()
            .any(|i| i.op() == Op::MaskBits)
    };
    assert!(kernel(Rate::Varying, 16));
    assert!(
        !kernel(Rate::Uniform, 1),
        "one lane has a choice of two ballots"
    );
}

#[test]
fn constants_are_rounded_to_the_element() {
    check(
        |m, x| m.select(m.eq(x, x), m.real(0.1), m.real(f64::MAX)),
        |x| if x == x { 0.1 } else { f32::INFINITY },
    );
    let integer = |m: Reals<'_>, _| {
        let wrapped: Int32 = m.integer(1 << 33 | 5);
        m.to_real(wrapped)
    };
    check(integer, |_| 5.0);
}
