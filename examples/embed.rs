//! Compiles a model into a folder of stages through the library alone, as a program does that embeds it:
//!
//!     cargo run --example embed -- test-data/models/residual.tflite stages

use std::error::Error;
use std::path::{Path, PathBuf};

use respect::compile::{CallerError, Outcome, Request, Source, compile};
use respect::device::EdgeTpu;
use respect::policy::guided;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Solution, solve_for_runner};
use respect::tflite;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [model, folder] = &arguments[..] else { return Err("usage: embed MODEL.tflite FOLDER".into()) };
    let outcome = three_stages(model, folder)?;
    for stage in &outcome.manifest.stages {
        println!("{}: {:.1} us", stage.file.file, stage.cost.latency_us);
    }
    for note in &outcome.notes {
        println!("{note}");
    }
    Ok(())
}

/// Cuts the model in the file `path` into three stages for as many Edge TPUs at USB 3, and writes them into `folder`.
fn three_stages(path: &Path, folder: &Path) -> Result<Outcome, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let mut model = tflite::read(&bytes)?;
    // Stages are joined by the names of tensors: those that have none get one.
    let unnamed = tflite::names::complete(&mut model);
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let graph = tflite::graph::graph(&model, &name)?;
    let problem = Problem {
        graph: &graph.graph,
        stages: 3,
        device: EdgeTpu::usb3(),
        objective: Objective::Latency,
        rules: Rules::Coral,
    };
    let solve = |problem: &Problem| -> Result<Solution, CallerError> {
        Ok(solve_for_runner(problem, Algorithm::Respect, &guided(Algorithm::Respect))?)
    };
    let source = Source { file: format!("{name}.tflite"), bytes: Some(&bytes) };
    // To have the stages compiled, set `compiler` to what `edgetpu::compiler::Compiler::find` finds.
    let request = Request {
        unnamed: &unnamed,
        progress: &|step| eprintln!("{step:?}"),
        ..Request::new(&model, source, &graph, &problem, &solve, folder)
    };
    Ok(compile(&request)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundled_model_becomes_a_folder_that_is_sound() {
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-data/models/residual.tflite");
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("stages");
        let outcome = three_stages(&model, &folder).unwrap();
        assert_eq!(outcome.manifest.stages.len(), 3);
        assert_eq!(respect::stages::check::verify(&folder).unwrap(), []);
    }
}
