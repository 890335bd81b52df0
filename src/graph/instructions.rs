//! The bytes of the instructions that the compiler makes of an operation, which go to the device with every inference.
//!
//! The compiler writes a program for each stage: a fixed part, and for each operation a part that grows with its
//! parameters and, once its values are too many to be held at a time, with the pieces that it is computed in. The
//! figures are fitted to the instructions in the files that Google's compiler made of 69 published models; `make
//! test-field` fits them anew and prints the errors, also on families of models that it leaves out of the fit.

use super::array::Use;
use super::{Op, OpGraph};
use crate::base::units::Bytes;

/// The bytes of instructions of a stage beside those of its operations.
pub const STAGE: Bytes = Bytes(2_850);
/// The bytes of instructions of a layer: an operation that multiplies.
pub const LAYER: u64 = 1_650;
/// The bytes of instructions of any other operation that computes values.
pub const OTHER: u64 = 1_190;
/// The bytes of instructions for each MiB of an operation's parameters.
pub const PER_PARAMETER_MIB: u64 = 2_250;
/// The bytes of values, read and made, that an operation is computed with in one piece.
pub const PIECE: u64 = 1_400_000;
/// The bytes of instructions for each MiB of values beyond [`PIECE`].
pub const PER_VALUE_MIB: u64 = 6_410;
/// The bytes of instructions of a `SOFTMAX` for each value, of [`MOST_OF_SOFTMAX`] at most.
pub const PER_SOFTMAX_VALUE: u64 = 41;
/// The most values of a `SOFTMAX` that have instructions of their own.
pub const MOST_OF_SOFTMAX: u64 = 1_000;

/// The amounts that an operation's instructions grow with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// One if the operation multiplies, or the steps if it is recurrent, or else zero.
    pub layers: u64,
    /// One if the operation computes values and does not multiply, or else zero; zero, too, if its use of the array is
    /// stated, as it then is a part of what is one operator of a model.
    pub others: u64,
    /// The bytes of the operation's parameters on the device.
    pub parameter_bytes: u64,
    /// The bytes of values beyond [`PIECE`].
    pub value_bytes: u64,
    /// The values of a `SOFTMAX` that have instructions of their own.
    pub softmax_values: u64,
}

impl Amounts {
    /// Returns the bytes of the instructions.
    pub fn bytes(&self) -> Bytes {
        let by_mib = |bytes: u64, each: u64| ((u128::from(bytes) * u128::from(each)) >> 20) as u64;
        Bytes(
            self.layers * LAYER
                + self.others * OTHER
                + by_mib(self.parameter_bytes, PER_PARAMETER_MIB)
                + by_mib(self.value_bytes, PER_VALUE_MIB)
                + self.softmax_values * PER_SOFTMAX_VALUE,
        )
    }
}

impl OpGraph {
    /// Returns the bytes of each operation's instructions: those that are known, or those that follow from the amounts.
    pub fn instruction_bytes(&self) -> Vec<Bytes> {
        let amounts = self.instruction_amounts();
        let bytes = |(op, amounts): (&Op, Amounts)| op.instruction_bytes.unwrap_or_else(|| amounts.bytes());
        self.ops().iter().zip(amounts).map(bytes).collect()
    }

    /// Returns the amounts that each operation's instructions grow with.
    pub fn instruction_amounts(&self) -> Vec<Amounts> {
        let (made, values) = (self.made_bytes(), self.value_bytes());
        let amounts = |(op, (made, values)): (&Op, (&Bytes, &Bytes))| {
            let used = op.array_use();
            if used == Use::Nothing {
                return Amounts::default();
            }
            let is_softmax = used == Use::Elementwise && op.kind == "SOFTMAX";
            let multiplies = matches!(used, Use::Dense | Use::PerChannel);
            // The steps of a recurrent layer are written out one by one.
            let is_recurrent = op.kind.contains("LSTM") || op.kind.contains("RNN");
            let steps = op.macs.0.checked_div(op.parameter_bytes.0).filter(|_| is_recurrent);
            Amounts {
                layers: if multiplies { steps.unwrap_or(1).max(1) } else { 0 },
                others: u64::from(!multiplies && !is_softmax && op.array.is_none()),
                parameter_bytes: op.device_bytes().0,
                value_bytes: values.0.saturating_sub(PIECE),
                softmax_values: if is_softmax { made.0.min(MOST_OF_SOFTMAX) } else { 0 },
            }
        };
        self.ops().iter().zip(made.iter().zip(&values)).map(amounts).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_operation_has_its_instructions() {
        let graph = r#"{"name": "kinds",
 "ops": [{"name": "layer", "kind": "CONV_2D", "parameter_bytes": 1048576, "macs": 1048576, "device_bytes": 2097152},
  {"name": "steps", "kind": "UNIDIRECTIONAL_SEQUENCE_LSTM", "parameter_bytes": 100, "macs": 2800, "device_bytes": 0},
  {"name": "sum", "kind": "ADD", "parameter_bytes": 0, "macs": 0},
  {"name": "shape", "kind": "RESHAPE", "parameter_bytes": 0, "macs": 0},
  {"name": "classes", "kind": "SOFTMAX", "parameter_bytes": 0, "macs": 0}],
 "tensors": [{"name": "a", "bytes": 10, "producer": null, "consumers": [0, 1]},
  {"name": "b", "bytes": 2448566, "producer": 0, "consumers": []},
  {"name": "c", "bytes": 10, "producer": 1, "consumers": [2]},
  {"name": "d", "bytes": 10, "producer": 2, "consumers": [3, 4]},
  {"name": "e", "bytes": 10, "producer": 3, "consumers": []},
  {"name": "f", "bytes": 10, "producer": 4, "consumers": []}],
 "outputs": [1, 4, 5]}"#;
        let graph = OpGraph::from_json(graph.as_bytes()).unwrap();
        let bytes: Vec<u64> = graph.instruction_amounts().iter().map(|op| op.bytes().0).collect();
        let layer = LAYER + 2 * PER_PARAMETER_MIB + PER_VALUE_MIB;
        assert_eq!(bytes, [layer, 28 * LAYER, OTHER, 0, 10 * PER_SOFTMAX_VALUE]);
    }
}
