//! The check of a folder of stages from its files alone: the manifest, the hashes, Coral's rules, and whether the chain
//! joins.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use serde::Serialize;

use crate::base::hash::Hashing;
use crate::base::in_order::map_in_order;
use crate::base::limits;
use crate::graph::numbers;
use crate::stages::manifest::StageEntry;
use crate::stages::manifest::{CrossingEntry, FORMAT, Manifest};
use crate::stages::names;
use crate::tflite;
use crate::tflite::cuts::unbindable;
use crate::tflite::model::{Model, Tensor};

/// One fault of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The number of Coral's rule that is broken, as in the README; `None` if it is no rule.
    pub rule: Option<u8>,
    /// The name of the file that shows the fault.
    pub file: String,
    /// The fault, in words.
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.rule {
            Some(rule) => write!(f, "{}: rule {rule}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// The reason why a folder can't be judged at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The manifest can't be read.
    #[error("{}: {cause}; give a folder that 'respect compile' wrote", .path.display())]
    Unreadable {
        /// The manifest's path.
        path: PathBuf,
        /// The system's reason.
        cause: std::io::Error,
    },
    /// The file is not a valid manifest.
    #[error("{}: {message}", .path.display())]
    Invalid {
        /// The manifest's path.
        path: PathBuf,
        /// The fault, in words.
        message: String,
    },
}

/// Reads the manifest of `folder`.
///
/// # Errors
/// Returns an error if the manifest is absent or is not one of a known format.
pub fn manifest(folder: &Path) -> Result<Manifest, FolderError> {
    let path = folder.join(names::MANIFEST);
    let bytes = limits::read_plain_file(&path, limits::TEXT_BYTES)
        .map_err(|cause| FolderError::Unreadable { path: path.clone(), cause })?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|e| FolderError::Invalid { path: path.clone(), message: format!("not a manifest: {e}") })?;
    if manifest.format != FORMAT {
        let message = format!("format {} is unknown, only {FORMAT} is", manifest.format);
        return Err(FolderError::Invalid { path, message });
    }
    Ok(manifest)
}

/// The faults found so far; the file of each is a stage's or the manifest's.
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, rule: Option<u8>, file: &str, message: String) {
        self.0.push(Finding { rule, file: file.into(), message });
    }
}

/// Judges `folder` and returns every fault found; none if the folder is sound.
///
/// Complexity: linear in the bytes of the folder's files.
///
/// # Errors
/// Returns an error if the folder's manifest can't be read.
pub fn verify(folder: &Path) -> Result<Vec<Finding>, FolderError> {
    let manifest = manifest(folder)?;
    let mut findings = Findings(Vec::new());
    let mut models = Vec::new();
    // Hashing takes the time, so stages share the cores; only outlines are kept.
    let judge = |stage: &StageEntry| {
        let mut findings = Findings(Vec::new());
        let file = check_hash(folder, &stage.file.file, Some(&stage.file.sha256), &mut findings);
        let model = match file.as_deref().map(tflite::read) {
            Some(Ok(model)) => {
                if manifest.stages.len() > 1 {
                    bindings(&model, &stage.file.file, &mut findings);
                }
                Some(model.outline())
            }
            Some(Err(error)) => {
                findings.add(Some(7), &stage.file.file, format!("not one sound subgraph: {error}"));
                None
            }
            None => None,
        };
        if let Some(compiled) = &stage.compiled_file {
            check_hash(folder, compiled, stage.compiled_sha256.as_deref(), &mut findings);
        }
        (model, findings)
    };
    let judged = map_in_order(manifest.stages.iter(), judge);
    for (model, found) in judged {
        models.extend(model);
        findings.0.extend(found.0);
    }
    if manifest.stages.len() != manifest.stage_count as usize || manifest.stages.is_empty() {
        let (listed, count) = (manifest.stages.len(), manifest.stage_count);
        findings.add(None, names::MANIFEST, format!("lists {listed} stages, but says {count}"));
    }
    if models.len() == manifest.stages.len() && !models.is_empty() {
        let chain = ChainCheck { manifest: &manifest, models: &models };
        chain.contents(&mut findings);
        chain.joints(&mut findings);
        chain.ends(&mut findings);
        if models.len() > 1 {
            chain.held(&mut findings);
        }
    }
    Ok(findings.0)
}

