//! Names for tensors that have none. Coral's runner joins stages by name, and converters for microcontrollers drop names.

use std::borrow::Cow;
use std::collections::HashSet;

use super::model::Model;

/// Gives every unnamed model input and operator result a unique name, `tensor_` and its number, and returns the numbers
/// of the tensors that were named.
pub fn complete(model: &mut Model) -> Vec<u32> {
    let made = model.operators.iter().flat_map(|operator| operator.outputs.iter().copied());
    let mut unnamed: Vec<u32> = model.inputs.iter().copied().chain(made).collect();
    unnamed.retain(|&tensor| model.tensors[tensor as usize].label().is_empty());
    unnamed.sort_unstable();
    if unnamed.is_empty() {
        return unnamed;
    }
    let taken: HashSet<String> = model.tensors.iter().map(|tensor| tensor.label().to_string()).collect();
    for &tensor in &unnamed {
        let mut name = format!("tensor_{tensor}");
        while taken.contains(&name) {
            name.push('_');
        }
        model.tensors[tensor as usize].name = Some(Cow::Owned(name));
    }
    unnamed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tflite::testing::{model_of, operator};

    #[test]
    fn only_activations_without_a_name_get_one_and_none_twice() {
        let mut model = model_of(&[("", &[1, 4]), ("a\0b", &[1, 4]), ("\0", &[1, 4]), ("tensor_0", &[1, 4])]);
        model.inputs = vec![0];
        model.outputs = vec![2];
        operator(&mut model, "RELU", &[0], &[1], &[]);
        operator(&mut model, "RELU", &[1], &[2], &[]);
        assert_eq!(complete(&mut model), [0, 2]);
        let names: Vec<&str> = model.tensors.iter().map(|tensor| tensor.label()).collect();
        assert_eq!(names, ["tensor_0_", "a", "tensor_2", "tensor_0"]);
        assert!(complete(&mut model).is_empty());
    }
}
