//! Arrays against unions of all their copies.

use crate::common::{check_lipschitz, formula, graph, points, values};
use smalto_graph::{Expr, Graph};
use smalto_shape::library::array::{self, Copies};
use smalto_shape::library::boolean::union_of;
use smalto_shape::library::place::{rotate, translate};
use smalto_shape::library::{Point2, Point3, plane, space};

/// That two graphs have the same values to rounding.
fn check<const N: usize>(what: &str, found: &Graph, expected: &Graph, reach: f64) {
    let here = points::<N>(4000, reach);
    let pairs = values(found, &here)
        .into_iter()
        .zip(values(expected, &here));
    for ((found, expected), point) in pairs.zip(&here) {
        assert!(
            (found - expected).abs() < 1e-9,
            "{what} at {point:?}: {found}, not {expected}"
        );
    }
    check_lipschitz::<N>(what, found, 1.0, reach);
}

/// Without any symmetry, within a square from -0.5 to 0.5.
fn odd(point: Point2<'_>) -> Expr<'_> {
    plane::triangle(point, [-0.45, -0.3], [0.1, -0.4], [0.48, 0.4])
}

#[test]
fn rows_are_unions() {
    for count in [1, 2, 3, 7] {
        let found =
            graph(|point: Point2<'_>| array::linear(point, [1.0, 0.0], Copies::Few(count), odd));
        let all = graph(|[x, y]: Point2<'_>| {
            union_of((0..count).map(|k| odd([x - f64::from(k), y]))).unwrap()
        });
        check::<2>("a row", &found, &all, 9.0);
    }
    // Along a slope, in space.
    let step = [0.6, 0.5, -0.8];
    fn ball(point: Point3<'_>) -> Expr<'_> {
        space::sphere(translate(point, [0.1, -0.2, 0.1]), 0.2)
    }
    let found = graph(|point: Point3<'_>| array::linear(point, step, Copies::Few(5), ball));
    let all = graph(|point: Point3<'_>| {
        union_of((0..5).map(|k| ball(translate(point, step.map(|d| d * f64::from(k)))))).unwrap()
    });
    check::<3>("a slope", &found, &all, 4.0);
    let found = graph(|point: Point2<'_>| array::linear(point, [0.0, 1.0], Copies::Endless, odd));
    let all =
        graph(|[x, y]: Point2<'_>| union_of((-8..=8).map(|k| odd([x, y - f64::from(k)]))).unwrap());
    check::<2>("an endless row", &found, &all, 4.0);
}

#[test]
fn grids_are_unions() {
    let found = graph(|point: Point2<'_>| {
        array::grid(point, [1.0, 1.25], [Copies::Few(3), Copies::Few(2)], odd)
    });
    let all = graph(|[x, y]: Point2<'_>| {
        let places = (0..6).map(|k| [f64::from(k % 3), 1.25 * f64::from(k / 3)]);
        union_of(places.map(|[a, b]| odd([x - a, y - b]))).unwrap()
    });
    check::<2>("a grid", &found, &all, 5.0);
    fn bead(point: Point3<'_>) -> Expr<'_> {
        space::sphere(translate(point, [0.2, 0.1, -0.2]), 0.25)
    }
    let copies = [Copies::Few(2), Copies::Endless, Copies::Few(3)];
    let found = graph(|point: Point3<'_>| array::grid(point, [1.0, 1.0, 1.0], copies, bead));
    let all = graph(|point: Point3<'_>| {
        let places = (0..2 * 11 * 3).map(|k| [k % 2, k / 2 % 11 - 5, k / 22].map(f64::from));
        union_of(places.map(|by| bead(translate(point, by)))).unwrap()
    });
    check::<3>("a grid of beads", &found, &all, 3.0);
}

#[test]
fn rings_are_unions() {
    for count in [1u32, 2, 3, 5, 12] {
        let sector = std::f64::consts::TAU / f64::from(count);
        // Without symmetry, and in its sector.
        let most = (sector / 2.0).min(1.4).tan().min(0.8) * 0.9;
        let found = graph(|point: Point2<'_>| {
            array::polar(point, count, |p| {
                plane::triangle(p, [0.9, -most * 0.9], [1.3, 0.0], [1.0, most])
            })
        });
        let all = graph(|point: Point2<'_>| {
            let turned = (0..count).map(|k| rotate(point, sector * f64::from(k)));
            union_of(
                turned.map(|p| plane::triangle(p, [0.9, -most * 0.9], [1.3, 0.0], [1.0, most])),
            )
            .unwrap()
        });
        check::<2>("a ring", &found, &all, 2.5);
    }
}

#[test]
fn mirrors_are_unions() {
    fn ball(point: Point3<'_>) -> Expr<'_> {
        space::sphere(translate(point, [0.3, 0.1, -0.2]), 0.5)
    }
    let found = graph(|point: Point3<'_>| array::mirror(point, [2.0, 0.0, 0.0], ball));
    let all = graph(|[x, y, z]: Point3<'_>| ball([x, y, z]).min(ball([-x, y, z])));
    check::<3>("a mirror", &found, &all, 2.0);
}

/// Formulas ask for the two coordinates themselves.
#[test]
fn formulas_have_arrays() {
    let odd = "fn odd(a, b) = trigon(a, b, -0.45, -0.3, 0.1, -0.4, 0.48, 0.4);";
    let found = formula::<2>(&format!(
        "{odd} min(odd(repeat(x, 1, copies = 4), y), odd(repeat(x, 1, copies = 4, copy = next), y))"
    ));
    let all = graph(|[x, y]: Point2<'_>| {
        let shape = |p| plane::triangle(p, [-0.45, -0.3], [0.1, -0.4], [0.48, 0.4]);
        union_of((0..4).map(|k| shape([x - f64::from(k), y]))).unwrap()
    });
    check::<2>("a row in a formula", &found, &all, 6.0);
    let found = formula::<2>(
        "fn blade(a, b) = trigon(a, b, 0.9, -0.2, 1.3, 0, 1, 0.3); \
         min(blade(polar(x, y, count = 7), polar(x, y, count = 7, axis = y)), \
             blade(polar(x, y, count = 7, copy = next), polar(x, y, count = 7, axis = y, copy = next)))",
    );
    let all = graph(|point: Point2<'_>| {
        let turned = (0..7).map(|k| rotate(point, std::f64::consts::TAU / 7.0 * f64::from(k)));
        union_of(turned.map(|p| plane::triangle(p, [0.9, -0.2], [1.3, 0.0], [1.0, 0.3]))).unwrap()
    });
    check::<2>("a ring in a formula", &found, &all, 2.5);
}
