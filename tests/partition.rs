//! The promise: the compiler's own partition stands beside ours, judged by the same judge, or the row says why not.

use crate::common::{model, respect, standin};
use assert_cmd::Command;
use serde_json::Value;

/// `respect compare --with-compiler` of two stages, with the stand-in.
fn compare(arguments: &[&str]) -> Command {
    let mut command = respect();
    command.arg("compare").args(["-n", "2", "--with-compiler", "--format", "json"]).args(arguments);
    command
}

fn rows(command: &mut Command) -> Vec<Value> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["rows"].as_array().unwrap().clone()
}

/// The row of one scheduler.
fn row<'r>(rows: &'r [Value], scheduler: &str) -> &'r Value {
    rows.iter().find(|row| row["scheduler"] == scheduler).unwrap_or_else(|| panic!("{rows:?}"))
}

#[test]
fn the_compilers_partition_is_judged_beside_ours() {
    for name in ["residual", "chain", "dense", "inception"] {
        let rows = rows(compare(&[]).arg(model(name)).arg("--edgetpu-compiler").arg(standin()));
        let (default, compiler) = (row(&rows, "parameter-count"), row(&rows, "edgetpu_compiler"));
        // The stand-in cuts as the default does.
        for figure in ["peak_parameter_bytes", "bottleneck_us", "speed_up"] {
            assert_eq!(default[figure], compiler[figure], "{name}: {compiler}");
        }
        assert!(compiler["why_not"].is_string() || compiler["solve_us"].as_f64().unwrap() > 0.0);
    }
}

#[test]
fn a_row_without_a_partition_says_why() {
    let graph = tempfile::tempdir().unwrap();
    let json = graph.path().join("chain.json");
    respect().arg("graph").arg(model("chain")).arg("-o").arg(&json).assert().success();
    let with = |path: &std::path::Path| {
        let mut command = compare(&[]);
        command.arg(path).arg("--edgetpu-compiler").arg(standin());
        command
    };
    let chain = model("chain");
    let mut absent = compare(&[]);
    absent.arg(&chain).env("PATH", "");
    let mut hangs = with(&chain);
    hangs.args(["--compiler-timeout", "5"]).env("STANDIN_FAULT", "hang");
    for (command, part) in [
        (&mut absent, "edgetpu_compiler was not found; edgetpu_compiler is Google's"),
        (&mut hangs, "did not finish 'chain.tflite' within 5 s"),
        (with(&chain).env("STANDIN_VERSION", "14.1.317412892"), "edgetpu_compiler 14.1.317412892 cannot cut"),
        (with(&chain).env("STANDIN_FAULT", "internal-error"), "Internal compiler error"),
        (
            with(&chain).env("STANDIN_FAULT", "no-output"),
            "wrote no readable chain_segment_0_of_2_edgetpu.tflite",
        ),
        (
            with(&chain).env("STANDIN_FAULT", "garbage"),
            "wrote no readable chain_segment_0_of_2_edgetpu.tflite",
        ),
        (with(&chain).env("STANDIN_FAULT", "other-output"), "gives 'another', which the model lacks"),
        (&mut with(&json), "it compiles .tflite files alone"),
    ] {
        let rows = rows(command);
        let compiler = row(&rows, "edgetpu_compiler");
        assert!(compiler["bottleneck_us"].is_null());
        assert!(compiler["why_not"].as_str().unwrap().contains(part), "{part}: {compiler}");
        assert!(rows[0]["bottleneck_us"].is_number(), "the other rows stand");
    }
}
