//! The sections of the page of a schedule.

use super::charts::{Chart, DrawError, bar, span_mark};
use super::colors;
use super::compiled::compiled;
use super::drawing;
use super::partition::Partition;
use super::section::{ROWS, charts, legend, paragraph, section};
use super::subject::Subject;
use super::text::{Safe, count, short, table};
use crate::base::units::ratio;
use crate::base::units::{Bytes, Time};
use crate::device::FULL_CLOCK_MHZ;
use crate::draws::NO_INTERVALS;
use crate::pipeline::simulate::Link;
use crate::problem::StageId;
use crate::problem::judge::{Crossing, Evaluation};
use crate::solve::Status;

fn off_chip(evaluation: &Evaluation) -> Bytes {
    evaluation.stages.iter().map(|stage| stage.off_chip_bytes).sum()
}

fn per_second(period: f64) -> String {
    if period > 0.0 { format!("{:.1}/s", 1e12 / period) } else { "no limit".into() }
}

/// Returns a sentence on what the page is about, and the warning, if there is one.
pub fn lead(subject: &Subject) -> String {
    paragraph(&format!(
        "{} in {}, for device model {}, scheduled by {} for {}. All times are predicted.",
        count(subject.graph.ops().len(), "operation"),
        count(subject.evaluation.stages.len(), "stage"),
        subject.device.name,
        subject.scheduler,
        subject.objective
    )) + &subject.warning.iter().map(|warning| paragraph(&format!("Warning: {warning}."))).collect::<String>()
}

/// Returns the section of the figures that matter most, with both partitions beside each other.
pub fn figures(subject: &Subject, ours: &Partition, default: Option<&Partition>) -> String {
    let proof = match (subject.status, subject.gap) {
        (Status::Optimal, _) => "no valid schedule is better".to_string(),
        (_, Some(gap)) => format!("at most {:.1} % above the optimum", gap * 100.0),
        (_, None) => "the distance from the optimum is not known".into(),
    };
    let slowest =
        ours.evaluation.stages.iter().position(|stage| stage.latency() == ours.evaluation.bottleneck);
    let slowest = format!("stage {}", slowest.unwrap_or(0));
    let sure = match &subject.certainty {
        Some(certainty) => {
            format!("{slowest}; {} in nine of ten draws", certainty.bottleneck_us.show(Time::from_us))
        }
        None => format!("{slowest}; {NO_INTERVALS}"),
    };
    let mut cards = vec![
        ("Throughput", per_second(ours.period), format!("a result every {}", ours.period())),
        ("Slowest stage", ours.evaluation.bottleneck.to_string(), sure),
        ("One inference", ours.pipeline.latency().to_string(), "through all stages".to_string()),
        ("Streamed", off_chip(ours.evaluation).to_string(), "of parameters, at each inference".to_string()),
        ("Proof", subject.status.to_string(), proof),
    ];
    if let Some(default) = default {
        let odds = subject.certainty.and_then(|certainty| certainty.over_default);
        let odds = odds.map_or_else(String::new, |odds| format!(", {}", odds.describe("the default")));
        let times = if ours.period > 0.0 { ratio(default.period / ours.period) } else { "-".into() };
        cards.insert(
            1,
            ("Against the default", times, format!("the throughput of the compiler's own partition{odds}")),
        );
    }
    let card = |(name, value, more): &(&str, String, String)| {
        format!(
            "<div><dt>{name}</dt><dd><strong>{}</strong> <span>{}</span></dd></div>",
            Safe(value),
            Safe(more)
        )
    };
    let mut body = format!("<dl class=\"cards\">{}</dl>\n", cards.iter().map(card).collect::<String>());
    let sides: Vec<&Partition> = [Some(ours), default].into_iter().flatten().collect();
    type Figure = fn(&Partition) -> String;
    let figures: [(&str, Figure); 7] = [
        ("throughput", |side| per_second(side.period)),
        ("slowest stage", |side| side.evaluation.bottleneck.to_string()),
        ("one inference", |side| side.pipeline.latency().to_string()),
        ("largest stage's parameters", |side| side.evaluation.peak_parameter_bytes.to_string()),
        ("streamed at each inference", |side| off_chip(side.evaluation).to_string()),
        ("tensors across cuts", |side| side.evaluation.crossings.len().to_string()),
        ("stages whose parameters fit", |side| {
            let fits = side.evaluation.stages.iter().filter(|stage| stage.off_chip_bytes == Bytes(0));
            format!("{} of {}", fits.count(), side.evaluation.stages.len())
        }),
    ];
    let row = |(name, figure): &(&str, Figure)| {
        [name.to_string()].into_iter().chain(sides.iter().map(|side| figure(side))).collect()
    };
    let header: Vec<&str> = [""].into_iter().chain(sides.iter().map(|side| side.name)).collect();
    let rows: Vec<Vec<String>> = figures.iter().map(row).collect();
    body.push_str(&table("This schedule beside the compiler's default", &header, &rows));
    if let Err(why) = &subject.default {
        body.push_str(&paragraph(&format!(
            "The compiler's default partition could not be used here: {why}."
        )));
    }
    section(0, "Figures", &body)
}

