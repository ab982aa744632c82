//! Pictures: the same pixels whatever computes them.

use rayon::prelude::*;
use smalto_graph::{Element, Graph, UserOp, Value, formula, vm};
use smalto_jit::{Level, Target};
use smalto_lower::Reference;
use smalto_shape::{
    Image, Progress, RenderError, RenderOptions, Shading, View, ViewError, render, sample,
};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

fn parse(formula: &str) -> Graph {
    formula::parse(formula).unwrap_or_else(|error| panic!("{formula}: {error}"))
}

fn bitmap(formula: &str, view: &View) -> Image {
    let options = RenderOptions::default();
    render(&parse(formula), view, Shading::Bitmap, &options, &()).unwrap()
}

fn targets() -> impl Iterator<Item = Target> {
    let available = Level::ALL.iter().filter(|level| level.is_available());
    available.map(|&level| Target::InterpAt(level))
}

/// Bits of each value, all NaNs being alike.
fn bits(values: &[f32]) -> Vec<u32> {
    let canonical = |&v: &f32| if v.is_nan() { f32::NAN } else { v }.to_bits();
    values.iter().map(canonical).collect()
}

/// The values of `graph`, whose inputs are among x, y and z = 0, by the reference.
fn expected(graph: &Graph, view: &View) -> Vec<f32> {
    let columns = view.columns();
    let row = |y: f32| {
        let at = |x: f32| {
            let inputs = graph
                .variables()
                .iter()
                .map(|variable| match &*variable.name {
                    "x" => x,
                    "y" => y,
                    _ => 0.0,
                });
            let point: Vec<Value> = inputs.map(|v| Value::Real(f64::from(v))).collect();
            let outputs = Reference(Element::F32).run(graph, &point).unwrap();
            outputs[0].as_real().unwrap() as f32
        };
        columns.iter().map(|&x| at(x)).collect::<Vec<f32>>()
    };
    view.rows().into_par_iter().flat_map_iter(row).collect()
}

/// That every target gives the values that the reference gives.
fn check_every_target(name: &str, graph: &Graph, view: &View) {
    let expected = expected(graph, view);
    for target in targets() {
        let options = RenderOptions {
            target,
            ..RenderOptions::default()
        };
        let found = sample(graph, view, &options, &()).unwrap();
        let differ = bits(&found)
            .iter()
            .zip(bits(&expected))
            .position(|(a, b)| *a != b);
        if let Some(pixel) = differ {
            panic!(
                "{name} on {target} at pixel ({}, {}): {:e}, not {:e}",
                pixel % view.width(),
                pixel / view.width(),
                found[pixel],
                expected[pixel]
            );
        }
    }
}

mod values {
    use super::*;

    #[test]
    fn are_the_reference_on_every_target() {
        for formula in [
            "sqrt(x^2 + y^2) - 0.5",
            "sin(9 * x) * sin(9 * y) + z",
            "sqrt(x) - y",
            "y",
            "0.25",
            "hash(i32(x * 1000)) < hash(i32(y * 1000)) ? x : -1 / y",
        ] {
            for (width, height) in [(64, 64), (1, 1), (3, 17), (33, 5), (300, 2)] {
                let view = View::new(width, height).unwrap();
                check_every_target(formula, &parse(formula), &view);
            }
        }
    }

