//! Instruction selection.

pub mod tables;
