//! Pictures of solids: light falls where it must, and nothing depends on how it is computed.

use smalto_graph::{Graph, formula};
use smalto_shape::{
    Camera, Colours, Finish, Image, Light, Lighting, Progress, RenderError, RenderOptions, Shading,
    Solid, SolidShading, Up, View, Volume, clipped, render,
};
use std::sync::atomic::{AtomicUsize, Ordering};

const BALL: &str = "sqrt(x^2 + y^2 + z^2) - 0.6";

fn parse(text: &str) -> Graph {
    formula::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Draws a model in 64 by 64 pixels.
fn draw(model: &str, camera: &Camera, shading: &SolidShading<'_>) -> Image {
    draw_with(model, camera, shading, &RenderOptions::default())
}

fn draw_with(
    model: &str,
    camera: &Camera,
    shading: &SolidShading<'_>,
    options: &RenderOptions<'_>,
) -> Image {
    let volume = Volume::new(64, 64).unwrap();
    let image = match options.double {
        false => Solid::<f32>::new(&parse(model), options).unwrap().render(
            &volume,
            camera,
            shading,
            options,
            &(),
        ),
        true => Solid::<f64>::new(&parse(model), options).unwrap().render(
            &volume,
            camera,
            shading,
            options,
            &(),
        ),
    };
    image.unwrap_or_else(|error| panic!("{model}: {error}"))
}

/// A numbered channel of 16 bits.
fn level(image: &Image, column: usize, row: usize, channel: usize) -> u16 {
    let bytes = &image.pixel(column, row)[2 * channel..];
    u16::from_be_bytes([bytes[0], bytes[1]])
}

/// Light from one side only, and nothing else.
fn only(towards: [f32; 3]) -> Lighting {
    Lighting {
        key: Light {
            towards,
            colour: [1.0; 3],
        },
        fill: Light {
            towards,
            colour: [0.0; 3],
        },
        sky: [0.0; 3],
        ground: [0.0; 3],
        gloss: 0.0,
        shadows: None,
        occlusion: 0.0,
        background: [[0.0; 3]; 2],
        ..Lighting::default()
    }
}

fn white(lighting: Lighting) -> SolidShading<'static> {
    SolidShading::Shade(Finish {
        lighting,
        colours: &[1.0; 3],
        samples: 1,
    })
}

fn every_shading() -> Vec<SolidShading<'static>> {
    vec![
        SolidShading::Shade(Finish::default()),
        SolidShading::Normals { wide: false },
        SolidShading::Normals { wide: true },
        SolidShading::Depth,
        SolidShading::Heat,
    ]
}

mod light {
    use super::*;

    #[test]
    fn on_a_ball_from_the_front_is_alike_on_all_sides() {
        let image = draw(BALL, &Camera::default(), &white(only([0.0, 0.0, 1.0])));
        for (column, row) in (0..64).flat_map(|row| (0..64).map(move |column| (column, row))) {
            let light = |column, row| i32::from(image.pixel(column, row)[0]);
            let here = light(column, row);
            for (x, y) in [(63 - column, row), (column, 63 - row), (row, column)] {
                assert!(
                    here.abs_diff(light(x, y)) <= 1,
                    "{column},{row} and {x},{y}"
                );
            }
        }
        assert!(image.pixel(32, 32)[0] > 250, "it faces the light");
        assert_eq!(image.pixel(1, 1), [0; 3]);
    }

