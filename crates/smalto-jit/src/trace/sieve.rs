//! What of a tape one region keeps: the innermost loops of shortening.
//!
//! Sixteen instructions at a time where the CPU can compress and expand (AVX-512), else one by
//! one; either way without a branch that depends on what is kept.

use super::tape::{Opcode, Place};

/// Instructions that are looked at together.
const GROUP: usize = 16;

/// The instructions of a tape, as far as sifting goes.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// The regions that need each.
    pub(super) needed: &'a [u16],
    /// The regions that keep each: of those that need it.
    pub(super) kept: &'a [u16],
    pub(super) codes: &'a [Opcode],
}

/// What one region keeps of a row of instructions.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    /// Positions of what is kept.
    pub(super) kept: Vec<u32>,
    /// Positions of what is needed and not kept.
    pub(super) aliased: Vec<u32>,
    /// What is kept does.
    pub(super) codes: Vec<Opcode>,
    /// How many of them are on lines.
    pub(super) lines: u32,
    /// How many of them may choose.
    pub(super) choices: u32,
}

impl Sieve {
    /// How many places more than there are instructions [`sift`](Sieve::sift) needs room for.
    pub(super) const SLACK: usize = GROUP;

    /// Finds out what the region `region` keeps of `row`. Writes to `places` where each
    /// instruction that is kept is then, if the first is at `first`; what places of others are is
    /// undefined.
    ///
    /// # Panics
    /// If the row's parts are not equally long, or `places` not [`SLACK`](Sieve::SLACK) longer.
    pub(super) fn sift(&mut self, row: Row<'_>, region: usize, first: Place, places: &mut [Place]) {
        let len = row.codes.len();
        assert!(row.needed.len() == len && row.kept.len() == len);
        assert!(places.len() >= len + Sieve::SLACK);
        #[cfg(target_arch = "x86_64")]
        if avx512::is_there() {
            // SAFETY: the CPU has the instructions; lengths are as they must be.
            unsafe { avx512::sift(self, row, region, first, places) };
            return;
        }
        self.sift_one_by_one(row, region, first, places);
    }

    /// Writes every instruction, and counts on if it is kept.
    fn sift_one_by_one(&mut self, row: Row<'_>, region: usize, first: Place, places: &mut [Place]) {
        let len = row.codes.len();
        self.kept.resize(len, 0);
        self.aliased.resize(len, 0);
        self.codes.clear();
        self.codes.extend_from_slice(row.codes);
        (self.lines, self.choices) = (0, 0);
        let (mut kept, mut aliased) = (0, 0);
        let row = row.needed.iter().zip(row.kept).zip(row.codes);
        for (position, (((needed, keep), &code), place)) in row.zip(places).enumerate() {
            let (is_needed, is_kept) = (needed >> region & 1, keep >> region & 1);
            self.kept[kept] = position as u32;
            self.aliased[aliased] = position as u32;
            self.codes[kept] = code;
            *place = first + kept as Place;
            self.lines += u32::from(is_kept) & u32::from(code.has(Opcode::LINE));
            self.choices += u32::from(is_kept) & u32::from(code.has(Opcode::CHOOSES));
            kept += usize::from(is_kept);
            aliased += usize::from(is_needed & !is_kept);
        }
        self.kept.truncate(kept);
        self.aliased.truncate(aliased);
        self.codes.truncate(kept);
    }
}

/// Writes to `starts` where another opcode begins.
pub(super) fn starts_of_runs(codes: &[Opcode], starts: &mut Vec<u32>) {
    #[cfg(target_arch = "x86_64")]
    if avx512::is_there() {
        // SAFETY: the CPU has the instructions.
        unsafe { avx512::starts_of_runs(codes, starts) };
        return;
    }
    starts_one_by_one(codes, starts);
}

