//! The reasons why cuts by hand make no schedule.

use crate::problem::Defect;
use crate::problem::judge::Violation;
use crate::solve::error::list;

/// The reason why cuts by hand make no schedule.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CutError {
    /// A name stands for no tensor of the graph.
    #[error("no tensor between operations is called '{name}'{}", nearest(.near))]
    Unknown {
        /// The name that the user gave.
        name: String,
        /// The tensors' names that are most like it.
        near: Vec<String>,
    },
    /// A name is missing: there is nothing between two separators, or no text at all.
    #[error("a name is missing: give tensors as A,B or, to end one stage with both, A+B")]
    Missing,
    /// A cut is after a tensor that no operation makes.
    #[error("cut {cut}: '{name}' is a model input, which no stage makes: name what an operation makes of it")]
    Input {
        /// The cut's number, from 1.
        cut: usize,
        /// The tensor's name.
        name: String,
    },
    /// A cut is after a model output, which the last stage must make.
    #[error(
        "cut {cut}: '{name}' is a model output, and Coral's runner takes them all from the last stage (rule 3): name what \
         it is made of"
    )]
    Output {
        /// The cut's number, from 1.
        cut: usize,
        /// The tensor's name.
        name: String,
    },
    /// A tensor is named twice in one cut.
    #[error("cut {cut}: '{name}' is named twice")]
    Twice {
        /// The cut's number, from 1.
        cut: usize,
        /// The tensor's name.
        name: String,
    },
    /// A cut is after a tensor that can't be handed on, as its maker and all its readers must share a stage.
    #[error("cut {cut}: no stage can end after '{name}', as it {why}: name a tensor before or after it")]
    Uncuttable {
        /// The cut's number, from 1.
        cut: usize,
        /// The tensor's name.
        name: String,
        /// The reason, as the end of a sentence that starts with the tensor.
        why: String,
    },
    /// A cut's tensors are all made before the previous cut.
    #[error(
        "cut {cut}, after {tensors}: nothing is left for stage {}, as all of it is made before: give cuts in order, \
         from the model's inputs to its outputs", .cut - 1
    )]
    OutOfOrder {
        /// The cut's number, from 1.
        cut: usize,
        /// The names of the cut's tensors.
        tensors: String,
    },
    /// The cuts make more stages than the problem has room for.
    #[error("{cuts} cut{}: {}", if *cuts == 1 { "" } else { "s" }, list(.defects))]
    Problem {
        /// The number of cuts.
        cuts: usize,
        /// The defects of the problem.
        defects: Vec<Defect>,
    },
    /// The judge refuses the schedule.
    #[error("the stages can't run: {}; {ends}", list(.violations))]
    Invalid {
        /// Every rule that the schedule breaks, and where.
        violations: Vec<Violation>,
        /// A sentence that says where each stage ends.
        ends: String,
    },
}

/// Returns the end of a sentence that offers similar names.
fn nearest(names: &[String]) -> String {
    match names {
        [] => ": 'respect graph' lists those that there are".into(),
        names => format!(
            ": is it {}?",
            list(&names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>()).replace("; ", " or ")
        ),
    }
}
