//! The `smalto` command as its users meet it: what it prints, what it writes, and
//! what it says when something is wrong.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const SMALTO: &str = env!("CARGO_BIN_EXE_smalto");

/// What a run of the command left behind.
struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    directory: TempDir,
}

impl Ran {
    fn file(&self, name: &str) -> Vec<u8> {
        let path = self.directory.path().join(name);
        fs::read(path).unwrap_or_else(|error| panic!("{name}: {error}; {}", self.stderr))
    }

    fn file_names(&self) -> Vec<String> {
        names_in(self.directory.path())
    }
}

fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Runs the command in a directory of its own that holds `files`.
fn check(arguments: &[&str], files: &[(&str, &[u8])]) -> Ran {
    let directory = TempDir::new().unwrap();
    for (name, bytes) in files {
        fs::write(directory.path().join(name), bytes).unwrap();
    }
    check_in(directory, arguments)
}

fn check_in(directory: TempDir, arguments: &[&str]) -> Ran {
    let mut command = Command::new(SMALTO);
    command
        .args(arguments)
        .current_dir(&directory)
        .env("COLUMNS", "80");
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Ran {
        status: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
        directory,
    }
}

/// The command succeeds and prints exactly `expected`.
fn prints(arguments: &[&str], files: &[(&str, &[u8])], expected: &str) {
    let ran = check(arguments, files);
    assert_eq!(ran.stderr, "", "{arguments:?}");
    assert_eq!(
        (ran.status, &*ran.stdout),
        (Some(0), expected),
        "{arguments:?}"
    );
}

/// The command fails with a message that has `expected` in its first line, prints
/// nothing else, and leaves no file behind.
fn fails(arguments: &[&str], files: &[(&str, &[u8])], expected: &str) {
    let ran = check(arguments, files);
    let first = ran.stderr.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("error: "),
        "{arguments:?}: {}",
        ran.stderr
    );
    assert!(
        first.contains(expected),
        "{arguments:?}: {first}\ndoes not say: {expected}"
    );
    assert!(
        matches!(ran.status, Some(1 | 2)),
        "{arguments:?}: {:?}",
        ran.status
    );
    assert_eq!(ran.stdout, "", "{arguments:?}");
    let mut before: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    before.sort_unstable();
    assert_eq!(ran.file_names(), before, "{arguments:?}");
}

const DISC: (&str, &[u8]) = ("disc.smalto", b"sqrt(x^2 + y^2) - 0.5");

/// A NumPy file with this header and data.
fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(data);
    bytes
}

fn array(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    npy(&header, data)
}

fn f64_array(shape: &str, values: &[f64]) -> Vec<u8> {
    let data: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    array("<f8", shape, &data)
}

/// The header's text and the data of a NumPy file.
fn open_npy(bytes: &[u8]) -> (String, &[u8]) {
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (header, data) = bytes[10..].split_at(length);
    (String::from_utf8(header.to_vec()).unwrap(), data)
}

/// Width, height, channels and bytes of a PNG file.
fn open_png(bytes: &[u8]) -> (u32, u32, usize, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, info.color_type.samples(), pixels)
}

// ---------------------------------------------------------------- eval: results

#[test]
fn eval_prints_one_line_a_point() {
    for (arguments, expected) in [
        (&["1 + 1"][..], "2\n"),
        (
            &["x^2 - a", "x=-1:1:5", "a=0.5"],
            "0.5\n-0.25\n-0.5\n-0.25\n0.5\n",
        ),
        (&["x / y", "x=1", "y=3"], "0.33333334\n"),
        (&["x / y", "x=1", "y=3", "--f64"], "0.3333333333333333\n"),
        (&["x", "x=0.1", "--f64"], "0.1\n"),
        (&["x", "x=pi/4", "--f64"], "0.7853981633974483\n"),
        (&["x", "x=-pi:pi:3"], "-3.1415927\n0\n3.1415927\n"),
        (
            &["x", "x=0:1:11", "--f64"],
            "0\n0.1\n0.2\n0.3\n0.4\n0.5\n0.6\n0.7\n0.8\n0.9\n1\n",
        ),
        (&["x", "x=2:5:1"], "2\n"),
        (&["x", "x=1:-1:3"], "1\n0\n-1\n"),
        (&["x", "x=1:2:1e0 + 1"], "1\n2\n"),
        (&["x * 1e30", "x=1"], "1e30\n"),
        (&["x", "x=inf"], "inf\n"),
        (&["-x", "x=nan"], "nan\n"),
        (&["-x", "x=0"], "-0\n"),
        (&["x < 1", "x=0:1:3"], "1\n1\n0\n"),
        (
            &[
                "output s = x; output n = i32(x); output b = x < 1;",
                "x=0:2:2",
            ],
            "0\t0\t1\n2\t2\t0\n",
        ),
    ] {
        prints(&[&["eval"], arguments].concat(), &[], expected);
    }
}

#[test]
fn options_and_formulas_may_begin_with_a_minus_and_come_in_any_order() {
    for arguments in [
        &["-x", "x=-0.25"][..],
        &["-x", "x=-0.25", "--f64"],
        &["--f64", "-x", "x=-0.25"],
        &["--target", "interp-portable", "-x", "--fast", "x=-0.25"],
        &["--", "-x", "x=-0.25"],
    ] {
        let arguments = [&["eval"], arguments].concat();
        prints(&arguments, &[], "0.25\n");
    }
    let ran = check(&["eval", "-x", "x=1", "-o", "a.npy", "--f64"], &[]);
    assert_eq!(open_npy(&ran.file("a.npy")).1, (-1f64).to_le_bytes());
}

#[test]
fn integer_inputs_are_exact() {
    let formula = "input n: i64; n * 2i64";
    for (values, expected) in [
        ("n=9007199254740993", "18014398509481986\n"),
        (
            "n=9007199254740993:9007199254740995:3",
            "18014398509481986\n18014398509481988\n18014398509481990\n",
        ),
        ("n=2^10", "2048\n"),
        ("n=1e6", "2000000\n"),
        ("n=3:-3:3", "6\n0\n-6\n"),
    ] {
        prints(&["eval", formula, values], &[], expected);
    }
}

#[test]
fn eval_reads_formulas_and_vm_files() {
    let half: (&str, &[u8]) = (
        "half.VM",
        b"\xef\xbb\xbf# comment\r\n_0 var-x\r\n_1 const .5\r\n_2 mul _0 _1\r\n",
    );
    prints(&["eval", "half.VM", "x=3"], &[half], "1.5\n");
    let windows: (&str, &[u8]) = (
        "f.smalto",
        b"\xef\xbb\xbflet a = 2; # two\r\ninput q;\r\na * q\r\n",
    );
    prints(&["eval", "f.smalto", "q=3"], &[windows], "6\n");
}

// ---------------------------------------------------------------- eval: NumPy files

