//! The section of the pipeline as it fills up.

use super::super::charts::{Chart, Row, span_mark};
use super::super::colors;
use super::super::partition::Partition;
use super::super::section::{charts, folded, legend, paragraph, section};
use super::super::text::{count, table};
use crate::base::units::Time;
use crate::pipeline::simulate::{Activity, Link};

/// Returns the section of the pipeline as it fills up.
pub fn filling(sides: &[&Partition]) -> String {
    let most = sides.iter().map(|side| side.run.makespan().as_us() / 1e3).fold(0.0, f64::max);
    let followed = sides.first().map_or(0, |side| side.run.results.len());
    let mut body = paragraph(&format!(
        "The first {} through the empty pipeline, as the simulator follows them. Numbers are inferences.",
        count(followed, "inference")
    ));
    let is_shared = sides.iter().any(|side| side.pipeline.link == Link::Shared);
    let is_blocked = |side: &&Partition| side.spans.iter().any(|span| span.activity == Activity::Blocked);
    let mut entries = vec![
        (&colors::INPUT, "activations in"),
        (&colors::STREAMING, "instructions and streaming of parameters"),
        (&colors::COMPUTE, "invocation and compute"),
        (&colors::OUTPUT, "activations out"),
    ];
    if sides.iter().any(is_blocked) {
        entries.push((&colors::BLOCKED, "done, but the next queue is full"));
    }
    if is_shared {
        entries.push((&colors::WAITING, "waiting for the link"));
    }
    body.push_str(&legend(&entries, &[]));
    let mut drawn = Vec::new();
    for side in sides {
        let row = |stage: usize| {
            let spans = side.spans.iter().filter(|span| span.stage == stage);
            Row {
                name: format!("stage {stage}"),
                marks: spans.map(|span| span_mark(span, &side.pipeline.stages[span.stage])).collect(),
                ..Row::default()
            }
        };
        let chart = Chart {
            id: &format!("filling-{}", side.id),
            title: &format!("The pipeline filling up, {}", side.name),
            summary: &format!(
                "The first result comes after {}, the last of {followed} after {}. The table below has every result.",
                side.run.first_result(),
                side.run.makespan()
            ),
            axis: "milliseconds since the start",
            most,
            limit: None,
            rows: (0..side.evaluation.stages.len()).map(row).collect(),
        };
        drawn.push((side.name, chart.draw()));
    }
    body.push_str(&charts(drawn));
    body.push_str(&folded("Every result, and what each device does", &(results(sides) + &devices(sides))));
    section("filling", "The pipeline filling up", &body)
}

fn results(sides: &[&Partition]) -> String {
    let followed = sides.first().map_or(0, |side| side.run.results.len());
    let row = |number: usize| {
        let results = sides.iter().map(|side| side.run.results[number].to_string());
        [format!("inference {number}")].into_iter().chain(results).collect()
    };
    let rows: Vec<Vec<String>> = (0..followed).map(row).collect();
    let header: Vec<&str> = ["result"].into_iter().chain(sides.iter().map(|side| side.name)).collect();
    table("When each result comes out", &header, &rows)
}

fn devices(sides: &[&Partition]) -> String {
    let mut rows = Vec::new();
    for side in sides {
        for (stage, device) in side.run.occupancy.iter().flatten().enumerate() {
            let makespan = side.run.makespan();
            let share = |time: Time| match makespan {
                Time(0) => "-".into(),
                all => format!("{:.1} %", 100.0 * time.0 as f64 / all.0 as f64),
            };
            let shares = [device.busy, device.waiting, device.blocked, device.starved(makespan)].map(share);
            rows.push([format!("{}, stage {stage}", side.name)].into_iter().chain(shares).collect());
        }
    }
    let header = ["device", "busy", "waits for the link", "blocked", "without work"];
    table("What each device does in this time", &header, &rows)
}
