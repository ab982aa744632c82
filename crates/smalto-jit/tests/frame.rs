//! Frames: where points, boxes and slopes of a picture's space are in that of a graph.

mod common;

use common::{Random, targets};
use smalto_graph::{Affine, formula};
use smalto_jit::trace::{Axis, BOXES, Bounds, Frame, LINE, Tracer};
use smalto_jit::{Options, Real, Target};

/// A matrix and a perspective.
type Map = ([[f64; 4]; 3], f64);

const MAPS: [Map; 4] = [
    (
        [
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
        ],
        0.0,
    ),
    (
        [
            [0.3, -0.7, 0.2, 1.5],
            [-0.9, 0.1, -0.4, -2.5],
            [0.6, 0.8, 0.5, 0.25],
        ],
        0.0,
    ),
    (
        [
            [0.3, -0.7, 0.2, 1.5],
            [-0.9, 0.1, -0.4, -2.5],
            [0.6, 0.8, 0.5, 0.25],
        ],
        -0.4,
    ),
    (
        [
            [1e-4, 0.0, 0.0, 1e6],
            [0.0, -1e-4, 0.0, 1e6],
            [0.0, 0.0, -1e-4, 0.0],
        ],
        0.25,
    ),
];

/// Shows `check` the frames of all maps on all targets.
fn on_each<T: Real>(mut check: impl FnMut(&Frame<T>, &Map)) {
    let graph = formula::parse("x").unwrap();
    for target in targets() {
        let options = Options {
            target,
            ..Options::default()
        };
        let tracer = Tracer::<T>::new(&graph, &[("x", Axis::Points)], &options).unwrap();
        for map in &MAPS {
            check(&tracer.frame(&Affine::from_rows(map.0), map.1), map);
        }
    }
}

/// A coordinate on a screen, or a depth.
fn coordinate<T: Real>(random: &mut Random) -> T {
    T::from_f64((random.bits() >> 11) as f64 / (1u64 << 52) as f64 - 1.0)
}

fn line<T: Real>(random: &mut Random) -> [T; LINE] {
    [(); LINE].map(|()| coordinate(random))
}

fn check_points<T: Real>() {
    let random = &mut Random(3);
    on_each::<T>(|frame, &(matrix, perspective)| {
        let screen = [(); 3].map(|()| line::<T>(random));
        let mut placed = screen;
        frame.points(placed.each_mut().map(|axis| &mut axis[..]));
        for i in 0..LINE {
            let [x, y, z] = screen.each_ref().map(|axis| axis[i]);
            let real = T::from_f64;
            let widening = real(perspective).mul_add(z, real(1.0));
            for (placed, row) in placed.iter().zip(matrix) {
                let [a, b, c, d] = row.map(T::from_f64);
                let by_y = real(b.to_f64() * y.to_f64());
                let ray = a.mul_add(x, by_y);
                let expected = widening.mul_add(ray, c.mul_add(z, d));
                assert!(placed[i].same(expected), "{matrix:?}, {perspective}");
            }
        }
    });
}

/// Points along rays are the points there, also of fewer rays than there are, and to the end of what
/// there is room for.
fn check_rays<T: Real>() {
    let random = &mut Random(5);
    on_each::<T>(|frame, _| {
        let (x, y) = (line::<T>(random), line::<T>(random));
        let mut rays = [[T::default(); LINE]; 3];
        frame.rays(&x, &y, rays.each_mut().map(|axis| Some(&mut axis[..])));
        let depths: [T; 5] = [(); 5].map(|()| coordinate(random));
        for count in [LINE, 1, 11] {
            let mut points = [[T::default(); 5 * LINE]; 3];
            let rays = rays.each_ref().map(|axis| &axis[..]);
            let len = 5 * count;
            let room = points.each_mut().map(|axis| Some(&mut axis[..len]));
            frame.along(rays, count, &depths, room);
            for (index, &depth) in depths.iter().enumerate() {
                let mut expected = [x, y, [depth; LINE]];
                frame.points(expected.each_mut().map(|axis| &mut axis[..]));
                for (axis, expected) in points.iter().zip(expected) {
                    let found = &axis[index * count..][..count];
                    assert_eq!(found, &expected[..count]);
                }
            }
        }
    });
}

