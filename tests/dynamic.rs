//! The promise: what is taken for dynamic is what the interpreter has no memory for before a model runs.

#[test]
fn models_have_the_dynamic_tensors_that_the_interpreter_finds() {
    let all = [crate::common::models(), crate::common::kinds()].concat();
    let not_taken = crate::common::dynamic::assert_dynamic_as_in_the_interpreter(&all);
    assert!(not_taken.is_empty(), "{}", not_taken.join("\n"));
}
