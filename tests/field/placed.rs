//! What Google's compiler put on the Edge TPU of published models, and what `respect inspect` says it would.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use respect::graph::OpId;
use respect::tflite::support::{COMPILED, Placement};
use respect::tflite::{Model, read, shapes};

use super::shared;
use crate::common::respect;

/// How many operators there are of each kind.
type Kinds = BTreeMap<String, usize>;

fn kinds<'a>(model: &'a Model, operators: impl Iterator<Item = &'a OpId>) -> Kinds {
    let mut kinds = Kinds::new();
    for op in operators {
        *kinds.entry(model.label(&model.operators[op.index()]).into()).or_default() += 1;
    }
    kinds
}

/// What of a model stays on the CPU, and the bytes of what the compiled operator takes and gives.
struct Placed {
    on_cpu: Kinds,
    inputs: Vec<u64>,
    outputs: Vec<u64>,
}

fn placed(model: &Model) -> Placed {
    let shapes = shapes::analyze(model);
    let judge = Placement::new(model, &shapes);
    let all = judge.all();
    let places = judge.place(&all);
    let is_mapped = |op: usize| places[op].is_none();
    let mut maker = vec![None; model.tensors.len()];
    for (op, operator) in model.operators.iter().enumerate() {
        operator.outputs.iter().for_each(|&output| maker[output as usize] = Some(op));
    }
    let (mut taken, mut given, mut state) = (HashSet::new(), HashSet::new(), HashSet::new());
    given.extend(
        model.outputs.iter().copied().filter(|&output| maker[output as usize].is_some_and(is_mapped)),
    );
    for (op, operator) in model.operators.iter().enumerate() {
        for input in operator.inputs.iter().filter_map(|&input| u32::try_from(input).ok()) {
            let from_inside = maker[input as usize].is_some_and(is_mapped);
            match (is_mapped(op), from_inside) {
                (true, _) if model.tensors[input as usize].is_variable => drop(state.insert(input)),
                (true, false) if !model.is_constant(input) => drop(taken.insert(input)),
                (false, true) => drop(given.insert(input)),
                _ => {}
            }
        }
    }
    // The device takes multiples of 8 bytes, and gives channels in fours; state goes both ways as it is.
    let whole = |bytes: u64| bytes.next_multiple_of(8);
    let bytes = |&tensor: &u32| model.tensors[tensor as usize].bytes().expect("a fixed shape");
    let padded = |tensor: &u32| {
        let channels = model.tensors[*tensor as usize].dims().last().map_or(1, |&dim| dim as u64).max(1);
        bytes(tensor) / channels * channels.next_multiple_of(4)
    };
    let mut inputs: Vec<u64> = taken.iter().chain(&state).map(|tensor| whole(bytes(tensor))).collect();
    let mut outputs: Vec<u64> = given.iter().map(|tensor| whole(padded(tensor))).collect();
    outputs.extend(state.iter().map(|tensor| whole(bytes(tensor))));
    inputs.sort_unstable();
    outputs.sort_unstable();
    let on_cpu = all.iter().filter(|op| !is_mapped(op.index()));
    Placed { on_cpu: kinds(model, on_cpu), inputs, outputs }
}

fn sizes(text: &str) -> Vec<u64> {
    let mut sizes: Vec<u64> = text.split(' ').map(|bytes| bytes.parse().unwrap()).collect();
    sizes.sort_unstable();
    sizes
}

/// A file of the reference data, if the list names one that is at hand.
fn at_hand(name: &str) -> Option<PathBuf> {
    let path = shared("models").parent().unwrap().join(name);
    (!name.is_empty() && path.is_file()).then_some(path)
}