/// Points of boxes are in the boxes around them, which are no larger than that takes.
fn check_boxes<T: Real>() {
    let random = &mut Random(7);
    on_each::<T>(|frame, map| {
        let mut boxes = [Bounds::<T>::default(); 3];
        for bounds in &mut boxes {
            for i in 0..BOXES {
                let (a, b) = (coordinate(random), coordinate(random));
                let (a, b) = if i == 0 { (a, a) } else { (a, b) };
                bounds.set(i, if a <= b { a } else { b }, if a <= b { b } else { a });
            }
        }
        let mut around = boxes;
        frame.boxes(&mut around);
        let mut reached = [Bounds {
            lo: [T::from_f64(f64::INFINITY); BOXES],
            hi: [T::from_f64(f64::NEG_INFINITY); BOXES],
        }; 3];
        for corner in 0..32 {
            let mut axis = 0;
            let mut points = boxes.each_ref().map(|bounds| {
                let upper = corner >> axis & 1 != 0;
                axis += 1;
                match corner < 8 {
                    true if upper => bounds.hi,
                    true => bounds.lo,
                    false => std::array::from_fn(|i| {
                        let (lo, hi) = (bounds.lo[i].to_f64(), bounds.hi[i].to_f64());
                        let part = coordinate::<T>(random).to_f64().abs();
                        T::from_f64((lo + (hi - lo) * part).clamp(lo, hi))
                    }),
                }
            });
            frame.points(points.each_mut().map(|axis| &mut axis[..]));
            for ((points, around), reached) in points.iter().zip(&around).zip(&mut reached) {
                for (i, &point) in points.iter().enumerate() {
                    let (lo, hi) = around.get(i);
                    assert!(lo <= point && point <= hi, "{map:?}, box {i}");
                    let (least, greatest) = reached.get(i);
                    let least = if point < least { point } else { least };
                    let greatest = if point > greatest { point } else { greatest };
                    reached.set(i, least, greatest);
                }
            }
        }
        // Each coordinate takes its bounds at corners, unless it depends on the depth twice.
        if map.1 == 0.0 {
            assert_eq!(reached, around, "{map:?}");
        }
    });
}

/// The slopes of a function of the graph's space by the picture's are differences.
fn check_slopes(tolerance: f64) {
    let random = &mut Random(11);
    on_each::<f64>(|frame, map| {
        let screen = [(); 3].map(|()| line::<f64>(random));
        let at = |points: &[[f64; LINE]; 3]| {
            let mut placed = *points;
            frame.points(placed.each_mut().map(|axis| &mut axis[..]));
            placed
        };
        // x^2 - 3 y z
        let placed = at(&screen);
        let mut partials = [[0.0; LINE]; 3];
        for i in 0..LINE {
            partials[0][i] = 2.0 * placed[0][i];
            partials[1][i] = -3.0 * placed[2][i];
            partials[2][i] = -3.0 * placed[1][i];
        }
        let points = screen.each_ref().map(|axis| &axis[..]);
        frame.slopes(points, partials.each_mut().map(|axis| &mut axis[..]));
        let value = |[x, y, z]: &[[f64; LINE]; 3], i: usize| x[i] * x[i] - 3.0 * y[i] * z[i];
        for (axis, slopes) in partials.iter().enumerate() {
            let step = 1e-3;
            let [before, behind] = [-step, step].map(|step| {
                let mut moved = screen;
                moved[axis].iter_mut().for_each(|x| *x += step);
                at(&moved)
            });
            for (i, slope) in slopes.iter().enumerate() {
                let difference = (value(&behind, i) - value(&before, i)) / (2.0 * step);
                let scale = placed
                    .iter()
                    .fold(1.0f64, |most, axis| most.max(axis[i].abs()));
                let error = (slope - difference).abs() / scale;
                assert!(error < tolerance, "{slope}, not {difference}: {map:?}");
            }
        }
    });
}

#[test]
fn points_are_where_the_map_says() {
    check_points::<f32>();
    check_points::<f64>();
}

#[test]
fn points_along_rays_are_the_points_there() {
    check_rays::<f32>();
    check_rays::<f64>();
}

#[test]
fn boxes_are_around_their_points() {
    check_boxes::<f32>();
    check_boxes::<f64>();
}

#[test]
fn slopes_are_differences() {
    check_slopes(1e-5);
}

#[test]
#[should_panic(expected = "assertion failed")]
fn slices_of_other_lengths_are_refused() {
    let graph = formula::parse("x").unwrap();
    let options = Options {
        target: Target::Interp,
        ..Options::default()
    };
    let tracer = Tracer::<f32>::new(&graph, &[("x", Axis::Points)], &options).unwrap();
    let [x, y, z] = &mut [[0.0; LINE]; 3];
    tracer
        .frame(&Affine::IDENTITY, 0.0)
        .points([x, y, &mut z[1..]]);
}
