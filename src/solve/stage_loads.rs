//! The loads of the stages between nested ideals: figures of each ideal, and how a stage's load grows unit by unit.

use super::instance::Instance;
use super::streams::Parameters;
use crate::graph::ideal::Ideals;

/// The figures of each ideal that do not depend on the stage that ends or starts there.
struct Sums {
    time: Vec<u64>,
    held: Vec<Parameters>,
    invokes: Vec<u32>,
    useful: Vec<u32>,
    /// The price of reading everything that is made inside (or by the caller) and read outside.
    entering: Vec<u64>,
    /// The price of handing over everything that is made inside and read outside.
    leaving: Vec<u64>,
    /// The bytes of shared constants with a user outside.
    shared_left: Vec<u64>,
    /// True for each ideal at which a first stage may end; `early` says so of any stage but the last.
    first: Vec<bool>,
    early: Vec<bool>,
}

/// The loads of stages between the ideals of one set, on one kind of device.
pub(crate) struct StageLoads<'a, I> {
    pub instance: &'a Instance,
    pub ideals: &'a I,
    sums: Sums,
    /// The place of each unit among the readers of each net that it reads, and among the users of each constant.
    read_places: Vec<Vec<u32>>,
    use_places: Vec<Vec<u32>>,
}

/// A stage under growth: what an ideal, seen from the stage's start, adds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Grown {
    read: u64,
    passing: u64,
    shared: u64,
}

impl<'a, I: Ideals> StageLoads<'a, I> {
    /// Computes the figures of the ideals.
    pub fn new(instance: &'a Instance, ideals: &'a I) -> Self {
        let sums = Sums::new(instance, ideals);
        let read_places = places(&instance.reads, |net| &instance.nets[net as usize].readers);
        let use_places = places(&instance.uses, |constant| &instance.shared[constant as usize].users);
        StageLoads { instance, ideals, sums, read_places, use_places }
    }

    /// Returns a stage that starts after `ideal` and holds nothing so far.
    pub fn start(&self, ideal: u32) -> Grown {
        Grown { passing: self.sums.leaving[ideal as usize], ..Grown::default() }
    }

    /// Returns whether a stage that starts after `start` may end at `end`, which is not the full ideal.
    pub fn may_end(&self, start: u32, end: u32) -> bool {
        let (a, b) = (start as usize, end as usize);
        (start > 0 || self.sums.first[b]) && self.sums.useful[b] > self.sums.useful[a]
    }

    /// Returns whether a stage before the last may hold all of `ideal`.
    pub fn is_early(&self, ideal: u32) -> bool {
        self.sums.early[ideal as usize]
    }

    /// Returns the fewest further stages that can hold what is outside `ideal`, each within `cap`: `m` stages have room
    /// for a load of `m * cap` and, beside it, for `m` full caches.
    pub fn stages_needed(&self, ideal: u32, cap: u64) -> usize {
        let (at, full) = (ideal as usize, self.ideals.len() - 1);
        let sums = &self.sums;
        let time = sums.time[full] - sums.time[at] + sums.entering[at];
        let held = sums.outside(at);
        let by_time = time.div_ceil(cap.max(1));
        let by_both = self.instance.streams.sums.iter().map(|sum| {
            time.saturating_add(sum.uncached(held)).div_ceil(cap.saturating_add(sum.saved).max(1))
        });
        by_both.fold(by_time, u64::max).clamp(1, self.instance.stages as u64 + 1) as usize
    }

    /// Returns whether the stage from `start` to `end`, to which `unit` was added last, holds all of a set that must
    /// not share a stage. If so, every stage that it grows into does too.
    pub fn holds_what_must_part(&self, start: u32, end: u32, unit: u32) -> bool {
        let in_stage = |unit| self.ideals.contains(end, unit) && !self.ideals.contains(start, unit);
        self.instance.would_join(unit, in_stage)
    }

