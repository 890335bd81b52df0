//! The shapes and types that the interpreter gives tensors, computed by the operator table's rules.
//!
//! The interpreter computes shapes, and some types, anew when it loads a model; a stage, loaded alone, starts from what
//! the file declares for its inputs. So a cut is made only where the computed shape is known before the model runs and
//! is the declared one. `shape_signature` plays no part in this: where it has -1 for a batch that was left open, the
//! interpreter allocates by `shape`.

mod infer;
mod moving;

use std::rc::Rc;

use super::model::{Model, Operator, Tensor};
use super::ops::ShapeRule;
use infer::{Dims, Inferred, MOST_DIMENSIONS, View};

/// The knowledge of a tensor's shape and type before the model runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The shape and type are those that the file declares.
    Declared,
    /// The file declares another shape or type than the operator gives.
    Misdeclared,
    /// No rule is known for the operator of this number, so the shape that the file declares can't be checked.
    Unruled(u32),
    /// The shape is known at run time only.
    AtRunTime(RunTimeShape),
}

/// The cause of a shape that is known at run time only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunTimeShape {
    /// The operator whose result has a shape that depends on values; none for a model input that declares no size.
    pub operator: Option<u32>,
    /// The tensor with those values, which is not a constant; none if the operator counts what it finds.
    pub operand: Option<u32>,
}

/// The knowledge of the shapes and types of all tensors of a model.
#[derive(Clone, Debug)]
pub struct Analysis {
    known: Vec<Known>,
}

impl Analysis {
    /// Returns the knowledge of one tensor.
    pub fn known(&self, tensor: u32) -> Known {
        self.known[tensor as usize]
    }

    /// Returns whether the tensor's shape is known at run time only.
    pub fn is_dynamic(&self, tensor: u32) -> bool {
        matches!(self.known(tensor), Known::AtRunTime(_))
    }
}

/// Computes the shape of every tensor of `model`, and compares it with the declared one.
///
/// A shape that depends on a value which is not a constant of the file is known at run time only, and so is each shape
/// that depends on such a shape. Newer interpreters fold some chains, such as a RESHAPE by a SHAPE, when they load a
/// model; Coral's does not, so these count as known at run time only.
///
/// Complexity: linear in operators and their operands.
pub fn analyze(model: &Model) -> Analysis {
    let is_foreign = model.codes.iter().any(|code| code.is_foreign);
    let declared: Vec<Option<Dims>> = model
        .tensors
        .iter()
        .map(|tensor| if is_foreign { stated(tensor) } else { declared(tensor) })
        .collect();
    let open = Known::AtRunTime(RunTimeShape { operator: None, operand: None });
    let mut known: Vec<Known> =
        declared.iter().map(|dims| if dims.is_some() { Known::Declared } else { open }).collect();
    let mut shapes = declared.clone();
    let mut types: Vec<i8> = model.tensors.iter().map(|tensor| tensor.kind.code).collect();
    for (number, operator) in model.operators.iter().enumerate() {
        let view = View { model, operator, shapes: &shapes };
        let kind = view.kind(&types);
        let result = result(number as u32, &view, &known, &declared);
        for (place, &tensor) in operator.outputs.iter().enumerate() {
            let index = tensor as usize;
            let dims = result.as_ref().ok().and_then(|inferred| inferred.of(place));
            let is_declared = dims == declared[index] && kind.is_none_or(|kind| kind == types[index]);
            known[index] = match (&result, &dims) {
                (Err(reason), _) => *reason,
                (Ok(_), None) => Known::Unruled(number as u32),
                (Ok(_), Some(_)) if is_declared => Known::Declared,
                (Ok(_), Some(_)) => Known::Misdeclared,
            };
            shapes[index] = dims;
            types[index] = kind.unwrap_or(types[index]);
        }
    }
    Analysis { known }
}

/// Returns the dimensions by which the interpreter allocates a tensor of a file, if none is negative; a scalar has
/// none.
fn declared(tensor: &Tensor) -> Option<Dims> {
    let size = |&dim: &i32| u32::try_from(dim).ok().map(i64::from);
    let dims = Some(tensor.dims()).filter(|dims| dims.len() <= MOST_DIMENSIONS)?;
    dims.iter().map(size).collect::<Option<Vec<_>>>().map(Rc::from)
}

/// Returns the dimensions of a value in a module of another dialect; none if one is left open, and so known at run time
/// only.
fn stated(tensor: &Tensor) -> Option<Dims> {
    let is_open = tensor.shape.is_none() || tensor.shape_signature.iter().flatten().any(|&dim| dim < 0);
    if is_open { None } else { declared(tensor) }
}

/// Returns the shapes of an operator's results, or the reason why they are not known.
fn result(number: u32, view: &View, known: &[Known], declared: &[Option<Dims>]) -> Result<Inferred, Known> {
    let (model, operator) = (view.model, view.operator);
    if model.codes[operator.code as usize].is_foreign {
        let is_open = operator.outputs.iter().any(|&tensor| declared[tensor as usize].is_none());
        let open = Known::AtRunTime(RunTimeShape { operator: Some(number), operand: None });
        let stated = operator.outputs.iter().map(|&tensor| declared[tensor as usize].clone()).collect();
        return if is_open { Err(open) } else { Ok(Inferred::Each(stated)) };
    }
    let inputs = || operator.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok());
    let dynamic =
        inputs().map(|tensor| known[tensor as usize]).find(|known| matches!(known, Known::AtRunTime(_)));
    if let Some(inherited) = dynamic {
        return Err(inherited);
    }
    let rule = model.def(operator).shape;
    if let Some(operand) = value_operands(model, operator).find(|&tensor| !is_fixed(model, tensor)) {
        return Err(Known::AtRunTime(RunTimeShape { operator: Some(number), operand: Some(operand) }));
    }
    if rule == ShapeRule::Counted {
        return Err(Known::AtRunTime(RunTimeShape { operator: Some(number), operand: None }));
    }
    let unruled =
        inputs().map(|tensor| known[tensor as usize]).find(|known| matches!(known, Known::Unruled(_)));
    view.infer().ok_or(unruled.unwrap_or(Known::Unruled(number)))
}

/// Returns the tensors whose values determine the shapes of the results of `operator`.
pub(super) fn value_operands<'m>(model: &Model, operator: &'m Operator) -> impl Iterator<Item = u32> + 'm {
    let places = model.def(operator).shape.value_operands();
    places.iter().filter_map(|&place| u32::try_from(*operator.inputs.get(place)?).ok())
}

/// Returns whether a tensor's values are in the file, or the tensor has none.
pub(super) fn is_fixed(model: &Model, tensor: u32) -> bool {
    model.is_constant(tensor)
}

#[cfg(test)]
mod tests;
