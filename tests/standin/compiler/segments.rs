//! `--num_segments`: equal parameter bytes in libcoral's order, as the real one cuts.

use respect::device::EdgeTpu;
use respect::edgetpu::names::stage_name;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Budget, solve};
use respect::stages::parts::parts;
use respect::tflite::extract::extract;
use respect::tflite::{graph, read, write};

use super::Input;

/// The segments of a model, named as the real ones are.
pub fn cut(input: &Input, segments: u32) -> Option<Vec<Input>> {
    let model = read(&input.bytes).ok()?;
    let graph = graph::graph(&model, &input.stem()).ok()?;
    let problem = Problem {
        graph: &graph.graph,
        stages: segments,
        device: EdgeTpu::usb3(),
        objective: Objective::Memory,
        rules: Rules::Precedence,
    };
    let algorithm = Algorithm::ParameterCount;
    let solution = solve(&problem, algorithm, &Budget::of(algorithm)).ok()?;
    let parts = parts(&model, &graph, &solution.evaluation);
    let segment = |(place, part)| {
        let mut bytes = Vec::new();
        write(&extract(&model, part), &mut bytes).ok()?;
        Some(Input { path: stage_name(&input.stem(), place, segments as usize), bytes })
    };
    parts.iter().enumerate().map(segment).collect()
}
