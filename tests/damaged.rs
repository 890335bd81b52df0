//! The promise: no bytes, however damaged or hostile, make the tool panic, hang, or write a stage that it can't read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::{hang, model, models, name, on_two_threads};
use flatbuffers::{FlatBufferBuilder, TableFinishedWIPOffset, WIPOffset};
use proptest::prelude::*;
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::policy::guided;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Budget, Solution, solve};
use respect::stages::parts::parts;
use respect::tflite::extract::extract;
use respect::tflite::graph::{ModelGraph, graph};
use respect::tflite::{Model, read, write};
use serde_json::{Value, json};

/// Runs `work`; a panic fails with `what` was done, and a hang ends the tests with that.
fn survives<T>(what: impl Fn() -> String, work: impl FnOnce() -> T) -> T {
    let _guard = hang::guard(what());
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| panic!("panics: {}", what()))
}

fn read_survives(bytes: &[u8], what: impl Fn() -> String) -> Option<Model<'_>> {
    survives(what, || read(bytes).ok())
}

/// A schedule of two or of three stages.
fn solution(graph: &OpGraph, stages: u32) -> Option<Solution> {
    let budget = Budget { ideals: 1_000, orders: 2, ..guided(Algorithm::Respect) };
    let objective = if stages == 2 { Objective::Latency } else { Objective::Memory };
    let problem = Problem { graph, stages, device: EdgeTpu::usb3(), objective, rules: Rules::Coral };
    solve(&problem, Algorithm::Respect, &budget).ok()
}

/// Cuts as the solution says, if there is one, and reads what it wrote.
fn stages_read_back(model: &Model, graph: &ModelGraph, solution: Option<&Solution>) {
    let Some(solution) = solution else { return };
    for part in parts(model, graph, &solution.evaluation) {
        let stage = extract(model, &part);
        let mut bytes = Vec::new();
        write(&stage, &mut bytes).expect("memory takes all");
        assert_eq!(read(&bytes).as_ref(), Ok(&stage));
    }
}

#[test]
fn a_truncated_model_is_refused() {
    let mut smallest = models();
    smallest.sort_by_key(|path| std::fs::metadata(path).expect("a file").len());
    for path in &smallest[..3] {
        let bytes = std::fs::read(path).unwrap();
        let whole = read(&bytes).unwrap();
        for length in (0..4096).chain((4096..bytes.len()).step_by(97)) {
            // The end may be padding.
            if let Some(model) =
                read_survives(&bytes[..length], || format!("{length} bytes of {}", name(path)))
            {
                assert_eq!(model, whole, "{length} bytes of {}", name(path));
            }
        }
    }
}

#[test]
fn a_flipped_byte_near_the_front_does_no_harm() {
    on_two_threads(&models(), |path| {
        let original = std::fs::read(path).unwrap();
        let whole = read(&original).unwrap();
        let whole_graph = graph(&whole, "model").unwrap();
        let whole_solutions = [2, 3].map(|stages| solution(&whole_graph.graph, stages));
        for solution in &whole_solutions {
            assert!(solution.is_some(), "{}", name(path));
            stages_read_back(&whole, &whole_graph, solution.as_ref());
        }
        let (mut read_well, mut bytes) = (0, original.clone());
        for at in 0..4096 {
            for (turn, flip) in [0xFF, 0x01, 0x80].into_iter().enumerate() {
                bytes[at] = original[at] ^ flip;
                let what = || format!("{}, byte {at} ^ {flip:#x}", name(path));
                survives(what, || {
                    let Ok(model) = read(&bytes) else { return };
                    read_well += 1;
                    let Ok(graph) = graph(&model, "model") else { return };
                    if model == whole {
                        return;
                    }
                    // Schedules depend on the graph alone.
                    let stages = (at + turn) % 2;
                    match graph.graph == whole_graph.graph {
                        true => stages_read_back(&model, &graph, whole_solutions[stages].as_ref()),
                        false => {
                            let solution = solution(&graph.graph, stages as u32 + 2);
                            stages_read_back(&model, &graph, solution.as_ref());
                        }
                    }
                });
            }
            bytes[at] = original[at];
        }
        assert!(read_well > 0, "{}: every flip makes it unreadable", name(path));
    });
}

/// Stages of a few hundred bytes and many kinds of operators.
fn small_files() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for name in ["mixed", "recurrent", "postprocess"] {
        let bytes = std::fs::read(model(name)).unwrap();
        let model = read(&bytes).unwrap();
        for operator in 0..model.operators.len() as u32 {
            let entry = &model.operators[operator as usize];
            let is_computed =
                |tensor: &u32| model.data(*tensor).is_none() && !model.tensors[*tensor as usize].is_variable;
            let inputs =
                entry.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok()).filter(is_computed);
            let part = respect::tflite::extract::Part {
                operators: vec![operator],
                inputs: inputs.collect::<std::collections::BTreeSet<_>>().into_iter().collect(),
                outputs: entry.outputs.clone(),
            };
            let mut file = Vec::new();
            write(&extract(&model, &part), &mut file).unwrap();
            if read(&file).is_ok() {
                files.push(file);
            }
        }
    }
    files.sort_by_key(Vec::len);
    files.dedup();
    files.truncate(24);
    assert!(files.len() == 24 && files[23].len() < 4096);
    files
}

