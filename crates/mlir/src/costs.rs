//! What an operation of any dialect costs: stated by its attributes, or worked out from its name, shapes, regions and
//! the functions that it calls.

mod layout;
mod own;
mod stated;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroU64;

use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;

use super::complaint::Complaint;
use super::operation::name_of;
use super::passes::rewrite::key;
use super::within::{Inner, within};
use super::{inert, structure};
use own::{Own, Work};
use respect::graph::array::Use;
use respect::tflite::model::Figures;

pub(crate) use own::priced_by_bytes;

/// A result whose error is a complaint about an operation.
type OrComplaint<'m, T> = Result<T, Complaint<'m>>;

/// What the functions of a module cost that operations call. A function is looked through once.
pub(super) struct Called<'m> {
    /// False if no function may be looked into.
    is_seen: bool,
    /// The multiply-accumulates of each function; none while they are being counted.
    macs: HashMap<usize, Option<u64>>,
    /// The constants of each function and of those that it calls.
    constants: HashMap<usize, Vec<OperationRef<'m, 'm>>>,
}

/// The operations whose regions are alternatives, of which one runs.
const ALTERNATIVES: [&str; 6] =
    ["scf.if", "scf.index_switch", "tosa.cond_if", "stablehlo.if", "stablehlo.case", "mhlo.if"];

impl<'m> Called<'m> {
    /// Returns what is known before any function is called; nothing ever is of functions that may not be seen.
    pub fn new(is_seen: bool) -> Called<'m> {
        Called { is_seen, macs: HashMap::new(), constants: HashMap::new() }
    }

    /// Returns the functions that some of `all` name, each once.
    fn callees(&self, all: &[Inner<'m>]) -> Vec<OperationRef<'m, 'm>> {
        if self.is_seen { callees(all) } else { Vec::new() }
    }

    /// Returns the figures of an operation that is no operator of TensorFlow Lite.
    ///
    /// # Errors
    /// Returns a complaint about an attribute that states a figure wrongly.
    pub fn figures(&mut self, operation: OperationRef<'m, 'm>) -> OrComplaint<'m, Figures> {
        let stated = stated(operation)?;
        let macs = self.macs(operation)?;
        let worked_out = match own::of(operation) {
            Own::Multiplies(Work { channels, results, per_channel, .. }) if macs > 0 => Figures {
                channels: NonZeroU64::new(channels),
                places: results.checked_div(channels).and_then(|places| NonZeroU64::new(places.max(1))),
                array: Some(if per_channel { Use::PerChannel } else { Use::Dense }),
                ..Figures::default()
            },
            // What nothing is known of computes nothing that could be priced.
            Own::ShapeAlone | Own::Unknown if macs == 0 => {
                Figures { array: Some(Use::Nothing), ..Figures::default() }
            }
            Own::Elementwise if macs == 0 => Figures { array: Some(Use::Elementwise), ..Figures::default() },
            _ => Figures::default(),
        };
        Ok(Figures { macs: Some(macs).filter(|&macs| macs > 0), ..worked_out }.stating(stated))
    }

    /// Returns the figures that the attributes of an operator of TensorFlow Lite state.
    ///
    /// # Errors
    /// Returns a complaint about an attribute that states a figure wrongly.
    pub fn stated(operation: OperationRef<'m, 'm>) -> OrComplaint<'m, Figures> {
        stated(operation)
    }

    /// Returns the multiply-accumulates of an operation, with those in its regions and in the functions that it calls.
    fn macs(&mut self, operation: OperationRef<'m, 'm>) -> OrComplaint<'m, u64> {
        let all = within(operation);
        let mut open = self.callees(&all);
        // A function is met twice: first its callees are opened, and then, with these counted, itself is.
        while let Some(&function) = open.last() {
            match self.macs.get(&key(function)) {
                Some(Some(_)) => {
                    open.pop();
                }
                Some(None) => {
                    let macs = self.sum(&within(function))?;
                    self.macs.insert(key(function), Some(macs));
                    open.pop();
                }
                None => {
                    self.macs.insert(key(function), None);
                    let inner = callees(&within(function));
                    open.extend(inner.into_iter().filter(|callee| !self.macs.contains_key(&key(*callee))));
                }
            }
        }
        self.sum(&all)
    }

    /// Returns the multiply-accumulates of the first of `all`, which are the operations within it. A function that is
    /// still being counted calls itself, and counts once.
    fn sum(&self, all: &[Inner<'m>]) -> OrComplaint<'m, u64> {
        let mut regions: HashMap<(usize, usize), u64> = HashMap::new();
        let mut total = 0;
        for (place, Inner { operation, parent }) in all.iter().enumerate().rev() {
            let inner =
                (0..operation.region_count()).map(|number| regions.remove(&(place, number)).unwrap_or(0));
            let name = name_of(*operation);
            let inside = match ALTERNATIVES.contains(&&name[..]) {
                true => inner.max().unwrap_or(0),
                false => inner.fold(0, u64::saturating_add),
            };
            let called = structure::callees(*operation).into_iter();
            let called = called.filter_map(|callee| self.macs.get(&key(callee)).copied().flatten());
            total = match stated(*operation)?.macs {
                Some(macs) => macs,
                None => called.fold(
                    inside
                        .saturating_mul(structure::trip_count(*operation))
                        .saturating_add(own::macs(*operation)),
                    u64::saturating_add,
                ),
            };
            if place > 0 {
                let region = regions.entry(*parent).or_default();
                *region = region.saturating_add(total);
            }
        }
        Ok(total)
    }

    /// Returns the constants in the regions of an operation and in the functions that it calls; `listed` are further names
    /// of constants.
    ///
    /// # Errors
    /// Returns a complaint about an operation that is listed as a constant, but can't be one.
    pub fn constants(
        &mut self,
        operation: OperationRef<'m, 'm>,
        listed: &[&str],
    ) -> OrComplaint<'m, Vec<OperationRef<'m, 'm>>> {
        let all = within(operation);
        let mut constants = constants(&all, listed)?;
        for callee in self.callees(&all) {
            let reached = match self.constants.entry(key(callee)) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(reached(callee, listed)?),
            };
            constants.extend(reached.iter());
        }
        Ok(constants)
    }
}

