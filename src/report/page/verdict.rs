//! The verdict on a schedule: what it gives, beside the other ways of using the devices.

use super::partition::Partition;
use super::text::count;
use crate::draws::{Certainty, Interval};

/// The verdict on a schedule.
pub struct Verdict {
    /// What to do, in a sentence.
    pub sentence: String,
    /// The ways of using the devices, in the order in which they are shown.
    pub choices: Vec<Choice>,
}

/// A way of using the devices.
pub struct Choice {
    /// The name of the choice, such as "one device".
    pub name: String,
    /// The number of devices in use.
    pub devices: u32,
    /// The results a second; zero for stages that take no time.
    pub throughput_per_s: f64,
    /// The time of one inference alone, in milliseconds.
    pub latency_ms: f64,
    /// The range of the results a second in nine of ten draws of what the device may be; none if that is not known.
    pub interval_per_s: Option<Interval>,
    /// True of the choice that the page shows.
    pub is_chosen: bool,
}

impl Verdict {
    /// Returns the verdict on a schedule beside the compiler's default partition, where there is one.
    pub(super) fn beside_default(
        ours: &Partition,
        default: Option<&Partition>,
        certainty: Option<&Certainty>,
    ) -> Verdict {
        let slowest =
            ours.evaluation.stages.iter().position(|stage| stage.latency() == ours.evaluation.bottleneck);
        let limit = format!("Stage {} sets the pace.", slowest.unwrap_or(0));
        let odds = certainty.and_then(|certainty| certainty.over_default);
        let sentence = match default {
            None => limit,
            Some(_) if ours.period <= 0.0 => {
                "No stage takes any time, so nothing limits the pipeline.".into()
            }
            Some(default) => {
                let range =
                    odds.map_or_else(String::new, |odds| format!(" ({})", odds.describe("the default")));
                format!(
                    "{:.2} times the throughput of the compiler's own partition{range}. {limit}",
                    default.period / ours.period
                )
            }
        };
        let mut choices = vec![Choice {
            interval_per_s: certainty.map(Certainty::per_second),
            is_chosen: true,
            ..Choice::of(ours)
        }];
        choices.extend(default.map(Choice::of));
        Verdict { sentence, choices }
    }

    /// Returns the choice that the page shows.
    pub(super) fn chosen(&self) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.is_chosen)
    }
}

impl Choice {
    fn of(partition: &Partition) -> Choice {
        let stages = partition.evaluation.stages.len();
        Choice {
            name: format!("{}, {}", partition.name, count(stages, "stage")),
            devices: stages as u32,
            throughput_per_s: if partition.period > 0.0 { 1e12 / partition.period } else { 0.0 },
            latency_ms: partition.pipeline.latency().as_us() / 1e3,
            interval_per_s: None,
            is_chosen: false,
        }
    }
}
