//! The smallest bottleneck over chains of nested ideals, exact for any set of ideals and any load.
//!
//! `best[ideal][k]` is the smallest bottleneck with which `k` stages hold exactly `ideal`. From every ideal that is
//! still of use, stages are grown unit by unit while the part of their load that can only grow stays within a cap.
//! With a cap near the optimum few ideals and few pairs are left, so caps are tried from the lower bound upwards: a
//! cap without a solution is a new lower bound, the first with one gives the optimum.

use super::budget::Budget;
use super::instance::Instance;
use super::streams::Parameters;
use crate::base::limits;
use crate::graph::ideal::Ideals;
use crate::problem::Schedule;

const NEVER: u64 = u64::MAX;

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

/// The minimax search over one set of ideals.
pub(crate) struct Minimax<'a, I> {
    instance: &'a Instance,
    ideals: &'a I,
    sums: Sums,
    /// The place of each unit among the readers of each net that it reads, and among the users of each constant.
    read_places: Vec<Vec<u32>>,
    use_places: Vec<Vec<u32>>,
    steps: u64,
    fewest: usize,
}

/// The result of a search with rising caps.
pub(crate) struct Ascent {
    /// The smallest bottleneck below the limit with a schedule that has it, if there is one.
    pub best: Option<(u64, Schedule)>,
    /// The lower bound: no chain of these ideals has a smaller bottleneck.
    pub bound: u64,
    /// True if the budget ended before the search did.
    pub exhausted: bool,
}

/// The quantity that is minimized under a cap.
#[derive(Clone, Copy)]
enum Goal {
    Bottleneck,
    Total,
}

impl Goal {
    fn join(self, stages: u64, next: u64) -> u64 {
        match self {
            Goal::Bottleneck => stages.max(next),
            Goal::Total => stages.saturating_add(next),
        }
    }
}

/// The result of a search under a cap.
enum UnderCap {
    /// The smallest bottleneck, and a schedule that has it.
    Best(u64, Schedule),
    /// No schedule keeps within the cap.
    None,
    /// The budget ended before the search did.
    Exhausted,
}

/// A stage under growth: what an ideal, seen from the stage's start, adds.
#[derive(Clone, Copy, Default)]
struct Grown {
    read: u64,
    passing: u64,
    shared: u64,
}

impl<'a, I: Ideals> Minimax<'a, I> {
    /// Creates a search for schedules with the problem's number of stages.
    pub fn new(instance: &'a Instance, ideals: &'a I) -> Self {
        let sums = Sums::new(instance, ideals);
        let read_places = places(&instance.reads, |net| &instance.nets[net as usize].readers);
        let use_places = places(&instance.uses, |constant| &instance.shared[constant as usize].users);
        Minimax { instance, ideals, sums, read_places, use_places, steps: 0, fewest: instance.stages }
    }

    /// Creates a search for schedules with any number of stages up to the problem's; among equally good ones, those
    /// with the most stages win.
    pub fn at_most(instance: &'a Instance, ideals: &'a I) -> Self {
        Minimax { fewest: 1, ..Minimax::new(instance, ideals) }
    }

    /// Finds the smallest bottleneck from `bound` to below `limit`, under caps that rise from `bound`.
    pub fn ascend(&mut self, bound: u64, limit: u64, budget: &Budget) -> Ascent {
        let (mut bound, mut excess) = (bound, bound / 16 + 1);
        while bound < limit {
            let cap = bound.saturating_add(excess).min(limit - 1);
            match self.within(cap, Goal::Bottleneck, budget) {
                UnderCap::Best(value, schedule) => {
                    return Ascent { best: Some((value, schedule)), bound: value, exhausted: false };
                }
                UnderCap::Exhausted => return Ascent { best: None, bound, exhausted: true },
                UnderCap::None => (bound, excess) = (cap + 1, excess.saturating_mul(3)),
            }
        }
        Ascent { best: None, bound, exhausted: false }
    }

    /// Returns, of the schedules whose stages all stay within `cap`, one with the least total load: the shortest way of
    /// one inference, and the least traffic. `None` if there is none, or if the budget ended.
    pub fn least_total(&mut self, cap: u64, budget: &Budget) -> Option<Schedule> {
        self.fewest = self.instance.stages;
        self.steps = 0;
        match self.within(cap, Goal::Total, budget) {
            UnderCap::Best(_, schedule) => Some(schedule),
            UnderCap::None | UnderCap::Exhausted => None,
        }
    }

