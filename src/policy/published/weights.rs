//! The weights files of the published network: tensors `PARAMETER` of single precision.

use std::collections::BTreeMap;

use super::published_network::{PublishedNetwork, is_valid, parameters};
use crate::policy::tensors;
use crate::policy::tensors::{FileKind, WeightsError};

const KIND: FileKind = FileKind { entry: "respect-published", version: 1 };

impl PublishedNetwork {
    /// Reads a weights file; returns the network and the recipe by which it came about.
    ///
    /// # Errors
    /// Returns an error unless the file is a whole file of this version with a sound network.
    pub fn from_bytes(bytes: &[u8]) -> Result<(PublishedNetwork, BTreeMap<String, String>), WeightsError> {
        let (tensors, recipe) = tensors::read(&KIND, bytes)?;
        let hidden = tensors.columns("embed.bias")?;
        if !is_valid(hidden) {
            return Err(
                tensors.wrong("embed.bias", format!("no network of this kind has {hidden} hidden units"))
            );
        }
        let network = PublishedNetwork::new(hidden, tensors.values(parameters(hidden))?);
        let network = network.expect("as many as the list says");
        let negative = network.parameters().find(|(parameter, values)| {
            parameter.name.ends_with("variance") && values.iter().any(|&variance| variance < 0.0)
        });
        match negative {
            Some((parameter, _)) => Err(tensors.wrong(&parameter.name, "holds a negative variance")),
            None => Ok((network, recipe)),
        }
    }

    /// Returns the bytes of a weights file; the same network and `recipe` give the same bytes.
    pub fn to_bytes(&self, recipe: &BTreeMap<String, String>) -> Vec<u8> {
        let named = self.parameters().map(|(parameter, values)| (parameter.name.clone(), parameter, values));
        tensors::write(&KIND, recipe, named)
    }
}
