//! The summary of each scheduler over all inputs and numbers of stages.

use std::collections::BTreeSet;

use serde::Serialize;

use super::standing::Standing;
use crate::table::table;
use respect::base::statistics::{geometric_mean, mean, median};
use respect::base::units::ratio;
use respect::solve::Status;

/// The summary of one scheduler over all problems. A problem counts where both it and the default have a valid
/// schedule.
#[derive(Serialize)]
pub struct Summary {
    /// The number of stages that the problems share; none if the summary is over all numbers of stages.
    stages: Option<u32>,
    scheduler: String,
    /// The number of problems with a valid schedule by this scheduler.
    solved: usize,
    /// The number of problems with a schedule by this scheduler that is proved optimal.
    optimal: usize,
    problems: usize,
    /// The number of problems that the default scheduler solves as well; the ratios below are over these problems.
    compared: usize,
    /// The default scheduler's bottleneck over this scheduler's.
    speed_up: Option<Ratios>,
    /// The parameter bytes of the default scheduler's largest stage over those of this scheduler's largest stage.
    peak_ratio: Option<Ratios>,
    mean_gap: Option<f64>,
    worst_gap: Option<f64>,
    median_solve_us: Option<f64>,
}

/// The least, the mean and the greatest of some ratios.
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

/// Returns a summary for each scheduler: one for each number of stages, if there are several, and one for all of
/// them.
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

/// Returns the table of summaries as people read it.
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
        "Over all problems; speed-up (the default's bottleneck over the scheduler's) and peak (the default's \
         largest stage over the scheduler's) are geometric means, gap is a mean, solve a median\n\n{}",
        table(&header, 2, summaries.iter().map(row))
    )
}
