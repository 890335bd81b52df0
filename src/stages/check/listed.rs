//! The check of a folder of stages against its manifest: hashes, and all that the manifest says of the stages.

use std::collections::{BTreeMap, HashSet};
use std::io::BufReader;
use std::path::Path;

use memmap2::Mmap;

use super::chain::Chain;
use super::files::{model, unreadable};
use super::finding::{Finding, Findings};
use crate::base::hash::Hashing;
use crate::base::in_order::map_in_order;
use crate::base::limits;
use crate::graph::numbers;
use crate::stages::manifest::{CrossingEntry, Manifest, StageEntry};
use crate::stages::names;
use crate::tflite::model::Model;

/// Judges `folder` by its manifest.
pub(super) fn check(folder: &Path, manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut models = Vec::new();
    // Hashing takes the time, so stages share the cores; only outlines are kept.
    let judge = |stage: &StageEntry| {
        let mut findings = Findings::default();
        let name = &stage.file.file;
        let file = check_hash(folder, name, Some(&stage.file.sha256), &mut findings);
        let is_one_of_several = manifest.stages.len() > 1;
        let model =
            file.and_then(|file| Some(model(name, &file, is_one_of_several, &mut findings)?.outline()));
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
        let files = manifest.stages.iter().map(|stage| stage.file.file.as_str()).collect();
        let listed = Listed { manifest, chain: Chain { files, models: &models } };
        listed.contents(&mut findings);
        listed.chain.check(&mut findings);
        listed.ends(&mut findings);
        listed.state(&mut findings);
        if models.len() > 1 {
            listed.held(&mut findings);
        }
    }
    findings.0
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
            unreadable(name, &error, findings);
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

/// Stages, and what the manifest says of them.
struct Listed<'a> {
    manifest: &'a Manifest,
    chain: Chain<'a>,
}

impl Listed<'_> {
    /// Checks that the manifest describes these stages.
    fn contents(&self, findings: &mut Findings) {
        let mut whole: BTreeMap<u32, usize> = BTreeMap::new();
        for (stage, model) in self.chain.models.iter().enumerate() {
            let entry = &self.manifest.stages[stage];
            let kinds: Vec<&str> = model.operators.iter().map(|operator| model.label(operator)).collect();
            if kinds != entry.operators.iter().map(|operator| operator.kind.as_str()).collect::<Vec<_>>() {
                findings.add(
                    None,
                    self.chain.files[stage],
                    "its operators are not those of schedule.json".into(),
                );
            }
            if self.chain.inputs(stage) != entry.inputs || self.chain.outputs(stage) != entry.outputs {
                findings.add(
                    None,
                    self.chain.files[stage],
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

    /// Checks rules 3 and 4: the model's inputs go into the first stage and its outputs come from the last.
    fn ends(&self, findings: &mut Findings) {
        let last = self.chain.models.len() - 1;
        if self.chain.outputs(last) != self.manifest.outputs {
            let message = format!(
                "gives {:?}, but the model's outputs are {:?}",
                self.chain.outputs(last),
                self.manifest.outputs
            );
            findings.add(Some(3), self.chain.files[last], message);
        }
        if self.chain.inputs(0) != self.manifest.inputs {
            let message = format!(
                "takes {:?}, but the model's inputs are {:?}",
                self.chain.inputs(0),
                self.manifest.inputs
            );
            findings.add(Some(4), self.chain.files[0], message);
        }
    }

    /// Checks that nothing is remembered where inferences take turns on several devices: each would know of its own alone,
    /// and what comes after them may come in another order.
    fn state(&self, findings: &mut Findings) {
        let remembers = |model: &Model| model.operators.iter().any(|operator| model.keeps_state(operator));
        let keeper = self.chain.models.iter().position(remembers);
        if let (Some(keeper), true) = (keeper, self.manifest.stages.iter().any(|stage| stage.copies > 1)) {
            let message = "keeps state from one inference to the next, so no stage may have copies";
            findings.add(None, self.chain.files[keeper], message.into());
        }
    }

    /// Checks rule 5: a tensor that is held for a later stage is held in as many buffers as the manifest says.
    fn held(&self, findings: &mut Findings) {
        let by_name = |tensor: &CrossingEntry| tensor.name.clone();
        let mut listed = self.manifest.tensors.clone();
        listed.sort_by_key(by_name);
        let found = self.chain.crossings();
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
