//! Solids cut off at the faces of a box.

use super::camera::{Camera, Volume};
use smalto_graph::{Affine, Graph, GraphBuilder, GraphError, NodeId, Op, Type};

/// The inputs of [`within_sight`].
const SIGHT: &str = "sight";

/// What is left of the solid `graph` in the box whose corners are `least` and `most`.
///
/// ```
/// use smalto_graph::formula;
/// use smalto_shape::{RenderOptions, View, clipped, sample};
///
/// let disc = formula::parse("sqrt(x^2 + y^2) - 2")?;
/// let half = clipped(&disc, [0.0, -2.0, -1.0], [2.0, 2.0, 1.0])?;
/// let view = View::new(2, 1)?;
/// let values = sample(&half, &view, &RenderOptions::default(), &())?;
/// assert!(values[0] > 0.0, "cut off");
/// assert_eq!(values[1], -1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If x, y or z of the graph is no real.
pub fn clipped(graph: &Graph, least: [f64; 3], most: [f64; 3]) -> Result<Graph, GraphError> {
    cut(graph, |builder| {
        let mut faces = None;
        for (axis, name) in ["x", "y", "z"].into_iter().enumerate() {
            let along = builder.try_var(name, Type::Real)?;
            for face in [builder.constant(least[axis]) - along, along - most[axis]] {
                faces = Some(faces.map_or(face, |faces| face.max(faces)));
            }
        }
        Ok(faces.expect("a box has faces").id())
    })
}

/// What is left of the solid `graph` of what an eye sees in a volume. Which eye, and which
/// volume, are inputs whose values [`sight`] gives.
pub(crate) fn within_sight(graph: &Graph) -> Result<Graph, GraphError> {
    cut(graph, |builder| {
        let real = |name: &str| builder.try_var(name, Type::Real);
        let input = |name: String| builder.try_var(&name, Type::Real);
        let point = [real("x")?, real("y")?, real("z")?];
        let mut seen = [point[0]; 3];
        for (row, seen) in seen.iter_mut().enumerate() {
            *seen = input(format!("{SIGHT}.m{row}3"))?;
            for (column, &along) in point.iter().enumerate() {
                *seen = input(format!("{SIGHT}.m{row}{column}"))?.fma(along, *seen);
            }
        }
        let [x, y, z] = seen;
        let part = |name: &str| input(format!("{SIGHT}.{name}"));
        let widening = part("perspective")?.fma(z, 1.0);
        let beside = x.abs() - part("width")? * widening;
        let above = y.abs() - part("height")? * widening;
        let beyond = (z - part("middle")?).abs() - part("depth")?;
        Ok(beside.max(above).max(beyond).id())
    })
}

/// Values of the inputs that [`within_sight`] adds; nothing for a camera whose matrix cannot be
/// undone.
pub(crate) fn sight(camera: &Camera, volume: &Volume) -> Vec<(String, f64)> {
    let to_eye = camera.matrix().inverse().unwrap_or(Affine::IDENTITY);
    let [_, _, right, top] = volume.region();
    let [near, far] = volume.depths();
    let parts = [
        ("perspective", -camera.nearness()),
        ("width", right),
        ("height", top),
        ("middle", (near + far) / 2.0),
        ("depth", (near - far) / 2.0),
    ];
    let matrix = (0..12).map(|i| format!("m{}{}", i / 4, i % 4));
    let matrix = matrix.zip(to_eye.values());
    let parts = parts.map(|(name, value)| (name.to_string(), value));
    let all = matrix.chain(parts);
    all.map(|(name, value)| (format!("{SIGHT}.{name}"), value))
        .collect()
}

/// `graph` where what `knife` builds is negative too.
fn cut(
    graph: &Graph,
    knife: impl FnOnce(&GraphBuilder) -> Result<NodeId, GraphError>,
) -> Result<Graph, GraphError> {
    let mut cut = graph.clone();
    let knife = GraphBuilder::scope(&mut cut, knife)?;
    let outputs = cut.outputs().to_vec();
    cut.clear_outputs();
    for output in outputs {
        // A NaN of the solid is the second operand, and stays one.
        let node = cut.apply_converting(Op::Max, &[knife, output.node])?;
        cut.output(&output.name, node)?;
    }
    Ok(cut)
}