    #[test]
    fn is_brightest_where_the_ball_faces_it() {
        for towards in [[0.6f32, 0.0, 0.8], [-0.6, 0.48, 0.64], [0.0, -0.8, 0.6]] {
            let image = draw(BALL, &Camera::default(), &white(only(towards)));
            // The middle of what is as bright as can be.
            let most = *image.bytes().iter().max().unwrap();
            let bright = image.bytes().chunks(3).enumerate();
            let bright: Vec<usize> = bright
                .filter(|(_, pixel)| pixel[0] >= most - 1)
                .map(|(index, _)| index)
                .collect();
            let mean = |part: fn(usize) -> usize| {
                let sum: usize = bright.iter().map(|&index| part(index)).sum();
                sum as f32 / bright.len() as f32
            };
            let (x, y) = (mean(|index| index % 64), mean(|index| index / 64));
            let (right, down) = (
                31.5 + 32.0 * 0.6 * towards[0],
                31.5 - 32.0 * 0.6 * towards[1],
            );
            assert!(
                (x - right).abs() < 2.5 && (y - down).abs() < 2.5,
                "{x},{y} {towards:?}"
            );
        }
    }

    #[test]
    fn is_kept_away_by_what_is_before_it() {
        // A ball above a floor, with light from above on the right.
        let scene = "min(z + 0.5, sqrt(x^2 + y^2 + (z - 0.2)^2) - 0.2)";
        let lighting = Lighting {
            shadows: Some(2.0),
            ..only([1.0, 0.0, 1.0])
        };
        for perspective in [0.0, 20.0] {
            let camera = Camera::default().with_perspective(perspective);
            let image = draw(scene, &camera, &white(lighting));
            // Straight under the ball, seen from the light, is (-0.7, 0, -0.5): nearer to the
            // middle with perspective.
            let widening = 1.0 + 0.5 * (perspective.to_radians() / 2.0).tan();
            let at = |x: f64| (32.0 + 32.0 * x / widening) as usize;
            assert_eq!(image.pixel(at(-0.7), 32), [0; 3], "in the shadow");
            let lit = image.pixel(at(0.7), 32);
            assert!(lit[0] > 200, "where the shadow is not: {lit:?}");
            assert_eq!(image.pixel(at(-0.7), 8), lit, "beside the shadow");
            let edge = (at(-0.95)..at(-0.45)).map(|column| image.pixel(column, 32)[0]);
            assert!(
                edge.into_iter().any(|light| light > 0 && light < lit[0]),
                "it is soft"
            );
        }
    }

    #[test]
    fn is_not_kept_away_by_what_is_cut_off_by_the_picture() {
        // All of space, seen where the volume begins.
        let lighting = Lighting {
            shadows: Some(2.0),
            ..only([1.0, 1.0, 1.0])
        };
        let image = draw("x - 9", &Camera::default(), &white(lighting));
        let middle = image.pixel(32, 32);
        assert_eq!(middle, [255, 255, 255].map(|_| middle[0]));
        let dark = image
            .bytes()
            .iter()
            .filter(|&&light| light < middle[0])
            .count();
        assert_eq!((dark, middle[0] > 100), (0, true));
    }

    #[test]
    fn of_the_sky_is_missing_in_corners() {
        let lighting = Lighting {
            sky: [1.0; 3],
            ground: [1.0; 3],
            occlusion: 1.0,
            ..only([0.0, 0.0, -1.0])
        };
        let shading = white(lighting);
        // So fine that what may be the noise of voxels, which does not count, is little.
        let volume = Volume::new(256, 256).unwrap();
        let options = RenderOptions::default();
        let light = |model: &str, x: f64| {
            let solid = Solid::<f32>::new(&parse(model), &options).unwrap();
            let image = solid.render(&volume, &Camera::default(), &shading, &options, &());
            image.unwrap().pixel((128.0 + 128.0 * x) as usize, 128)[0]
        };
        // A floor, and a step on the left, of which only the top is seen.
        let step = "min(z + 0.5, max(x + 0.2, z + 0.25))";
        let (near, middle, far) = (light(step, -0.1), light(step, 0.0), light(step, 0.7));
        assert!(near < middle && middle < far, "{near} {middle} {far}");
        // Where walls at a right angle meet, integrating the estimator hides half of the sky; its
        // samples, which are few where walls are near, and do not count what may be noise, a third.
        // A quarter leaves 225 of 255.
        let valley = "(z - abs(x)) / sqrt(2) + 0.3";
        let (bottom, slope) = (light(valley, 0.0), light(valley, 0.25));
        assert!(bottom < 225 && bottom < slope, "{bottom} {slope}");
        // Nothing is hidden from what is open.
        assert_eq!((far, light("z", 0.0), light("z + x", 0.1)), (255, 255, 255));
    }

