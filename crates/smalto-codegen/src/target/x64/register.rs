//! The three register files of the wave machine: integers, lanes, masks.
//!
//! XMM, YMM and ZMM are one class, [`Vector`]: how much of a register an instruction
//! touches is the instruction's affair. So are the four widths of a [`Gpr`].

use std::fmt;

macro_rules! register_file {
    ($(#[$doc:meta])* $name:ident, $count:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u8);

        impl $name {
            /// How many there are.
            pub const COUNT: u8 = $count;

            /// The register with this number.
            ///
            /// # Panics
            /// If `number` is not below [`COUNT`](Self::COUNT).
            pub const fn new(number: u8) -> Self {
                assert!(number < Self::COUNT, "there is no register of this number");
                Self(number)
            }

            /// Its number in encodings.
            pub const fn number(self) -> u8 {
                self.0
            }
        }
    };
}

register_file! {
    /// A general-purpose register: a uniform integer or an address.
    Gpr, 16
}
register_file! {
    /// A vector register: xmm, ymm and zmm of the same number. VEX instructions
    /// reach the first 16 only.
    Vector, 32
}
register_file! {
    /// An AVX-512 mask register. `k0` holds a mask like any other, but cannot be
    /// the mask of a masked instruction.
    Mask, 8
}

/// Vector register `number`.
///
/// # Panics
/// If there is no such register.
pub const fn v(number: u8) -> Vector {
    Vector::new(number)
}

macro_rules! names {
    ($file:ident: $($name:ident $number:literal)*) => {
        $(
            #[doc = concat!("Register ", stringify!($number), " of [`", stringify!($file), "`].")]
            pub const $name: $file = $file($number);
        )*
    };
}

names! { Gpr:
    RAX 0 RCX 1 RDX 2 RBX 3 RSP 4 RBP 5 RSI 6 RDI 7
    R8 8 R9 9 R10 10 R11 11 R12 12 R13 13 R14 14 R15 15
}
names! { Mask: K0 0 K1 1 K2 2 K3 3 K4 4 K5 5 K6 6 K7 7 }

const GPR_NAMES: [&str; 16] = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15",
];

impl fmt::Display for Gpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(GPR_NAMES[usize::from(self.0)])
    }
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "k{}", self.0)
    }
}
