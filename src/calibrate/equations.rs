//! Rows of measurements as equations.

use std::collections::BTreeMap;

use super::described::{described, is_float};
use super::fault::Fault;
use super::fit::{Equation, Estimate};
use super::loaded::Load;
use super::measurements::{Measurement, Metric, Reported};
use super::models::{Purpose, published};
use super::parts::{Key, Parts, name, split};
use crate::device::{EdgeTpu, MIB};
use crate::graph::OpGraph;

/// The link of a user's own rows, which all come from one host.
pub(super) const OWN_LINK: &str = "";

/// The links by the beginning of the interface's name. Rows whose interface is unknown are taken for PCIe: an
/// invocation takes a sixth of the least time of any row that is known to be USB, and large models stream at the rate
/// of the Dev Board's rows.
const INTERFACES: [(&str, &str); 4] =
    [("usb", "usb3"), ("pci", "pcie"), ("dev board", "pcie"), ("unknown", "pcie")];

/// The fewest rows that make a family of models with unknown layers useful.
const FEWEST_OF_FAMILY: usize = 5;

/// The most families in one fit: the time of a fit grows with the cube of the number of coefficients.
const MOST_FAMILIES: usize = 64;

/// The slack of a prior, in slacks of a row: so large that a prior decides only what no row tells.
const PRIOR_SLACK: f64 = 10.0;

const NO_LAYERS: &str = "the model's layers are not known";
const FEW_ROWS: &str = "the model's layers are not known, and too few of its family were measured";
const NO_SPLIT: &str = "the stages of the pipeline are not known";
const NO_INTERFACE: &str = "the interface is not known";

/// A row that can be fitted to.
pub(super) struct Fitted<'a> {
    pub row: &'a Measurement,
    /// The compiler's reports on the row's stages.
    pub reported: &'a [Reported],
    link: &'static str,
    body: Body,
}

enum Body {
    /// The graph with the operations of each stage, and the compiler's report on the stage.
    Stages(Box<OpGraph>, Vec<(std::ops::Range<usize>, Option<Reported>)>),
    /// The family of the model, and the bytes on and off the chip.
    Family(String, Reported),
}

/// A row that is predicted, and never fitted to.
pub(super) struct Compared<'a> {
    pub row: &'a Measurement,
    pub graph: OpGraph,
    pub link: &'static str,
}

/// The rows, sorted by their use.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    pub entries: Vec<Fitted<'a>>,
    pub compared: Vec<Compared<'a>>,
    pub unused: BTreeMap<&'static str, usize>,
}

/// Sorts the rows by their use: to be fitted, to be predicted, or of no use.
pub(super) fn gather<'a>(
    rows: &'a [Measurement],
    base: Option<&EdgeTpu>,
    load: &Load,
) -> Result<Gathered<'a>, Fault> {
    let mut gathered = Gathered::default();
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let known = INTERFACES.iter().find(|(begins, _)| row.interface.starts_with(begins));
        let link = if base.is_some() { Some(OWN_LINK) } else { known.map(|(_, link)| *link) };
        let Some(link) = link else {
            *gathered.unused.entry(NO_INTERFACE).or_default() += 1;
            continue;
        };
        let entry = |body| Fitted { row, reported: &row.reported, link, body };
        if is_file(&row.model) {
            let loaded = load(&row.model).map_err(|why| Fault::new(Some(row.line), why))?;
            let reported = row.reported.first().copied().or(loaded.reported);
            let all = 0..loaded.graph.ops().len();
            gathered.entries.push(entry(Body::Stages(Box::new(loaded.graph), vec![(all, reported)])));
        } else if let Some(graph) = described(&row.model, &row.input) {
            let stages = stages(&graph, row);
            match stages {
                Some(stages) => gathered.entries.push(entry(Body::Stages(Box::new(graph), stages))),
                None => *gathered.unused.entry(NO_SPLIT).or_default() += 1,
            }
        } else if let Some((graph, role)) = published(&row.model)? {
            match (role, link) {
                _ if row.stages > 1 => *gathered.unused.entry(NO_SPLIT).or_default() += 1,
                (Purpose::Fitted, "usb3" | OWN_LINK) => {
                    let stages = vec![(0..graph.ops().len(), row.reported.first().copied())];
                    gathered.entries.push(entry(Body::Stages(Box::new(graph), stages)));
                }
                _ => gathered.compared.push(Compared { row, graph, link }),
            }
        } else if let (&[reported], Some((family, _))) = (&row.reported[..], row.model.rsplit_once('_')) {
            *families.entry(family.to_string()).or_default() += 1;
            gathered.entries.push(entry(Body::Family(family.to_string(), reported)));
        } else {
            *gathered.unused.entry(NO_LAYERS).or_default() += 1;
        }
    }
    if families.len() > MOST_FAMILIES {
        let why =
            format!("more than {MOST_FAMILIES} families of models with unknown layers: fit fewer at a time");
        return Err(Fault::new(None, why));
    }
    gathered.entries.retain(|entry| {
        let few = matches!(&entry.body, Body::Family(family, _) if families[family] < FEWEST_OF_FAMILY);
        if few {
            *gathered.unused.entry(FEW_ROWS).or_default() += 1;
        }
        !few
    });
    Ok(gathered)
}

