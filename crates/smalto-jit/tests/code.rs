//! Executable memory: what is installed runs, what is dropped is given back, and no
//! address can be both written and executed.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use smalto_jit::code::{Code, CodeError, CodeMemory};

/// `mov eax, value; ret`, then `padding` bytes that are never reached.
fn returning(value: i32, padding: usize) -> Vec<u8> {
    let mut bytes = vec![0xb8];
    bytes.extend(value.to_le_bytes());
    bytes.push(0xc3);
    bytes.resize(bytes.len() + padding, 0x90);
    bytes
}

fn call(code: &Code) -> i32 {
    // SAFETY: every test installs functions of no arguments that return an i32.
    let function: extern "C" fn() -> i32 = unsafe { std::mem::transmute(code.as_ptr()) };
    function()
}

#[test]
fn many_pieces_live_at_once() {
    let memory = CodeMemory::new();
    // More than the 65,530 mappings a process may have.
    let all: Vec<Code> = (0..100_000)
        .map(|i| memory.install(&returning(i, 0)).unwrap())
        .collect();
    assert!(all.iter().zip(0..).all(|(code, i)| call(code) == i));
    assert!(memory.mapped_bytes() <= 8 << 20);
}

#[test]
fn a_million_installs_and_drops_hold_steady() {
    let memory = CodeMemory::new();
    for i in 0..1_000_000 {
        let code = memory.install(&returning(i, (i % 997) as usize)).unwrap();
        if i % 1000 == 0 {
            assert_eq!(call(&code), i);
        }
    }
    assert_eq!(
        memory.mapped_bytes(),
        1 << 20,
        "one region, used again and again"
    );
}

#[test]
fn spans_are_merged_and_regions_given_back() {
    let memory = CodeMemory::new();
    let mut kept = Vec::new();
    for round in 0..50 {
        // Pieces of many sizes, dropped in another order than they came.
        kept.extend((0..200).map(|i| {
            memory
                .install(&returning(i, (i * 37 % 5000) as usize))
                .unwrap()
        }));
        let mut position = 0;
        kept.retain(|_| {
            position += 1;
            (position * 7 + round) % 3 == 0
        });
    }
    drop(kept);
    assert_eq!(
        memory.mapped_bytes(),
        1 << 20,
        "all but one region is unmapped"
    );
    let large = memory.install(&returning(7, 5 << 20)).unwrap();
    assert_eq!(call(&large), 7);
    drop(large);
    assert_eq!(
        memory.mapped_bytes(),
        1 << 20,
        "a region of its own goes with its code"
    );
}

#[test]
fn code_outlives_the_handle_of_its_pool_and_moves_between_threads() {
    let code = CodeMemory::new().install(&returning(3, 0)).unwrap();
    assert_eq!(std::thread::spawn(move || call(&code)).join().unwrap(), 3);
}

#[test]
fn no_mapping_is_writable_and_executable() {
    let code = CodeMemory::global().install(&returning(1, 0)).unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let protections: Vec<&str> = maps
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .collect();
    assert!(
        protections
            .iter()
            .all(|p| !(p.contains('w') && p.contains('x'))),
        "{maps}"
    );
    assert_eq!(call(&code), 1);
}

#[test]
fn no_code_is_an_error() {
    assert!(matches!(
        CodeMemory::new().install(&[]),
        Err(CodeError::Empty)
    ));
}
