//! Checkpoints: parameters, the optimizer's moments, the step, and the log so far, in a file.

use std::collections::BTreeMap;

use tch::{Device, Tensor};

use super::learner::numbers;
use super::optimizer::Adam;
use super::{Course, Training};
use respect::policy::network::{Network, Parameter, Shape};
use respect::policy::tensors;
use respect::policy::tensors::{FileKind, WeightsError};

const KIND: FileKind = FileKind { entry: "respect-checkpoint", version: 1 };
/// What the tensors' names begin with.
const PARTS: [&str; 3] = ["network/", "first/", "second/"];

/// The reason why training can't go on from a checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file is no whole checkpoint.
    #[error(transparent)]
    File(#[from] WeightsError),
    /// The checkpoint belongs to another training.
    #[error(
        "belongs to another training ({found}) than the one that is asked for ({asked}); give the \
         options of that training, or another output"
    )]
    OtherCourse {
        /// The course of the training that wrote the checkpoint.
        found: String,
        /// The course that was asked for.
        asked: String,
    },
}

impl Training {
    /// Returns a checkpoint: all that is needed to go on, and `log`.
    pub fn to_bytes(&self, log: &str) -> Vec<u8> {
        let network = self.learner.network();
        let names: Vec<Parameter> = network.shape().parameters();
        let values = [&self.learner.parameters, &self.adam.first, &self.adam.second];
        let all: Vec<(String, Parameter, Vec<f32>)> = PARTS
            .iter()
            .zip(values)
            .flat_map(|(part, tensors)| {
                names.iter().zip(tensors).map(move |(parameter, tensor)| {
                    (format!("{part}{}", parameter.name), parameter.clone(), numbers(tensor))
                })
            })
            .collect();
        let recipe = BTreeMap::from([
            ("course".to_string(), self.course.to_string()),
            ("step".to_string(), self.step.to_string()),
            ("log".to_string(), log.to_string()),
        ]);
        let parameters =
            all.iter().map(|(name, parameter, values)| (name.clone(), parameter.clone(), &values[..]));
        tensors::write(&KIND, &recipe, parameters)
    }

    /// Reads a checkpoint that [`Training::to_bytes`] wrote; returns the training and the log.
    ///
    /// # Errors
    /// Returns an error if the file is damaged, or belongs to another training.
    pub fn from_bytes(
        bytes: &[u8],
        course: Course,
        shape: Shape,
        device: Device,
    ) -> Result<(Training, String), CheckpointError> {
        let (mut tensors, recipe) = tensors::read(&KIND, bytes)?;
        let entry = |key: &str| recipe.get(key).cloned().unwrap_or_default();
        let (found, asked) = (entry("course"), course.to_string());
        if found != asked {
            return Err(CheckpointError::OtherCourse { found, asked });
        }
        let mut part = |name: &str| tensors.take(name).values(shape.parameters());
        let [network, first, second] = [part(PARTS[0])?, part(PARTS[1])?, part(PARTS[2])?];
        let network = Network::new(shape, network).expect("as many as the shape says");
        let moments = |values: Vec<f32>| {
            let values = Network::new(shape, values).expect("as many as the shape says");
            let tensor = |(parameter, values): (Parameter, &[f32])| {
                let size = [parameter.rows as i64, parameter.columns as i64];
                Tensor::from_slice(values).reshape(size).to_device(device)
            };
            values.parameters().map(tensor).collect()
        };
        let step =
            entry("step").parse().map_err(|_| WeightsError::Format("it holds no number of steps".into()))?;
        let mut training = Training::new(course, &network, device);
        training.adam = Adam { first: moments(first), second: moments(second) };
        training.step = step;
        Ok((training, entry("log")))
    }
}
