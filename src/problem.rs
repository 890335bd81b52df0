//! The problem that a scheduler solves: a graph, a number of stages, a device, an objective and the rules.

mod defect;
pub mod fleet;
pub mod judge;
mod schedule;

use crate::base::listed::listed;
use crate::device::EdgeTpu;
use crate::graph::OpGraph;

pub use defect::Defect;
pub use schedule::{Schedule, StageId};

listed! {
    /// The quantity that a schedule minimizes.
    pub enum Objective: "objective" {
        Latency = "latency", "The slowest stage's time: compute, off-chip streaming and activation transfer";
        Memory = "memory", "The largest stage's parameter bytes";
    }
}

listed! {
    /// The set of rules that a schedule must obey.
    pub enum Rules: "rules" {
        Coral = "coral", "All that Coral's pipeline runner asks for";
        Precedence = "precedence", "Precedence and non-empty stages alone, as in the RESPECT paper";
    }
}

/// A graph to be cut into stages, with the device, the objective and the rules.
#[derive(Clone, Debug)]
pub struct Problem<'g> {
    /// The graph whose operations are scheduled.
    pub graph: &'g OpGraph,
    /// The number of stages.
    pub stages: u32,
    /// The device of every stage.
    pub device: EdgeTpu,
    /// The quantity to minimize.
    pub objective: Objective,
    /// The rules to obey.
    pub rules: Rules,
}

impl Problem<'_> {
    /// Returns the defects that make the problem unsolvable, as far as the graph and the rules alone tell;
    /// `solve::check` finds all defects.
    ///
    /// Complexity: linear.
    pub fn defects(&self) -> Vec<Defect> {
        let mut defects = Vec::new();
        if self.stages == 0 {
            defects.push(Defect::NoStages);
        }
        if self.graph.ops().is_empty() {
            defects.push(Defect::NoOperations);
        }
        if self.rules == Rules::Precedence || self.stages < 2 {
            return defects;
        }
        if self.graph.outputs().is_empty() {
            defects.push(Defect::NoOutputs);
        }
        for &tensor in self.graph.outputs() {
            if self.graph.tensor(tensor).producer.is_none() {
                let name = self.graph.tensor(tensor).name.clone();
                defects.push(Defect::OutputNotProduced { tensor, name });
            }
        }
        defects.extend(defect::unbindable(self.graph));
        defects
    }

    /// Returns the defect of asking for more stages than the graph has `room` for; `why` is the reason why it has no
    /// more.
    pub(crate) fn too_many_stages(&self, room: u32, why: String) -> Defect {
        let told = [defect::early_outputs(self.graph), defect::uncut(self.graph)];
        let told: Vec<String> = told.into_iter().flatten().collect();
        let uncut = (self.rules == Rules::Coral && !told.is_empty()).then(|| told.join("; "));
        Defect::TooManyStages { stages: self.stages, room, why, uncut }
    }
}