#[test]
fn numpy_files_of_every_kind_of_number_are_read() {
    let formula = &["eval", "x", "x=x.npy"][..];
    let float = |values: &[f32]| {
        values
            .iter()
            .flat_map(|v| v.to_be_bytes())
            .collect::<Vec<u8>>()
    };
    for (file, expected) in [
        (array("|b1", "(2,)", &[0, 1]), "0\n1\n"),
        (array("|i1", "(2,)", &[0xff, 3]), "-1\n3\n"),
        (array(">i2", "(1,)", &[1, 0]), "256\n"),
        (
            array("<u8", "(1,)", &[0, 0, 0, 0, 0, 0, 0, 0x80]),
            "9.223372e18\n",
        ),
        (array(">f4", "(2,)", &float(&[1.5, -2.0])), "1.5\n-2\n"),
        (array("<f2", "(1,)", &[0, 0x3c]), "1\n"),
        (f64_array("(1, 2, 1)", &[0.5, 0.25]), "0.5\n0.25\n"),
        (f64_array("()", &[0.5]), "0.5\n"),
        (f64_array("(0,)", &[]), ""),
        (f64_array("(1,)", &[7.0, 8.0]), "7\n"),
    ] {
        prints(formula, &[("x.npy", &file)], expected);
    }
    let integers = array("<i8", "(1,)", &(i64::MAX - 1).to_le_bytes());
    prints(
        &["eval", "input n: i64; n", "n=n.npy"],
        &[("n.npy", &integers)],
        "9223372036854775806\n",
    );
    let whole = f64_array("(2,)", &[2.0, -3.0]);
    prints(
        &["eval", "input n: i32; n", "n=n.npy"],
        &[("n.npy", &whole)],
        "2\n-3\n",
    );
}

#[test]
fn fortran_order_is_read_in_the_order_of_its_indices() {
    let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n";
    let file = npy(header, &[0, 3, 1, 4, 2, 5]);
    prints(
        &["eval", "x", "x=x.npy"],
        &[("x.npy", &file)],
        "0\n1\n2\n3\n4\n5\n",
    );
}

#[test]
fn numpy_files_are_written_in_the_shape_of_the_inputs() {
    let grid = f64_array("(2, 3)", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let point = f64_array("()", &[1.0]);
    let files: &[(&str, &[u8])] = &[("grid.npy", &grid), ("point.npy", &point)];
    for (arguments, descr, shape, bytes) in [
        (&["x + 1", "x=grid.npy"][..], "<f4", "(2, 3)", 24),
        (&["x + 1", "x=grid.npy", "--f64"], "<f8", "(2, 3)", 48),
        (&["x + y", "x=0:1:6", "y=grid.npy"], "<f4", "(2, 3)", 24),
        (&["x + y", "x=0:1:6", "y=point.npy"], "<f4", "(6,)", 24),
        (&["x", "x=1"], "<f4", "()", 4),
        (&["x", "x=point.npy"], "<f4", "()", 4),
        (&["x < 2", "x=grid.npy"], "|b1", "(2, 3)", 6),
        (&["i32(x)", "x=grid.npy"], "<i4", "(2, 3)", 24),
        (&["i64(x)", "x=grid.npy"], "<i8", "(2, 3)", 48),
        (
            &["output a = x; output b = -x;", "x=grid.npy"],
            "<f4",
            "(2, 2, 3)",
            48,
        ),
        (&["output a = x; output b = -x;", "x=1"], "<f4", "(2,)", 8),
    ] {
        let ran = check(&[&["eval"], arguments, &["-o", "out.npy"]].concat(), files);
        assert_eq!(ran.status, Some(0), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.starts_with("wrote out.npy: "), "{}", ran.stderr);
        assert_eq!(ran.file_names(), ["grid.npy", "out.npy", "point.npy"]);
        let file = ran.file("out.npy");
        let (header, data) = open_npy(&file);
        let expected =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        assert_eq!(header.trim_end(), expected, "{arguments:?}");
        assert_eq!(data.len(), bytes, "{arguments:?}");
    }
}

#[test]
fn several_outputs_become_rows_even_over_many_blocks() {
    let points = 200_000;
    let ran = check(
        &[
            "eval",
            "output a = x; output b = -x;",
            "x=0:199999:200000",
            "-o",
            "rows.npy",
        ],
        &[],
    );
    let file = ran.file("rows.npy");
    let (_, data) = open_npy(&file);
    let values: Vec<f32> = data
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
        .collect();
    let (a, b) = values.split_at(points);
    assert!(a.iter().enumerate().all(|(i, &value)| value == i as f32));
    assert!(b.iter().enumerate().all(|(i, &value)| value == -(i as f32)));
}

#[test]
fn numpy_and_the_command_understand_each_other() {
    let script = "
import numpy as np, subprocess, sys
smalto = sys.argv[1]
def evaluate(formula, **inputs):
    arguments = [smalto, 'eval', formula, '-o', 'out.npy', '--f64']
    for name, values in inputs.items():
        np.save(name + '.npy', values)
        arguments.append(f'{name}={name}.npy')
    subprocess.run(arguments, check=True, stderr=subprocess.DEVNULL)
    return np.load('out.npy')
grid = np.arange(24.0).reshape(2, 3, 4)
for dtype in ['?', 'i1', '<u2', '>i4', '<i8', '<u8', '<f2', '>f4', '<f8', '>f8']:
    values = grid.astype(dtype)
    for arranged in [values, np.asfortranarray(values), values.T, values[0, 0, 0]]:
        result = evaluate('2 * x + 1', x=arranged)
        expected = 2 * arranged.astype('f8') + 1
        assert result.dtype == np.float64 and result.shape == expected.shape, (dtype, result)
        assert (result == expected).all(), (dtype, result)
a, b = evaluate('output a = x * x; output b = x + 1;', x=grid)
assert (a == grid * grid).all() and (b == grid + 1).all()
mask = evaluate('x < 5', x=grid)
assert mask.dtype == bool and (mask == (grid < 5)).all()
assert evaluate('i32(x)', x=grid).dtype == np.int32
assert evaluate('i64(x)', x=grid).dtype == np.int64
";
    let numpy = Command::new("python3")
        .args(["-c", "import numpy"])
        .output();
    if !numpy.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: python3 with numpy is not installed");
        return;
    }
    let directory = TempDir::new().unwrap();
    let python = Command::new("python3")
        .args(["-c", script, SMALTO])
        .current_dir(&directory)
        .output()
        .unwrap();
    assert!(
        python.status.success(),
        "{}",
        String::from_utf8_lossy(&python.stderr)
    );
}

