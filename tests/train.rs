//! The promise: training that is killed and taken up again comes to the weights of training that was not, to the last
//! bit; and the log, the curve and the weights are whole.

mod common;

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{disk, respect};
use nix::sys::signal::Signal;

fn train(output: &Path) -> Command {
    train_with(Command::new(respect().get_program()), output)
}

fn train_with(mut command: Command, output: &Path) -> Command {
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
    // Each run goes on where the one before was killed, until one is done before it makes so many changes.
    let run = |changes: u32| {
        let command = disk::signalled_tool_on(scratch.path(), Signal::SIGKILL, changes);
        train_with(command, &cut).arg("--resume").status().unwrap()
    };
    let killed = (0..).step_by(9).map(run).take_while(|status| status.signal() == Some(9)).count();
    assert!(killed > 2, "killed {killed} times only");
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
        let mut command = respect();
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
