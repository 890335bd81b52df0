//! The promise: a file that is larger than any real one is refused for that, before it takes the memory or the day.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::common::{model, respect};
use respect::base::limits;
use respect::base::units::{Bytes, Macs};
use respect::graph::{GraphParts, Op, OpGraph, OpId};

/// Fails unless the tool refuses `arguments` for this reason.
fn refused(folder: &Path, arguments: &[&str], part: &str) {
    let output = respect().current_dir(folder).args(arguments).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {complaint}");
    assert!(complaint.contains(part), "{arguments:?}: {complaint}");
}

/// A file that begins with `text` and holds nothing but zeros up to `length`, which take no room on the disk.
fn sparse(path: &Path, text: &[u8], length: u64) {
    let mut file = File::create(path).unwrap();
    file.write_all(text).unwrap();
    file.set_len(length).unwrap();
}

#[test]
fn files_that_are_too_long_are_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    sparse(&folder.join("long.tflite"), b"\x08\0\0\0TFL3", limits::MODEL_BYTES + 1);
    sparse(&folder.join("long.json"), b"{", limits::TEXT_BYTES + 1);
    sparse(&folder.join("long.log"), b"Edge TPU", limits::TEXT_BYTES + 1);
    let chain = model("chain");
    let chain = chain.to_str().unwrap();
    refused(folder, &["inspect", "long.tflite"], "long.tflite: is longer than 2147483648 bytes");
    refused(folder, &["schedule", "long.json", "-n", "2"], "long.json: is longer than 67108864 bytes");
    refused(folder, &["log", "long.log"], "long.log: is longer than 67108864 bytes");
    refused(folder, &["log", "/dev/zero"], "/dev/zero: is longer than 67108864 bytes");
    refused(
        folder,
        &["schedule", chain, "-n", "2", "--device", "/dev/zero/../zero.toml"],
        "/dev/zero/../zero.toml: Not a directory",
    );
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.toml")).unwrap();
    refused(folder, &["schedule", chain, "-n", "2", "--device", "zero.toml"], "is longer than 65536 bytes");
    std::fs::create_dir(folder.join("stages")).unwrap();
    sparse(&folder.join("stages/schedule.json"), b"{", limits::TEXT_BYTES + 1);
    refused(folder, &["verify", "stages"], "stages/schedule.json: is longer than 67108864 bytes");
}

fn graph(ops: usize) -> GraphParts {
    let op = |index| Op {
        name: format!("op{index}"),
        kind: "TEST".into(),
        parameter_bytes: Bytes(1),
        macs: Macs(1),
        channels: None,
        compute_us: None,
        array: None,
        places: None,
        laid_out: None,
        instruction_bytes: None,
    };
    GraphParts { name: "many".into(), ops: (0..ops).map(op).collect(), ..GraphParts::default() }
}

#[test]
fn graphs_that_are_too_large_are_refused() {
    let message = |parts| OpGraph::new(parts).unwrap_err().to_string();
    let most = limits::OPERATIONS;
    assert_eq!(
        message(graph(most + 1)),
        format!("the number of operations is out of range: at most {most} is accepted")
    );
    let mut parts = graph(2);
    parts.apart = vec![vec![OpId(0), OpId(1)]; limits::REFERENCES / 3 + 1];
    assert!(message(parts).starts_with("the number of references to operations is out of range"));
}

#[test]
fn pipelines_that_are_too_long_and_searches_that_are_too_wide_end() {
    let scratch = tempfile::tempdir().unwrap();
    // Operations that depend on nothing: there are 2 to their number order ideals.
    let wide = OpGraph::new(graph(3000)).unwrap();
    std::fs::write(scratch.path().join("wide.json"), wide.to_json()).unwrap();
    let schedule = |stages: &str| {
        let mut command = respect();
        command.current_dir(scratch.path()).args(["schedule", "wide.json", "--rules", "precedence"]);
        command.args(["--scheduler", "exact", "--max-ideals", "4000000000", "-n", stages]).output().unwrap()
    };
    let output = schedule("4");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = schedule("257");
    assert_eq!(output.status.code(), Some(1));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("257 stages, but no pipeline has so many: use at most 256"), "{complaint}");
}
