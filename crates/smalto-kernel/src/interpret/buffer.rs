//! Buffers: typed memory that knows what has been written.

use crate::{F16, Lane, Literal};

/// A Rust type that is an element of a buffer.
pub trait Element: Copy + Into<Literal> {
    /// Which lane type it is.
    const LANE: Lane;
    /// The value with these bits.
    fn from_bits(bits: u64) -> Self;
}

macro_rules! elements {
    ($($ty:ident $lane:ident |$bits:ident| $value:expr;)*) => {$(
        impl Element for $ty {
            const LANE: Lane = Lane::$lane;
            fn from_bits($bits: u64) -> $ty {
                $value
            }
        }
    )*};
}

elements! {
    F16 F16 |bits| F16(bits as u16);
    f32 F32 |bits| f32::from_bits(bits as u32);
    f64 F64 |bits| f64::from_bits(bits);
    i16 I16 |bits| bits as i16;
    u16 U16 |bits| bits as u16;
    i32 I32 |bits| bits as i32;
    u32 U32 |bits| bits as u32;
    i64 I64 |bits| bits as i64;
    u64 U64 |bits| bits;
}

/// Memory a kernel runs on: elements of one type, each written or not.
///
/// Two buffers are equal when the same elements are written and have the same values; all
/// NaNs are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buffer {
    element: Lane,
    /// The elements, or `None` where nothing was written yet.
    words: Vec<Option<Literal>>,
}

impl Buffer {
    /// A buffer nobody has written to: reading it gives poison.
    pub fn uninitialised(element: Lane, length: usize) -> Buffer {
        Buffer {
            element,
            words: vec![None; length],
        }
    }

    /// A buffer of zeros.
    pub fn zeroed(element: Lane, length: usize) -> Buffer {
        Buffer {
            element,
            words: vec![Some(Literal::zero(element)); length],
        }
    }

    /// A buffer of these values, which all are of type `element`.
    ///
    /// # Panics
    /// If one is not.
    pub fn of(element: Lane, values: impl IntoIterator<Item = Literal>) -> Buffer {
        let checked = values.into_iter().map(|value| {
            assert_eq!(value.lane(), element, "a buffer has one element type");
            Some(value)
        });
        Buffer {
            element,
            words: checked.collect(),
        }
    }

    /// What the elements are.
    pub fn element(&self) -> Lane {
        self.element
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The element at `index`, if it is there and was written.
    pub fn get(&self, index: usize) -> Option<Literal> {
        self.words.get(index).copied().flatten()
    }

    /// All elements, if their type is `T` and all were written.
    pub fn to_vec<T: Element>(&self) -> Option<Vec<T>> {
        if T::LANE != self.element {
            return None;
        }
        let values = self.words.iter();
        values
            .map(|word| word.map(|word| T::from_bits(word.bits())))
            .collect()
    }

    pub(super) fn set(&mut self, index: usize, bits: u64) {
        self.words[index] = Some(Literal::from_bits(self.element, bits));
    }
}

impl<T: Element, const N: usize> From<[T; N]> for Buffer {
    fn from(values: [T; N]) -> Buffer {
        Buffer::from(&values[..])
    }
}

impl<T: Element> From<&[T]> for Buffer {
    fn from(values: &[T]) -> Buffer {
        Buffer::of(T::LANE, values.iter().map(|&value| value.into()))
    }
}

impl<T: Element> From<Vec<T>> for Buffer {
    fn from(values: Vec<T>) -> Buffer {
        Buffer::from(&values[..])
    }
}
