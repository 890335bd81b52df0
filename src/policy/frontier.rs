//! The policy's view of each step: the ready units, and the effect of choosing each of them now.
//!
//! A pipeline is filled stage by stage meanwhile: a stage is closed where its load comes nearest to an even share of
//! what is left. These stages only tell the policy how far it has come; the cuts are placed by dynamic programming
//! afterwards.

use super::inputs::{Inputs, count, share, signed_share};
use crate::graph::countdown::Countdown;
use crate::solve::instance::Instance;

/// The number of figures of a ready unit.
pub const CANDIDATE: usize = 16;
/// The number of figures of the moment.
pub const GLOBAL: usize = 12;
/// The most ready units that are looked at in one step, so that its cost is bounded: the first `EARLY` and the latest
/// others.
const MOST: usize = 48;
const EARLY: usize = 16;

const NOT_YET: u32 = u32::MAX;

/// The units that were chosen, those that may be chosen next, and the stage that is being filled.
pub struct Frontier<'a> {
    instance: &'a Instance,
    inputs: &'a Inputs,
    /// The ready units, by the time since which they are ready.
    ready: Vec<u32>,
    countdown: Countdown,
    ready_since: Vec<u32>,
    /// The number of readers of each net that are not chosen yet.
    unread: Vec<u32>,
    /// The stage that made each net; `read_in` holds the last that read it.
    made_in: Vec<u32>,
    read_in: Vec<u32>,
    last: Option<u32>,
    steps: u32,
    to_choose: u32,
    stage: u32,
    load: f64,
    target: f64,
    own: u64,
    live: u64,
    done: f64,
    total: f64,
}

