//! The tensors of a model that must not be handed from one stage to the next, with the cause and what to do about it.

use std::collections::{HashMap, HashSet};

use super::hazards::{Hazard, hazards};
use super::model::{Model, Operator};
use super::ops::ShapeRule;
use super::shapes::{self, Analysis, Known, RunTimeShape};
use super::support::{FIXED_SIZES, Placement};
use crate::graph::{OpId, Uncuttable};

/// Returns the inputs and outputs of `model`, a stage, that Coral's runner can't bind to buffers of its own, each with
/// the reason and the cause of that reason in words.
///
/// Complexity: linear in the model's operators.
pub fn unbindable(model: &Model) -> Vec<(u32, Uncuttable, String)> {
    let cuts = CutCheck::of_stage(model);
    let read: HashSet<i32> =
        model.operators.iter().flat_map(|operator| operator.inputs.iter().copied()).collect();
    let inputs = model.inputs.iter().filter(|&&input| read.contains(&(input as i32)));
    let bound = inputs.chain(&model.outputs).copied();
    bound
        .filter_map(|tensor| cuts.of(tensor).map(|(why, detail)| (tensor, why, detail)))
        .filter(|(_, why, _)| why.forbids_binding())
        .collect()
}

/// Returns the operands that an operator writes into: for a basic LSTM, the activation and the state of the previous
/// step.
fn written_operands<'m>(operator: &'m Operator<'m>) -> impl Iterator<Item = u32> + 'm {
    const PREVIOUS_ACTIVATION: usize = 1;
    const PREVIOUS_STATE: usize = 4;
    let is_basic = operator.options.as_ref().is_some_and(|options| options.int("kernel_type") == Some(1));
    let places = if is_basic { &[PREVIOUS_ACTIVATION, PREVIOUS_STATE][..] } else { &[] };
    places.iter().filter_map(|&place| u32::try_from(*operator.inputs.get(place)?).ok())
}

/// A model with the facts that decide whether its tensors can be cut.
pub(super) struct CutCheck<'m> {
    model: &'m Model<'m>,
    shapes: Analysis,
    hazards: HashMap<u32, Hazard>,
    /// The operator that makes each tensor that is computed from constants alone.
    of_constants: HashMap<u32, u32>,
    maker: HashMap<u32, u32>,
    /// The operator that reads each tensor and also writes into it.
    written: HashMap<u32, u32>,
}

