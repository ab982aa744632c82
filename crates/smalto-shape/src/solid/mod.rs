//! Solids: from where they are seen, what is seen of them, and in what light.
//!
//! | file | what is in it |
//! |---|---|
//! | `camera.rs` | the eye, and the part of space that a picture shows |
//! | `clip.rs` | solids cut off at the faces of a box, or of what an eye sees |
//! | `surface.rs` | what each pixel sees of a solid: |
//! | `search.rs`, `slope.rs` | how far away it is, and how it is turned there |
//! | `scene.rs` | that as points and normals |
//! | `picture.rs` | from there to pictures, and under lights: |
//! | `shade.rs` | the light that comes from each point to the eye |
//! | `normals.rs`, `occlusion.rs`, `shadow.rs` | what that is made of |
//! | `spiral.rs`, `vector.rs` | where samples are taken; vectors |

mod camera;
mod clip;
mod normals;
mod occlusion;
mod picture;
mod scene;
mod search;
mod shade;
mod shadow;
mod slope;
mod spiral;
mod surface;
mod vector;

pub use camera::{Camera, CameraError, Up, Volume};
pub use clip::clipped;
pub use picture::{Finish, SolidShading};
pub use shade::{Colours, Light, Lighting};
pub use surface::{Hit, Solid, Surface};
