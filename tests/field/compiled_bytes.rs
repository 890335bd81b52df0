//! The device model's bytes against those in the files that Google's compiler made of published models.

use std::collections::{BTreeMap, BTreeSet};

use respect::base::statistics::quantile;
use respect::calibrate::fit::{Equation, fit};
use respect::graph::instructions::{self, Amounts};
use respect::tflite::graph;

/// A compiled model whose source is at hand.
struct Pair {
    /// The model's name without sizes: models of one family are never split between fit and test.
    family: String,
    name: String,
    /// The bytes of parameters that the compiler cached and streamed, and of instructions.
    cached: u64,
    streamed: u64,
    instructions: u64,
    /// The bytes of parameters that the device model gives.
    held: u64,
    amounts: Vec<Amounts>,
}

fn pairs() -> Vec<Pair> {
    super::pairs::pairs(|source| {
        let graph = graph::graph(source.model, "model").unwrap().graph;
        let amounts = graph.instruction_amounts();
        let name = source.name.trim_end_matches(".tflite");
        let stem = name.split_once("__").map_or(name, |(_, stem)| stem);
        Pair {
            family: stem.chars().take_while(char::is_ascii_alphabetic).collect(),
            name: stem.into(),
            cached: source.figure("cached_bytes"),
            streamed: source.figure("streamed_bytes"),
            instructions: source.figure("instruction_bytes"),
            held: source.on_device.iter().map(|&op| graph.op(op).device_bytes().0).sum(),
            amounts: source.on_device.iter().map(|op| amounts[op.index()]).collect(),
        }
    })
}

/// The number of parts that the families are dealt out to, each of which is left out of a fit in turn.
const FOLDS: usize = 3;

/// Returns the fold of each family: families take turns in the order of their names.
fn folds(pairs: &[Pair]) -> BTreeMap<&str, usize> {
    let families: BTreeSet<&str> = pairs.iter().map(|pair| &pair.family[..]).collect();
    families.into_iter().enumerate().map(|(place, family)| (family, place % FOLDS)).collect()
}

/// Returns the larger of a factor and its inverse.
fn factor(ours: f64, theirs: f64) -> f64 {
    (ours / theirs).max(theirs / ours)
}

#[test]
fn bytes_on_the_device_are_those_of_the_compiled_files() {
    let pairs = pairs();
    let folds = folds(&pairs);
    let large = |pair: &&Pair| pair.cached + pair.streamed > 50_000;
    for fold in [None, Some(0), Some(1), Some(2)] {
        let chosen = || {
            let belongs = |pair: &&Pair| fold.is_none_or(|fold| folds[&pair.family[..]] == fold);
            pairs.iter().filter(large).filter(belongs)
        };
        let of = fold.map_or("all".into(), |fold| format!("third {} of the families", fold + 1));
        let error = |pair: &Pair| pair.held as f64 / (pair.cached + pair.streamed) as f64 - 1.0;
        let errors = || chosen().map(error).map(f64::abs);
        let exact = chosen().filter(|pair| pair.held == pair.cached + pair.streamed).count();
        let [median, ninth, worst] = [0.5, 0.9, 1.0].map(|part| quantile(errors(), part));
        println!(
            "parameters on the device, {of}: {} models, {exact} to the byte, error median {:.2} %, 90 % below {:.2} %, \
             worst {:.2} %",
            chosen().count(),
            median * 100.0,
            ninth * 100.0,
            worst * 100.0
        );
        for pair in chosen().filter(|pair| error(pair).abs() > 0.01) {
            println!(
                "  {} {} {} {:+.1} %",
                pair.name,
                pair.held,
                pair.cached + pair.streamed,
                error(pair) * 100.0
            );
        }
        assert!(median <= 0.01 && ninth <= 0.05 && worst <= 0.25, "{of}: {median} {ninth} {worst}");
    }
}

/// The figures of [`instructions`], with the sum of each one's amounts over a model's operations.
fn terms(pair: &Pair) -> BTreeMap<&'static str, f64> {
    let sum = |of: fn(&Amounts) -> u64| pair.amounts.iter().map(of).sum::<u64>() as f64;
    let mib = (1 << 20) as f64;
    BTreeMap::from([
        ("stage", 1.0),
        ("layer", sum(|op| op.layers)),
        ("other", sum(|op| op.others)),
        ("MiB of parameters", sum(|op| op.parameter_bytes) / mib),
        ("MiB of values", sum(|op| op.value_bytes) / mib),
        ("softmax value", sum(|op| op.softmax_values)),
    ])
}

#[test]
fn instructions_are_about_as_large_as_in_the_compiled_files() {
    let pairs = pairs();
    let folds = folds(&pairs);
    // Each family counts as much as any other, however many of its models there are.
    let count = |pair: &Pair| pairs.iter().filter(|other| other.family == pair.family).count();
    let equation = |pair: &Pair| Equation {
        network: pair.family.clone(),
        taken: BTreeMap::new(),
        terms: terms(pair).into_iter().filter(|(_, amount)| *amount > 0.0).collect(),
        known: 0.0,
        sum: pair.instructions as f64,
        slack: (count(pair) as f64).sqrt(),
    };
    let without = |fold: usize| {
        let kept = pairs.iter().filter(|pair| folds[&pair.family[..]] != fold);
        fit(&kept.map(equation).collect::<Vec<_>>()).coefficients
    };
    let fits: Vec<_> = (0..FOLDS).map(without).collect();
    let all = fit(&pairs.iter().map(equation).collect::<Vec<_>>()).coefficients;
    let shipped = [
        ("stage", instructions::STAGE.0),
        ("layer", instructions::LAYER),
        ("other", instructions::OTHER),
        ("MiB of parameters", instructions::PER_PARAMETER_MIB),
        ("MiB of values", instructions::PER_VALUE_MIB),
        ("softmax value", instructions::PER_SOFTMAX_VALUE),
    ];
    for (name, figure) in shipped {
        let fitted: Vec<String> = fits.iter().map(|fit| format!("{:.0}", fit[name].value)).collect();
        let fitted = fitted.join(", ");
        println!(
            "bytes of instructions a {name}: {figure}; fitted {:.0}; without a third {fitted}",
            all[name].value
        );
    }
    let ours = |pair: &Pair| instructions::STAGE.0 + pair.amounts.iter().map(|op| op.bytes().0).sum::<u64>();
    let unseen = |pair: &Pair| {
        let fit = &fits[folds[&pair.family[..]]];
        equation(pair).predict(fit).expect("every third lacks no figure")
    };
    type Predict<'a> = &'a dyn Fn(&Pair) -> f64;
    let predictions: [(&str, Predict); 2] = [
        ("by the device model's figures", &|pair| ours(pair) as f64),
        ("by figures that were not fitted to the model's family", &unseen),
    ];
    for (by, predicted) in predictions {
        let factors = || pairs.iter().map(|pair| factor(predicted(pair), pair.instructions as f64));
        let [median, ninth, worst] = [0.5, 0.9, 1.0].map(|part| quantile(factors(), part));
        println!(
            "instructions, {by}: {} models, factor median {median:.2}, 90 % below {ninth:.2}, worst {worst:.2}",
            pairs.len()
        );
        for pair in pairs.iter().filter(|pair| factor(predicted(pair), pair.instructions as f64) > 1.5) {
            println!("  {} {:.0} {}", pair.name, predicted(pair), pair.instructions);
        }
        assert!(ninth <= 1.5, "{by}: {ninth}");
    }
}
