//! The smallest bottleneck over chains of nested ideals, exact for any set of ideals and any load.
//!
//! `best[ideal][state]` is the smallest bottleneck with which stages on the devices that are used in `state` hold
//! exactly `ideal`. From every ideal that is still of use, stages are grown unit by unit while the part of their load
//! that can only grow stays within a cap. With a cap near the optimum few ideals and few pairs are left, so caps are
//! tried from the lower bound upwards: a cap without a solution is a new lower bound, the first with one gives the
//! optimum.

use super::budget::Budget;
use super::devices::{Devices, OfKinds, latency, period};
use super::instance::Instance;
use super::local_search::loads;
use super::stage_loads::{Grown, StageLoads};
use crate::base::limits;
use crate::graph::ideal::Ideals;
use crate::problem::Schedule;
use crate::problem::fleet::KINDS;

const NEVER: u64 = u64::MAX;

/// The minimax search over one set of ideals.
pub(crate) struct Minimax<'a, I> {
    /// The loads of stages on each kind of device.
    loads: Vec<StageLoads<'a, I>>,
    devices: Devices,
    ideals: &'a I,
    /// The least time of the operations of each ideal, each on the kind that it is fastest on; with one kind, nothing.
    least_time: Vec<u64>,
    steps: u64,
    /// The fewest devices of a schedule.
    fewest: u32,
    /// True if the schedule is to have as many stages as there are devices.
    is_pipeline: bool,
}

/// The result of a search with rising caps.
pub(crate) struct Ascent {
    /// The smallest bottleneck below the limit with stages that have it, if there are any.
    pub best: Option<(u64, Cut)>,
    /// The lower bound: no chain of these ideals has a smaller bottleneck.
    pub bound: u64,
    /// True if the budget ended before the search did.
    pub exhausted: bool,
}

/// A schedule, and the devices of its stages.
#[derive(Clone)]
pub(crate) struct Cut {
    pub schedule: Schedule,
    /// The number of devices of each kind that each stage takes.
    pub devices: Vec<Vec<u32>>,
}

/// The quantity that is minimized under a cap.
#[derive(Clone, Copy)]
enum Goal {
    Bottleneck,
    Total,
}

impl Goal {
    /// Returns the value of the stages before and of one more, which gives a result every `period` and takes
    /// `latency`.
    fn join(self, stages: u64, period: u64, latency: u64) -> u64 {
        match self {
            Goal::Bottleneck => stages.max(period),
            Goal::Total => stages.saturating_add(latency),
        }
    }
}

/// The result of a search under a cap.
pub(crate) enum UnderCap {
    /// The smallest value, and stages that have it.
    Best(u64, Cut),
    /// No schedule keeps within the cap.
    None,
    /// The budget ended before the search did.
    Exhausted,
}

impl UnderCap {
    /// Returns the smallest value and stages that have it, if they were found.
    pub fn best(self) -> Option<(u64, Cut)> {
        match self {
            UnderCap::Best(value, cut) => Some((value, cut)),
            UnderCap::None | UnderCap::Exhausted => None,
        }
    }
}

impl<'a, I: Ideals> Minimax<'a, I> {
    /// Creates a search for schedules with the problem's number of stages, each on one device.
    pub fn new(instance: &'a Instance, ideals: &'a I) -> Self {
        let devices = Devices::one_a_stage(vec![instance.stages as u32]);
        let fewest = instance.stages as u32;
        let deployed = Minimax::deployed(std::slice::from_ref(instance), ideals, devices);
        Minimax { fewest, is_pipeline: true, ..deployed }
    }

    /// Creates a search for schedules with any number of stages up to the problem's; among equally good ones, those
    /// with the most stages win.
    pub fn at_most(instance: &'a Instance, ideals: &'a I) -> Self {
        Minimax { fewest: 1, ..Minimax::new(instance, ideals) }
    }

    /// Creates a search for schedules with any number of stages, which take any of the devices; `instances` are the
    /// problem on each kind of device.
    pub fn deployed(instances: &'a [Instance], ideals: &'a I, devices: Devices) -> Self {
        let loads: Vec<_> = instances.iter().map(|instance| StageLoads::new(instance, ideals)).collect();
        let least_time = if instances.len() > 1 { least_times(instances, ideals) } else { Vec::new() };
        Minimax { loads, devices, ideals, least_time, steps: 0, fewest: 1, is_pipeline: false }
    }

    /// Finds the smallest bottleneck from `bound` to below `limit`, under caps that rise from `bound`.
    pub fn ascend(&mut self, bound: u64, limit: u64, budget: &Budget) -> Ascent {
        let (mut bound, mut excess) = (bound, bound / 16 + 1);
        while bound < limit {
            let cap = bound.saturating_add(excess).min(limit - 1);
            match self.within(cap, Goal::Bottleneck, budget) {
                UnderCap::Best(value, cut) => {
                    return Ascent { best: Some((value, cut)), bound: value, exhausted: false };
                }
                UnderCap::Exhausted => return Ascent { best: None, bound, exhausted: true },
                UnderCap::None => (bound, excess) = (cap + 1, excess.saturating_mul(3)),
            }
        }
        Ascent { best: None, bound, exhausted: false }
    }

