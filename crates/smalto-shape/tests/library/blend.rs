//! Shapes joined, with and without transitions.

use crate::common::Close::{Bound, ExactInside, ExactOutside};
use crate::common::{check, check_lipschitz, formula, graph, points, values};
use smalto_shape::library::blend::Blend;
use smalto_shape::library::{boolean, plane};

#[test]
fn joined_shapes() {
    let a = |[x, y]: [f64; 2]| (x + 0.3).hypot(y) < 0.7;
    let b = |[x, y]: [f64; 2]| (x - 0.3).abs() < 0.6 && (y - 0.2).abs() < 0.5;
    let call = |join: &str| {
        format!("{join}(circle(x + 0.3, y, 0.7), rectangle(x - 0.3, y - 0.2, 0.6, 0.5))")
    };
    check(&call("union"), ExactOutside, |p: [f64; 2]| a(p) || b(p));
    check(&call("intersection"), ExactInside, |p: [f64; 2]| {
        a(p) && b(p)
    });
    check(&call("difference"), Bound, |p: [f64; 2]| a(p) && !b(p));
    check(&call("symmetric_difference"), Bound, |p: [f64; 2]| {
        a(p) != b(p)
    });
}

#[test]
fn many_shapes_join_as_two_by_two() {
    let discs = "circle(x, y, 0.5), circle(x - 0.5, y, 0.4), circle(x, y - 0.6, 0.3), \
                 circle(x + 0.4, y, 0.2), circle(x, y + 1, 0.7)";
    let here = points::<2>(500, 2.0);
    let each: Vec<Vec<f64>> = discs
        .split("), ")
        .map(|disc| {
            let text = format!("{})", disc.trim().trim_end_matches(')'));
            values(&formula::<2>(&text), &here)
        })
        .collect();
    let expected = |fold: &dyn Fn(f64, f64) -> f64, first: &dyn Fn(f64) -> f64| -> Vec<f64> {
        (0..here.len())
            .map(|at| {
                each[1..]
                    .iter()
                    .fold(first(each[0][at]), |sum, next| fold(sum, next[at]))
            })
            .collect()
    };
    let found = |join: &str| values(&formula::<2>(&format!("{join}({discs})")), &here);
    assert_eq!(found("union"), expected(&f64::min, &|a| a));
    assert_eq!(found("intersection"), expected(&f64::max, &|a| a));
    assert_eq!(found("difference"), expected(&|a, b| a.max(-b), &|a| a));
}

#[test]
fn trees_are_balanced_and_keep_the_order() {
    let shape = graph(|[x, y]: [_; 2]| {
        let row = (0..100).map(|k| plane::circle([x - f64::from(k), y], 0.5));
        boolean::union_of(row).expect("there are some")
    });
    // A chain of 100 would be 100 deep: each node is one more than the deepest of its operands.
    let value = values(&shape, &[[7.25, 0.0], [99.0, 0.0]]);
    assert_eq!(value, [-0.25, -0.5]);
    assert!(boolean::union_of([]).is_none());
}

/// How far each blend is from the plain join, and that its surface begins and ends where the
/// radius says.
#[test]
fn blends_stay_within_what_is_said() {
    let radius = 0.4;
    // Two half planes at a right angle: a = x, b = y.
    let here = points::<2>(20_000, 1.0);
    let sqrt_2 = 2f64.sqrt();
    for (blend, most) in [
        (Blend::Smooth, radius / 4.0),
        (Blend::Round, (sqrt_2 - 1.0) * radius),
        (Blend::Chamfer, radius / sqrt_2),
    ] {
        let union = graph(|[x, y]| blend.union(x, y, radius));
        let intersection = graph(|[x, y]| blend.intersection(x, y, radius));
        let difference = graph(|[x, y]| blend.difference(x, -y, radius));
        let opposite = graph(|[x, y]| -blend.union(-x, -y, radius));
        let cut = values(&intersection, &here);
        assert_eq!(cut, values(&difference, &here), "{blend:?}");
        for (a, b) in cut.iter().zip(values(&opposite, &here)) {
            assert!((a - b).abs() < 1e-12, "{blend:?}: {a} and {b}");
        }
        let mut largest = 0.0f64;
        for (&[x, y], value) in here.iter().zip(values(&union, &here)) {
            let added = x.min(y) - value;
            assert!(added >= -1e-12, "{blend:?} takes {added} away at {x}, {y}");
            if x.min(y) >= 0.0 || blend == Blend::Smooth {
                assert!(added <= most + 1e-12, "{blend:?} adds {added} at {x}, {y}");
                largest = largest.max(added);
            }
            // Beyond the radius nothing is added to the surface.
            if x.max(y) >= radius && x.min(y).abs() < 1e-2 {
                assert!((x.min(y) < 0.0) == (value < 0.0) || value.abs() < 1e-12);
            }
        }
        assert!(
            largest > 0.9 * most,
            "{blend:?} adds {largest} only, of {most}"
        );
        check_lipschitz::<2>("a blend", &union, 1.0, 1.0);
        // Surfaces that come together at any angle.
        let discs = graph(|[x, y]| {
            let disc = |at: f64| plane::circle([x - at, y], 0.5);
            blend.union(disc(-0.4), disc(0.4), radius)
        });
        let steepest = if blend == Blend::Smooth { 1.0 } else { sqrt_2 };
        check_lipschitz::<2>("blended discs", &discs, steepest, 1.5);
    }
}

/// A round blend is a fillet: a circle that touches both surfaces.
#[test]
fn a_round_blend_is_a_circle() {
    let fillet = graph(|[x, y]| Blend::Round.union(x, y, 0.4));
    let on_circle = |angle: f64| [0.4 - 0.4 * angle.cos(), 0.4 - 0.4 * angle.sin()];
    let places: Vec<[f64; 2]> = (0..=8).map(|k| on_circle(f64::from(k) * 0.19)).collect();
    for (value, place) in values(&fillet, &places).iter().zip(&places) {
        assert!(value.abs() < 1e-12, "{value} at {place:?}");
    }
}

#[test]
fn no_radius_is_no_blend() {
    let here = points::<2>(2000, 1.0);
    let plain = values(&formula::<2>("min(x, y)"), &here);
    for blend in ["smooth", "round", "chamfer"] {
        let text = format!("smooth_union(x, y, 0, blend = {blend})");
        for (a, b) in values(&formula::<2>(&text), &here).iter().zip(&plain) {
            assert_eq!(*a < 0.0, *b < 0.0, "{text}");
        }
    }
}
