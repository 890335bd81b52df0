//! The times that an inference takes in a stage.

use super::activity::Activity;
use crate::base::units::Time;
use crate::problem::judge::StageCost;
use crate::stages::manifest::CostEntry;

/// The times that one inference takes in a stage, in this order; parts of no length are passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// The time of activations to the device.
    pub input: Time,
    /// The time of parameters that the device does not hold.
    pub streaming: Time,
    /// The time of the invocation and the compute.
    pub compute: Time,
    /// The time of activations back to the host.
    pub output: Time,
}

impl StageTimes {
    /// Returns the times of a stage of which only the whole is known.
    pub fn of(whole: Time) -> StageTimes {
        StageTimes { compute: whole, ..StageTimes::default() }
    }

    /// Returns the time of all parts.
    pub fn total(&self) -> Time {
        Activity::WORK.into_iter().map(|activity| self.part(activity)).sum()
    }

    /// Returns the time in which the link to the host is in use.
    pub fn on_link(&self) -> Time {
        self.total() - self.compute
    }

    /// Returns the time of one kind of work.
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
            streaming: stage.instructions + stage.streaming,
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
            streaming: Time::from_us(cost.instructions_us) + Time::from_us(cost.streaming_us),
            compute: Time::from_us(cost.invoke_us) + Time::from_us(cost.compute_us),
            output,
        }
    }
}
