//! Solids against what is inside of them.

use crate::common::Close::{Bound, Exact, ExactInside, ExactOutside};
use crate::common::{check, least, length, minus};

/// The length of what is beyond these limits.
fn beyond<const N: usize>(point: [f64; N], limits: [f64; N]) -> f64 {
    length::<N>(std::array::from_fn(|axis| {
        (point[axis].abs() - limits[axis]).max(0.0)
    }))
}

#[test]
fn boxes() {
    check("cuboid(x, y, z, 0.9, 0.5, 0.7)", Exact, |p: [f64; 3]| {
        beyond(p, [0.9, 0.5, 0.7]) == 0.0
    });
    check(
        "rounded_cuboid(x, y, z, 0.9, 0.5, 0.7, 0.2)",
        Exact,
        |p: [f64; 3]| beyond(p, [0.7, 0.3, 0.5]) < 0.2,
    );
    check(
        "cuboid_frame(x, y, z, 0.9, 0.8, 0.7, 0.3)",
        ExactOutside,
        |p: [f64; 3]| {
            let outer = [0.9, 0.8, 0.7];
            let edges = (0..3)
                .filter(|&axis| p[axis].abs() > outer[axis] - 0.3)
                .count();
            beyond(p, outer) == 0.0 && edges >= 2
        },
    );
    check("half_space(x, y, z, 1, 2, -2, 0.3)", Exact, |[x, y, z]| {
        (x + 2.0 * y - 2.0 * z) / 3.0 > 0.3
    });
}

#[test]
fn round_solids() {
    check("sphere(x, y, z, 0.8)", Exact, |p: [f64; 3]| length(p) < 0.8);
    check("ellipsoid(x, y, z, 1.1, 0.5, 0.7)", Bound, |[x, y, z]| {
        length([x / 1.1, y / 0.5, z / 0.7]) < 1.0
    });
    check("torus(x, y, z, 0.8, 0.3)", Exact, |[x, y, z]| {
        (x.hypot(y) - 0.8).hypot(z) < 0.3
    });
    check("link(x, y, z, 0.4, 0.6, 0.25)", Exact, |[x, y, z]| {
        (x.hypot((y.abs() - 0.4).max(0.0)) - 0.6).hypot(z) < 0.25
    });
    check("cylinder(x, y, z, 0.6, 0.9)", Exact, |[x, y, z]| {
        x.hypot(y) < 0.6 && z.abs() < 0.9
    });
    check(
        "rounded_cylinder(x, y, z, 0.7, 0.9, 0.25)",
        Exact,
        |[x, y, z]| beyond([x.hypot(y), z], [0.45, 0.65]) < 0.25,
    );
    check(
        "capsule(x, y, z, -0.6, 0.2, 0, 0.7, -0.3, 0.5, 0.3)",
        Exact,
        |p: [f64; 3]| {
            let (a, d) = ([-0.6, 0.2, 0.0], [1.3, -0.5, 0.5]);
            let w: [f64; 3] = std::array::from_fn(|i| p[i] - a[i]);
            let dot = |u: [f64; 3], v: [f64; 3]| (0..3).map(|i| u[i] * v[i]).sum::<f64>();
            let t = (dot(w, d) / dot(d, d)).clamp(0.0, 1.0);
            length(std::array::from_fn::<_, 3, _>(|i| w[i] - t * d[i])) < 0.3
        },
    );
}

#[test]
fn cones() {
    check("cone(x, y, z - 0.6, 0.8, 1.2)", Exact, |[x, y, z]| {
        let down = 0.6 - z;
        down < 1.2 && x.hypot(y) < down * 0.8 / 1.2
    });
    for (bottom, top) in [(0.9, 0.4), (0.2, 0.8)] {
        let text = format!("capped_cone(x, y, z, {bottom}, {top}, 0.7)");
        check(&text, Exact, |[x, y, z]| {
            z.abs() < 0.7 && x.hypot(y) < bottom + (top - bottom) * (z + 0.7) / 1.4
        });
    }
    for (bottom, top) in [(0.7, 0.2), (0.3, 0.6)] {
        let text = format!("round_cone(x, y, z + 0.4, {bottom}, {top}, 0.8)");
        // Of the balls that lie between the two, evenly in place and radius.
        check(&text, Exact, |[x, y, z]| {
            let r = x.hypot(y);
            let beyond = |t: f64| r.hypot(z + 0.4 - 0.8 * t) - (bottom + (top - bottom) * t);
            least(beyond, 0.0, 1.0) < 0.0
        });
    }
}

