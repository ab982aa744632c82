//! The constant pool: bits that instructions read from memory next to the code.
//!
//! There is a section for each alignment, which a request is put at the end of, unless
//! an equal one is there already. The sections come in the order of falling alignment,
//! so that constants as long as they are aligned follow each other without padding.
//! Where a constant is depends on the order of the requests alone.
//!
//! Equal requests are found by hashing. Constants can come from whoever writes a
//! formula, so the hash is keyed: nobody can choose constants that are slow to find.

use super::{Constant, EncodeError};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// The largest alignment: a cache line, and a zmm register.
pub(super) const MAX_ALIGNMENT: u32 = 64;

/// Alignments, a section each: the powers of two up to [`MAX_ALIGNMENT`].
const SECTIONS: usize = MAX_ALIGNMENT.ilog2() as usize + 1;

/// A constant: so many bytes of a section.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The logarithm of its alignment.
    section: u32,
    start: u32,
    length: u32,
}

impl Entry {
    fn bits(self, sections: &[Section; SECTIONS]) -> &[u8] {
        let bytes = &sections[self.section as usize].bytes;
        &bytes[self.start as usize..][..self.length as usize]
    }
}

/// The constants of one alignment.
#[derive(Debug, Default)]
struct Section {
    bytes: Vec<u8>,
    /// From the start of the pool, once it is laid out.
    offset: u32,
}

/// The hash of a constant. Nearly all are one element.
#[inline]
fn hash_of(keys: &RandomState, bytes: &[u8]) -> u64 {
    match *bytes {
        [a, b, c, d] => keys.hash_one(u32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => keys.hash_one(u64::from_le_bytes([a, b, c, d, e, f, g, h])),
        _ => keys.hash_one(bytes),
    }
}

/// The constants, and where they end up.
#[derive(Debug, Default)]
pub(super) struct ConstantPool {
    /// By the logarithm of the alignment.
    sections: [Section; SECTIONS],
    entries: Vec<Entry>,
    /// The entries by their bytes.
    known: HashTable<u32>,
    keys: RandomState,
    /// Bytes in all sections.
    length: usize,
}

impl ConstantPool {
    /// Forgets everything but keeps the storage.
    pub(super) fn clear(&mut self) {
        for section in &mut self.sections {
            section.bytes.clear();
        }
        self.entries.clear();
        self.known.clear();
        self.length = 0;
    }

    /// Bytes of the constants, with the padding between those of one alignment.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The constant of these bytes. The pool must stay below 2 GiB. Where the number of bytes
    /// is known, little is left of this when it is inlined.
    #[inline(always)]
    pub(super) fn request(&mut self, bytes: &[u8], alignment: u32) -> Constant {
        let ConstantPool {
            sections,
            entries,
            known,
            keys,
            length,
        } = self;
        let section = alignment.ilog2();
        let is_equal = |&number: &u32| {
            let entry = entries[number as usize];
            entry.section == section && entry.bits(sections) == bytes
        };
        let hash = hash_of(keys, bytes);
        if let Some(&number) = known.find(hash, is_equal) {
            return Constant(number);
        }
        let number = entries.len() as u32;
        let to = &mut sections[section as usize].bytes;
        let end = to.len();
        let start = end.next_multiple_of(alignment as usize);
        if start != end {
            to.resize(start, 0);
        }
        entries.push(Entry {
            section,
            start: start as u32,
            length: bytes.len() as u32,
        });
        to.extend_from_slice(bytes);
        *length += to.len() - end;
        known.insert_unique(hash, number, |&number| {
            hash_of(keys, entries[number as usize].bits(sections))
        });
        Constant(number)
    }

    /// Gives every section its offset. Returns the alignment of the pool and its length.
    pub(super) fn lay_out(&mut self) -> (u32, usize) {
        let mut end = 0;
        let mut alignment = 1;
        for (log, section) in self.sections.iter_mut().enumerate().rev() {
            if !section.bytes.is_empty() {
                alignment = alignment.max(1 << log);
                end = usize::next_multiple_of(end, 1 << log);
            }
            // Beyond 4 GiB the length is what is refused.
            section.offset = end as u32;
            end += section.bytes.len();
        }
        (alignment, end)
    }

    /// Where the constant is, from the start of the pool, once it is laid out.
    #[inline]
    pub(super) fn offset(&self, constant: u32) -> Result<u32, EncodeError> {
        match self.entries.get(constant as usize) {
            Some(entry) => Ok(self.sections[entry.section as usize].offset + entry.start),
            None => Err(EncodeError::ForeignConstant(Constant(constant))),
        }
    }

    /// Appends the pool as it was laid out.
    pub(super) fn write(&self, code: &mut Vec<u8>) {
        let start = code.len();
        for section in self.sections.iter().rev() {
            if !section.bytes.is_empty() {
                code.resize(start + section.offset as usize, 0);
                code.extend_from_slice(&section.bytes);
            }
        }
    }

    /// The bytes that were requested.
    pub(super) fn requested_bytes(&self, constant: u32) -> Option<&[u8]> {
        let entry = self.entries.get(constant as usize)?;
        Some(entry.bits(&self.sections))
    }
}
