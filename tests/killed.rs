//! The promise: `kill -9` at any moment, and any number of runs at once, leave a folder that is whole.
//!
//! A moment is a change to the disk: `tests/standin/disk.c` has the tool killed before the first, before the second, and so
//! on, so no moment is left to chance.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use crate::common::{assert_sound, contents, disk, listing, manifest, model, respect, standin};

fn tool() -> Command {
    Command::new(respect().get_program())
}

/// Adds to a command: `compile` of `chain` into the folder `out`, with as many stages.
fn compile(mut command: Command, folder: &Path, stages: &str) -> Command {
    command.current_dir(folder).arg("compile").arg(model("chain"));
    command.args(["--no-compile", "-o", "out", "-n", stages, "--force"]).stdout(Stdio::null());
    command
}

/// Runs `command` killed after each number of changes, until it makes fewer. Calls `check` after each run that was killed,
/// and returns how many were.
fn killed_at_every_change(command: impl Fn(u32) -> Command, mut check: impl FnMut(u32)) -> u32 {
    for changes in 0.. {
        let output = command(changes).output().unwrap();
        if output.status.signal() != Some(9) {
            assert!(output.status.success(), "{changes}: {}", String::from_utf8_lossy(&output.stderr));
            return changes;
        }
        check(changes);
    }
    unreachable!("no run makes changes without end")
}

#[test]
fn killed_at_any_moment_it_leaves_the_old_stages_or_the_new() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let whole = ["2", "3"].map(|stages| {
        assert!(compile(tool(), scratch.path(), stages).status().unwrap().success());
        std::fs::write(out.join("notes.txt"), "mine").unwrap();
        contents(&out)
    });
    // Killed late enough a run has put the new stages in their place, and the next one puts the old ones back.
    let at_last = std::cell::Cell::new(1);
    let (mut replaced, mut kept) = (0, 0);
    let command = |changes| {
        let command = disk::signalled_tool_on(scratch.path(), Signal::SIGKILL, changes);
        compile(command, scratch.path(), ["2", "3"][1 - at_last.get()])
    };
    let killed = killed_at_every_change(command, |changes| {
        let found = contents(&out);
        let place = whole.iter().position(|whole| *whole == found);
        let place = place.unwrap_or_else(|| panic!("{changes} changes: none is whole: {:?}", found.keys()));
        if place == at_last.get() {
            kept += 1
        } else {
            replaced += 1
        }
        at_last.set(place);
    });
    assert_eq!(killed, kept + replaced);
    assert!(kept > 20 && replaced > 0, "{kept} left the old stages, {replaced} the new");
    assert!(
        compile(tool(), scratch.path(), "2").status().unwrap().success(),
        "what is left stands in nobody's way"
    );
    assert_sound(&out);
}

#[test]
fn killed_while_stages_are_compiled_it_leaves_whole_stages() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let compile = |mut command: Command, stages: &str| {
        command.current_dir(scratch.path()).arg("compile").arg(model("residual"));
        command.args(["-o", "out", "-n", stages, "--force", "--refine"]).stdout(Stdio::null());
        command.arg("--edgetpu-compiler").arg(standin()).env("STANDIN_CACHE", "60000");
        command
    };
    assert!(compile(tool(), "2").status().unwrap().success());
    let killed = killed_at_every_change(
        |changes| {
            let command = disk::signalled_tool_on(scratch.path(), Signal::SIGKILL, changes);
            compile(command, ["3", "2"][changes as usize % 2])
        },
        |changes| {
            assert_sound(&out);
            let stages = manifest(&out).stages;
            assert!(stages.iter().all(|stage| stage.compiled_file.is_some()), "{changes} changes");
            assert_eq!(listing(&out).len(), 3 + 3 * stages.len(), "{changes} changes");
        },
    );
    assert!(killed > 20, "{killed} changes only");
}

#[test]
fn runs_at_once_into_one_folder_leave_one_whole() {
    let scratch = tempfile::tempdir().unwrap();
    for _ in 0..5 {
        let processes = ["2", "3", "4", "5"].map(|n| compile(tool(), scratch.path(), n).spawn().unwrap());
        for mut process in processes {
            process.wait().unwrap();
        }
        assert_sound(&scratch.path().join("out"));
        assert_eq!(listing(scratch.path()), ["out"]);
    }
}
