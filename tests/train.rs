//! The promise: training that is killed and taken up again comes to the weights of training that was not, to the last
//! bit; and the log, the curve and the weights are whole.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn train(output: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_respect"));
    command.arg("train").arg("-o").arg(output).args(["--steps", "24", "--every", "3", "--validation", "1"]);
    command.args(["--problems", "3", "--attempts", "3", "--nodes", "8..14", "--hidden", "16", "--seed", "5"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn killed_training_goes_on_to_the_same_weights() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = scratch.path().join("whole.safetensors");
    assert!(train(&whole).status().unwrap().success());
    let expected = std::fs::read(&whole).unwrap();
    let log = std::fs::read_to_string(scratch.path().join("whole.safetensors.csv")).unwrap();
    assert_eq!(log.lines().count(), 1 + 2 * 8, "{log}");
    assert!(
        std::fs::read_to_string(scratch.path().join("whole.safetensors.svg")).unwrap().starts_with("<svg")
    );

    let cut = scratch.path().join("cut.safetensors");
    let mut kills = 0;
    for delay in [300, 500, 700, 900, 1100, 1300] {
        let mut child = train(&cut).arg("--resume").spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
    }
    assert!(kills > 0, "training ended before it could be killed");
    assert!(train(&cut).arg("--resume").status().unwrap().success());
    assert_eq!(std::fs::read(&cut).unwrap(), expected);
    let left: Vec<_> =
        std::fs::read_dir(scratch.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("checkpoint")), "{left:?}");
}

#[test]
fn checkpoints_of_other_training_and_damaged_ones_are_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let output = scratch.path().join("weights.safetensors");
    let checkpoint = scratch.path().join("weights.safetensors.memory.checkpoint");
    std::fs::write(&checkpoint, b"not a checkpoint").unwrap();
    let run =
        train(&output).args(["--resume", "--objective", "memory"]).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(1));
    assert!(said.contains("memory.checkpoint") && said.contains("not a weights file"), "{said}");
    assert!(!output.exists());
}

#[test]
fn training_starts_from_other_weights() {
    let scratch = tempfile::tempdir().unwrap();
    let (first, second) =
        (scratch.path().join("first.safetensors"), scratch.path().join("second.safetensors"));
    assert!(train(&first).args(["--baseline", "greedy"]).status().unwrap().success());
    let from = |file: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_respect"));
        command.arg("train").arg("-o").arg(&second).arg("--from").arg(file);
        command.args([
            "--steps",
            "2",
            "--problems",
            "2",
            "--attempts",
            "2",
            "--nodes",
            "8..14",
            "--validation",
            "1",
        ]);
        command.output().unwrap()
    };
    let run = from(&first);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    // The recipe tells of both.
    let weights = std::fs::read(&second).unwrap();
    let text = String::from_utf8_lossy(&weights);
    assert!(text.contains("2 steps of 2 problems") && text.contains("started from: "), "no recipe");
    assert!(
        text.contains("24 steps of 3 problems with 3 attempts each against the greedy order"),
        "no recipe"
    );

    std::fs::write(&first, b"no weights").unwrap();
    let run = from(&first);
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("first.safetensors"));
}
