//! What a line of a `.vm` file can say.

use crate::Op;

/// The names of the inputs, in the order in which a graph has them.
pub(super) const AXES: [&str; 3] = ["x", "y", "z"];

macro_rules! ops {
    ($($name:literal $op:ident)*) => {
        /// The ops of the format.
        pub(super) const OPS: &[Op] = &[$(Op::$op),*];

        /// The op of the format called `name`. A match on constant bytes compiles to
        /// a few comparisons of machine words, which is faster than any hash.
        pub(super) fn op_named(name: &[u8]) -> Option<Op> {
            match name {
                $($name => Some(Op::$op),)*
                _ => None,
            }
        }
    };
}

ops! {
    b"abs" Abs b"neg" Neg b"sqrt" Sqrt b"square" Square b"recip" Recip b"not" Not
    b"floor" Floor b"ceil" Ceil b"round" Round
    b"sin" Sin b"cos" Cos b"tan" Tan b"asin" Asin b"acos" Acos b"atan" Atan
    b"exp" Exp b"ln" Ln
    b"add" Add b"sub" Sub b"mul" Mul b"div" Div b"mod" Mod
    b"min" Min b"max" Max b"and" And b"or" Or b"compare" Compare b"atan2" Atan2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ops_have_their_names_of_the_op_table_and_at_most_two_operands() {
        for &op in OPS {
            assert_eq!(op_named(op.name().as_bytes()), Some(op));
            assert!(op.arity() <= 2);
        }
    }
}
