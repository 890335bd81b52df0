//! The result of one scheduler on one problem, as `respect compare` lists it.

use serde::Serialize;

use respect::draws::Certainty;
use respect::solve::Status;

/// The result of one scheduler on one input and number of stages; figures are absent where it found no valid
/// schedule.
#[derive(Serialize)]
pub struct Standing {
    pub name: String,
    pub stages: u32,
    pub scheduler: String,
    pub status: Option<Status>,
    pub peak_parameter_bytes: Option<u64>,
    pub bottleneck_us: Option<f64>,
    pub lower_bound: Option<f64>,
    /// The bytes that all stages together stream at each inference.
    pub off_chip_bytes: Option<u64>,
    /// The predicted throughput: one result each time the slowest stage is done.
    pub inferences_per_second: Option<f64>,
    /// The default scheduler's bottleneck over this scheduler's; above one, this scheduler is better.
    pub speed_up: Option<f64>,
    /// How sure the figures are, and how the schedule stands against the default scheduler's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// The parameter bytes of the default scheduler's largest stage over those of this scheduler's largest stage.
    pub peak_ratio: Option<f64>,
    /// The relative distance from the best bound that any scheduler proved.
    pub gap: Option<f64>,
    pub solve_us: Option<f64>,
    pub why_not: Option<String>,
}