/// Returns whether a model's name is the path of a file.
fn is_file(model: &str) -> bool {
    [".tflite", ".json", ".mlir"].iter().any(|ending| model.ends_with(ending))
}

fn stages(graph: &OpGraph, row: &Measurement) -> Option<Vec<(std::ops::Range<usize>, Option<Reported>)>> {
    if row.stages == 1 {
        return Some(vec![(0..graph.ops().len(), row.reported.first().copied())]);
    }
    let ranges = split(graph, &row.reported);
    let all = !ranges.is_empty() && ranges.iter().all(|range| !range.is_empty());
    all.then(|| ranges.into_iter().zip(row.reported.iter().copied().map(Some)).collect())
}

impl Fitted<'_> {
    fn parts(&self, device: &EdgeTpu) -> Vec<Parts> {
        match &self.body {
            Body::Stages(graph, stages) => stages
                .iter()
                .map(|(ops, reported)| Parts::new(graph, ops.clone(), device, *reported))
                .collect(),
            Body::Family(..) => Vec::new(),
        }
    }

    /// Returns the terms of one stage, without the time of its input.
    fn terms(&self, parts: &Parts, is_first: bool, device: &EdgeTpu) -> BTreeMap<Key, f64> {
        let mut terms = parts.terms(self.link, device.slowdown());
        if is_first && is_float(&self.row.input) {
            terms.insert(Key::Own(self.row.interface.clone(), name::FLOAT_INPUT), 1.0);
        }
        terms
    }

    fn equation(&self, terms: BTreeMap<Key, f64>, known: f64) -> Equation<Key> {
        Equation { terms, known, sum: self.row.ms * 1e3, slack: 1.0 }
    }

    /// Returns the time that the fitted coefficients give for the row, in microseconds.
    pub fn predict(&self, device: &EdgeTpu, coefficients: &BTreeMap<Key, Estimate>) -> Option<f64> {
        let equation = match self.row.metric {
            Metric::Single => single_equation(self, device, coefficients),
            Metric::Latency | Metric::Interval => pipeline_equation(self, device, coefficients),
        };
        equation?.predict(coefficients)
    }
}

/// Returns the equation of a row of one device. For published rows, pipelines tell the price of input, so it is taken
/// as known.
pub(super) fn single_equation(
    entry: &Fitted,
    device: &EdgeTpu,
    coefficients: &BTreeMap<Key, Estimate>,
) -> Option<Equation<Key>> {
    if entry.row.metric != Metric::Single {
        return None;
    }
    if let Body::Family(family, reported) = &entry.body {
        // Streamed parameters are computed on while they stream, so the layers that are cached tell the compute.
        let own = |name| Key::Own(family.clone(), name);
        let terms = BTreeMap::from([
            (Key::Link(entry.link, name::INVOKE), 1.0),
            (Key::Link(entry.link, name::STREAM), reported.off_chip.0 as f64 / MIB),
            (own(name::FIXED), 1.0),
            (own(name::ON_CHIP), reported.on_chip.0 as f64 / MIB),
        ]);
        return Some(entry.equation(terms, 0.0));
    }
    let parts = *entry.parts(device).first()?;
    let mut terms = entry.terms(&parts, true, device);
    let input = Key::Array(name::INPUT);
    let known = match entry.link {
        OWN_LINK => {
            terms.insert(input, parts.input_mib);
            0.0
        }
        _ => parts.input_mib * coefficients[&input].value,
    };
    Some(entry.equation(terms, known))
}

