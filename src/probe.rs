//! Small models to measure a host with: those that tell a device's coefficients best.
//!
//! The models are chosen from a grid of chains of layers, for a device that is about like the one to be measured, as
//! the amounts in a model's time have it. Everything is the same each time.

mod build;
mod design;
pub mod folder;
mod network;

use nalgebra::DVector;

use self::build::{Weights, build};
use self::design::Candidate;
use self::network::{Network, grid};
use crate::calibrate::parts::{Key, amounts, coefficients};
use crate::device::EdgeTpu;
use crate::graph::GraphError;
use crate::tflite;

/// The most bytes of all models together.
pub const MOST_BYTES: u64 = 128 << 20;
/// The number of models that are usually chosen.
pub const MODELS: usize = 48;

/// A model to measure.
pub struct Chosen {
    network: Network,
    /// The bytes of the weights.
    pub bytes: u64,
    /// The time of an inference that the device is taken to need, in microseconds.
    pub predicted_us: f64,
}

impl Chosen {
    /// Returns the name of the model's file.
    pub fn file(&self) -> String {
        format!("{}.tflite", self.network.name)
    }

    /// Returns the model.
    pub fn model(&self) -> tflite::Model<'static> {
        build(&self.network, Weights::Random)
    }
}

/// Models to measure, and what they tell.
pub struct Probe {
    /// The models, in the order of the grid.
    pub models: Vec<Chosen>,
    /// The coefficients that the times of the models tell, and the standard error of each, relative to its value, if
    /// times are off by one percent.
    pub told: Vec<(Key, f64)>,
}

/// Chooses at most `count` models that tell the coefficients of a device about like `device` best.
///
/// # Errors
/// Returns an error if a model of the grid has no graph, which a test holds for impossible.
pub fn probe(device: &EdgeTpu, count: usize) -> Result<Probe, GraphError> {
    let known = coefficients(device);
    let mut all = Vec::new();
    for network in grid() {
        let model = build(&network, Weights::Absent);
        let bytes =
            model.tensors.iter().filter(|tensor| tensor.buffer > 0).filter_map(|tensor| tensor.bytes()).sum();
        let graph = tflite::graph::graph(&model, &network.name)?.graph;
        let amounts = amounts(&graph, device);
        let parts = known.iter().map(|(key, value)| amounts.get(key).copied().unwrap_or(0.0) * value);
        let parts = DVector::from_iterator(known.len(), parts);
        all.push((Chosen { network, bytes, predicted_us: parts.sum() }, parts));
    }
    // What no model tells, such as the host's CPU, is not asked for.
    let is_told: Vec<usize> =
        (0..known.len()).filter(|&row| all.iter().any(|(_, parts)| parts[row] > 0.0)).collect();
    let candidate = |(chosen, parts): &(Chosen, DVector<f64>)| Candidate {
        shares: parts.select_rows(&is_told) / chosen.predicted_us.max(f64::MIN_POSITIVE),
        bytes: chosen.bytes,
    };
    let candidates: Vec<Candidate> = all.iter().map(candidate).collect();
    let places = design::choose(&candidates, count, MOST_BYTES);
    let errors = design::standard_errors(&candidates, &places);
    let told =
        is_told.iter().zip(errors).map(|(&row, error)| (known[row].0.clone(), error / 100.0)).collect();
    let kept = all.into_iter().enumerate().filter(|(place, _)| places.contains(place));
    Ok(Probe { models: kept.map(|(_, (chosen, _))| chosen).collect(), told })
}

#[cfg(test)]
mod tests;
