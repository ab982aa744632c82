//! The peers, each used as well as it can be.

pub(crate) mod cranelift;
#[cfg(feature = "fastnoise2")]
pub(crate) mod fastnoise;
pub(crate) mod fidget;
pub(crate) mod gcc;
pub(crate) mod plain;
pub(crate) mod plain_noise;
pub(crate) mod python;
pub(crate) mod regalloc2;
