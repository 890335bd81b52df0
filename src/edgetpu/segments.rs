//! The compiler's own partition: what `--num_segments` makes of a whole model, read from the segments that it wrote.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::compiler::Compiler;
use super::driver::{CompileError, compiled_name};
use super::ends::{Ends, ends};
use super::log;
use super::process::Run;
use crate::base::cancel::Cancel;
use crate::graph::{OpGraph, OpId};
use crate::problem::{Schedule, StageId};

/// Since which version the compiler can cut.
const SINCE: u32 = 15;

/// Has the compiler cut and compile the model at `path`, and reads its partition; with the time that it took.
///
/// # Errors
/// What went wrong, as a sentence.
pub fn partition(
    compiler: &Compiler,
    path: &Path,
    graph: &OpGraph,
    segments: u32,
    limit: Duration,
    cancel: &Cancel,
) -> Result<(Schedule, Duration), String> {
    if !compiler.has(SINCE) {
        let version = compiler.version.as_deref().unwrap_or_default();
        return Err(format!(
            "edgetpu_compiler {version} cannot cut: --num_segments came with version {SINCE}"
        ));
    }
    let scratch = tempfile::tempdir().map_err(|error| format!("a scratch folder: {error}"))?;
    // A path that starts with a dash is no flag.
    let model = std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let arguments =
        ["--show_operations", "--num_segments", &segments.to_string(), "--out_dir"].map(Into::into);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let run = Run {
        program: &compiler.path,
        arguments: arguments.into_iter().chain([scratch.path().into(), model.into()]).collect(),
        subject: &file,
        limit,
        cancel,
    };
    let output = scratch.path().join("output.txt");
    let start = Instant::now();
    let status = run.to_end(&output, || false).map_err(|error: CompileError| error.to_string())?;
    let took = start.elapsed();
    let text = fs::read(&output).map_err(|error| error.to_string())?;
    let log = log::read(&String::from_utf8_lossy(&text));
    if let Some(failure) = log.failure.as_ref().filter(|_| !status.success()) {
        return Err(format!(
            "edgetpu_compiler --num_segments {segments}: {}; {}",
            failure.text, failure.advice
        ));
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ends = |segment: usize| {
        let plain = file_name(&stem, segment, segments as usize);
        let name = compiled_name(&plain);
        ends(&scratch.path().join(&name))
            .map_err(|why| format!("edgetpu_compiler wrote no readable {name}: {why}"))
    };
    let ends: Vec<Ends> = (0..segments as usize).map(ends).collect::<Result<_, _>>()?;
    Ok((schedule(graph, &ends)?, took))
}

/// The file name of a stage, as Coral's tools name segments.
pub fn file_name(model: &str, stage: usize, stages: usize) -> String {
    format!("{model}_segment_{stage}_of_{stages}.tflite")
}

/// The schedule that puts into each segment what makes its outputs out of its inputs. Operations that no output needs
/// go where the last of their operands is made.
fn schedule(graph: &OpGraph, segments: &[Ends]) -> Result<Schedule, String> {
    let tensors: HashMap<&str, Option<OpId>> =
        graph.tensors().iter().map(|tensor| (tensor.name.as_str(), tensor.producer)).collect();
    let mut reads = vec![Vec::new(); graph.ops().len()];
    for tensor in graph.tensors() {
        tensor.consumers.iter().for_each(|op| reads[op.index()].push(tensor));
    }
    let mut stage_of: Vec<Option<StageId>> = vec![None; graph.ops().len()];
    for (segment, [inputs, outputs]) in segments.iter().enumerate() {
        let stage = StageId(segment as u32);
        let inputs: HashSet<&str> = inputs.iter().map(String::as_str).collect();
        let mut open: Vec<OpId> = Vec::new();
        for output in outputs {
            let maker = tensors.get(output.as_str());
            let maker =
                maker.ok_or_else(|| format!("segment {segment} gives '{output}', which the model lacks"))?;
            open.extend(maker.filter(|_| !inputs.contains(output.as_str())));
        }
        while let Some(op) = open.pop() {
            match stage_of[op.index()].replace(stage) {
                Some(earlier) if earlier != stage => {
                    return Err(format!("operation {} is in segments {} and {segment}", op.0, earlier.0));
                }
                Some(_) => {}
                None => {
                    let inside =
                        reads[op.index()].iter().filter(|tensor| !inputs.contains(tensor.name.as_str()));
                    open.extend(inside.filter_map(|tensor| tensor.producer));
                }
            }
        }
    }
    for &op in graph.execution_order() {
        if stage_of[op.index()].is_none() {
            let makers = reads[op.index()].iter().filter_map(|tensor| tensor.producer);
            stage_of[op.index()] =
                makers.filter_map(|maker| stage_of[maker.index()]).max().or(Some(StageId(0)));
        }
    }
    Ok(Schedule { stage_of: stage_of.into_iter().flatten().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four operations in a chain, with a skip from the first to the last, and one that makes nothing of use.
    fn graph() -> OpGraph {
        let op = |name| format!(r#"{{"name": "{name}", "kind": "K", "parameter_bytes": 1, "macs": 1}}"#);
        let tensor = |name, producer, consumers| {
            format!(r#"{{"name": "{name}", "bytes": 1, "producer": {producer}, "consumers": {consumers}}}"#)
        };
        let ops = ["a", "b", "c", "d", "e"].map(op).join(",");
        let tensors = [
            tensor("x", "null", "[0]"),
            tensor("ta", "0", "[1, 3]"),
            tensor("tb", "1", "[2, 4]"),
            tensor("tc", "2", "[3]"),
            tensor("td", "3", "[]"),
            tensor("te", "4", "[]"),
        ];
        let text =
            format!(r#"{{"name": "g", "ops": [{ops}], "tensors": [{}], "outputs": [4]}}"#, tensors.join(","));
        OpGraph::from_json(text.as_bytes()).unwrap()
    }

    fn cut(segments: &[(&[&str], &[&str])]) -> Result<Vec<u32>, String> {
        let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        let ends: Vec<Ends> =
            segments.iter().map(|(inputs, outputs)| [owned(inputs), owned(outputs)]).collect();
        Ok(schedule(&graph(), &ends)?.stage_of.iter().map(|stage| stage.0).collect())
    }

    #[test]
    fn the_cuts_are_told_by_the_tensors() {
        assert_eq!(cut(&[(&["x"], &["ta", "tb"]), (&["ta", "tb"], &["td"])]), Ok(vec![0, 0, 1, 1, 0]));
        assert_eq!(
            cut(&[(&["x"], &["ta"]), (&["ta"], &["tc"]), (&["ta", "tc"], &["td"])]),
            Ok(vec![0, 1, 1, 2, 1])
        );
    }

    #[test]
    fn segments_of_another_model_are_none() {
        assert!(cut(&[(&["x"], &["other"]), (&["other"], &["td"])]).unwrap_err().contains("'other'"));
        assert!(cut(&[(&["x"], &["tc"]), (&["x"], &["td"])]).unwrap_err().contains("is in segments 0 and 1"));
    }
}
