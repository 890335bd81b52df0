//! The promise: what the compiler refuses or reports makes the cut better, and where nothing can, that is said.

use std::path::Path;

use crate::common::{assert_sound, listing, manifest, model, on_two_threads, respect, standin};
use assert_cmd::Command;
use respect::base::units::Bytes;
use respect::device::EdgeTpu;
use respect::edgetpu::package::PackageBytes;
use respect::graph::{OpGraph, OpId, Tensor};
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Budget, Solution, solve};
use respect::stages::attempts::AttemptEntry;
use respect::stages::manifest::Manifest;
use respect::tflite;
use serde_json::Value;

/// `respect compile` of a bundled model into three stages, in `folder`, with the stand-in.
fn compile(folder: &Path, name: &str) -> Command {
    let mut command = respect();
    command.current_dir(folder).arg("compile").arg(model(name)).args(["-n", "3", "-o", "out"]);
    command.arg("--edgetpu-compiler").arg(standin());
    command
}

fn graph(name: &str) -> OpGraph {
    let bytes = std::fs::read(model(name)).unwrap();
    tflite::graph::graph(&tflite::read(&bytes).unwrap(), name).unwrap().graph
}

fn exact(graph: &OpGraph, device: EdgeTpu) -> Option<Solution> {
    let problem = Problem { graph, stages: 3, device, objective: Objective::Latency, rules: Rules::Coral };
    solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact)).ok()
}

/// Fails unless every stage's operator that makes `tensor` is without those that read it.
fn assert_apart(manifest: &Manifest, maker: OpId, readers: &[OpId]) {
    let stage = |op: OpId| manifest.stage_of[op.index()];
    assert!(readers.iter().all(|&reader| stage(reader) != stage(maker)), "{:?}", manifest.stage_of);
}

#[test]
fn what_is_refused_together_is_cut_apart_wherever_that_is_possible() {
    let outcomes = std::sync::Mutex::new([0, 0]);
    // The other model has operators of several outputs, and some that nothing quantized goes into or comes out of.
    for (name, kinds) in [("residual", &[][..]), ("mixed", &["DEQUANTIZE", "SIN", "UNPACK"])] {
        let graph = graph(name);
        let is_chosen = |tensor: &&Tensor| {
            let is_of_kind = |op: OpId| kinds.is_empty() || kinds.contains(&graph.op(op).kind.as_str());
            tensor.producer.is_some_and(is_of_kind)
                && !tensor.consumers.is_empty()
                && tensor.uncuttable.is_none()
        };
        let tensors: Vec<_> = graph.tensors().iter().filter(is_chosen).collect();
        assert!(tensors.len() > 5);
        on_two_threads(&tensors, |tensor| {
            let exists = assert_cut_apart(name, &graph, tensor);
            outcomes.lock().unwrap()[usize::from(exists)] += 1;
        });
    }
    let [impossible, possible] = outcomes.into_inner().unwrap();
    println!("{possible} operators were cut apart, {impossible} could not be");
    assert!(possible > 40);
}

/// Has the maker of `tensor` refused together with its readers. Fails unless they are cut apart, or it is said that
/// they can't be; returns whether they can.
fn assert_cut_apart(name: &str, graph: &OpGraph, tensor: &Tensor) -> bool {
    let maker = tensor.producer.expect("chosen so");
    let parted = tensor.consumers.iter().fold(graph.clone(), |graph, &reader| {
        graph.with_apart(vec![maker, reader]).expect("operations of the graph")
    });
    let exists = exact(&parted, EdgeTpu::usb3()).is_some();
    let scratch = tempfile::tempdir().unwrap();
    let output = compile(scratch.path(), name).env("STANDIN_REFUSE", &tensor.name).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    let what = format!("'{}': {complaint}", tensor.name);
    if exists {
        assert_eq!(output.status.code(), Some(0), "{what}");
        let folder = scratch.path().join("out");
        assert_sound(&folder);
        assert_apart(&manifest(&folder), maker, &tensor.consumers);
    } else {
        assert_eq!(output.status.code(), Some(1), "{what}");
        assert!(complaint.contains("re-cut: it refuses"), "{what}");
        assert!(complaint.contains("must not share a stage") || complaint.contains("must not all"), "{what}");
        assert_eq!(listing(scratch.path()), [""; 0], "{what}");
    }
    exists
}

#[test]
fn stages_that_no_cut_makes_compilable_are_told() {
    // The last operator reads and makes nothing quantized: without those before it, it is not taken for a model.
    let graph = graph("postprocess");
    let last = graph.execution_order().last().copied().unwrap();
    let is_read = |tensor: &&Tensor| tensor.consumers == [last] && tensor.producer.is_some();
    let names: Vec<&str> =
        graph.tensors().iter().filter(is_read).map(|tensor| tensor.name.as_str()).collect();
    assert!(names.len() > 1);
    let scratch = tempfile::tempdir().unwrap();
    let mut command = compile(scratch.path(), "postprocess");
    let output = command.env("STANDIN_REFUSE", names.join("\n")).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("Model not quantized"), "{complaint}");
    assert!(complaint.contains("re-cut: it refuses DEQUANTIZE"), "{complaint}");
    assert!(
        complaint.contains("together, and does not take the stages that keep these apart either"),
        "{complaint}"
    );
    assert_eq!(listing(scratch.path()), [""; 0]);
}

