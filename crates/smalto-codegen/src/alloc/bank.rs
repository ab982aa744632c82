//! The registers of one class, and what is in them at the current instruction.

use super::mask::Mask;
use super::next_use::{DEAD, IN_MEMORY};
use super::{RegisterClass, VirtualRegister};

/// When a value is needed next that may not be evicted.
pub(super) const WITHHELD: u32 = DEAD;

/// When a value is needed next that may be evicted after all others only.
pub(super) const LAST: u32 = 0;

/// For how many instructions an eviction frees a register, for each instruction it costs: a
/// store unless the value is `clean`, and a load unless it is only needed where that may
/// read memory. If it costs nothing, there is no better. What is withheld is not worth
/// anything. The eviction is at the instruction after `before`; `clean` is all bits or
/// none, and so is what is computed with it, so that a compiler can do many at once.
#[inline(always)]
fn worth(next: u32, clean: i32, before: i32) -> i32 {
    let in_memory = (next << 1) as i32 >> 31;
    let position = (next as i32 ^ in_memory) & (IN_MEMORY - 1) as i32;
    let distance = position - before;
    // For one instruction instead of two it counts twice.
    let worth = distance + (distance & (in_memory ^ clean));
    let free = ((in_memory & clean) as u32 >> 1) as i32;
    let withheld = -i32::from(next == WITHHELD);
    (worth | free) & !withheld
}

/// Registers that are looked at together.
const LANES: usize = 8;

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
    /// Those that hold no values, given out or not.
    vacant: Mask<W>,
    /// Those that may be given out and are wanted by no loop.
    open: Mask<W>,
    /// At a jump, those that hold no value before it nor behind it.
    pub(super) spare: Mask<W>,
    /// Those that hold values where the block begins that is under decision.
    pub(super) taken: Mask<W>,
    /// Those better left to the values that a loop carries around.
    avoid: Mask<W>,
    /// Those of them that the innermost loop wants.
    avoid_most: Mask<W>,
    /// Those that the next call destroys.
    pub(super) doomed: Mask<W>,
    /// Those ever written.
    pub(super) used: Mask<W>,
    /// The value that each holds that is occupied; a tuple stands in all its registers.
    occupants: [VirtualRegister; 256],
    /// For each register when its value is needed next, or [`WITHHELD`] if it holds none.
    next: [u32; 256],
    /// For each that holds a value, whether that can lose it without a store: -1 or 0.
    clean: [i32; 256],
    /// How many of them are looked at, a multiple of [`LANES`].
    size: usize,
    /// What evicting each is worth: storage.
    worth: [i32; 256],
    /// What the current instruction does.
    pub(super) held: Held<W>,
}

