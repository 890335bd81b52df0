//! The promise: the same command gives the same bytes, nothing is overwritten unasked, and a folder appears whole or
//! not at all.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::folders::SEEKING;
use crate::common::{assert_sound, contents, cut, listing, model, models, name, on_two_threads, respect};
use assert_cmd::Command;

/// `respect compile` of `chain` in `folder`, not compiled.
fn compile(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = respect();
    command.current_dir(folder).arg("compile").arg(model("chain")).arg("--no-compile").args(arguments);
    command.output().unwrap()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_same_command_gives_the_same_bytes() {
    on_two_threads(&models(), |path| {
        let scratch = tempfile::tempdir().unwrap();
        let folder = |name: &str| scratch.path().join(name);
        for scheduler in SEEKING {
            cut(path, 4, &folder("first"), &["--scheduler", scheduler, "--force"]).unwrap();
            cut(path, 4, &folder("second"), &["--scheduler", scheduler, "--force"]).unwrap();
            // On one processor the threads that write stages come in another order.
            let mut command = Command::new("taskset");
            command.args(["-c", "0"]).arg(respect().get_program()).arg("compile").arg(path);
            command.args([
                "-n",
                "4",
                "--no-compile",
                "--allow-cpu",
                "--force",
                "--scheduler",
                scheduler,
                "-o",
            ]);
            command.arg(folder("third")).assert().success();
            let first = contents(&folder("first"));
            assert!(first.len() == 7, "{}: {:?}", name(path), first.keys());
            for other in ["second", "third"] {
                assert!(contents(&folder(other)) == first, "{}, {scheduler}, {other} run", name(path));
            }
        }
    });
}

#[test]
fn a_seed_is_part_of_the_command() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = |seed: &str| {
        let folder = scratch.path().join(seed);
        cut(&model("detector"), 5, &folder, &["--scheduler", "order-dp", "--seed", seed]).unwrap();
        assert_sound(&folder);
        crate::common::manifest(&folder).seed
    };
    assert_eq!((folder("1"), folder("18446744073709551615")), (1, u64::MAX));
}

#[test]
fn nothing_is_overwritten_without_force() {
    let scratch = tempfile::tempdir().unwrap();
    assert!(compile(scratch.path(), &["-n", "3"]).status.success());
    let before = contents(scratch.path());
    let why = complaint(&compile(scratch.path(), &["-n", "2"]));
    assert!(why.contains("chain_stages exists; give another folder with -o, or --force to replace"), "{why}");
    assert!(contents(scratch.path()) == before);
    assert_eq!(listing(scratch.path()), ["chain_stages"]);
}

#[test]
fn an_empty_folder_is_as_good_as_none() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("out")).unwrap();
    assert!(compile(scratch.path(), &["-n", "2", "-o", "out"]).status.success());
    assert_sound(&scratch.path().join("out"));
    assert!(compile(scratch.path(), &["-n", "2", "-o", "not/there/yet/"]).status.success());
    assert_sound(&scratch.path().join("not/there/yet"));
}

#[test]
fn force_replaces_stages_and_keeps_other_files() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("out");
    assert!(compile(scratch.path(), &["-n", "3", "-o", "out"]).status.success());
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    fs::write(folder.join(".hidden"), "mine too").unwrap();
    // What a compiler left of the old stages goes with them.
    fs::write(folder.join("chain_segment_2_of_3_edgetpu.tflite"), "old").unwrap();
    fs::write(folder.join("chain_segment_2_of_3_edgetpu.log"), "old").unwrap();
    assert!(compile(scratch.path(), &["-n", "2", "-o", "out", "--force"]).status.success());
    let stages = ["chain_segment_0_of_2.tflite", "chain_segment_1_of_2.tflite"];
    let others = ["notes.txt", "respect_pipeline.py", "run_pipeline.py", "schedule.json"];
    let expected = [&[".hidden"], &stages[..], &others].concat();
    assert_eq!(listing(&folder), expected);
    assert_eq!(fs::read(folder.join("notes.txt")).unwrap(), b"mine");
    assert_eq!(fs::read(folder.join(".hidden")).unwrap(), b"mine too");
    assert_sound(&folder);
    assert_eq!(listing(scratch.path()), ["out"]);
}

#[test]
fn force_replaces_nothing_but_stages() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("photos")).unwrap();
    fs::write(scratch.path().join("photos/cat.jpg"), "cat").unwrap();
    fs::write(scratch.path().join("file"), "text").unwrap();
    assert!(compile(scratch.path(), &["-n", "2", "-o", "out"]).status.success());
    fs::create_dir(scratch.path().join("out/results")).unwrap();
    fs::write(scratch.path().join("out/results/a.txt"), "1").unwrap();
    let before = contents(scratch.path());
    for folder in ["photos", "file", "out"] {
        let why = complaint(&compile(scratch.path(), &["-n", "3", "-o", folder, "--force"]));
        assert!(why.contains("exists and is not a folder of stages"), "{folder}: {why}");
    }
    assert!(contents(scratch.path()) == before);
    assert_eq!(listing(scratch.path()), ["file", "out", "photos"]);
}

#[test]
fn errors_leave_nothing_behind() {
    let scratch = tempfile::tempdir().unwrap();
    let attempts: [(&[&str], &str); 5] = [
        (&["-n", "0"], "0 stages: give at least 1"),
        (&["-n", "14"], "use at most 13"),
        (&["-n", "2", "--device", "usb4"], "device 'usb4'"),
        (&["-n", "2", "--edgetpu-compiler", "gone"], "gone: no such program"),
        (&["-n", "99999", "--format", "json"], "use at most 13"),
    ];
    for (arguments, part) in attempts {
        let mut command = respect();
        command.current_dir(scratch.path()).arg("compile").arg(model("chain")).args(arguments);
        let why = complaint(&command.output().unwrap());
        assert!(why.contains(part), "{arguments:?}: {why}");
        assert_eq!(listing(scratch.path()), [""; 0], "{arguments:?}");
    }
}