/// Returns the equation of a row of a pipeline; the coefficients of single devices are known in it.
pub(super) fn pipeline_equation(
    entry: &Fitted,
    device: &EdgeTpu,
    coefficients: &BTreeMap<Key, Estimate>,
) -> Option<Equation<Key>> {
    if entry.row.metric == Metric::Single {
        return None;
    }
    let input = Key::Array(name::INPUT);
    let price = coefficients[&input].value;
    // For each stage: the time that is known, the input whose price is not, and the streaming within the known time.
    let stage = |(place, parts): (usize, &Parts)| {
        let mut terms = entry.terms(parts, place == 0, device);
        let of_first = if place == 0 { parts.input_mib * price } else { 0.0 };
        let read = if place == 0 { 0.0 } else { parts.input_mib };
        let known = entry.equation(terms.clone(), of_first).predict(coefficients)?;
        terms.retain(|key, _| matches!(key, Key::Link(_, name::STREAM | name::RESEND)));
        Some((known, read, entry.equation(terms, 0.0).predict(coefficients)?))
    };
    let stages: Vec<(f64, f64, f64)> =
        entry.parts(device).iter().enumerate().map(stage).collect::<Option<_>>()?;
    let own = |name| Key::Own(format!("{}, {}", entry.row.runner, entry.row.metric), name);
    let (known, read, streaming, count, per) = match entry.row.metric {
        Metric::Latency => {
            let sum = |of: fn(&(f64, f64, f64)) -> f64| stages.iter().map(of).sum::<f64>();
            (
                sum(|stage| stage.0),
                sum(|stage| stage.1),
                sum(|stage| stage.2),
                stages.len() as f64,
                name::STAGE,
            )
        }
        _ => {
            let time = |stage: &(f64, f64, f64)| stage.0 + stage.1 * price;
            let slowest = stages.iter().max_by(|a, b| time(a).total_cmp(&time(b)))?;
            (slowest.0, slowest.1, slowest.2, 1.0, name::RESULT)
        }
    };
    let terms = BTreeMap::from([(input, read), (own(per), count), (own(name::CONTENTION), streaming)]);
    Some(entry.equation(terms.into_iter().filter(|(_, amount)| *amount != 0.0).collect(), known))
}

/// Returns the figures of `base` as equations that decide only what no row tells.
pub(super) fn prior(base: &EdgeTpu) -> Vec<Equation<Key>> {
    let figures = [
        (Key::Array(name::MACS), base.us_per_gmac),
        (Key::Array(name::WEIGHTS), base.us_per_weight_mib),
        (Key::Array(name::VALUES), base.us_per_value_mib),
        (Key::Array(name::DEPTHWISE), base.us_per_depthwise_mib),
        (Key::Array(name::OPERATION), base.us_per_operation),
        (Key::Array(name::INPUT), base.input_us_per_mib),
        (Key::Link(OWN_LINK, name::INVOKE), base.invoke_us),
        (Key::Link(OWN_LINK, name::STREAM), base.stream_us_per_mib),
        (Key::Link(OWN_LINK, name::RESEND), base.stream_us_per_mib * base.resend),
        (Key::Link(OWN_LINK, name::OUTPUT), base.output_us_per_mib),
        (Key::Link(OWN_LINK, name::CPU_MACS), base.cpu_us_per_gmac),
        (Key::Link(OWN_LINK, name::CPU_VALUES), base.cpu_us_per_value_mib),
    ];
    let equation =
        |(key, sum)| Equation { terms: BTreeMap::from([(key, 1.0)]), known: 0.0, sum, slack: PRIOR_SLACK };
    figures.into_iter().filter(|(_, figure)| *figure > 0.0).map(equation).collect()
}