/// Checks rules 6, 8 and 9: the runner can bind a buffer to every input and output of a stage.
fn bindings(model: &Model, file: &str, findings: &mut Findings) {
    for (tensor, why, detail) in unbindable(model) {
        let name = model.tensors[tensor as usize].label();
        let side = if model.inputs.contains(&tensor) { "input" } else { "output" };
        findings.add(Some(why.rule()), file, format!("{side} '{name}' {}: {detail}", why.reason()));
    }
}

/// Maps a file of the folder and compares its hash; returns `None` if the file can't be read.
fn check_hash(folder: &Path, name: &str, expected: Option<&str>, findings: &mut Findings) -> Option<Mmap> {
    if Path::new(name).file_name().is_none_or(|file| file != name) {
        findings.add(None, names::MANIFEST, format!("'{name}' is not a plain file name"));
        return None;
    }
    match open(&folder.join(name)) {
        Ok((map, sha256)) => {
            if expected != Some(&sha256) {
                findings.add(
                    None,
                    name,
                    "its SHA-256 is not that of schedule.json: the file was changed".into(),
                );
            }
            Some(map)
        }
        Err(error) => {
            findings.add(None, name, format!("can't be read: {error}"));
            None
        }
    }
}

/// Returns a file's contents, mapped, and their hash. The hash is made from a stream, so that weights do not stay in
/// memory.
fn open(path: &Path) -> std::io::Result<(Mmap, String)> {
    let mut file = limits::open(path, limits::MODEL_BYTES)?;
    let mut hashing = Hashing::new(std::io::sink());
    std::io::copy(&mut BufReader::with_capacity(1 << 17, &mut file), &mut hashing)?;
    Ok((limits::map(path, limits::MODEL_BYTES)?, hashing.finish().2))
}

struct ChainCheck<'a> {
    manifest: &'a Manifest,
    models: &'a [Model<'static>],
}

