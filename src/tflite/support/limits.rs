//! The judging of operators by the limits of the operator table.

use super::reason::{Cause, Reason};
use super::remedies::PARAMETERS;
use crate::tflite::model::{Model, Operator};
use crate::tflite::ops::Limit;

/// The finding about an operator that one limit concerns.
enum Breach {
    /// The Edge TPU does not take the operator, for this reason.
    Beyond(String),
    /// The compiler may not take the operator, for this reason.
    Doubtful(String),
}

use Breach::{Beyond, Doubtful};

/// The factor by which feature maps are scaled up in two models that the Edge TPU computes completely, MoveNet and
/// YOLOv5.
const COMMON_FACTOR: i32 = 2;

/// Returns the reason why an operator is beyond its limits; none if it is within them.
pub(super) fn beyond(model: &Model, operator: &Operator, limits: &[Limit]) -> Option<Reason> {
    let candidate = Candidate { model, operator };
    limits.iter().find_map(|&limit| match candidate.finding(limit)? {
        Beyond(why) => {
            let is_constant = matches!(limit, Limit::Constant(_));
            let cause = if is_constant { Cause::Parameters } else { Cause::Limit };
            Some(Reason { cause, why, remedy: remedy(limit) })
        }
        Doubtful(_) => None,
    })
}

/// Returns the reason why the compiler may not take an operator that is within its known limits; none if there is no
/// doubt.
pub(super) fn doubt(model: &Model, operator: &Operator) -> Option<String> {
    let candidate = Candidate { model, operator };
    let limits = model.def(operator).edgetpu.unwrap_or_default();
    limits.iter().find_map(|&limit| match candidate.finding(limit)? {
        Doubtful(why) => Some(why),
        Beyond(_) => None,
    })
}

fn remedy(limit: Limit) -> &'static str {
    match limit {
        Limit::NoActivation => "give the activation an operator of its own",
        Limit::Constant(_) => PARAMETERS,
        Limit::EqualDilation => "dilate by the same factor in height and width",
        Limit::DefaultFormat => "convert the model with the default format of weights",
        Limit::RowOperand(_) => "share the slopes along height and width (shared_axes=[1, 2])",
        Limit::RowResult => "reshape, so that all dimensions but the last are 1, or use a 1x1 convolution",
        Limit::Elements(_) => "make the result smaller, or compute it outside of the model",
        Limit::ZerosBesideOne => "pad with PAD, or make the constant a model input",
        Limit::KeepsBatch => "reduce only the last three dimensions",
        Limit::DepthOfFours => "make the number of channels a multiple of 4",
        Limit::Upscaling => "repeat the values with TILE instead",
        Limit::Bytes(_) => "make the operator's tensors smaller",
        Limit::Steps => "take every channel, and pick the wanted ones with a 1x1 convolution",
        Limit::NoNewAxes => "write out begin and end for each dimension, and add dimensions with RESHAPE",
    }
}

/// An operator that may be beyond its limits.
struct Candidate<'a> {
    model: &'a Model<'a>,
    operator: &'a Operator<'a>,
}

