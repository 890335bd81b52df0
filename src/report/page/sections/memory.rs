//! The section of parameters on and off the chip.

use super::super::charts::{Chart, Row, stacked};
use super::super::colors;

use super::super::partition::Partition;
use super::super::section::{Line, charts, folded, legend, paragraph, section};
use super::super::subject::Subject;
use super::super::text::table;
use super::compiled::compiled;
use super::off_chip;
use crate::base::units::Bytes;

/// Returns the section of parameters on and off the chip.
pub fn memory(subject: &Subject, sides: &[&Partition]) -> String {
    let largest = |side: &Partition| {
        side.evaluation.stages.iter().map(|stage| stage.device_bytes).max().unwrap_or_default()
    };
    let peak = sides.iter().map(|side| largest(side)).max().unwrap_or_default();
    let (unit, one) = if peak < Bytes(1 << 20) { ("KiB", 1024.0) } else { ("MiB", 1024.0 * 1024.0) };
    let in_units = |bytes: Bytes| bytes.0 as f64 / one;
    let cache = Bytes(subject.device.cache_bytes);
    // The capacity is shown only where it is near enough to the largest stage to be worth the room.
    let is_cache_shown = peak.0.saturating_mul(4) > cache.0;
    let most = in_units(if is_cache_shown { peak.max(cache) } else { peak });
    let (mut drawn, mut rows) = (Vec::new(), Vec::new());
    for side in sides {
        let mut bars = Vec::new();
        for (stage, cost) in side.evaluation.stages.iter().enumerate() {
            let held = cost.device_bytes - cost.off_chip_bytes;
            let parts = [(&colors::ON_CHIP, held), (&colors::STREAMING, cost.off_chip_bytes)];
            bars.push(Row {
                name: format!("stage {stage}"),
                value: cost.device_bytes.to_string(),
                marks: stacked(&parts.map(|(color, bytes)| (color, in_units(bytes)))),
                range: None,
            });
            rows.push(vec![
                format!("{}, stage {stage}", side.name),
                cost.parameter_bytes.to_string(),
                cost.device_bytes.to_string(),
                held.to_string(),
                cost.off_chip_bytes.to_string(),
                cost.input_bytes.to_string(),
                cost.output_bytes.to_string(),
            ]);
        }
        let chart = Chart {
            id: &format!("memory-{}", side.id),
            title: &format!("Parameters of each stage, {}", side.name),
            summary: &format!(
                "The largest stage holds {}; {} are streamed at each inference. The table below has every figure.",
                largest(side),
                off_chip(side.evaluation)
            ),
            axis: &format!("{unit} of parameters"),
            most,
            limit: is_cache_shown.then(|| in_units(cache)),
            rows: bars,
        };
        drawn.push((side.name, chart.draw()));
    }
    let entries = [(&colors::ON_CHIP, "on the chip"), (&colors::STREAMING, "streamed at each inference")];
    let capacity = format!("cache, {cache}");
    let line = [(Line::Limit, capacity.as_str())];
    let mut body = legend(&entries, if is_cache_shown { &line } else { &[] });
    if !is_cache_shown {
        body.push_str(&paragraph(&format!("The cache holds {cache}, far more than any stage needs.")));
    }
    body.push_str(&charts(drawn));
    let header =
        ["stage", "parameters", "filled up", "on chip", "off chip", "activations in", "activations out"];
    let note = paragraph(
        "A device holds parameters with the channels of each layer filled up to a multiple of what its array computes side by \
         side; nothing is counted for operations with measured times.",
    );
    body.push_str(&folded("Every stage's bytes", &(note + &table("Bytes of each stage", &header, &rows))));
    body.push_str(&compiled(subject));
    section("memory", "Memory against the cache", &body)
}