/// The tensors between operations that the best schedule of `residual` keeps in one stage, with maker and reader.
fn inside_a_stage(graph: &OpGraph) -> (String, OpId, OpId) {
    let best = exact(graph, EdgeTpu::usb3()).unwrap().schedule.stage_of;
    let found = graph.tensors().iter().find_map(|tensor| match (tensor.producer, &tensor.consumers[..]) {
        (Some(maker), &[reader]) if best[maker.index()] == best[reader.index()] => {
            let parted = graph.with_apart(vec![maker, reader]).unwrap();
            exact(&parted, EdgeTpu::usb3()).map(|_| (tensor.name.clone(), maker, reader))
        }
        _ => None,
    });
    found.expect("some operation can be cut off from the next")
}

#[test]
fn a_cut_made_again_is_told() {
    let (tensor, maker, reader) = inside_a_stage(&graph("residual"));
    let scratch = tempfile::tempdir().unwrap();
    let mut command = compile(scratch.path(), "residual");
    let output = command.args(["--format", "json"]).env("STANDIN_REFUSE", &tensor).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let note = report["notes"][0].as_str().unwrap();
    assert!(note.contains("refused (Internal compiler error. Aborting!)"), "{note}");
    assert!(note.contains("together; cut again with these apart"), "{note}");
    let manifest = manifest(&scratch.path().join("out"));
    assert_eq!(manifest.apart, [[maker.min(reader), maker.max(reader)]]);
    let [first, last] = &manifest.attempts[..] else { panic!("{:?}", manifest.attempts) };
    assert_eq!(first.refused.as_ref().unwrap().operators, manifest.apart[0]);
    assert!(!first.kept && last.kept && last.refused.is_none() && last.stages.len() == 3);
    // The folder's judge sees to it as well.
    let path = scratch.path().join("out/schedule.json");
    let mut spoiled: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    spoiled["apart"] = serde_json::json!([spoiled["stages"][0]["operators"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operator| operator["index"].clone())
        .collect::<Vec<_>>()]);
    std::fs::write(&path, spoiled.to_string()).unwrap();
    let output = respect().arg("verify").arg(scratch.path().join("out")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("must not all share a stage"));
}

#[test]
fn cuts_that_cannot_help_are_not_made_and_their_number_is_kept() {
    let graph = graph("residual");
    let (tensor, maker, _) = inside_a_stage(&graph);
    for (variable, arguments, part) in [
        ("STANDIN_REFUSE_ALONE", &[][..], format!("re-cut: it refuses {} {}", graph.op(maker).kind, maker.0)),
        ("STANDIN_REFUSE_ALONE", &[], "in a stage of its own, so no other cut can help".into()),
        ("STANDIN_REFUSE", &["--recut", "0"], "--no-compile to write the stages alone".into()),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        let mut command = compile(scratch.path(), "residual");
        let output = command.args(arguments).env(variable, &tensor).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(complaint.contains(&part), "{complaint}");
        assert_eq!(complaint.contains("re-cut"), arguments.is_empty(), "{complaint}");
        assert_eq!(listing(scratch.path()), [""; 0]);
    }
}

/// A device on which streaming is what costs.
const SLOW_STREAM: &str = "base = 'usb3'\nstream_us_per_mib = 10000.0\n";

/// A compiler whose bytes are not the device model's: percents of those of parameters and of instructions, and of all
/// parameters that fit on the chip.
#[derive(Debug)]
struct OwnBytes {
    parameters: u64,
    instructions: u64,
    cache: u64,
}

impl OwnBytes {
    /// The graph with the true bytes.
    fn graph(&self, graph: &OpGraph) -> OpGraph {
        let instructions = graph.instruction_bytes();
        let changed = graph.with_figures(|ops| {
            for (op, instructions) in ops.iter_mut().zip(instructions) {
                op.laid_out = Some(Bytes(op.device_bytes().0 * self.parameters / 100));
                op.instruction_bytes = Some(Bytes(instructions.0 * self.instructions / 100));
            }
        });
        changed.unwrap()
    }
}