    /// The models that peers are measured with. `SMALTO_MODELS` names their folder.
    #[test]
    fn of_models_are_the_reference_on_every_target() {
        let folder = std::env::var_os("SMALTO_MODELS").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/models"),
            PathBuf::from,
        );
        let view = View::square(64).unwrap();
        for name in [
            "bear",
            "colonnade",
            "hi",
            "prospero",
            "quarter",
            "tanglecube",
        ] {
            let Ok(text) = std::fs::read(folder.join(name).with_extension("vm")) else {
                println!("skipped: no model {name}; set SMALTO_MODELS to their folder");
                continue;
            };
            check_every_target(name, &vm::parse(&text).unwrap(), &view);
        }
    }

    #[test]
    fn do_not_depend_on_the_number_of_threads() {
        let graph = parse("sin(x * 20 + t) * cos(y * 20) - 0.1");
        let view = View::new(130, 77).unwrap();
        let with = |threads| {
            let options = RenderOptions {
                threads,
                ..RenderOptions::default()
            };
            bits(&sample(&graph, &view, &options, &()).unwrap())
        };
        let one = with(Some(1));
        for threads in [None, Some(0), Some(2), Some(7)] {
            assert!(with(threads) == one, "{threads:?}");
        }
    }

    #[test]
    fn of_a_region_are_those_of_the_whole() {
        let graph = parse("sqrt(x^2 + y^2) * 3 - atan2(y, x)");
        let options = RenderOptions::default();
        let whole = View::square(64).unwrap();
        let of_whole = sample(&graph, &whole, &options, &()).unwrap();
        for (left, top, width, height) in [
            (0, 0, 64, 64),
            (0, 0, 32, 64),
            (16, 40, 32, 8),
            (63, 63, 1, 1),
        ] {
            let edge = |pixels: u32| f64::from(pixels) / 32.0 - 1.0;
            let region = [
                edge(left),
                -edge(top + height),
                edge(left + width),
                -edge(top),
            ];
            let part = View::of_region(width, height, region).unwrap();
            let of_part = sample(&graph, &part, &options, &()).unwrap();
            for (row, found) in of_part.chunks(width as usize).enumerate() {
                let start = (top as usize + row) * 64 + left as usize;
                let expected = &of_whole[start..start + width as usize];
                assert_eq!(bits(found), bits(expected), "{region:?}, row {row}");
            }
        }
    }

    #[test]
    fn of_inputs_can_be_given() {
        let view = View::square(2).unwrap();
        let check = |formula: &str, values: &[(&str, f64)], expected: [f32; 4]| {
            let options = RenderOptions {
                values,
                ..RenderOptions::default()
            };
            let found = sample(&parse(formula), &view, &options, &()).unwrap();
            assert_eq!(found, expected, "{formula} with {values:?}");
        };
        check("x", &[], [-0.5, 0.5, -0.5, 0.5]);
        check("y", &[], [0.5, 0.5, -0.5, -0.5]);
        check("x + z + t", &[], [-0.5, 0.5, -0.5, 0.5]);
        check("x + z + t", &[("z", 1.0), ("t", 2.0)], [2.5, 3.5, 2.5, 3.5]);
        check("input a; a", &[("a", 0.1)], [0.1; 4]);
        check("input a; a", &[("a", 1.0), ("a", 2.0)], [2.0; 4]);
        check(
            "input n: i32, k: i64, x; real(n) + real(k)",
            &[("n", -3.0), ("k", 5.0)],
            [2.0; 4],
        );
        check("input n: i32; output d = n == 2;", &[("n", 2.0)], [1.0; 4]);
    }
}

mod pixels {
    use super::*;

    /// That `formula` looks like this, `#` being inside and `.` outside.
    fn check(formula: &str, (width, height): (u32, u32), picture: &str) {
        let image = bitmap(formula, &View::new(width, height).unwrap());
        let rows = image.bytes().chunks(width as usize).map(|row| {
            let pixels = row.iter().map(|&byte| match byte {
                255 => '#',
                0 => '.',
                other => panic!("a bitmap with {other}"),
            });
            pixels.collect::<String>()
        });
        let expected: Vec<&str> = picture.split_whitespace().collect();
        assert_eq!(rows.collect::<Vec<_>>(), expected, "{formula}");
    }

    #[test]
    fn are_where_the_view_says() {
        check("x", (4, 2), "##.. ##..");
        check("y", (2, 4), ".. .. ## ##");
        check("max(x, y)", (4, 4), ".... .... ##.. ##..");
        check(
            "sqrt(x^2 + y^2) - 0.8",
            (6, 6),
            "...... .####. .####. .####. .####. ......",
        );
        // The shorter side spans [-1, 1], the longer one more.
        check("abs(x) - 1", (8, 4), "..####.. ..####.. ..####.. ..####..");
        check("abs(y) - 1", (2, 6), ".. .. ## ## .. ..");
    }

    #[test]
    fn are_inside_below_zero_only() {
        check("-1", (2, 1), "##");
        check("0", (2, 1), "..");
        check("-0", (2, 1), "..");
        check("nan", (2, 1), "..");
        check("sqrt(x) - 2", (4, 1), "..##");
        check("-inf", (1, 1), "#");
        check("-0x1p-149", (1, 1), "#");
        // A truth value is 0 or 1: never inside.
        check("x < 0", (2, 1), "..");
        check("-real(x < 0)", (2, 1), "#.");
    }

    #[test]
    fn show_distances_in_colour() {
        let graph = parse("x > 0.9 ? nan : x");
        let view = View::square(64).unwrap();
        let options = RenderOptions::default();
        let image = render(&graph, &view, Shading::Distance, &options, &()).unwrap();
        assert_eq!((image.width(), image.height()), (64, 64));
        assert_eq!(image.bytes().len(), 3 * 64 * 64);
        let [red, _, blue] = image.pixel(8, 5).try_into().unwrap();
        assert!(red < blue, "inside is cool");
        let [red, _, blue] = image.pixel(56, 5).try_into().unwrap();
        assert!(red > blue, "outside is warm");
        let [zero, beside] = [31, 16].map(|column| {
            let channels = image.pixel(column, 5).iter();
            channels.map(|&channel| u32::from(channel)).sum::<u32>()
        });
        assert!(zero > beside, "a line at zero");
        assert_eq!(image.pixel(63, 5), [255, 0, 255], "NaN is magenta");
    }

