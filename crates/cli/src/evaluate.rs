//! The command `respect evaluate`: holds the policy beside simple orders, random ones, and the whole scheduler.

mod picture;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use serde::Serialize;

use super::input::Input;
use super::options::{Options, read_weights};
use super::output::{Format, Verdict, print, print_json, write_output};
use crate::interrupt;
use crate::table::table;
use respect::base::listed::Listed;
use respect::graph::OpGraph;
use respect::learn::evaluate::{Case, Comparison, Score, Setting, cases};
use respect::learn::synth::{Family, Recipe};
use respect::policy::embedded;
use respect::policy::published::PublishedNetwork;
use respect::problem::Objective;

/// The seed of the graphs, which no training draws.
const SEED: u64 = 0xe7a1_0a7e;

/// Arguments of `respect evaluate`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect evaluate test-data/imagenet/*.json
  respect evaluate --sizes 50,100,300 --count 20 --svg evaluation.svg
  respect evaluate --sizes 30 --count 50 --objective memory --weights mine.safetensors --format json

Excess is over the optimum where one is proved, else over the best that any method, or a long local search, found.")]
pub struct Args {
    /// Models (.tflite), modules (.mlir) or graphs (.json), taken as one group
    inputs: Vec<PathBuf>,
    /// Numbers of operations of synthetic graphs of both families, separated by commas
    #[arg(long, value_name = "NODES,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(2..))]
    sizes: Vec<u32>,
    /// Number of synthetic graphs of each family and size
    #[arg(long, value_name = "COUNT", default_value_t = 12)]
    count: u64,
    /// Numbers of stages, separated by commas
    #[arg(long, short = 'n', value_name = "N,...", value_delimiter = ',', default_value = "4,5,6")]
    stages: Vec<u32>,
    /// Evaluate for the objective that --objective names alone [default: for both]
    #[arg(long)]
    one_objective: bool,
    /// Weights of the paper's own configuration, as 'respect train --as-published' writes them, to compare as well
    #[arg(long, value_name = "FILE")]
    as_published: Option<PathBuf>,
    /// Also draw the result as an SVG picture
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Serialize)]
struct Report {
    rows: Vec<Score>,
    comparisons: Vec<Comparison>,
    cases: Vec<Case>,
}

/// Runs `respect evaluate`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    if args.inputs.is_empty() && args.sizes.is_empty() {
        bail!("nothing to evaluate on: name models or graphs, or give --sizes");
    }
    let own = args.options.policies()?;
    let cancel = interrupt::catch();
    let setting = Setting {
        stages: args.stages.clone(),
        device: respect::device::EdgeTpu::load(&args.options.terms.device)?,
        rules: args.options.terms.rules,
        seed: args.options.seed,
        samples: args.options.samples,
        policies: own.as_ref().unwrap_or_else(|| embedded()),
        cancel: &cancel,
        published: args.as_published.as_deref().map(published).transpose()?,
    };
    let mut graphs: Vec<(String, OpGraph)> = Vec::new();
    for path in &args.inputs {
        graphs.push(("given".into(), Input::open(path)?.graph()?));
    }
    for &size in &args.sizes {
        for family in [Family::Layered, Family::Network] {
            let recipe = Recipe::new(family, size..=size, SEED);
            graphs.extend((0..args.count).map(|number| (format!("{family} {size}"), recipe.graph(number))));
        }
    }
    let objectives: Vec<Objective> = match args.one_objective {
        true => vec![args.options.objective],
        false => Objective::ALL.to_vec(),
    };
    let progress = ProgressBar::new((graphs.len() * objectives.len()) as u64);
    let mut all = Vec::new();
    for &objective in &objectives {
        for (group, graph) in &graphs {
            cancel.check()?;
            all.extend(cases(group, graph, objective, &setting));
            progress.inc(1);
        }
    }
    progress.finish_and_clear();

    let mut groups: Vec<&str> = Vec::new();
    graphs.iter().for_each(|(group, _)| {
        if !groups.contains(&group.as_str()) {
            groups.push(group);
        }
    });
    let (mut rows, mut comparisons) = (Vec::new(), Vec::new());
    for &objective in &objectives {
        let of = |chosen: &dyn Fn(&str) -> bool| -> Vec<&Case> {
            all.iter().filter(|case| case.objective == objective && chosen(&case.group)).collect()
        };
        for &group in &groups {
            let own = of(&|other| other == group);
            rows.extend(Score::of(group, objective, &own));
            comparisons.extend(Comparison::both(group, objective, &own));
        }
        if groups.len() > 1 {
            comparisons.extend(Comparison::both("all", objective, &of(&|_| true)));
        }
    }
    if let Some(path) = &args.svg {
        let picture = picture::draw(&rows)?;
        write_output(path, |file| Ok(file.write_all(picture.as_bytes())?))?;
    }
    if args.format == Format::Json {
        return print_json(&Report { rows, comparisons, cases: all });
    }
    print(&human(&rows, &comparisons))?;
    Ok(Verdict::Sound)
}

fn published(path: &Path) -> anyhow::Result<PublishedNetwork> {
    let bytes = read_weights(path)?;
    Ok(PublishedNetwork::from_bytes(&bytes).with_context(|| path.display().to_string())?.0)
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

fn human(rows: &[Score], comparisons: &[Comparison]) -> String {
    let header = ["graphs", "objective", "method", "solved", "mean excess", "worst", "median time"];
    let lines = rows.iter().map(|row| {
        [
            row.group.clone(),
            row.objective.to_string(),
            row.method.name().into(),
            format!("{}/{}", row.solved, row.problems),
            percent(row.mean),
            percent(row.worst),
            format!("{:.3} ms", row.median_ms),
        ]
    });
    let mut text = table(&header, 3, lines);
    text.push('\n');
    for row in rows.iter().filter(|row| row.method == respect::learn::evaluate::Method::Respect) {
        text.push_str(&format!(
            "{}, {}: {} of {} optima proved; the best may be {} above the optimum on average\n",
            row.group,
            row.objective,
            row.proved,
            row.problems,
            percent(row.gap)
        ));
    }
    text.push('\n');
    let header =
        ["graphs", "objective", "policy against", "policy", "other", "difference", "95 % interval", "n"];
    let lines = comparisons.iter().map(|row| {
        [
            row.group.clone(),
            row.objective.to_string(),
            row.other.name().into(),
            percent(row.policy_mean),
            percent(row.other_mean),
            percent(row.difference),
            if row.low.is_finite() {
                format!("{} to {}", percent(row.low), percent(row.high))
            } else {
                "unknown".into()
            },
            row.graphs.to_string(),
        ]
    });
    text.push_str(&table(&header, 3, lines));
    text
}
