//! The constant pool: bits that instructions read from memory next to the code.
//!
//! Every request is only noted down. When the code is done the requests are sorted, by
//! falling alignment and length and then by their bits. So equal ones are neighbours,
//! found in bounded time whoever chose them, and constants as long as they are aligned
//! follow each other without padding.

use super::{Constant, EncodeError};
use std::cmp::Ordering;

/// The largest alignment: a cache line, and a zmm register.
pub(super) const MAX_ALIGNMENT: u32 = 64;

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    length: u32,
    /// From the start of the pool.
    offset: u32,
}

/// What entries are sorted by, highest first: a byte that falls with the alignment, three
/// that fall with the length as far as they can, the first eight bytes (or fewer and
/// zeros), the entry's number. Unless there are more bytes, equal keys but for the number
/// mean equal entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

impl Key {
    fn new(bytes: &[u8], alignment: u32, number: u32) -> Key {
        let mut head = [0; 8];
        let first = bytes.len().min(head.len());
        head[..first].copy_from_slice(&bytes[..first]);
        let falling_alignment = u128::from(255 - alignment.ilog2());
        let falling_length = Self::MAX_LENGTH.saturating_sub(bytes.len()) as u128;
        let head = u128::from(u64::from_le_bytes(head));
        Key(falling_alignment << 120 | falling_length << 96 | head << 32 | u128::from(number))
    }

    /// The lengths the key tells apart are up to this one.
    const MAX_LENGTH: usize = (1 << 24) - 1;

    fn alignment(self) -> u32 {
        1 << (255 - (self.0 >> 120) as u32)
    }

    /// Whether there are bytes beyond those in the key.
    fn is_long(self) -> bool {
        let falling_length = (self.0 >> 96) as usize & Self::MAX_LENGTH;
        falling_length < Self::MAX_LENGTH - 8
    }

    /// All but the number.
    fn content(self) -> u128 {
        self.0 >> 32
    }

    fn number(self) -> usize {
        self.0 as u32 as usize
    }
}

/// The requests, and where they end up.
#[derive(Debug, Default)]
pub(super) struct ConstantPool {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// In the order of layout, once that is done.
    keys: Vec<Key>,
}

impl ConstantPool {
    /// Forgets everything but keeps the storage.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
        self.keys.clear();
    }

    /// Bytes requested.
    pub(super) fn requested(&self) -> usize {
        self.bytes.len()
    }

    /// Notes a request down. The pool must stay below 2 GiB.
    pub(super) fn request(&mut self, bytes: &[u8], alignment: u32) -> Constant {
        let number = self.entries.len() as u32;
        self.keys.push(Key::new(bytes, alignment, number));
        self.entries.push(Entry {
            start: self.bytes.len() as u32,
            length: bytes.len() as u32,
            offset: 0,
        });
        self.bytes.extend_from_slice(bytes);
        Constant(number)
    }

    /// Gives every entry its offset. Returns the alignment of the pool and its length.
    pub(super) fn lay_out(&mut self) -> (u32, usize) {
        let mut keys = std::mem::take(&mut self.keys);
        keys.sort_unstable_by(|&a, &b| self.compare(a, b));
        let mut end = 0usize;
        let mut previous: Option<Key> = None;
        for &key in &keys {
            let offset = match previous {
                Some(twin) if self.compare(twin, key).is_eq() => self.entries[twin.number()].offset,
                _ => {
                    let offset = end.next_multiple_of(key.alignment() as usize);
                    end = offset + self.entries[key.number()].length as usize;
                    // Beyond 4 GiB the length is what is refused.
                    offset as u32
                }
            };
            self.entries[key.number()].offset = offset;
            previous = Some(key);
        }
        let alignment = keys.first().map_or(1, |first| first.alignment());
        self.keys = keys;
        (alignment, end)
    }

    /// Where the constant is, from the start of the pool, once it is laid out.
    pub(super) fn offset(&self, constant: u32) -> Result<u32, EncodeError> {
        match self.entries.get(constant as usize) {
            Some(entry) => Ok(entry.offset),
            None => Err(EncodeError::ForeignConstant(Constant(constant))),
        }
    }

    /// Appends the pool as it was laid out.
    pub(super) fn write(&self, code: &mut Vec<u8>) {
        let start = code.len();
        for key in &self.keys {
            let offset = start + self.entries[key.number()].offset as usize;
            // An equal entry has been written already.
            if offset >= code.len() {
                code.resize(offset, 0);
                code.extend_from_slice(self.bits(*key));
            }
        }
    }

    /// The bytes that were requested.
    pub(super) fn requested_bytes(&self, constant: u32) -> Option<&[u8]> {
        let entry = self.entries.get(constant as usize)?;
        Some(&self.bytes[entry.start as usize..][..entry.length as usize])
    }

    fn bits(&self, key: Key) -> &[u8] {
        let Entry { start, length, .. } = self.entries[key.number()];
        &self.bytes[start as usize..][..length as usize]
    }

    fn compare(&self, a: Key, b: Key) -> Ordering {
        match a.content().cmp(&b.content()) {
            Ordering::Equal if a.is_long() => self.bits(a).cmp(self.bits(b)),
            unequal_or_short => unequal_or_short,
        }
    }
}