fn stated<'m>(operation: OperationRef<'m, 'm>) -> OrComplaint<'m, Figures> {
    stated::of(operation).map_err(|message| Complaint { operation, message })
}

/// Returns the functions that some of `all` name, each once.
fn callees<'m>(all: &[Inner<'m>]) -> Vec<OperationRef<'m, 'm>> {
    let mut seen = HashSet::new();
    let named = all.iter().flat_map(|inner| structure::callees(inner.operation));
    named.filter(|callee| seen.insert(key(*callee))).collect()
}

/// Returns those of `all` but the first that are constants.
fn constants<'m>(all: &[Inner<'m>], listed: &[&str]) -> OrComplaint<'m, Vec<OperationRef<'m, 'm>>> {
    let mut constants = Vec::new();
    for Inner { operation, .. } in &all[1..] {
        let wrong = |message| Complaint { operation: *operation, message };
        if inert::is_constant(*operation, listed).map_err(wrong)? {
            constants.push(*operation);
        }
    }
    Ok(constants)
}

/// Returns the constants of a function and of all that it calls.
fn reached<'m>(
    function: OperationRef<'m, 'm>,
    listed: &[&str],
) -> OrComplaint<'m, Vec<OperationRef<'m, 'm>>> {
    let mut seen = HashSet::from([key(function)]);
    let mut open = vec![function];
    let mut found = Vec::new();
    while let Some(function) = open.pop() {
        let all = within(function);
        found.extend(constants(&all, listed)?);
        open.extend(callees(&all).into_iter().filter(|callee| seen.insert(key(*callee))));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
