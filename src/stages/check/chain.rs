//! The check of stages as a chain: whether they join by the rules of Coral's runner.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::finding::Findings;
use crate::stages::manifest::CrossingEntry;
use crate::tflite::model::{Model, Tensor};

/// Stages that follow each other.
pub(super) struct Chain<'a> {
    /// The file name of each stage.
    pub files: Vec<&'a str>,
    /// The outline of each stage's model.
    pub models: &'a [Model<'static>],
}

impl<'a> Chain<'a> {
    /// Checks what the stages alone can show: rules 1 to 7, with the first stage's inputs for those of the model.
    pub fn check(&self, findings: &mut Findings) {
        self.operations(findings);
        self.joints(findings);
        self.inputs_read_late(findings);
        if self.models.len() > 1 {
            self.names(findings);
        }
    }

    fn labels(&self, stage: usize, tensors: &[u32]) -> Vec<&'a str> {
        tensors.iter().map(|&tensor| self.models[stage].tensors[tensor as usize].label()).collect()
    }

    /// Returns the names of the inputs of `stage`, in order.
    pub fn inputs(&self, stage: usize) -> Vec<&'a str> {
        self.labels(stage, &self.models[stage].inputs)
    }

    /// Returns the names of the outputs of `stage`, in order.
    pub fn outputs(&self, stage: usize) -> Vec<&'a str> {
        self.labels(stage, &self.models[stage].outputs)
    }

    /// Checks rule 7: every stage holds an operation.
    fn operations(&self, findings: &mut Findings) {
        for (file, _) in self.files.iter().zip(self.models).filter(|(_, model)| model.operators.is_empty()) {
            findings.add(Some(7), file, "holds no operation".into());
        }
    }

    /// Checks rules 1, 2 and 6: every input comes from somewhere, every output goes somewhere, and both sides are
    /// equal.
    fn joints(&self, findings: &mut Findings) {
        let mut made: HashMap<&str, (usize, &Tensor)> = HashMap::new();
        let first = &self.models[0];
        for &tensor in &first.inputs {
            let tensor = &first.tensors[tensor as usize];
            made.insert(tensor.label(), (0, tensor));
        }
        for (stage, model) in self.models.iter().enumerate() {
            let mut seen = HashSet::new();
            for &tensor in model.inputs.iter().chain(&model.outputs) {
                let name = model.tensors[tensor as usize].label();
                let one_stage = self.models.len() == 1;
                if !one_stage && (name.is_empty() || !seen.insert(name)) {
                    let message = format!("tensor {tensor} has an empty or repeated name ('{name}')");
                    findings.add(Some(1), self.files[stage], message);
                }
            }
            for &tensor in model.inputs.iter().filter(|_| stage > 0) {
                let tensor = &model.tensors[tensor as usize];
                match made.get(tensor.label()) {
                    None => {
                        let message = format!(
                            "input '{}' is no model input and no earlier stage's output",
                            tensor.label()
                        );
                        findings.add(Some(1), self.files[stage], message);
                    }
                    Some((maker, other)) => {
                        if let Some(difference) = difference(other, tensor) {
                            let name = tensor.label();
                            let message =
                                format!("tensor '{name}' differs from stage {maker}'s in its {difference}");
                            findings.add(Some(6), self.files[stage], message);
                        }
                    }
                }
            }
            for &tensor in &model.outputs {
                let tensor = &model.tensors[tensor as usize];
                made.entry(tensor.label()).or_insert((stage, tensor));
            }
            let read_later: HashSet<&str> =
                (stage + 1..self.models.len()).flat_map(|later| self.inputs(later)).collect();
            let is_last = stage + 1 == self.models.len();
            for output in
                self.outputs(stage).into_iter().filter(|output| !is_last && !read_later.contains(output))
            {
                findings.add(
                    Some(2),
                    self.files[stage],
                    format!("output '{output}' is read by no later stage"),
                );
            }
            if model.outputs.is_empty() {
                findings.add(Some(2), self.files[stage], "hands nothing on: it has no outputs".into());
            }
        }
    }

    /// Checks rule 4: a model input that a later stage reads is read by the first too.
    fn inputs_read_late(&self, findings: &mut Findings) {
        let first = &self.models[0];
        let read: HashSet<i32> = first.operators.iter().flat_map(|op| op.inputs.iter().copied()).collect();
        let later: HashSet<&str> = (1..self.models.len()).flat_map(|later| self.inputs(later)).collect();
        for &input in first.inputs.iter().filter(|&&input| !read.contains(&(input as i32))) {
            let name = first.tensors[input as usize].label();
            if later.contains(name) {
                let message = format!("model input '{name}' is read by a later stage but not by the first");
                findings.add(Some(4), self.files[0], message);
            }
        }
    }

    /// Checks rule 5: a tensor that is held for a later stage is made once.
    fn names(&self, findings: &mut Findings) {
        self.makers(|stage, output, earlier| {
            let by = earlier.map_or("the caller".into(), |stage| format!("stage {stage}"));
            let message = format!("makes '{output}', which {by} made and the host still holds");
            findings.add(Some(5), self.files[stage], message);
        });
    }

    /// Returns the stage that makes each tensor, none for the caller; calls `again` with each that an earlier one made.
    fn makers(&self, mut again: impl FnMut(usize, &str, Option<usize>)) -> BTreeMap<&'a str, Option<usize>> {
        let mut maker: BTreeMap<&str, Option<usize>> =
            self.inputs(0).into_iter().map(|input| (input, None)).collect();
        for stage in 0..self.models.len() {
            for output in self.outputs(stage) {
                if let Some(earlier) = maker.insert(output, Some(stage)) {
                    again(stage, output, earlier);
                }
            }
        }
        maker
    }

    /// Returns the tensors that the host holds for later stages, by name.
    pub fn crossings(&self) -> Vec<CrossingEntry> {
        let maker = self.makers(|_, _, _| {});
        let mut held: BTreeMap<&str, CrossingEntry> = BTreeMap::new();
        for stage in 1..self.models.len() {
            let tensors = self.models[stage].inputs.iter().map(|&t| &self.models[stage].tensors[t as usize]);
            for tensor in tensors {
                let Some(from) = maker.get(tensor.label()) else { continue };
                let from = from.map(|stage| stage as u32);
                let entry = held.entry(tensor.label()).or_insert_with(|| CrossingEntry {
                    name: tensor.label().into(),
                    bytes: tensor.bytes().unwrap_or(0),
                    from,
                    to: Vec::new(),
                    host_buffers: 1,
                });
                entry.to.push(stage as u32);
                entry.host_buffers = 1 + 2 * (stage as u32).saturating_sub(from.unwrap_or(0));
            }
        }
        held.into_values().collect()
    }
}

/// Returns the property in which the two sides of a cut differ; `None` if they agree.
fn difference(made: &Tensor, read: &Tensor) -> Option<&'static str> {
    let shape = |tensor: &Tensor| (tensor.dims().to_vec(), tensor.shape_signature.clone());
    if made.kind != read.kind {
        return Some("type");
    }
    if shape(made) != shape(read) {
        return Some("shape");
    }
    (made.quantization != read.quantization).then_some("scale or zero point")
}
