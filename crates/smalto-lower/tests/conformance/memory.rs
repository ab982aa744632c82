//! Loads and stores: no alignment, and not a byte beyond.

use crate::control::{mask, patterns};
use smalto_lower::kind::{Bool, I32, I64, Kind, Real};
use smalto_lower::{Float, Lanes};

/// A byte that no lane below has.
const CANARY: u8 = 0xa5;

/// A store, at every misalignment, writes what a load from another one read, and leaves
/// the bytes around it alone.
pub(crate) fn loads_and_stores<L: Lanes<Element: Float>>(machine: L) {
    fn check<K: Kind<L>, L: Lanes>(machine: L) {
        let bytes = K::lane_bytes() * L::WIDTH;
        let source: Vec<u8> = (0..bytes + 64).map(|k| (k % 100) as u8).collect();
        for offset in 0..64 {
            let from = offset * 7 % 64;
            let mut memory = vec![CANARY; bytes + 128];
            // SAFETY: `bytes` bytes are there to read, and to write.
            unsafe {
                let value = K::load(machine, source[from..].as_ptr());
                K::store(machine, memory[offset..].as_mut_ptr(), value);
            }
            let (before, rest) = memory.split_at(offset);
            let (written, after) = rest.split_at(bytes);
            assert_eq!(written, &source[from..from + bytes], "at offset {offset}");
            assert!(
                before.iter().chain(after).all(|&byte| byte == CANARY),
                "at offset {offset}"
            );
        }
    }
    check::<Real, L>(machine);
    check::<I32, L>(machine);
    check::<I64, L>(machine);
}

/// A mask comes back as it was, having taken at most four bytes a lane.
pub(crate) fn masks<L: Lanes<Element: Float, Ballot = u64>>(machine: L) {
    let bytes = <Bool as Kind<L>>::lane_bytes() * L::WIDTH;
    assert_eq!(bytes, 4 * L::WIDTH);
    for (turn, bits) in patterns::<L>().enumerate() {
        let offset = turn % 64;
        let mut memory = vec![CANARY; bytes + 128];
        // SAFETY: `bytes` bytes are there to write, and then hold a mask.
        let found = unsafe {
            machine.store_mask(memory[offset..].as_mut_ptr(), mask(machine, bits));
            machine.load_mask(memory[offset..].as_ptr())
        };
        assert_eq!(machine.mask_bits(found), bits, "at offset {offset}");
        let (before, after) = (&memory[..offset], &memory[offset + bytes..]);
        assert!(
            before.iter().chain(after).all(|&byte| byte == CANARY),
            "at offset {offset}"
        );
    }
}
