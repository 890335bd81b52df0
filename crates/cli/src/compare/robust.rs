//! The schedules of one problem on the devices that the real one may be, and the one that is best in their mean.

use std::time::Instant;

use respect::draws::{Certainty, DRAWS, Drawn, Interval, Odds};
use respect::problem::{Problem, Schedule};
use respect::solve::{Claim, Origin, Solution, Status};

/// The name of the row of the schedule that is best in the mean of the draws.
pub const ROBUST: &str = "robust";

/// The number of drawn devices whose own best schedules are tried as well.
const OPTIMA: usize = 4;

/// The times of schedules in every draw of one problem.
pub struct Priced<'p> {
    drawn: Drawn<'p>,
    times: Vec<(Schedule, Vec<f64>)>,
}

impl<'p> Priced<'p> {
    /// Returns the times of no schedule yet; `None` if the device states no uncertainty.
    pub fn new(problem: &'p Problem<'p>) -> Option<Priced<'p>> {
        Some(Priced { drawn: Drawn::new(problem)?, times: Vec::new() })
    }

    /// Returns the times of a valid schedule, which several schedulers may have found.
    fn times(&mut self, schedule: &Schedule) -> Vec<f64> {
        if let Some((_, times)) = self.times.iter().find(|(known, _)| known == schedule) {
            return times.clone();
        }
        let times = self.drawn.bottlenecks(schedule);
        self.times.push((schedule.clone(), times.clone()));
        times
    }

    /// Returns how sure the figures of a valid schedule are.
    pub fn certainty(&mut self, schedule: &Schedule, default: Option<&Schedule>) -> Certainty {
        let own = self.times(schedule);
        Certainty {
            bottleneck_us: Interval::of(own.iter().copied()),
            over_default: default.map(|default| Odds::of(&own, &self.times(default))),
        }
    }

    /// Returns the schedule that is fastest in the mean of the draws, of `found` and of what `solve` finds best for some
    /// of the drawn devices; `None` if there is no schedule.
    pub fn robust(
        &mut self,
        problem: &Problem,
        found: impl Iterator<Item = Schedule>,
        solve: impl Fn(&Problem) -> Option<Solution>,
    ) -> Option<Solution> {
        let start = Instant::now();
        let optimum = |device| Some(solve(&Problem { device, ..problem.clone() })?.schedule);
        let devices: Vec<_> = self.drawn.devices().iter().take(OPTIMA).cloned().collect();
        let candidates: Vec<Schedule> = found.chain(devices.into_iter().filter_map(optimum)).collect();
        let means = candidates.iter().map(|schedule| self.times(schedule).iter().sum::<f64>());
        let first = |best: (usize, f64), next: (usize, f64)| if next.1 < best.1 { next } else { best };
        let (best, _) = means.enumerate().reduce(first)?;
        let claim = Claim {
            status: Status::Feasible,
            lower_bound: 0,
            detail: format!("fastest in the mean of {DRAWS} draws"),
            solve_time: start.elapsed(),
        };
        Solution::judged(problem, candidates[best].clone(), Origin::Program(ROBUST.into()), claim).ok()
    }
}