#[test]
fn malformed_numpy_files_are_refused_by_name() {
    let header =
        |shape: &str| format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    let nested = format!("{}{}", "(".repeat(4096), ")".repeat(4096));
    for (file, expected) in [
        (vec![], "it is empty"),
        (b"PK\x03\x04 something else".to_vec(), "it is no NumPy file"),
        (b"\x93NUM".to_vec(), "it is no NumPy file"),
        (b"\x93NUMPY".to_vec(), "truncated"),
        (b"\x93NUMPY\x01\x00".to_vec(), "truncated"),
        (
            b"\x93NUMPY\x01\x00\x40\x00{'descr'".to_vec(),
            "it is truncated, in its header",
        ),
        (
            b"\x93NUMPY\x09\x00\x10\x00".to_vec(),
            "its format version is 9.0",
        ),
        (
            b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec(),
            "its header has 4294967295 bytes",
        ),
        (npy("", b""), "its header is no NumPy header"),
        (npy("\u{1}\u{2}", b""), "its header is no NumPy header"),
        (npy(&nested, b""), "its header is no NumPy header"),
        (npy(&header(&nested), b""), "its shape is no tuple of sizes"),
        (npy(&header("(-3,)"), b""), "its shape is no tuple of sizes"),
        (
            npy("{'descr': '<f8', 'shape': (1,), }", &[0; 8]),
            "`fortran_order` is missing",
        ),
        (
            f64_array("(3,)", &[1.0]),
            "it is truncated: numbers of shape (3,) take 24 bytes, and 8 are there",
        ),
        (
            f64_array("(1000000000, 1000000000)", &[1.0]),
            "take 8000000000000000000 bytes, and 8 are there",
        ),
        (
            f64_array("(10000000000, 10000000000)", &[]),
            "is larger than any file",
        ),
        (
            f64_array("(99999999999999999999,)", &[]),
            "its shape is no tuple of sizes",
        ),
        (
            array("<c16", "(1,)", &[0; 16]),
            "it holds complex numbers (`<c16`), not numbers",
        ),
        (array("<U4", "(1,)", &[0; 16]), "it holds text"),
        (array("|O", "(1,)", &[0; 16]), "it holds Python objects"),
        (
            array("<f16", "(1,)", &[0; 16]),
            "it holds elements of type `<f16`; convert it",
        ),
        (
            npy(
                "{'descr': [('a', '<f4'), ('b', '<i4')], 'fortran_order': False, 'shape': (1,), }",
                &[0; 8],
            ),
            "it holds records, not numbers",
        ),
    ] {
        let expected_start = "input `x`: cannot read bad.npy: ";
        let ran = check(&["eval", "x", "x=bad.npy"], &[("bad.npy", &file)]);
        assert!(ran.stderr.contains(expected_start), "{}", ran.stderr);
        fails(
            &["eval", "x", "x=bad.npy", "-o", "out.npy"],
            &[("bad.npy", &file)],
            expected,
        );
    }
    fails(
        &["eval", "x", "x=none.npy"],
        &[],
        "input `x`: cannot read none.npy: No such file",
    );
}

// ---------------------------------------------------------------- eval: mistakes

#[test]
fn mistakes_with_inputs_name_the_input_and_the_way_out() {
    let three = f64_array("(3,)", &[0.0; 3]);
    let flat = f64_array("(6,)", &[0.0; 6]);
    let (wide, tall) = (
        f64_array("(2, 3)", &[0.0; 6]),
        f64_array("(3, 2)", &[0.0; 6]),
    );
    let halves = f64_array("(2,)", &[1.0, 2.5]);
    let files: &[(&str, &[u8])] = &[
        ("flat.npy", &flat),
        ("halves.npy", &halves),
        ("tall.npy", &tall),
        ("three.npy", &three),
        ("wide.npy", &wide),
    ];
    for (arguments, expected) in [
        (
            &["x + y", "x=1"][..],
            "input `y` has no value; give it one: y=1, y=0:1:5 or y=FILE.npy",
        ),
        (
            &["x", "x=1", "y=2"],
            "the formula has no input `y`; its inputs are: x",
        ),
        (&["1", "y=2"], "the formula has no input `y`, nor any other"),
        (&["x", "x=1", "x=2"], "input `x` is given twice"),
        (&["x", "x=1", "=2"], "the formula has no input ``"),
        (&["x", "x"], "`x` gives no input a value; write NAME=VALUE"),
        (&["x", "+", "1"], "put a formula with blanks in quotes"),
        (&["x", "x="], "input `x`: its value is missing"),
        (
            &["x", "x=abc"],
            "input `x`: `abc` is no number: unknown name `abc`",
        ),
        (
            &["x", "x=data.csv"],
            "give it a number, a range FROM:TO:N or a FILE.npy",
        ),
        (&["x", "x=1e400"], "too large for a real"),
        (
            &["x", "x=0:1"],
            "`0:1` is neither VALUE, FROM:TO:N nor FILE.npy",
        ),
        (
            &["x", "x=0:1:0"],
            "input `x`: a range has 1 to 1099511627776 points, not 0",
        ),
        (
            &["x", "x=0:1:-1"],
            "a range has 1 to 1099511627776 points, not -1",
        ),
        (
            &["x", "x=0:1:1e15"],
            "a range has 1 to 1099511627776 points, not 1000000000000000",
        ),
        (
            &["x", "x=0:1:2.5"],
            "`2.5` is no integer; a range is FROM:TO:N, with N points",
        ),
        (&["x", "x=0:b:3"], "`b` is no number"),
        (
            &["x", "x=0:inf:3"],
            "a range from 0.0 to inf cannot be divided into equal steps",
        ),
        (
            &["x", "x=-1e308:1e308:3"],
            "a range from -1e308 to 1e308 cannot be divided",
        ),
        (
            &["x + y", "x=0:1:3", "y=0:1:4"],
            "input `y` has 4 values, but `x` has 3",
        ),
        (
            &["x + y", "x=wide.npy", "y=three.npy"],
            "input `y` has 3 values, but `x` has 6",
        ),
        (
            &["x + y", "x=wide.npy", "y=tall.npy"],
            "input `y` has shape (3, 2), but `x` has (2, 3)",
        ),
        (
            &["x + y", "x=flat.npy", "y=tall.npy"],
            "input `y` has shape (3, 2), but `x` has (6,)",
        ),
        (
            &["input n: i32; n", "n=2.5"],
            "input `n`: `2.5` is no integer",
        ),
        (
            &["input n: i32; n", "n=3000000000"],
            "input `n`: it is i32, so it cannot be 3000000000",
        ),
        (
            &["input n: i64; n", "n=1e30"],
            "`1e30` does not fit into 64 bits",
        ),
        (
            &["input n: i32; n", "n=0:4:4"],
            "4 points from 0 to 4 are not all integers; 5 points would be",
        ),
        (
            &["input n: i32; n", "n=halves.npy"],
            "input `n`: it is i32, so it cannot be 2.5",
        ),
    ] {
        fails(&[&["eval"], arguments].concat(), files, expected);
        fails(
            &[&["eval"], arguments, &["-o", "out.npy"]].concat(),
            files,
            expected,
        );
    }
}

/// The whole picture of an error, less what comes of the terminal.
fn draws(arguments: &[&str], files: &[(&str, &[u8])], expected: &str) {
    let ran = check(arguments, files);
    assert_eq!(ran.status, Some(1));
    let found: Vec<&str> = ran.stderr.lines().map(str::trim_end).collect();
    assert_eq!(
        found,
        expected.trim_matches('\n').lines().collect::<Vec<_>>(),
        "{}",
        ran.stderr
    );
}