fn starts_one_by_one(codes: &[Opcode], starts: &mut Vec<u32>) {
    starts.clear();
    let mut last = None;
    for (position, &code) in (0..).zip(codes) {
        if last != Some(code) {
            starts.push(position);
        }
        last = Some(code);
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::{GROUP, Opcode, Place, Row, Sieve};
    use std::arch::x86_64::*;

    /// Whether the CPU has what the functions here need.
    #[inline]
    pub(super) fn is_there() -> bool {
        std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vl")
            && std::arch::is_x86_feature_detected!("popcnt")
    }

    /// The lanes of a group, of `len` in all, that begins at `start`.
    #[inline(always)]
    fn lanes(len: usize, start: usize) -> u16 {
        match len - start {
            rest @ 0..GROUP => (1 << rest) - 1,
            _ => u16::MAX,
        }
    }

    /// Numbers from `first` on.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn count_from(first: usize) -> __m512i {
        let steps = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        _mm512_add_epi32(_mm512_set1_epi32(first as i32), steps)
    }

    /// Empty, with room for `len` numbers and a group more.
    fn with_room<T>(numbers: &mut Vec<T>, len: usize) -> *mut T {
        numbers.clear();
        numbers.reserve(len + GROUP);
        numbers.as_mut_ptr()
    }

    /// Tests give the masks by which positions and opcodes are compressed, and places expanded.
    ///
    /// # Safety
    /// The parts of `row` must be equally long, and `places` longer by [`Sieve::SLACK`].
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,popcnt")]
    pub(super) unsafe fn sift(
        sieve: &mut Sieve,
        row: Row<'_>,
        region: usize,
        first: Place,
        places: &mut [Place],
    ) {
        let len = row.codes.len();
        let region = _mm256_set1_epi16(1i16 << region);
        let is_line = _mm512_set1_epi32(Opcode::LINE as i32);
        let is_choice = _mm512_set1_epi32(Opcode::CHOOSES as i32);
        let kept_to = with_room(&mut sieve.kept, len);
        let aliased_to = with_room(&mut sieve.aliased, len);
        let codes_to = with_room(&mut sieve.codes, len);
        let (mut kept, mut aliased) = (0, 0);
        // Counted lane by lane: masks would be counted in vectors, which takes long.
        let [mut lines_of, mut choices_of] = [_mm512_setzero_si512(); 2];
        let one = _mm512_set1_epi32(1);
        for start in (0..len).step_by(GROUP) {
            let lanes = lanes(len, start);
            // SAFETY: no more is read than there is, and of each kind at most `start` numbers were
            // written, so there is room for a group more.
            unsafe {
                let needed = row.needed.as_ptr().add(start).cast();
                let needed =
                    _mm256_test_epi16_mask(_mm256_maskz_loadu_epi16(lanes, needed), region);
                let keep = row.kept.as_ptr().add(start).cast();
                let keep = _mm256_test_epi16_mask(_mm256_maskz_loadu_epi16(lanes, keep), region);
                let alias = needed & !keep;
                let codes = row.codes.as_ptr().add(start).cast();
                let codes = _mm512_maskz_loadu_epi32(lanes, codes);
                let here = count_from(start);
                let places_here =
                    _mm512_maskz_expand_epi32(keep, count_from(first as usize + kept));
                _mm512_storeu_epi32(places.as_mut_ptr().add(start).cast(), places_here);
                let store = |to: *mut u32, chosen, numbers| {
                    let found = _mm512_maskz_compress_epi32(chosen, numbers);
                    _mm512_storeu_epi32(to.cast(), found);
                };
                store(kept_to.add(kept), keep, here);
                store(codes_to.add(kept).cast(), keep, codes);
                store(aliased_to.add(aliased), alias, here);
                kept += keep.count_ones() as usize;
                aliased += alias.count_ones() as usize;
                let line = _mm512_mask_test_epi32_mask(keep, codes, is_line);
                let choice = _mm512_mask_test_epi32_mask(keep, codes, is_choice);
                lines_of = _mm512_mask_add_epi32(lines_of, line, lines_of, one);
                choices_of = _mm512_mask_add_epi32(choices_of, choice, choices_of, one);
            }
        }
        let [lines, choices] = [lines_of, choices_of].map(|counts| _mm512_reduce_add_epi32(counts));
        (sieve.lines, sieve.choices) = (lines as u32, choices as u32);
        // SAFETY: so many were written, and there was room for them.
        unsafe {
            sieve.kept.set_len(kept);
            sieve.aliased.set_len(aliased);
            sieve.codes.set_len(kept);
        }
    }

    /// Compares each opcode with the one before.
    ///
    /// # Safety
    /// The CPU must have the instructions.
    #[target_feature(enable = "avx512f,popcnt")]
    pub(super) unsafe fn starts_of_runs(codes: &[Opcode], starts: &mut Vec<u32>) {
        let to = with_room(starts, codes.len());
        let mut count = 0;
        let mut first: u16 = 1;
        for start in (0..codes.len()).step_by(GROUP) {
            let lanes = lanes(codes.len(), start);
            let from: *const i32 = codes.as_ptr().wrapping_add(start).cast();
            // SAFETY: no more is read than there is, the first not having one before; there is
            // room for a group more than was written.
            unsafe {
                let here = _mm512_maskz_loadu_epi32(lanes, from);
                let before = _mm512_maskz_loadu_epi32(lanes & !first, from.wrapping_sub(1));
                let differ = _mm512_mask_cmpneq_epi32_mask(lanes, here, before) | first;
                let found = _mm512_maskz_compress_epi32(differ, count_from(start));
                _mm512_storeu_epi32(to.add(count).cast(), found);
                count += differ.count_ones() as usize;
            }
            first = 0;
        }
        // SAFETY: so many were written, and there was room for them.
        unsafe { starts.set_len(count) };
    }
}

