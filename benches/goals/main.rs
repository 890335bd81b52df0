//! `make bench`: what the goals ask for, each figure beside its goal, and before that the figures of every ImageNet
//! graph. Words after `cargo bench --bench goals --` choose parts: `imagenet`, `gnmt`, `compile`, `plugin`, `policy`,
//! `milp`.

#[cfg(feature = "milp")]
mod milp;
#[cfg(feature = "mlir")]
mod plugin;
#[cfg(feature = "jit")]
mod policy;
mod synthetic;
mod workload;

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::time::{ClockId, clock_gettime};
use respect::base::units::ratio;
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::policy::guided;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Solution, SolveError, Status, solve};
use respect_cli::table::table;

const RESPECT: &str = env!("CARGO_BIN_EXE_respect");
/// The argument with which this program measures another one.
const MEASURE: &str = "--measure";
const SOLVES: usize = 31;
const RUNS: usize = 11;

fn main() -> Result<()> {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    if args.first().is_some_and(|first| first == MEASURE) {
        return measure(&args[1..]);
    }
    #[cfg(feature = "jit")]
    if args.first().is_some_and(|first| first == policy::COMPILE) {
        return policy::compile();
    }
    if !args.iter().any(|arg| arg == "--bench") {
        println!("nothing is measured in a test run: use cargo bench");
        return Ok(());
    }
    let words: Vec<&OsString> = args.iter().filter(|arg| *arg != "--bench").collect();
    let is_chosen = |part: &str| words.is_empty() || words.iter().any(|word| *word == part);
    let mut goals = Vec::new();
    if is_chosen("imagenet") {
        imagenet(&mut goals)?;
    }
    if is_chosen("gnmt") {
        gnmt(&mut goals)?;
    }
    if is_chosen("compile") {
        compile(&mut goals)?;
    }
    #[cfg(feature = "mlir")]
    if is_chosen("plugin") {
        plugin::plugin(&mut goals)?;
    }
    #[cfg(feature = "jit")]
    if is_chosen("policy") {
        policy::policy(&mut goals)?;
    }
    #[cfg(feature = "milp")]
    if is_chosen("milp") {
        milp::milp()?;
    }
    if !goals.is_empty() {
        println!("Goals\n\n{}", table(&["what", "measured", "goal", ""], 1, goals));
    }
    Ok(())
}

/// A row of the table of goals.
type Row = [String; 4];

fn goal(what: &str, measured: f64, most: f64, show: impl Fn(f64) -> String) -> Row {
    let verdict = if measured <= most { "met" } else { "MISSED" };
    [what.into(), show(measured), format!("at most {}", show(most)), verdict.into()]
}

fn ms(seconds: f64) -> String {
    format!("{:.2} ms", seconds * 1e3)
}

fn mb(bytes: f64) -> String {
    format!("{:.1} MB", bytes / 1e6)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// What this thread has used: other programs on the machine don't count, and all solvers here have one thread.
fn processor_seconds() -> f64 {
    let clock = ClockId::CLOCK_THREAD_CPUTIME_ID;
    Duration::from(clock_gettime(clock).expect("a thread has a clock")).as_secs_f64()
}

fn solution(
    graph: &OpGraph,
    stages: u32,
    algorithm: Algorithm,
    objective: Objective,
    rules: Rules,
) -> Result<Solution, SolveError> {
    let problem = Problem { graph, stages, device: EdgeTpu::usb3(), objective, rules };
    solve(&problem, algorithm, &guided(algorithm))
}

/// The median processor time of a solver, and what it finds.
fn timed(
    graph: &OpGraph,
    stages: u32,
    algorithm: Algorithm,
    objective: Objective,
) -> Result<(f64, Solution), SolveError> {
    let solve = |_| {
        let start = processor_seconds();
        let solution = solution(graph, stages, algorithm, objective, Rules::Coral)?;
        Ok((processor_seconds() - start, solution))
    };
    let (seconds, solutions): (Vec<f64>, Vec<Solution>) =
        (0..SOLVES).map(solve).collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    Ok((median(seconds), solutions.into_iter().next().expect("at least one")))
}

/// The times of `exact` over two to eight stages.
#[derive(Default)]
struct Exact {
    seconds: Vec<(f64, u32)>,
    optimal: usize,
    ideals: u64,
}

impl Exact {
    fn of(graph: &OpGraph, objective: Objective) -> Result<Exact> {
        let mut exact = Exact::default();
        for stages in 2..=8 {
            let (seconds, solution) = timed(graph, stages, Algorithm::Exact, objective)?;
            exact.seconds.push((seconds, stages));
            exact.optimal += usize::from(solution.status == Status::Optimal);
            // Where a schedule meets a plain bound, no ideals are listed.
            let ideals = solution.detail.split(' ').find_map(|word| word.parse().ok());
            exact.ideals = exact.ideals.max(ideals.unwrap_or(0));
        }
        Ok(exact)
    }

    fn worst(&self) -> (f64, u32) {
        self.seconds.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0)).expect("seven of them")
    }

    fn cells(&self) -> [String; 3] {
        let (worst, stages) = self.worst();
        let median = median(self.seconds.iter().map(|(seconds, _)| *seconds).collect());
        [
            ms(median),
            format!("{} (N={stages})", ms(worst)),
            format!("{}/{}", self.optimal, self.seconds.len()),
        ]
    }
}

