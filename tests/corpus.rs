//! `make test-corpus`: that the run finds what it is there to find.

#[test]
fn what_is_wrong_with_a_tool_is_found() {
    let mut command = crate::common::corpus("test_corpus.py");
    command.arg(env!("CARGO_BIN_EXE_respect")).arg(crate::common::model("chain")).assert().success();
}