    #[test]
    fn has_the_colour_of_the_surface() {
        /// Red where x > 0, NaN elsewhere.
        struct Half;
        impl Colours for Half {
            fn colours(&self, points: &[Vec<f64>; 3], colours: &mut [[f32; 3]]) {
                for (colour, &x) in colours.iter_mut().zip(&points[0]) {
                    *colour = if x > 0.0 {
                        [1.0, 0.0, 0.0]
                    } else {
                        [f32::NAN; 3]
                    };
                }
            }
        }
        let shading = SolidShading::Shade(Finish {
            lighting: only([0.0, 0.0, 1.0]),
            colours: &Half,
            samples: 2,
        });
        // From behind, right is left.
        for (yaw, right, left) in [(0.0, 0, 1), (180.0, 1, 0)] {
            let camera = Camera::around([0.0; 3], 1.0, [yaw, 90.0, 0.0]);
            let image = draw(BALL, &camera, &shading);
            let pixels = [image.pixel(42, 32), image.pixel(21, 32)];
            assert!(
                pixels[right][0] > 150 && pixels[right][1..] == [0, 0],
                "{pixels:?}"
            );
            assert_eq!(pixels[left], [0; 3]);
        }
    }

    #[test]
    fn is_some_number_whatever_gradients_are() {
        for model in [
            // Gradients of zero, NaN and infinity.
            "-1",
            "sqrt(x * 0) - 1",
            "x * 0 - 1",
            "z < 0.3 ? -1 : nan",
            "(sqrt(abs(x)) + z) * 1e30",
            "-inf",
            "min(z, -1e-40)",
        ] {
            for perspective in [0.0, 100.0] {
                let camera = Camera::default().with_perspective(perspective);
                let image = draw(model, &camera, &SolidShading::Shade(Finish::default()));
                // The middle sees something that faces the eye or is turned somehow, in light.
                let middle = image.pixel(32, 40);
                assert!(
                    middle.iter().all(|&light| light > 20),
                    "{model}: {middle:?}"
                );
                let normals = draw(model, &camera, &SolidShading::Normals { wide: false });
                assert!(normals.pixel(32, 40)[2] >= 127, "{model}");
            }
        }
        for model in ["nan", "1", "inf", "0", "x / 0 * 0"] {
            let image = draw(model, &Camera::default(), &white(only([0.0, 0.0, 1.0])));
            assert!(
                image.bytes().iter().all(|&light| light == 0),
                "{model}: nothing is seen"
            );
        }
    }
}

mod depths {
    use super::*;

    #[test]
    fn are_levels_from_the_back_to_the_front() {
        let check = |model: &str, slices: f64| {
            let image = draw(model, &Camera::default(), &SolidShading::Depth);
            let expected = (slices / 64.0 * 65_535.0).round() as u16;
            for (column, row) in [(0, 0), (40, 20), (63, 63)] {
                assert_eq!(level(&image, column, row, 0), expected, "{model}");
            }
        };
        // Slices are 1/32 thick.
        check("z - 0.25", 40.0);
        check("z + 0.5", 16.0);
        check("-1", 64.0);
        check("z + 2", 0.0);
    }

    #[test]
    fn count_from_the_end_of_the_volume() {
        let options = RenderOptions::default();
        let solid = Solid::<f32>::new(&parse("z - 0.25"), &options).unwrap();
        let volume = Volume::new(32, 32).unwrap().between(3.0, -2.0).unwrap();
        let surface = solid
            .surface(&volume, &Camera::default(), false, &options, &())
            .unwrap();
        assert_eq!(surface.slices(), 80);
        assert!(surface.hits().iter().all(|hit| hit.depth == 36));
    }
}

