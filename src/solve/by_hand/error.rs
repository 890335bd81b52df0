//! Why cuts by hand make no schedule.

use crate::problem::Defect;
use crate::problem::judge::Violation;
use crate::solve::error::list;

/// Why cuts by hand make no schedule.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CutError {
    /// A name stands for no tensor of the graph.
    #[error("no tensor between operations is called '{name}'{}", nearest(.near))]
    Unknown {
        /// The name.
        name: String,
        /// The names that are most like it.
        near: Vec<String>,
    },
    /// There is nothing between two separators, or in all.
    #[error("a name is missing: give tensors as A,B or, to end one stage with both, A+B")]
    Missing,
    /// A tensor that no operation makes.
    #[error("cut {cut}: '{name}' is a model input, which no stage makes: name what an operation makes of it")]
    Input {
        /// The cut, from 1.
        cut: usize,
        /// The tensor.
        name: String,
    },
    /// A model output, which the last stage must make.
    #[error(
        "cut {cut}: '{name}' is a model output, and Coral's runner takes them all from the last stage (rule 3): name what \
         it is made of"
    )]
    Output {
        /// The cut, from 1.
        cut: usize,
        /// The tensor.
        name: String,
    },
    /// A tensor stands twice in one cut.
    #[error("cut {cut}: '{name}' is named twice")]
    Twice {
        /// The cut, from 1.
        cut: usize,
        /// The tensor.
        name: String,
    },
    /// A tensor that can't be handed on, as its maker and all its readers must share a stage.
    #[error("cut {cut}: no stage can end after '{name}', as it {why}: name a tensor before or after it")]
    Uncuttable {
        /// The cut, from 1.
        cut: usize,
        /// The tensor.
        name: String,
        /// Why, as the end of a sentence that starts with the tensor.
        why: String,
    },
    /// A cut whose tensors are all made before the cut before it.
    #[error(
        "cut {cut}, after {tensors}: nothing is left for stage {}, as all of it is made before: give cuts in order, \
         from the model's inputs to its outputs", .cut - 1
    )]
    OutOfOrder {
        /// The cut, from 1.
        cut: usize,
        /// Its tensors.
        tensors: String,
    },
    /// Stages that the problem has no room for.
    #[error("{cuts} cut{}: {}", if *cuts == 1 { "" } else { "s" }, list(.defects))]
    Problem {
        /// How many cuts there are.
        cuts: usize,
        /// What is wrong.
        defects: Vec<Defect>,
    },
    /// The judge refuses the schedule.
    #[error("the stages can't run: {}; {ends}", list(.violations))]
    Invalid {
        /// Each breach.
        violations: Vec<Violation>,
        /// Where each stage ends, as a sentence.
        ends: String,
    },
}

/// The end of a sentence that says what else there is.
fn nearest(names: &[String]) -> String {
    match names {
        [] => ": 'respect graph' lists those that there are".into(),
        names => format!(
            ": is it {}?",
            list(&names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>()).replace("; ", " or ")
        ),
    }
}
