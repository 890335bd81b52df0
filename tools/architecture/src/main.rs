//! Checks how the modules of this workspace use one another.
//!
//! `check` fails if modules of a crate use one another in a cycle, or if a wing (a top-level module) of a package uses
//! another that its row of `[package.metadata.wings]` in Cargo.toml does not name. `arrows` prints which wings use
//! which.
//!
//! Each file counts as one module. It uses the file that defines what it names, so the check can't be evaded by a file
//! that declares modules and re-exports their items. Uses that only the compiler sees are left out: methods, and what
//! macros make of their input.

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
    /// The action to take
    #[arg(value_enum)]
    action: Action,
}

#[derive(Clone, Copy, ValueEnum)]
enum Action {
    /// Fail if modules use one another in a cycle, or if a wing uses one that its row does not name
    Check,
    /// Print which wings use which
    Arrows,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let workspace = MetadataCommand::new().no_deps().exec().context("cargo metadata failed")?;
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

/// Returns the root files of the package's libraries and programs. Build scripts, tests and examples are not checked.
fn crate_roots(package: &Package) -> impl Iterator<Item = &Utf8Path> {
    let counts = |kind: &TargetKind| {
        matches!(kind, TargetKind::Lib | TargetKind::RLib | TargetKind::CDyLib | TargetKind::Bin)
    };
    let targets = package.targets.iter().filter(move |target| target.kind.iter().any(counts));
    targets.map(|target| target.src_path.as_path())
}

/// Returns the arrows of the crate whose root file is `source`, with paths relative to the workspace's `root`.
fn arrows_of(root: &Utf8Path, source: &Utf8Path) -> Result<Vec<Arrow>> {
    let below = |path: &Path| -> PathBuf { root.as_std_path().join(path) };
    let source = source.strip_prefix(root).unwrap_or(source);
    let modules = modules::load(source.as_std_path(), &|path| std::fs::read_to_string(below(path)))?;
    Ok(arrows::arrows(&modules))
}

/// Returns a message for each fault in the arrows of one of the package's crates.
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