#[test]
fn mistakes_in_formulas_are_shown_in_place() {
    draws(
        &["eval", "1 + sine(x)", "x=1"],
        &[],
        "
error: unknown function `sine`
 --> formula:1:5
  |
1 | 1 + sine(x)
  |     ^^^^
  |
  = help: did you mean `sin`?
",
    );
    draws(
        &["eval", "gain * x", "x=1"],
        &[],
        "
error: unknown name `gain`
 --> formula:1:1
  |
1 | gain * x
  | ^^^^
  |
  = help: give it a value: `gain=1`
",
    );
    draws(
        &["render", "m.smalto", "-o", "m.png"],
        &[("m.smalto", b"\xef\xbb\xbflet r = 1;\r\nx^2 + ?\r\n")],
        "
error: expected an expression, found `?`
 --> m.smalto:2:7
  |
2 | x^2 + ?
  |       ^
",
    );
    for (formula, expected) in [
        ("", "the formula is empty"),
        ("  # nothing", "the formula is empty"),
        (
            "let a = 1;",
            "the formula has no result; end it with an expression",
        ),
        ("x +", "found the end of the formula"),
        ("x \u{1b}[31m", "`\\u{1b}` means nothing in a formula"),
    ] {
        fails(&["eval", formula, "x=1", "-o", "out.npy"], &[], expected);
    }
}

#[test]
fn deep_and_long_formulas_are_no_danger() {
    let million = 1_000_000;
    for (open, close) in [
        ("(", ")"),
        ("-", ""),
        ("abs(", ")"),
        ("{", "}"),
        ("1 ? 1 : ", ""),
    ] {
        let formula = format!("{}x{}", open.repeat(million), close.repeat(million));
        fails(
            &["render", "deep.smalto", "-o", "deep.png"],
            &[("deep.smalto", formula.as_bytes())],
            "nested more than",
        );
    }
    let sum = vec!["x"; 100_000].join("+");
    prints(
        &["eval", "sum.smalto", "x=1"],
        &[("sum.smalto", sum.as_bytes())],
        "100000\n",
    );
}

// ---------------------------------------------------------------- reading models

#[test]
fn broken_models_are_refused_with_file_and_line() {
    for (name, text, expected) in [
        (
            "empty.vm",
            &b""[..],
            "error: empty.vm: the file defines nothing",
        ),
        (
            "cut.vm",
            b"a var-x\nb add a",
            "error: cut.vm: line 2: `add` takes 2 operands, but there is 1",
        ),
        (
            "cyclic.vm",
            b"a add b b\nb neg a\n",
            "error: cyclic.vm: line 1: `b` is used before it is defined",
        ),
        (
            "op.vm",
            b"a var-x\nb sine a\n",
            "error: op.vm: line 2: `sine` is no op; did you mean `sin`?",
        ),
        (
            "twice.vm",
            b"a var-x\na var-y\n",
            "error: twice.vm: line 2: `a` is already defined on line 1",
        ),
        (
            "word.vm",
            b"a const two\n",
            "error: word.vm: line 1: `two` is no number",
        ),
        (
            "large.vm",
            b"a const 1e400\n",
            "error: large.vm: line 1: `1e400` is too large for a real",
        ),
        (
            "extra.vm",
            b"a var-x\r\nb neg a a\r\n",
            "error: extra.vm: line 2: `neg` takes 1 operand, so `a`",
        ),
        (
            "binary.vm",
            b"a var-x\n\xff\xfe\0",
            "error: binary.vm: line 2: this is not UTF-8 text",
        ),
        (
            "binary.smalto",
            b"x +\n\xff\xfe",
            "error: binary.smalto: line 2: this is not UTF-8 text",
        ),
        (
            "zeros.smalto",
            b"\0\0\0",
            "error: `\\u{0}` means nothing in a formula",
        ),
        ("empty.smalto", b"", "error: the formula is empty"),
        (
            "two.smalto",
            b"output a = x; output b = y;",
            "error: cannot draw two.smalto: a shape has one output",
        ),
        (
            "input.smalto",
            b"input r; x - r",
            "input `r` has no value; give it one, as in `--set r=1`",
        ),
    ] {
        fails(
            &["render", name, "-o", "out.png"],
            &[(name, text)],
            expected,
        );
    }
    fails(
        &["render", "none.vm", "-o", "out.png"],
        &[],
        "cannot read none.vm: No such file",
    );
    fails(
        &["eval", "none.smalto"],
        &[],
        "cannot read none.smalto: No such file",
    );
    fails(&["render", ".", "-o", "out.png"], &[], "cannot read .: ");
}

