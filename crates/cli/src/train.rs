//! The command `respect train`: trains the policy on synthetic graphs.

mod curve;
mod published;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::output::{Verdict, print, write_output};
use crate::interrupt;
use crate::listed::listed;
use crate::options::read_weights;
use respect::base::cancel::Cancel;
use respect::base::listed::Listed;
use respect::policy::network::{Network, Shape};
use respect::policy::weights::Weights;
use respect::problem::Objective;
use respect_train::tch;
use respect_train::validation::Validation;
use respect_train::{Baseline, Course, Training, fresh};

/// The numbers of operations of the graphs that a policy is validated on.
const SIZES: [u32; 3] = [30, 60, 150];

/// Arguments of `respect train`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect train -o policy.safetensors                   both objectives, as the program's own weights were trained
  respect train -o policy.safetensors --resume          go on after an interrupt or a crash, to the same result
  respect train -o longer.safetensors --from policy.safetensors --nodes 40..240 --steps 3000 --rate 5e-4 --seed 1
  respect train -o small.safetensors --objective memory --hidden 16 --steps 500
  respect train -o published.safetensors --as-published --steps 3000

Beside OUTPUT are written OUTPUT.csv (the log), OUTPUT.svg (the learning curve) and, while training goes on,
OUTPUT.latency.checkpoint and OUTPUT.memory.checkpoint.")]
pub struct Args {
    /// Weights file to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Train for this objective alone [default: for both, side by side]
    #[arg(long, value_parser = listed::<Objective>())]
    objective: Option<Objective>,
    /// Number of steps of the optimizer
    #[arg(long, default_value_t = 9000, value_parser = clap::value_parser!(u64).range(1..))]
    steps: u64,
    /// Number of problems in a step
    #[arg(long, value_name = "COUNT", default_value = "16", value_parser = clap::value_parser!(u16).range(1..))]
    problems: u16,
    /// Number of attempts at each problem
    #[arg(long, value_name = "COUNT", default_value = "8", value_parser = clap::value_parser!(u16).range(2..))]
    attempts: u16,
    /// Number of operations of a graph
    #[arg(long, value_name = "MIN..MAX", default_value = "20..90", value_parser = nodes)]
    nodes: RangeInclusive<u32>,
    /// Learning rate of the optimizer at the start; it falls to zero
    #[arg(long, default_value_t = 1e-3)]
    rate: f64,
    /// Weight of the entropy at the start; it falls to zero
    #[arg(long, default_value_t = 0.01)]
    entropy: f64,
    /// Baseline that the reward of an attempt is compared with
    #[arg(long, value_parser = listed::<Baseline>(), default_value_t = Baseline::Mean)]
    baseline: Baseline,
    /// Start from the networks of this weights file instead of random ones, with their width and number of rounds
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hidden", "rounds"])]
    from: Option<PathBuf>,
    /// Width of the hidden layers, a multiple of 16
    #[arg(long, default_value_t = 48)]
    hidden: usize,
    /// Number of rounds of message passing
    #[arg(long, default_value_t = 2)]
    rounds: usize,
    /// Seed of the graphs, the first weights and the attempts
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Steps between two validations, each of which ends with a checkpoint
    #[arg(long, default_value_t = 250, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// Number of graphs of each family and size that the policy is validated on
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    validation: u64,
    /// Go on from the checkpoints beside the output
    #[arg(long)]
    resume: bool,
    /// Device that trains the network: cpu, or cuda with a PyTorch that has it
    #[arg(long, value_name = "DEVICE", default_value = "cpu", value_parser = ["cpu", "cuda"])]
    on: String,
    /// Train the paper's own configuration, with --steps, --seed and --output alone
    #[arg(long)]
    as_published: bool,
}

/// Reads a range `MIN..MAX` with both ends included.
fn nodes(text: &str) -> Result<RangeInclusive<u32>, String> {
    let ends = text.split_once("..").and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    match ends {
        Some((low, high)) if 2 <= low && low <= high && high <= 100_000 => Ok(low..=high),
        _ => Err("give two numbers from 2 to 100000, such as 20..90".into()),
    }
}

