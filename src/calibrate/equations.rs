//! Rows of measurements as equations.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::described::{described, is_float};
use super::devices::LINKS;
use super::fault::Fault;
use super::fit::{Equation, Estimate};
use super::loaded::Load;
use super::measurements::{Measurement, Metric, Reported, is_file};
use super::models::published;
use super::network::{is_probe, network};
use super::parts::{Key, OWN_LINK, Parts, coefficients, name, split};
use crate::device::{EdgeTpu, MIB};
use crate::graph::OpGraph;
use crate::problem::{Schedule, StageId};

/// The links by the beginning of the interface's name. The measured chains, whose interface is "unknown (see report)", are
/// taken for PCIe: an invocation takes a sixth of the least time of any row that is known to be USB, and large models
/// stream at the rate of the Dev Board's rows. Other unknown interfaces tell nothing.
const INTERFACES: [(&str, &str); 4] =
    [("usb", "usb3"), ("pci", "pcie"), ("dev board", "dev-board"), ("unknown (see", "pcie")];

/// The fewest rows that make a family of models with unknown layers useful.
const FEWEST_OF_FAMILY: usize = 5;

/// The most families in one fit: the time of a fit grows with the cube of the number of coefficients.
const MOST_FAMILIES: usize = 64;

/// The slack with which the links are taken to be alike, in slacks of a row: they differ by a third or so.
const LINK_SLACK: f64 = 6.0;

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
    Stages(Box<OpGraph>, Vec<(Range<usize>, Option<Reported>)>),
    /// The family of the model, and the bytes on and off the chip.
    Family(String, Reported),
}

/// A row that is predicted by fits without its network.
pub(super) struct Trial<'t> {
    pub row: &'t Measurement,
    pub network: String,
    pub graph: &'t OpGraph,
    pub stages: u32,
    pub schedule: Schedule,
    /// The place of the row's device among the fitted ones.
    pub device: usize,
}

/// The rows, sorted by their use.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    pub entries: Vec<Fitted<'a>>,
    pub unused: BTreeMap<&'static str, usize>,
}

/// The most kinds and sizes of operations in a chain of equal layers.
const KINDS_OF_CHAIN: usize = 3;

impl Trial<'_> {
    /// Returns whether the model is a chain of equal layers, made to measure one kind of layer, and no network that
    /// somebody uses.
    pub fn is_chain(&self) -> bool {
        let kinds: BTreeSet<_> = self.graph.ops().iter().map(|op| (&op.kind, op.macs.0)).collect();
        kinds.len() <= KINDS_OF_CHAIN
    }
}

impl Gathered<'_> {
    /// Returns the rows of networks whose layers are known.
    pub fn trials(&self) -> Vec<Trial<'_>> {
        self.entries.iter().filter_map(Fitted::trial).collect()
    }
}

/// Returns the place of a link's device among the fitted ones.
fn device(link: &str) -> usize {
    LINKS.iter().position(|known| *known == link).unwrap_or(0)
}

