//! Shapes of the plane against what is inside of them.

use crate::common::Close::{Bound, Exact, ExactOutside};
use crate::common::{check, check_graph, graph, least};
use smalto_shape::library::plane;
use std::f64::consts::{FRAC_PI_2, TAU};

/// How far to the left of the line from a to b.
fn left([ax, ay]: [f64; 2], [bx, by]: [f64; 2], [x, y]: [f64; 2]) -> f64 {
    (bx - ax) * (y - ay) - (by - ay) * (x - ax)
}

/// The angle from straight up, either way.
fn aperture([x, y]: [f64; 2]) -> f64 {
    x.abs().atan2(y)
}

#[test]
fn round_shapes() {
    check("circle(x, y, 0.8)", Exact, |[x, y]| x.hypot(y) < 0.8);
    check("circle(x - 1, y + 0.5, 0.3)", Exact, |[x, y]| {
        (x - 1.0).hypot(y + 0.5) < 0.3
    });
    check("ring(x, y, 0.8, 0.3)", Exact, |[x, y]| {
        (x.hypot(y) - 0.8).abs() < 0.15
    });
    for (width, height) in [(1.2, 0.5), (0.2, 1.1), (0.7, 0.7)] {
        let text = format!("ellipse(x, y, {width}, {height})");
        check(&text, Bound, |[x, y]| (x / width).hypot(y / height) < 1.0);
    }
    check("lens(x, y, 1, 0.4)", Exact, |[x, y]| {
        (x.abs() + 0.4).hypot(y) < 1.0
    });
    check("lens(x, y, 0.7, 0)", Exact, |[x, y]| x.hypot(y) < 0.7);
}

#[test]
fn slices_and_arcs() {
    for half in [0.3, 1.2, FRAC_PI_2, 2.4] {
        let text = format!("pie(x, y, 0.9, {half})");
        check(&text, Exact, |p: [f64; 2]| {
            p[0].hypot(p[1]) < 0.9 && aperture(p) < half
        });
        let text = format!("arc(x, y, 0.8, {half}, 0.3)");
        check(&text, Exact, |p @ [x, y]| {
            let end = [0.8 * half.sin(), 0.8 * half.cos()];
            let along = aperture(p) < half && (x.hypot(y) - 0.8).abs() < 0.15;
            along || (x.abs() - end[0]).hypot(y - end[1]) < 0.15
        });
    }
}

#[test]
fn shapes_with_corners() {
    check("rectangle(x, y, 0.9, 0.4)", Exact, |[x, y]| {
        x.abs() < 0.9 && y.abs() < 0.4
    });
    check("rounded_rectangle(x, y, 0.9, 0.4, 0.3)", Exact, |[x, y]| {
        (x.abs() - 0.6).max(0.0).hypot((y.abs() - 0.1).max(0.0)) < 0.3
    });
    check("rhombus(x, y, 1.1, 0.5)", Exact, |[x, y]| {
        x.abs() / 1.1 + y.abs() / 0.5 < 1.0
    });
    for (bottom, top) in [(1.0, 0.4), (0.3, 1.1), (0.9, 0.0), (0.5, 0.5)] {
        let text = format!("trapezoid(x, y, {bottom}, {top}, 0.7)");
        check(&text, Exact, |[x, y]| {
            y.abs() < 0.7 && x.abs() < bottom + (top - bottom) * (y + 0.7) / 1.4
        });
    }
    check("cross(x, y, 1, 0.3)", Exact, |[x, y]| {
        let (a, b) = (x.abs(), y.abs());
        a.max(b) < 1.0 && a.min(b) < 0.3
    });
    let corners = [[-0.9, -0.3], [1.0, -0.6], [0.2, 0.9]];
    let inside = |p: [f64; 2]| (0..3).all(|k| left(corners[k], corners[(k + 1) % 3], p) > 0.0);
    check("trigon(x, y, -0.9, -0.3, 1, -0.6, 0.2, 0.9)", Exact, inside);
    check("trigon(x, y, -0.9, -0.3, 0.2, 0.9, 1, -0.6)", Exact, inside);
    check("half_plane(x, y, 0.5, 0.2)", Exact, |[x, y]| {
        x * 0.5f64.cos() + y * 0.5f64.sin() > 0.2
    });
}

