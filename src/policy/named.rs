//! The parameters of a network: what each is, and what stands for it by its name.

use std::collections::HashMap;

/// A parameter: its name, inputs and outputs. Biases and other vectors have one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in a weights file.
    pub name: String,
    /// Inputs, or 1.
    pub rows: usize,
    /// Outputs.
    pub columns: usize,
}

impl Parameter {
    /// How many numbers it has.
    pub fn len(&self) -> usize {
        self.rows * self.columns
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What stands for each parameter of a network, such as its numbers or a tensor, by the parameter's name.
pub struct Named<T> {
    by_name: HashMap<String, T>,
}

impl<T: Copy> Named<T> {
    /// Names each of `values` by the parameter at the same place.
    pub fn new(parameters: Vec<Parameter>, values: impl IntoIterator<Item = T>) -> Named<T> {
        let names = parameters.into_iter().map(|parameter| parameter.name);
        Named { by_name: names.zip(values).collect() }
    }

    /// Returns what stands for the parameter `name`.
    ///
    /// # Panics
    /// If the network has no such parameter, or there were fewer values than parameters.
    pub fn get(&self, name: &str) -> T {
        *self.by_name.get(name).unwrap_or_else(|| panic!("the network has no parameter '{name}'"))
    }
}
