//! The promise: `kill -9` at any moment, and any number of runs at once, leave a folder that is whole.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{assert_sound, contents, listing, manifest, model, respect, standin};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// `respect compile` of `chain` into the folder `out`, with as many stages.
fn compile(folder: &Path, stages: &str) -> Command {
    let mut command = Command::new(respect().get_program());
    command.current_dir(folder).arg("compile").arg(model("chain"));
    command.args(["--no-compile", "-o", "out", "-n", stages, "--force"]).stdout(Stdio::null());
    command
}

fn runs(default: u32) -> u32 {
    std::env::var("RESPECT_KILLS").map_or(default, |runs| runs.parse().expect("a number"))
}

/// `RESPECT_KILLS` sets the number of runs.
#[test]
fn killed_at_any_moment_it_leaves_the_old_stages_or_the_new() {
    let runs = runs(40);
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let start = Instant::now();
    let whole = ["2", "3"].map(|stages| {
        assert!(compile(scratch.path(), stages).status().unwrap().success());
        std::fs::write(out.join("notes.txt"), "mine").unwrap();
        contents(&out)
    });
    let longest = start.elapsed().as_micros() as u64;
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let mut at_last = 1;
    let (mut replaced, mut kept) = (0, 0);
    for run in 0..runs {
        let mut process = compile(scratch.path(), ["2", "3"][1 - at_last]).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(random.random_range(0..longest)));
        process.kill().unwrap();
        process.wait().unwrap();
        let found = contents(&out);
        let place = whole.iter().position(|whole| *whole == found);
        let place = place.unwrap_or_else(|| panic!("run {run}: neither is whole: {:?}", found.keys()));
        if place == at_last {
            kept += 1
        } else {
            replaced += 1
        }
        at_last = place;
    }
    println!("{runs} runs killed: {kept} left the old stages, {replaced} the new");
    assert!(compile(scratch.path(), "2").status().unwrap().success(), "what is left stands in nobody's way");
    assert_sound(&out);
}

#[test]
fn killed_while_stages_are_compiled_it_leaves_whole_stages() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let compile = |stages: &str| {
        let mut command = Command::new(respect().get_program());
        command.current_dir(scratch.path()).arg("compile").arg(model("residual"));
        command.args(["-o", "out", "-n", stages, "--force", "--refine"]).stdout(Stdio::null());
        command.arg("--edgetpu-compiler").arg(standin()).env("STANDIN_CACHE", "60000");
        command
    };
    let start = Instant::now();
    assert!(compile("2").status().unwrap().success());
    let longest = start.elapsed().as_micros() as u64;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for run in 0..runs(20) {
        let mut process = compile(["3", "2"][run as usize % 2]).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(random.random_range(0..longest)));
        process.kill().unwrap();
        process.wait().unwrap();
        assert_sound(&out);
        let stages = manifest(&out).stages;
        assert!(stages.iter().all(|stage| stage.compiled_file.is_some()), "run {run}");
        assert_eq!(listing(&out).len(), 2 + 3 * stages.len(), "run {run}");
    }
}

#[test]
fn runs_at_once_into_one_folder_leave_one_whole() {
    let scratch = tempfile::tempdir().unwrap();
    for _ in 0..5 {
        let processes = ["2", "3", "4", "5"].map(|n| compile(scratch.path(), n).spawn().unwrap());
        for mut process in processes {
            process.wait().unwrap();
        }
        assert_sound(&scratch.path().join("out"));
        assert_eq!(listing(scratch.path()), ["out"]);
    }
}
