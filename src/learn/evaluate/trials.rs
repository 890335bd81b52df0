//! The runs of the methods on one problem.

use std::time::Instant;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::case::Trial;
use super::method::Method;
use super::setting::Setting;
use crate::policy::{Choice, published};
use crate::problem::Problem;
use crate::problem::Schedule;
use crate::problem::judge::verify;
use crate::solve::instance::Instance;
use crate::solve::order::{Order, linear_extension};
use crate::solve::order_cuts::cut;
use crate::solve::{Algorithm, Budget, solve};

/// Runs every method on `problem`.
pub(super) fn trials(problem: &Problem, setting: &Setting, budget: &Budget) -> Vec<Trial> {
    let (seed, samples) = (setting.seed, setting.samples);
    let instance = &Instance::unchecked(problem);
    let bound = instance.simple_bound();
    let cut = |sequence: &[u32]| cut(problem, instance, sequence, bound, u64::MAX, budget);
    let value = |found: Option<(u64, Schedule)>| found.map(|(value, _)| value);
    let of_order = |order| value(cut(&linear_extension(instance, order)));

    let solved = |algorithm| solve(problem, algorithm, budget).ok().map(|solution| solution.value);
    // The network is compiled before anything is timed.
    let policy = setting.policies.policy(problem.objective).ok();
    policy.inspect(|policy| _ = policy.is_compiled());
    let (greedy, greedy_seconds) = timed(|| value(cut(&policy?.order(&Instance::unchecked(problem)))));
    Method::ALL
        .into_iter()
        .map(|method| {
            let (value, seconds) = match method {
                Method::ParameterCount => timed(|| solved(Algorithm::ParameterCount)),
                Method::Policy => (greedy, greedy_seconds),
                Method::Published => timed(|| {
                    let schedule = published::solve(problem, setting.published.as_ref()?);
                    verify(problem, &schedule).ok().map(|evaluation| evaluation.value(problem.objective))
                }),
                Method::Respect => timed(|| solved(Algorithm::Respect)),
                Method::Random => timed(|| {
                    let start = Instant::now();
                    let mut best = None;
                    for number in 0.. {
                        let value = of_order(Order::Random(seed, number));
                        best = [best, value].into_iter().flatten().min();
                        if start.elapsed().as_secs_f64() >= greedy_seconds {
                            break;
                        }
                    }
                    best
                }),
                Method::Samples => timed(|| {
                    let policy = policy?.read(instance, bound);
                    let drawn = (0..samples).filter_map(|sample| {
                        let mut random = ChaCha8Rng::seed_from_u64(seed);
                        random.set_stream(u64::from(sample));
                        value(cut(&policy.order(Choice::Sample(&mut random))))
                    });
                    drawn.chain(greedy).min()
                }),
                _ => timed(|| of_order(method.order()?)),
            };
            Trial { method, value, seconds }
        })
        .collect()
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let result = run();
    (result, start.elapsed().as_secs_f64())
}
