//! The section of the method: the device model that the figures come from.

use super::super::section::{folded, paragraph, section};
use super::super::subject::Subject;
use super::super::text::table;
use crate::base::units::Bytes;
use crate::device::FULL_CLOCK_MHZ;

/// Returns the section of the method: the device model that the figures come from.
pub fn method(subject: &Subject) -> String {
    let device = subject.device;
    let per_mib = |us: f64| format!("{us} us per MiB");
    let rows = [
        ("clock", format!("{} MHz; compute below is at {FULL_CLOCK_MHZ} MHz", device.clock_mhz)),
        ("invocation", format!("{} us", device.invoke_us)),
        ("multiplications", format!("{} us per 10^9, idle lanes of the array included", device.us_per_gmac)),
        ("weights into the array", per_mib(device.us_per_weight_mib)),
        ("depthwise layers", format!("{}, of what they make", per_mib(device.us_per_depthwise_mib))),
        (
            "other operations",
            format!(
                "{} us each, and {}, of what they make",
                device.us_per_operation,
                per_mib(device.us_per_value_mib)
            ),
        ),
        (
            "operations on the CPU",
            format!(
                "{} us per 10^9 multiplications, and {}, of what they read and make",
                device.cpu_us_per_gmac,
                per_mib(device.cpu_us_per_value_mib)
            ),
        ),
        ("cache for parameters", Bytes(device.cache_bytes).to_string()),
        ("streaming of parameters, and instructions", per_mib(device.stream_us_per_mib)),
        (
            "streaming for large layers",
            format!("{} times as much, for more than {} places of output", device.resend, device.tile_places),
        ),
        ("activations in", per_mib(device.input_us_per_mib)),
        ("activations out", per_mib(device.output_us_per_mib)),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(name, value)| vec![name.into(), value]).collect();
    let mut body = paragraph(&format!(
        "Nothing here was measured on a device. Times follow from device model {}; the pipeline is simulated with {}. A \
         measured operation of a graph file costs its measured time alone.",
        device.name, subject.joints
    ));
    body.push_str(&folded(
        "The device model's figures",
        &table("The device model", &["figure", "value"], &rows),
    ));
    section("method", "Method", &body)
}
