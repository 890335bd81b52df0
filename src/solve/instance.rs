//! The solvers' view of a problem: units that stay together, their precedence, and one kind of load for both objectives.
//!
//! The load of a stage is `invoke + time + reads + writes + streaming`. With the memory objective only streaming is
//! left, with an empty cache and a price of one a byte, so that the load is the stage's parameter bytes.

mod apart;
mod coarse;
pub mod room;
mod units;

use super::streams::{Parameters, Streams};
use crate::base::limits;
use crate::device::prices::Prices;
use crate::graph::OpId;
use crate::problem::{Defect, Objective, Problem, Rules};
use crate::problem::{Schedule, StageId};

use units::{needed, units};

/// A value that a unit makes (or the caller, if no unit does) and other units read.
pub struct Net {
    /// The unit that makes the value; `None` for a model input.
    pub producer: Option<u32>,
    /// The units that read the value and do not make it, ascending.
    pub readers: Vec<u32>,
    /// The cost, in units of load, to a stage that reads the value and does not make it.
    pub read: u64,
    /// The cost, in units of load, to the stage that makes the value, if a later stage reads it.
    pub write: u64,
}

/// A constant that several units read, which is charged once to each stage that holds one of them.
pub struct Shared {
    /// The units that read the constant, ascending.
    pub users: Vec<u32>,
    /// The constant's size in bytes.
    pub bytes: u64,
}

/// A problem as the solvers see it. Unit numbers are a topological order.
pub struct Instance {
    /// The number of stages.
    pub stages: usize,
    /// The operations of each unit, ascending.
    pub units: Vec<Vec<OpId>>,
    /// The units that each unit reads from or is ordered after, ascending.
    pub preds: Vec<Vec<u32>>,
    /// The units that read from each unit or are ordered after it, ascending.
    pub succs: Vec<Vec<u32>>,
    /// The time that each unit costs, whichever stage holds it, in units of load.
    pub time: Vec<u64>,
    /// The parameter bytes that each unit alone reads and that are streamed when they don't fit the cache.
    pub bytes: Vec<u64>,
    /// The part of `bytes` that is streamed again for each tile.
    pub resent: Vec<u64>,
    /// True for each unit that makes its stage pay for an invocation.
    pub invokes: Vec<bool>,
    /// The values that cost something where they cross a cut.
    pub nets: Vec<Net>,
    /// The nets that each unit reads.
    pub reads: Vec<Vec<u32>>,
    /// The nets that each unit makes.
    pub writes: Vec<Vec<u32>>,
    /// The constants that several units read.
    pub shared: Vec<Shared>,
    /// The shared constants that each unit reads.
    pub uses: Vec<Vec<u32>>,
    /// True for each unit that must be in the last stage.
    pub last_only: Vec<bool>,
    /// True for each unit with an operation that a model output depends on: every stage holds such a unit, so that it
    /// has something to hand on.
    pub useful: Vec<bool>,
    /// The units that read each model input: the first stage holds at least one of them.
    pub inputs: Vec<Vec<u32>>,
    /// The sets of units that must not all share a stage.
    pub apart: Vec<Vec<u32>>,
    /// The places in `apart` of the sets that hold each unit.
    pub apart_of: Vec<Vec<u32>>,
    /// The cost of an invocation, in units of load, to a stage that pays for one.
    pub invoke: u64,
    /// The price of a stage's parameters.
    pub streams: Streams,
    ops: usize,
}

impl Instance {
    /// Checks a problem and returns the solvers' view of it.
    ///
    /// Complexity: linear, except for the room of a graph with several inputs: for those, up to 4,096 choices of the
    /// operations that read the inputs first are tried.
    ///
    /// # Errors
    /// Returns every [`Defect`] found.
    pub fn new(problem: &Problem) -> Result<Instance, Vec<Defect>> {
        let mut defects = problem.defects();
        if !defects.is_empty() {
            return Err(defects);
        }
        let instance = Instance::unchecked(problem);
        let (room, why) = match instance.room() {
            (room, _) if room > limits::STAGES => (limits::STAGES, "no pipeline has so many".into()),
            room => room,
        };
        if problem.stages > room {
            defects.push(problem.too_many_stages(room, why));
        }
        for (set, units) in problem.graph.apart().iter().zip(&instance.apart) {
            if let Some(why) = instance.inseparable(units) {
                defects.push(Defect::Inseparable { ops: set.clone(), why });
            }
        }
        if defects.is_empty() { Ok(instance) } else { Err(defects) }
    }

    /// Returns the solvers' view of a problem that has passed the check, or that differs from one only in its objective.
    pub fn unchecked(problem: &Problem) -> Instance {
        Instance::with_joined(problem, &[])
    }

