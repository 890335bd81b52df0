//! The promise: graphs and labels depend on their options alone, whatever the threads, shards, machines and interruptions.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::common::hang::comes;
use crate::common::{disk, listing, repository, respect};
use insta::assert_snapshot;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::learn::labels::Label;
use respect::learn::synth::{Family, Recipe};
use respect::problem::judge::verify;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Budget, Status, solve};

const MAKING: [&str; 8] = ["--count", "60", "--nodes", "10..24", "--family", "network", "--seed", "5"];
const ASKING: [&str; 4] = ["--stages", "3,4", "--objective", "memory,latency"];

/// The tool, in `folder`.
fn tool(folder: &Path) -> Command {
    let mut command = Command::new(respect().get_program());
    command.current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    tool(folder).args(arguments).output().expect("the tool starts")
}

/// What a command that succeeds prints.
fn prints(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = run(folder, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaint.is_empty(), "{arguments:?}: {complaint}");
    output.stdout
}

/// What a command says that exits with `status`, without the hint at the help.
fn complains(folder: &Path, status: i32, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {complaint}");
    complaint.lines().take_while(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

/// Labels of the graphs of `MAKING`, with `more` arguments.
fn label<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["label"], &MAKING[..], &ASKING[..], more].concat()
}

/// Labels of more graphs than are done before a run is interrupted, with `more` arguments.
fn label_many<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["label", "--count", "300", "--nodes", "24"], &ASKING[..], more].concat()
}

fn parse(labels: &[u8]) -> Vec<Label> {
    labels.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

/// Starts a run of `label_many` that gets a signal when some labels are in `labels.jsonl.partial`.
fn begin(folder: &Path, signal: Signal) -> Child {
    let mut command = disk::signalled_tool_on(folder, signal, 20);
    command.args(label_many(&["--jobs", "1", "-o", "labels.jsonl"])).current_dir(folder);
    command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn graphs_are_streamed_and_readable_again() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let endless = ["synth", "--count", "1000000000000", "--nodes", "30"];
    let mut child = tool(folder).args(endless).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = Vec::new();
    BufReader::new(child.stdout.take().unwrap()).read_until(b'\n', &mut first).unwrap();
    let ends = comes(|| child.try_wait().unwrap().is_some());
    child.kill().unwrap();
    assert!(ends, "it goes on without a reader");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "a reader that goes away is no error");
    assert_eq!(OpGraph::from_json(&first).unwrap(), Recipe::new(Family::Layered, 30..=30, 0).graph(0));

    let long = prints(folder, &[&["synth"], &MAKING[..]].concat());
    let graphs: Vec<OpGraph> =
        long.lines().map(|line| OpGraph::from_json(line.unwrap().as_bytes()).unwrap()).collect();
    let recipe = Recipe::new(Family::Network, 10..=24, 5);
    assert_eq!(graphs, (0..60).map(|number| recipe.graph(number)).collect::<Vec<_>>());
    let short = prints(folder, &[&["synth"], &MAKING[2..], &["--count", "3"]].concat());
    assert!(long.starts_with(&short) && short.len() < long.len());
    assert!(prints(folder, &[&["synth", "-o", "graphs.jsonl"], &MAKING[..]].concat()).is_empty());
    assert_eq!(fs::read(folder.join("graphs.jsonl")).unwrap(), long);
    assert_eq!(listing(folder), ["graphs.jsonl"]);

    fs::write(
        folder.join("one.json"),
        prints(folder, &["synth", "--parameter-bytes", "7", "--macs", "0..5"]),
    )
    .unwrap();
    let schedule = prints(folder, &["schedule", "one.json", "-n", "4", "--format", "json"]);
    assert!(String::from_utf8(schedule).unwrap().contains("layered-30-0-0"));
}

#[test]
fn wrong_options_are_usage_errors() {
    let scratch = tempfile::tempdir().unwrap();
    let wrong: [&[&str]; 14] = [
        &["synth", "--nodes", "80..20"],
        &["synth", "--nodes", "1"],
        &["synth", "--nodes", "5000000000"],
        &["synth", "--nodes", "30..99999999"],
        &["synth", "--in-degree", "0..2"],
        &["synth", "--macs", "many"],
        &["synth", "--parameter-bytes", "1..17592186044416"],
        &["synth", "--activation-bytes", "1..99999999999999"],
        &["label", "--stages", "4"],
        &["label", "graphs.jsonl", "--count", "4", "--stages", "4"],
        &["label", "graphs.jsonl", "--stages", "0"],
        &["label", "graphs.jsonl", "--stages", "4", "--shard", "4/4"],
        &["label", "graphs.jsonl", "--stages", "4", "--objective", "speed"],
        &["label", "--count", "3", "--nodes", "9..3", "--stages", "4"],
    ];
    let said = wrong
        .map(|arguments| format!("$ {}\n{}", arguments.join(" "), complains(scratch.path(), 2, arguments)));
    assert_snapshot!("usage", said.concat());
    assert!(listing(scratch.path()).is_empty());
}