/// Sorts the rows by their use: to be fitted, or of no use.
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
        } else if let Some(graph) = published(&row.model)? {
            if row.stages > 1 {
                *gathered.unused.entry(NO_SPLIT).or_default() += 1;
                continue;
            }
            let stages = vec![(0..graph.ops().len(), row.reported.first().copied())];
            gathered.entries.push(entry(Body::Stages(Box::new(graph), stages)));
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

fn stages(graph: &OpGraph, row: &Measurement) -> Option<Vec<(Range<usize>, Option<Reported>)>> {
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

    /// Returns the network that the row is of.
    pub fn network(&self) -> String {
        match &self.body {
            Body::Stages(..) => network(&self.row.model),
            Body::Family(family, _) => family.clone(),
        }
    }

    /// Returns the row as one to be left out of the fit; none if its layers are not known, or if it tells a price that
    /// nothing else does: how far off the model is of a network, such rows do not say.
    fn trial(&self) -> Option<Trial<'_>> {
        let Body::Stages(graph, stages) = &self.body else { return None };
        if is_probe(&self.row.model) {
            return None;
        }
        let stage_of =
            stages.iter().zip(0..).flat_map(|((ops, _), stage)| ops.clone().map(move |_| StageId(stage)));
        Some(Trial {
            row: self.row,
            network: self.network(),
            graph,
            stages: stages.len() as u32,
            schedule: Schedule { stage_of: stage_of.collect() },
            device: device(self.link),
        })
    }

    /// Returns the equation of the row: what is asked for, and what is taken as `coefficients` have it.
    fn equation(
        &self,
        terms: BTreeMap<Key, f64>,
        taken: BTreeMap<Key, f64>,
        coefficients: &BTreeMap<Key, Estimate>,
    ) -> Option<Equation<Key>> {
        Some(Equation {
            network: self.network(),
            known: sum(&taken, coefficients)?,
            terms,
            taken,
            sum: self.row.ms * 1e3,
            slack: 1.0,
        })
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

/// Returns the equation of a row of one device.
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
        return entry.equation(terms, BTreeMap::new(), coefficients);
    }
    let parts = *entry.parts(device).first()?;
    let mut terms = entry.terms(&parts, true, device);
    terms.insert(Key::Array(name::INPUT), parts.input_mib);
    entry.equation(terms, BTreeMap::new(), coefficients)
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
    // For each stage: what is taken as known, the input whose price is asked for, and the streaming within the rest.
    let stage = |(place, parts): (usize, &Parts)| {
        let mut taken = entry.terms(parts, place == 0, device);
        let streamed = |(key, amount): (&Key, &f64)| {
            matches!(key, Key::Link(_, name::STREAM | name::RESEND)).then(|| (key.clone(), *amount))
        };
        let streaming = sum(&taken.iter().filter_map(streamed).collect(), coefficients)?;
        if place == 0 {
            taken.insert(input.clone(), parts.input_mib);
        }
        let read = if place == 0 { 0.0 } else { parts.input_mib };
        Some(StageEquation { known: sum(&taken, coefficients)?, taken, read, streaming })
    };
    let stages: Vec<StageEquation> =
        entry.parts(device).iter().enumerate().map(stage).collect::<Option<_>>()?;
    let own = |name| Key::Own(format!("{}, {}", entry.row.runner, entry.row.metric), name);
    let (asked, per) = match entry.row.metric {
        Metric::Latency => (stages.iter().collect(), name::STAGE),
        _ => {
            let time = |stage: &StageEquation| stage.known + stage.read * coefficients[&input].value;
            let slowest = stages.iter().max_by(|a, b| time(a).total_cmp(&time(b)))?;
            (vec![slowest], name::RESULT)
        }
    };
    let all = |of: fn(&StageEquation) -> f64| asked.iter().map(|stage| of(stage)).sum::<f64>();
    let terms = [
        (input, all(|stage| stage.read)),
        (own(per), all(|_| 1.0)),
        (own(name::CONTENTION), all(|stage| stage.streaming)),
    ];
    let mut taken: BTreeMap<Key, f64> = BTreeMap::new();
    for (key, amount) in asked.iter().flat_map(|stage| &stage.taken) {
        *taken.entry(key.clone()).or_default() += amount;
    }
    entry.equation(terms.into_iter().filter(|(_, amount)| *amount != 0.0).collect(), taken, coefficients)
}

/// One stage of a pipeline's row, in microseconds and MiB.
struct StageEquation {
    taken: BTreeMap<Key, f64>,
    /// The time of what is taken as known.
    known: f64,
    /// The input that another stage made.
    read: f64,
    streaming: f64,
}

/// Returns the sum of `factors` times their coefficients; `None` if a coefficient is missing.
fn sum(factors: &BTreeMap<Key, f64>, coefficients: &BTreeMap<Key, Estimate>) -> Option<f64> {
    factors.iter().map(|(key, factor)| Some(factor * coefficients.get(key)?.value)).sum()
}

/// Returns equations that hold the coefficients of the links together: what the rows of one link do not tell is taken
/// to be about what those of the other tell.
pub(super) fn alike(coefficients: &BTreeMap<Key, Estimate>) -> Vec<Equation<Key>> {
    let of = |link, name| coefficients.get(&Key::Link(link, name)).map(|estimate| estimate.value);
    let equation = |key: &Key| {
        let &Key::Link(link, name) = key else { return None };
        let other = LINKS.into_iter().find(|other| *other != link && of(other, name) > Some(0.0))?;
        let known = of(other, name)?;
        // Relative to what is known of the other link, as there is nothing measured.
        let terms = BTreeMap::from([(key.clone(), 1.0), (Key::Link(other, name), -1.0)]);
        Some(Equation {
            network: String::new(),
            terms,
            taken: BTreeMap::new(),
            known,
            sum: known,
            slack: LINK_SLACK,
        })
    };
    coefficients.keys().filter_map(equation).collect()
}

/// Returns the figures of `base` as equations that decide only what no row tells.
pub(super) fn prior(base: &EdgeTpu) -> Vec<Equation<Key>> {
    let equation = |(key, sum)| Equation {
        network: String::new(),
        terms: BTreeMap::from([(key, 1.0)]),
        taken: BTreeMap::new(),
        known: 0.0,
        sum,
        slack: PRIOR_SLACK,
    };
    coefficients(base).into_iter().filter(|(_, figure)| *figure > 0.0).map(equation).collect()
}
