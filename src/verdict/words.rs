//! The verdict in words.

use super::choice::{Choice, Row};
use crate::base::units::{Time, ratio};
use crate::problem::fleet::Goal;

/// Returns what to do, in a sentence without a period.
pub(super) fn advice(goal: Goal, choices: &[Row], devices: u32) -> String {
    let best = &choices[0];
    let figures = match goal {
        Goal::Throughput { .. } => {
            format!(
                "{:.1} inferences a second, {} one device",
                best.inferences_per_second,
                ratio(best.speed_up)
            )
        }
        Goal::Latency { .. } => format!(
            "{} an inference, {:.1} a second",
            Time::from_us(best.latency_us),
            best.inferences_per_second
        ),
    };
    let mut text = format!("{}: {figures}", what(&best.copies, devices));
    // What is simpler and can't be told to be worse is said to be as good.
    let simpler = [Choice::OneDevice, Choice::Copies, Choice::Default];
    let is_as_good = |row: &&Row| {
        simpler.contains(&row.choice)
            && row.copies != best.copies
            && row.best_over_this.is_some_and(|odds| !odds.is_told() && !odds.is_equal())
    };
    if let (Goal::Throughput { .. }, Some(row)) = (goal, choices.iter().find(is_as_good)) {
        text.push_str(&format!("; {} is as good, as far as the predictions tell", name(row.choice)));
    }
    text
}

/// Returns what to do with the devices, as the beginning of a sentence.
fn what(copies: &[u32], devices: u32) -> String {
    let used: u32 = copies.iter().sum();
    let left = devices - used;
    let spare = match left {
        0 => String::new(),
        1 => ", and one is left".into(),
        _ => format!(", and {left} are left"),
    };
    match copies {
        [1] => format!("run the whole model on one device{spare}"),
        [count] => format!("run a copy of the whole model on each of {count} devices{spare}"),
        _ if copies.iter().all(|&count| count == 1) => {
            format!("cut it into {} stages, one device each{spare}", copies.len())
        }
        _ => format!("cut it into {} stages on {} devices{spare}", copies.len(), counts(copies)),
    }
}

/// Returns the numbers of devices of several stages in words, as "2, 1 and 1".
fn counts(copies: &[u32]) -> String {
    let all: Vec<String> = copies.iter().map(u32::to_string).collect();
    match &all[..] {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => all.concat(),
    }
}

/// Returns the name of a choice in a sentence.
fn name(choice: Choice) -> &'static str {
    match choice {
        Choice::Best => "the best",
        Choice::OneDevice => "one device alone",
        Choice::Copies => "a copy on every device",
        Choice::Default => "the compiler's default",
        Choice::Pipeline => "the best pipeline",
    }
}

/// Returns the shape of a deployment in few characters: the copies of each stage, such as "2+1+1".
pub fn shape(copies: &[u32]) -> String {
    copies.iter().map(u32::to_string).collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_its_words() {
        for (copies, devices, expected) in [
            (&[1][..], 1, "run the whole model on one device"),
            (&[1], 3, "run the whole model on one device, and 2 are left"),
            (&[4], 4, "run a copy of the whole model on each of 4 devices"),
            (&[1, 1, 1], 4, "cut it into 3 stages, one device each, and one is left"),
            (&[2, 1, 1], 4, "cut it into 3 stages on 2, 1 and 1 devices"),
        ] {
            assert_eq!(what(copies, devices), expected);
        }
        assert_eq!(shape(&[2, 1, 1]), "2+1+1");
    }
}
