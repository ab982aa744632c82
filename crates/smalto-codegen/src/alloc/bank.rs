//! The registers of one class, and what is in them at the current instruction.

use super::mask::Mask;
use super::next_use::{DEAD, IN_MEMORY};
use super::{RegisterClass, VirtualRegister};

/// What evicting a value is worth: until when its register is free then, and whether
/// that costs one instruction or two.
///
/// In the upper bits one more than the instruction that needs the register again, in the
/// lowest bit whether eviction costs one instruction only, so that the time counts twice.
/// What may not be evicted has no time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key(i32);

impl Key {
    /// Not to be evicted.
    pub(super) const WITHHELD: Key = Key(0);

    /// To be evicted after all others.
    pub(super) const LAST: Key = Key(1 << 1);

    /// Can leave its register for nothing.
    const FREE: Key = Key(i32::MAX);

    /// Of a value that needs a register at a position or, if it does not `load` then,
    /// is last needed there.
    #[inline]
    pub(super) fn new(position: u32, stores: bool, loads: bool) -> Key {
        match (stores, loads) {
            (false, false) => Key::FREE,
            (stores, loads) => Key((position as i32 + 1) << 1 | i32::from(stores != loads)),
        }
    }

    /// Of a value that was never stored and is needed next as the walk backwards has noted
    /// it. A value that is [`DEAD`] is withheld.
    #[inline]
    fn of_unstored(after: u32) -> Key {
        const _: () = assert!(
            DEAD == IN_MEMORY | (IN_MEMORY - 1),
            "it follows all positions"
        );
        let position = (after + 1) & (IN_MEMORY - 1);
        Key((position << 1 | u32::from(after >= IN_MEMORY)) as i32)
    }

    /// For how many instructions an eviction at `at` frees a register, for each
    /// instruction it costs: a store, a load, both, or neither.
    #[inline]
    fn worth(self, at: u32) -> i32 {
        let distance = (self.0 >> 1) - at as i32;
        distance + (distance & -(self.0 & 1))
    }

    /// Until when the register is not needed.
    #[inline]
    pub(super) fn position(self) -> i32 {
        self.0 >> 1
    }
}

/// What the current instruction does with registers, unless it is plain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held<const W: usize> {
    /// Registers that operands have while others are read.
    pub(super) early: Mask<W>,
    /// Registers that operands have while results are written.
    pub(super) late: Mask<W>,
    /// Registers that operands ask for by name.
    pub(super) named: Mask<W>,
    /// Registers in which nothing lives on: written by name, or destroyed.
    pub(super) destroyed: Mask<W>,
}

impl<const W: usize> Held<W> {
    pub(super) const NOTHING: Self = Held {
        early: Mask::EMPTY,
        late: Mask::EMPTY,
        named: Mask::EMPTY,
        destroyed: Mask::EMPTY,
    };

    /// All of them.
    pub(super) fn any(&self) -> Mask<W> {
        self.early | self.late | self.named | self.destroyed
    }
}

/// The registers of one class.
#[derive(Debug, Clone)]
pub(super) struct Bank<const W: usize> {
    /// Those that may be given out.
    pub(super) allowed: Mask<W>,
    /// The same, in runs of rising numbers: the first run has the cheapest.
    runs: Vec<Mask<W>>,
    /// That first run.
    cheapest: Mask<W>,
    /// Those that hold values, given out or not.
    pub(super) occupied: Mask<W>,
    /// At a jump, those that hold no value before it nor behind it.
    pub(super) spare: Mask<W>,
    /// Those that hold values where the block begins that is under decision.
    pub(super) taken: Mask<W>,
    /// Those better left to the values that a loop carries around.
    pub(super) avoid: Mask<W>,
    /// Those of them that the innermost loop wants.
    pub(super) avoid_most: Mask<W>,
    /// Those that the next call destroys.
    pub(super) doomed: Mask<W>,
    /// Those ever written.
    pub(super) used: Mask<W>,
    /// The value that each holds that is occupied; a tuple stands in all its registers.
    occupants: [VirtualRegister; 256],
    /// For each register its value's key.
    keys: [Key; 256],
    /// How many of them are looked at, a multiple of sixteen.
    size: usize,
    /// What the current instruction does.
    pub(super) held: Held<W>,
}

impl<const W: usize> Bank<W> {
    pub(super) fn new() -> Self {
        Bank {
            allowed: Mask::EMPTY,
            runs: Vec::new(),
            cheapest: Mask::EMPTY,
            occupied: Mask::EMPTY,
            spare: Mask::EMPTY,
            taken: Mask::EMPTY,
            avoid: Mask::EMPTY,
            avoid_most: Mask::EMPTY,
            doomed: Mask::EMPTY,
            used: Mask::EMPTY,
            occupants: [VirtualRegister(0); 256],
            keys: [Key::WITHHELD; 256],
            size: 0,
            held: Held::NOTHING,
        }
    }

    /// Empties the registers, and takes over what the class has.
    pub(super) fn reset(&mut self, class: &RegisterClass) {
        self.allowed = Mask::EMPTY;
        self.runs.clear();
        let mut last = None;
        for &number in &class.order {
            if last.is_none_or(|last| number <= last) {
                self.runs.push(Mask::EMPTY);
            }
            last = Some(number);
            let run = self.runs.len() - 1;
            self.runs[run].insert(Mask::one(number));
            self.allowed.insert(Mask::one(number));
        }
        self.cheapest = self.runs.first().copied().unwrap_or(Mask::EMPTY);
        self.occupied = Mask::EMPTY;
        self.spare = Mask::EMPTY;
        self.taken = Mask::EMPTY;
        self.avoid = Mask::EMPTY;
        self.avoid_most = Mask::EMPTY;
        self.doomed = Mask::EMPTY;
        self.used = Mask::EMPTY;
        self.held = Held::NOTHING;
        let highest = class.order.iter().max().map_or(0, |&number| number);
        self.size = (usize::from(highest) + 1).next_multiple_of(16);
        self.keys = [Key::WITHHELD; 256];
    }

