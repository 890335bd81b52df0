//! Hazards of operators on the CPU whose operands or results Coral's runner binds as constants, as it does with every
//! stage's inputs and outputs.
//!
//! The runner gives each stage fresh buffers for every inference and binds them read-only, so the interpreter takes
//! their contents for constants. A kernel that prepares constants once then uses the first inference's values ever
//! after, and a kernel that computes constant results when the model is loaded computes nothing later. Operators that
//! the Edge TPU takes become one compiled operator, which does neither, so only operators that stay on the CPU are at
//! risk.

use super::model::{Model, Operator};
use super::shapes::{self, Analysis};
use crate::graph::Uncuttable;

/// A tensor that, if it is bound as a constant, an operator on the CPU does not read or make anew for each inference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hazard {
    /// The number of the tensor.
    pub tensor: u32,
    /// The number of the operator on the CPU.
    pub operator: u32,
    /// The reason why the tensor must not leave its stage: [`Uncuttable::HeldOnce`] or [`Uncuttable::Skipped`].
    pub why: Uncuttable,
}

impl Hazard {
    /// Returns a sentence that starts with the operator and says what goes wrong.
    pub fn text(&self, model: &Model) -> String {
        let operator = &model.operators[self.operator as usize];
        let place = format!("operator {} ({}) stays on the CPU", self.operator, model.label(operator));
        match self.why {
            Uncuttable::Skipped => {
                format!("{place}, where newer runtimes skip it if its result is handed out of a stage")
            }
            _ => format!(
                "{place} and takes a value that the stage is handed for a constant: it would read the first inference's \
                                 value, and use that for every later inference"
            ),
        }
    }
}

/// Returns the hazards of `model`, in the order of its operators; `on_cpu` is true for each operator that stays on the
/// CPU.
///
/// Complexity: linear in operators and operands.
pub fn hazards(model: &Model, shapes: &Analysis, on_cpu: &[bool]) -> Vec<Hazard> {
    let mut found = Vec::new();
    let mut is_late = false;
    for (number, operator) in model.operators.iter().enumerate() {
        if model.codes[operator.code as usize].is_foreign {
            continue;
        }
        let number = number as u32;
        let def = model.def(operator);
        let mut held: Vec<u32> = held_once(model, operator).collect();
        if is_late {
            held.extend(prepared_with_bound_operands(model, operator, shapes));
        }
        is_late |= operator.outputs.iter().any(|&tensor| shapes.is_dynamic(tensor));
        if held.is_empty() && !def.skips_constant_output {
            continue;
        }
        if !on_cpu[number as usize] {
            continue;
        }
        let hazard = |tensor, why| Hazard { tensor, operator: number, why };
        found.extend(held.into_iter().map(|tensor| hazard(tensor, Uncuttable::HeldOnce)));
        if def.skips_constant_output {
            found.extend(operator.outputs.iter().map(|&tensor| hazard(tensor, Uncuttable::Skipped)));
        }
    }
    found
}

/// Returns an operand to keep from being bound, if an operator comes after one whose result has a shape that is known
/// at run time only.
///
/// The interpreter prepares such an operator during the run, when tensors are bound already, and some kernels then
/// compute their result at once and for good if all operands are constants. One operand that is not bound prevents
/// that.
fn prepared_with_bound_operands(model: &Model, operator: &Operator, shapes: &Analysis) -> Option<u32> {
    let mut inputs = operator.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok());
    if inputs.clone().any(|tensor| shapes.is_dynamic(tensor)) {
        return None;
    }
    inputs.find(|&tensor| !model.is_constant(tensor) && !model.tensors[tensor as usize].is_variable)
}

/// Returns the activations that the operator's kernel reads once if they are bound as constants: those that it
/// prepares, and those whose values shape its results.
fn held_once<'m>(model: &'m Model, operator: &'m Operator) -> impl Iterator<Item = u32> + 'm {
    let prepared = model.def(operator).held_once.iter();
    let prepared = prepared.filter_map(|&place| u32::try_from(*operator.inputs.get(place)?).ok());
    prepared
        .chain(shapes::value_operands(model, operator))
        .filter(|&tensor| !shapes::is_fixed(model, tensor) && !model.tensors[tensor as usize].is_variable)
}
