//! The arrows of a crate: one from each file to each other file that defines an item which it names.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::modules::{Module, ModuleId, Modules, is_for_tests};
use crate::names::Named;

/// A file's use of another file, with the first place of that use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// The file that names an item.
    pub from: PathBuf,
    /// The file that defines that item.
    pub to: PathBuf,
    /// The path, from the crate's root, of the module that names the item.
    pub from_module: Vec<String>,
    /// The path, from the crate's root, of the module that defines the item.
    pub to_module: Vec<String>,
    /// The line of the first use.
    pub line: usize,
    /// The path of the item as that line names it.
    pub path: String,
}

impl std::fmt::Display for Arrow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Arrow { from, to, line, path, .. } = self;
        write!(f, "{}:{line}: {path} is defined in {}", from.display(), to.display())
    }
}

/// Returns the arrows between the files of a crate, at most one for each pair of files, sorted by file.
pub fn arrows(modules: &Modules) -> Vec<Arrow> {
    let mut found = BTreeMap::new();
    for (id, module) in modules.all.iter().enumerate() {
        for import in module.imports.iter().filter(|import| !import.is_reexport && import.name.is_some()) {
            note(&mut found, modules, id, &import.path, import.line);
        }
        let mut paths = Paths { modules, id, found: &mut found };
        for item in &module.items {
            paths.visit_item(item);
        }
    }
    found.into_values().collect()
}

type Found = BTreeMap<(PathBuf, PathBuf), Arrow>;

/// Adds the arrow of a path that names an item of another file. A path that names only a module uses nothing that is in
/// it.
fn note(found: &mut Found, modules: &Modules, from: ModuleId, path: &[String], line: usize) {
    let Some(Named::ItemOf(to)) = modules.resolve(from, path) else { return };
    let (Module { file: from_file, path: from_module, .. }, Module { file: to_file, path: to_module, .. }) =
        (&modules.all[from], &modules.all[to]);
    if from_file != to_file {
        found.entry((from_file.clone(), to_file.clone())).or_insert_with(|| Arrow {
            from: from_file.clone(),
            to: to_file.clone(),
            from_module: from_module.clone(),
            to_module: to_module.clone(),
            line,
            path: path.join("::"),
        });
    }
}

/// The visitor that collects the paths in a module's items.
struct Paths<'a> {
    modules: &'a Modules,
    id: ModuleId,
    found: &'a mut Found,
}

impl Paths<'_> {
    fn path(&mut self, path: &[String], span: Span) {
        note(self.found, self.modules, self.id, path, span.start().line);
    }

    /// Visits every path among the tokens that are given to a macro or an attribute.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut start = Span::call_site();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.path(&std::mem::take(&mut path), start);
                        start = ident.span();
                    }
                    path.push(ident.to_string());
                }
                token => {
                    self.path(&std::mem::take(&mut path), start);
                    if let TokenTree::Group(group) = token {
                        self.tokens(group.stream());
                    }
                }
            }
            colons = 0;
        }
        self.path(&path, start);
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.path(&names, first.ident.span());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.visit_path(&invocation.path);
        self.tokens(invocation.tokens.clone());
    }

    fn visit_meta_list(&mut self, attribute: &'ast syn::MetaList) {
        self.tokens(attribute.tokens.clone());
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::arrows_of;

    #[test]
    fn every_way_to_name_something_counts() {
        for text in [
            "use crate::b::Thing;",
            "use crate::b::{self, Thing};",
            "use super::b; fn f() -> b::Thing { b::Thing }",
            "fn f(_: &[crate::b::Thing]) {}",
            "fn f() { println!(\"{:?}\", crate::b::Thing); }",
            "fn f() { vec![(1, super::b::Thing)]; }",
            "use crate::b; #[error(\"{}\", b::help(.0))] struct E;",
            "fn f() { use crate::b::help; help(); }",
            "macro_rules! m { () => { $crate::b::Thing } }",
        ] {
            let files =
                [("lib.rs", "mod a; mod b;"), ("a.rs", text), ("b.rs", "pub struct Thing; pub fn help() {}")];
            let arrows = arrows_of(&files);
            assert_eq!(arrows.len(), 1, "{text}: {arrows:?}");
            assert!(
                arrows[0].starts_with("a.rs:1: ") && arrows[0].ends_with(" is defined in b.rs"),
                "{arrows:?}"
            );
        }
    }

    #[test]
    fn tests_and_re_exports_draw_no_arrows() {
        for text in [
            "#[cfg(test)] mod tests { use crate::b::Thing; }",
            "pub use crate::b::Thing;",
            "use crate::b;",
            "use std::fmt; use b::Thing;",
            "struct A; impl A { #[cfg(test)] fn f() { crate::b::help() } }",
        ] {
            let files =
                [("lib.rs", "mod a; mod b;"), ("a.rs", text), ("b.rs", "pub struct Thing; pub fn help() {}")];
            assert_eq!(arrows_of(&files), [] as [&str; 0], "{text}");
        }
    }
}
