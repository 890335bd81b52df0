//! Random functions, whole, cut into stages and put back: what differs, crashes or is no valid IR fails, and is reduced first.
//!
//! `RESPECT_FUNCTIONS` is how many functions are tried, `RESPECT_SEED` the seed of the first: a function's seed alone makes
//! it again.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::plan::Plan;
use super::recipe::Recipe;
use super::run::Failure;
use super::signature::Signature;
use super::variants::{Variant, execute};
use crate::common::on_two_threads;

/// Ways through the passes that each function is taken.
const PLANS: usize = 3;
/// Functions whose variants are executed in one process.
const BATCH: u64 = 8;

/// A refusal that is right.
struct Explained {
    /// A part of what is said.
    part: &'static str,
    meaning: &'static str,
    /// Whether it can be right for a plan.
    may_be: fn(&Plan) -> bool,
}

const EXPLAINED: [Explained; 8] = [
    Explained { part: "use at most 1", meaning: "no room for two stages", may_be: |_| true },
    Explained {
        part: "the last stage can't return it: use 1 stage",
        meaning: "Coral's rules: an argument is returned",
        may_be: Plan::is_for_coral,
    },
    Explained {
        part: "the graph has no outputs",
        meaning: "Coral's rules: nothing is returned",
        may_be: Plan::is_for_coral,
    },
    Explained {
        part: "can't run: ",
        meaning: "a scheduler of one order breaks a rule",
        may_be: Plan::has_fixed_order,
    },
    Explained {
        part: "libcoral's order has no room for so many stages",
        meaning: "a scheduler of one order has no room",
        may_be: Plan::has_fixed_order,
    },
    Explained {
        part: "Google's partitioner, which it follows, aborts: ",
        meaning: "a scheduler that does as Google's partitioners do stops where they stop",
        may_be: Plan::has_fixed_order,
    },
    Explained {
        part: "makes nothing that a later stage needs for a model output",
        meaning: "Coral's rules: other passes took from a stage what it hands on",
        may_be: |plan| plan.is_for_coral() && plan.changes_schedule(),
    },
    Explained { part: "raise time-limit-ms", meaning: "nothing found in the time", may_be: |_| true },
];

/// Returns whether every error of `mlir-opt` is at a place in the module.
fn has_places(said: &str) -> bool {
    let nowhere = |line: &str| {
        line.split_once("<unknown>:0: error: ").is_some_and(|(_, text)| !text.starts_with("loc("))
    };
    said.contains("error: ") && !said.lines().any(nowhere)
}

/// A function and a way through the passes.
#[derive(Clone, Debug)]
struct Trial {
    seed: u64,
    recipe: Recipe,
    plan: Plan,
}

/// What came of a trial.
enum Outcome {
    /// The stages, and what was put back, in that order.
    Cut([Variant; 2]),
    Refused(&'static str),
    Wrong(String),
}

impl Trial {
    fn all(seed: u64) -> Vec<Trial> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let recipe = Recipe::new(&mut random);
        (0..PLANS).map(|_| Trial { seed, recipe: recipe.clone(), plan: Plan::new(&mut random) }).collect()
    }

    fn whole(&self) -> Variant {
        let module = self.recipe.module();
        Variant { original: Signature::read(&module), module }
    }

    fn cut(&self) -> Outcome {
        let whole = self.whole();
        match self.plan.clone().apply(&whole.module) {
            Ok(planned) => Outcome::Cut(
                [planned.outlined, planned.inlined]
                    .map(|module| Variant { module, original: whole.original.clone() }),
            ),
            Err(failure) => {
                let said = failure.text();
                let explained =
                    EXPLAINED.iter().find(|why| said.contains(why.part) && (why.may_be)(&self.plan));
                match (&failure, explained) {
                    (Failure::Refused(_), Some(why)) if has_places(said) => Outcome::Refused(why.meaning),
                    _ => Outcome::Wrong(first_line(&failure)),
                }
            }
        }
    }

    /// Returns what is wrong with the trial by itself.
    fn wrong(&self) -> Option<String> {
        match self.cut() {
            Outcome::Refused(_) => None,
            Outcome::Wrong(why) => Some(why),
            Outcome::Cut([outlined, inlined]) => {
                let said = execute(&[self.whole(), outlined, inlined]);
                difference(&said[0], &said[1..])
            }
        }
    }

    /// Returns a smaller trial that goes wrong in the same way.
    fn reduced(&self, kind: &str) -> Trial {
        let mut best = self.clone();
        let mut attempt = |change: &dyn Fn(&mut Trial)| {
            let mut smaller = best.clone();
            change(&mut smaller);
            let is_same = smaller.wrong().is_some_and(|why| sort(&why) == kind);
            if is_same {
                best = smaller;
            }
            is_same
        };
        attempt(&|trial| trial.plan.is_by_text = false);
        for group in 0..3 {
            for place in (0..self.plan.between[group].len()).rev() {
                attempt(&|trial| {
                    trial.plan.between[group].remove(place);
                });
            }
        }
        for place in (0..self.recipe.helper.len()).rev() {
            attempt(&|trial| {
                trial.recipe.helper.remove(place);
            });
        }
        for place in (0..self.recipe.statements.len()).rev() {
            let is_needed = !attempt(&|trial| {
                trial.recipe.statements.remove(place);
            });
            if is_needed {
                attempt(&|trial| trial.recipe.statements[place].inner = 1);
                attempt(&|trial| trial.recipe.statements[place].inner = 0);
            }
        }
        best
    }
}

