//! The promise: what is predicted comes with how sure it is, wherever it is told.

use std::fs;

use crate::common::{model, respect};
use serde_json::Value;

/// A device with figures that nobody knows well, and one that does not say.
const UNSURE: &str = "base = 'usb3'\n[uncertainty]\nnetwork = 0.1\nstage = 0.05\nfigures = ['us_per_gmac', 'invoke_us']\n\
                      relative = [0.2, 0.1]\ncorrelation = [[1], [-0.3, 1]]\n";
const SILENT: &str = "base = 'usb3'\n";

struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Bench {
        let scratch = tempfile::tempdir().unwrap();
        fs::copy(model("residual"), scratch.path().join("residual.tflite")).unwrap();
        fs::write(scratch.path().join("unsure.toml"), UNSURE).unwrap();
        fs::write(scratch.path().join("silent.toml"), SILENT).unwrap();
        Bench(scratch)
    }

    fn prints(&self, arguments: &str) -> String {
        let output = respect().current_dir(self.0.path()).args(arguments.split(' ')).output().unwrap();
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn reports(&self, arguments: &str) -> Value {
        serde_json::from_str(&self.prints(&format!("{arguments} --format json"))).unwrap()
    }
}

/// Asserts that an interval is one, and returns its ends.
fn ends(interval: &Value) -> [f64; 2] {
    let [low, high] = ["low", "high"].map(|end| interval[end].as_f64().unwrap());
    assert!(0.0 < low && low < high, "{interval}");
    [low, high]
}

#[test]
fn times_and_speed_ups_come_with_intervals() {
    let bench = Bench::new();
    let schedule = bench.reports("schedule residual.tflite -n 3 --device unsure.toml");
    let [low, high] = ends(&schedule["certainty"]["bottleneck_us"]);
    let told = schedule["bottleneck_us"].as_f64().unwrap();
    assert!(low < told && told < high && high / low > 1.2, "{low} {told} {high}");

    let compile =
        bench.reports("compile residual.tflite -n 3 --device unsure.toml --no-compile --report -o out");
    assert_eq!(compile["certainty"], schedule["certainty"]);
    let text = fs::read_to_string(bench.0.path().join("out/schedule.json")).unwrap();
    let manifest: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(manifest["certainty"], schedule["certainty"]);
    ends(&compile["default"]["odds"]["ratio"]);
    let page = fs::read_to_string(bench.0.path().join("out/report.html")).unwrap();
    assert!(page.contains("in nine of ten draws") && page.contains("of draws"), "{page}");
    bench.prints("verify out");
    let words = bench.prints("compile residual.tflite -n 3 --device unsure.toml --no-compile -o again");
    assert!(words.contains("in nine of ten draws") && words.contains("the default in "), "{words}");
    let again = fs::read_to_string(bench.0.path().join("again/schedule.json")).unwrap();
    assert_eq!(text, again, "draws are the same each time");
}

#[test]
fn compare_has_the_schedule_that_is_best_in_the_mean() {
    let bench = Bench::new();
    let report = bench.reports("compare residual.tflite -n 2,4 --device unsure.toml");
    for rows in report["rows"].as_array().unwrap().chunk_by(|a, b| a["stages"] == b["stages"]) {
        assert_eq!(rows.last().unwrap()["scheduler"], "robust");
        for row in rows.iter().filter(|row| !row["status"].is_null()) {
            ends(&row["certainty"]["bottleneck_us"]);
        }
        let odds = &rows[0]["certainty"]["over_default"];
        assert_eq!((&odds["ratio"]["low"], &odds["ratio"]["high"]), (&1.0.into(), &1.0.into()));
    }
    let words = bench.prints("compare residual.tflite -n 2 --device unsure.toml");
    assert!(words.contains("nine in ten") && words.contains("robust"), "{words}");
    let bytes = bench.prints("compare residual.tflite -n 2 --device unsure.toml --objective memory");
    assert!(!bytes.contains("  robust  "), "bytes are not drawn: {bytes}");
}

#[test]
fn plan_says_what_each_number_of_devices_surely_gives() {
    let bench = Bench::new();
    let report = bench.reports("plan residual.tflite --max-stages 4 --device unsure.toml");
    let rows = report["rows"].as_array().unwrap();
    for row in &rows[1..] {
        ends(&row["certainty"]["inferences_per_second"]);
        ends(&row["certainty"]["over_one_device"]["ratio"]);
    }
    // Without draws that agree, a device more is not said to be faster.
    let vague = UNSURE.replace("stage = 0.05", "stage = 1.0");
    fs::write(bench.0.path().join("vague.toml"), vague).unwrap();
    let words = bench.prints("plan residual.tflite --max-stages 4 --device vague.toml");
    assert!(words.contains("as good as any more"), "{words}");
}

#[test]
fn a_device_that_says_nothing_of_its_figures_is_named_for_it() {
    let bench = Bench::new();
    for command in ["schedule residual.tflite -n 3", "compare residual.tflite -n 3", "plan residual.tflite"] {
        let words = bench.prints(&format!("{command} --device silent.toml"));
        assert!(words.contains("no intervals: the device file states no uncertainty"), "{command}: {words}");
        assert!(!words.contains("robust"), "{words}");
    }
    let report = bench.reports("schedule residual.tflite -n 3 --device silent.toml");
    assert!(report.get("certainty").is_none());
}