impl Candidate<'_> {
    /// Returns the tensor of the operand at `place`; none if the operand is left out.
    fn operand(&self, place: usize) -> Option<u32> {
        self.operator.inputs.get(place).and_then(|&tensor| u32::try_from(tensor).ok())
    }

    fn dims(&self, tensor: u32) -> &[i32] {
        self.model.tensors[tensor as usize].dims()
    }

    fn operand_dims(&self, place: usize) -> Option<&[i32]> {
        Some(self.dims(self.operand(place)?))
    }

    fn result_dims(&self) -> Option<&[i32]> {
        Some(self.dims(*self.operator.outputs.first()?))
    }

    fn integers(&self, place: usize) -> Option<Vec<i64>> {
        self.model.integers(self.operand(place)?)
    }

    fn option(&self, name: &str) -> Option<i64> {
        self.operator.options.as_ref()?.int(name)
    }

    fn finding(&self, limit: Limit) -> Option<Breach> {
        match limit {
            Limit::NoActivation => {
                let activation = self.operator.options.as_ref()?.activation()?;
                Some(Beyond(format!("fused activation {activation}")))
            }
            Limit::Constant(places) => {
                let computed =
                    |&place: &usize| self.operand(place).filter(|&operand| !self.model.is_constant(operand));
                let operand = places.iter().find_map(computed)?;
                let label = self.model.tensors[operand as usize].label();
                Some(Beyond(format!("parameter '{label}' is not a constant")))
            }
            Limit::EqualDilation => {
                let (height, width) = (self.option("dilation_h_factor")?, self.option("dilation_w_factor")?);
                (height != width)
                    .then(|| Beyond(format!("dilation by {height} in height and {width} in width")))
            }
            Limit::DefaultFormat => {
                let is_default = self.option("weights_format")? == 0;
                (!is_default).then(|| Beyond("weights in a shuffled format".into()))
            }
            Limit::RowOperand(place) => {
                self.row(self.operand_dims(place)?, "slopes with more than one dimension above 1")
            }
            Limit::RowResult => self.row(self.result_dims()?, "result with more than one dimension above 1"),
            Limit::Elements(most) => {
                let elements = self.model.tensors[*self.operator.outputs.first()? as usize].elements()?;
                (elements > most).then(|| Beyond(format!("result of {elements} elements, more than {most}")))
            }
            Limit::ZerosBesideOne => self.zeros_beside_one(),
            Limit::KeepsBatch => {
                let batches = self.operand_dims(0)?.len().saturating_sub(3);
                let touches = self.axes()?.iter().any(|&axis| axis < batches);
                touches.then(|| Beyond("reduction of the batch dimension".into()))
            }
            Limit::DepthOfFours => {
                let depth = i64::from(*self.operand_dims(0)?.last()?);
                let last = self.operand_dims(0)?.len() - 1;
                let reduces_depth = self.axes()?.contains(&last);
                (reduces_depth && depth % 4 != 0)
                    .then(|| Beyond(format!("reduction of {depth} channels, which is not a multiple of 4")))
            }
            Limit::Upscaling => self.upscaling(),
            Limit::Bytes(most) => {
                let bytes = self.model.tensors[*self.operator.outputs.first()? as usize].bytes()?;
                (bytes > most).then(|| Doubtful("large tensors".into()))
            }
            Limit::Steps => {
                let steps = self.integers(3)?;
                match steps.split_last()? {
                    (&last, _) if last != 1 => Some(Beyond(format!("steps of {last} in the last dimension"))),
                    (_, rest) if rest.iter().any(|&step| step != 1) => {
                        Some(Doubtful(format!("steps of {steps:?}")))
                    }
                    _ => None,
                }
            }
            Limit::NoNewAxes => {
                let masks = ["ellipsis_mask", "new_axis_mask"];
                let mask =
                    masks.into_iter().find(|mask| self.option(mask).is_some_and(|value| value != 0))?;
                Some(Beyond(format!("option {mask}")))
            }
        }
    }

    fn row(&self, dims: &[i32], what: &str) -> Option<Breach> {
        let is_row = dims.iter().rev().skip(1).all(|&dim| dim == 1);
        (!is_row).then(|| Beyond(what.into()))
    }

    fn zeros_beside_one(&self) -> Option<Breach> {
        let inputs = (0..self.operator.inputs.len()).filter_map(|place| self.operand(place));
        let constant = inputs.clone().find(|&input| self.model.is_constant(input))?;
        if inputs.count() != 2 {
            return Some(Beyond("a constant beside more than one other operand".into()));
        }
        let quantization = self.model.tensors[constant as usize].quantization.as_ref();
        let zero = quantization.and_then(|by| by.zero_point.as_ref()?.first().copied()).unwrap_or(0);
        let is_zero = self.model.data(constant)?.iter().all(|&byte| byte == zero as u8);
        (!is_zero).then(|| Beyond("a constant that is not all zeros".into()))
    }

    /// Returns the dimensions of operand 0 to which operand 1 refers.
    fn axes(&self) -> Option<Vec<usize>> {
        let rank = self.operand_dims(0)?.len();
        Some(self.integers(1)?.into_iter().filter_map(|axis| dimension(axis, rank)).collect())
    }

    fn upscaling(&self) -> Option<Breach> {
        let (&[_, height, width, _], &[_, new_height, new_width, _]) =
            (self.operand_dims(0)?, self.result_dims()?)
        else {
            return None;
        };
        let is_scaled = (height, width) != (new_height, new_width);
        if is_scaled && (height, width) == (1, 1) {
            return Some(Beyond(format!("{new_height}x{new_width} made out of a single place")));
        }
        let is_common = |old: i32, new: i32| new <= old.saturating_mul(COMMON_FACTOR);
        (!is_common(height, new_height) || !is_common(width, new_width)).then(|| {
            Doubtful(format!(
                "{new_height}x{new_width} made out of {height}x{width}, which may lose precision"
            ))
        })
    }
}

/// Returns the dimension to which an axis refers, counted from the end if it is negative; none if there is no such
/// dimension.
fn dimension(axis: i64, rank: usize) -> Option<usize> {
    let from_front = if axis < 0 { axis + i64::try_from(rank).ok()? } else { axis };
    usize::try_from(from_front).ok().filter(|&dimension| dimension < rank)
}
