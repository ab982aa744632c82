//! The peers, each used as well as it can be.

pub(crate) mod cranelift;
pub(crate) mod fidget;
pub(crate) mod gcc;
pub(crate) mod plain;
pub(crate) mod python;
pub(crate) mod regalloc2;
