//! What a file that the compiler wrote has for inputs and outputs.

use std::path::Path;

use crate::base::limits;
use crate::tflite;

/// The names of a model's inputs and outputs.
pub(super) type Ends = [Vec<String>; 2];

/// Reads them.
///
/// # Errors
/// Why the file is no model, as the end of a sentence.
pub(super) fn ends(path: &Path) -> Result<Ends, String> {
    let bytes = limits::map(path, limits::MODEL_BYTES).map_err(|error| error.to_string())?;
    let model = tflite::read(&bytes).map_err(|error| error.to_string())?;
    let names = |tensors: &[u32]| {
        tensors.iter().map(|&tensor| model.tensors[tensor as usize].label().to_string()).collect()
    };
    Ok([names(&model.inputs), names(&model.outputs)])
}