impl<'m> CutCheck<'m> {
    /// Returns the facts about a whole model, of which each operator is judged alone.
    pub(super) fn new(model: &'m Model<'m>) -> CutCheck<'m> {
        let shapes = shapes::analyze(model);
        let judge = Placement::new(model, &shapes);
        let on_cpu: Vec<bool> = model.operators.iter().map(|entry| judge.operator(entry).is_some()).collect();
        CutCheck::with(model, shapes, &on_cpu)
    }

    /// Returns the facts about a stage, whose operators are compiled together.
    fn of_stage(model: &'m Model<'m>) -> CutCheck<'m> {
        let shapes = shapes::analyze(model);
        let all: Vec<OpId> = (0..model.operators.len() as u32).map(OpId).collect();
        let on_cpu: Vec<bool> =
            Placement::new(model, &shapes).place(&all).iter().map(Option::is_some).collect();
        CutCheck::with(model, shapes, &on_cpu)
    }

    fn with(model: &'m Model<'m>, shapes: Analysis, on_cpu: &[bool]) -> CutCheck<'m> {
        let mut by_tensor = HashMap::new();
        for hazard in hazards(model, &shapes, on_cpu) {
            by_tensor.entry(hazard.tensor).or_insert(hazard);
        }
        let mut maker = HashMap::new();
        let mut of_constants = HashMap::new();
        let mut written = HashMap::new();
        for (number, operator) in model.operators.iter().enumerate() {
            let mut inputs =
                operator.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok()).peekable();
            let is_constant = |tensor: u32| model.is_constant(tensor) || of_constants.contains_key(&tensor);
            // If a shape is known beforehand, the interpreter makes a constant of an operator that asks for it.
            let asks_shape = matches!(model.def(operator).shape, ShapeRule::Shape | ShapeRule::Rank);
            let is_foreign = model.codes[operator.code as usize].is_foreign;
            let reads_constants =
                !is_foreign && (asks_shape || inputs.peek().is_some() && inputs.all(is_constant));
            written.extend(written_operands(operator).map(|tensor| (tensor, number as u32)));
            for &output in &operator.outputs {
                maker.insert(output, number as u32);
                if reads_constants {
                    of_constants.insert(output, number as u32);
                }
            }
        }
        CutCheck { model, shapes, hazards: by_tensor, of_constants, maker, written }
    }

    /// Returns whether the tensor's shape is known at run time only.
    pub(super) fn is_dynamic(&self, tensor: u32) -> bool {
        self.shapes.is_dynamic(tensor)
    }

    /// Returns the reason why no cut may go through a tensor, if there is one, with a text on its cause, which may be
    /// empty.
    pub(super) fn of(&self, tensor: u32) -> Option<(Uncuttable, String)> {
        let entry = &self.model.tensors[tensor as usize];
        match self.shapes.known(tensor) {
            Known::AtRunTime(cause) => return Some((Uncuttable::DynamicShape, self.at_run_time(cause))),
            Known::Misdeclared => return Some((Uncuttable::WrongShape, String::new())),
            Known::Unruled(operator) => {
                let text = format!("no shape rule is known for {}", self.operator(operator));
                return Some((Uncuttable::UnknownShape, text));
            }
            Known::Declared => {}
        }
        if entry.bytes().is_none() || entry.is_variable {
            return Some((Uncuttable::Opaque, String::new()));
        }
        if let Some(&operator) = self.written.get(&tensor) {
            return Some((Uncuttable::Written, format!("{} keeps its state there", self.operator(operator))));
        }
        if let Some(hazard) = self.hazards.get(&tensor) {
            return Some((hazard.why, hazard.text(self.model)));
        }
        let operator = self.of_constants.get(&tensor)?;
        Some((Uncuttable::ConstantResult, format!("{} makes it", self.operator(*operator))))
    }

    /// Returns the operators that stay on the CPU, and the operators that the Edge TPU takes but that are skipped if
    /// they are left on the CPU behind one of the former. Of a model of which the Edge TPU takes all or nothing both lists
    /// are empty: in the second case its figures are those that it would have if it were for an Edge TPU.
    pub(super) fn behind_cpu(&self) -> (Vec<OpId>, Vec<OpId>) {
        let (on_cpu, skipped) = self.left_to_cpu();
        let is_mixed = (1..self.model.operators.len()).contains(&on_cpu.len());
        if is_mixed { (on_cpu, skipped) } else { Default::default() }
    }

    /// Returns the operators that stay on the CPU, and those that are skipped where they come after one.
    pub(super) fn left_to_cpu(&self) -> (Vec<OpId>, Vec<OpId>) {
        let judge = Placement::new(self.model, &self.shapes);
        let numbered = (0..).map(OpId).zip(&self.model.operators);
        let (on_cpu, taken): (Vec<_>, Vec<_>) =
            numbered.partition(|(_, entry)| judge.operator(entry).is_some());
        let is_skipped = |entry: &Operator| self.model.def(entry).skips_constant_output;
        let skipped = taken.iter().filter(|(_, entry)| is_skipped(entry)).map(|(op, _)| *op).collect();
        (on_cpu.iter().map(|(op, _)| *op).collect(), skipped)
    }

    fn operator(&self, number: u32) -> String {
        format!("operator {number} ({})", self.model.label(&self.model.operators[number as usize]))
    }

    fn at_run_time(&self, cause: RunTimeShape) -> String {
        match cause {
            RunTimeShape { operator: Some(_), operand: None } => self.shaped_by(cause),
            _ => format!("{}: {FIXED_SIZES}", self.shaped_by(cause)),
        }
    }

    /// Returns the cause of a shape that is known at run time only, as a clause.
    pub(super) fn shaped_by(&self, cause: RunTimeShape) -> String {
        let Some(operator) = cause.operator else {
            return "a model input declares no size".into();
        };
        let code = &self.model.codes[self.model.operators[operator as usize].code as usize];
        let operator = self.operator(operator);
        let Some(operand) = cause.operand else {
            return match code.is_foreign {
                true => format!("the result type of {operator} leaves a size open"),
                false => format!("the number of values that {operator} makes depends on its input"),
            };
        };
        let name = self.model.tensors[operand as usize].label();
        let from = match self.maker.get(&operand) {
            Some(&maker) => format!("which {} computes", self.operator(maker)),
            None => "which is a model input".into(),
        };
        format!("{operator} takes the shape of its result from '{name}', {from}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tflite::model::Value;
    use crate::tflite::testing::{constant, model_of, operator};

    #[test]
    fn what_a_basic_lstm_writes_into_is_not_cut() {
        let names = ["x", "before", "weights", "bias", "state", "y", "next", "a", "b"];
        let mut model = model_of(&names.map(|name| (name, &[1, 4][..])));
        model.inputs = vec![0, 1, 4];
        operator(&mut model, "LSTM", &[0, 1, 2, 3, 4], &[5, 6, 7, 8], &[("kernel_type", Value::Int(1))]);
        let cuts = CutCheck::new(&model);
        let written = Some((Uncuttable::Written, "operator 0 (LSTM) keeps its state there".to_string()));
        assert_eq!([1, 4].map(|tensor| cuts.of(tensor)), [written.clone(), written]);
        assert_eq!(cuts.of(0), None);
    }

    #[test]
    fn what_is_made_of_constants_alone_is_not_cut() {
        let mut model = model_of(&[("x", &[2]), ("y", &[2]), ("z", &[2]), ("rank", &[])]);
        model.inputs = vec![0];
        let weights = constant(&mut model, &[1, 2]);
        operator(&mut model, "RELU", &[weights as i32], &[1], &[]);
        operator(&mut model, "ADD", &[0, 1], &[2], &[]);
        operator(&mut model, "RANK", &[0], &[3], &[]);
        let why = |tensor| CutCheck::new(&model).of(tensor).map(|(why, _)| why);
        assert_eq!(why(1), Some(Uncuttable::WrongShape), "the result has the constant's type");
        assert_eq!(why(2), None);
        model.tensors[1].kind = model.tensors[weights as usize].kind;
        let why = |tensor| CutCheck::new(&model).of(tensor).map(|(why, _)| why);
        assert_eq!(why(1), Some(Uncuttable::ConstantResult));
    }

    #[test]
    fn what_is_prepared_during_a_run_keeps_an_operand_that_is_not_bound() {
        let names = ["x", "places", "a", "b", "c", "d"];
        let mut model = model_of(&names.map(|name| (name, &[4][..])));
        model.inputs = vec![0];
        // A sine of signed bytes stays on the CPU, as all operators of kinds that the Edge TPU lacks do.
        operator(&mut model, "SIN", &[0], &[2], &[]);
        operator(&mut model, "SIN", &[2], &[3], &[]);
        assert_eq!(CutCheck::new(&model).of(2), None);
        let mut late = model.clone();
        late.operators.clear();
        operator(&mut late, "SIN", &[0], &[2], &[]);
        operator(&mut late, "WHERE", &[0], &[1], &[]);
        operator(&mut late, "SIN", &[2], &[3], &[]);
        let why = |tensor| CutCheck::new(&late).of(tensor).map(|(why, _)| why);
        assert_eq!((why(1), why(2)), (Some(Uncuttable::DynamicShape), Some(Uncuttable::HeldOnce)));
    }
}
