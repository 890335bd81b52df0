//! The judge that predicts which operators of a model stay on the CPU.

use super::limits;
use super::on_cpu::OnCpu;
use super::reason::{Cause, Reason};
use super::remedies::{
    FIXED_SIZES, KIND_REMEDIES, ONE_IMAGE, ORIGINAL, OUTSIDE, REPLACE, TYPE_REMEDIES, known,
};
use crate::graph::OpId;
use crate::tflite::model::{Model, Operator, Tensor};
use crate::tflite::shapes::Analysis;

/// The name of the custom operator that stands for what the Edge TPU computes in a compiled model.
pub const COMPILED: &str = "edgetpu-custom-op";

/// The judge of one model's operators.
#[derive(Clone, Copy)]
pub struct Placement<'m> {
    pub(super) model: &'m Model<'m>,
    pub(super) shapes: &'m Analysis,
}

impl<'m> Placement<'m> {
    /// Returns the judge of `model`, whose shapes are analyzed in `shapes`.
    pub fn new(model: &'m Model<'m>, shapes: &'m Analysis) -> Placement<'m> {
        Placement { model, shapes }
    }

    /// Returns whether the model is one that the compiler wrote.
    pub(super) fn is_compiled(&self) -> bool {
        self.model.operators.iter().any(|operator| self.model.label(operator) == COMPILED)
    }

    /// Returns the reason why the Edge TPU can't take an operator, whatever operators are around it; none if it can.
    pub fn operator(&self, operator: &Operator) -> Option<Reason> {
        let model = self.model;
        let reason = |cause, why: String, remedy| Some(Reason { cause, why, remedy });
        let Some(limits) = model.def(operator).edgetpu else {
            let label = model.label(operator);
            let (why, remedy) = match label {
                COMPILED => ("already compiled", ORIGINAL),
                _ => ("not an operator of the Edge TPU", known(&KIND_REMEDIES, label, REPLACE)),
            };
            return reason(Cause::Kind, why.into(), remedy);
        };
        for number in tensors(operator) {
            let tensor = &model.tensors[number as usize];
            if self.shapes.is_dynamic(number) {
                let why = format!("shape of '{}' known at run time only", tensor.label());
                return reason(Cause::DynamicShape, why, FIXED_SIZES);
            }
            // State that stays on the device may have 16 bits, as that of an LSTM has.
            if model.is_constant(number) || tensor.is_variable {
                continue;
            }
            if !tensor.kind.is_for_the_array() {
                let kind = tensor.kind.name;
                let remedy = known(&TYPE_REMEDIES, kind, OUTSIDE);
                return reason(Cause::Type, format!("values of type {kind}"), remedy);
            }
            if !is_flat(tensor) {
                return reason(Cause::Dimensions, "more than three dimensions above 1".into(), ONE_IMAGE);
            }
        }
        limits::beyond(model, operator, limits)
    }

    /// Returns the reason why the compiler may not take an operator that is within its known limits; none if there is
    /// no doubt.
    pub fn doubt(&self, operator: &Operator) -> Option<String> {
        limits::doubt(self.model, operator)
    }

    /// Returns the operators that stay on the CPU if `operators` are compiled together, grouped by reason, in the order
    /// of each group's first operator.
    pub fn on_cpu(&self, operators: &[OpId]) -> Vec<OnCpu> {
        let mut groups: Vec<OnCpu> = Vec::new();
        for (op, reason) in operators.iter().zip(self.place(operators)) {
            let Some(Reason { why, remedy, .. }) = reason else { continue };
            let known = groups.iter().position(|group| group.why == why && group.remedy == remedy);
            let known = known.unwrap_or_else(|| {
                groups.push(OnCpu { kinds: Vec::new(), operators: Vec::new(), why, remedy: remedy.into() });
                groups.len() - 1
            });
            let kind = self.model.label(&self.model.operators[op.index()]);
            let group = &mut groups[known];
            group.operators.push(op.0);
            if group.kinds.iter().all(|known| known != kind) {
                group.kinds.push(kind.into());
            }
        }
        groups
    }
}

/// Returns the tensors that an operator reads and those that it makes.
pub(super) fn tensors(operator: &Operator) -> impl Iterator<Item = u32> {
    let inputs = operator.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok());
    inputs.chain(operator.outputs.iter().copied())
}

/// Returns whether all dimensions but the last three are 1, as the array requires.
pub(super) fn is_flat(tensor: &Tensor) -> bool {
    tensor.dims().iter().rev().skip(3).all(|&dim| dim == 1)
}
