//! The graph of the whole model, put together again from the stages of a folder.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, bail};

use crate::base::limits;
use crate::graph::{GraphParts, Op, OpGraph, OpId, TensorId};
use crate::problem::Schedule;
use crate::stages::manifest::{Manifest, Stage};
use crate::tflite;

/// The graph that the stages of `folder` make together, with the operations in the model's order, and its schedule.
///
/// A constant that operations of several stages read is in the file of each, and counts there. What the compiler refuses
/// together, the manifest knows and the graph does not.
///
/// # Errors
/// A stage can't be read, or does not go with the manifest.
pub fn graph(folder: &Path, manifest: &Manifest) -> anyhow::Result<(OpGraph, Schedule)> {
    let mut whole = Whole::default();
    whole.ops.resize_with(manifest.stage_of.len(), || None);
    for stage in &manifest.stages {
        let advice = || format!("{}: 'respect verify' says more", folder.join(&stage.file.file).display());
        whole.add(folder, stage).with_context(advice)?;
    }
    let Whole { ops, mut parts, .. } = whole;
    parts.name.clone_from(&manifest.name);
    parts.ops = ops.into_iter().collect::<Option<_>>().with_context(|| {
        format!("{}: an operation is in no stage; 'respect verify' says more", folder.display())
    })?;
    let graph = OpGraph::new(parts).with_context(|| folder.display().to_string())?;
    Ok((graph, Schedule { stage_of: manifest.stage_of.clone() }))
}

#[derive(Default)]
struct Whole {
    ops: Vec<Option<Op>>,
    parts: GraphParts,
    /// What was made so far, by name.
    made: HashMap<String, TensorId>,
}

impl Whole {
    fn add(&mut self, folder: &Path, stage: &Stage) -> anyhow::Result<()> {
        if Path::new(&stage.file.file).file_name().is_none_or(|file| file != stage.file.file.as_str()) {
            bail!("it is not a plain file name");
        }
        let bytes = limits::read_plain_file(&folder.join(&stage.file.file), limits::MODEL_BYTES)?;
        let model = tflite::read(&bytes)?;
        let graph = tflite::graph::graph(&model, "")?.graph;
        if graph.ops().len() != stage.operators.len() {
            bail!("its operators are not those of schedule.json");
        }
        let number = |op: &OpId| OpId(stage.operators[op.index()].index);
        for (op, entry) in graph.ops().iter().zip(&stage.operators) {
            match self.ops.get_mut(entry.index as usize) {
                Some(place @ None) => *place = Some(op.clone()),
                _ => bail!("operator {} is in two stages, or in none of the model's places", entry.index),
            }
        }
        let mut number_of = Vec::new();
        for tensor in graph.tensors() {
            let consumers = tensor.consumers.iter().map(number);
            let known = self.made.get(&tensor.name).filter(|_| tensor.producer.is_none());
            number_of.push(match known {
                Some(&known) => {
                    self.parts.tensors[known.index()].consumers.extend(consumers);
                    known
                }
                None => {
                    let mut tensor = tensor.clone();
                    tensor.consumers = consumers.collect();
                    tensor.producer = tensor.producer.as_ref().map(number);
                    self.parts.tensors.push(tensor);
                    TensorId(self.parts.tensors.len() as u32 - 1)
                }
            });
        }
        let ends = graph.inputs().iter().chain(graph.outputs());
        for tensor in ends {
            self.made.insert(graph.tensor(*tensor).name.clone(), number_of[tensor.index()]);
        }
        // Only the last stage's stay: those of the others are handed on.
        self.parts.outputs = graph.outputs().iter().map(|tensor| number_of[tensor.index()]).collect();
        for constant in graph.shared() {
            let mut constant = constant.clone();
            constant.consumers = constant.consumers.iter().map(number).collect();
            self.parts.shared.push(constant);
        }
        let sets = graph.together().iter().map(|set| set.iter().map(number).collect());
        self.parts.together.extend(sets);
        Ok(())
    }
}
