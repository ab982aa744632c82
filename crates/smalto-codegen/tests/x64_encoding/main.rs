//! The x86-64 encoder against an outside disassembler.
//!
//! A `Request` says what to encode in the plainest terms. The `Judge` encodes it, has
//! it decoded, and compares everything that can be compared. The tests differ only in
//! which requests they make: every row of the table with every register, address, mask
//! and rounding mode, random ones, and those that must be refused.

mod code;
mod forms;
mod judge;
mod random;
mod refusals;
mod request;
