//! Files that Google's compiler wrote, read whole, and the same damaged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use respect::edgetpu::accept::accept;
use respect::edgetpu::package::{CompiledOperator, DmaHint, Layer, Package, PackageBytes, Target, packages};
use respect::tflite::{Model, read};
use serde_json::Value;

use super::shared;
use crate::common::{name, on_two_threads, respect};

/// The most bytes that reading a file may take, damaged or not.
const MOST: u64 = 100 << 20;

/// The compiled files at hand, in the order of their names.
fn compiled_files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(shared("models/compiled")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The rows of the table that name a compiled file, by that file's name.
fn rows() -> BTreeMap<String, BTreeMap<String, String>> {
    let table = csv::Reader::from_path(shared("data/edgetpu/compiled_packages.csv"));
    let rows = table.unwrap().into_deserialize().map(|row| row.unwrap());
    let named = |row: BTreeMap<String, String>| {
        let file = row["compiled_file"].rsplit('/').next().expect("a name").to_string();
        (!file.is_empty()).then_some((file, row))
    };
    rows.filter_map(named).collect()
}

fn only<'m>(model: &'m Model, path: &Path) -> Package<'m> {
    let read = packages(model).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let [CompiledOperator { package, .. }] = &read[..] else { panic!("{}: {read:?}", path.display()) };
    package.clone()
}

