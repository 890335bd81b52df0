//! The devices that are drawn for a problem, and what a schedule costs on each.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::device::EdgeTpu;
use crate::device::prices::Prices;
use crate::device::uncertainty::Draws;
use crate::problem::judge::{StageCost, prices_on};
use crate::problem::{Problem, Schedule};

/// The number of draws.
pub const DRAWS: usize = 200;
/// The seed of the draws: the same for all, so that the same device in the same draw is the same.
const SEED: u64 = 16;

/// The draws of one problem: devices, and what the model leaves out of the network and of its operations.
///
/// All schedules of the problem are priced on the same draws. What the model leaves out of a stage is made up of what it
/// leaves out of the stage's operations, each by its share of the time, so that stages that share operations share that
/// as well: a stage of average length is off by the deviation that the device states, a longer one by less.
pub struct Drawn<'p> {
    problem: &'p Problem<'p>,
    devices: Vec<EdgeTpu>,
    /// The logarithm of the factor on the whole network, in each draw.
    network: Vec<f64>,
    stage: f64,
    /// The share of each operation in the network's time; zero for those that were measured.
    shares: Vec<f64>,
}

/// The random numbers of one draw: of the device and the network, or of the operations.
fn stream(draw: usize, of: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    random.set_stream(2 * draw as u64 + of);
    random
}

fn normal(random: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(random)
}

impl<'p> Drawn<'p> {
    /// Returns the draws of `problem`; `None` if its device states no uncertainty.
    ///
    /// Complexity: linear in the graph.
    pub fn new(problem: &'p Problem<'p>) -> Option<Drawn<'p>> {
        let uncertainty = problem.device.uncertainty.as_ref()?;
        let draws = problem.device.draws()?;
        let draw = |number: usize| {
            let mut random = stream(number, 0);
            let network = uncertainty.network * normal(&mut random);
            (network, device(&problem.device, &draws, &mut random))
        };
        let (network, devices) = (0..DRAWS).map(draw).unzip();
        let prices = Prices::new(problem.graph, &problem.device);
        let time = |place: usize| match Prices::is_modelled(&problem.graph.ops()[place]) {
            true => {
                prices.compute[place].0 as f64 + prices.held[place].0 as f64 * prices.streaming.once.0 as f64
            }
            false => 0.0,
        };
        let times: Vec<f64> = (0..problem.graph.ops().len()).map(time).collect();
        let all = times.iter().sum::<f64>().max(1.0);
        let shares = times.into_iter().map(|time| time / all).collect();
        Some(Drawn { problem, devices, network, stage: uncertainty.stage, shares })
    }

    /// Returns the drawn devices.
    pub fn devices(&self) -> &[EdgeTpu] {
        &self.devices
    }

    /// Returns the cost of every stage of a valid schedule in each draw.
    ///
    /// Complexity: linear in the graph, for each draw.
    pub fn stages(&self, schedule: &Schedule) -> Vec<Vec<StageCost>> {
        let stages = prices_on(self.problem, schedule, &self.devices);
        let priced = |(draw, costs): (usize, Vec<StageCost>)| {
            let factors = self.factors(draw, schedule);
            costs.into_iter().zip(factors).map(|(cost, factor)| cost.times(factor)).collect()
        };
        stages.into_iter().enumerate().map(priced).collect()
    }

    /// Returns the time of the slowest stage of a valid schedule in each draw, in microseconds.
    pub fn bottlenecks(&self, schedule: &Schedule) -> Vec<f64> {
        let slowest =
            |stages: Vec<StageCost>| stages.iter().map(StageCost::latency).max().unwrap_or_default().as_us();
        self.stages(schedule).into_iter().map(slowest).collect()
    }

    /// Returns the factor on the time of each stage that the model leaves out in one draw.
    fn factors(&self, draw: usize, schedule: &Schedule) -> Vec<f64> {
        let mut random = stream(draw, 1);
        let mut of = vec![(0.0, 0.0, false); self.problem.stages as usize];
        for ((share, op), stage) in self.shares.iter().zip(self.problem.graph.ops()).zip(&schedule.stage_of) {
            let (sum, all, is_modelled) = &mut of[stage.index()];
            *sum += share.sqrt() * normal(&mut random);
            *all += share;
            *is_modelled |= Prices::is_modelled(op);
        }
        let average = 1.0 / f64::from(self.problem.stages);
        let factor = |(sum, share, is_modelled): (f64, f64, bool)| match is_modelled {
            true if share > 0.0 => {
                let own = sum / share.sqrt() * (average / share).sqrt().min(1.0);
                (self.network[draw] + self.stage * own).exp()
            }
            true => self.network[draw].exp(),
            // What was measured is not the model's.
            false => 1.0,
        };
        of.into_iter().map(factor).collect()
    }
}

fn device(base: &EdgeTpu, draws: &Draws, random: &mut ChaCha8Rng) -> EdgeTpu {
    let numbers: Vec<f64> = (0..draws.numbers()).map(|_| normal(random)).collect();
    base.drawn(draws, &numbers)
}

