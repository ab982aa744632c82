//! The shape library: distances against geometry by brute force, bounds against the constants that
//! are stated, outlines against winding numbers.

mod array;
mod blend;
mod common;
mod deform;
mod examples;
mod lattice;
mod outline;
mod plane;
mod space;
#[cfg(feature = "text")]
mod text;
#[cfg(feature = "text")]
mod tiny_font;
