//! The operations that are no operators of a model: constants, and notes on values.

use melior::ir::attribute::{ArrayAttribute, AttributeLike};
use melior::ir::operation::OperationLike;
use melior::ir::{Attribute, OperationRef};
use mlir_sys::mlirAttributeIsAElements;

use super::operation::{attribute, name_of};
use super::passes::rewrite::owner;
use super::{attributes, structure};

/// The attribute of a function, or of what is around it, that lists the names of further operations which are constants.
pub(crate) const CONSTANTS: &str = "respect.constants";

/// The names of constants of dialects that a host may not have registered; of registered ones the trait `ConstantLike`
/// tells.
const NAMES: [&str; 17] = [
    "arith.constant",
    "mhlo.constant",
    "onnx.Constant",
    "stablehlo.constant",
    "tf.Const",
    "tfl.no_value",
    "tfl.pseudo_const",
    "tfl.pseudo_qconst",
    "tfl.pseudo_sparse_const",
    "tfl.pseudo_sparse_qconst",
    "torch.constant.bool",
    "torch.constant.float",
    "torch.constant.int",
    "torch.constant.none",
    "torch.vtensor.literal",
    "tosa.const",
    "tosa.const_shape",
];

/// The constants that no `.tflite` file is written of: what is in `value` is not all that they say.
const SPARSE: [&str; 2] = ["tfl.pseudo_sparse_const", "tfl.pseudo_sparse_qconst"];

/// The operations that rearrange or convert operand 0, and so make a constant of one where all their operands are constants.
/// TOSA reshapes weights so, which a `.tflite` file holds as they are used.
const REARRANGED: [&str; 9] = [
    "stablehlo.convert",
    "stablehlo.reshape",
    "stablehlo.transpose",
    "tensor.collapse_shape",
    "tensor.expand_shape",
    "tosa.cast",
    "tosa.rescale",
    "tosa.reshape",
    "tosa.transpose",
];

/// The names of attributes that hold the value of a constant, where it has several attributes of elements.
const VALUES: [&str; 2] = ["value", "values"];

/// The operation that notes the range of a value and hands the value on as it is. Google's importer puts one after
/// each float tensor that has a `min` and a `max`, and its exporter leaves them out.
const NOTE: &str = "quantfork.stats";

/// Returns whether an operation is a constant: by its trait, or by its name, which may be one of `listed`.
///
/// # Errors
/// Returns an error that says what is wrong if the operation is listed as a constant, but cannot be one.
pub(super) fn is_constant(operation: OperationRef, listed: &[&str]) -> Result<bool, String> {
    if structure::constant_value(operation).is_some() {
        return Ok(true);
    }
    let name = name_of(operation);
    if NAMES.contains(&&name[..]) {
        return Ok(true);
    }
    if !listed.contains(&&name[..]) {
        return Ok(false);
    }
    if operation.operand_count() > 0 || operation.result_count() == 0 || operation.region_count() > 0 {
        return Err(format!(
            "is listed in '{CONSTANTS}', but is no constant: one has results, and neither operands nor regions; take it off \
             the list"
        ));
    }
    Ok(true)
}

/// Returns whether an operation makes a constant out of constants alone, which then goes where it is used.
pub(super) fn is_rearranged_constant<'m>(operation: OperationRef<'m, 'm>, listed: &[&str]) -> bool {
    let is_plain = |maker: Option<OperationRef>| {
        maker.is_some_and(|maker| is_constant(maker, listed).is_ok_and(|is_constant| is_constant))
    };
    let mut below = operation;
    loop {
        if !REARRANGED.contains(&&name_of(below)[..]) {
            return false;
        }
        let makers: Vec<Option<OperationRef>> = below.operands().map(owner).collect();
        match makers[..] {
            [Some(maker), ref others @ ..] if others.iter().all(|maker| is_plain(*maker)) => {
                if is_plain(Some(maker)) {
                    return true;
                }
                below = maker;
            }
            _ => return false,
        }
    }
}

/// Returns the names that an operation, or the nearest one around it with such a list, lists as those of constants.
///
/// # Errors
/// Returns an error that says what the list must be, if it is something else.
pub(super) fn listed<'c>(operation: OperationRef<'c, '_>) -> Result<Vec<&'c str>, String> {
    let mut around = Some(operation);
    let found = std::iter::from_fn(|| {
        let operation = around?;
        around = operation.parent_operation();
        Some(operation.attribute(CONSTANTS).ok())
    });
    let Some(found) = found.flatten().next() else { return Ok(Vec::new()) };
    let wrong =
        || format!("has {CONSTANTS} = {found}, which must be a list of names, such as [\"my.constant\"]");
    let list = ArrayAttribute::try_from(found).map_err(|_| wrong())?;
    let names = (0..list.len()).map(|place| attributes::text(list.element(place).ok()?));
    names.collect::<Option<_>>().ok_or_else(wrong)
}

/// Returns whether an operation that is a constant stands for a value that is left out.
pub(super) fn is_left_out(operation: OperationRef) -> bool {
    name_of(operation) == "tfl.no_value"
}

/// Returns whether an operation is a constant of which no `.tflite` file can be written.
pub(super) fn is_sparse(operation: OperationRef) -> bool {
    SPARSE.contains(&&name_of(operation)[..])
}

/// Returns the value of an operation that is a constant; none if it is not at hand.
pub(super) fn value<'c>(operation: OperationRef<'c, 'c>) -> Option<Attribute<'c>> {
    if let Some(value) = structure::constant_value(operation) {
        return Some(value);
    }
    let named = VALUES.iter().filter_map(|name| attribute(operation, name)).find(is_elements);
    named.or_else(|| operation.attributes().map(|(_, attribute)| attribute).find(is_elements))
}

fn is_elements(attribute: &Attribute) -> bool {
    // SAFETY: only reads the attribute.
    unsafe { mlirAttributeIsAElements(attribute.to_raw()) }
}

/// Returns whether an operation is a note: no operator, but a remark on its operand and another name of that value.
pub(crate) fn is_note(operation: OperationRef) -> bool {
    name_of(operation) == NOTE
}

/// Returns whether an operation is no operator, and so is in every stage that uses its result: a constant or a note.
pub(crate) fn goes_with_its_users<'m>(operation: OperationRef<'m, 'm>) -> bool {
    // A list that is none was an error when the function was read.
    let listed = listed(operation).unwrap_or_default();
    is_note(operation)
        || is_constant(operation, &listed).is_ok_and(|is| is)
        || is_rearranged_constant(operation, &listed)
}
