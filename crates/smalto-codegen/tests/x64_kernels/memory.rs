//! Every way to memory: for every lane type, in waves of every width, next to pages that
//! trap.

use crate::differential::{Run, check};
use crate::guarded::{Edge, Guarded};
use crate::host::{self, Loaded};
use crate::values::special;
use smalto_codegen::target::x64::{Compiler, Level};
use smalto_kernel::interpret::Buffer;
use smalto_kernel::{Access, Builder, Lane, Literal, Module, RoutineId, ValueType, Width};

const WIDTHS: [Width; 8] = [
    Width::Any,
    Width::Lanes(1),
    Width::Lanes(2),
    Width::Lanes(4),
    Width::Lanes(8),
    Width::Lanes(16),
    Width::Lanes(32),
    Width::Lanes(64),
];

/// A multiple of all widths.
const COUNT: usize = 128;

fn numbers() -> impl Iterator<Item = Lane> {
    Lane::ALL.into_iter().filter(|&lane| lane != Lane::Mask)
}

fn module_of(b: Builder) -> Module {
    let mut module = Module::new();
    module.add(b.finish());
    module
}

/// Elements that differ from their neighbours.
fn elements(lane: Lane) -> Buffer {
    let values = special(lane);
    Buffer::of(lane, (0..COUNT).map(|at| values[at % values.len()]))
}

/// Which lanes take part under a mask: one of them not, some, or all.
fn is_chosen(at: usize) -> bool {
    at % 7 != 3 && at / 16 != 2
}

fn chosen() -> Buffer {
    let flag = |at: usize| Literal::from(i32::from(is_chosen(at)));
    Buffer::of(Lane::I32, (0..COUNT).map(flag))
}

/// Indices of all elements in another order. Those of lanes that do not take part lead
/// far away.
fn permutation(index: Lane, masked: bool) -> Buffer {
    let index_of = |at: usize| {
        let is_needed = !masked || is_chosen(at);
        let number = if is_needed {
            at * 37 % COUNT
        } else {
            0x7fff_0000
        };
        Literal::from_bits(index, number as u64)
    };
    Buffer::of(index, (0..COUNT).map(index_of))
}

/// Moves elements from `x` to `y`: both by indices, under a mask or not.
fn mover(element: Lane, index: Lane, width: Width, masked: bool) -> Module {
    let mut b = Builder::kernel("move", width);
    let x = b.buffer("x", element, Access::Read);
    let y = b.buffer("y", element, Access::ReadWrite);
    let z = b.buffer("z", element, Access::ReadWrite);
    let which = b.buffer("which", index, Access::Read);
    let chosen = b.buffer("chosen", Lane::I32, Access::Read);
    let n = b.parameter("n", ValueType::uniform(Lane::I64));
    let (start, step) = (b.uniform(0i64), b.width());
    b.for_range(start, n, step, |b, i| {
        let flags = b.load(chosen, i, None);
        let one = b.varying(1i32);
        let takes_part = b.eq(flags, one);
        let mask = masked.then_some(takes_part);
        let at = b.load(which, i, None);
        let straight = b.load(x, i, mask);
        b.scatter(y, at, straight, mask);
        let gathered = b.gather(x, at, mask);
        b.store(z, i, gathered, mask);
    });
    b.return_nothing();
    module_of(b)
}

#[test]
fn every_element_goes_where_its_index_says() {
    for element in numbers() {
        for index in [Lane::I32, Lane::I64] {
            for width in WIDTHS {
                for masked in [false, true] {
                    let buffers = [
                        elements(element),
                        Buffer::zeroed(element, COUNT),
                        Buffer::zeroed(element, COUNT),
                        permutation(index, masked),
                        chosen(),
                    ];
                    check(&Run {
                        module: &mover(element, index, width, masked),
                        kernel: "move",
                        buffers: &buffers,
                        arguments: &[(COUNT as i64).into()],
                    })
                    .unwrap_or_else(|error| panic!("{element} by {index}: {error}"));
                }
            }
        }
    }
}

/// The first `n` elements of `x` to `y`.
fn copier(element: Lane, width: Width) -> Module {
    let mut b = Builder::kernel("copy", width);
    let x = b.buffer("x", element, Access::Read);
    let y = b.buffer("y", element, Access::Write);
    let n = b.parameter("n", ValueType::uniform(Lane::I64));
    b.for_each_wave(n, |b, i, active| {
        let value = b.load(x, i, Some(active));
        b.store(y, i, value, Some(active));
    });
    b.return_nothing();
    module_of(b)
}

const CANARY: u8 = 0x5a;

/// Copies `len` bytes between places that begin `offset` bytes behind a trapping page or
/// end so many before one.
fn check_copy(code: &Loaded, n: usize, len: usize, offset: usize, edge: Edge) {
    let mut from = Guarded::new(len + offset, edge);
    let mut to = Guarded::new(len + offset, edge);
    let inside = match edge {
        Edge::Back => 0..len,
        Edge::Front => offset..len + offset,
    };
    // No element is a NaN, of which there are many.
    let pattern = (0..len).map(|at| (at % 113) as u8 + 1);
    from.bytes_mut()[inside.clone()]
        .iter_mut()
        .zip(pattern)
        .for_each(|(to, from)| *to = from);
    to.bytes_mut().fill(CANARY);
    let start = inside.start as u64;
    let n = n as u64;
    code.call(&[from.address() + start, n, to.address() + start, n, n]);
    let context = || format!("{n} elements, {offset} bytes from the {edge:?}");
    assert_eq!(
        to.bytes()[inside.clone()],
        from.bytes()[inside.clone()],
        "{}",
        context()
    );
    let mut outside = to.bytes().to_vec();
    outside.drain(inside);
    assert!(outside.iter().all(|&byte| byte == CANARY), "{}", context());
}

#[test]
fn no_byte_outside_of_a_buffer_is_touched() {
    for level in Level::ALL.into_iter().filter(|&level| host::can_run(level)) {
        for element in numbers() {
            for width in [Width::Any, Width::Lanes(2), Width::Lanes(64)] {
                let module = copier(element, width);
                let compiled = Compiler::new(level).compile(&module, RoutineId::new(0));
                let compiled = compiled.unwrap_or_else(|error| panic!("{error}\n{module}"));
                let code = Loaded::new(&compiled);
                let size = element.bytes();
                for n in 0..=3 * compiled.lanes() + 1 {
                    check_copy(&code, n, n * size, 0, Edge::Front);
                    check_copy(&code, n, n * size, 0, Edge::Back);
                }
                let n = compiled.lanes() + 1;
                for offset in (0..64).step_by(size) {
                    check_copy(&code, n, n * size, offset, Edge::Front);
                    check_copy(&code, n, n * size, offset, Edge::Back);
                }
            }
        }
    }
}