impl<const W: usize> Bank<W> {
    pub(super) fn new() -> Self {
        Bank {
            allowed: Mask::EMPTY,
            runs: Vec::new(),
            cheapest: Mask::EMPTY,
            vacant: Mask::EMPTY,
            open: Mask::EMPTY,
            spare: Mask::EMPTY,
            taken: Mask::EMPTY,
            avoid: Mask::EMPTY,
            avoid_most: Mask::EMPTY,
            doomed: Mask::EMPTY,
            used: Mask::EMPTY,
            occupants: [VirtualRegister(0); 256],
            next: [WITHHELD; 256],
            clean: [0; 256],
            size: 0,
            worth: [0; 256],
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
        self.vacant = !Mask::EMPTY;
        self.open = self.allowed;
        self.spare = Mask::EMPTY;
        self.taken = Mask::EMPTY;
        self.avoid = Mask::EMPTY;
        self.avoid_most = Mask::EMPTY;
        self.doomed = Mask::EMPTY;
        self.used = Mask::EMPTY;
        self.held = Held::NOTHING;
        let highest = class.order.iter().max().map_or(0, |&number| number);
        self.size = (usize::from(highest) + 1).next_multiple_of(LANES);
        self.next[..self.size].fill(WITHHELD);
    }

    /// Whether the class has this register, given out or not.
    pub(super) fn has(&self, number: u8) -> bool {
        usize::from(number) < self.size
    }

    /// Those that may be given out and hold no value.
    #[inline]
    pub(super) fn free(&self) -> Mask<W> {
        self.allowed & self.vacant
    }

    /// Those that hold values, given out or not.
    #[inline]
    pub(super) fn occupied(&self) -> Mask<W> {
        !self.vacant
    }

    /// Those of some that no loop wants.
    #[inline]
    pub(super) fn unwanted(&self, among: Mask<W>) -> Mask<W> {
        among & !self.avoid
    }

    /// Gives all registers up to any value.
    pub(super) fn want_none(&mut self) {
        self.avoid = Mask::EMPTY;
        self.avoid_most = Mask::EMPTY;
        self.open = self.allowed;
    }

    /// Wants registers for the values that a loop carries around, the innermost or another.
    pub(super) fn want(&mut self, registers: Mask<W>, is_innermost: bool) {
        self.avoid.insert(registers);
        if is_innermost {
            self.avoid_most.insert(registers);
        }
        self.open = self.allowed & !self.avoid;
    }

    /// The best register for a value that may be anywhere, as far as that can be said at
    /// once: the one that has just become free, or else the cheapest, if no loop wants it.
    #[inline]
    pub(super) fn choose_simply(&self, left: Option<u8>) -> Option<u8> {
        let open = self.open & self.vacant;
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

    /// Puts a value into registers that hold none. Whether it `is_clean` stays as it is for
    /// as long as it is there.
    #[inline]
    pub(super) fn put(
        &mut self,
        value: VirtualRegister,
        number: u8,
        span: u8,
        next: u32,
        is_clean: bool,
    ) {
        let mask = Mask::tuple(number, span);
        self.vacant.remove(mask);
        self.used.insert(mask);
        for_each(number, span, |number| {
            self.occupants[number] = value;
            self.next[number] = next;
            self.clean[number] = -i32::from(is_clean);
        });
    }

    /// Puts a value of one register that is not clean into this one, which holds none,
    /// unless it is never used.
    #[inline(always)]
    pub(super) fn settle(&mut self, value: VirtualRegister, number: u8, next: u32) {
        self.vacant.remove(Mask::one_if(number, next != DEAD));
        self.used.insert(Mask::one(number));
        self.occupants[usize::from(number)] = value;
        self.next[usize::from(number)] = next;
        self.clean[usize::from(number)] = 0;
    }

    /// Takes a value out of its registers.
    #[inline]
    pub(super) fn take(&mut self, number: u8, span: u8) {
        self.vacant.insert(Mask::tuple(number, span));
        self.set_next(number, span, WITHHELD);
    }

    /// Notes when the value of registers is needed next.
    #[inline]
    pub(super) fn set_next(&mut self, number: u8, span: u8, next: u32) {
        for_each(number, span, |number| self.next[number] = next);
    }

    /// Notes when the value of one register is needed next. If that is never, the register
    /// is free.
    #[inline(always)]
    pub(super) fn finish(&mut self, number: u8, next: u32) {
        // Whether a value is used again is hard to predict: no branch depends on it.
        self.vacant.insert(Mask::one_if(number, next == DEAD));
        self.next[usize::from(number)] = next;
    }

    /// Lets a register hold the value again that it has lost by [`finish`](Self::finish).
    pub(super) fn hold_again(&mut self, number: u8) {
        self.vacant.remove(Mask::one(number));
    }

    /// Who is in a register.
    #[inline]
    pub(super) fn occupant(&self, number: u8) -> Option<VirtualRegister> {
        let is_vacant = self.vacant.contains(number);
        (!is_vacant).then(|| self.occupants[usize::from(number)])
    }

    /// When the value of a register is needed next.
    pub(super) fn next(&self, number: u8) -> u32 {
        self.next[usize::from(number)]
    }

    /// The register that is had longest for what it costs to evict its value, if any
    /// may go.
    #[inline]
    pub(super) fn costs_least(&mut self, at: u32) -> Option<u8> {
        let before = at as i32 - 1;
        let next = self.next[..self.size].as_chunks::<LANES>().0;
        let clean = self.clean[..self.size].as_chunks::<LANES>().0;
        let worths = self.worth[..self.size].as_chunks_mut::<LANES>().0;
        // So many maxima beside each other become vector instructions.
        let mut best = [0; LANES];
        for (worths, (next, clean)) in worths.iter_mut().zip(next.iter().zip(clean)) {
            for lane in 0..LANES {
                worths[lane] = worth(next[lane], clean[lane], before);
                best[lane] = best[lane].max(worths[lane]);
            }
        }
        let best = best.into_iter().fold(0, i32::max);
        if best == 0 {
            return None;
        }
        let is_among = |worths: &[i32; LANES]| {
            let found = worths.iter().map(|&worth| worth == best);
            found.fold(false, std::ops::BitOr::bitor)
        };
        let chunk = worths.iter().position(is_among)?;
        let lane = worths[chunk].iter().position(|&worth| worth == best)?;
        Some((chunk * LANES + lane) as u8)
    }

    /// The place for a tuple that costs least to empty, within a set of registers.
    pub(super) fn costs_least_tuple(&self, among: Mask<W>, span: u8, at: u32) -> Option<u8> {
        let worth = |start: u8| {
            let registers = usize::from(start)..usize::from(start) + usize::from(span);
            let held = registers.filter(|&number| !self.vacant.contains(number as u8));
            let worth = held.map(|number| match self.next[number] {
                WITHHELD => i32::MIN,
                next => worth(next, self.clean[number], at as i32 - 1),
            });
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