#[test]
fn refinement_ends_within_two_rounds_where_a_device_model_with_the_true_bytes_does() {
    let graph = graph("dense");
    let device = EdgeTpu { stream_us_per_mib: 1e4, ..EdgeTpu::usb3() };
    let mut compilers = Vec::new();
    for (parameters, instructions) in [(100, 100), (100, 1000), (140, 100), (60, 300), (250, 2000)] {
        compilers.extend([34, 40, 50, 70, 100].map(|cache| OwnBytes { parameters, instructions, cache }));
    }
    let gained = std::sync::Mutex::new(0);
    on_two_threads(&compilers, |own| {
        let truth = own.graph(&graph);
        let shared = truth.shared().iter().map(|constant| constant.bytes.0);
        let total: u64 = truth.ops().iter().map(|op| op.device_bytes().0).chain(shared).sum();
        let cache = total * own.cache / 100;
        let optimum = exact(&truth, EdgeTpu { cache_bytes: cache, ..device.clone() }).unwrap();

        let scratch = tempfile::tempdir().unwrap();
        std::fs::write(scratch.path().join("slow.toml"), SLOW_STREAM).unwrap();
        let mut command = compile(scratch.path(), "dense");
        command.args(["--refine=2", "--device", "slow.toml"]).env("STANDIN_CACHE", cache.to_string());
        command.env("STANDIN_PARAMETERS", own.parameters.to_string());
        command.env("STANDIN_INSTRUCTIONS", own.instructions.to_string()).assert().success();
        let folder = scratch.path().join("out");
        assert_sound(&folder);
        let manifest = manifest(&folder);
        assert!(manifest.attempts.len() <= 3, "{:#?}", manifest.attempts);
        let time = |round: &AttemptEntry| round.reported_bottleneck_us.expect("all is compiled");
        let kept: Vec<_> = manifest.attempts.iter().filter(|round| round.kept).collect();
        let ([first, ..], [kept]) = (&manifest.attempts[..], &kept[..]) else { panic!("{manifest:?}") };
        let best = optimum.evaluation.bottleneck.as_us();
        println!("{own:?}: {:.1} at first, {:.1} at last, {best:.1} at best", time(first), time(kept));
        assert!(time(kept) <= time(first), "{own:?}: {:#?}", manifest.attempts);
        // The device model streams what is beyond the cache, and the compiler whole layers.
        if optimum.evaluation.stages.iter().all(|stage| stage.off_chip_bytes.0 == 0) {
            assert!(time(kept) <= best * 1.001, "{own:?}: {:#?}", manifest.attempts);
            *gained.lock().unwrap() += usize::from(time(first) > best * 1.02);
        }
        let bytes: Vec<PackageBytes> =
            manifest.stages.iter().map(|stage| stage.compiled_bytes.expect("a package")).collect();
        let reported: Vec<Option<PackageBytes>> = kept.stages.iter().map(|stage| stage.package).collect();
        assert_eq!(bytes.iter().copied().map(Some).collect::<Vec<_>>(), reported);
        for (bytes, stage) in bytes.iter().zip(&manifest.stages) {
            let (held, sent) = (bytes.cached_bytes + bytes.streamed_bytes, bytes.instruction_bytes);
            assert!(bytes.cached_bytes <= cache && held > 0 && sent > 0, "{bytes:?}");
            assert_eq!(
                (bytes.input_bytes, bytes.output_bytes),
                (stage.cost.input_bytes, stage.cost.output_bytes)
            );
        }
    });
    let gained = gained.into_inner().unwrap();
    println!("{gained} of {} compilers got a better schedule", compilers.len());
    assert!(gained > 3);
}

#[test]
fn without_packages_the_logs_figures_are_used_and_that_is_said() {
    let scratch = tempfile::tempdir().unwrap();
    let mut command = compile(scratch.path(), "dense");
    let output = command.arg("--refine").env("STANDIN_COPIES", "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("hold no package that tells their bytes, so the log's rounded figures"), "{said}");
    let manifest = manifest(&scratch.path().join("out"));
    assert!(manifest.stages.iter().all(|stage| stage.compiled_bytes.is_none()));
    assert!(manifest.attempts[0].stages.iter().all(|stage| stage.on_chip_used_bytes.is_some()));
}

#[test]
fn refinement_says_what_it_found() {
    let scratch = tempfile::tempdir().unwrap();
    let mut command = compile(scratch.path(), "dense");
    let output = command.arg("--refine").output().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("and no better schedule is predicted for that"), "{said}");
    assert_eq!(manifest(&scratch.path().join("out")).attempts.len(), 1);
    let mut command = respect();
    command.current_dir(scratch.path()).env("PATH", "").arg("compile").arg(model("dense"));
    let output = command.args(["-n", "2", "-o", "plain", "--refine=2"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("note: nothing was refined, as edgetpu_compiler was not found"), "{said}");
}

#[test]
fn operators_on_the_cpu_are_told_with_reason_and_remedy() {
    let scratch = tempfile::tempdir().unwrap();
    let output = compile(scratch.path(), "mixed").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Vec<&str> = said.lines().filter(|line| line.contains(" on the CPU (")).collect();
    assert!(!told.is_empty(), "{said}");
    assert!(
        told.iter().all(|line| line.starts_with("note: mixed_segment_") && line.contains("): ")),
        "{told:?}"
    );
}
