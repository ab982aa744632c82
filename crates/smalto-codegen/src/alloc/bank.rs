//! The registers of one class, and what is in them at the current instruction.

use super::mask::Mask;
use super::next_use::DEAD;
use super::{RegisterClass, VirtualRegister};

/// No virtual register.
pub(super) const NOBODY: VirtualRegister = VirtualRegister(u32::MAX);

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
    /// Those allowed that hold no value.
    pub(super) free: Mask<W>,
    /// Those better left to the values that a loop carries around.
    pub(super) avoid: Mask<W>,
    /// Those ever written.
    pub(super) used: Mask<W>,
    /// The value that each holds; a tuple stands in all its registers.
    pub(super) occupant: Vec<VirtualRegister>,
    /// When the value is next needed in a register: the farther, the sooner it is
    /// evicted. Zero where there is no value, or one that must stay.
    pub(super) key: Vec<u32>,
    /// What the current instruction does.
    pub(super) held: Held<W>,
}

impl<const W: usize> Bank<W> {
    pub(super) fn new() -> Self {
        Bank {
            allowed: Mask::EMPTY,
            runs: Vec::new(),
            free: Mask::EMPTY,
            avoid: Mask::EMPTY,
            used: Mask::EMPTY,
            occupant: Vec::new(),
            key: Vec::new(),
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
        self.free = self.allowed;
        self.avoid = Mask::EMPTY;
        self.used = Mask::EMPTY;
        self.held = Held::NOTHING;
        // The search for the farthest key goes in steps of sixteen.
        let highest = class.order.iter().max().map_or(0, |&number| number);
        let size = (usize::from(highest) + 1).next_multiple_of(16);
        self.occupant.clear();
        self.occupant.resize(size, NOBODY);
        self.key.clear();
        self.key.resize(size, 0);
    }

    /// Whether the class has this register, given out or not.
    pub(super) fn has(&self, number: u8) -> bool {
        usize::from(number) < self.key.len()
    }

    /// The best register, or beginning of a tuple, among those allowed.
    #[inline]
    pub(super) fn choose(&self, among: Mask<W>, span: u8) -> Option<u8> {
        let among = if span == 1 { among } else { among.tuples(span) };
        let preferred = among & !self.avoid;
        let among = if preferred.is_empty() {
            among
        } else {
            preferred
        };
        match self.runs.as_slice() {
            [_] => among.first(),
            runs => runs.iter().find_map(|&run| (among & run).first()),
        }
    }

    /// Puts a value into registers that hold none.
    #[inline]
    pub(super) fn put(&mut self, value: VirtualRegister, number: u8, span: u8, key: u32) {
        let mask = Mask::tuple(number, span);
        self.free.remove(mask);
        self.used.insert(mask);
        for number in usize::from(number)..usize::from(number) + usize::from(span) {
            self.occupant[number] = value;
            self.key[number] = key;
        }
    }

    /// Takes a value out of its registers.
    #[inline]
    pub(super) fn take(&mut self, number: u8, span: u8) {
        self.free.insert(Mask::tuple(number, span) & self.allowed);
        for number in usize::from(number)..usize::from(number) + usize::from(span) {
            self.occupant[number] = NOBODY;
            self.key[number] = 0;
        }
    }

    #[inline]
    pub(super) fn set_key(&mut self, number: u8, span: u8, key: u32) {
        for number in usize::from(number)..usize::from(number) + usize::from(span) {
            self.key[number] = key;
        }
    }

    /// The register whose value is needed last of all, if any may go.
    #[inline]
    pub(super) fn farthest(&self) -> Option<u8> {
        // Sixteen maxima beside each other become vector instructions; keys are below
        // 2^31, where signed comparison, which every x86-64 has, is as good.
        let mut farthest = [0_i32; 16];
        for keys in self.key.as_chunks::<16>().0 {
            for (farthest, &key) in farthest.iter_mut().zip(keys) {
                *farthest = (*farthest).max(key as i32);
            }
        }
        let farthest = farthest.into_iter().fold(0, i32::max) as u32;
        if farthest == 0 {
            return None;
        }
        let at = self.key.iter().position(|&key| key == farthest);
        at.map(|at| at as u8)
    }

    /// The place for a tuple whose values are needed last of all, in a set of
    /// registers that can be cleared.
    pub(super) fn farthest_tuple(&self, among: Mask<W>, span: u8) -> Option<u8> {
        let needed = |start: u8| {
            let registers = usize::from(start)..usize::from(start) + usize::from(span);
            let held = registers.filter(|&number| self.occupant[number] != NOBODY);
            held.map(|number| self.key[number]).min().unwrap_or(DEAD)
        };
        let starts = (among & self.allowed).tuples(span).iter();
        // The cheapest of equals.
        starts.reduce(|best, next| {
            if needed(next) > needed(best) {
                next
            } else {
                best
            }
        })
    }
}
