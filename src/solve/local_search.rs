//! Local search: units move between neighbouring stages while the stages get more even.
//!
//! The method is threshold accepting (Dueck and Scheuer 1990): a move of one unit is kept if it lowers the sum of the
//! stages' loads, each to a high power, or raises that sum by less than a threshold that falls to zero. Objective:
//! both. The result is never worse than the start, and obeys every rule if the start does; nothing is proved.
//! Complexity: a move costs the nets of one unit times the stages, and the budget says how many moves there are. The
//! same start, seed and budget give the same result.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::budget::Budget;
use super::instance::Instance;
use super::streams::Parameters;

/// The power of a load in the sum that is minimized: high, so that the largest load counts most.
const POWER: i32 = 8;
/// The threshold at the start, relative to the sum that is minimized.
const START: f64 = 0.05;

/// Tries `budget.moves` moves from `start`, the stage of every unit; returns the smallest bottleneck found, with its
/// stage of every unit. As many devices as `copies` says run a copy of each stage, and share its load.
pub(crate) fn improve(
    instance: &Instance,
    start: &[u32],
    copies: &[u64],
    bound: u64,
    budget: &Budget,
) -> (u64, Vec<u32>) {
    let mut search = Search::new(instance, start, copies);
    let mut best = (search.bottleneck(), search.stage.clone());
    let movable: Vec<u32> =
        (0..instance.len() as u32).filter(|&unit| !instance.last_only[unit as usize]).collect();
    if movable.is_empty() {
        return best;
    }
    let mut random = ChaCha8Rng::seed_from_u64(budget.seed);
    let mut energy = search.energy(best.0);
    // What the energy is relative to follows the best, or it would lose its digits.
    for number in 0..budget.moves {
        if best.0 <= bound || (number % 1024 == 0 && budget.is_over()) {
            break;
        }
        let unit = movable[random.random_range(0..movable.len())];
        let Some(target) = search.target(unit, &mut random) else { continue };
        let from = search.stage[unit as usize];
        search.put(unit, target);
        let moved = if search.is_valid(unit, from) { search.energy(best.0) } else { f64::INFINITY };
        let left = 1.0 - number as f64 / budget.moves as f64;
        if moved > energy * (1.0 + START * left * left) {
            search.put(unit, from);
            continue;
        }
        energy = moved;
        let bottleneck = search.bottleneck();
        if bottleneck < best.0 {
            best = (bottleneck, search.stage.clone());
            energy = search.energy(best.0);
        }
    }
    best
}

/// Returns the load of every stage, where `stages` holds the stage of every unit.
pub(crate) fn loads(instance: &Instance, stages: &[u32]) -> Vec<u64> {
    Search::new(instance, stages, &vec![1; instance.stages]).loads().collect()
}

/// A schedule and what each of its stages holds.
struct Search<'a> {
    instance: &'a Instance,
    stage: Vec<u32>,
    held: Vec<Held>,
    /// The number of devices of each stage.
    copies: &'a [u64],
    /// The number of readers of each net in each stage.
    readers: Vec<u32>,
    /// The number of users of each shared constant in each stage.
    users: Vec<u32>,
    /// The number of readers of each model input in the first stage.
    first: Vec<u32>,
    inputs_of: Vec<Vec<u32>>,
}

/// The contents of one stage, and their cost.
#[derive(Clone, Default)]
struct Held {
    time: u64,
    parameters: Parameters,
    transfers: u64,
    invokes: u32,
    useful: u32,
}

