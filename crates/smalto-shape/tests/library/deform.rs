//! Shapes swept, placed and deformed: where they are, and how steep.

use crate::common::Close::{Bound, Exact};
use crate::common::{check_graph, formula, graph, points, values};
use smalto_graph::Affine;
use smalto_shape::library::{Point3, deform, place, plane, space, sweep};

#[test]
fn swept_shapes() {
    let biscuit = graph(|point: Point3<'_>| {
        sweep::extrude(point, 0.4, |section| {
            plane::triangle(section, [-0.8, -0.5], [0.9, -0.4], [0.0, 0.9])
        })
    });
    let left = |a: [f64; 2], b: [f64; 2], x: f64, y: f64| {
        (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) > 0.0
    };
    let inside = |x: f64, y: f64| {
        let c = [[-0.8, -0.5], [0.9, -0.4], [0.0, 0.9]];
        (0..3).all(|k| left(c[k], c[(k + 1) % 3], x, y))
    };
    check_graph::<3>("a biscuit", &biscuit, Exact, 1.0, |[x, y, z]| {
        inside(x, y) && z.abs() < 0.4
    });
    let tyre = graph(|point: Point3<'_>| {
        sweep::revolve(point, 0.9, |profile| plane::rectangle(profile, [0.2, 0.4]))
    });
    check_graph::<3>("a tyre", &tyre, Exact, 1.0, |[x, y, z]: [f64; 3]| {
        (x.hypot(y) - 0.9).abs() < 0.2 && z.abs() < 0.4
    });
    let hull = graph(|point: Point3<'_>| {
        let (bottom, top) = (
            |p| plane::circle(p, 0.9),
            |p| plane::rectangle(p, [0.4, 0.4]),
        );
        sweep::loft(point, 0.8, 0.6, bottom, top)
    });
    check_graph::<3>("a loft", &hull, Bound, 1.0, |[x, y, z]: [f64; 3]| {
        let (dx, dy) = (x.abs() - 0.4, y.abs() - 0.4);
        let square = dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0);
        let disc = x.hypot(y) - 0.9;
        let up = (z + 0.8) / 1.6;
        z.abs() < 0.8 && disc + (square - disc) * up < 0.0
    });
}

