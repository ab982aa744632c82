//! The machines code is made for: their registers, instructions and encodings.
//!
//! Nothing here asks what the host is. Code for every target can be made on every
//! host, and an outside disassembler judges it in the tests.

pub mod x64;
