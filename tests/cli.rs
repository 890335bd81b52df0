//! The promise: every command explains itself, answers people and programs, and says what is wrong with its input.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::common::{contents, cut, listing, model, models, name, repository, respect};
use insta::assert_snapshot;
use serde_json::Value;

/// A folder with `residual.tflite` in it, so that messages name no folder of this machine.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Bench {
        let scratch = tempfile::tempdir().unwrap();
        fs::copy(model("residual"), scratch.path().join("residual.tflite")).unwrap();
        Bench(scratch)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let command = respect().current_dir(self.0.path()).args(arguments).output();
        command.expect("the tool starts")
    }

    /// What a command that succeeds prints; it may warn of what is not for Edge TPUs.
    fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        let is_warned = complaint.lines().all(|line| line.starts_with("warning: "));
        assert!(output.status.success() && is_warned, "{arguments:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same for a program to read.
    fn reports(&self, arguments: &[&str]) -> Value {
        let text = self.prints(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|why| panic!("{arguments:?}: {why}"))
    }

    /// What a command says that exits with `status`.
    fn complains(&self, status: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {complaint}");
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        complaint
    }
}

/// The text without the times that solving took: after "in", or in the last column of a table that is headed "solve".
fn timeless(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut words: Vec<String> = line.split(' ').map(String::from).collect();
        for at in 1..words.len().saturating_sub(1) {
            if words[at - 1] == "in" && words[at + 1].starts_with("ms") && words[at].parse::<f64>().is_ok() {
                words[at] = "?".into();
            }
        }
        let mut line = words.join(" ");
        if text.contains(" solve\n") {
            let cut = line.strip_suffix(" ms").and_then(|line| line.rsplit_once(' ')).map(|(line, _)| line);
            line = cut.or(line.strip_suffix("solve")).unwrap_or(&line).trim_end().into();
        }
        lines.push(line + "\n");
    }
    lines.concat()
}

/// The commands that the overview lists, but for clap's own `help`.
fn commands(overview: &str) -> BTreeSet<&str> {
    let (_, list) = overview.split_once("\nCommands:\n").expect("a list of commands");
    let (list, _) = list.split_once("\n\n").expect("an end of the list");
    // Lines that go on with a description are indented further.
    let entries =
        list.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    entries.filter_map(|line| line.split(' ').next()).filter(|&command| command != "help").collect()
}

#[test]
fn the_readme_lists_every_command() {
    let overview = Bench::new().prints(&["--help"]);
    let readme = fs::read_to_string(repository("README.md")).unwrap();
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `respect "));
    let mut listed: BTreeSet<&str> = rows.filter_map(|row| row.split([' ', '`']).next()).collect();
    let with_features = [
        ("import", cfg!(feature = "mlir")),
        ("export", cfg!(feature = "mlir")),
        ("train", cfg!(feature = "train")),
    ];
    for (command, is_built) in with_features {
        assert!(listed.contains(command), "{command}");
        if !is_built {
            listed.remove(command);
        }
    }
    assert_eq!(listed, commands(&overview));
}

#[test]
fn every_command_has_help_with_examples() {
    let bench = Bench::new();
    let overview = bench.prints(&["--help"]);
    for command in commands(&overview) {
        let help = bench.prints(&[command, "--help"]);
        assert!(help.contains("Usage: respect ") && help.contains("\nExample"), "{command}: {help}");
        assert!(help.contains(&format!("\n  respect {command} ")), "{command}: {help}");
    }
    assert!(overview.contains("Examples:\n  respect compile"));
    assert_eq!(bench.prints(&["--version"]), format!("respect {}\n", env!("CARGO_PKG_VERSION")));
    for shell in ["bash", "zsh", "fish"] {
        assert!(bench.prints(&["completions", shell]).contains("no-compile"), "{shell}");
    }
}

