//! What kernels mean: lanes, memory, control, and what must not be done.

use smalto_kernel::interpret::{Buffer, Element, Interpreter, RunError};
use smalto_kernel::{F16, Lane, Literal, Module, parse};

/// A kernel of this width whose one block, before the stores, has these lines.
fn kernel(width: &str, buffers: &str, lines: &str) -> Module {
    let text = format!(
        "table t: i32 = [10, 11, 12]
        kernel k width {width} {{
            {buffers}
        block 0:
            %z: u.i64 = constant 0
            %lane: v.i32 = lane_index
            {lines}
            return
        }}"
    );
    parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn run(module: &Module, lanes: usize, buffers: &mut [Buffer]) -> Result<(), RunError> {
    let interpreter = Interpreter::new(module).unwrap_or_else(|findings| panic!("{findings}"));
    interpreter.width(lanes).fuel(10_000).run("k", buffers, &[])
}

/// That `%r` at the end of these lines, which may use `%a` and `%b`, one element a
/// lane, is `expected`.
fn check<A: Element, R: Element>(lines: &str, a: &[A], b: &[A], expected: &[R]) {
    let (from, to) = (A::LANE, R::LANE);
    let buffers = format!("buffer a: {from} read\nbuffer b: {from} read\nbuffer r: {to} write");
    let lines =
        format!("%a: v.{from} = load a[%z]\n%b: v.{from} = load b[%z]\n{lines}\nstore r[%z], %r");
    let module = kernel(&a.len().to_string(), &buffers, &lines);
    let mut buffers = [a.into(), b.into(), Buffer::uninitialised(to, a.len())];
    run(&module, a.len(), &mut buffers).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(buffers[2], Buffer::from(expected), "{lines}");
}

/// That `%r` after these lines, a mask, is `expected`, one bit a lane from lane 0 on.
fn check_mask(lines: &str, a: &[f32; 4], b: &[f32; 4], expected: &str) {
    let lines = format!(
        "{lines}\n%one: v.i32 = constant 1\n%nil: v.i32 = constant 0\n\
         %bits: v.i32 = select %r, %one, %nil"
    );
    let expected: Vec<i32> = expected.bytes().map(|bit| (bit - b'0').into()).collect();
    let lines = lines
        .replace("%r:", "%m:")
        .replace("select %r", "select %m");
    check(&lines.replace("%bits:", "%r:"), a, b, &expected);
}

#[test]
fn floats_follow_the_scalar_machine() {
    let nan = f32::NAN;
    let (a, b) = ([1.0f32, -0.0, nan, 1.0], [2.0f32, 0.0, 1.0, nan]);
    check("%r: v.f32 = min %a, %b", &a, &b, &[1.0f32, 0.0, 1.0, nan]);
    check("%r: v.f32 = max %a, %b", &a, &b, &[2.0f32, 0.0, 1.0, nan]);
    check(
        "%r: v.f32 = rint %a",
        &[0.5f32, 1.5, -0.5, 2.5],
        &b,
        &[0.0f32, 2.0, -0.0, 2.0],
    );
    check(
        "%r: v.f32 = fma %a, %a, %b",
        &[1.0000001f32; 2],
        &[-1.0f32; 2],
        &[2.3841859e-7f32; 2],
    );
    check(
        "%r: v.f32 = copysign %a, %b",
        &[1f32, -2.0],
        &[-0f32, 0.0],
        &[-1f32, 2.0],
    );
    // 3 * 2^-150 is midway between two subnormals.
    check(
        "%r: v.f32 = scale %a, %b",
        &[1.5f32, 1.75, 0.75, 2.0],
        &[-149.0f32, -252.0, 128.0, 127.0],
        &[3e-45f32, 0.0, 2.5521178e38, f32::INFINITY],
    );
    check_mask("%r: v.mask = lt %a, %b", &a, &b, "1000");
    check_mask("%r: v.mask = eq %a, %b", &a, &b, "0100");
}

#[test]
fn halves_round_to_nearest_even_and_keep_subnormals() {
    let h = |value: f64| F16::from_f64(value);
    check(
        "%r: v.f16 = add %a, %b",
        &[h(2048.0), F16(1)],
        &[h(1.0), F16(1)],
        &[h(2048.0), F16(2)],
    );
    check(
        "%r: v.f16 = mul %a, %b",
        &[h(256.0), F16(3)],
        &[h(256.0), h(0.5)],
        &[F16(0x7c00), F16(2)],
    );
    check(
        "%r: v.f32 = convert %a",
        &[h(0.1)],
        &[h(0.0)],
        &[0.099975586f32],
    );
    check(
        "%r: v.f16 = convert %a",
        &[65519.996f32, 1e-8],
        &[0f32; 2],
        &[F16(0x7bff), F16(0)],
    );
}

#[test]
fn integers_wrap_and_division_is_total() {
    check(
        "%r: v.i16 = add %a, %b",
        &[i16::MAX, 1],
        &[1i16, 1],
        &[i16::MIN, 2],
    );
    check(
        "%r: v.u16 = sub %a, %b",
        &[0u16, 5],
        &[1u16, 1],
        &[u16::MAX, 4],
    );
    check(
        "%r: v.i32 = div %a, %b",
        &[i32::MIN, 7],
        &[-1, 0],
        &[i32::MIN, 0],
    );
    check("%r: v.i32 = rem %a, %b", &[i32::MIN, 7], &[-1, 0], &[0, 7]);
    check(
        "%r: v.u64 = div %a, %b",
        &[u64::MAX],
        &[2u64],
        &[u64::MAX / 2],
    );
    check(
        "%r: v.i64 = shr %a, %b",
        &[-8i64, -8],
        &[1i64, 65],
        &[-4i64, -4],
    );
    check("%r: v.i64 = ushr %a, %b", &[-1i64], &[63i64], &[1i64]);
    check(
        "%r: v.u32 = popcount %a",
        &[0xff00ff00u32],
        &[0u32],
        &[16u32],
    );
    check("%r: v.i16 = wrap %a", &[0x18000], &[0], &[i16::MIN]);
    check("%r: v.u64 = extend %a", &[-1, 1], &[0, 0], &[u64::MAX, 1]);
}

#[test]
fn lanes_are_seen_at_a_declared_width() {
    let (a, b) = ([1.0f32, 2.0, 3.0, 4.0], [0.0f32; 4]);
    check(
        "%r: v.f32 = shuffle %a, %i"
            .replace("%r", "%i: v.i32 = bits %b\n%r")
            .as_str(),
        &a,
        &[
            f32::from_bits(3),
            f32::from_bits(2),
            f32::from_bits(5),
            f32::from_bits(-4i32 as u32 & 3),
        ],
        &[4.0f32, 3.0, 2.0, 1.0],
    );
    check(
        "%three: u.i32 = constant 7\n%u: u.f32 = broadcast %a, %three\n%r: v.f32 = splat %u",
        &a,
        &b,
        &[4.0f32; 4],
    );
    check(
        "%u: u.f32 = reduce_add %a\n%r: v.f32 = splat %u",
        &a,
        &b,
        &[10.0f32; 4],
    );
    check("%r: v.f32 = scan_add %a", &a, &b, &[1.0f32, 3.0, 6.0, 10.0]);
    check(
        "%m: v.mask = lt %b, %a\n%u: u.u64 = mask_bits %m\n%w: u.u32 = wrap %u\n%r: v.u32 = splat %w",
        &[1f32, -1.0, 1.0, 1.0],
        &b,
        &[0b1101u32; 4],
    );
}

/// Sums of floats depend on their order: lanes l and l + W/2 first.
#[test]
fn reductions_are_one_butterfly() {
    let (a, b) = ([1e8f32, 1.0, -1e8, 1.0], [0f32; 4]);
    check(
        "%u: u.f32 = reduce_add %a\n%r: v.f32 = splat %u",
        &a,
        &b,
        &[2.0f32; 4],
    );
    // A tie of zeros gives the higher lane.
    check(
        "%u: u.f32 = reduce_min %a\n%r: v.f32 = splat %u",
        &[0f32, -0.0],
        &[0f32; 2],
        &[-0f32; 2],
    );
}

#[test]
fn tables_are_clamped_and_unsigned() {
    check(
        "%r: v.i32 = lookup t[%a]",
        &[0, 2, 3, -1],
        &[0; 4],
        &[10, 12, 12, 12],
    );
}

#[test]
fn masked_lanes_read_zero_and_are_not_written() {
    let module = kernel(
        "any",
        "buffer x: i32 readwrite\nbuffer y: i32 readwrite",
        "%two: u.i64 = constant 2
        %m: v.mask = first_lanes %two
        %v: v.i32 = load x[%z] if %m
        %one: v.i32 = constant 1
        %w: v.i32 = add %v, %one
        store y[%z], %w if %m
        %all: v.mask = not %m
        %three: v.i32 = constant 3
        %i: v.i32 = and %lane, %three
        scatter x[%i], %w if %all",
    );
    let mut buffers = [Buffer::from([5, 6, 7, 8]), Buffer::from([0, 0])];
    run(&module, 4, &mut buffers).unwrap();
    assert_eq!(buffers[1].to_vec(), Some(vec![6, 7]));
    assert_eq!(buffers[0].to_vec(), Some(vec![5, 6, 1, 1]));
}

#[test]
fn atomics_add_lane_by_lane_and_give_what_was_there() {
    let module = kernel(
        "4",
        "buffer c: u32 readwrite\nbuffer r: u32 write",
        "%nil: v.i32 = constant 0
        %two: v.u32 = constant 2
        %old: v.u32 = atomic_add c[%nil], %two
        store r[%z], %old",
    );
    let mut buffers = [Buffer::from([7u32]), Buffer::zeroed(Lane::U32, 4)];
    run(&module, 4, &mut buffers).unwrap();
    assert_eq!(buffers[0].to_vec(), Some(vec![15u32]));
    assert_eq!(buffers[1].to_vec(), Some(vec![7u32, 9, 11, 13]));
}

#[test]
fn functions_return_tuples_and_use_the_buffers_they_are_given() {
    let module = parse(
        "func both width any -> v.f32x2 {
            buffer log: i32 readwrite
            param a: v.f32
        block 0:
            %z: u.i64 = constant 0
            %n: u.i32 = load_uniform log[%z]
            %one: u.i32 = constant 1
            %m: u.i32 = add %n, %one
            store_uniform log[%z], %m
            %neg: v.f32 = neg %a
            %t: v.f32x2 = tuple %neg, %a
            return %t
        }
        kernel k width 2 {
            buffer x: f32 readwrite
            buffer calls: i32 readwrite
        block 0:
            %z: u.i64 = constant 0
            %a: v.f32 = load x[%z]
            %t: v.f32x2 = call both(calls, %a)
            %b: v.f32 = extract %t, 0
            %u: v.f32x2 = call both(calls, %b)
            %p: v.f32 = extract %u, 0
            %q: v.f32 = extract %t, 0
            %r: v.f32 = sub %p, %q
            store x[%z], %r
            return
        }",
    )
    .unwrap();
    let mut buffers = [Buffer::from([1f32, 2.0]), Buffer::from([0])];
    run(&module, 8, &mut buffers).unwrap();
    assert_eq!(buffers[0].to_vec(), Some(vec![2f32, 4.0]));
    assert_eq!(buffers[1].to_vec(), Some(vec![2]));
}

