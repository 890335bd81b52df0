//! The promise: whatever scheduler cuts a model, the stages compute what the whole model computes, bit for bit.

use std::path::Path;
use std::sync::Mutex;

use crate::common::folders::{Folders, OBJECTIVES, SEEKING};
use crate::common::{assert_chain, cut, models, name, on_two_threads, python, room};

#[test]
fn every_scheduler_cuts_every_model_into_stages_that_chain_bit_for_bit() {
    let failures = Mutex::new(Vec::new());
    on_two_threads(&models(), |model| {
        let mut folders = Folders::new();
        for objective in OBJECTIVES {
            let room = room_of(model, objective);
            for stages in (1..=room.min(6)).chain([room]) {
                for scheduler in SEEKING {
                    if let Err(why) = folders.cut(model, stages, scheduler, objective) {
                        let failure = format!("{scheduler}, {objective}, {stages} of {room} stages: {why}");
                        failures.lock().unwrap().push(failure);
                    }
                }
                folders.cut_if_valid(model, stages, "parameter-count", objective);
            }
        }
        assert_chain(model, &folders.distinct, 4);
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.concat());
}

/// The most stages that a model has room for, on which all agree; one more is refused with that number.
fn room_of(model: &Path, objective: &str) -> u32 {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let folder = scratch.path().join("stages");
    let ask = |stages: u32, scheduler: &str| {
        let cut = cut(model, stages, &folder, &["--scheduler", scheduler, "--objective", objective]);
        let why = cut.expect_err("too many stages");
        room(&why).unwrap_or_else(|| panic!("{scheduler} names no number of stages: {why}"))
    };
    let rooms = SEEKING.map(|scheduler| ask(100_000, scheduler));
    assert_eq!(rooms, [rooms[0]; SEEKING.len()], "{}, {objective}", name(model));
    assert_eq!(SEEKING.map(|scheduler| ask(rooms[0] + 1, scheduler)), rooms, "{}, {objective}", name(model));
    rooms[0]
}

#[test]
fn the_operator_table_is_the_schemas() {
    python("check_ops_table.py").write_stdin(respect::tflite::ops::dump_json()).assert().success();
}

#[test]
fn the_checker_catches_what_it_is_there_to_catch() {
    python("test_chain.py").arg(crate::common::model("chain")).assert().success();
}