#[test]
fn what_the_file_system_refuses_is_said_once() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("file"), "text").unwrap();
    for (arguments, part) in
        [(["-n", "2", "-o", "file/out"], "file"), (["-n", "2", "-o", "/proc/out"], "/proc")]
    {
        let why = complaint(&compile(scratch.path(), &arguments));
        assert!(why.starts_with("error: ") && why.contains(part), "{why}");
        assert_eq!(why.matches("(os error").count(), 1, "{why}");
    }
    assert_eq!(listing(scratch.path()), ["file"]);
}

#[test]
fn what_fails_leaves_no_new_parents_behind() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("there")).unwrap();
    let output = compile(scratch.path(), &["-n", "2", "--weights", "gone", "-o", "a/b/out"]);
    assert!(complaint(&output).starts_with("error: gone: No such file"));
    let attempt = |out: &str| {
        let mut command = respect();
        command.current_dir(scratch.path()).arg("compile").arg(model("chain")).args(["-n", "2", "-o", out]);
        command.args(["--recut", "0"]).arg("--edgetpu-compiler").arg(crate::common::standin());
        complaint(&command.env("STANDIN_FAULT", "bare").output().unwrap())
    };
    for out in ["a/b/out", "there/b/out", "./a/../there/b/c/out/"] {
        assert!(attempt(out).contains("Compilation failed!"), "{out}");
        assert_eq!(listing(scratch.path()), ["there"], "{out}");
        assert_eq!(listing(&scratch.path().join("there")), [""; 0], "{out}");
    }
}

#[test]
fn devices_and_pipes_are_written_to_and_not_replaced() {
    let scratch = tempfile::tempdir().unwrap();
    let graph = |output: &Path| {
        let mut command = respect();
        command.current_dir(scratch.path()).arg("graph").arg(model("chain")).arg("-o").arg(output);
        command.output().unwrap()
    };
    let null = scratch.path().join("null");
    std::os::unix::fs::symlink("/dev/null", &null).unwrap();
    assert!(graph(&null).status.success());
    assert!(null.is_symlink());
    let full = scratch.path().join("full");
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    let why = complaint(&graph(&full));
    assert!(why.contains("full: No space left on device"), "{why}");
    assert!(why.ends_with(": free space on that disk, or write to another one\n"), "{why}");
    assert!(full.is_symlink());
    let pipe = scratch.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    assert!(graph(&pipe).status.success());
    assert!(reader.join().unwrap() == graph(Path::new("-")).stdout);
    assert_eq!(listing(scratch.path()), ["full", "null", "pipe"]);
}

#[test]
fn a_report_that_finds_no_room_is_an_error() {
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    for arguments in [&["inspect"][..], &["schedule", "-n", "2"], &["graph", "-o", "-"]] {
        let mut command = std::process::Command::new(respect().get_program());
        command.args(arguments).arg(model("chain")).stdout(full());
        let why = complaint(&command.output().unwrap());
        assert!(why.contains("stdout: No space left on device"), "{arguments:?}: {why}");
    }
}

#[test]
fn without_room_for_a_file_nothing_changes() {
    let scratch = tempfile::tempdir().unwrap();
    assert!(compile(scratch.path(), &["-n", "3", "-o", "out"]).status.success());
    let before = contents(scratch.path());
    // With a limit on files, writing fails half-way as it does on a full disk, at another file for each limit.
    let mut failed = 0;
    for blocks in [0, 1, 2, 8, 20, 40, 60, 80, 120, 160, 1000] {
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &limited, "sh"]).arg(respect().get_program()).current_dir(scratch.path());
        command.arg("compile").arg(model("chain")).args(["--no-compile", "-n", "2", "-o", "out", "--force"]);
        let output = command.output().unwrap();
        if output.status.success() {
            assert_sound(&scratch.path().join("out"));
            continue;
        }
        failed += 1;
        let why = complaint(&output);
        assert!(why.contains("File too large"), "{blocks}: {why}");
        assert!(contents(scratch.path()) == before, "{blocks}");
        assert_eq!(listing(scratch.path()), ["out"], "{blocks}");
    }
    assert!((5..11).contains(&failed), "{failed} of 11 limits were too low");
}

#[test]
fn a_graph_file_appears_whole_or_not_at_all() {
    let scratch = tempfile::tempdir().unwrap();
    let graph = |input: &Path, output: &str| {
        let mut command = respect();
        command.current_dir(scratch.path()).arg("graph").arg(input).arg("-o").arg(output).output().unwrap()
    };
    fs::write(scratch.path().join("text"), "text").unwrap();
    complaint(&graph(&scratch.path().join("text"), "a.json"));
    let why = complaint(&graph(&model("chain"), "no/such/a.json"));
    assert!(why.starts_with("error: no/such/a.json: No such file or directory"), "{why}");
    assert_eq!(listing(scratch.path()), ["text"]);
    assert!(graph(&model("chain"), "a.json").status.success());
    assert!(graph(&scratch.path().join("a.json"), "b.json").status.success());
    let read = |name: &str| fs::read(scratch.path().join(name)).unwrap();
    assert_eq!(read("a.json"), read("b.json"), "the normal form is its own");
    assert_eq!(listing(scratch.path()), ["a.json", "b.json", "text"]);
}
