//! The verdict for people: what to do with the devices, beside what else could be done.

use crate::table::table;
use respect::base::units::{Time, ratio};
use respect::report::page;
use respect::verdict::{Choice, Row, shape};

pub use respect::verdict::Verdict;

/// Returns the verdict: a sentence, and a line for each choice, of which `taken` is marked.
pub fn human(verdict: &Verdict, taken: Choice) -> String {
    let header = ["", "devices", "a second", "nine in ten", "vs one", "latency"];
    let cells = |row: &Row| {
        let range = row.inferences_per_second_range;
        [
            format!("{} {}", if row.choice == taken { ">" } else { " " }, name(row.choice)),
            shape(&row.copies),
            format!("{:.1}", row.inferences_per_second),
            range.map_or("-".into(), |range| range.show(rate)),
            ratio(row.speed_up),
            Time::from_us(row.latency_us).to_string(),
        ]
    };
    let mut text = format!(
        "with {}: {}\n{}",
        devices(verdict),
        verdict.advice,
        table(&header, 1, verdict.choices.iter().map(cells))
    );
    if let Some(worse) = worse(verdict, taken) {
        text.push_str(&format!("{worse}\n"));
    }
    text
}

/// Returns the verdict for a page that shows stages with these copies.
pub fn on_page(verdict: &Verdict, copies: &[u32]) -> page::Verdict {
    let taken = verdict.choices.iter().rposition(|row| row.copies == copies && row.choice != Choice::Default);
    let is_best = verdict.choices.first().is_some_and(|best| best.copies == copies);
    let taken = if is_best { Some(0) } else { taken };
    let choice = |(place, row): (usize, &Row)| page::Choice {
        name: match &row.copies[..] {
            [_] => name(row.choice).into(),
            copies if copies.iter().all(|&count| count == 1) => {
                format!("{}, {} stages", name(row.choice), copies.len())
            }
            copies => format!("{}, {}", name(row.choice), shape(copies)),
        },
        devices: row.copies.iter().sum(),
        throughput_per_s: row.inferences_per_second,
        latency_ms: row.latency_us / 1e3,
        interval_per_s: row.inferences_per_second_range,
        is_chosen: Some(place) == taken,
    };
    let advice = format!("With {}: {}.", devices(verdict), verdict.advice);
    page::Verdict { sentence: advice, choices: verdict.choices.iter().enumerate().map(choice).collect() }
}

/// Returns inferences a second with as many digits as tell them apart.
pub fn rate(per_second: f64) -> String {
    if per_second < 100.0 { format!("{per_second:.1}") } else { format!("{per_second:.0}") }
}

fn devices(verdict: &Verdict) -> String {
    match verdict.device_count {
        1 => "1 device".into(),
        count => format!("{count} devices"),
    }
}

/// Returns how much worse than the best the choice taken is, if it is.
fn worse(verdict: &Verdict, taken: Choice) -> Option<String> {
    let (best, taken) = (verdict.choices.first()?, verdict.row(taken)?);
    let times = best.inferences_per_second / taken.inferences_per_second;
    (times > 1.0005).then(|| {
        let percent = (1.0 - 1.0 / times) * 100.0;
        format!(
            "what was asked for gives {percent:.0} % fewer inferences a second than the best: --devices {} takes the best",
            verdict.device_count
        )
    })
}

fn name(choice: Choice) -> &'static str {
    match choice {
        Choice::Best => "best",
        Choice::OneDevice => "one device",
        Choice::Copies => "whole copies",
        Choice::Default => "compiler's default",
        Choice::Pipeline => "best pipeline",
    }
}
