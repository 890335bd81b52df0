//! Tests of each shape rule on one small operator, and of operators without a rule.

use super::*;
use crate::tflite::model::Value;
use crate::tflite::testing::{constant, model_of, operator, tensor};

/// Returns the knowledge of the result, declared as `dims`, of an operator on tensors of the shapes `inputs` followed
/// by constants of the values `constants`.
fn known(
    name: &str,
    inputs: &[&[i32]],
    constants: &[&[i32]],
    options: &[(&str, Value<'static>)],
    dims: &[i32],
) -> Known {
    let named: Vec<(&str, &[i32])> = inputs.iter().map(|&dims| ("x", dims)).collect();
    let mut model = model_of(&named);
    model.inputs = (0..inputs.len() as u32).collect();
    let mut operands: Vec<i32> = (0..inputs.len() as i32).collect();
    operands.extend(constants.iter().map(|values| constant(&mut model, values) as i32));
    // SPLIT has its axis first.
    if name == "SPLIT" {
        operands.reverse();
    }
    let result = tensor(&mut model, "y", "INT8", dims);
    operator(&mut model, name, &operands, &[result], options);
    analyze(&model).known(result)
}

/// Checks that the rule gives `dims`, and no other shape.
#[track_caller]
fn gives(
    name: &str,
    inputs: &[&[i32]],
    constants: &[&[i32]],
    options: &[(&str, Value<'static>)],
    dims: &[i32],
) {
    assert_eq!(known(name, inputs, constants, options, dims), Known::Declared, "{name}");
    let other: Vec<i32> = dims.iter().map(|dim| dim + 1).chain([7]).collect();
    assert_eq!(known(name, inputs, constants, options, &other), Known::Misdeclared, "{name}");
}

fn ints(values: &[i32]) -> Value<'static> {
    Value::Ints(Some(values.to_vec()))
}

#[test]
fn what_moves_elements() {
    gives("RESHAPE", &[&[2, 6]], &[&[3, -1]], &[], &[3, 4]);
    gives("RESHAPE", &[&[2, 6]], &[], &[("new_shape", ints(&[-1, 4]))], &[3, 4]);
    gives("TRANSPOSE", &[&[1, 2, 3]], &[&[2, 0, 1]], &[], &[3, 1, 2]);
    gives("EXPAND_DIMS", &[&[2, 3]], &[&[-1]], &[], &[2, 3, 1]);
    gives("SQUEEZE", &[&[1, 2, 1]], &[], &[("squeeze_dims", ints(&[-1]))], &[1, 2]);
    gives("SQUEEZE", &[&[1, 2, 1]], &[], &[], &[2]);
    gives("PAD", &[&[2, 3]], &[&[1, 1, 0, 2]], &[], &[4, 5]);
    gives("MIRROR_PAD", &[&[2, 3]], &[&[1, 1, 0, 2]], &[], &[4, 5]);
    gives("TILE", &[&[2, 3]], &[&[2, 1]], &[], &[4, 3]);
    gives("SLICE", &[&[4, 5]], &[&[1, 2], &[2, -1]], &[], &[2, 3]);
    gives("GATHER", &[&[4, 5, 6], &[2, 3]], &[], &[("axis", Value::Int(1))], &[4, 2, 3, 6]);
    gives(
        "GATHER",
        &[&[4, 5, 6], &[4, 3]],
        &[],
        &[("axis", Value::Int(1)), ("batch_dims", Value::Int(1))],
        &[4, 3, 6],
    );
    gives("GATHER_ND", &[&[4, 5, 6], &[7, 2]], &[], &[], &[7, 6]);
    gives("SPACE_TO_BATCH_ND", &[&[1, 4, 6, 3]], &[&[2, 2], &[0, 0, 1, 1]], &[], &[4, 2, 4, 3]);
    gives("BATCH_TO_SPACE_ND", &[&[4, 2, 4, 3]], &[&[2, 2], &[0, 0, 1, 1]], &[], &[1, 4, 6, 3]);
    gives("DEPTH_TO_SPACE", &[&[1, 2, 3, 8]], &[], &[("block_size", Value::Int(2))], &[1, 4, 6, 2]);
    gives("BROADCAST_TO", &[&[1, 3]], &[&[4, 3]], &[], &[4, 3]);
    gives("DYNAMIC_UPDATE_SLICE", &[&[4, 5], &[1, 5], &[2]], &[], &[], &[4, 5]);
}

#[test]
fn strided_slices_step_both_ways() {
    let masks = |begin: i64, end: i64, shrink: i64| {
        [
            ("begin_mask", Value::Int(begin)),
            ("end_mask", Value::Int(end)),
            ("shrink_axis_mask", Value::Int(shrink)),
        ]
    };
    gives("STRIDED_SLICE", &[&[5, 6]], &[&[1, 0], &[5, -1], &[2, 1]], &[], &[2, 5]);
    gives("STRIDED_SLICE", &[&[5, 6]], &[&[0, 0], &[0, 0], &[-1, -2]], &masks(3, 3, 0), &[5, 3]);
    gives("STRIDED_SLICE", &[&[5]], &[&[4], &[0], &[-2]], &[], &[2]);
    gives("STRIDED_SLICE", &[&[5, 6]], &[&[-9, 2], &[9, 3], &[1, 1]], &masks(0, 0, 2), &[5]);
    gives("STRIDED_SLICE", &[&[5]], &[&[3], &[1], &[1]], &[], &[0]);
}

#[test]
fn a_negative_size_is_no_size() {
    // Nothing is computed from a dimension that the file declares as negative.
    let slice = known("STRIDED_SLICE", &[&[-5]], &[&[1], &[5], &[2]], &[], &[2]);
    assert_eq!(slice, Known::AtRunTime(RunTimeShape { operator: None, operand: None }));
}

#[test]
fn what_selects_counts_or_makes() {
    gives("SELECT", &[&[4], &[4, 3], &[4, 3]], &[], &[], &[4, 3]);
    gives("SELECT_V2", &[&[4, 1], &[1, 3], &[3]], &[], &[], &[4, 3]);
    gives("TOPK_V2", &[&[2, 9]], &[&[4]], &[], &[2, 4]);
    gives("EMBEDDING_LOOKUP", &[&[5], &[100, 8]], &[], &[], &[5, 8]);
    gives("MATRIX_DIAG", &[&[2, 3]], &[], &[], &[2, 3, 3]);
    gives("SPLIT_V", &[&[2, 9]], &[&[4, -1], &[1]], &[], &[2, 4]);
    gives("SPLIT", &[&[2, 9]], &[&[1]], &[("num_splits", Value::Int(3))], &[2, 3]);
    assert_eq!(known("FILL", &[], &[&[2, 3], &[7]], &[], &[2, 3]), Known::Misdeclared, "another type");
}

#[test]
fn a_shape_that_hangs_on_a_value_is_known_at_run_time() {
    let asks = |name: &str, place: u32, operands: &[&[i32]]| {
        let cause = RunTimeShape { operator: Some(0), operand: Some(place) };
        assert_eq!(known(name, operands, &[], &[], &[1]), Known::AtRunTime(cause), "{name}");
    };
    asks("RESHAPE", 1, &[&[4], &[1]]);
    asks("TRANSPOSE_CONV", 0, &[&[4], &[3, 2, 2, 3], &[1, 4, 4, 3]]);
    asks("RESIZE_BILINEAR", 1, &[&[1, 4, 4, 3], &[2]]);
    asks("STRIDED_SLICE", 1, &[&[4], &[1], &[1], &[1]]);
    asks("FILL", 0, &[&[2], &[]]);
    asks("TILE", 1, &[&[2], &[1]]);
    asks("RANGE", 0, &[&[], &[], &[]]);
    let counted = RunTimeShape { operator: Some(0), operand: None };
    assert_eq!(known("WHERE", &[&[4]], &[], &[], &[1, 1]), Known::AtRunTime(counted));
}

#[test]
fn an_empty_shape_is_a_constant_without_bytes() {
    let mut model = model_of(&[("x", &[1, 1])]);
    model.inputs = vec![0];
    let shape = tensor(&mut model, "shape", "INT32", &[0]);
    let scalar = tensor(&mut model, "scalar", "INT8", &[]);
    operator(&mut model, "RESHAPE", &[0, shape as i32], &[scalar], &[]);
    assert_eq!(analyze(&model).known(scalar), Known::Declared);
}

#[test]
fn a_slice_of_fixed_sizes_may_begin_anywhere() {
    let mut model = model_of(&[("x", &[4, 5]), ("begin", &[2]), ("y", &[2, 3])]);
    model.inputs = vec![0, 1];
    let sizes = constant(&mut model, &[2, 3]);
    operator(&mut model, "SLICE", &[0, 1, sizes as i32], &[2], &[]);
    assert_eq!(analyze(&model).known(2), Known::Declared);
}

#[test]
fn what_follows_from_the_unknown_is_unknown_for_the_same_reason() {
    let mut model = model_of(&[("x", &[4]), ("shape", &[1]), ("y", &[4]), ("z", &[4])]);
    model.inputs = vec![0, 1];
    operator(&mut model, "RESHAPE", &[0, 1], &[2], &[]);
    operator(&mut model, "RELU", &[2], &[3], &[]);
    let cause = Known::AtRunTime(RunTimeShape { operator: Some(0), operand: Some(1) });
    assert_eq!([2, 3].map(|tensor| analyze(&model).known(tensor)), [cause, cause]);

    let mut model = model_of(&[("x", &[4]), ("y", &[4]), ("z", &[4]), ("w", &[2, 2])]);
    model.inputs = vec![0];
    operator(&mut model, "CUSTOM", &[0], &[1], &[]);
    operator(&mut model, "RELU", &[1], &[2], &[]);
    let shape = constant(&mut model, &[2, 2]);
    operator(&mut model, "RESHAPE", &[2, shape as i32], &[3], &[]);
    let unruled = Known::Unruled(0);
    assert_eq!([1, 2, 3].map(|tensor| analyze(&model).known(tensor)), [unruled; 3]);
}

#[test]
fn a_batch_left_open_is_allocated_by_its_shape() {
    let mut model = model_of(&[("x", &[1, 4]), ("y", &[1, 4])]);
    model.inputs = vec![0];
    operator(&mut model, "RELU", &[0], &[1], &[]);
    for tensor in &mut model.tensors {
        tensor.shape_signature = Some(vec![-1, 4]);
    }
    assert_eq!([0, 1].map(|tensor| analyze(&model).known(tensor)), [Known::Declared; 2]);
}

#[test]
fn dimensions_without_end_are_not_computed() {
    let many = [1; MOST_DIMENSIONS + 1];
    let open = Known::AtRunTime(RunTimeShape { operator: None, operand: None });
    assert_eq!(known("RELU", &[&many], &[], &[], &many), open);
    let most = [1; MOST_DIMENSIONS];
    assert_eq!(known("EXPAND_DIMS", &[&most], &[&[0]], &[], &many), Known::Unruled(0));
}
