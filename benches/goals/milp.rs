//! What a general exact solver takes: integer programming with HiGHS beside the schedulers of our own.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use respect::device::EdgeTpu;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Budget, Solution, Status, solve};
use respect_cli::table::{ratio, table};

use super::{SOLVES, imagenet_graphs, median, ms, processor_seconds};

/// HiGHS with the integer program alone, and with a schedule to beat.
const HIGHS: [Algorithm; 2] = [Algorithm::MilpAlone, Algorithm::Milp];
/// The schedulers that are set beside it.
const RIVALS: [Algorithm; 2] = [Algorithm::Exact, Algorithm::Respect];
/// When HiGHS is stopped. It goes by the clock: on a busy machine that is less than this of processor time.
const LIMIT: Duration = Duration::from_secs(20);

/// Times on every ImageNet graph, cut into 4, 5 and 6 stages as in the RESPECT paper.
pub fn milp() -> Result<()> {
    let graphs = imagenet_graphs()?;
    let pairs = || RIVALS.iter().flat_map(|rival| HIGHS.map(|highs| format!("{highs} / {rival}")));
    let header = [
        vec!["graph".to_string(), "N".into()],
        HIGHS.iter().flat_map(|highs| [highs.to_string(), "gap".into()]).collect(),
        RIVALS.iter().map(ToString::to_string).collect(),
        pairs().collect(),
    ]
    .concat();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    for objective in [Objective::Memory, Objective::Latency] {
        let mut rows = Vec::new();
        let mut ratios = vec![Vec::new(); RIVALS.len() * HIGHS.len()];
        let mut stopped = HIGHS.map(|_| 0);
        for (graph, stages) in graphs.iter().flat_map(|graph| [4, 5, 6].map(|stages| (graph, stages))) {
            eprintln!("{}, {objective}, {stages} stages ...", graph.name());
            let problem = Problem { graph, stages, device: EdgeTpu::usb3(), objective, rules: Rules::Coral };
            let highs = HIGHS.map(|algorithm| Run::of(&problem, algorithm, 1, Some(LIMIT)));
            let rivals = RIVALS.map(|algorithm| Run::of(&problem, algorithm, SOLVES, None));
            let solutions = || highs.iter().chain(&rivals).filter_map(|run| run.solution.as_ref());
            let bound = solutions().map(|solution| solution.lower_bound).max();
            let best = solutions().map(|solution| solution.value).min();
            ensure!(bound <= best, "{}: {bound:?} proved, {best:?} found", graph.name());
            let over = |rival: &Run, highs: &Run| highs.seconds / rival.seconds;
            let pairs = || rivals.iter().flat_map(|rival| highs.iter().map(move |highs| (rival, highs)));
            ratios
                .iter_mut()
                .zip(pairs())
                .for_each(|(ratios, (rival, highs))| ratios.push(over(rival, highs)));
            stopped.iter_mut().zip(&highs).for_each(|(count, run)| *count += usize::from(run.is_stopped()));
            rows.push(
                [
                    vec![graph.name().to_string(), stages.to_string()],
                    highs.iter().flat_map(|run| [run.at_least(ms(run.seconds)), run.gap()]).collect(),
                    rivals.iter().map(|run| ms(run.seconds)).collect(),
                    pairs().map(|(rival, highs)| highs.at_least(ratio(over(rival, highs)))).collect(),
                ]
                .concat(),
            );
        }
        println!(
            "Processor time of HiGHS, {objective}, stopped after {} s on the clock; gap: between its schedule and its bound;\n\
             and of others, the median of {SOLVES} solves\n\n{}",
            LIMIT.as_secs(),
            table(&header, 1, rows)
        );
        for (pair, ratios) in pairs().zip(ratios) {
            println!("{pair}, {objective}: median {}", ratio(median(ratios)));
        }
        for (highs, count) in HIGHS.iter().zip(stopped) {
            println!("{highs}: stopped on {count} of {}; its ratio there is a lower bound", 3 * graphs.len());
        }
        println!();
    }
    Ok(())
}

/// The median processor time of a solver, and what it found.
struct Run {
    seconds: f64,
    solution: Option<Solution>,
}

impl Run {
    fn of(problem: &Problem, algorithm: Algorithm, solves: usize, limit: Option<Duration>) -> Run {
        let run = || {
            let deadline = limit.map(|limit| Instant::now() + limit);
            let start = processor_seconds();
            let solution = solve(problem, algorithm, &Budget { deadline, ..Budget::of(algorithm) }).ok();
            Run { seconds: processor_seconds() - start, solution }
        };
        let runs: Vec<Run> = (0..solves).map(|_| run()).collect();
        let seconds = median(runs.iter().map(|run| run.seconds).collect());
        Run { seconds, solution: runs.into_iter().next().and_then(|run| run.solution) }
    }

    fn is_stopped(&self) -> bool {
        self.solution.as_ref().is_none_or(|solution| solution.status == Status::BudgetExhausted)
    }

    fn at_least(&self, figure: String) -> String {
        if self.is_stopped() { format!("> {figure}") } else { figure }
    }

    fn gap(&self) -> String {
        match &self.solution {
            None => "no schedule".into(),
            Some(solution) if solution.status == Status::Optimal => "none".into(),
            Some(solution) => format!("{:.4} %", solution.gap() * 100.0),
        }
    }
}
