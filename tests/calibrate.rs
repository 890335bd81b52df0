//! The promise: times measured on a host refit the device model to that host.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{models, respect};
use serde_json::Value;

/// A host unlike every preset.
const HOST: &str = "invoke_us = 1100\nus_per_gmac = 900\nus_per_weight_mib = 40\nstream_us_per_mib = 4000\n\
                    resend = 2\ninput_us_per_mib = 5000\noutput_us_per_mib = 8000\n";

fn graphs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-data");
    let mut files: Vec<PathBuf> = ["imagenet", "wide"]
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    [files, models()].concat()
}

fn report(arguments: &[&str]) -> Value {
    let output = respect().args(arguments).args(["--format", "json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The time of a model on one device, ms.
fn time(path: &Path, device: &Path) -> f64 {
    let words = ["schedule", path.to_str().unwrap(), "-n", "1", "--device", device.to_str().unwrap()];
    report(&words)["bottleneck_us"].as_f64().unwrap() / 1e3
}

#[test]
fn a_host_is_found_again_in_its_times() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    fs::write(at("host.toml"), HOST).unwrap();
    let (seen, unseen): (Vec<_>, Vec<_>) =
        graphs().into_iter().enumerate().partition(|(place, _)| place % 4 > 0);
    let row = |(_, path): &(usize, PathBuf)| format!("{},{}\n", path.display(), time(path, &at("host.toml")));
    fs::write(at("times.csv"), format!("model,value_ms\n{}", seen.iter().map(row).collect::<String>()))
        .unwrap();

    let (times, mine) = (at("times.csv"), at("mine.toml"));
    let words = ["calibrate", times.to_str().unwrap(), "--base", "usb3", "-o", mine.to_str().unwrap()];
    let fitted = report(&words);
    assert_eq!(fitted["rows"].as_array().unwrap().len(), seen.len());

    // Models that it has not seen are predicted as well, and far better than by the preset.
    fs::write(at("usb3.toml"), "base = \"usb3\"\n").unwrap();
    let mut errors: Vec<[f64; 2]> = unseen
        .iter()
        .map(|(_, path)| {
            let real = time(path, &at("host.toml"));
            ["mine.toml", "usb3.toml"].map(|device| (time(path, &at(device)) / real - 1.0).abs())
        })
        .collect();
    errors.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let worst = errors[errors.len() - 1];
    assert!(errors[errors.len() / 2][0] < 0.02 && worst[0] < 0.1, "{errors:.3?}");
    assert!(errors.iter().all(|[mine, preset]| mine * 3.0 < *preset), "{errors:.3?}");
}
