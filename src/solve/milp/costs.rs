//! The loads that stages pay, in whole multiples of a quantum that HiGHS can tell apart.

use super::super::instance::Instance;
use super::super::streams::Parameters;

/// The most quanta that all loads together come to where a stage's load is a plain sum.
const MOST_QUANTA: u64 = 200_000_000;
/// The most quanta that all loads together come to where a stage's load is the largest of sums, less what caches save:
/// with more, HiGHS was seen to prove untrue bounds.
const MOST_QUANTA_OF_SUMS: u64 = 5_000_000;
/// The tolerance that HiGHS has unless told otherwise.
const USUAL_TOLERANCE: f64 = 1e-6;

/// A load with all parameters cached, with all streamed at the price of one that is sent once, and with all streamed at
/// their own prices.
pub(super) type Loads = [u64; 3];

/// A load that a stage pays once if it holds the first unit, but not the second, of one of the pairs.
pub(super) struct Charge {
    pub loads: Loads,
    pub pairs: Vec<(u32, Option<u32>)>,
}

/// The loads that stages pay, in quanta.
pub(super) struct QuantizedCosts {
    pub units: Vec<Loads>,
    pub charges: Vec<Charge>,
    /// The load that one quantum stands for; loads are rounded down to multiples of it.
    pub quantum: u64,
    /// The largest error of a variable for which no load is off by half a quantum, even if every variable is off by it
    /// and each unit counts twice.
    pub tolerance: f64,
    /// The load that every stage pays, in quanta, less what its cache saves.
    pub fixed: [f64; 3],
    /// True for each of the three loads that can be the largest.
    pub matters: [bool; 3],
}

impl QuantizedCosts {
    pub fn new(instance: &Instance) -> QuantizedCosts {
        let streamed = |held| instance.streams.sums.map(|sum| sum.uncached(held));
        let unit = |unit| {
            let [once, again] = streamed(instance.parameters(unit)).map(|load| instance.time[unit] + load);
            [instance.time[unit], once, again]
        };
        let units: Vec<Loads> = (0..instance.len()).map(unit).collect();
        // Every stage holds a useful unit.
        let always =
            instance.invokes.iter().zip(&instance.useful).all(|(invokes, useful)| *invokes || !useful);
        let charges = charges(instance, always);
        let all = || units.iter().chain(charges.iter().map(|charge| &charge.loads));
        let most = instance.streams.sums.map(|sum| sum.saved);
        let streams: [bool; 2] =
            std::array::from_fn(|sum| all().map(|loads| loads[sum + 1] - loads[0]).sum::<u64>() > most[sum]);
        // Where nothing is resent the third sum is the second, less for the cache.
        let resends = all().any(|loads| loads[2] > loads[1]);
        let streams = [streams[0], streams[1] && resends];
        let saved: [u64; 2] = std::array::from_fn(|sum| if streams[sum] { most[sum] } else { 0 });
        let invoke = if always { instance.invoke } else { 0 };
        let total = all().map(|loads| loads[2]).sum::<u64>() + invoke + saved[0].max(saved[1]);
        let divisor =
            all().flatten().chain([&invoke]).chain(&saved).fold(0, |divisor, &load| gcd(divisor, load));
        let most = if instance.is_additive() { MOST_QUANTA } else { MOST_QUANTA_OF_SUMS };
        let quantum = divisor.max(total.div_ceil(most)).max(1);
        let invoke = (invoke / quantum) as f64;
        QuantizedCosts {
            quantum,
            tolerance: USUAL_TOLERANCE.min(0.2 / (total / quantum).max(1) as f64),
            fixed: [
                invoke,
                invoke - saved[0].div_ceil(quantum) as f64,
                invoke - saved[1].div_ceil(quantum) as f64,
            ],
            matters: [saved[0] > 0 || !streams[0], streams[0], streams[1]],
            units,
            charges,
        }
    }

    pub fn quanta(&self, loads: &Loads) -> [f64; 3] {
        loads.map(|load| (load / self.quantum) as f64)
    }
}

/// Returns the charges: an invocation if not every stage pays it, transfers, and shared constants.
fn charges(instance: &Instance, invoke_always: bool) -> Vec<Charge> {
    let mut charges = Vec::new();
    if !invoke_always {
        let invoking = (0..).zip(&instance.invokes).filter(|(_, invokes)| **invokes);
        let pairs = invoking.map(|(unit, _)| (unit, None)).collect();
        charges.push(Charge { loads: [instance.invoke; 3], pairs });
    }
    for net in &instance.nets {
        let readers = || net.readers.iter().copied();
        let pairs = readers().map(|reader| (reader, net.producer)).collect();
        charges.push(Charge { loads: [net.read; 3], pairs });
        if let Some(producer) = net.producer {
            let pairs = readers().map(|reader| (producer, Some(reader))).collect();
            charges.push(Charge { loads: [net.write; 3], pairs });
        }
    }
    for constant in &instance.shared {
        let pairs = constant.users.iter().map(|&user| (user, None)).collect();
        let held = Parameters { bytes: constant.bytes, resent: 0 };
        let [once, again] = instance.streams.sums.map(|sum| sum.uncached(held));
        charges.push(Charge { loads: [0, once, again], pairs });
    }
    charges.retain(|charge| charge.loads != [0; 3]);
    charges
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
