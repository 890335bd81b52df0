//! Name resolution: finds the module to which a path leads, or the module that defines the item which it names.

use crate::modules::{ModuleId, Modules};

/// The target of a path within the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The module with this index.
    Module(ModuleId),
    /// An item that the module with this index defines.
    ItemOf(ModuleId),
}

/// The longest chain of imports that is followed; in a crate that compiles, chains are far shorter.
const MOST_STEPS: u32 = 32;

impl Modules {
    /// Returns the target of `path` as written in module `from`; none if the path leads out of the crate or starts with
    /// a local name.
    pub fn resolve(&self, from: ModuleId, path: &[String]) -> Option<Named> {
        self.follow(from, path, MOST_STEPS)
    }

    fn follow(&self, from: ModuleId, path: &[String], steps: u32) -> Option<Named> {
        let (first, rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Named::Module(0),
            "self" => Named::Module(from),
            "super" => Named::Module(self.all[from].parent),
            name => self.lookup(from, name, steps.checked_sub(1)?)?,
        };
        for name in rest {
            let Named::Module(module) = at else { break };
            at = match name.as_str() {
                "super" => Named::Module(self.all[module].parent),
                // A name that is not found may be defined by a macro of that module.
                name => self.lookup(module, name, steps.checked_sub(1)?).unwrap_or(Named::ItemOf(module)),
            };
        }
        Some(at)
    }

    /// Returns the target of a single name in a module.
    fn lookup(&self, module: ModuleId, name: &str, steps: u32) -> Option<Named> {
        let here = &self.all[module];
        if let Some(&child) = here.children.get(name) {
            return Some(Named::Module(child));
        }
        if here.defined.contains(name) {
            return Some(Named::ItemOf(module));
        }
        if let Some(import) = here.imports.iter().find(|import| import.name.as_deref() == Some(name)) {
            return self.follow(module, &import.path, steps);
        }
        here.imports.iter().filter(|import| import.name.is_none()).find_map(|glob| {
            let Named::Module(source) = self.follow(module, &glob.path, steps)? else { return None };
            if source == module { None } else { self.lookup(source, name, steps.checked_sub(1)?) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tiny_crate;

    #[test]
    fn a_path_leads_to_the_file_that_defines_its_item() {
        let modules = tiny_crate(&[
            ("lib.rs", "pub mod a; mod b; listed! { pub enum Size: \"size\" {} }"),
            ("a.rs", "mod inner; pub use inner::Thing as Other; pub use crate::b::*;"),
            ("a/inner.rs", "use super::super::b; pub struct Thing;"),
            ("b.rs", "pub fn help() {}"),
        ]);
        let file = |from: ModuleId, path: &str| {
            let path: Vec<String> = path.split("::").map(str::to_string).collect();
            let found = modules.resolve(from, &path)?;
            let (Named::Module(id) | Named::ItemOf(id)) = found;
            Some((modules.all[id].file.display().to_string(), matches!(found, Named::ItemOf(_))))
        };
        let (root, inner) = (0, 2);
        assert_eq!(file(root, "crate::a::Other"), Some(("a/inner.rs".into(), true)));
        assert_eq!(file(root, "a::help"), Some(("b.rs".into(), true)));
        assert_eq!(file(root, "Size::Small"), Some(("lib.rs".into(), true)));
        assert_eq!(file(inner, "b::help"), Some(("b.rs".into(), true)));
        assert_eq!(file(inner, "super"), Some(("a.rs".into(), false)));
        assert_eq!(file(root, "std::fmt"), None);
    }
}
