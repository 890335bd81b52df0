//! The guide's quotations: a block that begins with the path of a file quotes lines of that file.

use crate::common::repository;

/// Returns each quotation of a chapter: the file's path and the lines.
fn quotations(chapter: &str) -> Vec<(String, Vec<String>)> {
    let blocks = chapter.split("```text\n// ").skip(1);
    blocks
        .map(|block| {
            let block = block.split("```").next().unwrap_or_default();
            let mut lines = block.lines().map(String::from);
            let path = lines.next().expect("the path of the file");
            (path, lines.filter(|line| !line.trim().is_empty()).collect())
        })
        .collect()
}

#[test]
fn what_the_guide_quotes_is_in_the_files() {
    let mut count = 0;
    for entry in std::fs::read_dir(repository("docs/guide")).unwrap() {
        let chapter = entry.unwrap().path();
        for (path, lines) in quotations(&std::fs::read_to_string(&chapter).unwrap()) {
            let file =
                std::fs::read_to_string(repository(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
            for line in lines {
                assert!(
                    file.lines().any(|other| other == line),
                    "{}: {path} has no {line:?}",
                    chapter.display()
                );
                count += 1;
            }
        }
    }
    assert!(count >= 8, "only {count} lines are quoted");
}

/// Every path that the pages for contributors name is there.
#[test]
fn paths_that_are_named_exist() {
    let mut count = 0;
    for page in [
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/guide/add-an-operator.md",
        "docs/guide/add-a-solver.md",
        "docs/guide/add-a-pass.md",
        "docs/guide/embed.md",
        "docs/guide/embed-passes.md",
        "README.md",
        "SECURITY.md",
    ] {
        let text = std::fs::read_to_string(repository(page)).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let is_path = |name: &&str| {
            let roots =
                ["src/", "crates/", "passes/", "tests/", "docs/", "tools/", "fuzz/", "lit/", "examples/"];
            roots.iter().any(|root| name.starts_with(root)) && !name.contains(' ')
        };
        for path in quoted.filter(is_path) {
            assert!(repository(path).exists(), "{page}: there is no {path}");
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} paths are named");
}