    /// Returns, of the schedules whose stages all stay within `cap`, one with the least total load: the shortest way of
    /// one inference, and the least traffic.
    pub fn least_total(&mut self, cap: u64, budget: &Budget) -> UnderCap {
        if self.is_pipeline {
            self.fewest = self.devices.all();
        }
        self.steps = 0;
        self.within(cap, Goal::Total, budget)
    }

    /// Returns the time from one result of a cut to the next.
    pub fn period(&self, cut: &Cut) -> u64 {
        let first = self.loads[0].instance;
        let stages = first.stages_of_units(&cut.schedule);
        let of_kinds: Vec<Vec<u64>> =
            self.loads.iter().map(|of_kind| loads(of_kind.instance, &stages)).collect();
        let stage = |(stage, devices): (usize, &Vec<u32>)| {
            let mut loads = [NEVER; KINDS];
            loads.iter_mut().zip(&of_kinds).for_each(|(load, of_kind)| *load = of_kind[stage]);
            period(&loads, devices)
        };
        cut.devices.iter().enumerate().map(stage).max().unwrap_or(0)
    }

    /// Finds the smallest bottleneck, or the smallest total, of stages that each give a result within `cap`.
    ///
    /// Complexity: a step for each unit added to each stage that is grown; at most the covering pairs times the
    /// ideals, and far fewer where `cap` is near the optimum.
    fn within(&mut self, cap: u64, goal: Goal, budget: &Budget) -> UnderCap {
        let (count, states, kinds) = (self.ideals.len(), self.devices.states(), self.loads.len());
        let (full, all) = (count as u32 - 1, self.devices.all());
        if count.saturating_mul(states) > limits::WORDS {
            return UnderCap::Exhausted;
        }
        let mut best = vec![NEVER; count * states];
        let mut from = vec![(0u32, 0u32); count * states];
        let mut stamp = vec![u32::MAX; count];
        let mut grown = vec![Grown::default(); count * kinds];
        let mut queue: Vec<u32> = Vec::new();
        let mut live: Vec<usize> = Vec::new();
        let is_total = matches!(goal, Goal::Total);
        // The devices that what is outside each ideal needs; zero where that is not known yet.
        let mut needed = vec![0u32; count];
        let mut answer = (NEVER, 0u32, 0u32, 0usize, 0usize);
        best[0] = 0;
        for ideal in 0..full {
            let row = ideal as usize * states;
            live.clear();
            live.extend((0..states).filter(|state| best[row + state] != NEVER));
            if live.is_empty() {
                continue;
            }
            if let Some(last) = self.last_stage(ideal) {
                let ways = self.devices.ways.iter().enumerate().skip(self.ways_too_few(last[0], cap));
                for (way, taken) in ways {
                    let (period, latency) = (period(&last, &taken.devices), latency(&last, &taken.devices));
                    for &state in live.iter().filter(|_| period <= cap) {
                        let Some(after) = self.devices.after(state, way) else { continue };
                        let used = self.devices.used(after);
                        let value = goal.join(best[row + state], period, latency);
                        if used >= self.fewest {
                            let rank = if self.is_pipeline { all - used } else { used };
                            answer = answer.min((value, rank, ideal, state, way));
                        }
                    }
                }
            }
            // One stage grows from here, and one more at least is the last.
            let outside = self.devices_needed(ideal, cap).max(2);
            live.retain(|&state| self.devices.used(state).saturating_add(outside) <= all);
            let Some(fewest_used) = live.iter().map(|&state| self.devices.used(state)).min() else {
                continue;
            };
            if budget.is_over() {
                return UnderCap::Exhausted;
            }
            let most = u64::from(all - 1 - fewest_used);
            let widest = cap.saturating_mul(if self.devices.is_one_a_stage() { 1 } else { most });
            queue.clear();
            queue.push(ideal);
            stamp[ideal as usize] = ideal;
            for (kind, loads) in self.loads.iter().enumerate() {
                grown[ideal as usize * kinds + kind] = loads.start(ideal);
            }
            let mut head = 0;
            while let Some(&at) = queue.get(head) {
                head += 1;
                for &(unit, next) in self.ideals.successors(at) {
                    if stamp[next as usize] == ideal || !self.loads[0].is_early(next) {
                        continue;
                    }
                    self.steps += 1;
                    stamp[next as usize] = ideal;
                    if self.loads[0].holds_what_must_part(ideal, next, unit) {
                        continue;
                    }
                    let (mut least, mut whole) = (NEVER, [NEVER; KINDS]);
                    for (kind, loads) in self.loads.iter().enumerate() {
                        let more = loads.grow(ideal, at, grown[at as usize * kinds + kind], unit);
                        grown[next as usize * kinds + kind] = more;
                        let (inner, load) = loads.load(ideal, next, more);
                        least = least.min(inner);
                        whole[kind] = load;
                    }
                    if least > widest {
                        continue;
                    }
                    queue.push(next);
                    if !self.loads[0].may_end(ideal, next) {
                        continue;
                    }
                    self.steps += states as u64 / 8;
                    if needed[next as usize] == 0 {
                        needed[next as usize] = self.devices_needed(next, cap);
                    }
                    let most = all.saturating_sub(fewest_used + needed[next as usize]);
                    let target = next as usize * states;
                    let ways = self.devices.ways.iter().enumerate().skip(self.ways_too_few(whole[0], cap));
                    for (way, taken) in ways.take_while(|(_, taken)| taken.count <= most) {
                        let period = period(&whole, &taken.devices);
                        if period > cap {
                            continue;
                        }
                        let latency = latency(&whole, &taken.devices);
                        for &state in &live {
                            let Some(after) = self.devices.after(state, way) else { continue };
                            let value = goal.join(best[row + state], period, latency);
                            if value < best[target + after] {
                                best[target + after] = value;
                                from[target + after] = (ideal, way as u32);
                            }
                        }
                        self.steps += if self.is_pipeline { 0 } else { live.len() as u64 / 8 };
                        // With one kind, more devices than are needed take no time off an inference.
                        if is_total && kinds == 1 {
                            break;
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
            (value, _, cut, state, way) => UnderCap::Best(value, self.trace(&from, cut, state, way)),
        }
    }

    /// Returns the loads of a last stage that starts after `ideal`; `None` if there can't be one.
    fn last_stage(&self, ideal: u32) -> Option<OfKinds> {
        let mut last = [NEVER; KINDS];
        for (load, loads) in last.iter_mut().zip(&self.loads) {
            *load = loads.last_stage(ideal)?;
        }
        Some(last)
    }

    /// Returns how many of the first ways to take devices are too few for a stage of this load.
    fn ways_too_few(&self, load: u64, cap: u64) -> usize {
        match self.loads.len() {
            // With one kind of device the ways are one device, two, and so on.
            1 => usize::try_from(load.div_ceil(cap.max(1)).saturating_sub(1)).unwrap_or(usize::MAX),
            _ => 0,
        }
    }

    /// Returns the fewest further devices that can hold what is outside `ideal`, each within `cap`.
    fn devices_needed(&self, ideal: u32, cap: u64) -> u32 {
        match &self.loads[..] {
            [loads] => loads.stages_needed(ideal, cap) as u32,
            _ => {
                let outside = self.least_time[self.least_time.len() - 1] - self.least_time[ideal as usize];
                outside.div_ceil(cap.max(1)).min(u64::from(self.devices.all()) + 1) as u32
            }
        }
    }

    /// Returns the stages that end with one after `last_cut`, which takes devices in `last_way` where the state was
    /// `state`.
    fn trace(&self, from: &[(u32, u32)], last_cut: u32, state: usize, last_way: usize) -> Cut {
        let (mut cuts, mut ways, mut state) = (vec![last_cut], vec![last_way], state);
        while let Some(&cut) = cuts.last().filter(|&&cut| cut > 0) {
            let (start, way) = from[cut as usize * self.devices.states() + state];
            state = self.devices.before(state, way as usize);
            cuts.push(start);
            ways.push(way as usize);
        }
        cuts.reverse();
        ways.reverse();
        // `cuts[k]` holds exactly the first k stages: a unit of stage s is in none of the cuts 0 to s.
        let stage = |unit: u32| {
            cuts.iter().skip(1).take_while(|&&cut| !self.ideals.contains(cut, unit)).count() as u32
        };
        let instance = self.loads[0].instance;
        let stage_of: Vec<u32> = (0..instance.len() as u32).map(stage).collect();
        let devices = ways.into_iter().map(|way| self.devices.ways[way].devices.clone()).collect();
        Cut { schedule: instance.schedule(&stage_of), devices }
    }
}

/// Returns the least time of the units of each ideal, each on the kind of device that it is fastest on.
fn least_times(instances: &[Instance], ideals: &impl Ideals) -> Vec<u64> {
    let fastest = |unit: usize| instances.iter().map(|instance| instance.time[unit]).min().unwrap_or(0);
    let mut least = vec![0; ideals.len()];
    // The full ideal may stand apart from the others.
    least[ideals.len() - 1] = (0..instances[0].len()).map(fastest).sum();
    for ideal in 0..ideals.len() {
        for &(unit, next) in ideals.successors(ideal as u32) {
            least[next as usize] = least[ideal] + fastest(unit as usize);
        }
    }
    least
}
