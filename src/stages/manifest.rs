//! `schedule.json`, the manifest of a folder of stages: with it the folder can be judged and run later.
//!
//! It holds nothing that differs from run to run: the same model, options and seed give the same bytes.

use serde::{Deserialize, Serialize};

use crate::base::units::{Bytes, Time};
use crate::device::EdgeTpu;
use crate::draws::Certainty;
use crate::edgetpu::package::PackageBytes;
use crate::graph::OpId;
use crate::problem::StageId;
use crate::problem::judge::StageCost;
use crate::problem::{Objective, Problem, Rules};
use crate::solve::{Solution, Status};
use crate::stages::attempts::AttemptEntry;
use crate::tflite::Model;
use crate::tflite::extract::Part;
use crate::tflite::graph::ModelGraph;
use crate::tflite::shapes;
use crate::tflite::support::{OnCpu, Placement, Whole};
use crate::verdict::Verdict;

/// The only format of the manifest so far.
pub const FORMAT: u32 = 1;

/// The most devices that copies of one stage run on.
pub const MAX_COPIES: u32 = 64;

/// The manifest of a folder of stages, as `schedule.json` holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the file, see [`FORMAT`].
    pub format: u32,
    /// The version of the tool that wrote the file.
    pub respect_version: String,
    /// The name of the model, from its file name.
    pub name: String,
    /// The file of the model that was cut.
    pub model: FileEntry,
    /// The number of stages.
    pub stage_count: u32,
    /// The name of the solver, or of what else made the schedule.
    pub scheduler: String,
    /// A description of how the schedule was found.
    pub detail: String,
    /// The seed of random orders.
    pub seed: u64,
    /// The quantity that was minimized.
    pub objective: Objective,
    /// The rules that were obeyed.
    pub rules: Rules,
    /// The device of every stage, as the predictions model it.
    pub device: EdgeTpu,
    /// The extent to which the schedule is known to be good.
    pub status: Status,
    /// A value that no schedule is below: bytes for `memory`, microseconds for `latency`.
    pub lower_bound: f64,
    /// The relative gap between the schedule's value and the lower bound; null if the bound is zero.
    pub gap: Option<f64>,
    /// The parameter bytes of the stage that has the most.
    pub peak_parameter_bytes: u64,
    /// The predicted time of the slowest stage, in microseconds.
    pub bottleneck_us: f64,
    /// How sure the predicted times are; absent if the device states no uncertainty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// What to do with the devices that there are, as was predicted before anything was compiled; absent if it was not
    /// asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The names of the model's inputs, in order.
    pub inputs: Vec<String>,
    /// The names of the model's outputs, in order.
    pub outputs: Vec<String>,
    /// The names of the model's metadata that no stage carries, because they describe the whole.
    pub metadata_left_out: Vec<String>,
    /// The reason why the model as a whole can't run on Edge TPUs, and what to do about it, as far as the file tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// The stage of every operator, in file order.
    pub stage_of: Vec<StageId>,
    /// The names of each cut's tensors, in order, if the model was cut by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cut_after: Vec<Vec<String>>,
    /// The sets of operators that must not all share a stage, because the compiler refuses them together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Vec<OpId>>,
    /// The attempts at cutting and compiling, if there was more than one or refinement was asked for.
    #[serde(rename = "rounds", default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptEntry>,
    /// The stages, in the order of the pipeline.
    pub stages: Vec<StageEntry>,
    /// The tensors that cross cuts.
    pub tensors: Vec<CrossingEntry>,
}

/// A file: its name, its size and the hash of its contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// The file's name, without folders.
    pub file: String,
    /// The file's size in bytes.
    pub bytes: u64,
    /// The SHA-256 of the file's contents, in hexadecimal.
    pub sha256: String,
}

/// One stage of the folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageEntry {
    /// The file of the stage's model.
    #[serde(flatten)]
    pub file: FileEntry,
    /// The file name of the compiled stage; null until it is compiled.
    pub compiled_file: Option<String>,
    /// The SHA-256 of the compiled stage, in hexadecimal; null until it is compiled.
    pub compiled_sha256: Option<String>,
    /// The bytes of the compiled stage, as its packages say them; null until it is compiled, or if it holds none.
    #[serde(default)]
    pub compiled_bytes: Option<PackageBytes>,
    /// The command that compiles the stage, run in this folder.
    pub compile_command: Vec<String>,
    /// The stage's operators.
    pub operators: Vec<OperatorEntry>,
    /// The operators that stay on the host's CPU, as far as the file tells; the compiler has the last word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_cpu: Vec<OnCpu>,
    /// The number of devices that each run a copy of the stage, 1 to [`MAX_COPIES`]; absent if it is one.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub copies: u32,
    /// The kind of device of each copy, as the presets name them; absent if all are the manifest's `device`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<String>,
    /// The names of the stage's inputs, in order.
    pub inputs: Vec<String>,
    /// The names of the stage's outputs, in order.
    pub outputs: Vec<String>,
    /// The predicted cost of the stage.
    #[serde(flatten)]
    pub cost: CostEntry,
}