#[test]
fn lists_that_hold_no_graphs_are_named_with_the_line() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let good = String::from_utf8(prints(folder, &["synth"])).unwrap();
    fs::write(folder.join("torn.jsonl"), format!("{good}\n{}\n", &good[..good.len() / 2])).unwrap();
    fs::write(folder.join("pretty.jsonl"), OpGraph::from_json(good.as_bytes()).unwrap().to_json()).unwrap();
    fs::write(folder.join("cyclic.jsonl"), good.replacen("\"producer\":0", "\"producer\":29", 1)).unwrap();
    fs::create_dir(folder.join("folder")).unwrap();
    let mut said = String::new();
    for list in ["torn.jsonl", "pretty.jsonl", "cyclic.jsonl", "folder", "absent.jsonl"] {
        for output in ["-", "labels.jsonl"] {
            said += &complains(folder, 1, &["label", list, "-n", "4", "-o", output, "--force"]);
        }
    }
    assert_snapshot!("lists", said);
}

#[test]
fn labels_are_what_the_judge_and_the_exact_solver_say() {
    let scratch = tempfile::tempdir().unwrap();
    let labels = parse(&prints(scratch.path(), &label(&["--device", "pcie", "--rules", "precedence"])));
    let recipe = Recipe::new(Family::Network, 10..=24, 5);
    let mut asked = Vec::new();
    for number in 0..60 {
        for stages in [3, 4] {
            asked
                .extend([Objective::Memory, Objective::Latency].map(|objective| (number, stages, objective)));
        }
    }
    assert_eq!(
        labels.iter().map(|label| (label.number, label.stages, label.objective)).collect::<Vec<_>>(),
        asked
    );
    for label in &labels {
        let graph = recipe.graph(label.number);
        let (stages, objective) = (label.stages, label.objective);
        let problem =
            Problem { graph: &graph, stages, device: EdgeTpu::pcie(), objective, rules: Rules::Precedence };
        let judged = verify(&problem, label.stage_of.as_ref().unwrap()).unwrap();
        let value = match objective {
            Objective::Memory => judged.peak_parameter_bytes.0 as f64,
            Objective::Latency => judged.bottleneck.as_us(),
        };
        let exact = solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact)).unwrap();
        assert_eq!((label.value, label.lower_bound), (Some(value), Some(value)));
        assert_eq!((label.status, label.why_not.as_ref()), (Some(Status::Optimal), None));
        assert_eq!((label.name.as_str(), label.stage_of.as_ref()), (graph.name(), Some(&exact.schedule)));
    }
}

#[test]
fn what_cannot_be_solved_or_proved_is_said() {
    let scratch = tempfile::tempdir().unwrap();
    let small = ["label", "--count", "2", "--nodes", "4", "--stages", "2,5", "--seed", "1"];
    assert_snapshot!("labels", String::from_utf8(prints(scratch.path(), &small)).unwrap());
    let hasty = ["label", "--count", "5", "--nodes", "60", "--stages", "4", "--max-ideals", "20"];
    let labels = parse(&prints(scratch.path(), &hasty));
    let is_bounded = |label: &Label| label.lower_bound.unwrap() < label.value.unwrap();
    assert!(labels.iter().any(|label| label.status == Some(Status::BudgetExhausted) && is_bounded(label)));
}

#[test]
fn labels_are_the_same_from_any_source_on_any_number_of_threads() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let whole = prints(folder, &label(&["--jobs", "1"]));
    assert_eq!(whole.lines().count(), 240);
    assert!(prints(folder, &label(&["--jobs", "2"])) == whole);
    for (jobs, name) in [("1", "one.jsonl"), ("2", "two.jsonl"), ("7", "seven.jsonl")] {
        assert!(prints(folder, &label(&["--jobs", jobs, "-o", name])).is_empty());
        assert!(fs::read(folder.join(name)).unwrap() == whole, "{name}");
    }
    let graphs = prints(folder, &[&["synth"], &MAKING[..]].concat());
    fs::write(folder.join("graphs.jsonl"), &graphs).unwrap();
    assert!(prints(folder, &[&["label", "graphs.jsonl"], &ASKING[..]].concat()) == whole);
    let mut piped = tool(folder);
    piped.args(["label", "-"]).args(ASKING).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut piped = piped.spawn().unwrap();
    let mut stdin = piped.stdin.take().unwrap();
    let feed = std::thread::spawn(move || stdin.write_all(&graphs).unwrap());
    assert!(piped.wait_with_output().unwrap().stdout == whole);
    feed.join().unwrap();
}