    /// Finds the smallest bottleneck, or the smallest total, of stages that are each at most `cap`.
    ///
    /// Complexity: a step for each unit added to each stage that is grown; at most the covering pairs times the
    /// ideals, and far fewer where `cap` is near the optimum.
    fn within(&mut self, cap: u64, goal: Goal, budget: &Budget) -> UnderCap {
        let (count, n) = (self.ideals.len(), self.instance.stages);
        let full = count as u32 - 1;
        if count.saturating_mul(n) > limits::WORDS {
            return UnderCap::Exhausted;
        }
        let mut best = vec![NEVER; count * n];
        let mut from = vec![0u32; count * n];
        let mut stamp = vec![u32::MAX; count];
        let mut grown = vec![Grown::default(); count];
        let mut queue: Vec<u32> = Vec::new();
        let mut answer = (NEVER, 0usize, 0u32);
        best[0] = 0;
        for ideal in 0..full {
            let row = ideal as usize * n;
            let last = self.last_stage(ideal);
            for k in (self.fewest - 1..n).filter(|&k| best[row + k] != NEVER && last <= cap) {
                answer = answer.min((goal.join(best[row + k], last), n - 1 - k, ideal));
            }
            let needed = self.stages_needed(ideal, cap);
            if !(0..n - 1).any(|k| best[row + k] != NEVER && k + needed <= n) {
                continue;
            }
            if budget.is_over() {
                return UnderCap::Exhausted;
            }
            queue.clear();
            queue.push(ideal);
            stamp[ideal as usize] = ideal;
            grown[ideal as usize] = Grown { passing: self.sums.leaving[ideal as usize], ..Grown::default() };
            let mut head = 0;
            while let Some(&at) = queue.get(head) {
                head += 1;
                for &(unit, next) in self.ideals.successors(at) {
                    if stamp[next as usize] == ideal || !self.sums.early[next as usize] {
                        continue;
                    }
                    self.steps += 1;
                    stamp[next as usize] = ideal;
                    if self.holds_what_must_part(ideal, next, unit) {
                        continue;
                    }
                    grown[next as usize] = self.grow(ideal, at, grown[at as usize], unit);
                    let (inner, load) = self.load(ideal, next, grown[next as usize]);
                    if inner > cap {
                        continue;
                    }
                    queue.push(next);
                    let starts_right = ideal > 0 || self.sums.first[next as usize];
                    let hands_on = self.sums.useful[next as usize] > self.sums.useful[ideal as usize];
                    if load > cap || !starts_right || !hands_on {
                        continue;
                    }
                    self.steps += n as u64 / 8;
                    let target = next as usize * n;
                    for k in 0..n - 1 {
                        if best[row + k] == NEVER {
                            continue;
                        }
                        let value = goal.join(best[row + k], load);
                        if value < best[target + k + 1] {
                            best[target + k + 1] = value;
                            from[target + k + 1] = ideal;
                        }
                    }
                }
            }
            if self.steps > budget.steps {
                return UnderCap::Exhausted;
            }
        }
        match answer {
            (NEVER, ..) => UnderCap::None,
            (value, unused, cut) => UnderCap::Best(value, self.trace(&from, n - unused, cut)),
        }
    }

    /// Returns the fewest further stages that can hold what is outside `ideal`, each within `cap`: `m` stages have room
    /// for a load of `m * cap` and, beside it, for `m` full caches.
    fn stages_needed(&self, ideal: u32, cap: u64) -> usize {
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
    fn holds_what_must_part(&self, start: u32, end: u32, unit: u32) -> bool {
        let in_stage = |unit| self.ideals.contains(end, unit) && !self.ideals.contains(start, unit);
        self.instance.would_join(unit, in_stage)
    }

    /// Returns the ideals, ascending, at which a stage may end that starts after `start`, takes the first way from each
    /// ideal to the next, has a load of at most `cap`, and ends at `most` or before.
    pub fn ends(&self, start: u32, most: u32, cap: u64) -> Vec<u32> {
        let mut grown = Grown { passing: self.sums.leaving[start as usize], ..Grown::default() };
        let (mut at, mut ends) = (start, Vec::new());
        while let Some(&(unit, next)) = self.ideals.successors(at).first() {
            grown = self.grow(start, at, grown, unit);
            let (inner, load) = self.load(start, next, grown);
            if inner > cap || next > most || !self.sums.early[next as usize] {
                break;
            }
            if load <= cap {
                ends.push(next);
            }
            at = next;
        }
        ends
    }

    /// Returns the load of a last stage that starts after `ideal`; `u64::MAX` if there can't be one.
    pub fn last_stage(&self, ideal: u32) -> u64 {
        let (at, full) = (ideal as usize, self.ideals.len() - 1);
        let sums = &self.sums;
        let is_outside = |set: &Vec<u32>| set.iter().all(|&unit| !self.ideals.contains(ideal, unit));
        if sums.useful[full] == sums.useful[at] || self.instance.apart.iter().any(is_outside) {
            return NEVER;
        }
        let invoke = if sums.invokes[full] > sums.invokes[at] { self.instance.invoke } else { 0 };
        invoke + sums.time[full] - sums.time[at]
            + sums.entering[at]
            + self.instance.streams.load(sums.outside(at))
    }

    /// Returns `grown` with what `unit` adds to the stage that starts after `start` and holds the units up to ideal
    /// `at` so far.
    fn grow(&self, start: u32, at: u32, mut grown: Grown, unit: u32) -> Grown {
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
    fn load(&self, start: u32, end: u32, grown: Grown) -> (u64, u64) {
        let (a, b) = (start as usize, end as usize);
        let sums = &self.sums;
        let held = sums.held[b] - sums.held[a] + Parameters { bytes: grown.shared, resent: 0 };
        let invoke = if sums.invokes[b] > sums.invokes[a] { self.instance.invoke } else { 0 };
        let inner = invoke + sums.time[b] - sums.time[a] + grown.read + self.instance.streams.load(held);
        (inner, inner + sums.leaving[b] - grown.passing)
    }

    fn trace(&self, from: &[u32], stages: usize, last_cut: u32) -> Schedule {
        let n = self.instance.stages;
        let mut cuts = vec![last_cut];
        for k in (1..stages).rev() {
            let cut = cuts[cuts.len() - 1];
            cuts.push(from[cut as usize * n + k]);
        }
        cuts.reverse();
        // `cuts[k]` holds exactly the first k stages: a unit of stage s is in none of the cuts 0 to s.
        let stage = |unit: u32| {
            cuts.iter().skip(1).take_while(|&&cut| !self.ideals.contains(cut, unit)).count() as u32
        };
        let stage_of: Vec<u32> = (0..self.instance.len() as u32).map(stage).collect();
        self.instance.schedule(&stage_of)
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
