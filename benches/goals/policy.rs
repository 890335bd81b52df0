//! The policy: the time to compile it, to order each ImageNet graph by it, compiled, plain and in tch, to schedule with it,
//! and how that grows.

use std::env;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use respect::base::listed::Listed;
use respect::base::units::ratio;
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::learn::synth::{Family, Recipe};
use respect::policy::engine::Policy;
use respect::policy::network::{Network, Shape};
use respect::problem::{Objective, Problem, Rules};
use respect::solve::instance::Instance;
use respect::solve::{Algorithm, Status};
use respect_cli::table::table;

use super::{Row, SOLVES, goal, imagenet_graphs, median, ms, processor_seconds, solution, timed};

/// Compiling is timed this often, each time in a process of its own.
const COMPILES: usize = 11;
/// The argument with which this program compiles once.
pub const COMPILE: &str = "--compile";

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
        let output = Command::new(env::current_exe()?).arg(COMPILE).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        compiles.push(String::from_utf8(output.stdout)?.trim().parse()?);
    }
    goals.push(goal("compiling the policy, once a process", median(compiles), 0.100, ms));

    orders(goals)?;
    whole(goals)?;
    growth(goals)
}

/// What runs the network, and the time that each takes to order a graph.
fn orders(goals: &mut Vec<Row>) -> Result<()> {
    let (compiled, plain) = (Policy::new(network()?), Policy::plain(network()?));
    ensure!(compiled.is_compiled(), "the policy can't be compiled here");
    let (mut rows, mut gains) = (Vec::new(), Vec::new());
    for graph in &imagenet_graphs()? {
        let problem = problem(graph, 4, Objective::Latency);
        let instance = Instance::new(&problem).expect("a graph that has room for the stages");
        ensure!(compiled.order(&instance) == plain.order(&instance), "{}: the orders differ", graph.name());
        let compiled = median_of(SOLVES, || _ = compiled.order(&instance));
        let plain = median_of(SOLVES, || _ = plain.order(&instance));
        let ops = graph.ops().len().to_string();
        let mut row = vec![graph.name().to_string(), ops, ms(compiled), ms(plain), ratio(plain / compiled)];
        let in_tch = seconds_in_tch(&instance)?;
        gains.extend(in_tch.map(|in_tch| in_tch / compiled));
        row.push(in_tch.map_or("-".into(), ms));
        row.push(in_tch.map_or("-".into(), |in_tch| ratio(in_tch / compiled)));
        rows.push(row);
    }
    println!(
        "Ordering a graph by the policy, encoding included, N = 4, latency: medians of {SOLVES} (tch: of 5, one thread)\n\n{}",
        table(&["graph", "ops", "compiled", "plain", "gain", "tch", "gain"], 1, rows)
    );
    if gains.is_empty() {
        goals.push(
            ["compiled over tch", "built without tch: make bench-tch", "at least 5.00x", "-"]
                .map(String::from),
        );
    } else {
        let least = gains.into_iter().fold(f64::INFINITY, f64::min);
        let verdict = if least >= 5.0 { "met" } else { "MISSED" };
        goals.push(
            ["tch over compiled, smallest gain", &ratio(least), "at least 5.00x", verdict].map(String::from),
        );
    }
    Ok(())
}

/// The time that the same network takes in tch, if that is built in.
#[cfg(feature = "train")]
fn seconds_in_tch(instance: &Instance) -> Result<Option<f64>> {
    tch::set_num_threads(1);
    let network = network()?;
    Ok(Some(median_of(5, || _ = respect_train::inference::order(&network, instance))))
}

#[cfg(not(feature = "train"))]
fn seconds_in_tch(_: &Instance) -> Result<Option<f64>> {
    Ok(None)
}

/// The whole scheduler on the ImageNet graphs, after the policy is compiled.
fn whole(goals: &mut Vec<Row>) -> Result<()> {
    let (mut rows, mut slowest) = (Vec::new(), 0f64);
    for graph in &imagenet_graphs()? {
        let mut row = vec![graph.name().to_string(), graph.ops().len().to_string()];
        let mut all = Vec::new();
        for &objective in Objective::ALL {
            for stages in [4, 5, 6] {
                let (seconds, solution) = timed(graph, stages, Algorithm::Respect, objective)?;
                ensure!(solution.status == Status::Optimal, "{}: {}", graph.name(), solution.detail);
                row.push(ms(seconds));
                all.push(seconds);
            }
        }
        let median = median(all);
        slowest = slowest.max(median);
        row.push(ms(median));
        rows.push(row);
    }
    let header = ["graph", "ops", "lat N=4", "N=5", "N=6", "mem N=4", "N=5", "N=6", "median"];
    println!(
        "The scheduler respect, policy compiled, all optimal: medians of {SOLVES} solves\n\n{}",
        table(&header, 1, rows)
    );
    goals.push(goal("respect: median per ImageNet graph, slowest graph", slowest, 0.005, ms));
    Ok(())
}

/// The time of the bare policy as graphs grow.
fn growth(goals: &mut Vec<Row>) -> Result<()> {
    let (mut rows, mut per_operation) = (Vec::new(), Vec::new());
    for nodes in [1_000, 10_000, 100_000] {
        let graph = Recipe::new(Family::Network, nodes..=nodes, 1).graph(0);
        let mut row = vec![nodes.to_string()];
        for &objective in Objective::ALL {
            let solve = |algorithm| solution(&graph, 4, algorithm, objective, Rules::Coral);
            for algorithm in [Algorithm::Policy, Algorithm::Respect] {
                let mut times = Vec::new();
                for _ in 0..3 {
                    let start = processor_seconds();
                    solve(algorithm)?;
                    times.push(processor_seconds() - start);
                }
                let seconds = median(times);
                row.push(format!("{:.3} s", seconds));
                per_operation.push(((objective, algorithm), nodes, seconds / f64::from(nodes)));
            }
        }
        rows.push(row);
    }
    let header = ["operations", "lat policy", "respect", "mem policy", "respect"];
    println!("Growth, family network, N = 4: medians of 3\n\n{}", table(&header, 1, rows));
    let cost = |nodes: u32| per_operation.iter().filter(move |(_, size, _)| *size == nodes);
    let growth = cost(10_000).zip(cost(100_000)).map(|(small, large)| large.2 / small.2);
    let worst = growth.fold(0.0, f64::max);
    goals.push(goal("time per operation, 100,000 over 10,000 operations", worst, 2.0, ratio));
    Ok(())
}

fn problem(graph: &OpGraph, stages: u32, objective: Objective) -> Problem<'_> {
    Problem { graph, stages, device: EdgeTpu::usb3(), objective, rules: Rules::Coral }
}

/// The median processor time of `run`, in seconds.
fn median_of(count: usize, mut run: impl FnMut()) -> f64 {
    let times = (0..count).map(|_| {
        let start = processor_seconds();
        run();
        processor_seconds() - start
    });
    median(times.collect())
}

/// Compiles a network, the first of this process, and prints the seconds that it took.
pub fn compile() -> Result<()> {
    respect::policy::jit::install();
    let policy = Policy::new(network()?);
    let start = Instant::now();
    ensure!(policy.is_compiled(), "the policy can't be compiled here");
    println!("{}", start.elapsed().as_secs_f64());
    Ok(())
}