fn one() -> u32 {
    1
}

fn is_one(copies: &u32) -> bool {
    *copies == 1
}

/// One operator of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorEntry {
    /// The operator's number in the whole model.
    pub index: u32,
    /// The operator's kind, as `CONV_2D`.
    pub kind: String,
    /// The name of the operator's first output.
    pub name: String,
}

/// A stage's bytes and predicted times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostEntry {
    /// The bytes of the stage's constants, each counted once.
    pub parameter_bytes: u64,
    /// The parameter bytes on the device, as they are laid out there; files of earlier versions do not tell.
    #[serde(default)]
    pub device_bytes: u64,
    /// The part of `device_bytes` that is beyond the device's cache.
    pub off_chip_bytes: u64,
    /// The stage's multiply-accumulates.
    pub macs: u64,
    /// The bytes of the activations that the stage reads and did not make.
    pub input_bytes: u64,
    /// The bytes of the activations that the stage makes for a later stage or the caller.
    pub output_bytes: u64,
    /// The bytes of instructions that go to the device with every inference; files of earlier versions do not tell.
    #[serde(default)]
    pub instruction_bytes: u64,
    /// The fixed time of an invocation, in microseconds.
    pub invoke_us: f64,
    /// The time to send the instructions, in microseconds.
    #[serde(default)]
    pub instructions_us: f64,
    /// The time of the computation, in microseconds.
    pub compute_us: f64,
    /// The time to stream the parameters that are not cached, in microseconds.
    pub streaming_us: f64,
    /// The time to transfer activations, both ways, in microseconds.
    pub transfer_us: f64,
    /// The part of the transfer time that is spent on the way back to the host, in microseconds; files of earlier
    /// versions do not tell.
    #[serde(default)]
    pub output_us: f64,
    /// The time of the whole stage, in microseconds.
    pub latency_us: f64,
}

impl From<&StageCost> for CostEntry {
    fn from(stage: &StageCost) -> CostEntry {
        CostEntry {
            parameter_bytes: stage.parameter_bytes.0,
            device_bytes: stage.device_bytes.0,
            off_chip_bytes: stage.off_chip_bytes.0,
            macs: stage.macs.0,
            input_bytes: stage.input_bytes.0,
            output_bytes: stage.output_bytes.0,
            instruction_bytes: stage.instruction_bytes.0,
            invoke_us: stage.invoke.as_us(),
            instructions_us: stage.instructions.as_us(),
            compute_us: stage.compute.as_us(),
            streaming_us: stage.streaming.as_us(),
            transfer_us: stage.transfer.as_us(),
            output_us: stage.output.as_us(),
            latency_us: stage.latency().as_us(),
        }
    }
}

/// A tensor that crosses a cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrossingEntry {
    /// The tensor's name, by which the runner joins stages.
    pub name: String,
    /// The tensor's size in bytes.
    pub bytes: u64,
    /// The stage that makes the tensor; null for a model input.
    pub from: Option<u32>,
    /// The later stages that read the tensor.
    pub to: Vec<u32>,
    /// The number of buffers that the host holds for the tensor: 1 + 2 · distance.
    pub host_buffers: u32,
}

/// Returns the objective's value in the manifest's unit: bytes or microseconds.
pub fn in_units(objective: Objective, value: u64) -> f64 {
    match objective {
        Objective::Memory => value as f64,
        Objective::Latency => Time(value).as_us(),
    }
}

/// Returns a gap that JSON can hold: null where the bound is zero.
pub fn finite(gap: f64) -> Option<f64> {
    gap.is_finite().then_some(gap)
}

