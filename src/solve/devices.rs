//! The devices that stages take: how many of each kind are used so far, and how many one more stage may take.
//!
//! A stage that several devices run a copy of each gives a result every `load / copies`; on devices of several kinds,
//! their rates add up. A pipeline in which every stage has one device is the case of one kind and one device a stage.

use crate::problem::fleet::KINDS;

/// A value for each kind of device; those beyond the number of kinds mean nothing.
pub(crate) type OfKinds = [u64; KINDS];

/// The devices that one stage takes.
pub(crate) struct Taken {
    /// The number of devices of each kind.
    pub devices: Vec<u32>,
    /// The number of devices of all kinds.
    pub count: u32,
    /// The difference between the states before and after.
    step: usize,
}

/// The states of the devices, that is, how many of each kind are used; and what leads from one to the next.
pub(crate) struct Devices {
    counts: Vec<u32>,
    /// The number of devices of each kind that are used in each state.
    used: Vec<Vec<u32>>,
    /// The ways in which one stage may take devices, those of fewer devices first.
    pub ways: Vec<Taken>,
}

impl Devices {
    /// Returns the states of as many devices of each kind as `counts` says, of which each stage takes one.
    pub fn one_a_stage(counts: Vec<u32>) -> Devices {
        Devices::new(counts, 1)
    }

    /// Returns the states of as many devices of each kind as `counts` says, of which each stage takes any number.
    pub fn copies(counts: Vec<u32>) -> Devices {
        let most = counts.iter().sum();
        Devices::new(counts, most)
    }

    fn new(counts: Vec<u32>, most: u32) -> Devices {
        let mut used: Vec<Vec<u32>> = vec![Vec::new()];
        for &count in &counts {
            let more = |known: &Vec<u32>, number: u32| known.iter().copied().chain([number]).collect();
            // The state of a number of devices of this kind comes after all those of fewer: a place of a mixed radix.
            used = (0..=count).flat_map(|number| used.iter().map(move |known| more(known, number))).collect();
        }
        let ways = used.iter().enumerate().map(|(step, devices)| Taken {
            devices: devices.clone(),
            count: devices.iter().sum(),
            step,
        });
        let mut ways: Vec<Taken> = ways.filter(|way| (1..=most).contains(&way.count)).collect();
        ways.sort_by_key(|way| way.count);
        Devices { counts, used, ways }
    }

    /// Returns the number of states; in the first, no device is used.
    pub fn states(&self) -> usize {
        self.used.len()
    }

    /// Returns the number of all devices.
    pub fn all(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// Returns whether each stage takes one device.
    pub fn is_one_a_stage(&self) -> bool {
        self.ways.iter().all(|way| way.count == 1)
    }

    /// Returns the number of devices that are used in a state.
    pub fn used(&self, state: usize) -> u32 {
        self.used[state].iter().sum()
    }

    /// Returns the state after a stage that takes devices in `way` where `state` was; `None` if there are too few.
    pub fn after(&self, state: usize, way: usize) -> Option<usize> {
        let way = &self.ways[way];
        let used = self.used[state].iter().zip(&way.devices).zip(&self.counts);
        used.into_iter().all(|((used, taken), count)| used + taken <= *count).then_some(state + way.step)
    }

    /// Returns the state before a stage that took devices in `way`.
    pub fn before(&self, state: usize, way: usize) -> usize {
        state - self.ways[way].step
    }
}

/// Returns the time from one result of a stage to the next, in picoseconds, rounded up; `loads` are its times on each
/// kind, of which it takes as many as `devices` says.
///
/// The rates of several kinds are added as floating-point numbers: to 15 digits, and the same on every machine.
pub(crate) fn period(loads: &OfKinds, devices: &[u32]) -> u64 {
    let mut taken = devices.iter().zip(loads).filter(|(count, _)| **count > 0);
    match (taken.next(), taken.next()) {
        (None, _) => u64::MAX,
        (Some((&count, load)), None) => load.div_ceil(count.into()),
        (Some(_), Some(_)) => {
            let rates = devices.iter().zip(loads).filter(|(count, _)| **count > 0);
            let rate: f64 = rates.map(|(&count, &load)| f64::from(count) / load.max(1) as f64).sum();
            (1.0 / rate).ceil() as u64
        }
    }
}

/// Returns the time of an inference in a stage, in picoseconds: that on its slowest device.
pub(crate) fn latency(loads: &OfKinds, devices: &[u32]) -> u64 {
    let taken = devices.iter().zip(loads).filter(|(count, _)| **count > 0);
    taken.map(|(_, &load)| load).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_count_the_devices_of_each_kind() {
        let devices = Devices::copies(vec![2, 1]);
        assert_eq!((devices.states(), devices.all(), devices.ways.len()), (6, 3, 5));
        for state in 0..devices.states() {
            for way in 0..devices.ways.len() {
                let Some(next) = devices.after(state, way) else { continue };
                assert_eq!(devices.used(next), devices.used(state) + devices.ways[way].count);
                assert_eq!(devices.before(next, way), state);
            }
        }
        let full = devices.states() - 1;
        assert_eq!(devices.used(full), 3);
        assert!(Devices::one_a_stage(vec![3]).is_one_a_stage());
        assert!((0..devices.ways.len()).all(|way| devices.after(full, way).is_none()));
    }

    #[test]
    fn rates_of_copies_add_up() {
        let loads = [12, 6, 0, 0, 0, 0, 0, 0];
        assert_eq!(period(&loads, &[1, 0]), 12);
        assert_eq!(period(&loads, &[5, 0]), 3, "rounded up");
        assert_eq!(period(&loads, &[1, 1]), 4, "one and two in twelve");
        assert_eq!((latency(&loads, &[1, 1]), latency(&loads, &[0, 3])), (12, 6));
    }
}
