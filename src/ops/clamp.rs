//! relu and relu6 as the last thing that another operation does to its sums, so that they cost no step of their own.

use super::lanes::Lanes;

/// What a sum is clamped to before it is written. The gradient before it comes from the output `y`: `dy` where
/// `0 < y`, for relu6 `0 < y < 6`, and elsewhere 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clamp {
    /// Nothing.
    #[default]
    None,
    /// `max(x, 0)`; what is not a number becomes 0.
    Relu,
    /// `min(max(x, 0), 6)`; what is not a number becomes 0.
    Relu6,
}

impl Clamp {
    /// Four values.
    #[inline(always)]
    pub(super) fn lanes(self, values: Lanes) -> Lanes {
        match self {
            Self::None => values,
            Self::Relu => values.relu(),
            Self::Relu6 => values.relu().at_most(Lanes::all(6.0)),
        }
    }

    /// One value.
    #[inline(always)]
    pub(super) fn value(self, value: f32) -> f32 {
        match self {
            Self::None => value,
            Self::Relu => value.max(0.0),
            // What is no number becomes 0, as in relu.
            Self::Relu6 => {
                if value > 0.0 {
                    value.min(6.0)
                } else {
                    0.0
                }
            }
        }
    }
}
