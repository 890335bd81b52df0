use super::*;
use crate::device::EdgeTpu;
use crate::learn::synth::{Family, Recipe};
use crate::problem::Rules;
use crate::problem::fleet::{Fleet, Goal};

fn decided(devices: Vec<EdgeTpu>) -> Verdict {
    let graph = Recipe::new(Family::Network, 30..=30, 1).graph(0);
    let goal = Goal::Throughput { latency: None };
    let problem =
        DeploymentProblem { graph: &graph, fleet: Fleet::new(devices).unwrap(), goal, rules: Rules::Coral };
    decide(&problem, &Budget::of(Algorithm::Respect)).unwrap().verdict
}

#[test]
fn the_best_is_at_least_as_good_as_each_other_choice() {
    for count in 1..5 {
        let verdict = decided(vec![EdgeTpu::usb3(); count]);
        let best = verdict.choices[0].inferences_per_second;
        assert!(verdict.choices.iter().all(|row| row.inferences_per_second <= best), "{verdict:?}");
        let expected = if count == 1 { 2 } else { 5 };
        assert_eq!(verdict.choices.len() + verdict.missing.len(), expected, "{verdict:?}");
        let one = verdict.row(Choice::OneDevice).unwrap();
        assert_eq!((one.speed_up, &one.copies[..]), (1.0, &[1][..]));
        assert!(verdict.choices.iter().all(|row| row.inferences_per_second_range.is_some()));
        assert_eq!(verdict.choices[0].best_over_this, None);
    }
}

#[test]
fn devices_of_several_kinds_and_without_uncertainty_are_compared_as_well() {
    let certain = EdgeTpu { uncertainty: None, ..EdgeTpu::pcie() };
    let verdict = decided(vec![EdgeTpu::usb3(), EdgeTpu::usb3(), certain]);
    let choices: Vec<Choice> = verdict.choices.iter().map(|row| row.choice).collect();
    assert_eq!(choices, [Choice::Best, Choice::OneDevice, Choice::Copies]);
    assert!(verdict.row(Choice::OneDevice).unwrap().inferences_per_second_range.is_some());
    assert!(verdict.row(Choice::Copies).unwrap().inferences_per_second_range.is_none());
}