    fn with_joined(problem: &Problem, joined: &[[OpId; 2]]) -> Instance {
        let graph = problem.graph;
        let coral = problem.rules == Rules::Coral && problem.stages > 1;
        let (units, unit_of) = units(problem, coral, joined);
        let count = units.len();
        let prices = Prices::new(graph, &problem.device);
        let memory = problem.objective == Objective::Memory;

        let mut time = vec![0; count];
        let mut bytes = vec![0; count];
        let mut resent = vec![0; count];
        let mut invokes = vec![false; count];
        for (unit, ops) in units.iter().enumerate() {
            for &op in ops {
                let modelled = Prices::is_modelled(graph.op(op));
                if !memory {
                    time[unit] += prices.of_operation(op).0;
                    invokes[unit] |= modelled;
                }
                if memory {
                    bytes[unit] += graph.op(op).parameter_bytes.0;
                } else if modelled {
                    bytes[unit] += prices.held[op.index()].0;
                    resent[unit] += prices.resent[op.index()].0;
                }
            }
        }

        let unit_set = |ops: &mut dyn Iterator<Item = OpId>| {
            let mut set: Vec<u32> = ops.map(|op| unit_of[op.index()]).collect();
            set.sort_unstable();
            set.dedup();
            set
        };
        let mut is_output = vec![false; graph.tensors().len()];
        for output in graph.outputs() {
            is_output[output.index()] = true;
        }
        let mut nets = Vec::new();
        let mut edges = Vec::new();
        let mut inputs = Vec::new();
        for (index, tensor) in graph.tensors().iter().enumerate() {
            let producer = tensor.producer.map(|op| unit_of[op.index()]);
            let mut readers = unit_set(&mut tensor.consumers.iter().copied());
            readers.retain(|&reader| Some(reader) != producer);
            edges.extend(producer.iter().flat_map(|&p| readers.iter().map(move |&r| (p, r))));
            if producer.is_none() && coral && !readers.is_empty() {
                inputs.push(readers.clone());
            }
            if memory {
                continue;
            }
            let (read, mut write, emit) = (prices.read[index].0, prices.write[index].0, prices.emit[index].0);
            if let Some(producer) = producer.filter(|_| is_output[index]) {
                // A model output costs its maker `emit` in any case, and the rest only if a later stage reads it.
                // Measured outputs emit for nothing; modelled ones emit and write at the same price.
                time[producer as usize] += emit;
                write -= emit;
            }
            if !readers.is_empty() && (read > 0 || write > 0) {
                nets.push(Net { producer, readers, read, write });
            }
        }
        let ordered = graph.ordered().iter();
        let ordered = ordered.map(|pair| (unit_of[pair.before.index()], unit_of[pair.after.index()]));
        edges.extend(ordered.filter(|(before, after)| before != after));
        edges.sort_unstable();
        edges.dedup();
        let mut preds = vec![Vec::new(); count];
        let mut succs = vec![Vec::new(); count];
        for (from, to) in edges {
            succs[from as usize].push(to);
            preds[to as usize].push(from);
        }

        let mut shared = Vec::new();
        for constant in graph.shared() {
            let counts = |op: &OpId| memory || Prices::is_modelled(graph.op(*op));
            let users = unit_set(&mut constant.consumers.iter().copied().filter(counts));
            match users[..] {
                [] => {}
                [user] => bytes[user as usize] += constant.bytes.0,
                _ => shared.push(Shared { users, bytes: constant.bytes.0 }),
            }
        }

        let mut last_only = vec![false; count];
        let mut useful = vec![!coral; count];
        if coral {
            for output in graph.outputs() {
                if let Some(op) = graph.tensor(*output).producer {
                    last_only[unit_of[op.index()] as usize] = true;
                }
            }
            for unit in 0..count {
                last_only[unit] |= preds[unit].iter().any(|&pred| last_only[pred as usize]);
            }
            for (op, _) in needed(graph).into_iter().enumerate().filter(|(_, needed)| *needed) {
                useful[unit_of[op] as usize] = true;
            }
        }

        let mut reads = vec![Vec::new(); count];
        let mut writes = vec![Vec::new(); count];
        for (index, net) in nets.iter().enumerate() {
            net.readers.iter().for_each(|&reader| reads[reader as usize].push(index as u32));
            net.producer.iter().for_each(|&producer| writes[producer as usize].push(index as u32));
        }
        let mut uses = vec![Vec::new(); count];
        for (index, constant) in shared.iter().enumerate() {
            constant.users.iter().for_each(|&user| uses[user as usize].push(index as u32));
        }
        let apart: Vec<Vec<u32>> =
            graph.apart().iter().map(|set| unit_set(&mut set.iter().copied())).collect();
        let mut apart_of = vec![Vec::new(); count];
        for (index, set) in apart.iter().enumerate() {
            set.iter().for_each(|&unit| apart_of[unit as usize].push(index as u32));
        }
        Instance {
            stages: problem.stages as usize,
            units,
            preds,
            succs,
            time,
            bytes,
            resent,
            invokes,
            nets,
            reads,
            writes,
            shared,
            uses,
            last_only,
            useful,
            inputs,
            apart,
            apart_of,
            invoke: if memory { 0 } else { (prices.invoke + prices.stage_instructions).0 },
            streams: if memory { Streams::PLAIN } else { Streams::new(&prices.streaming) },
            ops: graph.ops().len(),
        }
    }