#[cfg(unix)]
#[test]
fn names_of_files_have_no_power_over_the_terminal() {
    let name = "a\n\u{1b}[31m.vm";
    fails(
        &["render", name, "-o", "out.png"],
        &[(name, b"a")],
        "a\\n\\u{1b}[31m.vm: line 1: `a` is",
    );
    let name = "a\u{1b}.smalto";
    let ran = check(&["eval", name], &[(name, b"?")]);
    assert!(
        ran.stderr.contains(" --> a\\u{1b}.smalto:1:1\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_long_vm_file_is_read_in_reasonable_time() {
    let mut text = String::from("a0 var-x\n");
    for line in 1..100_000 {
        text += &format!("a{line} add a{} a{}\n", line - 1, line / 2);
    }
    let ran = check(
        &["render", "long.vm", "-o", "long.png", "--size", "4"],
        &[("long.vm", text.as_bytes())],
    );
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
}

// ---------------------------------------------------------------- render

#[test]
fn render_draws_what_was_asked_for() {
    let wave: (&str, &[u8]) = ("wave.smalto", b"input r; x - r + t");
    let inside = |pixels: &[u8]| pixels.iter().filter(|&&pixel| pixel == 255).count();
    for (arguments, width, height, white) in [
        (&["disc.smalto", "--size", "8"][..], 8, 8, 12),
        (&["disc.smalto", "--size", "8", "--threads", "1"], 8, 8, 12),
        (
            &[
                "disc.smalto",
                "--size",
                "8",
                "--target",
                "interp-portable",
                "--fast",
            ],
            8,
            8,
            12,
        ),
        (&["disc.smalto", "--size", "16x8"], 16, 8, 12),
        (
            &[
                "disc.smalto",
                "--size",
                "4X4",
                "--region",
                "-0.1,-0.1,0.1,0.1",
            ],
            4,
            4,
            16,
        ),
        (
            &["disc.smalto", "--size", "4", "--region", "-pi,-pi,pi,pi"],
            4,
            4,
            0,
        ),
        (&["wave.smalto", "--size", "8", "--set", "r=0"], 8, 8, 32),
        (
            &[
                "wave.smalto",
                "--size",
                "8",
                "--set",
                "r=0",
                "--set",
                "t=1/2",
            ],
            8,
            8,
            16,
        ),
    ] {
        let ran = check(
            &[&["render"], arguments, &["-o", "out.png"]].concat(),
            &[DISC, wave],
        );
        assert_eq!(ran.status, Some(0), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
        let start = format!("wrote out.png: {width}x{height} pixels of ");
        assert!(ran.stderr.starts_with(&start), "{}", ran.stderr);
        let (w, h, channels, pixels) = open_png(&ran.file("out.png"));
        assert_eq!(
            (w, h, channels, inside(&pixels)),
            (width, height, 1, white),
            "{arguments:?}"
        );
        assert_eq!(ran.file_names(), ["disc.smalto", "out.png", "wave.smalto"]);
    }
    let ran = check(
        &[
            "render",
            "disc.smalto",
            "-o",
            "out.png",
            "--size",
            "8",
            "--mode",
            "distance",
        ],
        &[DISC],
    );
    assert_eq!(open_png(&ran.file("out.png")).2, 3);
}

#[test]
fn texture_paints_a_field() {
    let arguments = ["texture", "x > 0", "-o", "half.png", "--size", "8x4"];
    let ran = check(&arguments, &[]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let (width, height, channels, pixels) = open_png(&ran.file("half.png"));
    assert_eq!((width, height, channels), (8, 4, 1));
    let row = [0, 0, 0, 0, 255, 255, 255, 255];
    assert_eq!(pixels, row.repeat(4));

    let numbered = [
        "texture", "t", "-o", "f-##.png", "--size", "2", "--frames", "2",
    ];
    let ran = check(&numbered, &[]);
    assert_eq!(ran.file_names(), ["f-00.png", "f-01.png"], "{}", ran.stderr);
}

/// What a PNG file says about itself.
fn png_info(bytes: &[u8]) -> png::Info<'static> {
    let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info();
    let mut reader = reader.unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frames = reader
        .info()
        .animation_control()
        .map_or(1, |control| control.num_frames);
    for _ in 0..frames {
        reader.next_frame(&mut pixels).unwrap();
    }
    reader.info().clone()
}

#[test]
fn textures_are_linear_light_held_as_srgb() {
    let paint = |field, more: &[&'static str]| {
        let arguments = [&["texture", field, "-o", "out.png", "--size", "1"], more].concat();
        let ran = check(&arguments, &[]);
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        ran.file("out.png")
    };
    let grey = paint("0.5", &[]);
    assert!(
        png_info(&grey).srgb.is_some(),
        "the file says that it is sRGB"
    );
    assert_eq!(open_png(&grey), (1, 1, 1, vec![188]));
    let colour = "output r = 1; output g = 0.5; output b = -2; output a = 0.5;";
    assert_eq!(
        open_png(&paint(colour, &[])),
        (1, 1, 4, vec![255, 188, 0, 128])
    );
    let deep = paint("0.5", &["--depth", "16"]);
    assert_eq!(open_png(&deep), (1, 1, 1, vec![0xbc, 0x40]));
    // The middle of the region, and a colour as a colour picker has it.
    let there = paint("from_srgb(x / 10)", &["--region", "1,0,3,1"]);
    assert_eq!(open_png(&there).3, [51]);
    let still = paint("from_srgb(t)", &["--set", "t=0.6"]);
    assert_eq!(open_png(&still).3, [153]);
}

#[test]
fn frames_are_an_animation_or_files() {
    let film = [
        "texture",
        "from_srgb(t)",
        "-o",
        "film.png",
        "--size",
        "2",
        "--frames",
        "3",
        "--fps",
        "5",
    ];
    let ran = check(&film, &[]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let bytes = ran.file("film.png");
    let control = png_info(&bytes).animation_control;
    assert_eq!(control.map(|control| control.num_frames), Some(3));
    let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes[..]))
        .read_info()
        .unwrap();
    for expected in [0, 51, 102] {
        let mut pixels = [0; 4];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, [expected; 4]);
        let frame = reader.info().frame_control.unwrap();
        assert_eq!((frame.delay_num, frame.delay_den), (1, 5));
    }

    let numbered = [
        "texture",
        "from_srgb(t)",
        "-o",
        "f-#.png",
        "--size",
        "1",
        "--frames",
        "11",
        "--fps",
        "10",
    ];
    let ran = check(&numbered, &[]);
    assert_eq!(ran.file_names().len(), 11, "{}", ran.stderr);
    assert_eq!(open_png(&ran.file("f-10.png")).3, [255]);
    assert_eq!(open_png(&ran.file("f-02.png")).3, [51]);
}

/// The examples, small.
#[test]
fn every_example_field_is_painted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/fields");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let arguments = [
            "texture",
            path.to_str().unwrap(),
            "-o",
            "out.png",
            "--size",
            "24",
        ];
        let ran = check(&arguments, &[]);
        assert_eq!(ran.status, Some(0), "{}: {}", path.display(), ran.stderr);
        let (.., channels, pixels) = open_png(&ran.file("out.png"));
        assert_eq!(channels, 3, "{}", path.display());
        assert!(pixels.iter().any(|&byte| byte != pixels[0]));
        count += 1;
    }
    assert!(count >= 6, "{count} examples");
}