fn sizes(layers: &[Layer]) -> String {
    layers.iter().map(|layer| layer.padded_bytes.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_compiled_file_is_read_whole_and_counts_what_the_table_counts() {
    let (files, rows) = (compiled_files(), rows());
    assert!(files.len() >= 33, "only {} files are at hand", files.len());
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        let model = read(&bytes).unwrap();
        let package = only(&model, path);
        let inference = package.inference().unwrap();
        let counted = package.bytes();
        let is_deterministic = if inference.fully_deterministic { "True" } else { "False" };
        let file = path.file_name().unwrap().to_str().unwrap();
        let row = rows.get(file).unwrap_or_else(|| panic!("{file} has no row"));
        for (column, ours) in [
            ("compiler", package.compiler_version.unwrap_or_default().to_string()),
            ("min_runtime", package.min_runtime_version.to_string()),
            ("cached_bytes", counted.cached_bytes.to_string()),
            ("streamed_bytes", counted.streamed_bytes.to_string()),
            ("instruction_bytes", counted.instruction_bytes.to_string()),
            ("caching_instruction_bytes", counted.caching_instruction_bytes.to_string()),
            ("scratch_bytes", counted.scratch_bytes.to_string()),
            ("narrow_memory_bytes_per_tile", inference.narrow_memory_bytes_per_tile.to_string()),
            ("dma_hints", inference.dma_hints.len().to_string()),
            ("deterministic", is_deterministic.into()),
            ("input_bytes", sizes(&inference.inputs)),
            ("output_bytes", sizes(&inference.outputs)),
        ] {
            assert_eq!(ours, row[column], "{column} of {file}");
        }
        assert_eq!((inference.chip, inference.batch_size), (Some("beagle"), 1), "{file}");
    }
}

#[test]
fn the_transfers_of_a_compiled_file_are_its_parameters_instructions_inputs_and_outputs() {
    for path in compiled_files() {
        let bytes = std::fs::read(&path).unwrap();
        let model = read(&bytes).unwrap();
        let package = only(&model, &path);
        let file = name(&path);
        for executable in package.executables.iter().filter(|executable| executable.fully_deterministic) {
            let mut moved = BTreeMap::new();
            let mut sent = vec![0; executable.instruction_chunks.len()];
            for hint in &executable.dma_hints {
                match *hint {
                    DmaHint::Transfer { to_device, target, name, bytes, .. } => {
                        assert_eq!(to_device, target != Target::Output, "{file}: {hint:?}");
                        *moved.entry((target != Target::Parameters).then_some(name)).or_insert(0) += bytes;
                    }
                    DmaHint::Instructions { chunk } => sent[chunk as usize] += 1,
                    DmaHint::Interrupt { .. } | DmaHint::Fence => {}
                }
            }
            assert!(sent.iter().all(|&times| times == 1), "{file}: {sent:?}");
            assert_eq!(moved.remove(&None).unwrap_or(0), executable.parameter_bytes, "{file}");
            for layer in executable.inputs.iter().chain(&executable.outputs) {
                let bytes = moved.remove(&Some(layer.name)).unwrap_or(0);
                assert_eq!(bytes, layer.bytes_per_inference(), "{file}: {}", layer.name);
            }
            assert!(moved.is_empty(), "{file}: {moved:?}");
        }
    }
}

#[test]
fn every_compiled_file_is_inspected_and_what_was_left_to_the_cpu_is_told() {
    let files = compiled_files();
    on_two_threads(&files, |path| {
        let inspect = |format: &str| {
            let output = respect().arg("inspect").arg(path).args(["--format", format]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let bytes = std::fs::read(path).unwrap();
        let model = read(&bytes).unwrap();
        let report: Value = serde_json::from_str(&inspect("json")).unwrap();
        let counted = only(&model, path).bytes();
        assert_eq!(report["compiled"][0]["bytes"], serde_json::to_value(counted).unwrap());
        let left = report["unmapped"].as_array().unwrap();
        assert_eq!(left.len(), model.operators.len() - 1, "{}", path.display());
        assert!(left.iter().all(|left| left["kind"] != "edgetpu-custom-op"), "{}", path.display());
        let text = inspect("human");
        let row = |line: &str| line.starts_with("  edgetpu-custom-op ") && line.contains(" Edge TPU ");
        assert!(text.lines().any(row), "{text}");
        assert_eq!(text.contains("the compiler left nothing to the CPU"), left.is_empty(), "{text}");
        assert!(text.contains("\n  transfers of an inference"), "{text}");
    });
}

#[test]
fn every_compiled_file_is_accepted_as_one_of_its_model_and_of_no_other() {
    let mut accepted = Vec::new();
    for (file, row) in rows() {
        let source = shared("models").parent().unwrap().join(&row["uncompiled_file"]);
        if row["uncompiled_file"].is_empty() || !source.is_file() {
            continue;
        }
        let made = shared(&row["compiled_file"]);
        let bytes = accept(&source, &made).unwrap_or_else(|why| panic!("{file}: {why}"));
        assert_eq!(bytes.expect("a package").cached_bytes.to_string(), row["cached_bytes"], "{file}");
        accepted.push((source, made));
    }
    assert!(accepted.len() >= 12, "only {} models are at hand", accepted.len());
    for (place, (source, _)) in accepted.iter().enumerate() {
        let (_, other) = &accepted[(place + 1) % accepted.len()];
        let why = accept(source, other).expect_err("another model's").to_string();
        assert!(why.contains("has other inputs or outputs than the stage: "), "{why}");
    }
    // A file by itself is one of its stage: its packages take and make the tensors of the operators that hold them.
    for path in compiled_files() {
        accept(&path, &path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    }
}

#[test]
fn models_that_were_compiled_together_share_a_token() {
    let token = |file: &str| {
        let path = shared(&format!("models/compiled/{file}_edgetpu.tflite"));
        let bytes = std::fs::read(&path).unwrap();
        let model = read(&bytes).unwrap();
        let package = only(&model, &path);
        let tokens: Vec<u64> =
            package.executables.iter().map(|executable| executable.parameter_caching_token).collect();
        assert!(tokens.windows(2).all(|pair| pair[0] == pair[1]), "{file}: {tokens:?}");
        tokens[0]
    };
    for source in ["edgetpu", "test_data"] {
        let together = ["0.25_128", "0.75_192"]
            .map(|model| token(&format!("{source}__mobilenet_v1_{model}_quant_cocompiled_with_3quant")));
        assert_eq!(together[0], together[1], "{source}");
        assert_ne!(together[0], token(&format!("{source}__mobilenet_v1_0.25_128_quant")), "{source}");
    }
}

/// Reads a file as far as it can be read, and fails if that takes much memory; returns whether its packages can be.
fn reads(bytes: &[u8], what: impl Fn() -> String) -> bool {
    let mut reads = false;
    let taken = allocation_counter::measure(|| {
        let Ok(model) = read(bytes) else { return };
        let Ok(packages) = packages(&model) else { return };
        std::hint::black_box(packages.iter().map(|compiled| compiled.package.bytes()).sum::<PackageBytes>());
        reads = true;
    });
    assert!(taken.bytes_max < MOST, "{} takes {} bytes", what(), taken.bytes_max);
    reads
}

#[test]
fn a_damaged_file_neither_panics_nor_takes_much() {
    // The more of a file are parameters and instructions, the less a change does: each place of the small ones, some of
    // the large ones.
    on_two_threads(&compiled_files(), |path| {
        let original = std::fs::read(path).unwrap();
        assert!(reads(&original, || name(path)));
        let step = original.len() / 20_000 + 1;
        for length in (0..original.len()).step_by(7 * step) {
            reads(&original[..length], || format!("{length} bytes of {}", name(path)));
        }
        let mut bytes = original.clone();
        for (turn, at) in (0..original.len()).step_by(step).enumerate() {
            bytes[at] ^= [0xFF, 0x01, 0x80][turn % 3];
            reads(&bytes, || format!("byte {at} of {} flipped", name(path)));
            bytes[at] = original[at];
        }
    });
}
