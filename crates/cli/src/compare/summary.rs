//! What each scheduler comes to over all inputs and numbers of stages.

use std::collections::BTreeSet;

use serde::Serialize;

use super::standing::Standing;
use crate::table::table;
use respect::base::statistics::{geometric_mean, mean, median};
use respect::base::units::ratio;
use respect::solve::Status;

/// One scheduler over all problems. A problem counts where both it and the default have a valid schedule.
#[derive(Serialize)]
pub struct Summary {
    /// With how many stages, if not with all numbers of them.
    stages: Option<u32>,
    scheduler: String,
    /// Problems with a valid schedule of this scheduler.
    solved: usize,
    /// Of these, those with a schedule that is proved optimal.
    optimal: usize,
    problems: usize,
    /// Problems where the default has a valid schedule as well: what the next figures are over.
    compared: usize,
    /// The default's bottleneck over this one's.
    speed_up: Option<Ratios>,
    /// The largest stage's parameter bytes of the default over this one's.
    peak_ratio: Option<Ratios>,
    mean_gap: Option<f64>,
    worst_gap: Option<f64>,
    median_solve_us: Option<f64>,
}

/// Ratios.
#[derive(Serialize)]
struct Ratios {
    least: f64,
    geometric_mean: f64,
    greatest: f64,
}

impl Ratios {
    fn of(ratios: &[f64]) -> Option<Ratios> {
        Some(Ratios {
            least: ratios.iter().copied().reduce(f64::min)?,
            geometric_mean: geometric_mean(ratios.iter().copied()),
            greatest: ratios.iter().copied().reduce(f64::max)?,
        })
    }
}

/// A summary for each scheduler: with each number of stages, if there are several, and with all of them.
pub fn summaries(rows: &[Standing]) -> Vec<Summary> {
    let numbers: BTreeSet<u32> = rows.iter().map(|row| row.stages).collect();
    let groups = numbers.iter().copied().map(Some).filter(|_| numbers.len() > 1).chain([None]);
    let mut schedulers: Vec<&str> = Vec::new();
    for row in rows {
        if !schedulers.contains(&row.scheduler.as_str()) {
            schedulers.push(&row.scheduler);
        }
    }
    groups.flat_map(|stages| schedulers.iter().map(move |name| summary(rows, stages, name))).collect()
}

fn summary(rows: &[Standing], stages: Option<u32>, scheduler: &str) -> Summary {
    let is_own =
        |row: &&Standing| row.scheduler == scheduler && stages.is_none_or(|stages| row.stages == stages);
    let own = || rows.iter().filter(is_own);
    let figures = |figure: fn(&Standing) -> Option<f64>| -> Vec<f64> { own().filter_map(figure).collect() };
    let gaps = figures(|row| row.gap);
    let times = figures(|row| row.solve_us);
    let speed_ups = figures(|row| row.speed_up);
    Summary {
        stages,
        scheduler: scheduler.into(),
        solved: own().filter(|row| row.status.is_some()).count(),
        optimal: own().filter(|row| row.status == Some(Status::Optimal)).count(),
        problems: own().count(),
        compared: speed_ups.len(),
        speed_up: Ratios::of(&speed_ups),
        peak_ratio: Ratios::of(&figures(|row| row.peak_ratio)),
        mean_gap: (!gaps.is_empty()).then(|| mean(gaps.iter().copied())),
        worst_gap: gaps.iter().copied().reduce(f64::max),
        median_solve_us: (!times.is_empty()).then(|| median(times.iter().copied())),
    }
}

/// The table of summaries.
pub fn human(summaries: &[Summary]) -> String {
    let header = [
        "stages",
        "scheduler",
        "valid",
        "optimal",
        "speed-up",
        "least",
        "greatest",
        "peak",
        "least",
        "greatest",
        "gap",
        "worst",
        "solve",
    ];
    let dash = || "-".to_string();
    let spread = |spread: &Option<Ratios>| match spread {
        Some(spread) => [spread.geometric_mean, spread.least, spread.greatest].map(ratio),
        None => [dash(), dash(), dash()],
    };
    let percent = |gap: Option<f64>| gap.map_or_else(dash, |gap| format!("{:.1} %", gap * 100.0));
    let row = |summary: &Summary| {
        let mut cells = vec![
            summary.stages.map_or("all".into(), |stages| stages.to_string()),
            summary.scheduler.clone(),
            format!("{}/{}", summary.solved, summary.problems),
            summary.optimal.to_string(),
        ];
        cells.extend(spread(&summary.speed_up));
        cells.extend(spread(&summary.peak_ratio));
        cells.extend([percent(summary.mean_gap), percent(summary.worst_gap)]);
        cells.push(summary.median_solve_us.map_or_else(dash, |us| format!("{:.2} ms", us / 1e3)));
        cells
    };
    format!(
        "Over all problems; speed-up (the default's bottleneck over the scheduler's) and peak (the same of the largest \
         stage) are geometric means, gap is a mean, solve a median\n\n{}",
        table(&header, 2, summaries.iter().map(row))
    )
}
