//! Plans: how a function is scheduled, and what other passes do before, between and after the passes under test.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::run::{Failure, TO_LINALG, TO_MEMORY, opt};
use crate::common::folders::{FIXED, OBJECTIVES, SEEKING};
use crate::common::room;

const LOOPS: &str = "func.func(loop-invariant-code-motion)";

/// Passes that may come before a schedule.
const BEFORE: [&str; 5] = ["canonicalize", "cse", "sccp", TO_LINALG, TO_MEMORY];
/// Passes that may come between schedule and stages.
const SCHEDULED: [&str; 5] = ["canonicalize", "cse", "sccp", LOOPS, "symbol-dce"];
/// Passes that may change the stages.
pub const OUTLINED: [&str; 9] =
    ["canonicalize", "cse", "sccp", "symbol-dce", "inline", "convert-scf-to-cf", LOOPS, TO_LINALG, TO_MEMORY];

/// A way of a function through the passes.
#[derive(Clone, Debug)]
pub struct Plan {
    pub stages: u32,
    /// Options of `respect-schedule`.
    pub options: String,
    /// The passes before the schedule, between schedule and stages, and between stages and putting back.
    pub between: [Vec<&'static str>; 3],
    /// Whether each step is a process of its own that reads what the one before printed in generic form.
    pub is_by_text: bool,
}

/// What a plan makes of a module.
pub struct Planned {
    pub outlined: String,
    pub inlined: String,
}

impl Plan {
    /// A random plan.
    pub fn new(random: &mut ChaCha8Rng) -> Plan {
        let schedulers: Vec<&str> = SEEKING.into_iter().chain(FIXED).collect();
        let scheduler = schedulers.choose(random).expect("a scheduler");
        let objective = OBJECTIVES.choose(random).expect("an objective");
        // Coral's rules forbid most that has effects.
        let rules = if random.random_ratio(3, 4) { "precedence" } else { "coral" };
        let between = [&BEFORE[..], &SCHEDULED, &OUTLINED].map(|passes| {
            let count = if random.random_ratio(1, 2) { 0 } else { random.random_range(1..=2) };
            (0..count).map(|_| *passes.choose(random).expect("a pass")).collect()
        });
        Plan {
            stages: random.random_range(2..=6),
            // A proof on a wide function would take a minute of a slow machine, and is not what is tried here.
            options: format!("scheduler={scheduler} objective={objective} rules={rules} time-limit-ms=5000"),
            between,
            is_by_text: random.random_ratio(1, 4),
        }
    }

    /// Whether the stages must be such as Coral's runner takes.
    pub fn is_for_coral(&self) -> bool {
        self.options.contains("rules=coral")
    }

    /// Whether the scheduler takes what comes of one order.
    pub fn has_fixed_order(&self) -> bool {
        FIXED.iter().any(|scheduler| self.options.contains(&format!("scheduler={scheduler} ")))
    }

    /// Whether other passes come between schedule and stages.
    pub fn changes_schedule(&self) -> bool {
        !self.between[1].is_empty()
    }

    /// The passes until the schedule, until the stages, until these are changed, and to the end.
    fn steps(&self) -> [Vec<String>; 4] {
        let schedule = format!("respect-schedule{{stages={} {}}}", self.stages, self.options);
        let [before, scheduled, outlined] = &self.between;
        let mut inline = vec!["respect-inline-stages"];
        // Only where nothing else was changed does what is said of the schedule still hold.
        inline.extend((scheduled.is_empty() && outlined.is_empty()).then_some("respect-verify-schedule"));
        let owned = |passes: &[&str]| passes.iter().map(|pass| pass.to_string()).collect::<Vec<_>>();
        [
            [owned(before), vec![schedule]].concat(),
            owned(&[scheduled, &["respect-outline-stages"][..]].concat()),
            owned(outlined),
            owned(&inline),
        ]
    }

    /// Returns the passes, as `mlir-opt` takes them.
    pub fn pipeline(&self) -> String {
        self.steps().concat().join(",")
    }

    /// Takes a module through the passes; where it has room for fewer stages, into as many as it has.
    pub fn apply(&mut self, module: &str) -> Result<Planned, Failure> {
        match self.through(module) {
            Err(Failure::Refused(why)) if room(&why).is_some_and(|room| (2..self.stages).contains(&room)) => {
                self.stages = room(&why).expect("a number");
                self.through(module)
            }
            other => other,
        }
    }

    fn through(&self, module: &str) -> Result<Planned, Failure> {
        let [schedule, outline, change, inline] = self.steps();
        // With copies before writes MLIR 22's bufferization takes one kind of analysis for another where there are calls, and reads what
        // the passes before it left in memory: it gets a process of its own.
        if self.is_by_text || self.between[2].contains(&TO_MEMORY) {
            let scheduled = opt(module, &schedule, true)?;
            let outlined = opt(&scheduled, &outline, true)?;
            let changed = opt(&outlined, &change, true)?;
            let inlined = opt(&changed, &inline, false)?;
            return Ok(Planned { outlined: opt(&changed, &[], false)?, inlined });
        }
        let until_stages = [schedule, outline, change].concat();
        let outlined = opt(module, &until_stages, false)?;
        let inlined = opt(module, &[until_stages, inline].concat(), false)?;
        Ok(Planned { outlined, inlined })
    }
}