    #[test]
    fn survive_being_written() {
        for shading in [Shading::Bitmap, Shading::Distance] {
            let graph = parse("sqrt(x^2 + y^2) - 0.8");
            let view = View::new(37, 11).unwrap();
            let options = RenderOptions::default();
            let image = render(&graph, &view, shading, &options, &()).unwrap();
            let mut file = Vec::new();
            image.write_png(&mut file).unwrap();
            let mut reader = png::Decoder::new(std::io::Cursor::new(file))
                .read_info()
                .unwrap();
            let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut bytes).unwrap();
            assert_eq!((info.width, info.height), (37, 11));
            assert_eq!(bytes, image.bytes());
        }
    }
}

mod errors {
    use super::*;

    /// That sampling `formula` with these values fails with this message.
    fn check(formula: &str, values: &[(&str, f64)], expected: &str) {
        check_graph(&parse(formula), values, expected);
    }

    fn check_graph(graph: &Graph, values: &[(&str, f64)], expected: &str) {
        let options = RenderOptions {
            values,
            ..RenderOptions::default()
        };
        let view = View::square(4).unwrap();
        let error = sample(graph, &view, &options, &()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn for_graphs_that_are_no_shape() {
        check(
            "output d = x; output colour = y;",
            &[],
            "a shape has one output, but this graph has 2: d, colour",
        );
        check_graph(
            &Graph::new(),
            &[],
            "a shape has one output, but this graph has 0",
        );
        let count = UserOp::process("count", 1, || |v: &[f64]| v[0]).unwrap();
        let parser = formula::Parser::new().with_op(count);
        check_graph(
            &parser.parse("count(x)").unwrap(),
            &[],
            "this graph has state from sample to sample, so it is no shape",
        );
    }

    #[test]
    fn for_inputs_without_a_value() {
        check(
            "input radius, n: i32; x - radius * real(n)",
            &[("n", 1.0)],
            "input `radius` has no value; give it one, as in `--set radius=1`",
        );
    }

    #[test]
    fn for_values_without_an_input() {
        check(
            "input radius; x - radius + z",
            &[("radus", 1.0)],
            "there is no input `radus` to set; the inputs that can be set are: radius, z",
        );
        check(
            "x + y",
            &[("x", 1.0)],
            "there is no input `x` to set; the inputs that can be set are: none",
        );
    }

    #[test]
    fn for_values_of_another_type() {
        let check = |ty: &str, value: f64, shown: &str| {
            check(
                &format!("input n: {ty}; real(n) + x"),
                &[("n", value)],
                &format!("input `n` is {ty}, so it cannot be {shown}"),
            );
        };
        check("i32", 0.5, "0.5");
        check("i32", 2_147_483_648.0, "2147483648");
        check("i32", f64::NAN, "NaN");
        check("i64", 1e30, "1000000000000000000000000000000");
        check("i64", 9_223_372_036_854_775_808.0, "9223372036854776000");
        check("i64", f64::INFINITY, "inf");
    }

    #[test]
    fn for_views_that_are_none() {
        assert_eq!(
            View::new(0, 5),
            Err(ViewError::Size {
                width: 0,
                height: 5
            })
        );
    }
}

mod progress {
    use super::*;

    /// Counts pixels and cancels at some count.
    struct Watch {
        pixels: AtomicUsize,
        cancel_at: usize,
    }

    impl Watch {
        fn new(cancel_at: usize) -> Watch {
            Watch {
                pixels: AtomicUsize::new(0),
                cancel_at,
            }
        }
    }

    impl Progress for Watch {
        fn advance(&self, pixels: usize) {
            self.pixels.fetch_add(pixels, Ordering::Relaxed);
        }

        fn is_cancelled(&self) -> bool {
            self.pixels.load(Ordering::Relaxed) >= self.cancel_at
        }
    }

    fn run(watch: &Watch, threads: usize) -> Result<Vec<f32>, RenderError> {
        let options = RenderOptions {
            threads: Some(threads),
            ..RenderOptions::default()
        };
        let view = View::new(10, 203).unwrap();
        sample(&parse("x * y"), &view, &options, watch)
    }

    #[test]
    fn counts_every_pixel_once() {
        for threads in [1, 2] {
            let watch = Watch::new(usize::MAX);
            assert_eq!(run(&watch, threads).unwrap().len(), 10 * 203);
            assert_eq!(watch.pixels.load(Ordering::Relaxed), 2030);
        }
    }

    #[test]
    fn cancels() {
        for (threads, cancel_at) in [(1, 0), (1, 1000), (2, 0), (2, 1000)] {
            let watch = Watch::new(cancel_at);
            let result = run(&watch, threads);
            assert!(matches!(result, Err(RenderError::Cancelled)), "{result:?}");
            // Rows that others had begun are all that is done after that.
            assert!(watch.pixels.load(Ordering::Relaxed) < cancel_at + 500);
        }
    }

    #[test]
    fn too_late_to_cancel_is_not_cancelled() {
        assert!(run(&Watch::new(2030), 1).is_ok());
    }
}