mod normals {
    use super::*;

    #[test]
    fn of_a_plane_are_the_same_whatever_the_perspective() {
        let expected = [0.6, 0.0, 0.8].map(|part: f64| ((part + 1.0) / 2.0 * 65_535.0) as u16);
        for perspective in [0.0, 60.0, 120.0] {
            let camera = Camera::default().with_perspective(perspective);
            let image = draw(
                "0.6 * x + 0.8 * z",
                &camera,
                &SolidShading::Normals { wide: true },
            );
            for (column, row) in [(32, 32), (20, 5), (40, 60)] {
                for (channel, expected) in expected.into_iter().enumerate() {
                    let found = level(&image, column, row, channel);
                    assert!(
                        found.abs_diff(expected) < 9,
                        "{found} {expected} {perspective}"
                    );
                }
            }
        }
    }
}

mod views {
    use super::*;

    /// Where the middle of what is seen is.
    fn middle(model: &str, camera: &Camera) -> [f64; 2] {
        let image = draw(model, camera, &SolidShading::Depth);
        let seen = (0..64 * 64).filter(|i| level(&image, i % 64, i / 64, 0) > 0);
        let seen: Vec<usize> = seen.collect();
        let mean = |sum: usize| sum as f64 / seen.len() as f64 / 32.0 - 31.5 / 32.0;
        [
            mean(seen.iter().map(|i| i % 64).sum()),
            -mean(seen.iter().map(|i| i / 64).sum()),
        ]
    }

    #[test]
    fn are_turned_as_documented() {
        // A small ball at (0.5, 0.3, 0.2).
        let ball = "sqrt((x - 0.5)^2 + (y - 0.3)^2 + (z - 0.2)^2) - 0.1";
        let check = |angles: [f64; 3], up: Up, expected: [f64; 2]| {
            let camera = Camera::around([0.0; 3], 1.0, angles).with_up(up);
            let found = middle(ball, &camera);
            let error = (found[0] - expected[0]).hypot(found[1] - expected[1]);
            assert!(
                error < 0.02,
                "{angles:?} {up:?}: {found:?}, not {expected:?}"
            );
        };
        check([0.0, 0.0, 0.0], Up::Z, [0.5, 0.3]);
        check([0.0, 90.0, 0.0], Up::Z, [0.5, 0.2]);
        check([90.0, 90.0, 0.0], Up::Z, [0.3, 0.2]);
        check([0.0, 90.0, 0.0], Up::Y, [0.5, 0.3]);
        check([0.0, 0.0, 0.0], Up::Y, [0.5, -0.2]);
        check([90.0, 90.0, 0.0], Up::Y, [-0.2, 0.3]);
        check([0.0, 0.0, 90.0], Up::Z, [-0.3, 0.5]);
    }

    #[test]
    fn what_is_seen_is_on_the_surface() {
        let options = RenderOptions::default();
        let solid = Solid::<f32>::new(&parse(BALL), &options).unwrap();
        let volume = Volume::new(64, 48).unwrap();
        let camera =
            Camera::around([0.1, 0.0, 0.0], 0.8, [30.0, 60.0, 10.0]).with_perspective(50.0);
        let surface = solid
            .surface(&volume, &camera, false, &options, &())
            .unwrap();
        let [x, y, z] = surface.points(0..48);
        let mut seen = 0;
        for (index, hit) in surface.hits().iter().enumerate() {
            let distance = (x[index].powi(2) + y[index].powi(2) + z[index].powi(2)).sqrt() - 0.6;
            assert_eq!(hit.depth == 0, distance.is_nan());
            if hit.depth > 0 {
                seen += 1;
                assert!(
                    distance < 1e-6 && distance > -0.8 * 2.0 / 48.0,
                    "{distance}"
                );
            }
        }
        assert!(seen > 500);
    }

