//! The ways in which an operation uses the device's array of multipliers.

use serde::{Deserialize, Serialize};

/// The way in which an operation uses the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// All lanes share the inputs, as in a convolution.
    Dense,
    /// Each channel has inputs of its own.
    PerChannel,
    /// Nothing is multiplied, but every value of the output is computed.
    Elementwise,
    /// Nothing is computed: only the shape changes.
    Nothing,
}
