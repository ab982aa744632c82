//! Solids: from where they are seen, and what is seen of them.

mod camera;
mod surface;

pub use camera::{Camera, Volume};
pub use surface::{Hit, Solid, Surface};
