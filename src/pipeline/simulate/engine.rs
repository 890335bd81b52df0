//! The engine of the simulation: parts of work that end, and what follows from each.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::activity::{Activity, Span};
use super::occupancy::Occupancy;
use super::pipeline::{Link, Pipeline};
use super::run::SimulatedRun;
use crate::base::units::Time;

/// The state of a device.
#[derive(Clone, Copy)]
enum Device {
    Idle,
    /// At the given part of the work on an inference.
    Working(u64, usize),
    /// In the line for the shared link since a time, before the given part of the work.
    Waiting(usize, Time),
    /// Done with an inference since a time.
    Blocked(u64, Time),
}

/// The turn of a device: the time at which its work ends, or since which it is in the line for the link. Earlier
/// times come first, then older inferences, then earlier stages and devices.
type Turn = Reverse<(Time, u64, usize, usize)>;

struct Simulator<'p, 'w> {
    pipeline: &'p Pipeline,
    inferences: u64,
    now: Time,
    /// The number of inferences that have entered the first stage.
    entered: u64,
    devices: Vec<Vec<Device>>,
    /// The inferences that wait before each stage; none before the first, which takes them from the caller.
    queues: Vec<VecDeque<u64>>,
    /// The ends of the work under way.
    ends: BinaryHeap<Turn>,
    /// The line for the shared link.
    line: BinaryHeap<Turn>,
    link_is_taken: bool,
    results: Vec<Time>,
    occupancy: Vec<Vec<Occupancy>>,
    watch: &'w mut dyn FnMut(Span),
}

/// Sends `inferences` through a pipeline that has passed its check.
pub(super) fn run(pipeline: &Pipeline, inferences: u64, watch: &mut dyn FnMut(Span)) -> SimulatedRun {
    let per_device = |copies: &u32| *copies as usize;
    let mut engine = Simulator {
        pipeline,
        inferences,
        now: Time(0),
        entered: 0,
        devices: pipeline.copies.iter().map(|copies| vec![Device::Idle; per_device(copies)]).collect(),
        queues: vec![VecDeque::new(); pipeline.stages.len()],
        ends: BinaryHeap::new(),
        line: BinaryHeap::new(),
        link_is_taken: false,
        results: Vec::new(),
        occupancy: pipeline
            .copies
            .iter()
            .map(|copies| vec![Occupancy::default(); per_device(copies)])
            .collect(),
        watch,
    };
    loop {
        // Everything that ends at one moment ends before anything that follows from it.
        while let Some(&Reverse((time, _, stage, copy))) = engine.ends.peek() {
            if time > engine.now {
                break;
            }
            engine.ends.pop();
            engine.end(stage, copy);
        }
        while engine.hand_on() {}
        engine.grant_link();
        match engine.ends.peek() {
            Some(&Reverse((time, ..))) => engine.now = time,
            None => break,
        }
    }
    SimulatedRun { results: engine.results, occupancy: engine.occupancy }
}

impl Simulator<'_, '_> {
    /// Ends a part of a device's work.
    fn end(&mut self, stage: usize, copy: usize) {
        let Device::Working(inference, part) = self.devices[stage][copy] else { return };
        let activity = Activity::WORK[part];
        self.tell(stage, copy, inference, activity, self.now - self.pipeline.stages[stage].part(activity));
        if activity.is_on_link() {
            self.link_is_taken = false;
        }
        self.go_on(stage, copy, inference, part + 1);
    }

    /// Starts the next part of a device's work that has any length, or marks the device as done.
    fn go_on(&mut self, stage: usize, copy: usize, inference: u64, from: usize) {
        let times = &self.pipeline.stages[stage];
        let next = (from..Activity::WORK.len()).find(|&part| times.part(Activity::WORK[part]) > Time(0));
        self.devices[stage][copy] = match next {
            None => Device::Blocked(inference, self.now),
            Some(part) if self.pipeline.link == Link::Shared && Activity::WORK[part].is_on_link() => {
                self.line.push(Reverse((self.now, inference, stage, copy)));
                Device::Waiting(part, self.now)
            }
            Some(part) => {
                let end = self.now + times.part(Activity::WORK[part]);
                self.ends.push(Reverse((end, inference, stage, copy)));
                Device::Working(inference, part)
            }
        };
    }

    /// Moves every inference that can move at this moment one step, and returns whether any did.
    fn hand_on(&mut self) -> bool {
        let mut moved = false;
        for stage in (0..self.devices.len()).rev() {
            while let Some((copy, inference, since)) = self.oldest_done(stage) {
                if !self.has_room_after(stage) {
                    break;
                }
                moved = true;
                self.tell(stage, copy, inference, Activity::Blocked, since);
                self.devices[stage][copy] = Device::Idle;
                match self.queues.get_mut(stage + 1) {
                    Some(queue) => queue.push_back(inference),
                    None => self.results.push(self.now),
                }
            }
            while let Some(copy) =
                self.devices[stage].iter().position(|device| matches!(device, Device::Idle))
            {
                let Some(inference) = self.take(stage) else { break };
                moved = true;
                self.go_on(stage, copy, inference, 0);
            }
        }
        moved
    }

    /// Returns, of the devices of a stage that are done, the one with the oldest inference.
    fn oldest_done(&self, stage: usize) -> Option<(usize, u64, Time)> {
        let done = |(copy, device): (usize, &Device)| match *device {
            Device::Blocked(inference, since) => Some((copy, inference, since)),
            _ => None,
        };
        self.devices[stage].iter().enumerate().filter_map(done).min_by_key(|&(_, inference, _)| inference)
    }

    fn has_room_after(&self, stage: usize) -> bool {
        match (self.queues.get(stage + 1), self.pipeline.places) {
            (Some(queue), Some(places)) => queue.len() < places as usize,
            _ => true,
        }
    }

    /// Returns the next inference for a stage.
    fn take(&mut self, stage: usize) -> Option<u64> {
        if stage > 0 {
            return self.queues[stage].pop_front();
        }
        let next = (self.entered < self.inferences).then_some(self.entered);
        self.entered += u64::from(next.is_some());
        next
    }

    /// Gives the shared link to the first device in the line.
    fn grant_link(&mut self) {
        if self.link_is_taken {
            return;
        }
        let Some(Reverse((_, inference, stage, copy))) = self.line.pop() else { return };
        let Device::Waiting(part, since) = self.devices[stage][copy] else { return };
        self.tell(stage, copy, inference, Activity::Waiting, since);
        self.link_is_taken = true;
        let end = self.now + self.pipeline.stages[stage].part(Activity::WORK[part]);
        self.ends.push(Reverse((end, inference, stage, copy)));
        self.devices[stage][copy] = Device::Working(inference, part);
    }

    /// Records what a device did from `start` until now.
    fn tell(&mut self, stage: usize, copy: usize, inference: u64, activity: Activity, start: Time) {
        if start < self.now {
            let span = Span { stage, copy, inference, activity, start, end: self.now };
            self.occupancy[stage][copy].add(&span);
            (self.watch)(span);
        }
    }
}