    /// Returns the ideals, ascending, at which a stage may end that starts after `start`, takes the first way from each
    /// ideal to the next, has a load of at most `cap`, and ends at `most` or before.
    pub fn ends(&self, start: u32, most: u32, cap: u64) -> Vec<u32> {
        let mut grown = self.start(start);
        let (mut at, mut ends) = (start, Vec::new());
        while let Some(&(unit, next)) = self.ideals.successors(at).first() {
            grown = self.grow(start, at, grown, unit);
            let (inner, load) = self.load(start, next, grown);
            if inner > cap || next > most || !self.is_early(next) {
                break;
            }
            if load <= cap {
                ends.push(next);
            }
            at = next;
        }
        ends
    }

    /// Returns the load of a last stage that starts after `ideal`; `None` if there can't be one.
    pub fn last_stage(&self, ideal: u32) -> Option<u64> {
        let (at, full) = (ideal as usize, self.ideals.len() - 1);
        let sums = &self.sums;
        let is_outside = |set: &Vec<u32>| set.iter().all(|&unit| !self.ideals.contains(ideal, unit));
        if sums.useful[full] == sums.useful[at] || self.instance.apart.iter().any(is_outside) {
            return None;
        }
        let invoke = if sums.invokes[full] > sums.invokes[at] { self.instance.invoke } else { 0 };
        let load = invoke + sums.time[full] - sums.time[at] + sums.entering[at];
        Some(load + self.instance.streams.load(sums.outside(at)))
    }

    /// Returns `grown` with what `unit` adds to the stage that starts after `start` and holds the units up to ideal
    /// `at` so far.
    pub fn grow(&self, start: u32, at: u32, mut grown: Grown, unit: u32) -> Grown {
        let is_empty = start == at;
        let in_stage = |unit: u32| self.ideals.contains(at, unit) && !self.ideals.contains(start, unit);
        let reads = &self.instance.reads[unit as usize];
        for (&net, &place) in reads.iter().zip(&self.read_places[unit as usize]) {
            let net = &self.instance.nets[net as usize];
            if net.producer.is_some_and(|producer| !self.ideals.contains(start, producer)) {
                continue;
            }
            if is_empty || !others(&net.readers, place).any(in_stage) {
                grown.read += net.read;
            }
            // The last reader is the one that most ideals lack.
            let mut others = net.readers.iter().rev().filter(|reader| **reader != unit);
            if net.producer.is_some() && others.all(|&reader| self.ideals.contains(at, reader)) {
                grown.passing -= net.write;
            }
        }
        let uses = &self.instance.uses[unit as usize];
        for (&constant, &place) in uses.iter().zip(&self.use_places[unit as usize]) {
            let constant = &self.instance.shared[constant as usize];
            if is_empty || !others(&constant.users, place).any(in_stage) {
                grown.shared += constant.bytes;
            }
        }
        grown
    }

    /// Returns the load of the stage from `start` to `end`: the part that can only grow with the stage, and the whole.
    pub fn load(&self, start: u32, end: u32, grown: Grown) -> (u64, u64) {
        let (a, b) = (start as usize, end as usize);
        let sums = &self.sums;
        let held = sums.held[b] - sums.held[a] + Parameters { bytes: grown.shared, resent: 0 };
        let invoke = if sums.invokes[b] > sums.invokes[a] { self.instance.invoke } else { 0 };
        let inner = invoke + sums.time[b] - sums.time[a] + grown.read + self.instance.streams.load(held);
        (inner, inner + sums.leaving[b] - grown.passing)
    }
}

/// Returns the units of an ascending list but for that at `place`, those just before it first: a stage that holds any of them
/// mostly holds these, so that what many units read costs no more than what few do.
fn others(units: &[u32], place: u32) -> impl Iterator<Item = u32> {
    let (before, rest) = units.split_at(place as usize);
    before.iter().rev().chain(&rest[1..]).copied()
}

