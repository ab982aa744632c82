//! Gradients: how fast the result of an op changes.

/// The domain of [`Gradient`]s with `N` partial derivatives.
#[derive(Debug, Clone, Copy)]
pub struct Gradients<const N: usize>;

/// A number and its partial derivatives.
#[derive(Debug, Clone, Copy)]
pub struct Gradient<V, const N: usize> {
    /// The number itself, with the bits that its op gives for numbers.
    pub value: V,
    /// The derivative by each of the inputs.
    pub partials: [V; N],
}