impl Manifest {
    /// Returns the manifest of a solution before anything is compiled.
    pub fn new(
        problem: &Problem,
        solution: &Solution,
        seed: u64,
        model: (&Model, &ModelGraph, FileEntry),
        parts: &[(Part, FileEntry)],
        compile_command: impl Fn(&str) -> Vec<String>,
    ) -> Manifest {
        let (model, graph, file) = model;
        let names = |tensors: &[u32]| -> Vec<String> {
            tensors.iter().map(|&tensor| model.tensors[tensor as usize].label().to_string()).collect()
        };
        let shapes = shapes::analyze(model);
        let judge = Placement::new(model, &shapes);
        let evaluation = &solution.evaluation;
        let stage = |((part, file), cost): (&(Part, FileEntry), &StageCost)| StageEntry {
            compile_command: compile_command(&file.file),
            file: file.clone(),
            compiled_file: None,
            compiled_sha256: None,
            compiled_bytes: None,
            operators: (cost.ops.iter())
                .map(|&op| {
                    let entry = graph.graph.op(op);
                    OperatorEntry { index: op.0, kind: entry.kind.clone(), name: entry.name.clone() }
                })
                .collect(),
            on_cpu: judge.on_cpu(&cost.ops),
            copies: 1,
            devices: Vec::new(),
            inputs: names(&part.inputs),
            outputs: names(&part.outputs),
            cost: CostEntry::from(cost),
        };
        let tensors = evaluation.crossings.iter().map(|crossing| {
            let tensor = graph.graph.tensor(crossing.tensor);
            CrossingEntry {
                name: tensor.name.clone(),
                bytes: tensor.bytes.0,
                from: crossing.from.map(|stage| stage.0),
                to: crossing.to.iter().map(|stage| stage.0).collect(),
                host_buffers: crossing.host_buffers(),
            }
        });
        Manifest {
            format: FORMAT,
            respect_version: env!("CARGO_PKG_VERSION").into(),
            name: graph.graph.name().into(),
            model: file,
            stage_count: problem.stages,
            scheduler: solution.origin.to_string(),
            detail: solution.detail.clone(),
            seed,
            objective: problem.objective,
            rules: problem.rules,
            device: problem.device.clone(),
            status: solution.status,
            lower_bound: in_units(problem.objective, solution.lower_bound),
            gap: finite(solution.gap()),
            peak_parameter_bytes: evaluation.peak_parameter_bytes.0,
            bottleneck_us: evaluation.bottleneck.as_us(),
            certainty: Certainty::of(problem, &solution.schedule, None),
            verdict: None,
            inputs: names(&model.inputs),
            outputs: names(&model.outputs),
            metadata_left_out: if parts.len() == 1 {
                Vec::new()
            } else {
                crate::tflite::extract::left_out(model).into_iter().map(String::from).collect()
            },
            warning: judge.whole().as_ref().map(Whole::to_string),
            stage_of: solution.schedule.stage_of.clone(),
            cut_after: Vec::new(),
            apart: problem.graph.apart().to_vec(),
            attempts: Vec::new(),
            stages: parts.iter().zip(&evaluation.stages).map(stage).collect(),
            tensors: tensors.collect(),
        }
    }

    /// Sets the names of the devices that run a copy of each stage; stages that are not named have one.
    pub fn deploy(&mut self, devices: &[Vec<String>]) {
        let is_mixed = devices.iter().flatten().any(|name| *name != self.device.name);
        for (stage, names) in self.stages.iter_mut().zip(devices) {
            stage.copies = names.len() as u32;
            stage.devices = if is_mixed { names.clone() } else { Vec::new() };
        }
    }

    /// Returns the first stage that asks for devices that there can't be, and why; `None` if none does.
    pub fn impossible_devices(&self) -> Option<String> {
        self.stages.iter().enumerate().find_map(|(stage, StageEntry { copies, devices, .. })| {
            if !(1..=MAX_COPIES).contains(copies) {
                return Some(format!("stage {stage} has {copies} copies; a stage has 1 to {MAX_COPIES}"));
            }
            let is_one_a_copy = devices.is_empty() || devices.len() == *copies as usize;
            (!is_one_a_copy).then(|| {
                format!(
                    "stage {stage} names {} devices for {copies} copies; name one for each",
                    devices.len()
                )
            })
        })
    }

    /// Returns a sentence for each model input that Coral's runner leaks, as a stage after the first reads it too.
    pub fn leaks(&self) -> impl Iterator<Item = String> + '_ {
        let why = match self.cut_after.is_empty() {
            true => "no schedule was found where it is not",
            false => "the cuts given ask for it",
        };
        self.tensors.iter().filter(|tensor| tensor.from.is_none()).map(move |tensor| {
            format!(
                "model input '{}' is read after the first stage too, as {why}: Coral's runner then leaks its {} at every \
                 inference",
                tensor.name,
                Bytes(tensor.bytes)
            )
        })
    }

    /// Returns the manifest as the text of the file.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data serializes") + "\n"
    }
}
