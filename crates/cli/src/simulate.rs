//! The command `respect simulate`: sends a batch of inferences through a pipeline, event by event.

use std::path::PathBuf;

use anyhow::Context;
use serde::Serialize;

use super::output::{Format, Verdict, print, print_json};
use super::pipeline::{Cut, Joints, Stages, per_second, stages_of};
use crate::table::table;
use respect::base::units::Time;
use respect::pipeline::simulate::{Link, Occupancy, Pipeline, SimulatedRun, StageTimes};

/// Arguments of `respect simulate`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect simulate model.tflite --stages 4
  respect simulate model.tflite --devices 4
  respect simulate graph.json --stages 4 --queue unbounded --link shared
  respect simulate model_stages --inferences 1000       a folder that 'respect compile' wrote
  respect simulate --stage-ms 3,5,2 --copies 1,2,1      times of your own, a second device for the slowest")]
pub struct Args {
    /// A model (.tflite), a module (.mlir), a graph (.json; - reads stdin), or a folder of stages
    #[arg(required_unless_present = "stage_ms")]
    input: Option<PathBuf>,
    /// Times of the stages in milliseconds, instead of an input
    #[arg(long, value_name = "MS,...", value_delimiter = ',', conflicts_with_all = ["input", "stages", "devices", "cut_after"])]
    #[arg(value_parser = milliseconds)]
    stage_ms: Vec<Time>,
    #[command(flatten)]
    cut: Cut,
    #[command(flatten)]
    joints: Joints,
    /// Number of devices that each stage runs on [default: those that a folder names, else one each]
    #[arg(long, value_name = "COUNT,...", value_delimiter = ',')]
    copies: Vec<u32>,
    /// Number of inferences sent through, all at hand from the start
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    inferences: u64,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

fn milliseconds(text: &str) -> Result<Time, String> {
    match text.trim().parse::<f64>() {
        Ok(ms) if (0.0..=Time::MAX_US / 1e3).contains(&ms) => Ok(Time::from_us(ms * 1e3)),
        _ => Err(format!("give a number of milliseconds from 0 to {:e}", Time::MAX_US / 1e3)),
    }
}

#[derive(Serialize)]
struct Report<'a> {
    name: &'a str,
    inferences: u64,
    /// The places of the queue between two stages; null if the queue is unbounded.
    queue_places: Option<u32>,
    link: Link,
    single_inference_us: f64,
    first_result_us: f64,
    makespan_us: f64,
    period_us: f64,
    inferences_per_second: f64,
    /// The reasons that keep the model from Edge TPUs, one sentence each.
    warnings: Vec<String>,
    stages: Vec<Stage>,
}

#[derive(Serialize)]
struct Stage {
    input_us: f64,
    streaming_us: f64,
    compute_us: f64,
    output_us: f64,
    latency_us: f64,
    devices: Vec<Shares>,
}

/// The occupancy of one device, as shares of the time until the last result.
#[derive(Serialize)]
struct Shares {
    busy: f64,
    waiting: f64,
    blocked: f64,
    starved: f64,
}

/// Runs `respect simulate`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let Stages { name, times, copies, warnings } = match &args.input {
        Some(path) => stages_of(path, &args.cut, args.format)?,
        None => Stages {
            name: "pipeline".into(),
            times: args.stage_ms.iter().copied().map(StageTimes::of).collect(),
            copies: vec![1; args.stage_ms.len()],
            warnings: Vec::new(),
        },
    };
    let copies = if args.copies.is_empty() { copies } else { args.copies.clone() };
    let most = copies.iter().copied().max().unwrap_or(1);
    let pipeline = args.joints.join(times, copies);
    let run = pipeline.run(args.inferences, &mut |_| {}).with_context(|| name.clone())?;
    let period_us = pipeline.period()? / 1e6;
    let report = Report {
        name: &name,
        inferences: args.inferences,
        queue_places: pipeline.places,
        link: pipeline.link,
        single_inference_us: pipeline.latency().as_us(),
        first_result_us: run.first_result().as_us(),
        makespan_us: run.makespan().as_us(),
        period_us,
        inferences_per_second: per_second(period_us),
        warnings,
        stages: pipeline
            .stages
            .iter()
            .enumerate()
            .map(|(stage, times)| entry(times, shares(&run, stage)))
            .collect(),
    };
    match args.format {
        Format::Json => print_json(&report),
        Format::Human => {
            print(&human(&report, &pipeline, &args.joints.describe(most)))?;
            Ok(Verdict::Sound)
        }
    }
}

fn entry(times: &StageTimes, devices: Vec<Shares>) -> Stage {
    Stage {
        input_us: times.input.as_us(),
        streaming_us: times.streaming.as_us(),
        compute_us: times.compute.as_us(),
        output_us: times.output.as_us(),
        latency_us: times.total().as_us(),
        devices,
    }
}

fn shares(run: &SimulatedRun, stage: usize) -> Vec<Shares> {
    let makespan = run.makespan();
    let share = |time: Time| if makespan > Time(0) { time.0 as f64 / makespan.0 as f64 } else { 0.0 };
    let device = |device: &Occupancy| Shares {
        busy: share(device.busy),
        waiting: share(device.waiting),
        blocked: share(device.blocked),
        starved: share(device.starved(makespan)),
    };
    run.occupancy[stage].iter().map(device).collect()
}

fn human(report: &Report, pipeline: &Pipeline, joints: &str) -> String {
    let header = [
        "stage",
        "device",
        "input",
        "streaming",
        "compute",
        "output",
        "time",
        "busy",
        "waiting",
        "blocked",
        "starved",
    ];
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let mut rows = Vec::new();
    for (index, (stage, times)) in report.stages.iter().zip(&pipeline.stages).enumerate() {
        for (copy, device) in stage.devices.iter().enumerate() {
            rows.push([
                index.to_string(),
                copy.to_string(),
                times.input.to_string(),
                times.streaming.to_string(),
                times.compute.to_string(),
                times.output.to_string(),
                times.total().to_string(),
                percent(device.busy),
                percent(device.waiting),
                percent(device.blocked),
                percent(device.starved),
            ]);
        }
    }
    let time = |us: f64| Time::from_us(us).to_string();
    format!(
        "{}: {} stages, {} inferences, {}\n{}\
         one inference alone takes {}; of {} inferences the first result comes after {}, the last after {}\n\
         once full, the pipeline gives a result every {}: {:.1} inferences a second\n",
        report.name,
        report.stages.len(),
        report.inferences,
        joints,
        table(&header, 2, rows),
        time(report.single_inference_us),
        report.inferences,
        time(report.first_result_us),
        time(report.makespan_us),
        time(report.period_us),
        report.inferences_per_second,
    )
}
