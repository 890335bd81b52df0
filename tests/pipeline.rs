//! The promise: the simulator obeys the laws of pipelines, and agrees with the recurrences that queueing theory gives
//! for them, which share no code with it.

use crate::common::{cut, cut_if_room, manifest, model, models, respect};
use proptest::prelude::*;
use respect::base::units::Time;
use respect::pipeline::simulate::{Activity, Link, Pipeline, Span, StageTimes};
use serde_json::Value;

/// When inference k enters, finishes and leaves stage i, from the recurrence for lines that block after service:
/// it enters when it has come and a device is free, and leaves when it is finished and the queue has a place, which is
/// when the next stage takes the inference that is as many before it as there are places.
fn leaves(times: &[u64], copies: &[u64], places: Option<u64>, inferences: u64) -> Vec<Vec<u64>> {
    let stages = times.len();
    let count = inferences as usize;
    let mut enters = vec![vec![0u64; count]; stages];
    let mut leaves = vec![vec![0u64; count]; stages];
    for k in 0..count {
        for i in 0..stages {
            let came = if i > 0 { leaves[i - 1][k] } else { 0 };
            let free = k.checked_sub(copies[i] as usize).map_or(0, |before| leaves[i][before]);
            enters[i][k] = came.max(free);
            let place = match (places, i + 1 < stages) {
                (Some(places), true) => {
                    k.checked_sub(places as usize).map_or(0, |before| enters[i + 1][before])
                }
                _ => 0,
            };
            leaves[i][k] = (enters[i][k] + times[i]).max(place);
        }
    }
    leaves
}

fn pipeline(times: &[u64], places: Option<u32>) -> Pipeline {
    let stages = times.iter().map(|&time| StageTimes::of(Time(time))).collect();
    Pipeline { places, ..Pipeline::new(stages) }
}

fn results(pipeline: &Pipeline, inferences: u64) -> Vec<u64> {
    let run = pipeline.run(inferences, &mut |_| {}).expect("a sound pipeline");
    run.results.iter().map(|time| time.0).collect()
}

