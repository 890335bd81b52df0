//! What the passes cost inside the stock `mlir-opt`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use respect::base::units::ratio;

use super::{RESPECT, Row, big_model, goal, median, ms, run};

const RUNS: usize = 5;

/// Median seconds of a command, after a warm-up.
fn seconds(program: &Path, words: &[OsString]) -> Result<f64> {
    let program = program.to_str().context("a path in UTF-8")?;
    let mut figures = Vec::new();
    for _ in 0..=RUNS {
        figures.push(run(program, words.iter().map(OsString::as_os_str))?.seconds);
    }
    Ok(median(figures.split_off(1)))
}

fn words(words: &[&OsStr]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// Returns a function of `count` operations, each of which reads the one before, and the function's argument too if `shares`.
fn chain(count: usize, shares: bool) -> String {
    let name = |place: usize| if place == 0 { "%x".to_string() } else { format!("%v{place}") };
    let operation = |place: usize| {
        let (made, read) = (name(place + 1), name(place));
        let other = if shares { "%x" } else { &read };
        format!(r#"{made} = "tfl.add"({read}, {other}) : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>"#)
    };
    let body: Vec<String> = (0..count).map(operation).collect();
    let last = name(count);
    format!(
        "func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {{\n{}\nreturn {last} : tensor<4xi8> }}\n",
        body.join("\n")
    )
}

/// Import, schedule, outline and emit of a large model beside what `mlir-opt` takes to read and print it; and the time
/// that loading the plugin takes.
pub fn plugin(goals: &mut Vec<Row>) -> Result<()> {
    let prefix = std::env::var_os("MLIR_SYS_220_PREFIX").unwrap_or_else(|| "/usr/lib/llvm-22".into());
    let opt = Path::new(&prefix).join("bin/mlir-opt");
    let library = Path::new(RESPECT).with_file_name("librespect_passes.so");
    ensure!(library.is_file(), "{} is missing: run 'cargo build --release --workspace'", library.display());
    let load = OsString::from(format!("--load-pass-plugin={}", library.display()));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;

    let empty = folder.path().join("empty.mlir");
    fs::write(&empty, "module {}\n")?;
    let bare = seconds(&opt, &words(&[empty.as_os_str()]))?;
    let loaded = seconds(&opt, &words(&[&load, empty.as_os_str()]))?;
    goals.push(goal("loading the plugin into mlir-opt", loaded - bare, 0.050, ms));

    let (model, name) = big_model(folder.path())?;
    let module = folder.path().join("model.mlir");
    let flag = |text: &str| OsString::from(text);
    let import = words(&["import".as_ref(), model.as_os_str(), "-o".as_ref(), module.as_os_str()]);
    let import = seconds(&PathBuf::from(RESPECT), &import)?;
    let unregistered = flag("--allow-unregistered-dialect");
    let print = words(&[&unregistered, module.as_os_str(), "-o".as_ref(), "/dev/null".as_ref()]);
    let print = seconds(&opt, &print)?;
    let mut chains = Vec::new();
    for shares in [false, true] {
        let path = folder.path().join("chain.mlir");
        fs::write(&path, chain(10_000, shares))?;
        let passes = flag("--pass-pipeline=builtin.module(respect-pipeline{stages=4})");
        let out = [path.as_os_str(), "-o".as_ref(), "/dev/null".as_ref()];
        let all = [words(&[&load, &unregistered, &passes]), words(&out)].concat();
        chains.push(seconds(&opt, &all)?);
    }
    goals.push(goal(
        "10,000 operations that read one value, over a chain",
        chains[1] / chains[0],
        3.0,
        ratio,
    ));

    let stages = folder.path().join("stages");
    let pipeline = |options: &str| {
        let text = format!("--pass-pipeline=builtin.module(respect-pipeline{{stages=4 {options}}})");
        words(&[&load, &unregistered, text.as_ref(), module.as_os_str(), "-o".as_ref(), "/dev/null".as_ref()])
    };
    let emit = seconds(&opt, &pipeline(&format!("out-dir={} force=true", stages.display())))?;
    let outline = seconds(&opt, &pipeline(""))?;
    println!(
        "plugin: {name}, 4 stages, medians of {RUNS}: respect import {}; mlir-opt reads and prints {}; the same with\n\
         schedule, verify and outline {}; and with emit {}\n",
        ms(import),
        ms(print),
        ms(outline),
        ms(emit)
    );
    goals.push(goal(
        "import and respect-pipeline over mlir-opt's read and print",
        (import + emit) / print,
        3.0,
        ratio,
    ));
    Ok(())
}