#[cfg(feature = "exr")]
#[test]
fn floats_are_written_as_openexr() {
    let arguments = ["texture", "x * 10", "-o", "out.exr", "--size", "4", "--exr"];
    let ran = check(&arguments, &[]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    // The magic number of the format.
    assert_eq!(ran.file("out.exr")[..4], [0x76, 0x2f, 0x31, 0x01]);
    let film = ["texture", "t", "-o", "f.exr", "--exr", "--frames", "2"];
    fails(&film, &[], "number the files: -o 'frame-###.exr'");
}

#[test]
fn mistakes_with_textures_are_refused() {
    let field = |field, more: &[&'static str], expected| {
        let arguments = [&["texture", field, "-o", "out.png", "--size", "4"], more].concat();
        fails(&arguments, &[], expected);
    };
    field("perlin(x, wombat)", &[], "wombat");
    field("perlinn(x, y)", &[], "unknown function `perlinn`");
    field(
        "i32(x)",
        &[],
        "the result is i32, but here it has to be a real",
    );
    let five = "output a = x; output b = x; output c = x; output d = x; output f = x;";
    field(five, &[], "a field has 1 to 4 outputs");
    field(
        "t",
        &["--frames", "2", "--set", "t=1"],
        "leave `--set t=..` away",
    );
    field("t", &["--frames", "2", "--fps", "0"], "0");
    fails(
        &["texture", "x", "-o", "f-#.png"],
        &[],
        "say how many: --frames 10",
    );
    let no_float = match cfg!(feature = "exr") {
        true => "cannot write f.exr: for an OpenEXR file add --exr",
        false => "cannot write f.exr: this smalto was built without OpenEXR files",
    };
    fails(&["texture", "x", "-o", "f.exr"], &[], no_float);
    let help = |field, expected: &str| {
        let ran = check(&["texture", field, "-o", "out.png"], &[]);
        assert!(ran.stderr.contains(expected), "{field}: {}", ran.stderr);
    };
    help("perlin", "`perlin` is a function; call it: `perlin(..)`");
    help("perlinn(x)", "did you mean `perlin`?");
    help("noise(x)", "`smalto ops` lists all functions");
    help("gain * x", "give it a value: `--set gain=1`");
}

#[test]
fn mistakes_with_the_picture_are_refused() {
    let too_large = "each side must be 1 to 65536";
    let a_size = "give a number of pixels, as in 512 or 640x480";
    for (option, value, expected) in [
        ("--size", "0", too_large),
        ("--size", "0x5", too_large),
        ("--size", "1000000000", too_large),
        ("--size", "1000000000x1", too_large),
        ("--size", "60000x60000", too_large),
        ("--size", "99999999999", "99999999999 pixels are too many"),
        ("--size", "-1", a_size),
        ("--size", "abc", a_size),
        ("--size", "3x", a_size),
        ("--size", "", a_size),
        ("--size", "1x2x3", a_size),
        (
            "--region",
            "1,1,0,0",
            "give left,bottom,right,top with left < right and bottom < top",
        ),
        (
            "--region",
            "0,0,0,1",
            "give left,bottom,right,top with left < right and bottom < top",
        ),
        ("--region", "nan,0,1,1", "all finite"),
        ("--region", "0,0,inf,1", "all finite"),
        (
            "--region",
            "0,0,1",
            "give four numbers, left,bottom,right,top, as in -1,-1,1,1, not 3",
        ),
        ("--region", "a,b,c,d", "`a` is no number"),
        ("--region", "", "`` is no number"),
        ("--set", "r", "give NAME=VALUE, as in radius=0.5"),
        ("--set", "r=", "`` is no number: the formula is empty"),
        ("--set", "r=abc", "`abc` is no number: unknown name `abc`"),
        (
            "--set",
            "r=1",
            "cannot draw disc.smalto: there is no input `r` to set",
        ),
        ("--set", "x=1", "there is no input `x` to set"),
        ("--threads", "0", "0 is not in 1..=1024"),
        (
            "--target",
            "mmx",
            "there is no target `mmx`; targets are: auto, interp, ",
        ),
        (
            "--mode",
            "shiny",
            "invalid value 'shiny' for '--mode <MODE>'",
        ),
    ] {
        fails(
            &["render", "disc.smalto", "-o", "out.png", option, value],
            &[DISC],
            expected,
        );
    }
}

// ---------------------------------------------------------------- render --3d

const BALL: (&str, &[u8]) = ("ball.smalto", b"sqrt(x^2 + y^2 + z^2) - 0.6");

/// Draws `ball.smalto` or another model, 24 pixels wide, with these options.
fn solid(model: &str, options: &[&str], files: &[(&str, &[u8])]) -> Ran {
    let arguments = ["render", model, "--3d", "-o", "out.png", "--size", "24"];
    check(&[&arguments, options].concat(), files)
}

#[test]
fn solids_are_drawn_in_every_mode() {
    for (options, channels, depth) in [
        (&[][..], 3, png::BitDepth::Eight),
        (&["--mode", "shade"], 3, png::BitDepth::Eight),
        (
            &["--colour", "output r = x; output g = y; output b = z;"],
            3,
            png::BitDepth::Eight,
        ),
        (
            &["--colour", "perlin(9 * x, y, z)"],
            3,
            png::BitDepth::Eight,
        ),
        (&["--mode", "normals"], 3, png::BitDepth::Eight),
        (
            &["--mode", "normals", "--bits", "16"],
            3,
            png::BitDepth::Sixteen,
        ),
        (&["--mode", "depth"], 1, png::BitDepth::Sixteen),
        (&["--mode", "heat"], 3, png::BitDepth::Eight),
        (&["--f64"], 3, png::BitDepth::Eight),
        (
            &["--perspective", "40", "--up", "y", "--threads", "1"],
            3,
            png::BitDepth::Eight,
        ),
        (
            &["--clip", "-1,-1,-1,1,1,0", "--antialias", "1"],
            3,
            png::BitDepth::Eight,
        ),
        (
            &[
                "--scale", "pi/4", "--center", "0,0,0.5", "--yaw", "-20", "--roll", "5",
            ],
            3,
            png::BitDepth::Eight,
        ),
    ] {
        let ran = solid("ball.smalto", options, &[BALL]);
        assert_eq!(ran.status, Some(0), "{options:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("wrote out.png: 24x24 pixels of "));
        let file = ran.file("out.png");
        let (width, height, found, pixels) = open_png(&file);
        assert_eq!((width, height, found), (24, 24, channels), "{options:?}");
        assert_eq!(png_info(&file).bit_depth, depth, "{options:?}");
        assert!(pixels.iter().any(|&byte| byte != pixels[0]), "{options:?}");
    }
    // From the front: half a ball's way before the middle of a volume 4 deep and 48 slices thick.
    let front = [
        "--mode", "depth", "--pitch", "90", "--yaw", "0", "--scale", "1",
    ];
    let ran = solid("ball.smalto", &front, &[BALL]);
    let pixels = open_png(&ran.file("out.png")).3;
    let middle = &pixels[2 * (12 * 24 + 12)..][..2];
    let slices = f64::from(u16::from_be_bytes([middle[0], middle[1]])) / 65_535.0 * 48.0;
    assert!((slices - 31.0).abs() < 0.01, "{slices}");
}

#[test]
fn turntables_are_films() {
    let off_centre: (&str, &[u8]) = ("m.smalto", b"sqrt((x - 0.5)^2 + y^2 + z^2) - 0.3");
    let ran = solid(
        "m.smalto",
        &["--turntable", "3", "--fps", "10"],
        &[off_centre],
    );
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr
            .starts_with("wrote out.png: 3 frames of 24x24 pixels")
    );
    let file = ran.file("out.png");
    let control = png_info(&file).animation_control;
    assert_eq!(control.map(|control| control.num_frames), Some(3));
    let mut reader = png::Decoder::new(std::io::Cursor::new(&file[..]))
        .read_info()
        .unwrap();
    let frames = [0; 3].map(|_| {
        let mut pixels = vec![0; 3 * 24 * 24];
        reader.next_frame(&mut pixels).unwrap();
        pixels
    });
    assert!(frames[0] != frames[1] && frames[1] != frames[2]);

    let arguments = ["render", "m.smalto", "--3d", "-o", "t-#.png", "--size", "8"];
    let ran = check(
        &[&arguments[..], &["--turntable", "2"]].concat(),
        &[off_centre],
    );
    assert_eq!(
        ran.file_names(),
        ["m.smalto", "t-0.png", "t-1.png"],
        "{}",
        ran.stderr
    );
}

#[test]
fn what_drawing_took_is_printed() {
    for options in [&[][..], &["--3d"]] {
        let arguments = [
            "render",
            "ball.smalto",
            "-o",
            "out.png",
            "--size",
            "64",
            "--stats",
        ];
        let ran = check(&[&arguments, options].concat(), &[BALL]);
        let lines: Vec<&str> = ran.stdout.lines().collect();
        // What machine code costs is told where there is any.
        assert!(matches!(lines.len(), 10 | 13), "{}", ran.stdout);
        assert!(lines[0].starts_with("instructions of the model "));
        assert!(lines[9].starts_with("an instruction at a point ") || lines.len() == 10);
        let batches = lines[1].rsplit(' ').next().unwrap();
        assert!(batches.parse::<u64>().unwrap() > 0, "{}", ran.stdout);
    }
}

#[test]
fn solids_of_any_kind_of_model_are_drawn() {
    for model in [
        // Without x, y or z; constant; nowhere a number; endless.
        "1",
        "-1",
        "nan",
        "x / 0 * 0",
        "-inf",
        "inf",
        "x",
        "y - x",
        "z < 0.1",
        "t - 1",
        // Gradients that are none.
        "sqrt(x * 0) - 1",
        "(x < 0 ? -1 : nan) * 1e38",
    ] {
        for options in [&["--mode", "shade"][..], &["--mode", "normals", "--f64"]] {
            let ran = solid("m.smalto", options, &[("m.smalto", model.as_bytes())]);
            assert_eq!(ran.status, Some(0), "{model}: {}", ran.stderr);
        }
    }
    // Where floats run out.
    let far = ["--center", "1e9,0,0", "--scale", "1e-3"];
    let ran = solid("ball.smalto", &far, &[BALL]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
}

#[test]
fn mistakes_with_solids_are_refused_with_the_way_out() {
    let flat = "Give a scale above 0";
    for (options, expected) in [
        (&["--3d", "--scale", "0"][..], flat),
        (&["--3d", "--scale", "nan"], flat),
        (&["--3d", "--scale", "inf"], flat),
        (&["--3d", "--scale", "1e-60"], flat),
        (&["--3d", "--yaw", "inf"], flat),
        (&["--3d", "--center", "0,nan,0"], flat),
        (
            &["--3d", "--center", "0,0"],
            "give three numbers, x,y,z, as in 0,0,0.5, not 2",
        ),
        (
            &["--3d", "--perspective", "151"],
            "the perspective cannot be 151 degrees",
        ),
        (
            &["--3d", "--perspective", "-1"],
            "the perspective cannot be -1 degrees",
        ),
        (
            &["--3d", "--depth", "0"],
            "nothing can be seen from depth 0 to -0",
        ),
        (
            &["--3d", "--depth", "inf"],
            "nothing can be seen from depth inf",
        ),
        (&["--3d", "--depth", "1e9"], "not too far apart"),
        (&["--3d", "--clip", "0,0,0,1,1,0"], "the box is empty"),
        (&["--3d", "--clip", "0,0,0,1,1"], "give six numbers"),
        (&["--3d", "--size", "0"], "each side must be 1 to 65536"),
        (
            &["--3d", "--size", "10000"],
            "add --antialias 1, or give a smaller --size",
        ),
        (
            &["--3d", "--size", "16000", "--mode", "depth"],
            "would take too much memory",
        ),
        (
            &["--3d", "--mode", "mono"],
            "--mode mono is for the plane: leave --3d away",
        ),
        (
            &["--3d", "--mode", "contours"],
            "--mode contours is for the plane",
        ),
        (
            &["--3d", "--region", "0,0,1,1"],
            "--center and --scale, or leave --3d away",
        ),
        (
            &["--3d", "--mode", "depth", "--colour", "x"],
            "choose --mode shade",
        ),
        (
            &["--3d", "--mode", "heat", "--antialias", "2"],
            "choose --mode shade",
        ),
        (&["--3d", "--bits", "16"], "choose --mode normals"),
        (
            &["--3d", "--colour", "output a = x; output b = y;"],
            "but these have 2",
        ),
        (&["--3d", "--set", "q=1"], "there is no input `q` to set"),
        (&["--3d", "--set", "z=1"], "there is no input `z` to set"),
        (&["--mode", "depth"], "--mode depth is for solids: add --3d"),
        (&["--mode", "shade"], "--mode shade is for solids: add --3d"),
        (&["--yaw", "30"], "--yaw is for solids: add --3d"),
        (&["--turntable", "4"], "--turntable is for solids: add --3d"),
    ] {
        let arguments = ["render", "ball.smalto", "-o", "out.png"];
        fails(&[&arguments, options].concat(), &[BALL], expected);
    }
    fails(
        &["render", "ball.smalto", "--3d", "-o", "t-#.png"],
        &[BALL],
        "say how many: --turntable 36",
    );
    fails(
        &["render", "i.smalto", "--3d", "-o", "out.png"],
        &[("i.smalto", b"input z: i32; x - real(z)")],
        "i32",
    );
}

// ---------------------------------------------------------------- writing files

#[test]
fn files_that_cannot_be_written_are_refused_before_the_work() {
    for (output, expected) in [
        (
            "none/out.png",
            "cannot write none/out.png: there is no directory none",
        ),
        ("disc.smalto/out.png", "disc.smalto is no directory"),
        (".", "cannot write .: it is a directory"),
        ("out/", "cannot write out/: that is no name of a file"),
        (
            "out.jpg",
            "only .png files can be written, so give it a name that ends in .png",
        ),
    ] {
        fails(&["render", "disc.smalto", "-o", output], &[DISC], expected);
    }
    fails(
        &["eval", "x", "x=1", "-o", "out.csv"],
        &[],
        "only .npy files can be written",
    );
    fails(
        &["eval", "x", "x=1", "-o", "none/out.npy"],
        &[],
        "there is no directory none",
    );
    fails(
        &[
            "eval",
            "output a = x; output b = x < 1;",
            "x=1",
            "-o",
            "out.npy",
        ],
        &[],
        "output `a` is real and `b` is bool, but a file holds one type; convert one, as in `real(b)`",
    );
}

#[test]
fn read_only_files_are_left_alone() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("out.npy");
    fs::write(&path, "precious").unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let ran = check_in(directory, &["eval", "x", "x=1", "-o", "out.npy"]);
    assert_eq!(
        ran.stderr,
        "error: cannot write out.npy: it exists and is read-only\n"
    );
    assert_eq!(ran.file("out.npy"), b"precious");
}

#[cfg(unix)]
#[test]
fn links_and_permissions_survive_being_written_to() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let directory = TempDir::new().unwrap();
    let real = directory.path().join("real.npy");
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.npy", directory.path().join("link.npy")).unwrap();
    symlink("nowhere.npy", directory.path().join("dangling.npy")).unwrap();
    let ran = check_in(directory, &["eval", "x", "x=1", "-o", "link.npy"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert_eq!(open_npy(&ran.file("real.npy")).1, 1f32.to_le_bytes());
    assert_eq!(ran.file_names(), ["dangling.npy", "link.npy", "real.npy"]);
    let path = ran.directory.path();
    assert!(path.join("link.npy").is_symlink());
    assert_eq!(
        fs::metadata(path.join("real.npy"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o640
    );
    let ran = check_in(ran.directory, &["eval", "x", "x=1", "-o", "dangling.npy"]);
    assert!(
        ran.stderr.contains("it is a link that leads nowhere"),
        "{}",
        ran.stderr
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    fails(
        &["render", "disc.smalto", "-o", "/dev/full"],
        &[DISC],
        "cannot write /dev/full: No space left",
    );
    fails(
        &["eval", "x", "x=0:1:9", "-o", "/dev/full"],
        &[],
        "cannot write /dev/full: No space left",
    );
    let full = || {
        Stdio::from(
            fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap(),
        )
    };
    let printing = Command::new(SMALTO)
        .args(["eval", "x", "x=1"])
        .stdout(full())
        .output()
        .unwrap();
    let message = String::from_utf8(printing.stderr).unwrap();
    assert!(
        message.starts_with("error: cannot write to standard output: No space left"),
        "{message}"
    );
    let silent = Command::new(SMALTO)
        .args(["eval", "q"])
        .stderr(full())
        .status()
        .unwrap();
    assert_eq!(
        silent.code(),
        Some(1),
        "a message nobody can read is no reason to panic"
    );
}

#[cfg(unix)]
#[test]
fn results_can_go_into_a_pipe() {
    let script = r#""$0" eval x x=0:1:3 -o /dev/stdout | cat > out.npy"#;
    let directory = TempDir::new().unwrap();
    let shell = Command::new("sh")
        .args(["-c", script, SMALTO])
        .current_dir(&directory)
        .output()
        .unwrap();
    let file = fs::read(directory.path().join("out.npy")).unwrap();
    assert_eq!(
        open_npy(&file).1.len(),
        12,
        "{}",
        String::from_utf8_lossy(&shell.stderr)
    );
}

#[test]
fn a_reader_that_goes_away_ends_the_work_quietly() {
    use std::io::{BufRead, BufReader};
    // More lines than anyone would wait for.
    let mut child = Command::new(SMALTO)
        .args(["eval", "x", "x=0:1:1e12"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut first).unwrap();
    assert_eq!(first, "0\n");
    drop(reader);
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr), (Some(0), vec![]));
}

/// Whether this process, and so its children, ignore a signal of the kinds that the
/// command takes over: SIGHUP, SIGINT and SIGTERM.
#[cfg(target_os = "linux")]
fn signals_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .unwrap();
    let mask = u64::from_str_radix(mask.trim(), 16).unwrap();
    [1, 2, 15]
        .iter()
        .any(|signal| mask >> (signal - 1) & 1 == 1)
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_the_work_and_leaves_no_file() {
    use std::time::Duration;
    if signals_are_ignored() {
        eprintln!("skipped: signals are ignored here, as under nohup");
        return;
    }
    for signal in ["-INT", "-TERM"] {
        let directory = TempDir::new().unwrap();
        let child = Command::new(SMALTO)
            .args(["eval", "x", "x=0:1:1e12", "-o", "long.npy"])
            .current_dir(&directory)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while names_in(directory.path()).is_empty() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let kill = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(ended.stderr).unwrap(), "interrupted\n");
        assert_eq!(ended.status.code(), Some(130));
        assert_eq!(names_in(directory.path()), <[String; 0]>::default());
    }
}

// ---------------------------------------------------------------- help and lists

#[test]
fn lists_name_what_there_is() {
    let targets = check(&["targets"], &[]).stdout;
    assert!(targets.contains("\nauto  "), "{targets}");
    assert!(targets.contains("\ninterp-portable  yes "), "{targets}");
    let last = targets.lines().last().unwrap();
    let meant = last
        .strip_prefix("auto means ")
        .and_then(|rest| rest.strip_suffix(" here."));
    let line = format!(
        "\n{:<16} yes ",
        meant.expect("the last line says what auto is")
    );
    assert!(targets.contains(&line), "{targets}");
    let ops = check(&["ops"], &[]).stdout;
    assert!(ops.contains("hypot(real, real) -> real "), "{ops}");
    assert!(ops.contains("lt(number, number) -> bool "), "{ops}");
}

#[test]
fn the_environment_limits_machine_code() {
    let limited = |arguments: &[&str], limit: &str| {
        let mut command = Command::new(SMALTO);
        let output = command.args(arguments).env("SMALTO_CPU", limit).output();
        let Output { stdout, stderr, .. } = output.unwrap();
        String::from_utf8([stdout, stderr].concat()).unwrap()
    };
    let interpreted = limited(&["targets"], "none");
    for target in ["jit", "avx2", "avx512"] {
        let line = format!("\n{target:<16} no    machine code ");
        assert!(interpreted.contains(&line), "{interpreted}");
    }
    for arguments in [&["targets"][..], &["eval", "x", "x=1"]] {
        assert_eq!(
            limited(arguments, "mmx"),
            "error: SMALTO_CPU=mmx is not known; it can be: auto, avx512, avx2, interp, none\n"
        );
    }
    assert_eq!(
        limited(&["eval", "x", "x=1", "--target=interp"], "mmx"),
        "1\n"
    );
}

#[test]
fn the_examples_of_the_help_work() {
    let x = f64_array("(2,)", &[3.0, 0.0]);
    let y = f64_array("(2,)", &[4.0, 1.0]);
    let files: &[(&str, &[u8])] = &[("x.npy", &x), ("y.npy", &y)];
    let help = check(&["eval", "--help"], &[]).stdout + &check(&["--help"], &[]).stdout;
    let examples: Vec<&str> = help
        .lines()
        .filter_map(|line| line.trim().strip_prefix("smalto eval "))
        .collect();
    assert!(examples.len() >= 5, "{help}");
    for example in examples {
        // Arguments are separated by blanks, some between single quotes.
        let mut arguments = vec!["eval"];
        for (index, part) in example.split('\'').enumerate() {
            match index % 2 {
                1 => arguments.push(part),
                _ => arguments.extend(part.split_whitespace()),
            }
        }
        let ran = check(&arguments, files);
        assert_eq!(ran.status, Some(0), "{example}: {}", ran.stderr);
    }
}

#[test]
fn bench_measures_what_a_model_has() {
    let check_lines = |arguments: &[&str], expected: &[&str]| {
        let ball: (&str, &[u8]) = ("ball.smalto", b"sqrt(x^2 + y^2 + z^2) - 0.5");
        let ran = check(
            &[&["bench", "--time", "0"], arguments].concat(),
            &[DISC, ball],
        );
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        for start in expected {
            let is_there = ran.stdout.lines().any(|line| line.starts_with(start));
            assert!(is_there, "no {start}:\n{}", ran.stdout);
        }
        ran.stdout
    };
    let plane = [
        "read ",
        "optimise ",
        "make a tape ",
        "128x128 points by interp",
        "bounds in a batch",
        "1024x1024 picture, 1 thread ",
    ];
    let text = check_lines(&["disc.smalto"], &plane);
    assert!(!text.contains("surface"), "{text}");
    check_lines(&["ball.smalto"], &["256^3 surface, 1 thread "]);
    let text = check_lines(&["ball.smalto", "--set", "z=0.25"], &plane);
    assert!(!text.contains("surface"), "{text}");

    let ring: (&str, &[u8]) = ("ring.smalto", b"input r; sqrt(x^2 + y^2) - r");
    fails(&["bench", "ring.smalto"], &[ring], "`r`");
    fails(&["bench", "disc.smalto", "--time=-1"], &[DISC], "seconds");
}

#[test]
fn a_command_line_without_sense_is_explained() {
    fails(
        &["render", "disc.smalto"],
        &[DISC],
        "the following required arguments were not provided",
    );
    fails(&["rendre"], &[], "unrecognized subcommand 'rendre'");
    let nothing = check(&[], &[]);
    assert_eq!(nothing.status, Some(2));
    assert!(
        nothing.stderr.contains("Usage: smalto <COMMAND>"),
        "{}",
        nothing.stderr
    );
}