#[cfg(test)]
mod tests {
    use super::super::{Interval, Odds};
    use super::*;
    use crate::device::uncertainty::Uncertainty;
    use crate::graph::OpGraph;
    use crate::problem::{Objective, Rules, StageId};

    /// A chain of equal operations, each with `more` in its description.
    fn chain(count: usize, more: &str) -> OpGraph {
        let op = |number| {
            format!(r#"{{"name":"o{number}","kind":"CONV_2D","parameter_bytes":9000,"macs":90000000{more}}}"#)
        };
        let tensor = |number: usize| {
            let producer = number.checked_sub(1).map_or("null".into(), |op| op.to_string());
            let consumers = if number < count { number.to_string() } else { String::new() };
            format!(r#"{{"name":"t{number}","bytes":64,"producer":{producer},"consumers":[{consumers}]}}"#)
        };
        let list = |parts: Vec<String>| parts.join(",");
        let text = format!(
            r#"{{"name":"chain","outputs":[{count}],"ops":[{}],"tensors":[{}]}}"#,
            list((0..count).map(op).collect()),
            list((0..=count).map(tensor).collect())
        );
        OpGraph::from_json(text.as_bytes()).unwrap()
    }

    fn problem(graph: &OpGraph, network: f64, stage: f64, invoke: f64) -> Problem<'_> {
        let uncertainty = Uncertainty {
            network,
            stage,
            figures: vec!["invoke_us".into()],
            relative: vec![invoke],
            correlation: vec![vec![1.0]],
        };
        let device = EdgeTpu { uncertainty: Some(uncertainty), ..EdgeTpu::usb3() };
        Problem { graph, stages: 2, device, objective: Objective::Latency, rules: Rules::Coral }
    }

    /// The schedule whose first stage has `first` operations.
    fn cut(graph: &OpGraph, first: usize) -> Schedule {
        Schedule { stage_of: (0..graph.ops().len()).map(|op| StageId(u32::from(op >= first))).collect() }
    }

    fn spread(times: &[f64]) -> f64 {
        let interval = Interval::of(times.iter().copied());
        (interval.high / interval.low).ln() / (2.0 * 1.645)
    }

    #[test]
    fn times_spread_as_the_device_states() {
        let graph = chain(40, "");
        let stated = problem(&graph, 0.2, 0.0, 0.0);
        let drawn = Drawn::new(&stated).unwrap();
        let times = drawn.bottlenecks(&cut(&graph, 20));
        assert!((0.17..0.23).contains(&spread(&times)), "{}", spread(&times));
        assert_eq!(times, Drawn::new(&stated).unwrap().bottlenecks(&cut(&graph, 20)));
        // What is wrong of the whole network is wrong of both schedules.
        let odds = Odds::of(&times, &drawn.bottlenecks(&cut(&graph, 10)));
        assert!(odds.ratio.low > 1.2 && spread(&[odds.ratio.low, odds.ratio.high]) < 1e-3, "{odds:?}");
        assert_eq!((odds.faster, drawn.devices().len()), (1.0, DRAWS));
    }

    #[test]
    fn stages_are_wrong_one_by_one_as_far_as_they_share_no_operations() {
        let graph = chain(40, "");
        let stated = problem(&graph, 0.0, 0.1, 0.0);
        let drawn = Drawn::new(&stated).unwrap();
        let [even, near, far] = [20, 21, 30].map(|first| drawn.bottlenecks(&cut(&graph, first)));
        let first: Vec<f64> =
            drawn.stages(&cut(&graph, 20)).iter().map(|stages| stages[0].latency().as_us()).collect();
        assert!((0.085..0.115).contains(&spread(&first)), "{}", spread(&first));
        let told = |own: &[f64], other: &[f64]| Odds::of(own, other).is_told();
        assert!(!told(&even, &near) && told(&even, &far), "one operation of forty can't be told, ten can");
    }

    #[test]
    fn a_figure_counts_by_its_part_of_the_time() {
        let measured = chain(2, r#","compute_us":90.5"#);
        let stated = problem(&measured, 0.5, 0.5, 0.0);
        let drawn = Drawn::new(&stated).unwrap();
        let compute = |stages: &Vec<StageCost>| stages[0].compute.as_us();
        assert!(
            drawn.stages(&cut(&measured, 1)).iter().map(compute).all(|us| us == 90.5),
            "measured is measured"
        );
        let light = chain(2, "");
        let heavy = chain(400, "");
        let of = |graph: &OpGraph| {
            let stated = problem(graph, 0.0, 0.0, 0.3);
            spread(&Drawn::new(&stated).unwrap().bottlenecks(&cut(graph, graph.ops().len() / 2)))
        };
        assert!(of(&light) > 20.0 * of(&heavy), "{} {}", of(&light), of(&heavy));
    }

    #[test]
    fn a_device_that_states_no_uncertainty_has_no_draws() {
        let graph = chain(4, "");
        let stated = problem(&graph, 0.1, 0.05, 0.3);
        let unsure = Problem { device: EdgeTpu { uncertainty: None, ..EdgeTpu::usb3() }, ..stated.clone() };
        assert!(Drawn::new(&unsure).is_none());
    }
}