/// Runs `respect train`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    // Sums in one order: with more threads the weights would differ from run to run.
    tch::set_num_threads(1);
    if args.as_published {
        return published::run(args.steps, args.seed, &args.output);
    }
    if !(Shape { hidden: args.hidden, rounds: args.rounds }).is_valid() {
        bail!(
            "--hidden {} --rounds {}: give a multiple of 16 up to 1024, and at most 16 rounds",
            args.hidden,
            args.rounds
        );
    }
    if args.on == "cuda" && !tch::Cuda::is_available() {
        bail!("--on cuda: this libtorch has no CUDA device; build with one that has, or train on the cpu");
    }
    let cancel = interrupt::catch();
    let objectives = args.objective.map_or(Objective::ALL.to_vec(), |objective| vec![objective]);
    let starts =
        objectives.iter().map(|&objective| start(args, objective)).collect::<anyhow::Result<Vec<_>>>()?;
    let bars = MultiProgress::new();
    let trained: Vec<anyhow::Result<Trained>> = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let share = threads.div_ceil(objectives.len());
        let spawn = |(&objective, start)| {
            let (bars, cancel) = (&bars, &cancel);
            scope.spawn(move || {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(share).build()?;
                pool.install(|| train(args, objective, start, bars, cancel))
            })
        };
        let running: Vec<_> = objectives.iter().zip(starts).map(spawn).collect();
        running.into_iter().map(|thread| thread.join().expect("training does not panic")).collect()
    });
    let mut weights = Weights { networks: Vec::new(), recipe: Default::default() };
    let mut log = String::from(HEADER);
    for trained in trained {
        let Trained { course, network, rows } = trained?;
        weights.recipe.insert(course.objective.to_string(), course.to_string());
        weights.set(course.objective, network);
        log.push_str(&rows);
    }
    write_output(&beside(&args.output, "csv"), |file| Ok(file.write_all(log.as_bytes())?))?;
    let curve = curve::draw(&log)?;
    write_output(&beside(&args.output, "svg"), |file| Ok(file.write_all(curve.as_bytes())?))?;
    write_output(&args.output, |file| Ok(file.write_all(&weights.to_bytes())?))?;
    for objective in objectives {
        let _ = std::fs::remove_file(checkpoint(args, objective));
    }
    for (objective, network) in &weights.networks {
        let numbers = network.shape().numbers();
        print(&format!("{}: {numbers} numbers for {objective}\n", args.output.display()))?;
    }
    Ok(Verdict::Sound)
}

/// The header of the log; excesses are relative: the sampled one over the bound, those of the validation over the
/// best of the simple orders and 100 random ones.
const HEADER: &str =
    "objective,step,seconds,sampled excess,entropy,validation 30,validation 60,validation 150\n";

struct Trained {
    course: Course,
    network: Network,
    rows: String,
}

fn beside(output: &Path, ending: &str) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn checkpoint(args: &Args, objective: Objective) -> PathBuf {
    beside(&args.output, &format!("{objective}.checkpoint"))
}

/// The network that training starts from, and the recipe it came about by, if it was trained before.
type Start = (Network, Option<String>);

/// Returns the network of `--from`, or a random one.
fn start(args: &Args, objective: Objective) -> anyhow::Result<Start> {
    let Some(path) = &args.from else {
        return Ok((fresh(Shape { hidden: args.hidden, rounds: args.rounds }, args.seed), None));
    };
    let name = || path.display().to_string();
    let weights = Weights::from_bytes(&read_weights(path)?).with_context(name)?;
    match weights.network(objective) {
        Some(network) => {
            let recipe = weights.recipe.get(&objective.to_string()).cloned();
            Ok((network.clone(), Some(recipe.unwrap_or_else(name))))
        }
        None => bail!(
            "{}: has no network for objective {objective}; give another file, or another --objective",
            name()
        ),
    }
}

fn train(
    args: &Args,
    objective: Objective,
    start: Start,
    bars: &MultiProgress,
    cancel: &Cancel,
) -> anyhow::Result<Trained> {
    let (network, start) = start;
    let course = Course {
        objective,
        steps: args.steps,
        problems: args.problems.into(),
        attempts: args.attempts.into(),
        nodes: (*args.nodes.start(), *args.nodes.end()),
        rate: args.rate,
        entropy: args.entropy,
        clip: 1.0,
        baseline: args.baseline,
        shape: network.shape(),
        seed: args.seed,
        start,
    };
    let path = checkpoint(args, objective);
    let device = if args.on == "cuda" { tch::Device::Cuda(0) } else { tch::Device::Cpu };
    let (mut training, mut rows) = if args.resume && path.exists() {
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        Training::from_bytes(&bytes, course.clone(), course.shape, device)
            .with_context(|| path.display().to_string())?
    } else {
        (Training::new(course.clone(), &network, device), String::new())
    };
    let bar = bars.add(ProgressBar::new(args.steps));
    bar.set_style(ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {eta} {msg}")?);
    bar.set_prefix(objective.to_string());
    let validation = SIZES.map(|size| Validation::new(objective, &[size], args.validation));
    let start = Instant::now();
    let (mut sampled, mut entropy, mut count) = (0.0, 0.0, 0.0);
    while training.step < args.steps {
        if cancel.check().is_err() {
            bail!("interrupted; go on with --resume from step {}", training.step / args.every * args.every);
        }
        let progress = training.advance();
        sampled += progress.sampled;
        entropy += progress.entropy;
        count += 1.0;
        bar.set_position(training.step);
        if training.step.is_multiple_of(args.every) || training.step == args.steps {
            let network = training.network();
            let scores = validation.each_ref().map(|validation| validation.score(&network));
            bar.set_message(format!("{:.2} %", scores[2] * 100.0));
            rows.push_str(&format!(
                "{objective},{},{:.0},{:.5},{:.4},{:.5},{:.5},{:.5}\n",
                training.step,
                start.elapsed().as_secs_f64(),
                sampled / count,
                entropy / count,
                scores[0],
                scores[1],
                scores[2]
            ));
            (sampled, entropy, count) = (0.0, 0.0, 0.0);
            write_output(&path, |file| Ok(file.write_all(&training.to_bytes(&rows))?))?;
        }
    }
    bar.finish_and_clear();
    Ok(Trained { course, network: training.network(), rows })
}