impl<'a> Search<'a> {
    fn new(instance: &'a Instance, start: &[u32], copies: &'a [u64]) -> Search<'a> {
        let stages = instance.stages;
        let mut inputs_of = vec![Vec::new(); instance.len()];
        for (input, readers) in instance.inputs.iter().enumerate() {
            readers.iter().for_each(|&unit| inputs_of[unit as usize].push(input as u32));
        }
        let mut search = Search {
            instance,
            stage: start.to_vec(),
            held: vec![Held::default(); stages],
            copies,
            readers: vec![0; instance.nets.len() * stages],
            users: vec![0; instance.shared.len() * stages],
            first: vec![0; instance.inputs.len()],
            inputs_of,
        };
        for unit in 0..instance.len() as u32 {
            search.hold(unit, start[unit as usize]);
            for &net in &instance.reads[unit as usize] {
                search.readers[net as usize * stages + start[unit as usize] as usize] += 1;
            }
        }
        for net in 0..instance.nets.len() as u32 {
            search.transfer(net, u64::wrapping_add);
        }
        search
    }

    /// Counts a unit towards a stage, without the unit's nets.
    fn hold(&mut self, unit: u32, stage: u32) {
        let (instance, place) = (self.instance, unit as usize);
        let held = &mut self.held[stage as usize];
        held.time += instance.time[place];
        held.parameters += instance.parameters(place);
        held.invokes += u32::from(instance.invokes[place]);
        held.useful += u32::from(instance.useful[place]);
        for &constant in &instance.uses[place] {
            let users = &mut self.users[constant as usize * instance.stages + stage as usize];
            if *users == 0 {
                held.parameters.bytes += instance.shared[constant as usize].bytes;
            }
            *users += 1;
        }
        if stage == 0 {
            self.inputs_of[place].iter().for_each(|&input| self.first[input as usize] += 1);
        }
    }

    /// Takes a unit out of a stage's counts: the reverse of `hold`.
    fn release(&mut self, unit: u32, stage: u32) {
        let (instance, place) = (self.instance, unit as usize);
        let held = &mut self.held[stage as usize];
        held.time -= instance.time[place];
        held.parameters = held.parameters - instance.parameters(place);
        held.invokes -= u32::from(instance.invokes[place]);
        held.useful -= u32::from(instance.useful[place]);
        for &constant in &instance.uses[place] {
            let users = &mut self.users[constant as usize * instance.stages + stage as usize];
            *users -= 1;
            if *users == 0 {
                held.parameters.bytes -= instance.shared[constant as usize].bytes;
            }
        }
        if stage == 0 {
            self.inputs_of[place].iter().for_each(|&input| self.first[input as usize] -= 1);
        }
    }

    /// Adds the cost of a net to the stages that pay for it, or takes it away.
    fn transfer(&mut self, net: u32, change: fn(u64, u64) -> u64) {
        let stages = self.instance.stages;
        let readers = &self.readers[net as usize * stages..(net as usize + 1) * stages];
        let net = &self.instance.nets[net as usize];
        let made_in = net.producer.map(|producer| self.stage[producer as usize] as usize);
        let mut leaves = false;
        for (stage, _) in readers.iter().enumerate().filter(|(_, count)| **count > 0) {
            if made_in != Some(stage) {
                self.held[stage].transfers = change(self.held[stage].transfers, net.read);
                leaves = true;
            }
        }
        if let (true, Some(stage)) = (leaves, made_in) {
            self.held[stage].transfers = change(self.held[stage].transfers, net.write);
        }
    }

    /// Returns another stage that `unit` may be in, drawn at random; `None` if there is none.
    fn target(&self, unit: u32, random: &mut ChaCha8Rng) -> Option<u32> {
        let stage = |&other: &u32| self.stage[other as usize];
        let low = self.instance.preds[unit as usize].iter().map(stage).max().unwrap_or(0);
        let last = self.instance.stages as u32 - 1;
        let high = self.instance.succs[unit as usize].iter().map(stage).min().unwrap_or(last);
        if low >= high {
            return None;
        }
        let target = random.random_range(low..high);
        // The stage that it is in is left out.
        Some(if target >= self.stage[unit as usize] { target + 1 } else { target })
    }

    /// Moves `unit` to stage `to`.
    fn put(&mut self, unit: u32, to: u32) {
        let instance = self.instance;
        let (from, stages) = (self.stage[unit as usize], instance.stages);
        let nets = || instance.reads[unit as usize].iter().chain(&instance.writes[unit as usize]);
        nets().for_each(|&net| self.transfer(net, u64::wrapping_sub));
        self.release(unit, from);
        self.hold(unit, to);
        self.stage[unit as usize] = to;
        for &net in &instance.reads[unit as usize] {
            self.readers[net as usize * stages + from as usize] -= 1;
            self.readers[net as usize * stages + to as usize] += 1;
        }
        nets().for_each(|&net| self.transfer(net, u64::wrapping_add));
    }

    /// Returns whether the stage that `unit` has left still makes a stage, the first stage still reads every model
    /// input, and the stage that `unit` is in now does not hold all of a set that must be kept apart. Precedence is
    /// kept by the choice of the stage, see `target`.
    fn is_valid(&self, unit: u32, left: u32) -> bool {
        let now = self.stage[unit as usize];
        self.held[left as usize].useful > 0
            && self.first.iter().all(|&readers| readers > 0)
            && !self.instance.would_join(unit, |other| self.stage[other as usize] == now)
    }

    /// Returns the load that each stage's devices have to share, for each of them.
    fn loads(&self) -> impl Iterator<Item = u64> + '_ {
        self.held.iter().zip(self.copies).map(|(held, &copies)| {
            let invoke = if held.invokes > 0 { self.instance.invoke } else { 0 };
            let load = invoke + held.time + held.transfers + self.instance.streams.load(held.parameters);
            load.div_ceil(copies)
        })
    }

    fn bottleneck(&self) -> u64 {
        self.loads().max().unwrap_or(0)
    }

    fn energy(&self, scale: u64) -> f64 {
        let scale = (scale as f64).max(1.0);
        self.loads().map(|load| (load as f64 / scale).powi(POWER)).sum()
    }
}