    /// Whether the class has this register, given out or not.
    pub(super) fn has(&self, number: u8) -> bool {
        usize::from(number) < self.size
    }

    /// Those that may be given out and hold no value.
    #[inline]
    pub(super) fn free(&self) -> Mask<W> {
        self.allowed & !self.occupied
    }

    /// The best register for a value that may be anywhere, as far as that can be said at
    /// once: the one that has just become free, or else the cheapest, if no loop wants it.
    #[inline]
    pub(super) fn choose_simply(&self, left: Option<u8>) -> Option<u8> {
        let open = self.free() & !self.avoid;
        match left {
            Some(number) if open.contains(number) => Some(number),
            _ => (open & self.cheapest).first(),
        }
    }

    /// The best register, or beginning of a tuple, among those allowed.
    #[inline]
    pub(super) fn choose(&self, among: Mask<W>, span: u8) -> Option<u8> {
        let among = if span == 1 { among } else { among.tuples(span) };
        let among = self.preferred(among);
        match self.runs.as_slice() {
            [_] => among.first(),
            runs => runs.iter().find_map(|&run| (among & run).first()),
        }
    }

    /// Those that loops do not want, if there are any.
    #[inline]
    fn preferred(&self, among: Mask<W>) -> Mask<W> {
        let first = among & !self.avoid;
        let second = among & !self.avoid_most;
        match (first.is_empty(), second.is_empty()) {
            (false, _) => first,
            (true, false) => second,
            (true, true) => among,
        }
    }

    /// Puts a value into registers that hold none.
    #[inline]
    pub(super) fn put(&mut self, value: VirtualRegister, number: u8, span: u8, key: Key) {
        let mask = Mask::tuple(number, span);
        self.occupied.insert(mask);
        self.used.insert(mask);
        for_each(number, span, |number| self.occupants[number] = value);
        self.set_key(number, span, key);
    }

    /// Puts a value of one register that was never stored into this one, which holds none,
    /// unless it is never used.
    #[inline]
    pub(super) fn settle(&mut self, value: VirtualRegister, number: u8, after: u32) {
        self.occupied.insert(Mask::one_if(number, after != DEAD));
        self.used.insert(Mask::one(number));
        self.occupants[usize::from(number)] = value;
        self.keys[usize::from(number)] = Key::of_unstored(after);
    }

    /// Takes a value out of its registers.
    #[inline]
    pub(super) fn take(&mut self, number: u8, span: u8) {
        self.occupied.remove(Mask::tuple(number, span));
        self.set_key(number, span, Key::WITHHELD);
    }

    #[inline]
    pub(super) fn set_key(&mut self, number: u8, span: u8, key: Key) {
        for_each(number, span, |number| self.keys[number] = key);
    }

    /// Notes what a use leaves of a value of one register that was never stored. If that
    /// is nothing, the register is free.
    #[inline(always)]
    pub(super) fn finish(&mut self, number: u8, after: u32) {
        // Whether a value is used again is hard to predict: no branch depends on it.
        let leaving = Mask::one_if(number, after == DEAD);
        self.occupied.remove(leaving);
        self.keys[usize::from(number)] = Key::of_unstored(after);
    }

    /// Who is in a register.
    #[inline]
    pub(super) fn occupant(&self, number: u8) -> Option<VirtualRegister> {
        let is_held = self.occupied.contains(number);
        is_held.then(|| self.occupants[usize::from(number)])
    }

    /// Until when the register is not needed.
    pub(super) fn position(&self, number: u8) -> i32 {
        self.keys[usize::from(number)].position()
    }

    pub(super) fn key(&self, number: u8) -> Key {
        self.keys[usize::from(number)]
    }

    /// The register that is had longest for what it costs to evict its value, if any
    /// may go.
    #[inline]
    pub(super) fn costs_least(&self, at: u32) -> Option<u8> {
        let keys = &self.keys[..self.size];
        // Sixteen maxima beside each other become vector instructions.
        let mut best = [0_i32; 16];
        for keys in keys.as_chunks::<16>().0 {
            for (best, key) in best.iter_mut().zip(keys) {
                *best = (*best).max(key.worth(at));
            }
        }
        let best = best.into_iter().fold(0, i32::max);
        if best == 0 {
            return None;
        }
        let found = keys.iter().position(|key| key.worth(at) == best);
        found.map(|found| found as u8)
    }

    /// The place for a tuple that costs least to empty, within a set of registers.
    pub(super) fn costs_least_tuple(&self, among: Mask<W>, span: u8, at: u32) -> Option<u8> {
        let worth = |start: u8| {
            let registers = usize::from(start)..usize::from(start) + usize::from(span);
            let held = registers.filter(|&number| self.occupied.contains(number as u8));
            let worth = held.map(|number| self.keys[number].worth(at));
            worth.min().unwrap_or(i32::MAX)
        };
        let starts = (among & self.allowed).tuples(span).iter();
        // The cheapest of equals.
        starts.reduce(|best, next| {
            if worth(next) > worth(best) {
                next
            } else {
                best
            }
        })
    }
}

/// Does something for each register of a tuple.
#[inline(always)]
fn for_each(number: u8, span: u8, mut act: impl FnMut(usize)) {
    act(usize::from(number));
    // Tuples are rare, and a loop costs more than what it would do once.
    if span > 1 {
        (1..span).for_each(|further| act(usize::from(number.wrapping_add(further))));
    }
}
