//! The calibration: fits the coefficients of the device model to measured times.
//!
//! A row of measurements becomes an equation: amounts that are known of the measured model, times coefficients that
//! are asked for, make the time. The amounts come from the model's graph, which a row names, describes or points to,
//! and from what the compiler reports. Single devices are fitted first; rows of pipelines then give only what single
//! devices can't tell: the cost of reading a tensor that another stage made, and what the runner adds. `docs/cost.md`
//! has the model and the figures.

mod cache;
mod covariance;
mod described;
mod devices;
mod equations;
mod fault;
pub mod fit;
mod joint;
mod left_out;
mod loaded;
pub mod measurements;
mod models;
mod network;
pub mod parts;
mod uncertainty;

use std::collections::BTreeMap;

use self::equations::Fitted;
use self::fit::Estimate;
use self::joint::Joint;
use self::measurements::{Measurement, Metric};
use self::parts::Key;
use crate::device::EdgeTpu;

pub use self::covariance::Scatter;
pub use self::devices::LINKS;
pub use self::fault::Fault;
pub use self::left_out::LeftOut;
pub use self::loaded::{Load, Loaded};
pub use self::network::PROBE;

/// A row with its measured and its predicted time.
#[derive(Clone, Debug)]
pub struct Predicted {
    /// The line of the row in the file, from 1.
    pub line: u64,
    /// The row's model.
    pub model: String,
    /// The metric of the row's time.
    pub metric: Metric,
    /// The measured time, in microseconds.
    pub measured_us: f64,
    /// The time that the fit gives, in microseconds; none if a coefficient is in no row that was fitted.
    pub predicted_us: Option<f64>,
}

impl Predicted {
    /// Returns the error of the prediction, relative to the measured time.
    pub fn error(&self) -> Option<f64> {
        self.predicted_us.map(|predicted| predicted / self.measured_us - 1.0)
    }
}

/// The outcome of a fit.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The fitted devices.
    pub devices: Vec<EdgeTpu>,
    /// The estimate of every coefficient.
    pub coefficients: BTreeMap<Key, Estimate>,
    /// The rows that were fitted.
    pub rows: Vec<Predicted>,
    /// The rows of networks whose layers are known, predicted without their network.
    pub left_out: Vec<LeftOut>,
    /// The size of the errors that intervals are made of; none if too few networks were measured to tell it, and the
    /// base does not.
    pub scatter: Option<Scatter>,
    /// The number of rows that tell nothing, by reason.
    pub unused: BTreeMap<&'static str, usize>,
}

/// Fits coefficients to `rows`: published ones, of all [`LINKS`], or those of one host, for which `base` is refitted.
///
/// Complexity: a decomposition of all rows for each of a fixed number of rounds, and the same for each network that is
/// left out, of a limited number of groups.
///
/// # Errors
/// Returns an error if a model's file can't be read, if the fitted figures make no valid device, or if there is no
/// row to fit to.
pub fn calibrate(rows: &[Measurement], base: Option<&EdgeTpu>, load: &Load) -> Result<Calibration, Fault> {
    let gathered = equations::gather(rows, base, load)?;
    let entries: Vec<&Fitted> = gathered.entries.iter().collect();
    if entries.is_empty() {
        let why = match base {
            Some(_) => {
                "no row has a model whose layers are known: name a .tflite file or a graph's .json file in column 'model'"
            }
            None => {
                "no row has both a model whose layers are known and a known interface: name a .tflite file or a graph's \
                 .json file in column 'model', and the link in column 'interface' or the device that the times are of \
                 with --base"
            }
        };
        return Err(Fault::new(None, why.into()));
    }
    let joint = Joint::of(&entries, base);
    let stated = base.and_then(|base| base.uncertainty.as_ref());
    let row = joint.scatter_of_rows(&entries).or(stated.map(|stated| stated.stage));
    let (left_out, told) = left_out::left_out(&gathered, base, row);
    let stated = stated.map(|stated| Scatter { network: stated.network, row: stated.stage });
    let scatter = told.or(stated);

    let predicted = |entry: &&Fitted| Predicted {
        line: entry.row.line,
        model: entry.row.model.clone(),
        metric: entry.row.metric,
        measured_us: entry.row.ms * 1e3,
        predicted_us: entry.predict(&joint.sized, &joint.coefficients),
    };
    let invalid = |why| Fault::new(None, format!("the fitted figures make no valid device: {why}"));
    let devices = devices::devices(base, &joint.sized, &joint.coefficients);
    let mut devices: Vec<EdgeTpu> =
        devices.into_iter().map(EdgeTpu::checked).collect::<Result<_, _>>().map_err(invalid)?;
    if let Some(scatter) = scatter {
        let sure = uncertainty::uncertainties(&joint, base, scatter);
        devices.iter_mut().zip(sure).for_each(|(device, sure)| device.uncertainty = sure);
    }
    Ok(Calibration {
        rows: entries.iter().map(predicted).collect(),
        left_out,
        scatter,
        unused: gathered.unused,
        coefficients: joint.with_margins(scatter.unwrap_or_default()),
        devices,
    })
}