#[test]
fn polyhedra() {
    check("octahedron(x, y, z, 1)", Exact, |[x, y, z]| {
        x.abs() + y.abs() + z.abs() < 1.0
    });
    check("tetrahedron(x, y, z, 0.6)", ExactInside, |[x, y, z]| {
        let corners = [
            [1.0, 1.0, 1.0],
            [1.0, -1.0, -1.0],
            [-1.0, 1.0, -1.0],
            [-1.0, -1.0, 1.0],
        ];
        // Opposite to each corner is a face.
        corners
            .iter()
            .all(|[a, b, c]| -(a * x + b * y + c * z) < 0.6)
    });
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    let within = move |[x, y, z]: [f64; 3], a: f64, b: f64, size: f64| {
        let norm = a.hypot(b);
        [[x, y], [y, z], [z, x]]
            .iter()
            .all(|[u, v]| (u.abs() * a + v.abs() * b) / norm < size)
    };
    check(
        "dodecahedron(x, y, z, 0.8)",
        ExactInside,
        move |p: [f64; 3]| within(p, 1.0, golden, 0.8),
    );
    check(
        "icosahedron(x, y, z, 0.8)",
        ExactInside,
        move |p @ [x, y, z]: [f64; 3]| {
            within(p, golden, 1.0 / golden, 0.8)
                && (x.abs() + y.abs() + z.abs()) / 3f64.sqrt() < 0.8
        },
    );
    for height in [0.5, 1.4] {
        let text = format!("pyramid(x, y, z + 0.3, 0.8, {height})");
        check(&text, Exact, |[x, y, z]| {
            let up = z + 0.3;
            up > 0.0 && x.abs().max(y.abs()) < 0.8 * (1.0 - up / height)
        });
    }
    for corners in [3u32, 6] {
        let sector = std::f64::consts::TAU / f64::from(corners);
        let text = format!("prism(x, y, z, 0.9, 0.5, corners = {corners})");
        check(&text, Exact, |[x, y, z]| {
            let angle = x.atan2(y).rem_euclid(sector) - sector / 2.0;
            z.abs() < 0.5 && x.hypot(y) * angle.cos() < 0.9 * (sector / 2.0).cos()
        });
    }
}

/// The faces of an icosahedron are as far from one another as those of a regular one are.
#[test]
fn an_icosahedron_is_regular() {
    // Its corners are where its faces' planes meet in fives: all equally far out.
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    let radius = 0.8 * 3f64.sqrt() / golden.powi(2) * (golden * 5f64.sqrt()).sqrt();
    let graph = crate::common::formula::<3>("icosahedron(x, y, z, 0.8)");
    let norm = golden.hypot(1.0);
    for corner in [[0.0, 1.0, golden], [golden, 0.0, 1.0], [1.0, golden, 0.0]] {
        let place = corner.map(|c: f64| c / norm * radius);
        let value = crate::common::values(&graph, &[place])[0];
        assert!(value.abs() < 1e-9, "{place:?} is {value} from the surface");
    }
}

#[test]
fn triangles_in_space() {
    let corners = [[-0.8, -0.5, 0.2], [0.9, -0.3, -0.4], [0.0, 0.9, 0.5]];
    check(
        "facet(x, y, z, -0.8, -0.5, 0.2, 0.9, -0.3, -0.4, 0, 0.9, 0.5, 0.25)",
        Exact,
        |p: [f64; 3]| {
            // Of the lines from the first corner to the opposite edge, the one that comes
            // nearest; how near they come is a convex function, along them and among them.
            let mix = |a: [f64; 3], b: [f64; 3], t: f64| -> [f64; 3] {
                std::array::from_fn(|i| a[i] + t * (b[i] - a[i]))
            };
            let away = |s: f64| {
                let end = mix(corners[1], corners[2], s);
                let d = minus(end, corners[0]);
                let w = minus(p, corners[0]);
                let dot = |u: [f64; 3], v: [f64; 3]| (0..3).map(|i| u[i] * v[i]).sum::<f64>();
                let t = (dot(w, d) / dot(d, d)).clamp(0.0, 1.0);
                length(minus(p, mix(corners[0], end, t)))
            };
            least(away, 0.0, 1.0) < 0.25
        },
    );
}
