//! The errors for networks that were left out of the fit whole, as people and programs read them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::table::table;
use respect::base::statistics::{median, weighted_quantile};
use respect::base::units::Time;
use respect::calibrate::measurements::Metric;
use respect::calibrate::{Calibration, LeftOut};

/// The operations from which on a network counts as large.
const LARGE: usize = 200;

/// Some rows that were left out. Each network counts as one, however many rows it has.
struct Group<'a> {
    name: &'static str,
    rows: Vec<&'a LeftOut>,
    networks: BTreeMap<&'a str, usize>,
}

impl<'a> Group<'a> {
    fn of(
        name: &'static str,
        result: &'a Calibration,
        is_in: impl Fn(&LeftOut) -> bool,
    ) -> Option<Group<'a>> {
        let rows: Vec<&LeftOut> = result.left_out.iter().filter(|row| is_in(row)).collect();
        let mut networks: BTreeMap<&str, usize> = BTreeMap::new();
        rows.iter().for_each(|row| *networks.entry(&row.network).or_default() += 1);
        (!rows.is_empty()).then_some(Group { name, rows, networks })
    }

    fn weight(&self, row: &LeftOut) -> f64 {
        1.0 / self.networks[row.network.as_str()] as f64
    }

    /// Returns the error that the share `share` of the networks is below.
    fn error(&self, share: f64) -> f64 {
        weighted_quantile(self.rows.iter().map(|row| (row.error().abs(), self.weight(row))), share)
    }

    /// Returns the share of networks whose measured times are within the intervals.
    fn held(&self) -> Option<f64> {
        let is_held = |row: &&&LeftOut| {
            row.interval_us.is_some_and(|[low, high]| (low..=high).contains(&row.measured_us))
        };
        let told = self.rows.iter().all(|row| row.interval_us.is_some());
        let held: f64 = self.rows.iter().filter(is_held).map(|row| self.weight(row)).sum();
        told.then(|| held / self.networks.len() as f64)
    }
}

fn groups(result: &Calibration) -> Vec<Group<'_>> {
    let is_single = |row: &LeftOut| row.metric == Metric::Single;
    let groups = [
        Group::of("one device", result, |row| is_single(row) && !row.is_chain),
        Group::of("one device, more than 200 operations", result, |row| {
            is_single(row) && row.operations > LARGE
        }),
        Group::of("one device, chains of equal layers", result, |row| is_single(row) && row.is_chain),
        Group::of("pipelines, without what a runner adds", result, |row| !is_single(row)),
    ];
    groups.into_iter().flatten().collect()
}

/// Returns the table of errors, and one of every network on single devices.
pub fn human(result: &Calibration) -> String {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let row = |group: &Group| {
        [
            group.name.to_string(),
            group.networks.len().to_string(),
            group.rows.len().to_string(),
            percent(group.error(0.5)),
            percent(group.error(0.9)),
            group.held().map_or_else(|| "-".into(), percent),
        ]
    };
    let groups = groups(result);
    if groups.is_empty() {
        return "\nno network can be left out of the fit to tell how far off predictions are: measure several\n".into();
    }
    let header =
        ["networks that were left out whole", "networks", "rows", "median", "90 % below", "intervals hold"];
    let mut text = format!("\n{}", table(&header, 1, groups.iter().map(row)));
    if let Some(scatter) = result.scatter {
        text.push_str(&format!(
            "what the model leaves out: {} of a network's time, {} of a stage's (standard deviations)\n",
            percent(scatter.network),
            percent(scatter.row)
        ));
    }
    text.push_str(&format!("\n{}", networks(result)));
    text
}

/// Returns the table of every network on single devices.
fn networks(result: &Calibration) -> String {
    let mut rows: BTreeMap<(&str, &str), Vec<&LeftOut>> = BTreeMap::new();
    for row in result.left_out.iter().filter(|row| row.metric == Metric::Single) {
        rows.entry((&row.network, &row.interface)).or_default().push(row);
    }
    let cells = rows.iter().map(|((network, interface), rows)| {
        let middle = |of: fn(&LeftOut) -> f64| median(rows.iter().map(|row| of(row)));
        let (mut cells, alone) = (vec![(*network).to_string(), (*interface).to_string()], rows[0]);
        cells.extend([rows.len().to_string(), middle(|row| row.operations as f64).to_string()]);
        let times = match (rows.len(), alone.interval_us) {
            (1, interval) => {
                let time = |us: f64| Time::from_us(us).to_string();
                let interval = interval.map(|[low, high]| format!("{} to {}", time(low), time(high)));
                [time(alone.measured_us), time(alone.predicted_us), interval.unwrap_or_else(|| "-".into())]
            }
            _ => ["-"; 3].map(String::from),
        };
        cells.extend(times);
        cells.push(format!("{:+.1} %", middle(LeftOut::error) * 100.0));
        cells
    });
    let header =
        ["network", "measured on", "rows", "operations", "measured", "predicted", "90 % interval", "error"];
    table(&header, 2, cells)
}

/// Returns the errors and the rows as JSON.
pub fn to_json(result: &Calibration) -> Value {
    let group = |group: Group| {
        json!({
            "of": group.name,
            "networks": group.networks.len(),
            "rows": group.rows.len(),
            "median_error": group.error(0.5),
            "ninth_decile_error": group.error(0.9),
            "intervals_hold": group.held(),
        })
    };
    let row = |row: &LeftOut| {
        json!({
            "line": row.line,
            "model": row.model,
            "network": row.network,
            "operations": row.operations,
            "interface": row.interface,
            "metric": row.metric.to_string(),
            "measured_us": row.measured_us,
            "predicted_us": row.predicted_us,
            "interval_us": row.interval_us,
        })
    };
    json!({
        "errors": groups(result).into_iter().map(group).collect::<Vec<_>>(),
        "network": result.scatter.map(|scatter| scatter.network),
        "stage": result.scatter.map(|scatter| scatter.row),
        "rows": result.left_out.iter().map(row).collect::<Vec<_>>(),
    })
}
