//! The promise: weights that are damaged, of another version or of another shape are refused, with what to do.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use crate::common::{listing, model, respect};
use respect::base::limits;
use respect::policy::network::{Network, Shape};
use respect::policy::published::{PublishedNetwork, parameters};
use respect::policy::weights::Weights;
use respect::problem::Objective;

/// A small network for one objective, as a file.
fn file(objective: Objective) -> Vec<u8> {
    let shape = Shape { hidden: 16, rounds: 1 };
    let values = (0..shape.numbers()).map(|number| (number % 7) as f32 * 0.1 - 0.3).collect();
    let network = Network::new(shape, values).unwrap();
    Weights { networks: vec![(objective, network)], recipe: BTreeMap::new() }.to_bytes()
}

/// `bytes` with the first `from` replaced by `to`, as long.
fn with(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|part| part == from.as_bytes()).expect(from);
    let mut other = bytes.to_vec();
    other[at..at + to.len()].copy_from_slice(to.as_bytes());
    other
}

/// `bytes` with the shape of a tensor replaced.
fn with_shape(bytes: &[u8], tensor: &str, to: &str) -> Vec<u8> {
    let at = bytes.windows(tensor.len()).position(|part| part == tensor.as_bytes()).expect(tensor);
    [&bytes[..at], &with(&bytes[at..], "[1,16]", to)].concat()
}

/// Fails unless every command refuses the weights file `name` of `folder`, which the error names, and says `parts`.
fn refused(folder: &Path, name: &str, parts: &[&str]) {
    let chain = model("chain");
    let chain = chain.to_str().unwrap();
    for arguments in [
        &["schedule", chain, "-n", "2"][..],
        &["compile", chain, "-n", "2", "--no-compile"],
        &["compare", chain, "-n", "2"],
        &["evaluate", chain, "-n", "2"],
    ] {
        let before = listing(folder);
        let mut command = respect();
        command.current_dir(folder).args(arguments).args(["--weights", name]);
        let output = command.output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}, {name}: {complaint}");
        assert!(output.stdout.is_empty(), "{arguments:?}, {name}");
        assert!(complaint.starts_with(&format!("error: {name}: ")), "{arguments:?}: {complaint}");
        for part in parts {
            assert!(complaint.contains(part), "{arguments:?}, {name}: no '{part}' in {complaint}");
        }
        assert_eq!(listing(folder), before, "{arguments:?}, {name}");
    }
}

#[test]
fn spoiled_weights_are_refused_with_what_is_wrong_and_what_to_do() {
    let scratch = tempfile::tempdir().unwrap();
    let sound = file(Objective::Latency);
    let mut flipped = sound.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let count = parameters(16).iter().map(|parameter| parameter.len()).sum();
    let published = PublishedNetwork::new(16, vec![0.25; count]).unwrap().to_bytes(&BTreeMap::new());
    let take = "take a file that 'respect train' wrote";
    let cases: [(&str, Vec<u8>, &[&str]); 9] = [
        ("empty", vec![], &["not a weights file, or cut short", take]),
        ("text", b"weights".repeat(9), &["not a weights file, or cut short", take]),
        ("cut", sound[..sound.len() / 2].to_vec(), &["not a weights file, or cut short", take]),
        ("cut-by-one", sound[..sound.len() - 1].to_vec(), &["not a weights file, or cut short", take]),
        ("flipped", flipped, &["the checksum is wrong: the file is damaged", "fetch or train it again"]),
        (
            "newer",
            with(&sound, r#"\"version\":1"#, r#"\"version\":9"#),
            &["weights of version 9, and this program reads version 1", "train them anew"],
        ),
        (
            "turned",
            with_shape(&sound, "latency/glimpse.score", "[16,1]"),
            &[
                "tensor 'latency/glimpse.score': is F32 of shape [16, 1], and F32 of shape [1, 16] is needed",
                "train the weights anew",
            ],
        ),
        (
            "narrow",
            with_shape(&sound, "latency/embed.bias", "[16,1]"),
            &["tensor 'latency/embed.bias': 1 hidden units in 1 rounds are not a network of this kind"],
        ),
        ("other", published, &["a safetensors file, but not one of such a policy", take]),
    ];
    for (name, bytes, parts) in cases {
        fs::write(scratch.path().join(name), bytes).unwrap();
        refused(scratch.path(), name, parts);
    }
    refused(scratch.path(), "gone", &["No such file or directory"]);
    refused(scratch.path(), "/dev/zero", &["is longer than 67108864 bytes"]);
    File::create(scratch.path().join("long")).unwrap().set_len(limits::WEIGHTS_BYTES + 1).unwrap();
    refused(scratch.path(), "long", &["is longer than 67108864 bytes"]);
    fs::create_dir(scratch.path().join("folder")).unwrap();
    refused(scratch.path(), "folder", &["Is a directory"]);
}

#[test]
fn sound_weights_schedule_for_their_objective_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("memory.safetensors");
    fs::write(&path, file(Objective::Memory)).unwrap();
    let schedule = |objective| {
        let mut command = respect();
        command.arg("schedule").arg(model("chain")).args(["-n", "2", "--scheduler", "policy"]);
        command.args(["--objective", objective]).arg("--weights").arg(&path).output().unwrap()
    };
    let output = schedule("memory");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = schedule("latency");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        complaint.contains("the weights hold no network for objective latency; give other --weights"),
        "{complaint}"
    );
}

#[test]
fn no_cut_and_no_flipped_byte_is_taken_for_other_weights() {
    let sound = file(Objective::Latency);
    let networks = Weights::from_bytes(&sound).unwrap().networks;
    for end in 0..sound.len() {
        assert!(Weights::from_bytes(&sound[..end]).is_err(), "cut at {end}");
    }
    // All of the header, and some of the numbers.
    for at in (0..4000).chain((4000..sound.len()).step_by(61)) {
        let mut spoiled = sound.clone();
        spoiled[at] ^= 0x11;
        if let Ok(weights) = Weights::from_bytes(&spoiled) {
            assert_eq!(weights.networks, networks, "flipped at {at}");
        }
    }
}