/// A jump passes all its arguments at one time.
#[test]
fn arguments_may_change_places() {
    let module = parse(
        "kernel k width 1 {
            buffer x: i32 readwrite
        block 0:
            %z: u.i64 = constant 0
            %a: v.i32 = constant 1
            %b: v.i32 = constant 2
            %n: u.i32 = constant 0
            jump turn(%a, %b, %n)
        block turn(%p: v.i32, %q: v.i32, %i: u.i32):
            %one: u.i32 = constant 1
            %next: u.i32 = add %i, %one
            %three: u.i32 = constant 3
            %more: u.mask = lt %next, %three
            branch %more, turn(%q, %p, %next), out
        block out:
            store x[%z], %p
            return
        }",
    )
    .unwrap();
    let mut buffers = [Buffer::from([0])];
    run(&module, 1, &mut buffers).unwrap();
    assert_eq!(buffers[0].to_vec(), Some(vec![1]));
}

/// That a kernel on `x`, four integers of which the last two were never written, and
/// `f`, four floats, is stopped with this message.
fn check_stopped(lines: &str, expected: &str) {
    let module = kernel(
        "4",
        "buffer x: i32 readwrite\nbuffer f: f32 readwrite",
        lines,
    );
    let mut x = Buffer::uninitialised(Lane::I32, 4);
    let half = kernel("2", "buffer x: i32 write", "store x[%z], %lane");
    run(&half, 2, std::slice::from_mut(&mut x)).unwrap();
    let mut buffers = [x, Buffer::from([1e10f32, 1.0, -2.5, f32::NAN])];
    match run(&module, 4, &mut buffers) {
        Ok(()) => assert_eq!("", expected, "{lines}"),
        Err(error) => assert_eq!(error.to_string(), expected, "{lines}"),
    }
}

