//! The peers, each used as its own documentation recommends.

pub(crate) mod fidget;
pub(crate) mod plain;
