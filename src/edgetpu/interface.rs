//! The interface that a compiled file shares with the stage that it was made of: the names of its inputs and outputs.

use std::path::Path;

use crate::base::limits;
use crate::tflite;

/// The names of a model's inputs and outputs, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interface {
    /// The names of the inputs.
    pub inputs: Vec<String>,
    /// The names of the outputs.
    pub outputs: Vec<String>,
}

/// Reads the names of the inputs and outputs of the model in a file.
///
/// # Errors
/// Returns the reason why the file is not a model, as the end of a sentence.
pub(super) fn interface(path: &Path) -> Result<Interface, String> {
    let bytes = limits::map(path, limits::MODEL_BYTES).map_err(|error| error.to_string())?;
    let model = tflite::read(&bytes).map_err(|error| error.to_string())?;
    let names = |tensors: &[u32]| {
        tensors.iter().map(|&tensor| model.tensors[tensor as usize].label().to_string()).collect()
    };
    Ok(Interface { inputs: names(&model.inputs), outputs: names(&model.outputs) })
}