#[test]
fn hostile_lengths_and_offsets_do_no_harm() {
    let read_well = AtomicUsize::new(0);
    on_two_threads(&small_files(), |original| {
        let (size, mut bytes) = (original.len() as u32, original.clone());
        for at in (0..original.len() - 4).step_by(2) {
            // Lengths beyond everything; offsets to itself, backwards, to the file's end and its start.
            let words =
                [0, 1, u32::MAX, 1 << 31, (1 << 31) - 1, size - at as u32, 0u32.wrapping_sub(at as u32)];
            let words = words.map(|word| word.to_le_bytes().to_vec());
            // The same for a vtable's fields.
            let halves = [0u16, 1, 3, 4, u16::MAX, 1 << 15].map(|half| half.to_le_bytes().to_vec());
            for value in words.into_iter().chain(halves) {
                bytes[at..at + value.len()].copy_from_slice(&value);
                let what = || format!("{value:x?} at {at} of a stage of {size} bytes");
                survives(what, || {
                    if let Ok(model) = read(&bytes)
                        && let Ok(graph) = graph(&model, "model")
                    {
                        read_well.fetch_add(1, Ordering::Relaxed);
                        stages_read_back(&model, &graph, solution(&graph.graph, 2).as_ref());
                    }
                });
                bytes[at..at + 4].copy_from_slice(&original[at..at + 4]);
            }
        }
    });
    assert!(read_well.into_inner() > 1000, "hardly any of these files is read to its end");
}

/// A model of 30 000 operators that are one table, made by `operator`.
fn many_times(
    operator: impl Fn(&mut FlatBufferBuilder) -> WIPOffset<TableFinishedWIPOffset>,
) -> FlatBufferBuilder<'static> {
    let mut file = FlatBufferBuilder::new();
    let reshape = 22;
    let start = file.start_table();
    file.push_slot_always(4, reshape as i8);
    file.push_slot_always(4 + 2 * 3, reshape);
    let code = file.end_table(start);
    let codes = file.create_vector(&[code]);
    let operator = operator(&mut file);
    let operators = file.create_vector(&vec![operator; 30_000]);
    let start = file.start_table();
    file.push_slot_always(4 + 2 * 3, operators);
    let graph = file.end_table(start);
    let graphs = file.create_vector(&[graph]);
    let start = file.start_table();
    file.push_slot_always(4, 3u32);
    file.push_slot_always(4 + 2, codes);
    file.push_slot_always(4 + 2 * 2, graphs);
    let root = file.end_table(start);
    file.finish(root, Some("TFL3"));
    file
}

/// 240 kB that would be 3.6 GB of operands, or of options.
#[test]
fn tables_that_share_their_bytes_a_million_times_do_no_harm() {
    let operands = many_times(|file| {
        let many = file.create_vector(&vec![0i32; 30_000]);
        let start = file.start_table();
        file.push_slot_always(4 + 2, many);
        file.end_table(start)
    });
    let options = many_times(|file| {
        let shape = file.create_vector(&vec![1i32; 30_000]);
        let start = file.start_table();
        file.push_slot_always(4, shape);
        let options = file.end_table(start);
        let start = file.start_table();
        file.push_slot_always(4 + 2 * 3, 17u8);
        file.push_slot_always(4 + 2 * 4, options);
        file.end_table(start)
    });
    for file in [operands, options] {
        let why = survives(|| "shared tables".into(), || read(file.finished_data()).unwrap_err().to_string());
        assert!(why.contains("Apparent size too large"), "{why}");
    }
}

#[test]
fn what_is_no_model_is_refused() {
    let header = [&[8, 0, 0, 0][..], b"TFL3"].concat();
    let mut files =
        vec![Vec::new(), b"TFL3".to_vec(), header.clone(), vec![0xFF; 4096], b"{\"ops\": []}".to_vec()];
    files.push([header.as_slice(), &[0; 64]].concat());
    files.push([header.as_slice(), &[0xFF; 64]].concat());
    // Each root offset, into a file that is nothing but a header.
    files.extend((0..200u32).map(|root| [&root.to_le_bytes()[..], b"TFL3", &[4; 180]].concat()));
    for file in &files {
        assert!(read_survives(file, || format!("{:x?}", &file[..file.len().min(16)])).is_none());
    }
}