    /// Returns the number of units.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Returns whether there are no units, which no checked problem has.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Returns the parameters that no unit but `unit` reads.
    pub fn parameters(&self, unit: usize) -> Parameters {
        Parameters { bytes: self.bytes[unit], resent: self.resent[unit] }
    }

    /// Returns whether a stage's load is the plain sum of its units' bytes, and any units may share a stage.
    pub fn is_additive(&self) -> bool {
        self.invoke == 0
            && self.apart.is_empty()
            && self.streams.are_plain()
            && self.nets.is_empty()
            && self.shared.is_empty()
            && self.time.iter().all(|&time| time == 0)
    }

    /// Returns the stage of every unit in `schedule`, which splits no unit.
    pub fn stages_of_units(&self, schedule: &Schedule) -> Vec<u32> {
        self.units.iter().map(|ops| schedule.stage_of[ops[0].index()].0).collect()
    }

    /// Returns the schedule that puts each unit in the stage that `stage_of_unit` gives.
    pub fn schedule(&self, stage_of_unit: &[u32]) -> Schedule {
        let mut stage_of = vec![StageId(0); self.ops];
        for (ops, &stage) in self.units.iter().zip(stage_of_unit) {
            ops.iter().for_each(|op| stage_of[op.index()] = StageId(stage));
        }
        Schedule { stage_of }
    }

    /// Returns a value that no schedule's bottleneck is below, from sums alone.
    ///
    /// All stages together hold every unit, hold every constant at least once, and read every model input at least
    /// once; and one stage holds everything that must be in the last.
    pub fn simple_bound(&self) -> u64 {
        let n = self.stages as u64;
        let sum = |units: &mut dyn Iterator<Item = usize>| {
            let (mut time, mut held, mut invokes) = (0, Parameters::default(), false);
            let mut used = vec![false; self.shared.len()];
            for unit in units {
                time += self.time[unit];
                held += self.parameters(unit);
                invokes |= self.invokes[unit];
                self.uses[unit].iter().for_each(|&c| used[c as usize] = true);
            }
            held.bytes +=
                self.shared.iter().zip(used).filter(|(_, used)| *used).map(|(c, _)| c.bytes).sum::<u64>();
            (time, held, if invokes { self.invoke } else { 0 })
        };
        let (time, held, _) = sum(&mut (0..self.len()));
        let entering = self.entering();
        let invokes = if self.invokes.iter().all(|&invokes| invokes) { self.invoke * n } else { 0 };
        let mean = (time + entering + invokes + self.streams.least(held, n)).div_ceil(n);
        let alone = |(time, held, invoke): (u64, Parameters, u64)| time + invoke + self.streams.load(held);
        let single = (0..self.len()).map(|unit| {
            let shared = self.uses[unit].iter().map(|&constant| self.shared[constant as usize].bytes);
            let held = self.parameters(unit) + Parameters { bytes: shared.sum(), resent: 0 };
            alone((self.time[unit], held, if self.invokes[unit] { self.invoke } else { 0 }))
        });
        let single = single.max().unwrap_or(0);
        let last = alone(sum(&mut (0..self.len()).filter(|&unit| self.last_only[unit])));
        mean.max(single).max(last)
    }

    /// Returns a value that the time from one result to the next is not below in any deployment over `devices`, from sums
    /// alone: the work is spread evenly at best, over any number of stages.
    pub fn deployed_bound(&self, devices: u64) -> u64 {
        let mut held = Parameters::default();
        (0..self.len()).for_each(|unit| held += self.parameters(unit));
        held.bytes += self.shared.iter().map(|constant| constant.bytes).sum::<u64>();
        let work = self.time.iter().sum::<u64>() + self.entering();
        let invoke = if self.invokes.iter().all(|&invokes| invokes) { self.invoke } else { 0 };
        let all = |stages: u64| work + invoke * stages + self.streams.least(held, stages);
        (1..=devices).map(all).min().unwrap_or(0).div_ceil(devices)
    }

    /// Returns the cost of reading every model input once.
    fn entering(&self) -> u64 {
        self.nets.iter().filter(|net| net.producer.is_none()).map(|net| net.read).sum()
    }
}
