//! The graph of the whole model, put together again from the stages of a folder.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::limits;
use crate::graph::{GraphError, GraphParts, Op, OpGraph, OpId, Ordered, TensorId};
use crate::problem::Schedule;
use crate::stages::exact::{StageBytes, with_exact};
use crate::stages::manifest::{CostEntry, Manifest, StageEntry};
use crate::tflite;
use crate::tflite::ReadError;

/// The reason why the stages of a folder make no graph.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RejoinError {
    /// A stage can't be read, or does not match the manifest.
    #[error("{}: 'respect verify' says more", .path.display())]
    Stage {
        /// The path of the stage's file.
        path: PathBuf,
        /// The fault of the stage.
        #[source]
        cause: StageError,
    },
    /// The manifest has a place for an operation that no stage holds.
    #[error("{}: an operation is in no stage; 'respect verify' says more", .0.display())]
    Missing(PathBuf),
    /// The stages do not join into a graph.
    #[error("{}", .folder.display())]
    Graph {
        /// The folder's path.
        folder: PathBuf,
        /// The fault of the graph.
        #[source]
        cause: GraphError,
    },
}

/// The fault of one stage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageError {
    /// The manifest gives a path where a file name should stand.
    #[error("it is not a plain file name")]
    Name,
    /// The file can't be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file is not a model.
    #[error(transparent)]
    Model(#[from] ReadError),
    /// The model has no graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The model has other operators than the manifest says.
    #[error("its operators are not those of schedule.json")]
    OtherOperators,
    /// An operator has a place in the model that another has too, or that does not exist.
    #[error("operator {0} is in two stages, or in none of the model's places")]
    Place(u32),
}

/// Returns the graph that the stages of `folder` make together, with the operations in the model's order, and its
/// schedule.
///
/// A constant that operations of several stages read is in the file of each stage, and counts there. The sets of
/// operations that the compiler refuses together are in the manifest, but not in the graph.
///
/// # Errors
/// Returns an error if a stage can't be read, or does not match the manifest.
pub fn graph(folder: &Path, manifest: &Manifest) -> Result<(OpGraph, Schedule), RejoinError> {
    let mut operators = manifest.stages.iter().flat_map(|stage| &stage.operators);
    let has_depthwise = operators.any(|operator| operator.kind == "DEPTHWISE_CONV_2D");
    let mut whole = Joined { has_depthwise, ..Joined::default() };
    whole.ops.resize_with(manifest.stage_of.len(), || None);
    for stage in &manifest.stages {
        let wrong = |cause| RejoinError::Stage { path: folder.join(&stage.file.file), cause };
        whole.add(folder, stage).map_err(wrong)?;
    }
    let Joined { ops, mut parts, .. } = whole;
    // Of a model of which a device takes all or nothing, nothing is said.
    let lists = [&mut parts.on_cpu, &mut parts.skipped_behind_cpu, &mut parts.custom, &mut parts.keeps_state];
    lists.into_iter().for_each(|list| list.sort_unstable());
    if !(1..ops.len()).contains(&parts.on_cpu.len()) {
        (parts.on_cpu, parts.skipped_behind_cpu) = Default::default();
    }
    parts.name.clone_from(&manifest.name);
    parts.ops = ops.into_iter().collect::<Option<_>>().ok_or_else(|| RejoinError::Missing(folder.into()))?;
    let graph = OpGraph::new(parts).map_err(|cause| RejoinError::Graph { folder: folder.into(), cause })?;
    // Operations may take other bytes than a model alone tells, as a compiler said; earlier versions told none.
    let stages: Vec<(Vec<OpId>, StageBytes)> = (manifest.stages.iter())
        .filter(|stage| stage.cost.instruction_bytes > 0)
        .map(|stage| {
            let mut ops: Vec<OpId> = stage.operators.iter().map(|operator| OpId(operator.index)).collect();
            ops.sort_unstable();
            let CostEntry { device_bytes, instruction_bytes, .. } = stage.cost;
            (ops, StageBytes { device_bytes, instruction_bytes })
        })
        .collect();
    let graph = with_exact(&graph, &stages);
    Ok((graph, Schedule { stage_of: manifest.stage_of.clone() }))
}

#[derive(Default)]
struct Joined {
    /// True if some stage has a depthwise convolution.
    has_depthwise: bool,
    ops: Vec<Option<Op>>,
    parts: GraphParts,
    /// The tensors made so far, by name.
    made: HashMap<String, TensorId>,
}

impl Joined {
    fn add(&mut self, folder: &Path, stage: &StageEntry) -> Result<(), StageError> {
        if Path::new(&stage.file.file).file_name().is_none_or(|file| file != stage.file.file.as_str()) {
            return Err(StageError::Name);
        }
        let bytes = limits::read_plain_file(&folder.join(&stage.file.file), limits::MODEL_BYTES)?;
        let model = tflite::read(&bytes)?;
        let graph = tflite::graph::graph_of_part(&model, "", self.has_depthwise)?.graph;
        if graph.ops().len() != stage.operators.len() {
            return Err(StageError::OtherOperators);
        }
        let number = |op: &OpId| OpId(stage.operators[op.index()].index);
        for (op, entry) in graph.ops().iter().zip(&stage.operators) {
            match self.ops.get_mut(entry.index as usize) {
                Some(place @ None) => *place = Some(op.clone()),
                _ => return Err(StageError::Place(entry.index)),
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
        let pairs = graph.ordered().iter().map(|pair| Ordered {
            before: number(&pair.before),
            after: number(&pair.after),
            ..*pair
        });
        self.parts.ordered.extend(pairs);
        let (on_cpu, skipped) = tflite::graph::left_to_cpu(&model);
        self.parts.on_cpu.extend(on_cpu.iter().map(number));
        self.parts.skipped_behind_cpu.extend(skipped.iter().map(number));
        self.parts.custom.extend(graph.custom().iter().map(number));
        self.parts.keeps_state.extend(graph.keeps_state().iter().map(number));
        Ok(())
    }
}
