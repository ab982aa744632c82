//! Periodic structures: struts against lines, surfaces against what is said of them.

use crate::common::Close::ExactOutside;
use crate::common::{check, check_lipschitz, formula, graph, points, random, values};
use smalto_shape::library::{Point3, lattice::Surface};

/// Distance from p to the segment from a to b.
fn to_segment(p: [f64; 3], a: [f64; 3], b: [f64; 3]) -> f64 {
    let dot = |u: [f64; 3], v: [f64; 3]| (0..3).map(|i| u[i] * v[i]).sum::<f64>();
    let minus = |u: [f64; 3], v: [f64; 3]| std::array::from_fn::<_, 3, _>(|i| u[i] - v[i]);
    let (w, d) = (minus(p, a), minus(b, a));
    let t = (dot(w, d) / dot(d, d)).clamp(0.0, 1.0);
    let r = minus(w, d.map(|x| x * t));
    dot(r, r).sqrt()
}

/// All struts between nodes of a lattice that are `reach` apart, around a cell of size 1.
fn struts(nodes: &[[f64; 3]], reach: f64) -> Vec<[[f64; 3]; 2]> {
    let mut places = Vec::new();
    for cell in 0..64 {
        let corner = [cell % 4, cell / 4 % 4, cell / 16].map(|n| f64::from(n) - 2.0);
        places.extend(
            nodes
                .iter()
                .map(|node| std::array::from_fn::<_, 3, _>(|i| node[i] + corner[i])),
        );
    }
    let mut found = Vec::new();
    for (at, &a) in places.iter().enumerate() {
        for &b in &places[..at] {
            let apart = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
            if (apart - reach).abs() < 1e-9 {
                found.push([a, b]);
            }
        }
    }
    found
}

#[test]
fn strut_lattices_are_struts() {
    let corner = [0.0, 0.0, 0.0];
    let faces = [[0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]];
    let half = 0.5f64;
    let lattices = [
        ("cubic", struts(&[corner], 1.0)),
        (
            "body_centred",
            struts(&[corner, [0.5; 3]], 3f64.sqrt() * half),
        ),
        (
            "octet",
            struts(&[corner, faces[0], faces[1], faces[2]], half.sqrt()),
        ),
    ];
    for (name, struts) in lattices {
        let graph = formula::<3>(&format!("struts(x, y, z, 1, 0.1, lattice = {name})"));
        check_lipschitz::<3>(name, &graph, 1.0, 1.0);
        let here = points::<3>(300, 0.7);
        for (&point, value) in here.iter().zip(values(&graph, &here)) {
            let distances = struts.iter().map(|&[a, b]| to_segment(point, a, b));
            let expected = distances.fold(f64::INFINITY, f64::min) - 0.1;
            assert!(
                (value - expected).abs() < 1e-9,
                "{name} at {point:?}: {value}, not {expected}"
            );
        }
    }
}

#[test]
fn a_strut_lattice_scales_with_its_cell() {
    check("struts(x, y, z, 1.1, 0.15)", ExactOutside, |p: [f64; 3]| {
        let folded = p.map(|x| x - 1.1 * (x / 1.1).round());
        (0..3).any(|axis| folded[(axis + 1) % 3].hypot(folded[(axis + 2) % 3]) < 0.15)
    });
}

#[test]
fn surfaces_are_no_steeper_than_1() {
    for surface in Surface::ALL {
        let sheet = graph(|point: Point3<'_>| surface.sheet(point, 1.3, 0.1));
        check_lipschitz::<3>(&format!("{surface:?}"), &sheet, 1.0, 1.0);
        let solid = graph(|point: Point3<'_>| surface.solid(point, 0.7, 0.3));
        check_lipschitz::<3>(&format!("{surface:?}"), &solid, 1.0, 1.0);
        // And nearly that steep somewhere: the constant is the steepest slope.
        let here = points::<3>(20_000, 1.0);
        let step = 1e-6;
        let slopes = (0..3).map(|axis| {
            let there: Vec<[f64; 3]> = here
                .iter()
                .map(|point| std::array::from_fn(|i| point[i] + if i == axis { step } else { 0.0 }))
                .collect();
            let pairs = values(&solid, &here)
                .into_iter()
                .zip(values(&solid, &there));
            pairs.map(|(a, b)| (b - a) / step).collect::<Vec<f64>>()
        });
        let slopes: Vec<Vec<f64>> = slopes.collect();
        let steepest = (0..here.len())
            .map(|at| slopes.iter().map(|s| s[at] * s[at]).sum::<f64>().sqrt())
            .fold(0.0, f64::max);
        assert!(steepest > 0.97, "{surface:?} is no steeper than {steepest}");
    }
}

/// Labyrinths fill what they should, and repeat.
#[test]
fn labyrinths_fill_their_fraction() {
    let mut random = random(5);
    let here: Vec<[f64; 3]> = (0..40_000)
        .map(|_| std::array::from_fn(|_| random() * 1.3))
        .collect();
    for surface in Surface::ALL {
        for fraction in [0.1, 0.35, 0.5, 0.8] {
            let solid = graph(|point: Point3<'_>| surface.solid(point, 1.3, fraction));
            let inside = values(&solid, &here)
                .iter()
                .filter(|&&value| value < 0.0)
                .count();
            let found = inside as f64 / here.len() as f64;
            // Random points are off by 0.0025 mostly, the fit by 0.0025 at most.
            assert!(
                (found - fraction).abs() < 0.0125,
                "{surface:?} fills {found}, not {fraction}"
            );
            let there: Vec<[f64; 3]> = here
                .iter()
                .map(|[x, y, z]| [x + 1.3, y - 1.3, z + 2.6])
                .collect();
            for (a, b) in values(&solid, &here)
                .iter()
                .zip(values(&solid, &there))
                .step_by(97)
            {
                assert!((a - b).abs() < 1e-9, "{surface:?}: {a} and {b}");
            }
        }
    }
}

/// A wall takes as much of space as its thickness times the surface does: thin walls of twice the
/// thickness take twice as much, and of a gyroid, whose area per cell is 3.0915 (A. Schoen,
/// "Infinite periodic minimal surfaces without self-intersections", NASA TN D-5541, 1970), what
/// follows from that.
#[test]
fn walls_are_as_thick_as_said() {
    let mut random = random(6);
    let here: Vec<[f64; 3]> = (0..200_000)
        .map(|_| std::array::from_fn(|_| random()))
        .collect();
    let fraction = |surface: Surface, thickness: f64| {
        let sheet = graph(|point: Point3<'_>| surface.sheet(point, 1.0, thickness));
        let inside = values(&sheet, &here)
            .iter()
            .filter(|&&value| value < 0.0)
            .count();
        inside as f64 / here.len() as f64
    };
    for (surface, area) in [(Surface::Gyroid, 3.0915), (Surface::Primitive, 2.3451)] {
        let found = fraction(surface, 0.05);
        assert!(
            (found / (0.05 * area) - 1.0).abs() < 0.05,
            "{surface:?}: {found}, not {}",
            0.05 * area
        );
    }
}
