//! The device model against published times of real Edge TPUs.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use respect::base::statistics::weighted_quantile;
use respect::calibrate::measurements::{Measurement, Metric, read};
use respect::calibrate::{Calibration, LINKS, LeftOut, calibrate};
use respect::device::EdgeTpu;
use respect::device::uncertainty::Uncertainty;
use respect::graph::array::LANES;

use super::shared;

/// The chains and pipelines of the reference data, and the networks of the repository.
fn rows() -> Vec<Measurement> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test-data/measured/times.csv");
    let files = [shared("data/edgetpu/measurements.csv"), own.into()];
    files.iter().flat_map(|file| read(&std::fs::read_to_string(file).unwrap()).unwrap()).collect()
}

/// The fit to all rows, which takes its time and is made once.
fn fitted() -> &'static Calibration {
    static FITTED: OnceLock<Calibration> = OnceLock::new();
    FITTED.get_or_init(|| calibrate(&rows(), None, &|model| Err(format!("{model} is no name"))).unwrap())
}

#[test]
fn the_presets_are_what_is_fitted_to_the_measurements() {
    let found = fitted();
    assert_eq!(found.rows.len() + found.unused.values().sum::<usize>(), rows().len());
    for (device, link) in found.devices.iter().zip(LINKS) {
        let preset = EdgeTpu::preset(link).unwrap();
        let figures = |device: &EdgeTpu| {
            let text = EdgeTpu { uncertainty: None, ..device.clone() }.to_toml(|_| None);
            let figure = |line: &str| line.split(" = ").nth(1).unwrap().parse::<f64>().unwrap();
            text.lines().map(figure).collect::<Vec<f64>>()
        };
        for (fitted, shipped) in figures(device).into_iter().zip(figures(&preset)) {
            assert!((fitted - shipped).abs() <= 1e-3 * shipped + 0.06, "{link}: {device:?} {preset:?}");
        }
        let [fitted, shipped] = [device, &preset].map(|device| device.uncertainty.as_ref().unwrap());
        let sizes = |sure: &Uncertainty| [&[sure.network, sure.stage][..], &sure.relative].concat();
        assert_eq!(fitted.figures, shipped.figures, "{link}");
        for (fitted, shipped) in sizes(fitted).into_iter().zip(sizes(shipped)) {
            assert!((fitted - shipped).abs() <= 0.01, "{link}: {fitted} {shipped}");
        }
    }
}

/// Bytes of a chain of layers as the device holds them, from the numbers in its name and input: of a convolution sides,
/// filters and channels; of dense layers units and inputs.
fn filled_up(name: &str, input: &str) -> Option<u64> {
    let number = |text: &str| text.parse::<u64>().ok();
    let inputs = number(input.split(' ').next()?.rsplit('x').next()?)?;
    let (window, widths, a_channel) = match name.strip_prefix("conv") {
        Some(rest) => {
            let (shape, filters) = rest.split_once("_F")?;
            let shape = shape.split('x').map(number).collect::<Option<Vec<u64>>>()?;
            // Bias and scale of each filter.
            (shape[1] * shape[2], vec![number(filters)?; shape[0] as usize], 8)
        }
        None => {
            let (layers, rest) = name.strip_prefix("dense")?.split_once('x')?;
            let (units, last) = rest.split('_').next()?.split_once('+')?;
            let mut widths = vec![number(units)?; number(layers)? as usize];
            widths.push(number(last)?);
            (1, widths, 0)
        }
    };
    let mut channels = inputs;
    let layer = |width: u64| {
        let filled = width.next_multiple_of(LANES);
        let held = filled * (window * channels.next_multiple_of(4) + a_channel);
        channels = width;
        held
    };
    Some(widths.into_iter().map(layer).sum())
}

#[test]
fn the_compiler_fills_channels_up() {
    let chains: Vec<(Measurement, u64)> = rows()
        .into_iter()
        .filter(|row| !row.reported.is_empty())
        .filter_map(|row| filled_up(&row.model, &row.input).map(|bytes| (row, bytes)))
        .collect();
    assert_eq!(chains.len(), 594);
    let mut worst = 0.0f64;
    for (row, bytes) in chains {
        let reported: u64 = row.reported.iter().map(|stage| stage.on_chip.0 + stage.off_chip.0).sum();
        let error = bytes as f64 / reported as f64 - 1.0;
        assert!(error.abs() < 0.01, "{} in {} stages: {error}", row.model, row.stages);
        worst = worst.max(error.abs());
    }
    println!("parameters on the device, 594 chains: worst error {:.2} %", worst * 100.0);
}

#[test]
fn networks_that_are_left_out_whole_are_predicted() {
    let found = fitted();
    let singles: Vec<&LeftOut> =
        found.left_out.iter().filter(|row| row.metric == Metric::Single && !row.is_chain).collect();
    let networks: BTreeSet<&str> = singles.iter().map(|row| row.network.as_str()).collect();
    assert!(networks.len() >= 10, "{networks:?}");
    assert!(singles.iter().any(|row| row.operations > 200));
    // Each network counts as one, however many of its models were measured.
    let weight =
        |row: &LeftOut| 1.0 / singles.iter().filter(|other| other.network == row.network).count() as f64;
    let error = |share| weighted_quantile(singles.iter().map(|row| (row.error().abs(), weight(row))), share);
    let is_held = |row: &&&LeftOut| {
        let [low, high] = row.interval_us.unwrap();
        (low..=high).contains(&row.measured_us)
    };
    let held = singles.iter().filter(is_held).map(|row| weight(row)).sum::<f64>() / networks.len() as f64;
    println!(
        "{} networks left out: median {:.3}, nine in ten {:.3}, held {held:.3}",
        networks.len(),
        error(0.5),
        error(0.9)
    );
    assert!(error(0.5) <= 0.15 && error(0.9) <= 0.35, "{} {}", error(0.5), error(0.9));
    assert!((0.80..=0.97).contains(&held), "{held}");
}