#[test]
fn shards_are_parts_of_the_whole() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = prints(scratch.path(), &label(&[]));
    let mut shards = Vec::new();
    for shard in ["0/3", "1/3", "2/3"] {
        shards.extend(parse(&prints(scratch.path(), &label(&["--shard", shard]))));
    }
    shards.sort_by_key(|label| label.number);
    assert_eq!(shards, parse(&whole));
}

#[test]
fn killed_at_any_moment_it_goes_on_to_the_same_bytes() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let whole = prints(folder, &label_many(&[]));
    let output = begin(folder, Signal::SIGKILL).wait_with_output().unwrap();
    assert_eq!(output.status.signal(), Some(9), "it ended before it could be killed");
    assert_eq!(listing(folder), ["labels.jsonl.partial", "labels.jsonl.recipe.json"]);
    let begun = fs::read(folder.join("labels.jsonl.partial")).unwrap();
    assert!(whole.starts_with(&begun) && (1000..whole.len()).contains(&begun.len()));
    // A line, or a graph of several lines, that was being written; and bytes that never reached the disk.
    for cut in [0, 1, begun.len() / 3, begun.len() - 40, begun.len()] {
        for tail in ["", "\0\0\0\0\0", "{\"number\":"] {
            fs::write(folder.join("labels.jsonl.partial"), [&begun[..cut], tail.as_bytes()].concat())
                .unwrap();
            prints(folder, &label_many(&["-o", "labels.jsonl"]));
            assert!(fs::read(folder.join("labels.jsonl")).unwrap() == whole, "{cut} {tail}");
            assert_eq!(listing(folder), ["labels.jsonl", "labels.jsonl.recipe.json"]);
            fs::remove_file(folder.join("labels.jsonl")).unwrap();
        }
    }
}

#[test]
fn an_interrupt_ends_it_in_order() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let output = begin(folder, Signal::SIGINT).wait_with_output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.status.signal()), (Some(1), None), "{complaint}");
    assert!(complaint.starts_with("error: interrupted with "), "{complaint}");
    assert!(complaint.ends_with(" graphs labelled; give the same command again to go on\n"), "{complaint}");
    prints(folder, &label_many(&["-o", "labels.jsonl"]));
    assert!(fs::read(folder.join("labels.jsonl")).unwrap() == prints(folder, &label_many(&[])));
}

#[test]
fn labels_of_something_else_are_left_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let files =
        || listing(folder).into_iter().map(|name| fs::read(folder.join(name)).unwrap()).collect::<Vec<_>>();
    let graphs = prints(folder, &[&["synth"], &MAKING[..]].concat());
    fs::write(folder.join("graphs.jsonl"), &graphs).unwrap();
    let from_file = ["label", "graphs.jsonl", "--stages", "4", "-o", "labels.jsonl"];
    prints(folder, &from_file);
    let before = files();
    prints(folder, &from_file);
    let others: [&[&str]; 5] = [
        &["label", "graphs.jsonl", "--stages", "5", "-o", "labels.jsonl"],
        &[
            "label",
            "graphs.jsonl",
            "--stages",
            "4",
            "--device",
            "pcie",
            "--max-ideals",
            "9",
            "-o",
            "labels.jsonl",
        ],
        &["label", "graphs.jsonl", "--stages", "4", "--shard", "1/2", "-o", "labels.jsonl"],
        &["label", "--count", "3", "--stages", "4", "-o", "labels.jsonl"],
        &["label", "--count", "3", "--stages", "4", "-o", "graphs.jsonl"],
    ];
    let mut said: String = others.map(|arguments| complains(folder, 1, arguments)).concat();
    assert!(files() == before);
    fs::write(folder.join("graphs.jsonl"), &graphs[..graphs.len() / 2]).unwrap();
    said += &complains(folder, 1, &from_file);
    assert_snapshot!("others", said);

    let whole = prints(folder, &others[3][..5]);
    prints(folder, &[others[3], &["--force"]].concat());
    assert!(fs::read(folder.join("labels.jsonl")).unwrap() == whole);
    let busy = tempfile::tempdir().unwrap();
    let mut child = begin(busy.path(), Signal::SIGSTOP);
    let stopped = waitpid(Pid::from_raw(child.id() as i32), Some(WaitPidFlag::WUNTRACED)).unwrap();
    assert!(matches!(stopped, WaitStatus::Stopped(_, Signal::SIGSTOP)), "{stopped:?}");
    let complaint = complains(busy.path(), 1, &label_many(&["-o", "labels.jsonl"]));
    assert_eq!(complaint, "error: labels.jsonl.recipe.json: another run is writing these labels\n");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_what_the_lines_do() {
    use parquet::file::reader::SerializedFileReader;
    use parquet::record::{ListAccessor, Row, RowAccessor};
    use serde_json::{Value, json};

    /// A row as the line would be.
    fn line(row: Row) -> Value {
        let text = |place: usize| row.get_string(place).ok();
        let stage_of = row.get_list(7).ok();
        let stage_of =
            stage_of.map(|list| (0..list.len()).map(|at| list.get_uint(at).unwrap()).collect::<Vec<_>>());
        json!({
            "number": row.get_ulong(0).unwrap(), "name": text(1).unwrap(), "stages": row.get_uint(2).unwrap(),
            "objective": text(3).unwrap(), "status": text(4), "value": row.get_double(5).ok(),
            "lower_bound": row.get_double(6).ok(), "stage_of": stage_of, "why_not": text(8),
        })
    }

    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    for extra in [&["--stages", "3,20"][..], &["--stages", "2", "--max-ideals", "5"]] {
        let arguments = [&["label"], &MAKING[..], extra].concat();
        let lines = prints(folder, &arguments);
        prints(
            folder,
            &[&arguments[..], &["--format", "parquet", "-o", "labels.parquet", "--force"]].concat(),
        );
        assert_eq!(listing(folder), ["labels.parquet", "labels.parquet.recipe.json"]);
        let file = fs::File::open(folder.join("labels.parquet")).unwrap();
        let rows = SerializedFileReader::new(file).unwrap().into_iter().map(|row| line(row.unwrap()));
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        assert_eq!(rows.collect::<Vec<_>>(), lines.collect::<Vec<_>>());
    }
    let stdout = complains(folder, 2, &label(&["--format", "parquet"]));
    assert_eq!(stdout, "error: parquet needs a file: name one with -o\n");
}