/// Stages with all four parts, the copies of each, a queue and a number of inferences.
fn pipelines() -> impl Strategy<Value = (Vec<StageTimes>, Vec<u32>, Option<u32>, u64)> {
    let part = || prop_oneof![1 => Just(0u64), 3 => 1..40u64];
    let stage = (part(), part(), part(), part()).prop_map(|(input, streaming, compute, output)| StageTimes {
        input: Time(input),
        streaming: Time(streaming),
        compute: Time(compute),
        output: Time(output),
    });
    let copies = prop_oneof![3 => Just(1u32), 1 => 2..4u32];
    let places = prop_oneof![Just(None), (1..4u32).prop_map(Some)];
    (prop::collection::vec((stage, copies), 1..6), places, 1..40u64).prop_map(
        |(stages, places, inferences)| {
            let (stages, copies) = stages.into_iter().unzip();
            (stages, copies, places, inferences)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn it_agrees_with_the_recurrence((stages, copies, places, inferences) in pipelines()) {
        let times: Vec<u64> = stages.iter().map(|stage| stage.total().0).collect();
        let wide: Vec<u64> = copies.iter().map(|&copies| copies.into()).collect();
        let expected = leaves(&times, &wide, places.map(u64::from), inferences);
        let pipeline = Pipeline { copies, places, ..Pipeline::new(stages) };
        prop_assert_eq!(&results(&pipeline, inferences), expected.last().unwrap());
    }

    #[test]
    fn more_places_never_hurt((stages, copies, places, inferences) in pipelines()) {
        let few = Pipeline { copies, places, ..Pipeline::new(stages) };
        let more = Pipeline { places: places.map(|places| places + 1), ..few.clone() };
        let endless = Pipeline { places: None, ..few.clone() };
        let [few, more, endless] = [few, more, endless].map(|pipeline| results(&pipeline, inferences));
        for k in 0..inferences as usize {
            prop_assert!(few[k] >= more[k] && more[k] >= endless[k]);
        }
    }

    #[test]
    fn nothing_is_faster_than_its_bounds((stages, copies, places, inferences) in pipelines(), shared: bool) {
        let link = if shared { Link::Shared } else { Link::Own };
        let pipeline = Pipeline { stages, copies, places, link };
        let all = results(&pipeline, inferences);
        let last = *all.last().unwrap();
        prop_assert!(all.is_sorted(), "results keep their order");
        prop_assert!(all[0] >= pipeline.latency().0);
        for (stage, &copies) in pipeline.stages.iter().zip(&pipeline.copies) {
            let turns = inferences.div_ceil(copies.into());
            prop_assert!(last >= turns * stage.total().0);
        }
        if shared {
            let on_link: u64 = pipeline.stages.iter().map(|stage| stage.on_link().0).sum();
            prop_assert!(last >= inferences * on_link, "the link serves one at a time");
            let own = Pipeline { link: Link::Own, ..pipeline.clone() };
            prop_assert!(results(&own, 1) == results(&pipeline, 1), "alone, nobody contends");
        }
    }

    #[test]
    fn every_device_does_one_thing_at_a_time((stages, copies, places, inferences) in pipelines(), shared: bool) {
        let link = if shared { Link::Shared } else { Link::Own };
        let pipeline = Pipeline { stages, copies, places, link };
        let mut spans: Vec<Span> = Vec::new();
        let run = pipeline.run(inferences, &mut |span| spans.push(span)).unwrap();
        let alone = |spans: &mut Vec<Span>| {
            spans.sort_by_key(|span| span.start);
            spans.windows(2).all(|pair| pair[0].end <= pair[1].start)
        };
        for (stage, &copies) in pipeline.copies.iter().enumerate() {
            let mut worked = Time(0);
            for copy in 0..copies as usize {
                let mut own: Vec<Span> =
                    spans.iter().filter(|span| (span.stage, span.copy) == (stage, copy)).copied().collect();
                prop_assert!(alone(&mut own));
                let device = &run.occupancy[stage][copy];
                let all = device.busy + device.waiting + device.blocked + device.starved(run.makespan());
                prop_assert_eq!(all, run.makespan());
                worked += device.busy;
            }
            prop_assert_eq!(worked.0, inferences * pipeline.stages[stage].total().0);
        }
        if shared {
            let mut on_link: Vec<Span> = spans.iter().filter(|span| span.activity.is_on_link()).copied().collect();
            prop_assert!(alone(&mut on_link));
        } else {
            prop_assert!(spans.iter().all(|span| span.activity != Activity::Waiting));
        }
    }

    #[test]
    fn in_the_limit_the_slowest_stage_decides((stages, copies, places, _) in pipelines()) {
        // With a place in front of every device, copies take turns without a gap.
        let places = places.map(|places| places + 4);
        let pipeline = Pipeline { copies, places, ..Pipeline::new(stages) };
        let loads = pipeline.stages.iter().zip(&pipeline.copies);
        let slowest = loads.map(|(stage, &copies)| stage.total().0 as f64 / f64::from(copies)).fold(0.0, f64::max);
        let period = pipeline.period().unwrap();
        prop_assert!((period - slowest).abs() <= slowest * 1e-9, "{} instead of {}", period, slowest);
    }
}

#[test]
fn equal_stages_follow_the_closed_form() {
    for (stages, time, inferences) in [(1u64, 7u64, 5u64), (4, 10, 100), (8, 3, 1)] {
        for places in [Some(1), Some(3), None] {
            let pipeline = pipeline(&vec![time; stages as usize], places);
            let expected: Vec<u64> = (0..inferences).map(|k| (stages + k) * time).collect();
            assert_eq!(results(&pipeline, inferences), expected);
            assert_eq!(pipeline.period().unwrap(), time as f64);
        }
    }
}

#[test]
fn one_slow_stage_sets_the_pace_wherever_it_stands() {
    for slow in 0..4 {
        let mut times = [5; 4];
        times[slow] = 20;
        for places in [Some(1), None] {
            let all = results(&pipeline(&times, places), 50);
            let expected: Vec<u64> = (0..50).map(|k| 35 + 20 * k).collect();
            assert_eq!(all, expected, "stage {slow} is the slow one");
        }
    }
}

#[test]
fn a_full_queue_blocks_and_an_empty_one_starves() {
    let run = pipeline(&[1, 10, 1], Some(1)).run(1000, &mut |_| {}).unwrap();
    let share = |time: Time| time.0 as f64 / run.makespan().0 as f64;
    let [first, slow, last] = [0, 1, 2].map(|stage| run.occupancy[stage][0]);
    assert!((share(first.busy) - 0.1).abs() < 0.01 && share(first.blocked) > 0.88);
    assert!(share(slow.busy) > 0.99);
    assert!((share(last.busy) - 0.1).abs() < 0.01 && share(last.starved(run.makespan())) > 0.88);
}

#[test]
fn a_second_device_for_the_slow_stage_doubles_the_pace() {
    let mut doubled = pipeline(&[2, 10, 2], Some(1));
    doubled.copies = vec![1, 2, 1];
    assert_eq!(doubled.period().unwrap(), 5.0);
    assert_eq!(doubled.latency(), Time(14), "a single inference gains nothing");
    doubled.copies = vec![1, 9, 1];
    assert_eq!(doubled.period().unwrap(), 2.0, "then the others are the slowest");
}

#[test]
fn a_shared_link_is_the_bottleneck_where_transfers_are_long() {
    let stage = StageTimes { input: Time(4), compute: Time(5), output: Time(2), ..StageTimes::default() };
    let shared = Pipeline { link: Link::Shared, ..Pipeline::new(vec![stage; 3]) };
    assert_eq!(Pipeline::new(vec![stage; 3]).period().unwrap(), 11.0);
    assert_eq!(shared.period().unwrap(), 18.0, "three stages of six on the link");
}

#[test]
fn a_folder_tells_the_same_as_the_model_it_was_cut_from() {
    let scratch = tempfile::tempdir().unwrap();
    let mut compared = 0;
    for path in models() {
        let folder = scratch.path().join(crate::common::name(&path));
        if !cut_if_room(&path, 3, &folder, &[]) {
            continue;
        }
        compared += 1;
        assert!(manifest(&folder).stages.iter().all(|stage| stage.cost.output_us <= stage.cost.transfer_us));
        let says = |arguments: &[&std::ffi::OsStr]| {
            let output =
                respect().arg("simulate").args(arguments).args(["--format", "json"]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
            // What is not for an Edge TPU is told when a model is cut.
            report.as_object_mut().unwrap().remove("warnings");
            report
        };
        let of_model = says(&[path.as_os_str(), "-n".as_ref(), "3".as_ref()]);
        assert_eq!(says(&[folder.as_os_str()]), of_model, "{}", path.display());
    }
    assert!(compared >= 12, "only {compared} models have room for three stages");
}

#[test]
fn a_folder_is_simulated_with_its_copies() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("stages");
    cut(&model("residual"), 2, &folder, &[]).unwrap();
    let says = |options: &[&str]| {
        let output =
            respect().arg("simulate").arg(&folder).args(options).args(["--format", "json"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let (one, asked_for) = (says(&[]), says(&["--copies", "2,3"]));
    assert_ne!(one, asked_for);
    let mut manifest = manifest(&folder);
    (manifest.stages[0].copies, manifest.stages[1].copies) = (2, 3);
    std::fs::write(folder.join("schedule.json"), manifest.to_json()).unwrap();
    assert_eq!(says(&[]), asked_for);
    assert_eq!(says(&["--copies", "1,1"]), one, "the option has the last word");
}

#[test]
fn mistakes_are_told() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("stages");
    cut(&model("residual"), 2, &folder, &[]).unwrap();
    let residual = model("residual");
    let (residual, folder) = (residual.to_str().unwrap(), folder.to_str().unwrap());
    for (status, arguments, part) in [
        (1, vec!["simulate", residual], "give --devices N or --stages N"),
        (1, vec!["simulate", folder, "-n", "2"], "leave --stages, --devices and --cut-after out"),
        (1, vec!["simulate", "--stage-ms", "3,5", "--copies", "1"], "one number from 1"),
        (1, vec!["simulate", "--stage-ms", "3,5", "--copies", "1,0"], "one number from 1"),
        (1, vec!["simulate", "--stage-ms", "1e8", "--inferences", "1000000"], "simulate fewer"),
        (2, vec!["simulate"], "required"),
        (2, vec!["simulate", "--stage-ms", "3,x"], "milliseconds"),
        (2, vec!["simulate", "--stage-ms", "3", "--queue", "0"], "unbounded"),
        (2, vec!["plan", residual, "--gain=-1"], "share"),
        (1, vec!["plan", "no.json"], "no.json"),
    ] {
        let output = respect().args(&arguments).output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {complaint}");
        assert!(complaint.contains(part), "{arguments:?}: {complaint}");
    }
}

#[test]
fn a_plan_grows_as_long_as_there_is_room() {
    let output = respect().arg("plan").arg(model("residual")).args(["--format", "json"]).output().unwrap();
    let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = plan["rows"].as_array().unwrap();
    for (index, (row, best)) in rows.iter().zip(plan["best"].as_array().unwrap()).enumerate() {
        assert_eq!((&row["stages"], &best["devices"]), (&(index + 1).into(), &(index + 1).into()));
        let rate = |entry: &serde_json::Value| entry["inferences_per_second"].as_f64().unwrap();
        assert!(rate(best) >= rate(row) * 0.999, "{best} {row}");
    }
    assert_eq!(plan["best"].as_array().unwrap().len(), 8);
    assert_eq!(plan["verdict"]["choices"][0]["copies"], plan["best"][7]["copies"]);
    assert!(plan["knee"].as_u64().is_some() && plan["first_on_chip"] == 1);
    // A model with little room: what there is counts, and why there is no more is told.
    let output = respect().arg("plan").arg(model("dense")).args(["-n", "64", "--format", "json"]).output();
    let plan: serde_json::Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    assert!(plan["why_no_more"].as_str().unwrap().contains("use at most"), "{plan}");
    assert!(plan["rows"].as_array().unwrap().len() < 64);
}
