//! The promise: what is taken for dynamic is what the interpreter has no memory for before a model runs.

mod common;

#[test]
fn models_have_the_dynamic_tensors_that_the_interpreter_finds() {
    let all = [common::models(), common::kinds()].concat();
    let not_taken = common::dynamic::assert_dynamic_as_in_the_interpreter(&all);
    assert!(not_taken.is_empty(), "{}", not_taken.join("\n"));
}
