//! The weights files of the policy: a network for each objective that it was trained for, as tensors
//! `OBJECTIVE/PARAMETER` of single precision.

use std::collections::BTreeMap;

use super::network::{Network, Shape};
pub use super::tensors::WeightsError;
use super::tensors::{self, FileKind, Tensors};
use crate::base::listed::Listed;
use crate::problem::Objective;

const KIND: FileKind = FileKind { entry: "respect-policy", version: 1 };

/// The networks of a weights file.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// The networks by objective, at most one for each.
    pub networks: Vec<(Objective, Network)>,
    /// The recipe by which the network for each objective came about.
    pub recipe: BTreeMap<String, String>,
}

impl Weights {
    /// Returns the network for `objective`, if there is one.
    pub fn network(&self, objective: Objective) -> Option<&Network> {
        self.networks.iter().find(|(other, _)| *other == objective).map(|(_, network)| network)
    }

    /// Adds or replaces the network for `objective`.
    pub fn set(&mut self, objective: Objective, network: Network) {
        self.networks.retain(|(other, _)| *other != objective);
        self.networks.push((objective, network));
        self.networks.sort_by_key(|(objective, _)| objective.to_string());
    }

    /// Reads a weights file.
    ///
    /// # Errors
    /// Returns an error unless the file is a whole file of this version with sound networks.
    pub fn from_bytes(bytes: &[u8]) -> Result<Weights, WeightsError> {
        let (mut tensors, recipe) = tensors::read(&KIND, bytes)?;
        let mut networks = Vec::new();
        for &objective in Objective::ALL {
            let own = tensors.take(&format!("{objective}/"));
            if own.names().next().is_some() {
                networks.push((objective, network(&own)?));
            }
        }
        if let Some(name) = tensors.names().next() {
            return Err(tensors.wrong(name, "belongs to no objective"));
        }
        if networks.is_empty() {
            return Err(WeightsError::Empty);
        }
        Ok(Weights { networks, recipe })
    }

    /// Returns the bytes of a weights file; the same weights give the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let named = self.networks.iter().flat_map(|(objective, network)| {
            let name = move |parameter: &str| format!("{objective}/{parameter}");
            network.parameters().map(move |(parameter, values)| (name(&parameter.name), parameter, values))
        });
        tensors::write(&KIND, &self.recipe, named)
    }
}

/// Returns the network that the tensors of one objective hold.
fn network(tensors: &Tensors) -> Result<Network, WeightsError> {
    let hidden = tensors.columns("embed.bias")?;
    let rounds =
        tensors.names().filter(|name| name.starts_with("encode.") && name.ends_with(".bias")).count();
    let shape = Shape { hidden, rounds };
    if !shape.is_valid() {
        let what = format!("{hidden} hidden units in {rounds} rounds are not a network of this kind");
        return Err(tensors.wrong("embed.bias", what));
    }
    Ok(Network::new(shape, tensors.values(shape.parameters())?).expect("as many as the shape says"))
}
