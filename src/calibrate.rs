//! The calibration: fits the coefficients of the device model to measured times.
//!
//! A row of measurements becomes an equation: amounts that are known of the measured model, times coefficients that
//! are asked for, make the time. The amounts come from the model's graph, which a row names, describes or points to,
//! and from what the compiler reports. Single devices are fitted first; rows of pipelines then give only what single
//! devices can't tell: the cost of reading a tensor that another stage made, and what the runner adds. `docs/cost.md`
//! has the model and the figures.

mod cache;
mod described;
mod equations;
mod fault;
pub mod fit;
mod loaded;
pub mod measurements;
mod models;
pub mod parts;

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use self::equations::{Fitted, pipeline_equation, prior, single_equation};
use self::fit::{Estimate, fit};
use self::measurements::{Measurement, Metric};
use self::parts::{Key, name};
use crate::device::EdgeTpu;
use crate::problem::judge::verify;
use crate::problem::{Objective, Problem, Rules};
use crate::problem::{Schedule, StageId};

pub use self::fault::Fault;
pub use self::loaded::{Load, Loaded};

/// The links that published rows are fitted for; each takes the coefficients that its rows do not tell from the one
/// before.
pub const LINKS: [&str; 2] = ["pcie", "usb3"];

/// The rounds of fitting single devices and pipelines, each with the other's coefficients.
const ROUNDS: usize = 8;

/// The choice of rows that are left out of the fit, to tell its error on rows that it has not seen.
#[derive(Clone, Copy, Debug)]
pub struct HoldOut {
    /// The share of all rows, from 0 to 1.
    pub share: f64,
    /// The seed of the random choice.
    pub seed: u64,
}

/// The options of a fit.
#[derive(Clone, Debug, Default)]
pub struct FitOptions {
    /// The device that rows of one host refit; without it, the rows are published ones, of both [`LINKS`].
    pub base: Option<EdgeTpu>,
    /// The rows that are left out of the fit.
    pub hold_out: Option<HoldOut>,
}

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
    /// True if the row was left out of the fit.
    pub held_out: bool,
}

impl Predicted {
    /// Returns the error of the prediction, relative to the measured time.
    pub fn error(&self) -> Option<f64> {
        self.predicted_us.map(|predicted| predicted / self.measured_us - 1.0)
    }
}

/// The prediction of a model that nothing was fitted to, from its graph and a fitted device alone.
#[derive(Clone, Debug)]
pub struct Check {
    /// The line of the row in the file, from 1.
    pub line: u64,
    /// The row's model.
    pub model: String,
    /// The interface that the measured device was connected by.
    pub interface: String,
    /// The name of the fitted device.
    pub device: String,
    /// The measured time, in microseconds.
    pub measured_us: f64,
    /// The predicted time, in microseconds.
    pub predicted_us: f64,
}

/// The outcome of a fit.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The fitted devices.
    pub devices: Vec<EdgeTpu>,
    /// The estimate of every coefficient.
    pub coefficients: BTreeMap<Key, Estimate>,
    /// The rows that were fitted or left out of the fit.
    pub rows: Vec<Predicted>,
    /// The predictions of models that nothing was fitted to.
    pub checks: Vec<Check>,
    /// The number of rows that tell nothing, by reason.
    pub unused: BTreeMap<&'static str, usize>,
}

/// Fits coefficients to `rows`.
///
/// Complexity: a decomposition of all rows for each of a fixed number of rounds.
///
/// # Errors
/// Returns an error if a model's file can't be read, if the fitted figures make no valid device, or if there is no
/// row to fit to.
pub fn calibrate(rows: &[Measurement], options: &FitOptions, load: &Load) -> Result<Calibration, Fault> {
    let first = options.base.clone().unwrap_or_else(EdgeTpu::pcie);
    let gathered = equations::gather(rows, options.base.as_ref(), load)?;
    let held_out = held_out(gathered.entries.len(), options.hold_out);
    let training: Vec<&Fitted> =
        gathered.entries.iter().zip(&held_out).filter(|(_, held)| !**held).map(|(entry, _)| entry).collect();
    if training.is_empty() {
        let why = "no row has a model whose layers are known: name a .tflite file or a graph's .json file in column \
                   'model'";
        return Err(Fault::new(None, why.into()));
    }
    let alone = training.iter().filter(|entry| entry.row.metric == Metric::Single);
    let cache_bytes = cache::fit(alone.flat_map(|entry| entry.reported)).unwrap_or(first.cache_bytes);
    let sized = EdgeTpu { cache_bytes, ..first };

    let mut coefficients = BTreeMap::from([(
        Key::Array(name::INPUT),
        Estimate { value: sized.input_us_per_mib, margin: None, rows: 0 },
    )]);
    for _ in 0..ROUNDS {
        let input = coefficients[&Key::Array(name::INPUT)];
        let mut equations: Vec<_> =
            training.iter().filter_map(|entry| single_equation(entry, &sized, &coefficients)).collect();
        equations.extend(options.base.iter().flat_map(prior));
        coefficients = fit(&equations);
        coefficients.entry(Key::Array(name::INPUT)).or_insert(input);
        let pipelines: Vec<_> =
            training.iter().filter_map(|entry| pipeline_equation(entry, &sized, &coefficients)).collect();
        coefficients.extend(fit(&pipelines));
    }

    let predicted = |(entry, &held_out): (&Fitted, &bool)| Predicted {
        line: entry.row.line,
        model: entry.row.model.clone(),
        metric: entry.row.metric,
        measured_us: entry.row.ms * 1e3,
        predicted_us: entry.predict(&sized, &coefficients),
        held_out,
    };
    let devices = devices(&options.base, &sized, &coefficients)?;
    Ok(Calibration {
        rows: gathered.entries.iter().zip(&held_out).map(predicted).collect(),
        checks: gathered.compared.iter().filter_map(|compared| check(compared, &devices)).collect(),
        unused: gathered.unused,
        devices,
        coefficients,
    })
}