/// The operators that stayed on the CPU are compared where the compiled file is at hand; in any case the bytes that go
/// into the compiled operator and come out of it, which tell where it begins and ends. There are no exceptions.
#[test]
fn the_compiler_put_on_the_edge_tpu_what_we_say() {
    let list = shared("data/edgetpu/compiled_packages.csv");
    let (mut compared, mut by_kind) = (0, 0);
    let mut wrong = Vec::new();
    for row in csv::Reader::from_path(list).unwrap().deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let Some(path) = at_hand(&row["uncompiled_file"]) else { continue };
        let bytes = std::fs::read(&path).unwrap();
        let ours = placed(&read(&bytes).unwrap());
        compared += 1;
        if (&ours.inputs, &ours.outputs) != (&sizes(&row["input_bytes"]), &sizes(&row["output_bytes"])) {
            let (inputs, outputs) = (&row["input_bytes"], &row["output_bytes"]);
            wrong.push(format!(
                "{}: {inputs} in and {outputs} out, not {:?} and {:?}; on the CPU {:?}",
                path.display(),
                ours.inputs,
                ours.outputs,
                ours.on_cpu
            ));
        }
        if let Some(path) = at_hand(&row["compiled_file"]) {
            by_kind += 1;
            let bytes = std::fs::read(&path).unwrap();
            let model = read(&bytes).unwrap();
            let all: Vec<OpId> = (0..model.operators.len() as u32).map(OpId).collect();
            let mut left = kinds(&model, all.iter());
            assert_eq!(left.remove(COMPILED), Some(1), "{}", path.display());
            if left != ours.on_cpu {
                wrong.push(format!("{}: {left:?} stayed, not {:?}", path.display(), ours.on_cpu));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= 69 && by_kind >= 12, "only {compared} models, {by_kind} of them compiled");
}

/// A command's exit status, and what it says on either stream.
fn said(arguments: &[&str], model: &Path, folder: &Path) -> (Option<i32>, String) {
    let mut command = respect();
    command.current_dir(folder).args(arguments).arg(std::path::absolute(model).unwrap());
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    (output.status.code(), text)
}

#[test]
fn each_kind_of_input_is_told_at_once() {
    let scratch = tempfile::tempdir().unwrap();
    for (file, is_refused, parts) in [
        ("float32__iris", true, &["it is not quantized", "full-integer quantization"][..]),
        (
            "int16x8__mobilenetv3_minimalistic",
            true,
            &["its activations have 16 bits", "without the 16x8 mode"],
        ),
        (
            "keras_none_batch__dense_256_as_compiled_by_edgetpu_compiler",
            true,
            &["already compiled", "give the model from which it was compiled"],
        ),
        ("batch4__two_inputs_int8", false, &["its batch", "use batch 1"]),
        ("keras_none_batch__dense_256", false, &[]),
        ("keras_none_batch__mlperf_tiny_resnet_int8", false, &[]),
    ] {
        let model = shared(&format!("cases/models/{file}.tflite"));
        let (status, text) = said(&["inspect"], &model, scratch.path());
        assert_eq!((status, text.contains("warning: ")), (Some(0), !parts.is_empty()), "{file}: {text}");
        assert!(parts.iter().all(|part| text.contains(part)), "{file}: {text}");
        let (status, text) = said(&["compile", "-n", "1", "--no-compile", "--force"], &model, scratch.path());
        assert_eq!(status, Some(i32::from(is_refused)), "{file}: {text}");
        assert!(parts.iter().all(|part| text.contains(part)), "{file}: {text}");
        assert_eq!(text.contains("--allow-cpu"), is_refused, "{file}: {text}");
    }
}

#[test]
fn dilated_convolutions_are_mapped_and_not_noted() {
    let model = shared("models/deeplabv3_mnv2_dm05_pascal_quant.tflite");
    let (_, text) = said(&["inspect"], &model, Path::new("."));
    assert!(text.contains("DEPTHWISE_CONV_2D  Edge TPU"), "{text}");
    assert!(text.contains("33x33 made out of a single place") && !text.contains("dilat"), "{text}");
}
