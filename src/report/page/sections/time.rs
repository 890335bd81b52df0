//! The section of the parts of the stages' times.

use super::super::charts::{Chart, Row, stacked};
use super::super::colors;
use super::super::partition::Partition;
use super::super::section::{Line, charts, folded, legend, section};
use super::super::text::table;
use crate::base::units::Time;

/// Returns the section of the parts of the stages' times.
pub fn time(sides: &[&Partition]) -> String {
    let ms = |time: Time| time.as_us() / 1e3;
    let most = sides.iter().map(|side| ms(side.evaluation.bottleneck)).fold(0.0, f64::max);
    let (mut drawn, mut rows) = (Vec::new(), Vec::new());
    for side in sides {
        let mut bars = Vec::new();
        for (stage, cost) in side.evaluation.stages.iter().enumerate() {
            let parts = [
                (&colors::INPUT, cost.input()),
                (&colors::STREAMING, cost.instructions + cost.streaming),
                (&colors::COMPUTE, cost.invoke + cost.compute),
                (&colors::OUTPUT, cost.output),
            ];
            bars.push(Row {
                name: format!("stage {stage}"),
                value: cost.latency().to_string(),
                marks: stacked(&parts.map(|(color, time)| (color, ms(time)))),
                range: None,
            });
            let times = [
                cost.input(),
                cost.instructions,
                cost.streaming,
                cost.invoke,
                cost.compute,
                cost.output,
                cost.latency(),
            ];
            let name = format!("{}, stage {stage}", side.name);
            rows.push([name].into_iter().chain(times.iter().map(Time::to_string)).collect());
        }
        let bottleneck = side.evaluation.bottleneck;
        let chart = Chart {
            id: &format!("time-{}", side.id),
            title: &format!("Time of each stage, {}", side.name),
            summary: &format!("The slowest stage takes {bottleneck}. The table below has every figure."),
            axis: "milliseconds",
            most,
            limit: Some(ms(bottleneck)),
            rows: bars,
        };
        drawn.push((side.name, chart.draw()));
    }
    let mut body = legend(
        &[
            (&colors::INPUT, "activations in"),
            (&colors::STREAMING, "instructions and streaming of parameters"),
            (&colors::COMPUTE, "invocation and compute"),
            (&colors::OUTPUT, "activations out"),
        ],
        &[(Line::Limit, "slowest stage")],
    );
    body.push_str(&charts(drawn));
    let header = ["stage", "in", "instructions", "streaming", "invocation", "compute", "out", "all"];
    body.push_str(&folded("Every part of every stage's time", &table("Time of each stage", &header, &rows)));
    section("time", "Where the time goes", &body)
}