/// Returns, for each of `count` rows, whether it is left out of the fit.
fn held_out(count: usize, hold_out: Option<HoldOut>) -> Vec<bool> {
    let mut held = vec![false; count];
    if let Some(HoldOut { share, seed }) = hold_out {
        let chosen = (count as f64 * share.clamp(0.0, 1.0)).round() as usize;
        held[..chosen].fill(true);
        held.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    }
    held
}

/// Returns the devices with fitted figures; a figure that no row tells is the base's, or that of the link before.
fn devices(
    base: &Option<EdgeTpu>,
    sized: &EdgeTpu,
    coefficients: &BTreeMap<Key, Estimate>,
) -> Result<Vec<EdgeTpu>, Fault> {
    let links = base.as_ref().map_or(LINKS.to_vec(), |_| vec![equations::OWN_LINK]);
    let mut devices: Vec<EdgeTpu> = Vec::new();
    for link in links {
        let before = devices.last().unwrap_or(sized);
        let told = |key: Key| coefficients.get(&key).map(|estimate| estimate.value);
        let array = |name, before| told(Key::Array(name)).unwrap_or(before);
        let own = |name, before| told(Key::Link(link, name)).unwrap_or(before);
        let stream_us_per_mib = own(name::STREAM, before.stream_us_per_mib);
        let again = own(name::RESEND, stream_us_per_mib * before.resend);
        let device = EdgeTpu {
            name: if base.is_some() { before.name.clone() } else { link.into() },
            us_per_gmac: array(name::MACS, before.us_per_gmac),
            us_per_weight_mib: array(name::WEIGHTS, before.us_per_weight_mib),
            us_per_value_mib: array(name::VALUES, before.us_per_value_mib),
            us_per_depthwise_mib: array(name::DEPTHWISE, before.us_per_depthwise_mib),
            us_per_operation: array(name::OPERATION, before.us_per_operation),
            cpu_us_per_gmac: own(name::CPU_MACS, before.cpu_us_per_gmac),
            cpu_us_per_value_mib: own(name::CPU_VALUES, before.cpu_us_per_value_mib),
            invoke_us: own(name::INVOKE, before.invoke_us),
            stream_us_per_mib,
            resend: (again / stream_us_per_mib.max(f64::MIN_POSITIVE)).clamp(1.0, 1e3),
            input_us_per_mib: array(name::INPUT, before.input_us_per_mib),
            output_us_per_mib: own(name::OUTPUT, before.output_us_per_mib),
            ..before.clone()
        };
        devices.push(
            device
                .checked()
                .map_err(|why| Fault::new(None, format!("the fitted figures make no valid device: {why}")))?,
        );
    }
    Ok(devices)
}

/// Predicts the time of a whole model on one device from its graph.
fn check(compared: &equations::Compared, devices: &[EdgeTpu]) -> Option<Check> {
    let device =
        devices.iter().find(|device| compared.link == equations::OWN_LINK || device.name == compared.link)?;
    let problem = Problem {
        graph: &compared.graph,
        stages: 1,
        device: device.clone(),
        objective: Objective::Latency,
        rules: Rules::Coral,
    };
    let schedule = Schedule { stage_of: vec![StageId(0); compared.graph.ops().len()] };
    let evaluation = verify(&problem, &schedule).ok()?;
    Some(Check {
        line: compared.row.line,
        model: compared.row.model.clone(),
        interface: compared.row.interface.clone(),
        device: device.name.clone(),
        measured_us: compared.row.ms * 1e3,
        predicted_us: evaluation.bottleneck.as_us(),
    })
}