/// Returns the section of the operations, coloured by stage, with each stage's inputs and outputs.
pub fn graph(subject: &Subject) -> String {
    let mut body = paragraph(
        "Each panel is a stage, read from top to bottom. Round boxes are what crosses a cut: on top what the stage reads and \
         from which stage, at the bottom what it hands on and to which. Chains are drawn as one box where there are many \
         operations. Point at a box for its names.",
    );
    body.push_str("<div class=\"panels\">\n");
    for (stage, cost) in subject.evaluation.stages.iter().enumerate() {
        body.push_str(&format!(
            "<article class=\"{}\" aria-labelledby=\"p{stage}\"><h3 id=\"p{stage}\">Stage {stage}</h3>\
             <p>{}, {} of parameters, {}</p>\n{}</article>\n",
            colors::class(stage),
            count(cost.ops.len(), "operation"),
            cost.parameter_bytes,
            cost.latency(),
            drawing::stage(subject.graph, subject.evaluation, stage)
        ));
    }
    section(1, "Graph", &(body + "</div>\n"))
}

/// Returns the section of the tensors that cross the cuts.
pub fn crossings(subject: &Subject) -> String {
    let stages = subject.evaluation.stages.len();
    if stages == 1 {
        return section(2, "What crosses the cuts", &paragraph("There is one stage, so there is no cut."));
    }
    let crossings = &subject.evaluation.crossings;
    let bytes = |crossing: &Crossing| subject.graph.tensor(crossing.tensor).bytes;
    let passes = |crossing: &&Crossing, cut: u32| {
        let after = crossing.from.map_or(0, |stage| stage.0);
        after <= cut && crossing.to.last().is_some_and(|last| last.0 > cut)
    };
    let cut = |cut: u32| {
        let here: Vec<&Crossing> = crossings.iter().filter(|crossing| passes(crossing, cut)).collect();
        let held = here.iter().filter(|crossing| !crossing.to.contains(&StageId(cut + 1))).count();
        let all: Bytes = here.iter().map(|crossing| bytes(crossing)).sum();
        vec![
            format!("between {cut} and {}", cut + 1),
            here.len().to_string(),
            all.to_string(),
            held.to_string(),
        ]
    };
    let cuts: Vec<Vec<String>> = (0..stages as u32 - 1).map(cut).collect();
    let mut body = table("Every cut", &["cut", "tensors", "bytes", "of them held for a later stage"], &cuts);
    let mut largest: Vec<&Crossing> = crossings.iter().collect();
    largest.sort_by_key(|crossing| (std::cmp::Reverse(bytes(crossing)), crossing.tensor.index()));
    let row = |crossing: &&Crossing| {
        let to: Vec<String> = crossing.to.iter().map(|stage| stage.0.to_string()).collect();
        vec![
            short(&subject.graph.tensor(crossing.tensor).name, 120),
            bytes(crossing).to_string(),
            crossing.from.map_or("caller".into(), |stage| stage.0.to_string()),
            short(&to.join(", "), 40),
            crossing.host_buffers().to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = largest.iter().take(ROWS).map(row).collect();
    let header = ["tensor", "bytes", "from stage", "to stages", "buffers on the host"];
    body.push_str(&table("Every tensor that crosses a cut, the largest first", &header, &rows));
    if largest.len() > ROWS {
        body.push_str(&paragraph(&format!("{} smaller ones are left out.", largest.len() - ROWS)));
    }
    section(2, "What crosses the cuts", &body)
}

/// Returns the section of parameters on and off the chip.
pub fn memory(subject: &Subject, sides: &[&Partition]) -> Result<String, DrawError> {
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
        let stages = &side.evaluation.stages;
        let mut marks = Vec::new();
        for (stage, cost) in stages.iter().enumerate() {
            let held = cost.device_bytes - cost.off_chip_bytes;
            let parts = [(&colors::ON_CHIP, held), (&colors::OFF_CHIP, cost.off_chip_bytes)];
            let parts = parts.map(|(color, bytes)| (color, in_units(bytes)));
            marks.extend(bar(stage, &parts, cost.device_bytes.to_string()));
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
            rows: stages.len(),
            most,
            limit: is_cache_shown.then(|| in_units(cache)),
            marks,
        };
        drawn.push((side.name, chart.draw()?));
    }
    let place = if is_cache_shown { "" } else { ", beyond these charts" };
    let capacity = format!("capacity, {cache}{place}");
    let mut body = legend(&[
        (&colors::ON_CHIP, "on the chip"),
        (&colors::OFF_CHIP, "streamed at each inference"),
        (&colors::LIMIT, &capacity),
    ]);
    body.push_str(&charts(drawn));
    let header =
        ["stage", "parameters", "filled up", "on chip", "off chip", "activations in", "activations out"];
    body.push_str(&paragraph(
        "A device holds parameters with the channels of each layer filled up to a multiple of what its array computes side by \
         side; nothing is counted for operations with measured times.",
    ));
    body.push_str(&table("Bytes of each stage", &header, &rows));
    body.push_str(&compiled(subject));
    Ok(section(4, "Memory", &body))
}

/// Returns the section of the parts of the stages' times.
pub fn time(sides: &[&Partition]) -> Result<String, DrawError> {
    let ms = |time: Time| time.as_us() / 1e3;
    let most = sides.iter().map(|side| ms(side.evaluation.bottleneck)).fold(0.0, f64::max);
    let (mut drawn, mut rows) = (Vec::new(), Vec::new());
    for side in sides {
        let mut marks = Vec::new();
        for (stage, cost) in side.evaluation.stages.iter().enumerate() {
            let parts = [
                (&colors::INPUT, cost.input()),
                (&colors::STREAMING, cost.instructions + cost.streaming),
                (&colors::COMPUTE, cost.invoke + cost.compute),
                (&colors::OUTPUT, cost.output),
            ];
            marks.extend(bar(
                stage,
                &parts.map(|(color, time)| (color, ms(time))),
                cost.latency().to_string(),
            ));
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
            rows: side.evaluation.stages.len(),
            most,
            limit: Some(ms(bottleneck)),
            marks,
        };
        drawn.push((side.name, chart.draw()?));
    }
    let mut body = legend(&[
        (&colors::INPUT, "activations in"),
        (&colors::STREAMING, "instructions and streaming of parameters"),
        (&colors::COMPUTE, "invocation and compute"),
        (&colors::OUTPUT, "activations out"),
        (&colors::LIMIT, "slowest stage"),
    ]);
    body.push_str(&charts(drawn));
    let header = ["stage", "in", "instructions", "streaming", "invocation", "compute", "out", "all"];
    body.push_str(&table("Time of each stage", &header, &rows));
    Ok(section(5, "Time", &body))
}

/// Returns the section of the pipeline as it fills up.
pub fn filling(sides: &[&Partition]) -> Result<String, DrawError> {
    let most = sides.iter().map(|side| side.run.makespan().as_us() / 1e3).fold(0.0, f64::max);
    let followed = sides.first().map_or(0, |side| side.run.results.len());
    let mut body = paragraph(&format!(
        "The first {} through the empty pipeline, as the simulator follows them. Numbers are inferences; every other one is \
         drawn weaker.",
        count(followed, "inference")
    ));
    let is_shared = sides.iter().any(|side| side.pipeline.link == Link::Shared);
    let mut entries = vec![
        (&colors::INPUT, "activations in"),
        (&colors::STREAMING, "instructions and streaming of parameters"),
        (&colors::COMPUTE, "invocation and compute"),
        (&colors::OUTPUT, "activations out"),
        (&colors::BLOCKED, "done, but the next queue is full"),
    ];
    if is_shared {
        entries.push((&colors::WAITING, "waiting for the link"));
    }
    body.push_str(&legend(&entries));
    let (mut drawn, mut rows) = (Vec::new(), Vec::new());
    for side in sides {
        let chart = Chart {
            id: &format!("filling-{}", side.id),
            title: &format!("The pipeline filling up, {}", side.name),
            summary: &format!(
                "The first result comes after {}, the last of {followed} after {}. The table below has every result.",
                side.run.first_result(),
                side.run.makespan()
            ),
            axis: "milliseconds since the start",
            rows: side.evaluation.stages.len(),
            most,
            limit: None,
            marks: side.spans.iter().map(|span| span_mark(span, &side.pipeline.stages[span.stage])).collect(),
        };
        drawn.push((side.name, chart.draw()?));
    }
    body.push_str(&charts(drawn));
    for number in 0..followed {
        let results = sides.iter().map(|side| side.run.results[number].to_string());
        rows.push([format!("inference {number}")].into_iter().chain(results).collect());
    }
    let header: Vec<&str> = ["result"].into_iter().chain(sides.iter().map(|side| side.name)).collect();
    body.push_str(&table("When each result comes out", &header, &rows));
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
    body.push_str(&table("What each device does in this time", &header, &rows));
    Ok(section(6, "Over time", &body))
}

/// Returns the section of the method: the device model that the figures come from.
pub fn method(subject: &Subject) -> String {
    let device = subject.device;
    let per_mib = |us: f64| format!("{us} us per MiB");
    let rows = [
        ("clock", format!("{} MHz; compute below is at {FULL_CLOCK_MHZ} MHz", device.clock_mhz)),
        ("invocation", format!("{} us", device.invoke_us)),
        ("multiplications", format!("{} us per 10^9, idle lanes of the array included", device.us_per_gmac)),
        ("weights into the array", per_mib(device.us_per_weight_mib)),
        ("depthwise layers", format!("{}, of what they make", per_mib(device.us_per_depthwise_mib))),
        (
            "other operations",
            format!(
                "{} us each, and {}, of what they make",
                device.us_per_operation,
                per_mib(device.us_per_value_mib)
            ),
        ),
        (
            "operations on the CPU",
            format!(
                "{} us per 10^9 multiplications, and {}, of what they read and make",
                device.cpu_us_per_gmac,
                per_mib(device.cpu_us_per_value_mib)
            ),
        ),
        ("cache for parameters", Bytes(device.cache_bytes).to_string()),
        ("streaming of parameters, and instructions", per_mib(device.stream_us_per_mib)),
        (
            "streaming for large layers",
            format!("{} times as much, for more than {} places of output", device.resend, device.tile_places),
        ),
        ("activations in", per_mib(device.input_us_per_mib)),
        ("activations out", per_mib(device.output_us_per_mib)),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(name, value)| vec![name.into(), value]).collect();
    let mut body = paragraph(&format!(
        "Nothing here was measured on a device. Times follow from device model {}; the pipeline is simulated with {}. A \
         measured operation of a graph file costs its measured time alone.",
        device.name, subject.joints
    ));
    body.push_str(&table("The device model", &["figure", "value"], &rows));
    section(7, "Method", &body)
}
