//! The promise: what can be chosen has the same names wherever it can be chosen, is told, and is tested.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use respect::compile::{RECUTS, REFINEMENTS};
use respect::solve::Algorithm;

use crate::common::folders::{FIXED, SEEKING};
use crate::common::{repository, respect};

/// The schedulers that only a build with feature `milp` has: the passes are never built with it.
const WITH_MILP: [&str; 2] = ["milp", "milp-alone"];

/// A list that the command line and the passes share.
struct List {
    /// The name of the option.
    option: &'static str,
    /// The name of the C++ enum.
    kind: &'static str,
    /// The name of the list in `passes/bridge.rs`.
    bridge: &'static str,
}

const LISTS: [List; 3] = [
    List { option: "scheduler", kind: "Scheduler", bridge: "SCHEDULERS" },
    List { option: "objective", kind: "Objective", bridge: "OBJECTIVES" },
    List { option: "rules", kind: "Rules", bridge: "RULES" },
];

/// What is between two marks in a file of the repository, of which the first stands there once.
fn between(file: &str, start: &str, end: &str) -> String {
    let text = fs::read_to_string(repository(file)).unwrap();
    let parts: Vec<&str> = text.split(start).collect();
    assert_eq!(parts.len(), 2, "{file} has '{start}' once");
    parts[1].split_once(end).unwrap_or_else(|| panic!("{file}: no '{end}' after '{start}'")).0.into()
}

/// A name of C++ or Rust as it is given on a command line: `OrderDp` is `order-dp`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(c.to_lowercase());
    }
    kebab
}

/// The values that the command line takes, as it lists them when it is given another.
fn offered(option: &str) -> Vec<String> {
    let option = format!("--{option}");
    let output = respect().args(["schedule", "-", "-n", "2", &option, "?"]).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    let (_, values) = complaint.split_once("possible values: ").expect("a list");
    let values = values.split_once(']').expect("an end of the list").0.split(", ");
    values.filter(|value| !WITH_MILP.contains(value)).map(String::from).collect()
}

/// The C++ name and the command line's name of each value of an option that takes an enum.
fn values(text: &str) -> Vec<(String, String)> {
    let value = |value: &str| {
        let (name, rest) = value.split_once(", \"").expect("a name and a text");
        (name.rsplit(':').next().unwrap().into(), rest.split('"').next().unwrap().into())
    };
    text.split("clEnumValN(").skip(1).map(value).collect()
}

/// The values of an enum of the passes, in their order: the dialect declares those that its attributes have too.
fn declared(kind: &str) -> Vec<String> {
    if kind == "Scheduler" {
        let header = between("passes/include/respect/Passes.h", "enum class Scheduler : uint32_t { ", " }");
        return header.split(", ").map(kebab).collect();
    }
    let declaration = "crates/mlir/dialect/include/respect/Respect.td";
    let cases = between(declaration, &format!("def Respect_{kind} : "), "]> {");
    let cases = cases.split("I32EnumAttrCase<\"").skip(1);
    cases.map(|case| kebab(case.split('"').next().expect("a name"))).collect()
}

#[test]
fn the_passes_offer_what_the_command_line_offers() {
    for List { option, kind, bridge } in LISTS {
        let expected = set(offered(option));
        assert!(expected.len() > 1, "{option}");
        for listed in [
            between("passes/Passes.td", &format!("def {kind}Option : "), "}]>;"),
            between("passes/include/respect/Passes.h", &format!("Option<{kind}> {option}{{"), "};"),
        ] {
            let listed = values(&listed);
            assert!(listed.iter().all(|(name, text)| kebab(name) == *text), "{listed:?}");
            assert_eq!(set(listed.into_iter().map(|(_, text)| text)), expected, "{option}");
        }
        // Numbers pass between the two: the order counts.
        let header = declared(kind);
        assert_eq!(set(header.clone()), expected, "{option} in the header");
        let rust = between("passes/bridge.rs", &format!("const {bridge}: ["), "];");
        let rust = rust.split("::").skip(1).map(|name| kebab(name.split([',', '\n']).next().unwrap()));
        assert_eq!(rust.collect::<Vec<_>>(), header, "{option} in bridge.rs");
    }
}

fn set(names: impl IntoIterator<Item = impl Into<String>>) -> BTreeSet<String> {
    names.into_iter().map(Into::into).collect()
}

#[test]
fn every_scheduler_is_compared_tested_and_documented() {
    let expected = set(offered("scheduler"));
    assert_eq!(set(Algorithm::PLAIN.map(|algorithm| algorithm.to_string())), expected, "compare");
    let seeking = Algorithm::PLAIN.into_iter().filter(|algorithm| algorithm.seeks_valid());
    assert_eq!(set(seeking.map(|algorithm| algorithm.to_string())), set(SEEKING), "tests");
    assert_eq!(set(SEEKING.into_iter().chain(FIXED)), expected, "tests");
    for (file, option) in [("every-scheduler.mlir", "{scheduler="), ("every-scheduler.test", "--scheduler ")]
    {
        let text = fs::read_to_string(repository("lit/schedule").join(file)).unwrap();
        let runs = text.split(option).skip(1).map(|run| run.split([' ', '}']).next().unwrap());
        assert_eq!(set(runs), expected, "{file}");
    }
    let table = between("README.md", "| `--scheduler` | what it does | result |\n", "\n\n");
    let rows = table.lines().filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    assert_eq!(set(rows), set(expected.iter().map(String::as_str).chain(WITH_MILP)), "README.md");
}

/// Options that several front ends have begin with the library's numbers.
#[test]
fn defaults_are_those_of_the_library() {
    let recuts = between("passes/Passes.td", "Option<\"recut\", \"recut\", \"uint32_t\", \"", "\"");
    assert_eq!(recuts, RECUTS.to_string());
    let help = respect().args(["compile", "--help"]).output().unwrap();
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(help.contains(&format!("[default COUNT: {REFINEMENTS}]")), "{help}");
    assert!(help.contains("[default: 200,000 for respect, 2,000,000 for exact]"), "{help}");
}

/// The files under a folder of the repository, at any depth.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What passes say names options as `--pass-pipeline` takes them, and no program: a compiler may be their host.
#[test]
fn diagnostics_of_passes_name_no_flags_of_the_command_line() {
    let hints = between("crates/mlir/src/passes/hint.rs", "fn advice(", "\n}\n");
    let mut said: Vec<String> = hints.lines().map(String::from).collect();
    for file in files(&repository("lit")) {
        let text = fs::read_to_string(&file).unwrap();
        if !text.contains("%respect-opt") {
            continue;
        }
        let lines = text.lines().filter(|line| line.starts_with("//") && !line.contains("RUN:"));
        let diagnostics =
            lines.filter(|line| ["error", "warning", "Remark="].iter().any(|kind| line.contains(kind)));
        // What MLIR itself says of an option that there is not, before any pass runs.
        said.extend(diagnostics.filter(|line| !line.contains("for the --")).map(String::from));
    }
    assert!(said.len() > 100, "{}", said.len());
    let wrong: Vec<&String> = said
        .iter()
        .filter(|line| ["--", "'respect ", "`respect "].iter().any(|text| line.contains(text)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
