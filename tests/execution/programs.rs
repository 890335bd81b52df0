//! Programs of TOSA, linalg, memory, state and control flow, each into 2 to 6 stages by each scheduler, with each pass that may
//! change its stages before they are put back.

use super::plan::{OUTLINED, Plan};
use super::signature::Signature;
use super::variants::{Variant, execute};
use crate::common::folders::SEEKING;
use crate::common::on_two_threads;

const PROGRAMS: [(&str, &str); 6] = [
    ("tosa", include_str!("programs/tosa.mlir")),
    ("linalg", include_str!("programs/linalg.mlir")),
    ("state", include_str!("programs/state.mlir")),
    ("memory", include_str!("programs/memory.mlir")),
    ("control", include_str!("programs/control.mlir")),
    ("results", include_str!("programs/results.mlir")),
];

/// Every number of stages with one of the schedulers and nothing between, and every pass between with two stages.
fn plans() -> Vec<Plan> {
    let options = |scheduler: &str| format!("scheduler={scheduler} rules=precedence");
    let schedulers = SEEKING.into_iter().cycle();
    let by_stages = (2..=6).zip(schedulers).map(|(stages, scheduler)| Plan {
        stages,
        options: options(scheduler),
        between: Default::default(),
        is_by_text: false,
    });
    let by_pass = OUTLINED.into_iter().map(|pass| {
        let between = [vec![], vec![], vec![pass]];
        Plan { stages: 2, options: options("respect"), between, is_by_text: true }
    });
    by_stages.chain(by_pass).collect()
}

#[test]
fn programs_do_the_same_whole_outlined_and_inlined() {
    on_two_threads(&PROGRAMS, |(name, module)| {
        let original = Signature::read(module);
        let variant = |module: &str| Variant { module: module.into(), original: original.clone() };
        let mut variants = vec![variant(module)];
        let mut passes = Vec::new();
        for mut plan in plans() {
            let pipeline = plan.pipeline();
            let planned =
                plan.apply(module).unwrap_or_else(|why| panic!("{name}: {pipeline}: {}", why.text()));
            variants.extend([variant(&planned.outlined), variant(&planned.inlined)]);
            passes.push(pipeline);
        }
        let said = execute(&variants);
        let whole = said[0].as_ref().unwrap_or_else(|why| panic!("{name}: {}", why.text()));
        assert!(whole.lines().count() > 4, "{name} prints {whole:?}");
        for (forms, pipeline) in said[1..].chunks(2).zip(&passes) {
            for (form, said) in ["outlined", "inlined"].iter().zip(forms) {
                let said = said.as_ref().unwrap_or_else(|why| panic!("{name}, {form}: {}", why.text()));
                assert_eq!(said, whole, "{name}, {form}: {pipeline}");
            }
        }
    });
}