#[test]
fn polygons_and_stars() {
    for corners in [3, 4, 5, 8] {
        let sector = TAU / f64::from(corners);
        let text = format!("polygon(x, y, 1, corners = {corners})");
        check(&text, Exact, |[x, y]| {
            let angle = x.atan2(y).rem_euclid(sector) - sector / 2.0;
            x.hypot(y) * angle.cos() < (sector / 2.0).cos()
        });
        for inner in [0.3, 0.8] {
            let text = format!("star(x, y, 1, {inner}, corners = {corners})");
            check(&text, Exact, |[x, y]| {
                let angle = x.atan2(y).rem_euclid(sector);
                let angle = angle.min(sector - angle);
                let (tip, notch) = (
                    [1.0, 0.0],
                    [inner * (sector / 2.0).cos(), inner * (sector / 2.0).sin()],
                );
                let r = x.hypot(y);
                left(tip, notch, [r * angle.cos(), r * angle.sin()]) > 0.0
            });
        }
    }
}

#[test]
fn lines_and_curves() {
    let near_segment = |[x, y]: [f64; 2], a: [f64; 2], b: [f64; 2], radius: f64| {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let t = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy);
        let t = t.clamp(0.0, 1.0);
        (x - a[0] - t * dx).hypot(y - a[1] - t * dy) < radius
    };
    check(
        "segment(x, y, -0.7, 0.2, 0.9, -0.4, 0.2)",
        Exact,
        |p: [f64; 2]| near_segment(p, [-0.7, 0.2], [0.9, -0.4], 0.2),
    );
    // Round, sharp, back on itself, all but straight, straight.
    let controls = [
        [0.1, 1.2],
        [1.8, 0.3],
        [-1.5, -0.2],
        [0.1, 0.01],
        [0.1, 0.0],
        [-0.9, 0.0],
    ];
    for [cx, cy] in controls {
        let text = format!("bezier(x, y, -0.9, 0, {cx}, {cy}, 1.1, 0, 0.15)");
        check(&text, ExactOutside, |p: [f64; 2]| {
            let at = |t: f64| {
                let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
                [a * -0.9 + b * cx + c * 1.1, b * cy]
            };
            let away = |t: f64| (p[0] - at(t)[0]).hypot(p[1] - at(t)[1]);
            // Around the nearest of some points of the curve there is but one minimum.
            let t = (0..=60).map(|k| f64::from(k) / 60.0);
            let t = t.min_by(|&a, &b| away(a).total_cmp(&away(b))).unwrap();
            least(away, (t - 1.0 / 60.0).max(0.0), (t + 1.0 / 60.0).min(1.0)) < 0.15
        });
    }
}

/// Parameters may be expressions.
#[test]
fn a_radius_may_depend_on_the_place() {
    let shape = graph(|[x, y]| plane::circle([x, y], x * 0.5 + 0.5));
    check_graph::<2>("a growing circle", &shape, Bound, 1.5, |[x, y]| {
        x.hypot(y) < x * 0.5 + 0.5
    });
}

#[test]
fn honeycombs() {
    check("honeycomb(x, y, 0.7, 0.1)", ExactOutside, |[x, y]| {
        // Distance to the nearest wall is half of how much further the second nearest middle
        // is, along the way to it.
        let mut nearest = [(f64::INFINITY, [0.0; 2]); 2];
        for row in -5i32..=5 {
            for column in -5..=5 {
                let shift = 0.5 * f64::from(row.rem_euclid(2));
                let middle = [
                    0.7 * (f64::from(column) + shift),
                    0.7 * 0.75f64.sqrt() * f64::from(row),
                ];
                let away = (x - middle[0]).hypot(y - middle[1]);
                if away < nearest[0].0 {
                    nearest = [(away, middle), nearest[0]];
                } else if away < nearest[1].0 {
                    nearest[1] = (away, middle);
                }
            }
        }
        let [(a, _), (b, _)] = nearest;
        (b * b - a * a) / (2.0 * 0.7) < 0.05
    });
}
