//! The promise: `kill -9` at any moment, and any number of runs at once, leave a folder that is whole.

mod common;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{assert_sound, contents, listing, model, respect};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// `respect compile` of `chain` into the folder `out`, with as many stages.
fn compile(folder: &Path, stages: &str) -> Command {
    let mut command = Command::new(respect().get_program());
    command.current_dir(folder).arg("compile").arg(model("chain"));
    command.args(["--no-compile", "-o", "out", "-n", stages, "--force"]).stdout(Stdio::null());
    command
}

/// `RESPECT_KILLS` sets the number of runs.
#[test]
fn killed_at_any_moment_it_leaves_the_old_stages_or_the_new() {
    let runs = std::env::var("RESPECT_KILLS").map_or(40, |runs| runs.parse().expect("a number"));
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
