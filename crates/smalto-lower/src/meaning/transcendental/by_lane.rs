//! The door for functions that are not written over primitives yet: they are called
//! once per lane, in the standard library's implementation.

/// Functions of the given names and operands through the given door.
macro_rules! by_lane {
    ($($(#[doc = $doc:literal])* $name:ident ($($operand:ident),+) $door:ident;)*) => {$(
        $(#[doc = $doc])*
        #[inline(always)]
        pub fn $name<M>(m: M, $($operand: M::Real),+) -> M::Real
        where
            M: $crate::Machine<Element: $crate::Float>,
        {
            m.$door(<M::Element as $crate::Float>::$name, $($operand),+)
        }
    )*};
}

pub(super) use by_lane;