    #[test]
    fn from_within_see_only_what_is_before_the_eye() {
        // A ball around the eye, which is at z = 0.27, is open in front of it.
        let camera = Camera::default().with_perspective(150.0);
        let image = draw("0.9 - sqrt(x^2 + y^2 + z^2)", &camera, &SolidShading::Depth);
        let there = level(&image, 32, 32, 0);
        assert_eq!(
            there,
            (3.0f64 / 64.0 * 65_535.0).round() as u16,
            "the far side"
        );
    }

    #[test]
    fn that_see_nothing_are_refused() {
        let options = RenderOptions::default();
        let solid = Solid::<f32>::new(&parse(BALL), &options).unwrap();
        let volume = Volume::new(8, 8).unwrap();
        let check = |camera: Camera, expected: &str| {
            for shading in every_shading() {
                let error = solid
                    .render(&volume, &camera, &shading, &options, &())
                    .unwrap_err();
                assert!(error.to_string().contains(expected), "{error}");
            }
        };
        let scaled = |scale| Camera::around([0.0; 3], scale, [0.0; 3]);
        check(scaled(0.0), "flat or infinite in f32. Give a scale above 0");
        check(scaled(f64::NAN), "flat or infinite");
        check(scaled(1e-60), "flat or infinite");
        check(
            Camera::around([1e60; 3], 1.0, [0.0; 3]),
            "far below the largest f32",
        );
        check(
            scaled(1.0).with_perspective(170.0),
            "the perspective cannot be 170 degrees: give 0, for an eye infinitely far, to 150",
        );
    }

    #[test]
    fn far_from_the_origin_are_drawn_as_well_as_numbers_go() {
        let camera = Camera::around([1e6, 0.0, 0.0], 1.0, [0.0; 3]);
        let ball = "sqrt((x - 1000000)^2 + y^2 + z^2) - 0.6";
        let options = RenderOptions {
            double: true,
            ..RenderOptions::default()
        };
        let near = draw(BALL, &Camera::default(), &SolidShading::Depth);
        let far = draw_with(ball, &camera, &SolidShading::Depth, &options);
        assert!(near == far, "in f64 nothing is lost");
        let lost = draw(ball, &camera, &SolidShading::Depth);
        assert_eq!(level(&lost, 32, 32, 0), level(&near, 32, 32, 0));
    }

    #[test]
    fn may_be_cut_open() {
        let half = clipped(&parse(BALL), [-1.0; 3], [1.0, 1.0, 0.25]).unwrap();
        let options = RenderOptions::default();
        let solid = Solid::<f32>::new(&half, &options).unwrap();
        let volume = Volume::new(64, 64).unwrap();
        let surface = solid
            .surface(&volume, &Camera::default(), true, &options, &())
            .unwrap();
        let middle = surface.hits()[32 * 64 + 32];
        assert_eq!((middle.depth, middle.gradient), (40, [0.0, 0.0, 1.0]));
        // A NaN is outside, cut or not.
        let nothing = clipped(&parse("nan"), [-1.0; 3], [1.0; 3]).unwrap();
        let view = View::square(4).unwrap();
        let image = render(&nothing, &view, Shading::Bitmap, &options, &()).unwrap();
        assert!(image.bytes().iter().all(|&pixel| pixel == 0));
    }
}

mod work {
    use super::*;

    #[test]
    fn is_all_there_is_if_every_pixel_is_evaluated() {
        let graph = parse("min(sqrt(x^2 + y^2) - 0.5, sqrt((x - 0.9)^2 + y^2) - 0.1)");
        let view = View::square(256).unwrap();
        let heat = |every_pixel| {
            let options = RenderOptions {
                every_pixel,
                ..RenderOptions::default()
            };
            render(&graph, &view, Shading::Heat, &options, &()).unwrap()
        };
        assert!(heat(true).bytes().iter().all(|&byte| byte == 255));
        let pruned = heat(false);
        let light = |column, row| {
            pruned
                .pixel(column, row)
                .iter()
                .map(|&c| u32::from(c))
                .sum::<u32>()
        };
        assert!(
            light(64, 128) > light(128, 128),
            "edges take more than the inside"
        );
    }

