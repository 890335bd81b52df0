//! The device model against published times of real Edge TPUs.

use respect::base::statistics::quantile;
use respect::calibrate::measurements::{Measurement, Metric, read};
use respect::calibrate::{Calibration, FitOptions, HoldOut, LINKS, calibrate};
use respect::device::EdgeTpu;
use respect::graph::array::LANES;

use super::shared;

fn rows() -> Vec<Measurement> {
    read(&std::fs::read_to_string(shared("data/edgetpu/measurements.csv")).unwrap()).unwrap()
}

fn fitted(hold_out: Option<HoldOut>) -> Calibration {
    let options = FitOptions { base: None, hold_out };
    calibrate(&rows(), &options, &|model| Err(format!("{model} is no name"))).unwrap()
}

#[test]
fn the_presets_are_what_is_fitted_to_the_measurements() {
    let found = fitted(None);
    assert_eq!(found.rows.len() + found.checks.len() + found.unused.values().sum::<usize>(), rows().len());
    for (device, link) in found.devices.iter().zip(LINKS) {
        let preset = EdgeTpu::preset(link).unwrap();
        let figures = |device: &EdgeTpu| {
            let text = device.to_toml(|_| None);
            let figure = |line: &str| line.split(" = ").nth(1).unwrap().parse::<f64>().unwrap();
            text.lines().map(figure).collect::<Vec<f64>>()
        };
        for (fitted, shipped) in figures(device).into_iter().zip(figures(&preset)) {
            assert!((fitted - shipped).abs() <= 1e-3 * shipped + 0.06, "{link}: {device:?} {preset:?}");
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
    for (row, bytes) in chains {
        let reported: u64 = row.reported.iter().map(|stage| stage.on_chip.0 + stage.off_chip.0).sum();
        let error = bytes as f64 / reported as f64 - 1.0;
        assert!(error.abs() < 0.005, "{} in {} stages: {error}", row.model, row.stages);
    }
}

#[test]
fn rows_that_are_left_out_are_predicted() {
    for seed in 0..8 {
        let found = fitted(Some(HoldOut { share: 0.2, seed }));
        let median = |single: bool| {
            let held =
                found.rows.iter().filter(|row| row.held_out && (row.metric == Metric::Single) == single);
            quantile(held.filter_map(|row| row.error()).map(f64::abs), 0.5)
        };
        assert!(median(true) <= 0.10 && median(false) <= 0.20, "{seed}: {} {}", median(true), median(false));
    }
}

#[test]
fn models_that_nothing_is_fitted_to_are_predicted() {
    let found = fitted(None);
    let on_usb: Vec<_> = found.checks.iter().filter(|check| check.interface == "usb3").collect();
    assert_eq!(on_usb.len(), 4);
    for check in on_usb {
        let error = check.predicted_us / check.measured_us - 1.0;
        assert!(error.abs() <= 0.30, "{}: {error}", check.model);
    }
}
