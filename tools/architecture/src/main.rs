//! Checks how the modules of this workspace use one another.
//!
//! `check` fails where modules of a crate use one another in a circle, and where a wing of a package uses one that its row of
//! `[package.metadata.wings]` in Cargo.toml does not name. `arrows` prints which modules use which.
//!
//! A module is a file. It uses the file that defines what it names, so a file that declares modules and re-exports their
//! items is no way round. What only the compiler knows is left out: methods, and what macros make of their input.

mod arrows;
mod cycles;
mod defined;
mod modules;
mod names;
#[cfg(test)]
mod testing;
mod wings;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use cargo_metadata::camino::Utf8Path;
use cargo_metadata::{MetadataCommand, Package, TargetKind};
use clap::{Parser, ValueEnum};

use arrows::Arrow;
use wings::Wings;

/// Checks how the modules of this workspace use one another
#[derive(Parser)]
struct Args {
    /// What to do
    #[arg(value_enum)]
    action: Action,
}

#[derive(Clone, Copy, ValueEnum)]
enum Action {
    /// Fail where modules use one another in a circle, or a wing uses one that its row does not name
    Check,
    /// Print which modules use which
    Arrows,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let workspace = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let root = &workspace.workspace_root;
    let mut faults = Vec::new();
    for package in &workspace.packages {
        for source in crate_roots(package) {
            let arrows = arrows_of(root, source)?;
            match args.action {
                Action::Arrows => print!("{}", listing(package, &arrows)),
                Action::Check => faults.extend(check(package, &arrows)?),
            }
        }
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns the root files of the package's libraries and programs. Build scripts, tests and examples are no rooms of the house.
fn crate_roots(package: &Package) -> impl Iterator<Item = &Utf8Path> {
    let counts = |kind: &TargetKind| {
        matches!(kind, TargetKind::Lib | TargetKind::RLib | TargetKind::CDyLib | TargetKind::Bin)
    };
    let targets = package.targets.iter().filter(move |target| target.kind.iter().any(counts));
    targets.map(|target| target.src_path.as_path())
}

/// Returns the arrows of the crate whose root file is `source`, with paths below the workspace's `root`.
fn arrows_of(root: &Utf8Path, source: &Utf8Path) -> Result<Vec<Arrow>> {
    let below = |path: &Path| -> PathBuf { root.as_std_path().join(path) };
    let source = source.strip_prefix(root).unwrap_or(source);
    let modules = modules::load(source.as_std_path(), &|path| std::fs::read_to_string(below(path)))?;
    Ok(arrows::arrows(&modules))
}

/// Returns what is wrong with the arrows of one of the package's crates.
fn check(package: &Package, arrows: &[Arrow]) -> Result<Vec<String>> {
    let mut faults = cycles::cycles(arrows);
    if let Some(wings) = Wings::of(package)? {
        faults.extend(wings.faults(arrows));
    }
    Ok(faults)
}

/// Returns the arrows between the top-level modules of a crate as a table in Markdown; nothing if there are none.
fn listing(package: &Package, arrows: &[Arrow]) -> String {
    let uses = wings::uses(arrows);
    if uses.is_empty() {
        return String::new();
    }
    let row = |(wing, used): (&String, &Vec<&str>)| format!("| `{wing}` | {} |\n", used.join(", "));
    let rows: String = uses.iter().map(row).collect();
    format!("## {}\n\n| module | uses |\n|---|---|\n{rows}\n", package.name)
}