#[test]
fn shells() {
    let ball = graph(|point: Point3<'_>| sweep::shell(space::sphere(point, 0.8), 0.3));
    check_graph::<3>("a shell", &ball, Exact, 1.0, |[x, y, z]: [f64; 3]| {
        (x.hypot(y).hypot(z) - 0.8).abs() < 0.15
    });
    let onion = formula::<2>("shells(circle(x, y, 1), 0.3, 0.1, count = 3)");
    check_graph::<2>("an onion", &onion, Exact, 1.0, |[x, y]: [f64; 2]| {
        [1.0, 0.7, 0.4]
            .iter()
            .any(|radius| (x.hypot(y) - radius).abs() < 0.05)
    });
    let grown = graph(|p| sweep::offset(plane::rectangle(p, [0.5, 0.3]), 0.2));
    check_graph::<2>("an offset", &grown, Exact, 1.0, |[x, y]: [f64; 2]| {
        (x.abs() - 0.5).max(0.0).hypot((y.abs() - 0.3).max(0.0)) < 0.2
    });
}

/// A box that was turned, moved and stretched is where the inverse says.
#[test]
fn placed_shapes() {
    let is_in_box = |[x, y, z]: [f64; 3]| x.abs() < 0.7 && y.abs() < 0.3 && z.abs() < 0.5;
    let unit = [0.7, 0.3, 0.5];
    let check = |what: &str, map: Affine, close| {
        let placed = graph(|point| {
            place::affine(point, &map, |point| space::cuboid(point, unit)).expect("not flat")
        });
        let back = map.inverse().expect("not flat");
        check_graph::<3>(what, &placed, close, 1.0, |p| is_in_box(back.apply(p)));
    };
    let turn = Affine::rotate([1.0, 2.0, -1.0], 0.8);
    let moved = turn.then(Affine::translate([0.3, -0.2, 0.1]));
    check("a turned box", moved, Exact);
    check("a larger box", moved.then(Affine::scale(1.3)), Exact);
    check(
        "a sheared box",
        turn.then(Affine::scale_axes([1.4, 0.6, 1.0])),
        Bound,
    );
    let flat = Affine::scale_axes([1.0, 0.0, 1.0]);
    let graph_of_flat = graph(|point: Point3<'_>| {
        let placed = place::affine(point, &flat, |point| space::sphere(point, 1.0));
        assert!(placed.is_none());
        point[0]
    });
    drop(graph_of_flat);

    let about = graph(|point: Point3<'_>| {
        let point = place::rotate_about(point, [1.0, 2.0, -1.0], 0.8);
        space::cuboid(point, unit)
    });
    let back = turn.inverse().unwrap();
    check_graph::<3>("about an axis", &about, Exact, 1.0, |p| {
        is_in_box(back.apply(p))
    });
    type Turn = for<'g> fn(Point3<'g>) -> Point3<'g>;
    let turns: [(Turn, Affine); 3] = [
        (|p| place::rotate_x(p, 0.6), Affine::rotate_x(0.6)),
        (|p| place::rotate_y(p, 0.6), Affine::rotate_y(0.6)),
        (|p| place::rotate_z(p, 0.6), Affine::rotate_z(0.6)),
    ];
    for (turn, map) in turns {
        let turned = graph(|point| space::cuboid(turn(point), unit));
        let back = map.inverse().unwrap();
        check_graph::<3>("about one of the axes", &turned, Exact, 1.0, |p| {
            is_in_box(back.apply(p))
        });
    }
    let scaled = graph(|point: Point3<'_>| place::scale(point, 1.5, |p| space::cuboid(p, unit)));
    check_graph::<3>("a scaled box", &scaled, Exact, 1.0, |p| {
        is_in_box(p.map(|x| x / 1.5))
    });
    let factors = [1.5, 2.0, 0.8];
    let stretched =
        graph(|point: Point3<'_>| place::stretch(point, factors, |p| space::cuboid(p, unit)));
    check_graph::<3>("a stretched box", &stretched, Bound, 1.0, |p| {
        is_in_box(std::array::from_fn(|axis| p[axis] / factors[axis]))
    });
}

#[test]
fn deformed_shapes() {
    let size = [0.6, 0.4, 0.9];
    let is_in_box = |p: [f64; 3]| (0..3).all(|axis| p[axis].abs() < size[axis]);
    let column =
        graph(|point: Point3<'_>| deform::twist(point, 1.5, 0.75, |p| space::cuboid(p, size)));
    check_graph::<3>("a twisted column", &column, Bound, 1.0, |[x, y, z]| {
        let (sin, cos) = (1.5 * z).sin_cos();
        is_in_box([x * cos + y * sin, y * cos - x * sin, z])
    });
    let tower = graph(|point: Point3<'_>| {
        deform::taper(point, 0.9, 1.0, 0.5, 0.75, |p| space::cuboid(p, size))
    });
    check_graph::<3>(
        "a tapered tower",
        &tower,
        Bound,
        1.0,
        |[x, y, z]: [f64; 3]| {
            let factor = 1.0 - 0.5 * ((z + 0.9) / 1.8).clamp(0.0, 1.0);
            is_in_box([x / factor, y / factor, z])
        },
    );
}

/// Along the x axis a bar keeps its length, and it ends up where the circle is.
#[test]
fn a_bent_bar_lies_on_its_circle() {
    let bar = graph(|point: Point3<'_>| {
        deform::bend(point, 1.0, 0.2, |p| space::cuboid(p, [1.5, 0.2, 0.3]))
    });
    let here = points::<3>(5000, 1.5);
    for (&[x, y, z], value) in here.iter().zip(values(&bar, &here)) {
        let (out, angle) = (x.hypot(1.0 - y), x.atan2(1.0 - y));
        let inside = angle.abs() < 1.5 && (out - 1.0).abs() < 0.2 && z.abs() < 0.3;
        assert_eq!(value < 0.0, inside, "at {x}, {y}, {z}: {value}");
    }
    // Where the shape can be, nothing is steeper than 1.
    let moved: Vec<[f64; 3]> = here
        .iter()
        .map(|[x, y, z]| [x + 1e-4, y - 1e-4, z + 1e-4])
        .collect();
    let step = 3f64.sqrt() * 1e-4;
    let pairs = values(&bar, &here).into_iter().zip(values(&bar, &moved));
    for ((a, b), &[x, y, _]) in pairs.zip(&here) {
        if x.hypot(1.0 - y) > 0.81 && y < 1.0 {
            assert!(
                (a - b).abs() <= step * (1.0 + 1e-6),
                "at {x}, {y}: {a} to {b}"
            );
        }
    }
}

/// Formulas ask with the coordinates, and divide by the steepness themselves.
#[test]
fn formulas_deform() {
    let text = "fn bar(a, b, c) = cuboid(a, b, c, 0.6, 0.4, 0.9); \
                bar(twist(x, y, z, 1.5), twist(x, y, z, 1.5, axis = y), z) / twist_steepness(1.5, 0.75)";
    let found = formula::<3>(text);
    let expected = graph(|point: Point3<'_>| {
        deform::twist(point, 1.5, 0.75, |p| space::cuboid(p, [0.6, 0.4, 0.9]))
    });
    // Within the reach they are the same.
    let here = points::<3>(2000, 0.52);
    for (a, b) in values(&found, &here).iter().zip(values(&expected, &here)) {
        assert!((a - b).abs() < 1e-12, "{a} and {b}");
    }
}
