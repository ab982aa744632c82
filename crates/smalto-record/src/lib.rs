//! From an expression graph to a wave kernel.
//!
//! What an operation means is written once, in [`smalto_lower::meaning`], over an abstract
//! machine. The [`Recorder`] is the machine that does not compute: asked to add, it
//! writes down an `add` and gives back its number. So the compiler knows no operation
//! by name.
//!
//! ```
//! use smalto_graph::Element;
//! use smalto_kernel::interpret::{Buffer, Interpreter};
//! use smalto_record::record_slices;
//!
//! let graph = smalto_graph::formula::parse("input x; input gain; output y = x * gain + 1;")?;
//! let recording = record_slices(&graph, Element::F32, &[false, true])?;
//! // x, the result; then the number of points, whether x goes on, and gain.
//! let mut buffers = [
//!     Buffer::from([1.0f32, 2.0, 3.0, 4.0, 5.0]),
//!     Buffer::uninitialised(smalto_kernel::Lane::F32, 5),
//! ];
//! Interpreter::new(recording.module())?.width(4).run(
//!     "slices",
//!     &mut buffers,
//!     &[5i64.into(), (-1i64).into(), 10f32.into()],
//! )?;
//! assert_eq!(buffers[1].to_vec(), Some(vec![11.0f32, 21.0, 31.0, 41.0, 51.0]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | record a graph over slices | [`record_slices`], and its [contract](slices) |
//! | record a graph with its gradient | [`record_gradients`], and its [contract](gradients) |
//! | record a graph for boxes | [`record_intervals`], and its [contract](intervals) |
//! | record a graph at one point | [`record_point`], and its [contract](point) |
//! | record a graph over a picture | [`record_grid`], and its [contract](grid) |
//! | know in which order | [`Order`] |
//! | record again and again | [`Workspace`] |
//! | record by hand | [`record()`], [`Recorder`] |

mod error;
pub mod gradients;
pub mod grid;
pub mod intervals;
mod names;
mod nodes;
mod order;
mod parts;
pub mod point;
mod ranges;
mod recorder;
mod recording;
mod rule;
pub mod slices;

pub use error::RecordError;
pub use gradients::record_gradients;
pub use grid::{Grid, GridOptions, record_grid};
pub use intervals::record_intervals;
pub use order::Order;
pub use point::{record_point, record_point_in};
pub use recorder::{Int32, Int64, Recorder, Refusal};
pub use recording::{Recording, Workspace, record};
pub use slices::{record_slices, record_slices_in};
