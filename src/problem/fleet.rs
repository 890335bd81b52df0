//! The devices that there are, and a deployment over them: stages, and the devices that run a copy of each.

use super::schedule::Schedule;
use crate::base::units::Time;
use crate::device::EdgeTpu;

/// The most devices of a fleet.
pub const DEVICES: u32 = 64;
/// The most kinds of devices of a fleet.
pub const KINDS: usize = 8;
/// The most ways in which some of the devices of a fleet can be taken: the product of one more than the number of each
/// kind.
const WAYS: u64 = 1024;

/// The devices that there are, of one or several kinds.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    kinds: Vec<EdgeTpu>,
    counts: Vec<u32>,
}

/// The reason why devices make no fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FleetError {
    /// There are no devices, or too many.
    #[error("{0} devices: give from 1 to {DEVICES}")]
    Count(usize),
    /// There are too many kinds of devices.
    #[error("{0} kinds of devices: give at most {KINDS}")]
    Kinds(usize),
    /// There are too many ways to take some of the devices.
    #[error(
        "devices of several kinds can be shared out in {0} ways, and at most {WAYS} are tried: give fewer devices or kinds"
    )]
    Ways(u64),
}

impl Fleet {
    /// Returns the fleet of these devices; equal ones are of one kind, kinds are in the order of their first devices.
    ///
    /// # Errors
    /// Returns an error if there are no devices, more than [`DEVICES`], or too many kinds.
    pub fn new(devices: impl IntoIterator<Item = EdgeTpu>) -> Result<Fleet, FleetError> {
        let mut fleet = Fleet { kinds: Vec::new(), counts: Vec::new() };
        let mut count = 0;
        for device in devices {
            count += 1;
            match fleet.kinds.iter().position(|kind| *kind == device) {
                Some(kind) => fleet.counts[kind] += 1,
                None => {
                    fleet.kinds.push(device);
                    fleet.counts.push(1);
                }
            }
        }
        let ways = fleet.counts.iter().map(|&count| u64::from(count) + 1).product();
        match (count, fleet.kinds.len()) {
            (count, _) if !(1..=DEVICES as usize).contains(&count) => Err(FleetError::Count(count)),
            (_, kinds) if kinds > KINDS => Err(FleetError::Kinds(kinds)),
            _ if ways > WAYS => Err(FleetError::Ways(ways)),
            _ => Ok(fleet),
        }
    }

    /// Returns the kinds of devices.
    pub fn kinds(&self) -> &[EdgeTpu] {
        &self.kinds
    }

    /// Returns the number of devices of each kind.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Returns the number of all devices.
    pub fn len(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// Returns whether there are no devices, which no fleet allows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Stages, and the number of devices of each kind that run a copy of each stage.
///
/// Copies of the whole model are one stage; a pipeline is stages with one device each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The stage of every operation.
    pub schedule: Schedule,
    /// For each stage, the number of devices of each kind of the fleet.
    pub devices: Vec<Vec<u32>>,
}

impl Deployment {
    /// Returns the number of stages.
    pub fn stages(&self) -> u32 {
        self.devices.len() as u32
    }

    /// Returns the number of devices that run a copy of each stage.
    pub fn copies(&self) -> Vec<u32> {
        self.devices.iter().map(|of_kinds| of_kinds.iter().sum()).collect()
    }
}

/// The quantity that the best deployment has the most or the least of, and what the other one may be.
///
/// Where the first is equal, the other decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The most inferences a second.
    Throughput {
        /// The longest time that an inference may take.
        latency: Option<Time>,
    },
    /// The shortest time of one inference.
    Latency {
        /// The longest time that there may be from one result to the next.
        period: Option<Time>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_devices_are_of_one_kind() {
        let (usb, pcie) = (EdgeTpu::usb3(), EdgeTpu::pcie());
        let fleet = Fleet::new([usb.clone(), pcie.clone(), usb.clone()]).unwrap();
        assert_eq!((fleet.kinds(), fleet.counts(), fleet.len()), (&[usb.clone(), pcie][..], &[2, 1][..], 3));
        assert_eq!(Fleet::new([]), Err(FleetError::Count(0)));
        assert_eq!(Fleet::new(vec![usb.clone(); 65]), Err(FleetError::Count(65)));
        let kind = |number: u32| EdgeTpu { cache_bytes: u64::from(number), ..usb.clone() };
        assert_eq!(Fleet::new((0..9).map(kind)), Err(FleetError::Kinds(9)));
        assert_eq!(
            Fleet::new((0..21).map(|number| kind(number % 5))),
            Err(FleetError::Ways(6 * 5 * 5 * 5 * 5))
        );
    }
}
