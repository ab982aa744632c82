//! Pictures of implicit shapes.
//!
//! A shape is a function of x, y and z that is negative inside. This crate samples
//! it at the pixels of a [`View`] and shades what it finds.
//!
//! ```
//! use smalto_graph::formula;
//! use smalto_shape::{RenderOptions, Shading, View, render};
//!
//! let disc = formula::parse("sqrt(x^2 + y^2) - 0.5")?;
//! let view = View::square(64)?;
//! let image = render(&disc, &view, Shading::Bitmap, &RenderOptions::default(), &())?;
//! assert_eq!(image.pixel(32, 32), [255], "inside is white");
//! assert_eq!(image.pixel(0, 0), [0], "outside is black");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | choose what part of the plane is seen | [`View`] |
//! | draw | [`render()`], [`Shading`], [`RenderOptions`] |
//! | draw again and again | [`Shape`] |
//! | have the numbers themselves | [`sample()`] |
//! | look at solids | [`Solid`], [`Camera`], [`Volume`], [`SolidShading`] |
//! | save | [`Image`] |
//! | draw something else | [`bind()`], [`in_pool()`] |

mod bits;
mod image;
pub mod library;
mod pages;
mod paint;
mod region;
mod render;
mod sample;
mod seats;
mod shape;
mod solid;
mod srgb;
mod view;
mod work;
mod worker;

pub use image::Image;
pub use library::LIBRARY;
pub use render::{Shading, render};
pub use sample::{Progress, RenderError, RenderOptions, bind, bind_axes, in_pool, sample};
pub use shape::Shape;
pub use smalto_jit::trace::{Hints, MachineCode, Prices};
pub use solid::{
    Camera, CameraError, Colours, Finish, Hit, Light, Lighting, Solid, SolidShading, Surface, Up,
    Volume, clipped,
};
pub use srgb::to_srgb;
pub use view::{View, ViewError};
pub use worker::Statistics;