#[test]
fn the_slurm_script_labels_a_shard_a_task() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let script = repository("examples/label.slurm");
    let task = |task: &str, variables: &[(&str, &str)]| {
        let mut command = Command::new("bash");
        command.current_dir(folder).arg(&script).arg("labels").args(MAKING).args(ASKING);
        command.env("RESPECT", respect().get_program()).env("SLURM_ARRAY_TASK_ID", task);
        command.env("SLURM_CPUS_PER_TASK", "2").envs(variables.iter().copied());
        command.output().unwrap()
    };
    let array =
        [("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_MAX", "2"), ("SLURM_ARRAY_TASK_COUNT", "3")];
    let gaps =
        [("SLURM_ARRAY_TASK_MIN", "2"), ("SLURM_ARRAY_TASK_MAX", "2"), ("SLURM_ARRAY_TASK_COUNT", "1")];
    for number in ["0", "1"] {
        assert!(task(number, &array).status.success());
    }
    let refused = task("2", &gaps);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("set SHARDS"));
    assert!(task("2", &[&gaps[..], &[("SHARDS", "3")]].concat()).status.success());
    let shard = |index: u32| fs::read(folder.join(format!("labels/labels-{index}-of-3.jsonl"))).unwrap();
    let mut labels: Vec<Label> = (0..3).flat_map(|index| parse(&shard(index))).collect();
    labels.sort_by_key(|label| label.number);
    assert_eq!(labels, parse(&prints(folder, &label(&[]))));
}

#[test]
fn the_ray_example_labels_on_a_cluster_and_goes_on_after_a_failure() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    // Ray's sockets need a short path.
    let sessions = tempfile::tempdir_in("/tmp").unwrap();
    let python = std::env::var_os("RESPECT_PYTHON").map_or(repository(".venv/bin/python"), PathBuf::from);
    assert!(python.is_file(), "{} is missing: run tools/setup test", python.display());
    let run = |options: &[&str]| {
        let mut command = Command::new(&python);
        command.current_dir(folder).arg(repository("examples/label_on_ray.py")).stdin(Stdio::null());
        command.env("HOME", folder).env("RAY_TMPDIR", sessions.path()).env("RAY_USAGE_STATS_ENABLED", "0");
        command.args(["-o", "labels.jsonl", "--shards", "3", "--respect"]).arg(respect().get_program());
        let output = command.arg("--").args(MAKING).args(options).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (status, complaint) = run(&["--stages", "0"]);
    assert!(status == Some(1) && complaint.contains("shard 1: error: invalid value '0'"), "{complaint}");
    assert!(!folder.join("labels.jsonl").exists());

    let shards = folder.join("labels.jsonl.shards");
    prints(&shards, &label(&["--shard", "1/3", "-o", "labels-1-of-3.jsonl"]));
    let done = || fs::metadata(shards.join("labels-1-of-3.jsonl")).unwrap().modified().unwrap();
    let before = done();
    let (status, complaint) = run(&ASKING);
    assert!(status == Some(0), "{complaint}");
    assert!(fs::read(folder.join("labels.jsonl")).unwrap() == prints(folder, &label(&[])));
    assert_eq!(done(), before, "a finished shard stays");
}
