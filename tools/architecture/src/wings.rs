//! The wings of a package: its top-level modules, and which of them may use which.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cargo_metadata::Package;

use crate::arrows::Arrow;

/// For each wing, those that it may use: `[package.metadata.wings]` of a Cargo.toml.
pub struct Wings(BTreeMap<String, Vec<String>>);

impl Wings {
    /// Returns the wings that a package's Cargo.toml declares; none if it declares none.
    ///
    /// # Errors
    /// The table is not one of lists of names.
    pub fn of(package: &Package) -> Result<Option<Wings>> {
        let Some(table) = package.metadata.get("wings") else { return Ok(None) };
        let rows = serde_json::from_value(table.clone());
        let rows = rows.with_context(|| format!("{}: [package.metadata.wings]", package.manifest_path))?;
        Ok(Some(Wings(rows)))
    }

    /// Returns what is wrong with the arrows: those that no row allows, wings without a row, and rows that name what is not
    /// used.
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
                idle.map(|idle| format!("{wing} does not use {idle}: take it from the row of {wing}")),
            );
        }
        faults
    }
}

/// Returns the wings that an arrow goes from and to; none if it stays in one or the crate's root is one of them.
fn between(arrow: &Arrow) -> Option<(&str, &str)> {
    let (from, to) = (arrow.from_module.first()?, arrow.to_module.first()?);
    (from != to).then_some((from.as_str(), to.as_str()))
}

/// Returns the top-level modules that each one uses.
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
    fn an_arrow_that_no_row_allows_is_told() {
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
                "graph must not use solve: graph.rs:1: crate::solve::Budget is in solve.rs",
                "solve does not use graph: take it from the row of solve"
            ]
        );
        let wings = Wings([row("base", &[])].into());
        assert_eq!(wings.faults(&arrows).len(), 2);
        assert!(wings.faults(&arrows)[0].starts_with("wing graph has no row"));
        assert_eq!(uses(&arrows), [("graph".to_string(), vec!["base", "solve"])].into());
    }
}