/// The ImageNet graphs by number of operations.
fn imagenet_graphs() -> Result<Vec<OpGraph>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-data/imagenet");
    let mut graphs = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        graphs.push(OpGraph::from_json(&fs::read(&path)?).with_context(|| path.display().to_string())?);
    }
    graphs.sort_by_key(|graph: &OpGraph| graph.ops().len());
    Ok(graphs)
}

/// Times of the solvers and what they gain over the compiler's default, for every ImageNet graph.
fn imagenet(goals: &mut Vec<Row>) -> Result<()> {
    let graphs = imagenet_graphs()?;
    let (mut times, mut gains, mut worst) = (Vec::new(), Vec::new(), [0f64; 2]);
    for graph in &graphs {
        eprintln!("{} ...", graph.name());
        let memory = Exact::of(graph, Objective::Memory)?;
        let latency = Exact::of(graph, Objective::Latency)?;
        worst = [worst[0].max(memory.worst().0), worst[1].max(latency.worst().0)];
        let plain = |algorithm| match timed(graph, 4, algorithm, Objective::Latency) {
            Ok((seconds, _)) => ms(seconds),
            Err(_) => "-".into(),
        };
        let head =
            [graph.name(), &graph.ops().len().to_string(), &latency.ideals.max(memory.ideals).to_string()]
                .map(String::from);
        let last = [plain(Algorithm::OrderDp), plain(Algorithm::ParameterCount)];
        times.push([&head[..], &memory.cells()[..], &latency.cells(), &last].concat());
        gains.push([vec![graph.name().to_string()], gain(graph)?].concat());
    }
    let header = [
        "graph", "ops", "ideals", "memory", "worst", "optimal", "latency", "worst", "optimal", "order-dp",
        "default",
    ];
    println!(
        "Time of exact, N = 2 to 8: the median over N and the worst N, each the median of {SOLVES} solves; of order-dp\n\
         and the default, N = 4, latency\n\n{}",
        table(&header, 1, times)
    );
    let header = [
        "graph", "N=4 lat", "N=4 mem", "N=4 peak", "N=6 lat", "N=6 mem", "N=6 peak", "N=8 lat", "N=8 mem",
        "N=8 peak",
    ];
    println!(
        "The compiler's default over exact, device model usb3: the predicted bottleneck where exact seeks latency (lat)\n\
         and where it seeks memory (mem), and the largest stage's parameters where it seeks memory (peak)\n\n{}",
        table(&header, 1, gains)
    );
    let all = format!("{} ImageNet graphs, N = 2 to 8, slowest", graphs.len());
    goals.push(goal(&format!("exact, memory: {all}"), worst[0], 0.010, ms));
    goals.push(goal(&format!("exact, latency: {all}"), worst[1], 0.050, ms));
    Ok(())
}

/// What the default's figures are times those of `exact`.
fn gain(graph: &OpGraph) -> Result<Vec<String>> {
    let mut cells = Vec::new();
    for stages in [4, 6, 8] {
        let find = |algorithm, objective| solution(graph, stages, algorithm, objective, Rules::Coral);
        let latency = find(Algorithm::Exact, Objective::Latency)?.evaluation;
        let memory = find(Algorithm::Exact, Objective::Memory)?.evaluation;
        let Ok(default) = find(Algorithm::ParameterCount, Objective::Latency) else {
            cells.extend(["invalid"; 3].map(String::from));
            continue;
        };
        let default = default.evaluation;
        let over = |a: u64, b: u64| ratio(a as f64 / b as f64);
        cells.push(over(default.bottleneck.0, latency.bottleneck.0));
        cells.push(over(default.bottleneck.0, memory.bottleneck.0));
        cells.push(over(default.peak_parameter_bytes.0, memory.peak_parameter_bytes.0));
    }
    Ok(cells)
}

