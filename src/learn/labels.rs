//! Labels: the exact solver's results on many graphs, for whoever learns from them.
//!
//! A [`Plan`] says which problems each graph of a [`GraphSource`](source::GraphSource) poses; [`Plan::label`] solves them. The
//! labels depend on plan and graph alone, so that any number of threads and machines, each with a [`Shard`], and any
//! number of interruptions (see [`journal`]) lead to the same bytes.

pub mod journal;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod source;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::cancel::Cancel;
use crate::device::EdgeTpu;
use crate::graph::OpGraph;
use crate::problem::Schedule;
use crate::problem::{Objective, Problem, Rules};
use crate::solve::{Algorithm, Budget, Status, solve};
use crate::stages::manifest::in_units;

/// The exact solver's result on one graph, number of stages and objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The place of the graph in its source, from 0.
    pub number: u64,
    /// The name of the graph.
    pub name: String,
    /// The number of stages.
    pub stages: u32,
    /// The figure that the schedule minimizes.
    pub objective: Objective,
    /// The proof that the schedule has; none if no schedule was found.
    pub status: Option<Status>,
    /// The objective's value: bytes for `memory`, microseconds for `latency`.
    pub value: Option<f64>,
    /// The bound that no valid schedule's value is below, in units of the value.
    pub lower_bound: Option<f64>,
    /// The stage of every operation.
    pub stage_of: Option<Schedule>,
    /// The reason why no schedule was found.
    pub why_not: Option<String>,
}

/// The problems that every graph poses, and the budget for each.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The numbers of stages.
    pub stages: Vec<u32>,
    /// The objectives of the problems.
    pub objectives: Vec<Objective>,
    /// The rules that schedules obey.
    pub rules: Rules,
    /// The device of every stage.
    pub device: EdgeTpu,
    /// The most order ideals that the solver may hold.
    pub max_ideals: usize,
}

impl Plan {
    /// Returns number of stages and objective of each problem, in the order of a graph's labels.
    pub fn problems(&self) -> impl Iterator<Item = (u32, Objective)> {
        self.stages
            .iter()
            .flat_map(|&stages| self.objectives.iter().map(move |&objective| (stages, objective)))
    }

    /// Returns the labels of graph `number`. After a request to stop, the labels must not be used.
    pub fn label(&self, number: u64, graph: &OpGraph, cancel: &Cancel) -> Vec<Label> {
        let budget = Budget { ideals: self.max_ideals, cancel: Some(cancel), ..Budget::of(Algorithm::Exact) };
        let answer = |(stages, objective)| {
            let problem =
                Problem { graph, stages, device: self.device.clone(), objective, rules: self.rules };
            let result = solve(&problem, Algorithm::Exact, &budget);
            let why_not = result.as_ref().err().map(ToString::to_string);
            let solution = result.ok();
            let figure = |value: u64| in_units(objective, value);
            Label {
                number,
                name: graph.name().into(),
                stages,
                objective,
                status: solution.as_ref().map(|solution| solution.status),
                value: solution.as_ref().map(|solution| figure(solution.value)),
                lower_bound: solution.as_ref().map(|solution| figure(solution.lower_bound)),
                stage_of: solution.map(|solution| solution.schedule),
                why_not,
            }
        };
        self.problems().map(answer).collect()
    }
}

/// A share of the graphs: those whose number leaves `index` when divided by `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shard {
    index: u64,
    count: u64,
}

/// The error of a text that names no shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a shard: write I/N with I from 0 to N - 1, such as 0/8 for the first of eight")]
pub struct ShardError;

impl Shard {
    /// The shard with all graphs: the only one of one.
    pub const ALL: Shard = Shard { index: 0, count: 1 };

    /// Returns whether graph `number` belongs to the shard.
    pub fn holds(self, number: u64) -> bool {
        number % self.count == self.index
    }

    /// Returns the number of the shard's graph at `place`, both from 0.
    pub fn number_at(self, place: u64) -> u64 {
        self.index + place * self.count
    }

    /// Returns how many of `total` graphs belong to the shard.
    pub fn share_of(self, total: u64) -> u64 {
        (total + self.count - 1 - self.index) / self.count
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Shard, ShardError> {
        let number = |text: &str| text.parse::<u32>().map(u64::from).map_err(|_| ShardError);
        let (index, count) = text.split_once('/').ok_or(ShardError)?;
        let (index, count) = (number(index)?, number(count)?);
        if index < count { Ok(Shard { index, count }) } else { Err(ShardError) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_divide_the_graphs() {
        for count in 1..8 {
            let shards: Vec<Shard> =
                (0..count).map(|index| format!("{index}/{count}").parse().unwrap()).collect();
            for total in 0..30 {
                assert_eq!(shards.iter().map(|shard| shard.share_of(total)).sum::<u64>(), total);
                for shard in &shards {
                    let own: Vec<u64> = (0..total).filter(|&number| shard.holds(number)).collect();
                    let counted: Vec<u64> =
                        (0..shard.share_of(total)).map(|place| shard.number_at(place)).collect();
                    assert_eq!(own, counted, "{shard} of {total}");
                }
            }
        }
        for text in ["", "1", "1/1", "0/0", "2/1", "-1/2", "1/2/3", "a/b", "0/99999999999"] {
            assert_eq!(text.parse::<Shard>(), Err(ShardError), "{text}");
        }
    }
}
