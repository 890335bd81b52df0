//! The policy's network, compiled and plain: the time to compile it, and to order each ImageNet graph by it.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use respect::device::EdgeTpu;
use respect::policy::engine::{Policy, View};
use respect::policy::network::{Network, Shape};
use respect::problem::{Objective, Problem, Rules};
use respect::report::table::{ratio, table};

use super::{Row, SOLVES, goal, imagenet_graphs, median, ms};

/// Compiling is timed this often, each time a network of its own.
const COMPILES: usize = 11;

/// A network of small weights, which costs what a trained one does.
fn network() -> Result<Network> {
    let shape = Shape::default();
    let weight = |place: usize| ((place * 2_654_435_761) % 1000) as f32 / 2500.0 - 0.2;
    Network::new(shape, (0..shape.numbers()).map(weight).collect()).context("as many as the shape says")
}

/// The figures of the policy.
pub fn policy(goals: &mut Vec<Row>) -> Result<()> {
    respect::policy::jit::install();
    let mut compiles = Vec::new();
    for _ in 0..COMPILES {
        let policy = Policy::new(network()?);
        let start = Instant::now();
        ensure!(policy.is_compiled(), "the policy can't be compiled here");
        compiles.push(start.elapsed().as_secs_f64());
    }
    goals.push(goal("compiling the policy", median(compiles), 0.100, ms));

    let (compiled, plain) = (Policy::new(network()?), Policy::plain(network()?));
    ensure!(compiled.is_compiled(), "the policy can't be compiled here");
    let mut rows = Vec::new();
    for graph in &imagenet_graphs()? {
        let (device, objective) = (EdgeTpu::usb3(), Objective::Latency);
        let problem = Problem { graph, stages: 4, device, objective, rules: Rules::Coral };
        let view = View::new(&problem);
        ensure!(compiled.order(&view) == plain.order(&view), "{}: the orders differ", graph.name());
        let time = |policy: &Policy| {
            let run = |_| {
                let start = Instant::now();
                policy.order(&view);
                start.elapsed().as_secs_f64()
            };
            median((0..SOLVES).map(run).collect())
        };
        let (compiled, plain) = (time(&compiled), time(&plain));
        let ops = graph.ops().len().to_string();
        rows.push(vec![graph.name().to_string(), ops, ms(compiled), ms(plain), ratio(plain / compiled)]);
    }
    println!(
        "Ordering a graph by the policy, encoding included, N = 4, latency: medians of {SOLVES}\n\n{}",
        table(&["graph", "ops", "compiled", "plain", "gain"], 1, rows)
    );
    Ok(())
}