const FITTING: &str = "%f: v.f32 = load f[%z]\n%c: v.i32 = convert_in_range %f\n";

#[test]
fn poison_is_reported_where_it_is_used() {
    check_stopped(FITTING, "");
    check_stopped(
        &format!("{FITTING}%d: v.i32 = add %c, %lane\nstore x[%z], %d"),
        "kernel k, block 0, %5 (store): lane 0: uses poison: \
         kernel k, %3 = convert_in_range: a value that does not fit",
    );
    // Lanes that do not take part do not use it.
    check_stopped(
        &format!(
            "{FITTING}%big: v.f32 = constant 3\n%g: v.f32 = abs %f\n%m: v.mask = lt %g, %big
             store x[%z], %c if %m"
        ),
        "",
    );
    // Nor does a choice of the other side, or a mask that is decided without.
    check_stopped(
        &format!(
            "{FITTING}%big: v.f32 = constant 3\n%g: v.f32 = abs %f\n%m: v.mask = lt %g, %big
             %s: v.i32 = select %m, %c, %lane\nstore x[%z], %s
             %e: v.mask = eq %c, %lane\n%both: v.mask = and %e, %m\nstore x[%z], %s if %both"
        ),
        "",
    );
    check_stopped(
        &format!("{FITTING}%v: v.i32 = gather x[%c]"),
        "kernel k, block 0, %4 = gather: lane 0: uses poison: \
         kernel k, %3 = convert_in_range: a value that does not fit",
    );
    check_stopped(
        &format!(
            "{FITTING}%e: v.mask = eq %c, %lane\n%a: u.mask = all %e\nbranch %a, 1, 1\nblock 1:"
        ),
        "",
    );
    check_stopped(
        &format!("{FITTING}%e: v.mask = eq %c, %c\n%a: u.mask = all %e\nbranch %a, 1, 1\nblock 1:"),
        "kernel k, block 0: lane 0: uses poison: \
         kernel k, %3 = convert_in_range: a value that does not fit",
    );
}

