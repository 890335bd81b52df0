//! What can be done with devices, and the figures of each choice.

use serde::{Deserialize, Serialize};

use crate::base::listed::listed;
use crate::draws::{Interval, Odds};

listed! {
    /// What can be done with devices.
    pub enum Choice: "deployment" {
        Best = "best", "The best deployment of all";
        OneDevice = "one-device", "One device with the whole model";
        Copies = "copies", "A copy of the whole model on every device";
        Default = "default", "The segments of the compiler's own partitioning, a device each";
        Pipeline = "pipeline", "The best pipeline that uses every device, a stage each";
    }
}

/// The figures of one choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The choice.
    pub choice: Choice,
    /// The number of devices that run a copy of each stage.
    pub copies: Vec<u32>,
    /// The inferences a second, once all devices are busy.
    pub inferences_per_second: f64,
    /// The time of one inference, in microseconds.
    pub latency_us: f64,
    /// The inferences a second over those of one device.
    pub speed_up: f64,
    /// The range of the inferences a second that nine in ten draws are in; absent if the device states no uncertainty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferences_per_second_range: Option<Interval>,
    /// The odds of the best deployment against this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_over_this: Option<Odds>,
}
