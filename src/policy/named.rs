//! The parameters of a network: the shape of each, and a value for each by name.

use std::collections::HashMap;

/// A parameter of a network: its name, inputs and outputs. Biases and other vectors have one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The parameter's name in a weights file.
    pub name: String,
    /// The number of inputs, or 1 for a vector.
    pub rows: usize,
    /// The number of outputs.
    pub columns: usize,
}

impl Parameter {
    /// Returns how many numbers the parameter has.
    pub fn len(&self) -> usize {
        self.rows * self.columns
    }

    /// Returns whether the parameter has no numbers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A value for each parameter of a network, such as its numbers or a tensor, by the parameter's name.
pub struct Named<T> {
    by_name: HashMap<String, T>,
}

impl<T: Copy> Named<T> {
    /// Pairs each of `values` with the name of the parameter at the same place.
    pub fn new(parameters: Vec<Parameter>, values: impl IntoIterator<Item = T>) -> Named<T> {
        let names = parameters.into_iter().map(|parameter| parameter.name);
        Named { by_name: names.zip(values).collect() }
    }

    /// Returns the value for the parameter `name`.
    ///
    /// # Panics
    /// Panics if the network has no such parameter, or if there were fewer values than parameters.
    pub fn get(&self, name: &str) -> T {
        *self.by_name.get(name).unwrap_or_else(|| panic!("the network has no parameter '{name}'"))
    }
}