/// A graph file with every kind of entry.
fn graph_file() -> Value {
    json!({
        "name": "small",
        "ops": [
            {"name": "a", "kind": "CONV_2D", "parameter_bytes": 64, "macs": 9000},
            {"name": "b", "kind": "ADD", "parameter_bytes": 0, "macs": 10, "compute_us": 2.5},
            {"name": "c", "kind": "CONV_2D", "parameter_bytes": 128, "macs": 20},
            {"name": "d", "kind": "SOFTMAX", "parameter_bytes": 1, "macs": 0}
        ],
        "tensors": [
            {"name": "in", "bytes": 16, "producer": null, "consumers": [0]},
            {"name": "x", "bytes": 16, "producer": 0, "consumers": [1, 2], "transfer_us": 1.5},
            {"name": "y", "bytes": 8, "producer": 1, "consumers": [3], "uncuttable": "dynamic-shape"},
            {"name": "z", "bytes": 8, "producer": 2, "consumers": [3]},
            {"name": "out", "bytes": 4, "producer": 3, "consumers": []}
        ],
        "outputs": [4],
        "shared_constants": [{"name": "k", "bytes": 32, "consumers": [0, 2]}],
        "together": [[1, 3]]
    })
}

/// Every place in a JSON value, as the way to it.
fn places(value: &Value, way: &str, found: &mut Vec<String>) {
    found.push(way.into());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| places(item, &format!("{way}/{i}"), found));
        }
        Value::Object(map) => map.iter().for_each(|(key, item)| places(item, &format!("{way}/{key}"), found)),
        _ => {}
    }
}

fn replacements() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![0..6u64, Just(1 << 32), Just((1 << 44) + 1), Just(u64::MAX), any::<u64>()]
            .prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop_oneof![Just(1e308), Just(-0.0), Just(5e-324), any::<f64>()].prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
        prop::collection::vec(0..6u64, 0..4).prop_map(Value::from),
        Just(json!({})),
        Just(json!([[]])),
    ]
}

fn graph_survives(text: &[u8]) {
    let Ok(graph) = OpGraph::from_json(text) else { return };
    assert_eq!(OpGraph::from_json(graph.to_json().as_bytes()).expect("what we write we read"), graph);
    for stages in 0..5 {
        for (objective, rules) in [(Objective::Memory, Rules::Coral), (Objective::Latency, Rules::Precedence)]
        {
            let problem = Problem { graph: &graph, stages, device: EdgeTpu::usb3(), objective, rules };
            for algorithm in [Algorithm::Respect, Algorithm::ParameterCount] {
                let _ = solve(&problem, algorithm, &guided(algorithm));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_graph_file_with_other_values_does_no_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), replacements()), 1..4)
    ) {
        let mut value = graph_file();
        for (place, replacement) in changes {
            let mut ways = Vec::new();
            places(&value, "", &mut ways);
            *value.pointer_mut(&ways[place.index(ways.len())]).expect("a place in it") = replacement;
        }
        graph_survives(value.to_string().as_bytes());
    }

    #[test]
    fn a_graph_file_with_other_bytes_does_no_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6)
    ) {
        let mut text = graph_file().to_string().into_bytes();
        for (place, byte, how) in changes {
            let place = place.index(text.len());
            match how {
                0 => text[place] = byte,
                1 => text.insert(place, byte),
                _ => drop(text.drain(place..(place + usize::from(byte)).min(text.len()).max(place + 1))),
            }
            text.push(b'}');
        }
        graph_survives(&text);
    }
}

#[test]
fn the_graph_file_that_is_spoiled_is_sound() {
    let text = graph_file().to_string();
    graph_survives(text.as_bytes());
    let graph = OpGraph::from_json(text.as_bytes()).expect("a sound graph");
    assert!(solution(&graph, 2).is_some());
}

#[test]
fn a_graph_file_that_nests_without_end_is_refused() {
    let deep = "[".repeat(200_000);
    for text in [deep.clone(), format!("{{\"ops\": {deep}"), "{\"a\":".repeat(100_000)] {
        assert!(OpGraph::from_json(text.as_bytes()).is_err());
    }
}

/// The tool as a whole, on a few files of each kind: an exit status, and a sentence on stderr.
#[test]
fn the_command_line_explains_damaged_files() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = std::fs::read(model("chain")).unwrap();
    let file = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = scratch.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let files = [
        file("empty.tflite", b""),
        file("header.tflite", b"\x08\0\0\0TFL3"),
        file("half.tflite", &whole[..whole.len() / 2]),
        file("text.tflite", b"hello"),
        file("graph.json", b"{\"ops\": 3}"),
    ];
    for path in &files {
        for command in
            [&["inspect"][..], &["schedule", "-n", "2"], &["compile", "-n", "2"], &["graph", "-o", "-"]]
        {
            explained(path, command);
        }
    }
}

fn explained(path: &Path, command: &[&str]) {
    let mut tool = crate::common::respect();
    let output = tool.current_dir(path.parent().unwrap()).args(command).arg(path).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{command:?} {}: {complaint}", path.display());
    assert!(complaint.starts_with(&format!("error: {}: ", path.display())), "{command:?}: {complaint}");
    assert!(output.stdout.is_empty());
}
