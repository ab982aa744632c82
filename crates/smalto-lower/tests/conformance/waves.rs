//! Lanes in memory: waves of numbers, written and read as bits.

use crate::values::Word;
use smalto_graph::{Element, Type};
use smalto_lower::kind::{Bool, I32, Kind};
use smalto_lower::{Integers, Lanes, Types};

/// Loads a wave of kind `K`.
#[inline(always)]
pub(crate) fn load<K: Kind<L>, L: Lanes>(machine: L, wave: &[u8]) -> K::Value {
    assert!(wave.len() >= stride::<L>());
    // SAFETY: no kind takes more than a stride.
    unsafe { K::load(machine, wave.as_ptr()) }
}

/// Stores a wave of kind `K`.
#[inline(always)]
pub(crate) fn store<K: Kind<L>, L: Lanes>(machine: L, wave: &mut [u8], value: K::Value) {
    assert!(wave.len() >= stride::<L>());
    // SAFETY: no kind takes more than a stride.
    unsafe { K::store(machine, wave.as_mut_ptr(), value) }
}

/// Bytes between waves in memory: enough for any kind.
pub(crate) fn stride<L: Lanes>() -> usize {
    8 * L::WIDTH
}

/// Bytes of a lane in memory. (A mask has none that we may look into; integers are
/// put in its place.)
fn lane_bytes(ty: Type, element: Element) -> usize {
    match (ty, element) {
        (Type::I64, _) | (Type::Real, Element::F64) => 8,
        (Type::Real, Element::F32) | (Type::I32 | Type::Bool, _) => 4,
    }
}

/// Writes the next lanes as a wave of kind `ty`.
pub(crate) fn encode<L: Lanes>(
    machine: L,
    ty: Type,
    lanes: &mut impl Iterator<Item = Word>,
    wave: &mut [u8],
) {
    let bytes = lane_bytes(ty, L::ELEMENT);
    for (to, lane) in wave.chunks_exact_mut(bytes).take(L::WIDTH).zip(lanes) {
        to.copy_from_slice(&lane.to_le_bytes()[..bytes]);
    }
    if ty == Type::Bool {
        let zero = <L as Integers<<L as Types>::I32>>::integer(machine, 0);
        let integers = load::<I32, L>(machine, wave);
        store::<Bool, L>(machine, wave, machine.mnot(machine.ieq(integers, zero)));
    }
}

/// The lanes of a wave of kind `ty`, which is destroyed.
pub(crate) fn decode<L: Lanes>(
    machine: L,
    ty: Type,
    wave: &mut [u8],
) -> impl Iterator<Item = Word> {
    if ty == Type::Bool {
        let integer = |value| <L as Integers<<L as Types>::I32>>::integer(machine, value);
        let mask = load::<Bool, L>(machine, wave);
        store::<I32, L>(machine, wave, machine.iselect(mask, integer(1), integer(0)));
    }
    let bytes = lane_bytes(ty, L::ELEMENT);
    wave.chunks_exact(bytes).take(L::WIDTH).map(move |lane| {
        let mut word = [0; 8];
        word[..bytes].copy_from_slice(lane);
        Word::from_le_bytes(word)
    })
}