impl<'a> Frontier<'a> {
    /// Creates the frontier at which nothing is chosen yet. Units that must be in the last stage are never ready: no
    /// cut is made after any of them.
    pub fn new(instance: &'a Instance, inputs: &'a Inputs) -> Frontier<'a> {
        let units = instance.len();
        let chosen = |unit: &u32| !instance.last_only[*unit as usize];
        let countdown = Countdown::new(instance.preds.iter().map(Vec::len));
        let ready: Vec<u32> = countdown.ready().map(|unit| unit as u32).filter(chosen).collect();
        let mut frontier = Frontier {
            instance,
            inputs,
            ready,
            countdown,
            ready_since: vec![0; units],
            unread: instance.nets.iter().map(|net| net.readers.len() as u32).collect(),
            made_in: vec![NOT_YET; instance.nets.len()],
            read_in: vec![NOT_YET; instance.nets.len()],
            last: None,
            steps: 0,
            to_choose: (0..units as u32).filter(chosen).count() as u32,
            stage: 0,
            load: 0.0,
            target: 0.0,
            own: 0,
            live: 0,
            done: 0.0,
            total: inputs.work.iter().sum(),
        };
        frontier.open();
        frontier
    }

    /// Returns the number of units that are still to be chosen, ready or not.
    pub fn left(&self) -> usize {
        (self.to_choose - self.steps) as usize
    }

    /// Returns the unit that was chosen last; `None` at the start.
    pub fn last(&self) -> Option<u32> {
        self.last
    }

    /// Writes the ready units that are looked at into `units`, and [`CANDIDATE`] figures of each into `rows`.
    pub fn candidates(&self, units: &mut Vec<u32>, rows: &mut Vec<f32>) {
        units.clear();
        rows.clear();
        if self.ready.len() <= MOST {
            units.extend(&self.ready);
        } else {
            units.extend(&self.ready[..EARLY]);
            units.extend(&self.ready[self.ready.len() - (MOST - EARLY)..]);
        }
        let room = self.target - self.load;
        let largest_fitting = units
            .iter()
            .map(|&unit| self.inputs.work[unit as usize])
            .filter(|&work| work <= room)
            .fold(f64::NEG_INFINITY, f64::max);
        for &unit in units.iter() {
            rows.extend(self.row(unit, units, room, largest_fitting));
        }
    }

    fn row(&self, unit: u32, ready: &[u32], room: f64, largest_fitting: f64) -> [f32; CANDIDATE] {
        let scale = self.inputs.scale;
        let work = self.inputs.work[unit as usize];
        let effect = self.effect(unit);
        let after = room - work - effect.read as f64;
        let own = (self.own + effect.made) as f64 - effect.own_freed as f64;
        let mut opens = 0;
        // What would be left of the room after this unit and the best next one.
        let mut rest = after.max(0.0);
        let mut follow = |next: u32| {
            let left = after - self.inputs.work[next as usize];
            if left >= 0.0 {
                rest = rest.min(left);
            }
        };
        for &succ in &self.instance.succs[unit as usize] {
            if self.countdown.left(succ as usize) == 1 {
                opens += 1;
                follow(succ);
            }
        }
        ready.iter().filter(|&&other| other != unit).for_each(|&other| follow(other));
        let flag = |is: bool| if is { 1.0 } else { 0.0 };
        let follows = self.last.is_some_and(|last| self.instance.preds[unit as usize].contains(&last));
        let age = (self.steps - self.ready_since[unit as usize]) as usize;
        [
            share(work / scale),
            share(effect.freed as f64 / scale),
            share(effect.made as f64 / scale),
            signed_share((effect.made as f64 - effect.freed as f64) / scale),
            share(effect.read as f64 / scale),
            flag(follows),
            count(age, 8.0),
            count(opens, 2.0),
            (after / scale).clamp(-2.0, 2.0) as f32,
            signed_share(after / scale),
            flag(after >= 0.0),
            share(rest / scale),
            flag(work == largest_fitting),
            signed_share((own - after) / scale),
            share(own / scale),
            count(self.instance.preds[unit as usize].len(), 2.0),
        ]
    }

    /// Returns the [`GLOBAL`] figures of the moment.
    pub fn moment(&self) -> [f32; GLOBAL] {
        let scale = self.inputs.scale;
        let stages = self.instance.stages as f64;
        let room = self.target - self.load;
        [
            (self.load / self.target).min(2.0) as f32,
            signed_share(room / scale),
            share(self.own as f64 / scale),
            share(self.live as f64 / scale),
            (self.done / self.total.max(1.0)) as f32,
            self.steps as f32 / self.to_choose as f32,
            count(self.ready.len(), 4.0),
            ((stages - f64::from(self.stage)) / stages) as f32,
            1.0 / stages as f32,
            signed_share((self.own as f64 - room) / scale),
            (self.target / scale - 1.0).min(2.0) as f32,
            ((self.total / stages) / scale) as f32,
        ]
    }

    /// Chooses a ready unit.
    pub fn take(&mut self, unit: u32) {
        let place = self.ready.iter().position(|&other| other == unit).expect("only ready units are chosen");
        self.ready.remove(place);
        let work = self.inputs.work[unit as usize];
        let effect = self.effect(unit);
        let with = self.load + work + effect.read as f64;
        let own = (self.own + effect.made) as f64 - effect.own_freed as f64;
        let left = self.instance.stages as u32 - self.stage - 1;
        if with + own > self.target && left > 0 {
            // A stage that is too small costs the others a share each, one that is too large costs itself.
            let short = (self.target - self.load).max(0.0) / f64::from(left);
            let over = with + own - self.target;
            if self.load > 0.0 && short < over {
                self.close();
                self.add(unit);
            } else {
                self.add(unit);
                self.close();
            }
        } else {
            self.add(unit);
        }
    }

    fn add(&mut self, unit: u32) {
        let instance = self.instance;
        let effect = self.effect(unit);
        self.load += self.inputs.work[unit as usize] + effect.read as f64;
        self.own = self.own + effect.made - effect.own_freed;
        self.live = self.live + effect.made - effect.freed;
        self.done += self.inputs.work[unit as usize];
        for &net in &instance.reads[unit as usize] {
            self.unread[net as usize] -= 1;
            self.read_in[net as usize] = self.stage;
        }
        for &net in &instance.writes[unit as usize] {
            self.made_in[net as usize] = self.stage;
        }
        self.steps += 1;
        self.last = Some(unit);
        for &succ in &instance.succs[unit as usize] {
            if self.countdown.take_one(succ as usize) && !instance.last_only[succ as usize] {
                self.ready_since[succ as usize] = self.steps;
                self.ready.push(succ);
            }
        }
    }

    fn close(&mut self) {
        self.stage += 1;
        self.open();
    }

    fn open(&mut self) {
        let left = (self.instance.stages as f64 - f64::from(self.stage)).max(1.0);
        self.load = 0.0;
        self.own = 0;
        self.target = ((self.total - self.done) / left).max(self.inputs.scale);
    }

    fn effect(&self, unit: u32) -> Effect {
        let mut effect = Effect::default();
        for &index in &self.instance.reads[unit as usize] {
            let net = &self.instance.nets[index as usize];
            let index = index as usize;
            if self.made_in[index] != self.stage && self.read_in[index] != self.stage {
                effect.read += net.read;
            }
            if self.unread[index] == 1 && net.producer.is_some() {
                effect.freed += net.write;
                if self.made_in[index] == self.stage {
                    effect.own_freed += net.write;
                }
            }
        }
        effect.made = self.instance.writes[unit as usize]
            .iter()
            .map(|&net| self.instance.nets[net as usize].write)
            .sum();
        effect
    }
}

/// The effect of choosing a unit on the stage that is being filled.
#[derive(Default)]
struct Effect {
    /// The price of reading the nets that the unit is the first in the stage to read and that an earlier stage, or the
    /// caller, made.
    read: u64,
    /// The price, no longer due, of handing on the nets that nobody reads after the unit.
    freed: u64,
    /// The part of `freed` that is for nets which this stage made.
    own_freed: u64,
    /// The price of handing on the nets that the unit makes.
    made: u64,
}