/// Returns, for each unit and each list that it is in, its place in that list.
fn places<'l>(in_lists: &[Vec<u32>], list: impl Fn(u32) -> &'l [u32]) -> Vec<Vec<u32>> {
    let place = |unit: usize, of: u32| list(of).partition_point(|&other| (other as usize) < unit) as u32;
    (in_lists.iter().enumerate())
        .map(|(unit, lists)| lists.iter().map(|&of| place(unit, of)).collect())
        .collect()
}

impl Sums {
    fn new<I: Ideals>(instance: &Instance, ideals: &I) -> Sums {
        let count = ideals.len();
        let entering = instance.nets.iter().filter(|net| net.producer.is_none()).map(|net| net.read).sum();
        let mut sums = Sums {
            time: vec![0; count],
            held: vec![Parameters::default(); count],
            invokes: vec![0; count],
            useful: vec![0; count],
            entering: vec![entering; count],
            leaving: vec![0; count],
            shared_left: vec![instance.shared.iter().map(|constant| constant.bytes).sum(); count],
            first: vec![false; count],
            early: vec![true; count],
        };
        // The full ideal may stand apart from the others, see `Lattice`.
        let full = count - 1;
        sums.time[full] = instance.time.iter().sum();
        (0..instance.len()).for_each(|unit| sums.held[full] += instance.parameters(unit));
        sums.invokes[full] = instance.invokes.iter().map(|&invokes| u32::from(invokes)).sum();
        sums.useful[full] = instance.useful.iter().map(|&useful| u32::from(useful)).sum();
        let mut known = vec![false; count];
        known[0] = true;
        for ideal in 0..count as u32 {
            let at = ideal as usize;
            let reads_all = || {
                instance.inputs.iter().all(|readers| readers.iter().any(|&unit| ideals.contains(ideal, unit)))
            };
            sums.first[at] = sums.early[at] && reads_all();
            for &(unit, next) in ideals.successors(ideal) {
                if std::mem::replace(&mut known[next as usize], true) {
                    continue;
                }
                sums.extend(instance, ideals, at, unit, next);
            }
        }
        sums
    }

    /// Returns the parameters that units outside ideal `at` read.
    fn outside(&self, at: usize) -> Parameters {
        self.held[self.held.len() - 1] - self.held[at] + Parameters { bytes: self.shared_left[at], resent: 0 }
    }

    /// Adds the figures of ideal `next`, which is ideal `at` with `unit`.
    fn extend<I: Ideals>(&mut self, instance: &Instance, ideals: &I, at: usize, unit: u32, next: u32) {
        let (u, to) = (unit as usize, next as usize);
        self.time[to] = self.time[at] + instance.time[u];
        self.held[to] = self.held[at] + instance.parameters(u);
        self.invokes[to] = self.invokes[at] + u32::from(instance.invokes[u]);
        self.useful[to] = self.useful[at] + u32::from(instance.useful[u]);
        self.early[to] = self.early[at] && !instance.last_only[u];
        let (mut entering, mut leaving) = (self.entering[at], self.leaving[at]);
        for &net in &instance.reads[u] {
            let net = &instance.nets[net as usize];
            if net.readers.iter().rev().all(|&reader| ideals.contains(next, reader)) {
                entering -= net.read;
                leaving -= net.producer.map_or(0, |_| net.write);
            }
        }
        for &net in &instance.writes[u] {
            entering += instance.nets[net as usize].read;
            leaving += instance.nets[net as usize].write;
        }
        (self.entering[to], self.leaving[to]) = (entering, leaving);
        let used_up = |&&constant: &&u32| {
            instance.shared[constant as usize].users.iter().rev().all(|&user| ideals.contains(next, user))
        };
        self.shared_left[to] = self.shared_left[at]
            - instance.uses[u]
                .iter()
                .filter(used_up)
                .map(|&c| instance.shared[c as usize].bytes)
                .sum::<u64>();
    }
}
