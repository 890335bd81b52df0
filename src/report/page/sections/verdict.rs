//! The section of the verdict: what the schedule gives, how sure that is, and what else the devices could do.

use super::super::charts::{Chart, Row, stacked};
use super::super::colors;
use super::super::partition::Partition;
use super::super::section::{Line, folded, legend, paragraph, section};
use super::super::subject::Subject;
use super::super::text::{Safe, count, short, table};
use super::super::verdict::{Choice, Verdict};
use super::off_chip;
use crate::base::units::{Bytes, Time};
use crate::draws::NO_INTERVALS;
use crate::solve::Status;

/// The most letters of a choice's name that have room beside its throughput on a phone.
const NAME: usize = 34;

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

/// Returns the section of the verdict.
pub fn verdict(subject: &Subject, ours: &Partition, default: Option<&Partition>) -> String {
    let beside_default = Verdict::beside_default(ours, default, subject.certainty.as_ref());
    let verdict = subject.verdict.as_ref().unwrap_or(&beside_default);
    let mut body = String::new();
    if let Some(chosen) = verdict.chosen() {
        let range = match &chosen.interval_per_s {
            Some(interval) => format!("{} in nine of ten draws", interval.show(per_second)),
            None => NO_INTERVALS.into(),
        };
        body = format!(
            "<p class=\"headline\"><strong>{}</strong> <span>{}</span></p>\n",
            Safe(&per_second(chosen.throughput_per_s)),
            Safe(&range)
        );
    }
    body.push_str(&format!("<p class=\"sentence\">{}</p>\n", Safe(&verdict.sentence)));
    if subject.verdict.is_some() {
        body.push_str(&paragraph(&beside_default.sentence));
    }
    body.push_str(&chart(&verdict.choices));
    body.push_str(&choices(&verdict.choices));
    body.push_str(&cards(subject, ours));
    if let Err(why) = &subject.default {
        body.push_str(&paragraph(&format!(
            "The compiler's default partition could not be used here: {why}."
        )));
    }
    let sides: Vec<&Partition> = [Some(ours), default].into_iter().flatten().collect();
    body.push_str(&folded("Figure by figure", &figures(&sides)));
    section("verdict", "Verdict", &body)
}

/// Returns results a second in words.
fn per_second(rate: f64) -> String {
    if rate > 0.0 { format!("{rate:.1}/s") } else { "no limit".into() }
}

fn chart(choices: &[Choice]) -> String {
    let reach = |choice: &Choice| {
        choice.interval_per_s.map_or(0.0, |interval| interval.high).max(choice.throughput_per_s)
    };
    let row = |choice: &Choice| Row {
        name: short(&choice.name, NAME),
        value: per_second(choice.throughput_per_s),
        marks: stacked(&[(
            if choice.is_chosen { &colors::RATE } else { &colors::OTHER_RATE },
            choice.throughput_per_s,
        )]),
        range: choice.interval_per_s.map(|interval| (interval.low, interval.high)),
    };
    let chart = Chart {
        id: "choices",
        title: "Results a second of each choice",
        summary: "The table below has every figure.",
        axis: "results a second",
        most: choices.iter().map(reach).fold(0.0, f64::max),
        limit: None,
        rows: choices.iter().map(row).collect(),
    };
    let is_sure = choices.iter().any(|choice| choice.interval_per_s.is_some());
    let range: &[(Line, &str)] = if is_sure { &[(Line::Range, "range in nine of ten draws")] } else { &[] };
    format!("{}<figure>{}</figure>\n", legend(&[(&colors::RATE, "shown on this page")], range), chart.draw())
}

fn choices(choices: &[Choice]) -> String {
    let row = |choice: &Choice| {
        vec![
            format!("{}{}", choice.name, if choice.is_chosen { " (this page)" } else { "" }),
            choice.devices.to_string(),
            per_second(choice.throughput_per_s),
            choice.interval_per_s.map_or_else(|| "-".into(), |interval| interval.show(per_second)),
            Time::from_us(choice.latency_ms * 1e3).to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = choices.iter().map(row).collect();
    let header = ["choice", "devices", "throughput", "in nine of ten draws", "one inference"];
    table("What the devices could do", &header, &rows)
}

fn cards(subject: &Subject, ours: &Partition) -> String {
    let proof = match (subject.status, subject.gap) {
        (Status::Optimal, _) => "no valid schedule is better".to_string(),
        (_, Some(gap)) => format!("at most {:.1} % above the optimum", gap * 100.0),
        (_, None) => "the distance from the optimum is not known".into(),
    };
    let sure = match &subject.certainty {
        Some(certainty) => format!("{} in nine of ten draws", certainty.bottleneck_us.show(Time::from_us)),
        None => NO_INTERVALS.into(),
    };
    let cards = [
        ("Slowest stage", ours.evaluation.bottleneck.to_string(), sure),
        ("One inference", ours.pipeline.latency().to_string(), "through all stages".to_string()),
        ("Streamed", off_chip(ours.evaluation).to_string(), "of parameters, at each inference".to_string()),
        ("Proof", subject.status.to_string(), proof),
    ];
    let card = |(name, value, more): &(&str, String, String)| {
        format!(
            "<div><dt>{name}</dt><dd><strong>{}</strong> <span>{}</span></dd></div>",
            Safe(value),
            Safe(more)
        )
    };
    format!("<dl class=\"cards\">{}</dl>\n", cards.iter().map(card).collect::<String>())
}

fn figures(sides: &[&Partition]) -> String {
    type Figure = fn(&Partition) -> String;
    let figures: [(&str, Figure); 6] = [
        ("a result every", |side| side.period().to_string()),
        ("slowest stage", |side| side.evaluation.bottleneck.to_string()),
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
    let header: Vec<&str> = ["figure"].into_iter().chain(sides.iter().map(|side| side.name)).collect();
    let rows: Vec<Vec<String>> = figures.iter().map(row).collect();
    table("Figures of this schedule and of what it is compared with", &header, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Interval;

    #[test]
    fn every_choice_has_a_bar_and_a_row_and_the_chosen_one_is_marked() {
        let choice = |name: &str, devices, throughput_per_s, interval_per_s, is_chosen| Choice {
            name: name.into(),
            devices,
            throughput_per_s,
            latency_ms: 12.5,
            interval_per_s,
            is_chosen,
        };
        let interval = Some(Interval { low: 60.0, high: 125.0 });
        let all = [
            choice("one device", 1, 20.0, None, false),
            choice("a copy on each <b>", 4, 80.0, interval, true),
            choice("nothing to do", 1, 0.0, None, false),
        ];
        let drawn = chart(&all);
        assert_eq!(drawn.matches("class=\"c-rate\" x=").count(), 1);
        assert_eq!(drawn.matches("class=\"c-other-rate\" x=").count(), 1, "what takes no time has no bar");
        assert!(drawn.contains("x=\"0.00%\" y=\"66\" width=\"64.00%\""), "the range has room: {drawn}");
        insta::assert_snapshot!(choices(&all));
    }
}
