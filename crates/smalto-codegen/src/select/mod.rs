//! Instruction selection: which instructions a kernel becomes.
//!
//! | step | room |
//! |---|---|
//! | which operator an instruction is, to the tile files | `operator`, `numbering` |
//! | trees, and the tiles that cover them at the least cost | `cover` |
//! | the shapes of tiles | `outline` |
//! | what the build made of the tile files | [`tables`] |

pub(crate) mod cover;
mod numbering;
pub(crate) mod operator;
pub(crate) mod outline;
pub mod tables;
