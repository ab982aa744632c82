//! Functions that no finite combination of primitives gives exactly.
//!
//! Each is written once over the primitives of a [`Machine`](crate::Machine), so its bits
//! are the same wherever it runs. A family of functions is a file, which opens with its
//! method, its error budget and its sources.
//!
//! | file | functions |
//! |---|---|
//! | [`exponential`] | `exp`, `exp2`, `expm1` |
//! | [`logarithm`] | `ln`, `log2`, `log10`, `log1p` |
//! | [`power`] | `pow` |
//! | [`mod@root`] | `cbrt`, `root` |
//! | [`hyperbolic`] | `sinh`, `cosh`, `tanh` |
//! | [`inverse_hyperbolic`] | `asinh`, `acosh`, `atanh` |
//! | [`trigonometric`] | `sin`, `cos`, `tan` |
//! | [`inverse_trigonometric`] | `asin`, `acos`, `atan`, `atan2` |
//! | [`mod@hypot`] | `hypot` |
//! | [`remainder`] | `mod` |
//! | [`fast`] | `fast_sin`, `fast_cos`, `fast_tan` |
//!
//! and beside them the tools they share: [`pair`] (numbers of twice the precision),
//! [`polynomial`], [`bits`] (exponents and mantissas), [`angle`] (what full turns leave).
//!
//! # How they are made
//!
//! *Reduce, approximate, reconstruct.* An identity brings the argument into a small
//! interval around zero, a polynomial approximates the function there, and the identity
//! is undone (Muller, *Elementary Functions*, 3rd ed., 2016, chapters 3 and 11). All
//! lanes do the same: cases are told apart by `select`. Only what is long *and* rare is
//! behind `if_any`, a branch on whether some lane needs it.
//!
//! *The error* of a result is counted in ULP: units in the last place of the exact
//! value. Half a unit is due to the last rounding and cannot be helped. The rest comes
//! from the steps before it, so they are arranged such that the last step adds
//! something small, in which errors weigh little, to something large that is known
//! exactly: 1 + s with |s| < 0.35, or a [`Pair`](pair::Pair) of a large and a small
//! part. Bounds are 1.0 ULP in f32 and 1.5 ULP in f64.
//!
//! *Coefficients* are minimax: of all polynomials of the degree, those whose largest
//! error is smallest. They come from Remez's exchange algorithm in arithmetic of 60 and
//! more digits, then are rounded to the element from the lowest degree up, fitting the
//! others anew each time (Brisebarre & Chevillard, *Efficient polynomial
//! L-infinity-approximations*, ARITH 2007, do it with lattices). Files say on which
//! interval and how closely they fit.
//!
//! *Special values* follow C, Annex F. They are one table, which is also a test:
//! `tests/special_values`. NaNs, infinities and zeros need no code of their own where
//! the arithmetic gives the right thing anyway; where it does not, one `select` at
//! the end.
//!
//! A function has two forms where f32 and f64 differ in method, and one where they
//! differ in coefficients. `M::ELEMENT` is a constant, so choosing costs nothing.

pub mod angle;
pub mod bits;
pub mod exponential;
pub mod fast;
pub mod hyperbolic;
pub mod hypot;
pub mod inverse_hyperbolic;
pub mod inverse_trigonometric;
pub mod logarithm;
pub mod pair;
pub mod polynomial;
pub mod power;
pub mod remainder;
pub mod root;
pub mod trigonometric;

pub use exponential::{exp, exp2, expm1};
pub use hyperbolic::{cosh, sinh, tanh};
pub use hypot::hypot;
pub use inverse_hyperbolic::{acosh, asinh, atanh};
pub use inverse_trigonometric::{acos, asin, atan, atan2};
pub use logarithm::{ln, log1p, log2, log10};
pub use power::pow;
pub use remainder::modulo;
pub use root::{cbrt, root};
pub use trigonometric::{cos, sin, tan};
