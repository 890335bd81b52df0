//! The command `respect label`: writes what the exact solver finds for many graphs.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::ValueEnum;
use clap::error::ErrorKind;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::options::Terms;
use super::output::{Verdict, write_output};
use super::synth::Making;
use crate::interrupt;
use crate::listed::listed;
use crate::usage::UsageError;
use respect::base::cancel::{Cancel, Interrupted};
use respect::base::in_order::for_each_in_order;
use respect::device::EdgeTpu;
use respect::learn::labels::journal::{Convert, Journal, LabelRecipe, Opened, write_lines};
use respect::learn::labels::source::{GraphSource, Identity, PendingGraph, SourceError};
use respect::learn::labels::{Label, Plan, Shard};
use respect::problem::Objective;
use respect::solve::{Algorithm, Budget};

/// Arguments of `respect label`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect label graphs.jsonl --stages 4,5,6 --objective memory,latency -o labels.jsonl
  respect label --count 100000 --nodes 20..80 --stages 4 --shard 3/16 --format parquet -o labels-3.parquet
  respect synth --count 10 | respect label - --stages 4

A label is one line: number and name of the graph, stages, objective, status, value, lower_bound (bytes for memory,
microseconds for latency), stage_of, and why_not where no schedule was found. The labels depend on graphs and options
alone. An interrupted run goes on where it stopped when the same command is given again: until the file is whole its
labels are in FILE.partial, and FILE.recipe.json says what they are of. What comes on stdin is labelled anew.")]
pub struct Args {
    /// A list with one graph file object a line, as 'respect synth' prints it; - reads stdin. Without it graphs are
    /// made, with the options of 'respect synth'
    #[arg(required_unless_present = "count", conflicts_with = "Making")]
    graphs: Option<PathBuf>,
    /// Numbers of stages, separated by commas
    #[arg(long, short = 'n', value_name = "N,...", value_delimiter = ',', required = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    stages: Vec<u32>,
    /// Figure to minimize, one or both, separated by commas
    #[arg(long, value_parser = listed::<Objective>(), value_delimiter = ',', default_values_t = [Objective::Latency])]
    objective: Vec<Objective>,
    #[command(flatten)]
    terms: Terms,
    /// Most order ideals that the solver may hold for a graph
    #[arg(long, value_name = "COUNT", default_value_t = Budget::of(Algorithm::Exact).ideals)]
    max_ideals: usize,
    /// Label one share of N only, from 0: the graphs whose number leaves I when divided by N
    #[arg(long, value_name = "I/N", default_value_t = Shard::ALL)]
    shard: Shard,
    /// Number of graphs that are solved at a time [default: one for each core]
    #[arg(long, short, value_name = "COUNT")]
    jobs: Option<NonZeroUsize>,
    /// File to write, which appears whole or not at all; - is stdout
    #[arg(long, short, default_value = "-")]
    output: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t = LabelFormat::Jsonl)]
    format: LabelFormat,
    /// Replace the file, even if it holds labels of other graphs or options
    #[arg(long)]
    force: bool,
    #[command(flatten, next_help_heading = "Graphs to make")]
    making: Making,
}

/// The format of a file of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LabelFormat {
    /// One JSON object a line
    Jsonl,
    /// Parquet, one row a label
    #[cfg(feature = "parquet")]
    Parquet,
}

impl LabelFormat {
    fn name(self) -> &'static str {
        match self {
            LabelFormat::Jsonl => "jsonl",
            #[cfg(feature = "parquet")]
            LabelFormat::Parquet => "parquet",
        }
    }

    /// Returns how to make the file from lines of JSON; none if the file is those lines.
    fn convert(self) -> Option<Convert> {
        match self {
            LabelFormat::Jsonl => None,
            #[cfg(feature = "parquet")]
            LabelFormat::Parquet => Some(respect::learn::labels::parquet::write),
        }
    }
}

