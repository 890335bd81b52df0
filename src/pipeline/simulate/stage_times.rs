//! What an inference asks of a stage.

use super::activity::Activity;
use crate::base::units::Time;
use crate::problem::judge::StageCost;
use crate::stages::manifest::CostEntry;

/// What one inference asks of a stage, in this order; parts of no length are passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// Activations to the device.
    pub input: Time,
    /// Parameters that the device does not hold.
    pub streaming: Time,
    /// The invocation and its compute.
    pub compute: Time,
    /// Activations back to the host.
    pub output: Time,
}

impl StageTimes {
    /// A stage of which nothing but the whole is known.
    pub fn of(whole: Time) -> StageTimes {
        StageTimes { compute: whole, ..StageTimes::default() }
    }

    /// All of it.
    pub fn total(&self) -> Time {
        Activity::WORK.into_iter().map(|activity| self.part(activity)).sum()
    }

    /// How long the link to the host is in use.
    pub fn on_link(&self) -> Time {
        self.total() - self.compute
    }

    /// The length of one kind of work.
    pub fn part(&self, activity: Activity) -> Time {
        match activity {
            Activity::Input => self.input,
            Activity::Streaming => self.streaming,
            Activity::Compute => self.compute,
            Activity::Output => self.output,
            Activity::Waiting | Activity::Blocked => Time(0),
        }
    }
}

impl From<&StageCost> for StageTimes {
    fn from(stage: &StageCost) -> StageTimes {
        StageTimes {
            input: stage.input(),
            streaming: stage.streaming,
            compute: stage.invoke + stage.compute,
            output: stage.output,
        }
    }
}

impl From<&CostEntry> for StageTimes {
    fn from(cost: &CostEntry) -> StageTimes {
        let [transfer, output] = [cost.transfer_us, cost.output_us].map(Time::from_us);
        StageTimes {
            input: transfer - output,
            streaming: Time::from_us(cost.streaming_us),
            compute: Time::from_us(cost.invoke_us) + Time::from_us(cost.compute_us),
            output,
        }
    }
}