#[test]
fn reports_for_programs_have_their_fields() {
    let bench = Bench::new();
    let report = bench.reports(&["schedule", "residual.tflite", "-n", "3"]);
    let has = |value: &Value, names: &[&str]| {
        names.iter().for_each(|name| assert!(value.get(name).is_some(), "no {name} in {value}"));
    };
    let figures = ["peak_parameter_bytes", "bottleneck_us", "lower_bound", "gap", "solve_us"];
    has(&report, &figures);
    assert_eq!((&report["status"], &report["objective"]), (&"optimal".into(), &"latency".into()));
    assert_eq!((&report["name"], &report["scheduler"]), (&"residual".into(), &"respect".into()));
    let stage_of = report["stage_of"].as_array().unwrap();
    assert_eq!(stage_of.len(), 38);
    let stages = report["stages"].as_array().unwrap();
    assert_eq!(stages.len(), 3);
    for (number, stage) in stages.iter().enumerate() {
        has(stage, &["parameter_bytes", "input_bytes", "output_bytes", "latency_us"]);
        let ops = stage["ops"].as_array().unwrap();
        assert!(!ops.is_empty() && ops.iter().all(|op| stage_of[op.as_u64().unwrap() as usize] == number));
    }
    let largest = |field: &str| stages.iter().map(|stage| stage[field].as_f64().unwrap()).fold(0.0, f64::max);
    assert_eq!(report["bottleneck_us"], largest("latency_us"));
    assert_eq!(report["peak_parameter_bytes"].as_f64().unwrap(), largest("parameter_bytes"));
    assert_eq!(report["lower_bound"], report["bottleneck_us"], "it is optimal");

    let report = bench.reports(&["compare", "residual.tflite", "-n", "2,4", "--objective", "memory"]);
    let rows = report["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &report["objective"]), (12, &"memory".into()));
    for row in rows {
        has(row, &figures);
        has(
            row,
            &["name", "stages", "scheduler", "status", "speed_up", "peak_ratio", "off_chip_bytes", "why_not"],
        );
    }
    let summary = report["summary"].as_array().unwrap();
    assert_eq!(summary.len(), 18, "two stages, four, and both");
    for row in summary {
        has(row, &["stages", "scheduler", "solved", "compared", "speed_up", "peak_ratio", "mean_gap"]);
    }
    assert_eq!(summary[0]["speed_up"]["geometric_mean"], 1.0, "the default beside itself");
    let report = bench.reports(&["inspect", "residual.tflite"]);
    has(
        &report,
        &["name", "file_bytes", "parameter_bytes", "macs", "inputs", "outputs", "operators", "unmapped"],
    );
    has(&report["one_device"], &["compilers", "kept_bytes", "streamed_bytes", "streamed"]);
    let report = bench.reports(&["compile", "residual.tflite", "-n", "2", "--no-compile"]);
    has(&report, &["folder", "compiled", "default", "stages", "stage_of", "model", "status"]);
    let written: Value =
        serde_json::from_slice(&fs::read(bench.0.path().join("residual_stages/schedule.json")).unwrap())
            .unwrap();
    for (field, value) in written.as_object().unwrap() {
        assert_eq!(report.get(field), Some(value), "{field}");
    }
    let report = bench.reports(&["verify", "residual_stages"]);
    let crossings = written["tensors"].as_array().unwrap().len();
    let pipelines = serde_json::json!([{"model": "residual", "stages": 2, "crossings": crossings}]);
    let sound = serde_json::json!({"ok": true, "problems": [], "notes": [], "has_manifest": true, "pipelines": pipelines});
    assert_eq!(report, sound);
}

#[test]
fn the_command_line_is_at_fault_with_status_2() {
    let bench = Bench::new();
    for (arguments, part) in [
        (
            &["schedule", "residual.tflite", "-n", "2", "--scheduler", "best"][..],
            "respect, policy, exact, order-dp, parameter-count, profiled",
        ),
        (&["schedule", "residual.tflite", "-n", "2", "--objective", "speed"], "latency, memory"),
        (&["schedule", "residual.tflite"], "--stages <N>"),
        (&["schedule", "residual.tflite", "-n", "-1"], "'-1'"),
        (&["schedule", "residual.tflite", "-n", "two"], "'two'"),
        (
            &["compile", "residual.tflite", "-n", "2", "--no-compile", "--edgetpu-compiler", "x"],
            "cannot be used with",
        ),
        (&["compile", "residual.tflite", "-n", "2", "--compiler-timeout", "0"], "--compiler-timeout"),
        (&["compare", "-n", "2"], "<INPUTS>"),
        (&["verfiy"], "'verify'"),
        (&["inspect", "residual.tflite", "extra"], "'extra'"),
        (&[], "Usage: respect"),
    ] {
        let complaint = bench.complains(2, arguments);
        assert!(complaint.contains(part), "{arguments:?}: {complaint}");
    }
    assert_eq!(listing(bench.0.path()), ["residual.tflite"]);
}

#[test]
fn the_input_is_at_fault_with_status_1() {
    let bench = Bench::new();
    let file = |name: &str, text: &str| fs::write(bench.0.path().join(name), text).unwrap();
    fs::create_dir(bench.0.path().join("folder")).unwrap();
    file("text", "hello, I am a text");
    file("typo.toml", "base = 'pcie'\ncashe_bytes = 1\n");
    file(
        "loop.json",
        r#"{"name":"l","ops":[{"name":"a","kind":"K","parameter_bytes":1,"macs":1}],
        "tensors":[{"name":"t","bytes":1,"producer":0,"consumers":[0]}],"outputs":[0]}"#,
    );
    file("wrong.json", "{\"name\": \"w\", \"opps\": []}");
    for (arguments, parts) in [
        (&["inspect", "none.tflite"][..], &["error: none.tflite: No such file or directory"][..]),
        (
            &["schedule", "folder", "-n", "2"],
            &["error: folder: is a folder; give a .tflite, .mlir or graph .json file"],
        ),
        (
            &["compile", "text", "-n", "2"],
            &["error: text: not a TensorFlow Lite file", "bytes 4 to 7", "give a .tflite file"],
        ),
        (
            &["schedule", "residual.tflite", "-n", "2", "--device", "usb4"],
            &["device 'usb4'", "usb3, pcie", "TOML"],
        ),
        (
            &["compare", "residual.tflite", "-n", "2", "--device", "typo.toml"],
            &["typo.toml", "cashe_bytes", "line 2"],
        ),
        (&["compare", "residual.tflite", "-n", "2", "--device", "none.toml"], &["none.toml: No such file"]),
        (&["schedule", "residual.tflite", "-n", "0"], &["residual.tflite: 0 stages: give at least 1"]),
        (&["schedule", "residual.tflite", "-n", "39"], &["residual.tflite: 39 stages", "use at most 38"]),
        (&["compare", "residual.tflite", "-n", "2,39"], &["residual.tflite: 39 stages", "use at most 38"]),
        (&["schedule", "loop.json", "-n", "1"], &["loop.json", "depends on its own result"]),
        (&["graph", "wrong.json", "-o", "-"], &["wrong.json: not a graph file", "opps", "line 1"]),
        (
            &["verify", "folder"],
            &["folder: there is neither schedule.json", "'edgetpu_compiler --num_segments' wrote"],
        ),
        (
            &["compare", "residual.tflite", "-n", "2", "--partition", "folder"],
            &["folder: no file is named NAME_segment_I"],
        ),
        (&["compare", "residual.tflite", "-n", "2", "--partition", "none"], &["none: No such file"]),
        (&["verify", "none"], &["none/schedule.json: No such file"]),
        (
            &["compile", "wrong.json", "-n", "1"],
            &["wrong.json: not a TensorFlow Lite file: a JSON text", "taken by 'respect schedule'"],
        ),
    ] {
        let complaint = bench.complains(1, arguments);
        assert!(complaint.starts_with("error: "), "{arguments:?}: {complaint}");
        assert!(parts.iter().all(|part| complaint.contains(part)), "{arguments:?}: {complaint}");
        assert!(complaint.matches("os error").count() <= 1, "{arguments:?}: {complaint}");
    }
}