/// Runs `respect label`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let source = match &args.graphs {
        None => GraphSource::Recipe { recipe: args.making.recipe()?, count: args.making.count() },
        Some(path) if path == Path::new("-") => GraphSource::Stdin,
        Some(path) => GraphSource::File(path.clone()),
    };
    let plan = Plan {
        stages: args.stages.clone(),
        objectives: args.objective.clone(),
        rules: args.terms.rules,
        device: EdgeTpu::load(&args.terms.device)?,
        max_ideals: args.max_ideals,
    };
    if args.output == Path::new("-") {
        to_stdout(args, &source, &plan)
    } else {
        to_file(args, &source, &plan)
    }
}

fn to_stdout(args: &Args, source: &GraphSource, plan: &Plan) -> anyhow::Result<Verdict> {
    if args.format != LabelFormat::Jsonl {
        let why = format!("{} needs a file: name one with -o", args.format.name());
        return Err(UsageError::new(ErrorKind::ArgumentConflict, why).into());
    }
    let progress = match std::io::stdout().is_terminal() {
        true => ProgressBar::hidden(),
        false => progress(args, None, 0),
    };
    write_output(&args.output, |file| {
        each(args, source, plan, 0, &Cancel::default(), &progress, |labels| {
            write_lines(file, labels)?;
            // Whoever reads them need not wait for more.
            Ok(file.flush()?)
        })
    })
}

fn to_file(args: &Args, source: &GraphSource, plan: &Plan) -> anyhow::Result<Verdict> {
    let identity = source.identity()?;
    let recipe = LabelRecipe {
        respect: env!("CARGO_PKG_VERSION"),
        graphs: &identity,
        plan,
        shard: args.shard,
        format: args.format.name(),
    };
    let Opened::Begun(mut journal) = Journal::open(&args.output, &recipe, args.force)? else {
        return Ok(Verdict::Sound);
    };
    // A read of stdin cannot be broken off, and nothing is lost if the process is.
    let cancel = if identity == Identity::Stream { Cancel::default() } else { interrupt::catch() };
    let progress = progress(args, identity.count(), journal.graphs());
    let labelled =
        each(args, source, plan, journal.graphs(), &cancel, &progress, |labels| Ok(journal.add(labels)?));
    progress.finish_and_clear();
    labelled.map_err(|error| match error.is::<Interrupted>() {
        true => anyhow!(
            "interrupted with {} graphs labelled; give the same command again to go on",
            journal.graphs()
        ),
        false => error,
    })?;
    journal.finish(args.format.convert())?;
    Ok(Verdict::Sound)
}

/// Labels the shard's graphs but the first `done`, and hands each graph's labels to `take`, in order.
fn each(
    args: &Args,
    source: &GraphSource,
    plan: &Plan,
    done: u64,
    cancel: &Cancel,
    progress: &ProgressBar,
    mut take: impl FnMut(&[Label]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let is_ours = |draft: &Result<PendingGraph, SourceError>| {
        draft.as_ref().map_or(true, |draft| args.shard.holds(draft.number))
    };
    let drafts = source.drafts()?.filter(is_ours).skip(usize::try_from(done)?);
    let jobs = args.jobs.or(std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let work = |draft: Result<PendingGraph, SourceError>| -> anyhow::Result<Vec<Label>> {
        let draft = draft?;
        let (number, graph) = (draft.number, draft.graph()?);
        let labels = plan.label(number, &graph, cancel);
        // An interrupt ends a search early, and what that found is no label.
        cancel.check()?;
        Ok(labels)
    };
    for_each_in_order(drafts, jobs, work, |labels| {
        take(&labels?)?;
        progress.inc(1);
        Ok(())
    })
}

/// Returns a progress bar for a terminal, with `done` graphs of the shard behind it.
fn progress(args: &Args, graphs: Option<u64>, done: u64) -> ProgressBar {
    let total = graphs.map(|graphs| args.shard.share_of(graphs));
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    let style = match total {
        Some(_) => "{wide_bar} {pos}/{len} graphs, {per_sec}, {eta} left",
        None => "{spinner} {pos} graphs, {per_sec}",
    };
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.with_position(done)
}