#[cfg(test)]
mod tests {
    use super::super::tape::{Class, Flow};
    use super::*;

    const FIRST: Place = 100;

    /// What `sift` must find, by the words of its documentation.
    fn is_right(sieve: &Sieve, places: &[Place], row: Row<'_>, region: usize, how: &str) {
        let what = format!("{} instructions, region {region}, {how}", row.codes.len());
        let has = |words: &[u16], position: usize| words[position] >> region & 1 != 0;
        let positions = |which: &dyn Fn(usize) -> bool| -> Vec<u32> {
            let all = 0..row.codes.len();
            all.filter(|&at| which(at)).map(|at| at as u32).collect()
        };
        let kept = positions(&|at| has(row.kept, at));
        assert_eq!(sieve.kept, kept, "{what}");
        let aliased = positions(&|at| has(row.needed, at) && !has(row.kept, at));
        assert_eq!(sieve.aliased, aliased, "{what}");
        let codes: Vec<Opcode> = kept.iter().map(|&at| row.codes[at as usize]).collect();
        assert_eq!(sieve.codes, codes, "{what}");
        let count = |bits| codes.iter().filter(|code| code.has(bits)).count() as u32;
        assert_eq!(sieve.lines, count(Opcode::LINE), "{what}");
        assert_eq!(sieve.choices, count(Opcode::CHOOSES), "{what}");
        for (place, &position) in (FIRST..).zip(&kept) {
            assert_eq!(places[position as usize], place, "{what}");
        }
    }

    fn check(row: Row<'_>, region: usize) {
        let mut places = vec![0; row.codes.len() + Sieve::SLACK];
        let mut sieve = Sieve::default();
        sieve.sift(row, region, FIRST, &mut places);
        is_right(&sieve, &places, row, region, "as this machine does it");
        sieve.sift_one_by_one(row, region, FIRST, &mut places);
        is_right(&sieve, &places, row, region, "one by one");
        let (mut starts, mut expected) = (vec![7], vec![]);
        starts_of_runs(row.codes, &mut starts);
        starts_one_by_one(row.codes, &mut expected);
        assert_eq!(starts, expected);
        for position in 0..row.codes.len() {
            let is_start = position == 0 || row.codes[position] != row.codes[position - 1];
            assert_eq!(starts.contains(&(position as u32)), is_start);
        }
    }

    #[test]
    fn a_sieve_finds_what_is_kept_and_what_is_aliased() {
        for len in 0..70u16 {
            let needed: Vec<u16> = (0..len).map(|i| i.wrapping_mul(40_503)).collect();
            let kept: Vec<u16> = (0..len)
                .map(|i| needed[usize::from(i)] & i.wrapping_mul(25_457))
                .collect();
            let code = |i: u16| {
                let flow = [Flow::All, Flow::Choice, Flow::Selection][usize::from(i / 5 % 3)];
                let class = if i < 20 { Class::Line } else { Class::Block };
                Opcode::new(i * i % 7 / 3, flow, class)
            };
            let codes: Vec<Opcode> = (0..len).map(code).collect();
            let row = Row {
                needed: &needed,
                kept: &kept,
                codes: &codes,
            };
            for region in 0..16 {
                check(row, region);
            }
        }
    }
}