#[test]
fn a_dash_is_stdin() {
    let bench = Bench::new();
    let bytes = fs::read(model("residual")).unwrap();
    let feed = |arguments: &[&str], input: &[u8]| -> String {
        let output =
            respect().current_dir(bench.0.path()).args(arguments).write_stdin(input).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let named = bench.prints(&["inspect", "residual.tflite"]);
    assert_eq!(feed(&["inspect", "-"], &bytes).replacen("model:", "residual:", 1), named);
    feed(&["compile", "-", "-n", "2", "--no-compile"], &bytes);
    assert_eq!(listing(&bench.0.path().join("model_stages"))[0], "model_segment_0_of_2.tflite");
    let error = respect().args(["inspect", "-"]).write_stdin("no model").output().unwrap();
    assert!(String::from_utf8_lossy(&error.stderr).starts_with("error: stdin: not a TensorFlow Lite file"));
}

#[test]
fn a_graph_is_scheduled_as_its_model_is() {
    for path in models() {
        let path = path.to_str().unwrap();
        let graph = respect().args(["graph", path, "-o", "-"]).output().unwrap().stdout;
        for options in [["--objective", "latency"], ["--objective", "memory"], ["--scheduler", "order-dp"]] {
            let arguments = [&["-n", "4", "--format", "json"][..], &options].concat();
            let report = |mut command: assert_cmd::Command| -> Value {
                let output = command.args(&arguments).output().unwrap();
                let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
                let fields = report.as_object_mut().unwrap();
                fields.remove("solve_us").expect("a time");
                fields.remove("warnings").expect("a list; a graph says nothing of types");
                report
            };
            let (mut of_model, mut of_graph) = (respect(), respect());
            of_model.args(["schedule", path]);
            of_graph.args(["schedule", "-"]).write_stdin(graph.clone());
            assert_eq!(report(of_model), report(of_graph), "{path}, {options:?}");
        }
    }
}

/// Runs with stdout, or stderr, going to a reader that has gone away.
fn into_the_void(arguments: &[String], stdout: bool) -> Output {
    let mut command = Command::new(respect().get_program());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    if stdout {
        drop(process.stdout.take())
    } else {
        drop(process.stderr.take())
    }
    process.wait_with_output().unwrap()
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_panic() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("stages").display().to_string();
    cut(&model("detector"), 2, &scratch.path().join("stages"), &[]).unwrap();
    let model = model("detector").display().to_string();
    let commands = [
        format!("inspect {model}"),
        format!("inspect {model} --format json"),
        format!("schedule {model} -n 3"),
        format!("compare {model} -n 2,3"),
        format!("graph {model} -o -"),
        format!("verify {folder}"),
        format!("compile {model} -n 2 --no-compile --force -o {folder}"),
        "completions bash".into(),
        "--help".into(),
    ];
    for command in commands {
        let arguments: Vec<String> = command.split(' ').map(String::from).collect();
        let output = into_the_void(&arguments, true);
        assert_eq!(output.status.code(), Some(0), "{command}");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(complaint.lines().all(|line| line.starts_with("warning: ")), "{command}: {complaint}");
    }
    let missing = scratch.path().join("none").display().to_string();
    for (command, status) in [(format!("inspect {missing}"), 1), ("blunder".into(), 2)] {
        let arguments: Vec<String> = command.split(' ').map(String::from).collect();
        assert_eq!(into_the_void(&arguments, false).status.code(), Some(status), "{command}");
    }
}

#[test]
fn what_people_read() {
    let bench = Bench::new();
    fs::copy(model("recurrent"), bench.0.path().join("recurrent.tflite")).unwrap();
    let show = |arguments: &[&str]| timeless(&bench.prints(arguments));
    assert_snapshot!("schedule", show(&["schedule", "residual.tflite", "-n", "4"]));
    assert_snapshot!(
        "schedule-memory",
        show(&["schedule", "residual.tflite", "-n", "4", "--objective", "memory"])
    );
    assert_snapshot!("compare", show(&["compare", "residual.tflite", "recurrent.tflite", "-n", "2,4"]));
    assert_snapshot!(
        "compile",
        show(&["compile", "residual.tflite", "-n", "3", "--no-compile", "-o", "out"])
    );
    assert_snapshot!("verify", show(&["verify", "out"]));
    assert_snapshot!("inspect", show(&["inspect", "recurrent.tflite"]));
    assert_snapshot!("inspect-mapped", show(&["inspect", "residual.tflite"]));
    fs::write(bench.0.path().join("out/residual_segment_1_of_3.tflite"), "gone").unwrap();
    let output = bench.run(&["verify", "out"]);
    assert_eq!(output.status.code(), Some(1));
    let both = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_snapshot!("verify-damaged", both);
}

#[test]
fn commands_that_only_look_write_nothing() {
    let bench = Bench::new();
    cut(&model("chain"), 2, &bench.0.path().join("stages"), &[]).unwrap();
    let before = contents(bench.0.path());
    bench.prints(&["inspect", "residual.tflite"]);
    bench.prints(&["schedule", "residual.tflite", "-n", "3"]);
    bench.prints(&["compare", "residual.tflite", "-n", "3"]);
    bench.prints(&["verify", "stages"]);
    bench.prints(&["graph", "residual.tflite", "-o", "-"]);
    assert!(contents(bench.0.path()) == before);
    let names: Vec<PathBuf> = before.into_keys().collect();
    assert!(names.contains(&PathBuf::from(name(&model("residual")) + ".tflite")));
}

#[test]
fn measurements_of_a_host_refit_the_device() {
    let bench = Bench::new();
    let folder = bench.0.path();
    // Of a host that takes longer for an invocation and for what comes out than the preset says.
    let rows: String = (1..30)
        .map(|n| {
            let filters = n * 16;
            let graph = format!("conv3x3x3_F{filters}");
            format!("{graph},16x16x{n},{}\n", 0.3 + 0.08 * f64::from(n) + 0.001 * f64::from(n * n))
        })
        .collect();
    fs::write(folder.join("times.csv"), format!("model,input,value_ms\n{rows}residual.tflite,,1.0\n"))
        .unwrap();
    let said = bench.prints(&["calibrate", "times.csv", "--base", "pcie", "-o", "mine.toml"]);
    assert!(said.contains("this host") && said.contains("one device"), "{said}");
    assert!(said.contains("networks that were left out whole"), "{said}");
    let each = bench.prints(&["calibrate", "times.csv", "--base", "pcie", "--residuals"]);
    assert!(each.contains("residual.tflite") && each.contains("1.00 ms"), "{each}");
    let device = fs::read_to_string(folder.join("mine.toml")).unwrap();
    assert!(device.contains("invoke_us = ") && device.contains("± "), "{device}");
    bench.prints(&["schedule", "residual.tflite", "-n", "2", "--device", "mine.toml"]);
    let report = bench.reports(&["calibrate", "times.csv", "--base", "mine.toml"]);
    assert_eq!(report["rows"].as_array().unwrap().len(), 30);
    // Each of the two networks, of which one is a chain of layers in many widths, is predicted without its own rows.
    let left_out = report["left_out"]["rows"].as_array().unwrap();
    assert_eq!(left_out.iter().filter(|row| row["network"] == "conv3x3x3").count(), 29);
    let networks =
        report["left_out"]["errors"].as_array().unwrap().iter().map(|of| of["networks"].as_u64().unwrap());
    assert_eq!((left_out.len(), networks.sum::<u64>()), (30, 2), "chains and networks are told apart");
    let why = bench.complains(1, &["calibrate", "times.csv", "--base", "pcie", "-o", "mine.toml"]);
    assert!(why.contains("mine.toml exists") && why.contains("--force"), "{why}");
}

#[test]
fn measurements_that_tell_nothing_are_refused() {
    let bench = Bench::new();
    let write = |text: &str| fs::write(bench.0.path().join("bad.csv"), text).unwrap();
    for (text, parts) in [
        ("model,ms\nx,1\n", ["bad.csv: line 1", "value_ms"]),
        ("model,value_ms\nx,soon\n", ["bad.csv: line 2: value_ms", "invalid float"]),
        ("model,value_ms\nabsent.tflite,1\n", ["bad.csv: line 2", "absent.tflite"]),
        ("model,value_ms\nMobileNet v9,1\n", ["bad.csv: no row", ".tflite"]),
        ("model,value_ms\nbad.csv.json,1\n", ["bad.csv: line 2", "bad.csv.json"]),
    ] {
        write(text);
        let why = bench.complains(1, &["calibrate", "bad.csv", "--base", "usb3"]);
        assert!(parts.iter().all(|part| why.contains(part)), "{text}: {why}");
    }
    bench.complains(2, &["calibrate", "bad.csv", "--base", "usb3", "--link", "usb3"]);
}
