//! Cycles of files that use one another.

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use crate::arrows::Arrow;

/// Returns a message for each set of files that use one another in a cycle, with every arrow within the set.
pub fn cycles(arrows: &[Arrow]) -> Vec<String> {
    let graph: DiGraphMap<_, ()> =
        arrows.iter().map(|arrow| (arrow.from.as_path(), arrow.to.as_path())).collect();
    let mut cycles: Vec<_> = tarjan_scc(&graph).into_iter().filter(|files| files.len() > 1).collect();
    for files in &mut cycles {
        files.sort_unstable();
    }
    cycles.sort();
    let text = |files: &Vec<_>| {
        let within =
            |arrow: &&Arrow| files.contains(&arrow.from.as_path()) && files.contains(&arrow.to.as_path());
        let lines: String = arrows.iter().filter(within).map(|arrow| format!("\n  {arrow}")).collect();
        format!(
            "{} files use one another in a cycle: move what they share into a file of its own{lines}",
            files.len()
        )
    };
    cycles.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrows::arrows;
    use crate::testing::tiny_crate;

    #[test]
    fn a_cycle_is_reported_with_its_arrows() {
        let modules = tiny_crate(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "pub struct A;\nuse crate::b::B;"),
            ("b.rs", "pub struct B; pub fn f(_: crate::a::A, _: crate::c::C) {}"),
            ("c.rs", "pub struct C;"),
        ]);
        assert_eq!(
            cycles(&arrows(&modules)),
            ["2 files use one another in a cycle: move what they share into a file of its own\n  \
                          a.rs:2: crate::b::B is defined in b.rs\n  \
                          b.rs:1: crate::a::A is defined in a.rs"]
        );
    }

    #[test]
    fn a_parent_that_only_re_exports_its_children_is_in_no_cycle() {
        let children = [
            ("a.rs", "mod one; mod two; pub use one::One; pub use two::*;"),
            ("a/one.rs", "use super::Two; pub struct One(Two);"),
            ("a/two.rs", "pub struct Two;"),
        ];
        let facade = [&[("lib.rs", "mod a; pub use a::One;")], &children[..]].concat();
        assert_eq!(cycles(&arrows(&tiny_crate(&facade))), [] as [&str; 0]);
    }
}