impl<'a> ChainCheck<'a> {
    fn file(&self, stage: usize) -> &'a str {
        &self.manifest.stages[stage].file.file
    }

    fn labels(&self, stage: usize, tensors: &[u32]) -> Vec<&'a str> {
        tensors.iter().map(|&tensor| self.models[stage].tensors[tensor as usize].label()).collect()
    }

    fn inputs(&self, stage: usize) -> Vec<&'a str> {
        self.labels(stage, &self.models[stage].inputs)
    }

    fn outputs(&self, stage: usize) -> Vec<&'a str> {
        self.labels(stage, &self.models[stage].outputs)
    }

    /// Checks rule 7, and that the manifest describes these stages.
    fn contents(&self, findings: &mut Findings) {
        let mut whole: BTreeMap<u32, usize> = BTreeMap::new();
        for (stage, model) in self.models.iter().enumerate() {
            let entry = &self.manifest.stages[stage];
            if model.operators.is_empty() {
                findings.add(Some(7), self.file(stage), "holds no operation".into());
            }
            let kinds: Vec<&str> = model.operators.iter().map(|operator| model.label(operator)).collect();
            if kinds != entry.operators.iter().map(|operator| operator.kind.as_str()).collect::<Vec<_>>() {
                findings.add(None, self.file(stage), "its operators are not those of schedule.json".into());
            }
            if self.inputs(stage) != entry.inputs || self.outputs(stage) != entry.outputs {
                findings.add(
                    None,
                    self.file(stage),
                    "its inputs or outputs are not those of schedule.json".into(),
                );
            }
            for operator in &entry.operators {
                if whole.insert(operator.index, stage).is_some() {
                    let message = format!("operator {} is in two stages", operator.index);
                    findings.add(None, names::MANIFEST, message);
                }
            }
        }
        let stage_of: Vec<usize> = self.manifest.stage_of.iter().map(|stage| stage.index()).collect();
        let placed: Vec<usize> = whole.values().copied().collect();
        if placed != stage_of || whole.keys().copied().ne(0..stage_of.len() as u32) {
            findings.add(None, names::MANIFEST, "stage_of does not agree with the stages' operators".into());
        }
        for set in &self.manifest.apart {
            let stages: HashSet<Option<&usize>> = set.iter().map(|op| whole.get(&op.0)).collect();
            if stages.len() < 2 {
                let message = format!("operators {} must not all share a stage, but do", numbers(set));
                findings.add(None, names::MANIFEST, message);
            }
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
                    findings.add(Some(1), self.file(stage), message);
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
                        findings.add(Some(1), self.file(stage), message);
                    }
                    Some((maker, other)) => {
                        if let Some(difference) = difference(other, tensor) {
                            let name = tensor.label();
                            let message =
                                format!("tensor '{name}' differs from stage {maker}'s in its {difference}");
                            findings.add(Some(6), self.file(stage), message);
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
                    self.file(stage),
                    format!("output '{output}' is read by no later stage"),
                );
            }
            if model.outputs.is_empty() {
                findings.add(Some(2), self.file(stage), "hands nothing on: it has no outputs".into());
            }
        }
    }

    /// Checks rules 3 and 4: the model's inputs go into the first stage and its outputs come from the last.
    fn ends(&self, findings: &mut Findings) {
        let last = self.models.len() - 1;
        if self.outputs(last) != self.manifest.outputs {
            let message = format!(
                "gives {:?}, but the model's outputs are {:?}",
                self.outputs(last),
                self.manifest.outputs
            );
            findings.add(Some(3), self.file(last), message);
        }
        if self.inputs(0) != self.manifest.inputs {
            let message =
                format!("takes {:?}, but the model's inputs are {:?}", self.inputs(0), self.manifest.inputs);
            findings.add(Some(4), self.file(0), message);
        }
        let first = &self.models[0];
        let read: HashSet<i32> = first.operators.iter().flat_map(|op| op.inputs.iter().copied()).collect();
        let later: HashSet<&str> = (1..=last).flat_map(|later| self.inputs(later)).collect();
        for &input in first.inputs.iter().filter(|&&input| !read.contains(&(input as i32))) {
            let name = first.tensors[input as usize].label();
            if later.contains(name) {
                let message = format!("model input '{name}' is read by a later stage but not by the first");
                findings.add(Some(4), self.file(0), message);
            }
        }
    }

    /// Checks rule 5: a tensor that is held for a later stage is made once, and held in as many buffers as the manifest
    /// says.
    fn held(&self, findings: &mut Findings) {
        let mut maker: BTreeMap<&str, Option<usize>> =
            self.inputs(0).into_iter().map(|input| (input, None)).collect();
        for stage in 0..self.models.len() {
            for output in self.outputs(stage) {
                if let Some(earlier) = maker.insert(output, Some(stage)) {
                    let by = earlier.map_or("the caller".into(), |stage| format!("stage {stage}"));
                    let message = format!("makes '{output}', which {by} made and the host still holds");
                    findings.add(Some(5), self.file(stage), message);
                }
            }
        }
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
        let by_name = |tensor: &CrossingEntry| tensor.name.clone();
        let mut listed = self.manifest.tensors.clone();
        listed.sort_by_key(by_name);
        let mut found: Vec<CrossingEntry> = held.into_values().collect();
        found.sort_by_key(by_name);
        for tensor in listed.iter().filter(|tensor| !found.contains(tensor)) {
            let from = tensor.from.map_or("the caller".into(), |stage| format!("stage {stage}"));
            let message = format!(
                "tensor '{}' is not held as listed, from {from} for stages {:?}",
                tensor.name, tensor.to
            );
            findings.add(Some(5), names::MANIFEST, message);
        }
        for tensor in found.iter().filter(|tensor| !listed.iter().any(|other| other.name == tensor.name)) {
            let message =
                format!("tensor '{}' is held for stages {:?} but not listed", tensor.name, tensor.to);
            findings.add(Some(5), names::MANIFEST, message);
        }
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