#[test]
fn what_was_not_written_is_poison() {
    check_stopped("%v: v.i32 = load x[%z]", "");
    check_stopped(
        "%v: v.i32 = load x[%z]\n%w: v.i32 = add %v, %lane\nstore x[%z], %w",
        "kernel k, block 0, %4 (store): lane 2: uses poison: \
         kernel k, %2 = load: reads what was not written",
    );
    check_stopped(
        "%v: v.i32 = atomic_add x[%lane], %lane",
        "kernel k, block 0, %2 = atomic_add: lane 2: uses poison: adds to what was not written",
    );
}

#[test]
fn accesses_stay_within_the_buffer() {
    check_stopped(
        "%one: u.i64 = constant 1\n%v: v.i32 = load x[%one]",
        "kernel k, block 0, %3 = load: lane 3: index 4 is outside of buffer x of 4 elements",
    );
    check_stopped(
        "%one: v.i32 = constant 1\n%i: v.i32 = sub %lane, %one\n%v: v.i32 = gather x[%i]",
        "kernel k, block 0, %4 = gather: lane 0: index -1 is outside of buffer x of 4 elements",
    );
    check_stopped(
        "%far: u.i64 = constant 9223372036854775807\n%v: v.i32 = load x[%far]",
        "kernel k, block 0, %3 = load: lane 0: index 9223372036854775807 is outside of \
         buffer x of 4 elements",
    );
}

#[test]
fn lanes_do_not_write_different_values_to_one_element() {
    check_stopped(
        "%nil: v.i32 = constant 0\nscatter x[%nil], %lane",
        "kernel k, block 0, %3 (scatter): lanes 0 and 1 write different values to element 0",
    );
    check_stopped("%nil: v.i32 = constant 0\nscatter x[%nil], %nil", "");
}

#[test]
fn endless_loops_end() {
    check_stopped(
        "%c: u.mask = constant true\njump 1\nblock 1:\nbranch %c, 1, 2\nblock 2:",
        "the kernel did not end within 10000 instructions",
    );
}

#[test]
fn runs_fit_their_kernel() {
    let module =
        parse("kernel k width any {\nbuffer x: f32 read\nparam n: u.i64\nblock 0:\nreturn\n}")
            .unwrap();
    let check = |name: &str, buffers: &mut [Buffer], arguments: &[Literal], expected: &str| {
        let interpreter = Interpreter::new(&module).unwrap();
        let error = interpreter.run(name, buffers, arguments).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    let x = Buffer::from([1f32]);
    check("f", &mut [], &[], "there is no kernel f");
    check("k", &mut [], &[], "the kernel takes 1 buffers, found 0");
    check(
        "k",
        &mut [Buffer::from([1])],
        &[],
        "buffer x is of f32, found i32",
    );
    check(
        "k",
        &mut [x.clone()],
        &[],
        "the kernel takes 1 arguments, found 0",
    );
    check(
        "k",
        &mut [x.clone()],
        &[1i32.into()],
        "parameter n is i64, found i32",
    );
    let small = Interpreter::new(&module).unwrap().memory(8);
    let error = small.run("k", &mut [x], &[1i64.into()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the values of the kernel take more than 8 bytes"
    );
}
