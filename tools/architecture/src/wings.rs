//! The wings of a package: its top-level modules, each with the wings that it may use.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cargo_metadata::Package;

use crate::arrows::Arrow;

/// The wings that each wing may use: the table `[package.metadata.wings]` of a Cargo.toml.
pub struct Wings(BTreeMap<String, Vec<String>>);

impl Wings {
    /// Returns the wings that a package's Cargo.toml declares; none if it has no such table.
    ///
    /// # Errors
    /// Returns an error if the table's values are not lists of names.
    pub fn of(package: &Package) -> Result<Option<Wings>> {
        let Some(table) = package.metadata.get("wings") else { return Ok(None) };
        let rows = serde_json::from_value(table.clone());
        let rows = rows.with_context(|| {
            format!("{}: a value of [package.metadata.wings] is not a list of names", package.manifest_path)
        })?;
        Ok(Some(Wings(rows)))
    }

    /// Returns a message for each arrow that no row allows, each wing without a row, and each wing that a row names but
    /// that is not used.
    pub fn faults(&self, arrows: &[Arrow]) -> Vec<String> {
        let mut faults = Vec::new();
        for arrow in arrows {
            let Some((from, to)) = between(arrow) else { continue };
            match self.0.get(from) {
                None => faults.push(format!("wing {from} has no row in [package.metadata.wings]: {arrow}")),
                Some(row) if !row.iter().any(|wing| wing == to) => {
                    faults.push(format!("{from} must not use {to}: {arrow}"));
                }
                Some(_) => {}
            }
        }
        let uses = uses(arrows);
        for (wing, row) in &self.0 {
            let used = uses.get(wing).map(Vec::as_slice).unwrap_or_default();
            let idle = row.iter().filter(|allowed| !used.contains(&allowed.as_str()));
            faults.extend(
                idle.map(|idle| format!("{wing} does not use {idle}: remove {idle} from the row of {wing}")),
            );
        }
        faults
    }
}

/// Returns the wings at the start and the end of an arrow; none if both are the same wing or one is the crate's root.
fn between(arrow: &Arrow) -> Option<(&str, &str)> {
    let (from, to) = (arrow.from_module.first()?, arrow.to_module.first()?);
    (from != to).then_some((from.as_str(), to.as_str()))
}

/// Returns, for each top-level module, the top-level modules that it uses, sorted by name.
pub fn uses(arrows: &[Arrow]) -> BTreeMap<String, Vec<&str>> {
    let mut uses: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (from, to) in arrows.iter().filter_map(between) {
        let used = uses.entry(from.into()).or_default();
        if let Err(place) = used.binary_search(&to) {
            used.insert(place, to);
        }
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrows::arrows;
    use crate::testing::tiny_crate;

    #[test]
    fn an_arrow_that_no_row_allows_is_reported() {
        let modules = tiny_crate(&[
            ("lib.rs", "mod base; mod graph; mod solve;"),
            ("base.rs", "pub struct Hash;"),
            ("graph.rs", "use crate::base::Hash; pub struct Graph(crate::solve::Budget);"),
            ("solve.rs", "pub struct Budget;"),
        ]);
        let row = |wing: &str, uses: &[&str]| {
            (wing.to_string(), uses.iter().map(|wing| wing.to_string()).collect())
        };
        let arrows = arrows(&modules);
        let wings = Wings([row("graph", &["base"]), row("solve", &["graph"])].into());
        assert_eq!(
            wings.faults(&arrows),
            [
                "graph must not use solve: graph.rs:1: crate::solve::Budget is defined in solve.rs",
                "solve does not use graph: remove graph from the row of solve"
            ]
        );
        let wings = Wings([row("base", &[])].into());
        assert_eq!(wings.faults(&arrows).len(), 2);
        assert!(wings.faults(&arrows)[0].starts_with("wing graph has no row"));
        assert_eq!(uses(&arrows), [("graph".to_string(), vec!["base", "solve"])].into());
    }
}
