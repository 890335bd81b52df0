//! Names for tensors that have none, or one that others have, too. Coral's runner joins stages by name; converters for
//! microcontrollers drop names, and names that come from locations in a compiler need not be unique.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

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

/// Renames model inputs, outputs and operator results until no two have one name. The first of a name keeps it: inputs
/// come first, then outputs, then the other results in the order of the operators. Unnamed tensors stay unnamed.
///
/// Complexity: linear, but for sorting.
pub fn make_unique(model: &mut Model) {
    let made = model.operators.iter().flat_map(|operator| operator.outputs.iter().copied());
    let ends = model.inputs.iter().chain(&model.outputs).copied();
    let mut done = BTreeSet::new();
    let activations: Vec<u32> = ends.chain(made).filter(|tensor| done.insert(*tensor)).collect();
    let mut taken: HashSet<String> =
        activations.iter().map(|&tensor| model.tensors[tensor as usize].label().to_string()).collect();
    let mut seen = HashSet::new();
    let mut next: HashMap<String, u32> = HashMap::new();
    for tensor in activations {
        let label = model.tensors[tensor as usize].label().to_string();
        if label.is_empty() || seen.insert(label.clone()) {
            continue;
        }
        let number = next.entry(label.clone()).or_insert(1);
        let name = loop {
            let name = format!("{label}_{number}");
            *number += 1;
            if taken.insert(name.clone()) {
                break name;
            }
        };
        seen.insert(name.clone());
        model.tensors[tensor as usize].name = Some(Cow::Owned(name));
    }
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

    #[test]
    fn what_has_anothers_name_is_renamed_and_ends_keep_theirs() {
        let mut model =
            model_of(&[("x", &[1, 4]), ("a", &[1, 4]), ("a", &[1, 4]), ("a_1", &[1, 4]), ("a", &[1, 4])]);
        model.inputs = vec![0];
        model.outputs = vec![4];
        for (input, output) in [(0, 1), (1, 2), (2, 3), (3, 4)] {
            operator(&mut model, "RELU", &[input], &[output], &[]);
        }
        make_unique(&mut model);
        let names: Vec<&str> = model.tensors.iter().map(|tensor| tensor.label()).collect();
        assert_eq!(names, ["x", "a_2", "a_3", "a_1", "a"]);
    }
}