/// The layer graph of GNMT, which takes the published solver 14.1 s and 549 MB.
fn gnmt(goals: &mut Vec<Row>) -> Result<()> {
    const NAME: &str = "layer_gnmt_inference";
    let root = env::var_os("RESPECT_SHARED").map_or_else(|| "../shared".into(), PathBuf::from);
    let what = "exact, latency: layer graph of GNMT, k = 6";
    let Ok(bytes) = fs::read(root.join(format!("data/dnn-partitioning/{NAME}.json"))) else {
        goals.push([what, "no data: set RESPECT_SHARED", "at most 1 s, 200 MB", "-"].map(String::from));
        return Ok(());
    };
    let (graph, most) = workload::workload(NAME, &serde_json::from_slice(&bytes)?);
    let mut bottlenecks = Vec::new();
    let mut total = Duration::ZERO;
    for stages in 1..=most {
        let best = solution(&graph, stages, Algorithm::Exact, Objective::Latency, Rules::Precedence)?;
        ensure!(best.status == Status::Optimal, "{NAME} with {stages} stages: {}", best.detail);
        total += best.solve_time;
        bottlenecks.push(best.evaluation.bottleneck.as_us() / 1e3);
    }
    println!(
        "GNMT: optimal bottlenecks for 1 to {most} stages, in ms: {bottlenecks:.4?}; all solved in {}\n",
        ms(total.as_secs_f64())
    );
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let file = folder.path().join("gnmt.json");
    fs::write(&file, graph.to_json())?;
    let words = format!("schedule -n {most} --scheduler exact --objective latency --rules precedence");
    let args = words.split(' ').map(OsStr::new).chain([file.as_os_str()]);
    let runs = (0..5).map(|_| run(RESPECT, args.clone())).collect::<Result<Vec<_>>>()?;
    let published = |what: &str, figure: &str| format!("{what}, whole process (published solver: {figure})");
    let seconds = median(runs.iter().map(|run| run.seconds).collect());
    goals.push(goal(&published(what, "14.1 s"), seconds, 1.0, ms));
    let peak = runs.iter().map(|run| run.peak).fold(0.0, f64::max);
    goals.push(goal(&published("  its peak memory", "549 MB"), peak, 200e6, mb));
    Ok(())
}

/// A model of 62 MB, and what it is.
fn big_model(folder: &Path) -> Result<(PathBuf, &'static str)> {
    match env::var_os("RESPECT_RESNET152") {
        Some(path) => Ok((PathBuf::from(path), "ResNet152")),
        None => {
            let path = folder.join("synthetic.tflite");
            let mut sink = BufWriter::new(File::create(&path)?);
            respect::tflite::write(&synthetic::resnet152(), &mut sink)?;
            Ok((path, "synthetic ResNet152 (RESPECT_RESNET152 names none)"))
        }
    }
}

/// Cutting a model of 62 MB beside copying it.
fn compile(goals: &mut Vec<Row>) -> Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let (file, name) = big_model(folder.path())?;
    let size = fs::metadata(&file).with_context(|| file.display().to_string())?.len() as f64;
    let (mut copies, mut cuts) = (Vec::new(), Vec::new());
    // The first of each is a warm-up.
    for _ in 0..=RUNS {
        let fresh = tempfile::tempdir_in(folder.path())?;
        copies.push(run("cp", [file.as_os_str(), fresh.path().join("copy").as_os_str()])?);
        let fresh = tempfile::tempdir_in(folder.path())?;
        let target = fresh.path().join("stages");
        let words = ["compile", "--no-compile", "--stages", "4", "--output"].map(OsStr::new);
        cuts.push(run(RESPECT, words.into_iter().chain([target.as_os_str(), file.as_os_str()]))?);
    }
    let seconds = |runs: &[Run]| runs[1..].iter().map(|run| run.seconds).collect::<Vec<_>>();
    let figures = |runs: &[Run]| {
        let fastest = seconds(runs).into_iter().fold(f64::INFINITY, f64::min);
        format!("{} (fastest {})", ms(median(seconds(runs))), ms(fastest))
    };
    let peak = cuts.iter().map(|run| run.peak).fold(0.0, f64::max);
    println!(
        "compile: {name}, {}, 4 stages: {}; cp: {}; medians of {RUNS}; peak memory {}\n",
        mb(size),
        figures(&cuts),
        figures(&copies),
        mb(peak)
    );
    let (copy, cut) = (median(seconds(&copies)), median(seconds(&cuts)));
    goals.push(goal(&format!("compile over cp: {name}"), cut / copy, 4.0, ratio));
    goals.push(goal("  its peak memory over the file's size", peak / size, 1.3, ratio));
    Ok(())
}

/// A process that has ended: its time and the most memory it held at once.
struct Run {
    seconds: f64,
    peak: f64,
}

/// Runs `program` from a small process of its own: what the kernel reports as a child's peak memory is never below what
/// the parent held, and this process holds much.
fn run<'a>(program: &str, args: impl IntoIterator<Item = &'a OsStr>) -> Result<Run> {
    let output = Command::new(env::current_exe()?).arg(MEASURE).arg(program).args(args).output()?;
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let (seconds, peak) = text.trim().split_once(' ').context("two figures")?;
    Ok(Run { seconds: seconds.parse()?, peak: peak.parse()? })
}

/// The other side of `run`: prints seconds and bytes.
fn measure(command: &[OsString]) -> Result<()> {
    let start = Instant::now();
    let status = Command::new(&command[0]).args(&command[1..]).stdout(Stdio::null()).status()?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(status.success(), "{status}");
    // In KiB.
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss() * 1024;
    println!("{seconds} {peak}");
    Ok(())
}