/// Returns the first thing that a failure says.
fn first_line(failure: &Failure) -> String {
    let is_telling =
        |line: &&str| line.contains("error:") || line.contains("panicked") || line.contains("Assertion");
    let line = failure.text().lines().find(is_telling).or(failure.text().lines().next()).unwrap_or_default();
    match failure {
        Failure::Refused(_) => format!("refused: {line}"),
        Failure::Crashed(text) => {
            format!("crashed: {}: {line}", text.split(": ").next().unwrap_or_default())
        }
    }
}

/// Returns the sort of what is wrong: its words, without names, numbers and places.
fn sort(why: &str) -> String {
    let why = why.split("error: ").last().unwrap_or(why);
    let quoted = |(place, part): (usize, &str)| if place % 2 == 0 { part.to_string() } else { String::new() };
    let why = why.replace("n't", " not");
    let plain: String = why.split(['\'', '"']).enumerate().map(quoted).collect();
    let plain: String = plain.chars().filter(|c| !c.is_ascii_digit()).collect();
    plain.lines().next().unwrap_or_default().chars().take(90).collect()
}

/// Returns how forms of a function differ from the whole.
fn difference(whole: &Result<String, Failure>, forms: &[Result<String, Failure>]) -> Option<String> {
    let whole = match whole {
        Ok(whole) => whole,
        Err(failure) => return Some(format!("whole: not executed: {}", first_line(failure))),
    };
    for (form, said) in ["outlined", "inlined"].iter().zip(forms) {
        match said {
            Err(failure) => return Some(format!("{form}: not executed: {}", first_line(failure))),
            Ok(said) if said != whole => {
                return Some(format!("{form} computes something else:\nwhole {whole:?}\n{form} {said:?}"));
            }
            Ok(_) => {}
        }
    }
    None
}

/// Returns a number from the environment, or what is usual.
fn number(variable: &str, usual: u64) -> u64 {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty());
    text.map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

/// What came of all trials: how many of each, and what went wrong.
#[derive(Default)]
struct Tally {
    outcomes: BTreeMap<String, usize>,
    wrong: BTreeMap<String, Vec<(Trial, String)>>,
}

fn try_batch(seeds: &[u64], tally: &Mutex<Tally>) {
    let mut variants = Vec::new();
    let mut cuts: Vec<(Trial, usize)> = Vec::new();
    let count = |outcome: &str| *tally.lock().unwrap().outcomes.entry(outcome.into()).or_default() += 1;
    let fail = |trial: Trial, why: String| {
        let kind = sort(&why);
        count(&format!("wrong: {kind}"));
        tally.lock().unwrap().wrong.entry(kind).or_default().push((trial, why));
    };
    for &seed in seeds {
        let place = variants.len();
        for trial in Trial::all(seed) {
            match trial.cut() {
                Outcome::Refused(why) => count(why),
                Outcome::Wrong(why) => fail(trial, why),
                Outcome::Cut(forms) => {
                    if variants.len() == place {
                        variants.push(trial.whole());
                    }
                    cuts.push((trial, place));
                    variants.extend(forms);
                }
            }
        }
    }
    if variants.is_empty() {
        return;
    }
    let said = execute(&variants);
    let mut before = None;
    let mut next = 0;
    for (trial, place) in cuts {
        next = if before == Some(place) { next } else { place + 1 };
        before = Some(place);
        match difference(&said[place], &said[next..next + 2]) {
            Some(why) => fail(trial, why),
            None => count("equal"),
        }
        next += 2;
    }
}

#[test]
fn random_functions_do_the_same_whole_outlined_and_inlined() {
    let (first, functions) = (number("RESPECT_SEED", 0), number("RESPECT_FUNCTIONS", 40));
    let seeds: Vec<u64> = (first..first + functions).collect();
    let batches: Vec<&[u64]> = seeds.chunks(BATCH as usize).collect();
    let tally = Mutex::new(Tally::default());
    on_two_threads(&batches, |batch| try_batch(batch, &tally));
    let Tally { outcomes, wrong } = tally.into_inner().unwrap();
    println!("{functions} functions from seed {first}, {PLANS} ways each:");
    for (outcome, count) in &outcomes {
        println!("{count:6} {outcome}");
    }
    for (kind, trials) in &wrong {
        let (trial, _) = &trials[0];
        let reduced = trial.reduced(kind);
        let seeds: Vec<u64> = trials.iter().map(|(trial, _)| trial.seed).collect();
        println!("\n--- {} times, seeds {seeds:?}: {kind}", trials.len());
        println!("passes: {}", reduced.plan.pipeline());
        println!("{}\n{}", reduced.wrong().unwrap_or_default(), reduced.recipe.module());
    }
    assert!(wrong.is_empty(), "{} kinds of failures", wrong.len());
    let cut = outcomes.get("equal").copied().unwrap_or_default();
    let all: usize = outcomes.values().sum();
    assert!(2 * cut >= all, "only {cut} of {all} were cut: refusals hide the rest");
}
