//! The faults of a model as a whole that is not fit for an Edge TPU: already compiled, not quantized, or half
//! quantized.

use super::on_cpu::listed;
use super::placement::{COMPILED, Placement, is_flat, tensors};
use super::remedies::{EIGHT_BITS, FIXED_SIZES, ONE_IMAGE, ORIGINAL, QUANTIZE, REPLACE};
use crate::graph::OpId;
use crate::tflite::cuts::CutCheck;
use crate::tflite::model::{Model, Operator};
use crate::tflite::shapes::Known;

/// A fault of a whole model, which the user has to know before the model is cut for Edge TPUs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The fault, as a clause about the model.
    pub what: String,
    /// An instruction that says what to do about the fault.
    pub remedy: &'static str,
    /// True if the compiler would refuse the model, or find nothing in it to compile.
    pub is_refused: bool,
}

impl std::fmt::Display for Whole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

/// A form of models that are not fit for an Edge TPU.
struct Form {
    is_it: fn(&Facts) -> bool,
    what: &'static str,
    remedy: &'static str,
}

/// The forms, from the most specific to the least.
const FORMS: [Form; 5] = [
    Form {
        is_it: |facts| facts.float16,
        what: "its weights are float16 and it computes in float32",
        remedy: QUANTIZE,
    },
    Form {
        is_it: |facts| facts.float32 && facts.weights_of_8_bits && !facts.values_of_8_bits,
        what: "its weights are quantized, but it computes in float32 (dynamic-range quantization)",
        remedy: QUANTIZE,
    },
    Form {
        is_it: |facts| facts.int16 && !facts.values_of_8_bits,
        what: "its activations have 16 bits (16x8 quantization)",
        remedy: EIGHT_BITS,
    },
    Form {
        is_it: |facts| facts.float32 && !facts.values_of_8_bits,
        what: "it is not quantized: it computes in float32",
        remedy: QUANTIZE,
    },
    Form {
        is_it: |facts| facts.batch,
        what: "its batch gives its inputs more than three dimensions above 1",
        remedy: ONE_IMAGE,
    },
];

/// The properties of a model's tensors that tell its form.
#[derive(Default)]
struct Facts {
    float16: bool,
    float32: bool,
    int16: bool,
    values_of_8_bits: bool,
    weights_of_8_bits: bool,
    batch: bool,
}

impl Facts {
    fn of(model: &Model) -> Facts {
        let is_batch = |&input: &u32| !is_flat(&model.tensors[input as usize]);
        let mut facts = Facts { batch: model.inputs.iter().any(is_batch), ..Facts::default() };
        for operator in &model.operators {
            let weights = model.def(operator).narrow;
            for (place, &tensor) in operator.inputs.iter().enumerate() {
                if let Ok(number) = u32::try_from(tensor)
                    && model.is_constant(number)
                {
                    let kind = model.tensors[number as usize].kind;
                    facts.float16 |= kind.name == "FLOAT16" && model.label(operator) == "DEQUANTIZE";
                    facts.weights_of_8_bits |= weights.contains(&place) && kind.is_for_the_array();
                }
            }
            let is_edge = is_conversion(model, operator);
            for number in tensors(operator).filter(|&number| !model.is_constant(number)) {
                let tensor = &model.tensors[number as usize];
                facts.float32 |= tensor.kind.name == "FLOAT32";
                facts.int16 |= tensor.kind.name == "INT16" && !tensor.is_variable;
                facts.values_of_8_bits |= tensor.kind.is_for_the_array() && !is_edge;
            }
        }
        facts
    }
}

/// Returns whether an operator only converts values, so that their types do not say in which type the model computes.
fn is_conversion(model: &Model, operator: &Operator) -> bool {
    ["QUANTIZE", "DEQUANTIZE", "CAST"].contains(&model.label(operator))
}

impl Placement<'_> {
    /// Returns the fault of the model as a whole, if there is one.
    pub fn whole(&self) -> Option<Whole> {
        let model = self.model;
        let refused = |what: String, remedy| Some(Whole { what, remedy, is_refused: true });
        if self.is_compiled() {
            return refused(format!("it is already compiled, as it holds '{COMPILED}'"), ORIGINAL);
        }
        let all = model.operators.iter().flat_map(tensors);
        let at_run_time = all.into_iter().find_map(|tensor| match self.shapes.known(tensor) {
            Known::AtRunTime(cause) => Some((tensor, cause)),
            _ => None,
        });
        if let Some((tensor, cause)) = at_run_time {
            let name = model.tensors[tensor as usize].label();
            let why = CutCheck::new(model).shaped_by(cause);
            let what = format!("the shape of '{name}' is known at run time only, as {why}");
            return refused(what, FIXED_SIZES);
        }
        let is_refused = self.place(&self.all()).iter().all(Option::is_some);
        let facts = Facts::of(model);
        match FORMS.iter().find(|form| (form.is_it)(&facts)) {
            Some(form) => Some(Whole { what: form.what.into(), remedy: form.remedy, is_refused }),
            None if is_refused => refused("it has no operator that the Edge TPU takes".into(), REPLACE),
            None => None,
        }
    }

    /// Returns the warnings for the user before the model is cut, as clauses: the fault of the whole, and the number of
    /// operators that the Edge TPU does not take.
    pub fn warnings(&self) -> Vec<String> {
        let model = self.model;
        let whole = self.whole();
        let mut kinds: Vec<&str> = Vec::new();
        let mut count = 0;
        for operator in model.operators.iter().filter(|operator| self.operator(operator).is_some()) {
            count += 1;
            let kind = model.label(operator);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let some = (count > 0 && whole.as_ref().is_none_or(|whole| !whole.is_refused)).then(|| {
            let (all, kinds) = (model.operators.len(), listed(&kinds));
            format!(
                "{count} of {all} operators are not for the Edge TPU ({kinds}); 'respect inspect' says why"
            )
        });
        whole.as_ref().map(Whole::to_string).into_iter().chain(some).collect()
    }

    /// Returns all operators of the model.
    pub fn all(&self) -> Vec<OpId> {
        (0..self.model.operators.len() as u32).map(OpId).collect()
    }
}