    #[test]
    fn goes_where_the_surface_is() {
        let image = draw(BALL, &Camera::default(), &SolidShading::Heat);
        let light = |column, row| {
            image
                .pixel(column, row)
                .iter()
                .map(|&c| u32::from(c))
                .sum::<u32>()
        };
        assert!(light(32, 14) > light(2, 2));
    }
}

mod whatever_computes_them {
    use super::*;

    #[test]
    fn pictures_are_the_same() {
        let model =
            "max(abs(sin(9 * x) * sin(7 * y) + sin(8 * z)) - 0.3, sqrt(x^2 + y^2 + z^2) - 0.9)";
        let camera = Camera::around([0.0; 3], 1.1, [30.0, 60.0, 0.0]).with_perspective(30.0);
        for shading in every_shading() {
            let with = |threads, every_pixel| {
                let options = RenderOptions {
                    threads: Some(threads),
                    every_pixel,
                    ..RenderOptions::default()
                };
                draw_with(model, &camera, &shading, &options)
            };
            let one = with(1, false);
            let is_heat = matches!(shading, SolidShading::Heat);
            for (threads, every_pixel) in [(2, false), (3, false), (2, true)] {
                // How regions are divided is another matter with threads than without.
                if !is_heat {
                    assert!(with(threads, every_pixel) == one, "{threads} {every_pixel}");
                }
            }
            assert!(with(3, false) == with(3, false));
        }
    }

    /// Counts pixels, and cancels at some count.
    struct Watch {
        pixels: AtomicUsize,
        cancel_at: usize,
    }

    impl Progress for Watch {
        fn advance(&self, pixels: usize) {
            self.pixels.fetch_add(pixels, Ordering::Relaxed);
        }

        fn is_cancelled(&self) -> bool {
            self.pixels.load(Ordering::Relaxed) >= self.cancel_at
        }
    }

    #[test]
    fn pixels_are_counted_once_and_work_is_cancelled() {
        for (shading, perspective) in every_shading()
            .into_iter()
            .chain([white(only([0.0, 0.0, 1.0]))])
            .flat_map(|shading| [(shading, 0.0), (shading, 140.0)])
        {
            let run = |cancel_at, threads| {
                let options = RenderOptions {
                    threads: Some(threads),
                    ..RenderOptions::default()
                };
                let watch = Watch {
                    pixels: AtomicUsize::new(0),
                    cancel_at,
                };
                let solid = Solid::<f32>::new(&parse(BALL), &options).unwrap();
                let volume = Volume::new(100, 70).unwrap();
                let camera = Camera::default().with_perspective(perspective);
                let result = solid.render(&volume, &camera, &shading, &options, &watch);
                (result, watch.pixels.into_inner())
            };
            for threads in [1, 2] {
                let (result, pixels) = run(usize::MAX, threads);
                assert_eq!((result.is_ok(), pixels), (true, 7000));
                for cancel_at in [0, 1] {
                    let (result, _) = run(cancel_at, threads);
                    assert!(matches!(result, Err(RenderError::Cancelled)));
                }
            }
        }
    }

    #[test]
    fn small_and_narrow_pictures_are_drawn() {
        let options = RenderOptions::default();
        let solid = Solid::<f32>::new(&parse(BALL), &options).unwrap();
        for (width, height) in [(1, 1), (1, 9), (300, 2), (33, 31)] {
            let volume = Volume::new(width, height).unwrap();
            for shading in every_shading() {
                let image = solid
                    .render(&volume, &Camera::default(), &shading, &options, &())
                    .unwrap();
                assert_eq!(
                    (image.width(), image.height()),
                    (width as usize, height as usize)
                );
            }
        }
    }
}
