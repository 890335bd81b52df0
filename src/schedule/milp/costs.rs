//! What stages pay, in whole multiples of a load that HiGHS can tell apart.

use super::super::instance::Instance;

/// The most quanta that all loads come to.
const MOST_QUANTA: u64 = 200_000_000;
/// The tolerance that HiGHS has unless told otherwise.
const USUAL_TOLERANCE: f64 = 1e-6;

/// A load with all parameters cached, and with all streamed.
pub(super) type Loads = [u64; 2];

/// What a stage pays once if it holds, of one of the pairs, the first unit and not the second.
pub(super) struct Charge {
    pub loads: Loads,
    pub pairs: Vec<(u32, Option<u32>)>,
}

/// What stages pay.
pub(super) struct Costs {
    pub units: Vec<Loads>,
    pub charges: Vec<Charge>,
    /// Loads are counted in multiples of this, rounded down.
    pub quantum: u64,
    /// If every variable is off by this much, and each unit counts twice, no load is off by half a quantum.
    pub tolerance: f64,
    /// What every stage pays, in quanta, less what its cache saves it.
    pub fixed: [f64; 2],
    /// Which of the two loads can be the larger.
    pub matters: [bool; 2],
}

impl Costs {
    pub fn new(instance: &Instance) -> Costs {
        let units: Vec<Loads> = (instance.time.iter().zip(&instance.bytes))
            .map(|(&time, &bytes)| [time, time + instance.streaming_uncached(bytes)])
            .collect();
        // Every stage holds a useful unit.
        let always =
            instance.invokes.iter().zip(&instance.useful).all(|(invokes, useful)| *invokes || !useful);
        let charges = charges(instance, always);
        let all = || units.iter().chain(charges.iter().map(|charge| &charge.loads));
        let most = instance.streaming_saved();
        let streams = all().map(|[cached, streamed]| streamed - cached).sum::<u64>() > most;
        let saved = if streams { most } else { 0 };
        let invoke = if always { instance.invoke } else { 0 };
        let total = all().map(|loads| loads[1]).sum::<u64>() + invoke + saved;
        let divisor = all().flatten().chain([&invoke, &saved]).fold(0, |divisor, &load| gcd(divisor, load));
        let quantum = divisor.max(total.div_ceil(MOST_QUANTA)).max(1);
        let invoke = (invoke / quantum) as f64;
        Costs {
            quantum,
            tolerance: USUAL_TOLERANCE.min(0.2 / (total / quantum).max(1) as f64),
            fixed: [invoke, invoke - saved.div_ceil(quantum) as f64],
            matters: [saved > 0 || !streams, streams],
            units,
            charges,
        }
    }

    pub fn quanta(&self, loads: &Loads) -> [f64; 2] {
        loads.map(|load| (load / self.quantum) as f64)
    }
}

/// Invocation if not every stage pays it, transfers, and shared constants.
fn charges(instance: &Instance, invoke_always: bool) -> Vec<Charge> {
    let mut charges = Vec::new();
    if !invoke_always {
        let invoking = (0..).zip(&instance.invokes).filter(|(_, invokes)| **invokes);
        let pairs = invoking.map(|(unit, _)| (unit, None)).collect();
        charges.push(Charge { loads: [instance.invoke; 2], pairs });
    }
    for net in &instance.nets {
        let readers = || net.readers.iter().copied();
        let pairs = readers().map(|reader| (reader, net.producer)).collect();
        charges.push(Charge { loads: [net.read; 2], pairs });
        if let Some(producer) = net.producer {
            let pairs = readers().map(|reader| (producer, Some(reader))).collect();
            charges.push(Charge { loads: [net.write; 2], pairs });
        }
    }
    for constant in &instance.shared {
        let pairs = constant.users.iter().map(|&user| (user, None)).collect();
        charges.push(Charge { loads: [0, instance.streaming_uncached(constant.bytes)], pairs });
    }
    charges.retain(|charge| charge.loads != [0, 0]);
    charges
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
