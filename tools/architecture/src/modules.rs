//! The modules of a crate, read from its files.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use syn::visit::Visit;
use syn::{Attribute, Item, ItemUse, UseTree, Visibility};

use crate::defined::defined;

/// A module's index in [`Modules::all`]; 0 is the crate's root.
pub type ModuleId = usize;

/// The modules of one crate, except those that are compiled for tests alone.
#[derive(Default)]
pub struct Modules {
    /// The modules, each after its parent.
    pub all: Vec<Module>,
}

/// A module: a file, or a block within one.
pub struct Module {
    /// The module's path from the crate's root, name by name; empty for the root.
    pub path: Vec<String>,
    /// The file that holds the module.
    pub file: PathBuf,
    /// The module around this one; the root is its own parent.
    pub parent: ModuleId,
    /// The modules within this one, by name.
    pub children: HashMap<String, ModuleId>,
    /// The names of the items that the module itself defines.
    pub defined: HashSet<String>,
    /// The names that `use` brings in, at any depth of the module's items.
    pub imports: Vec<Import>,
    /// The module's items, except modules and items for tests.
    pub items: Vec<Item>,
}

/// A name that a `use` brings in.
pub struct Import {
    /// The name as the importing module knows it; none for a glob import.
    pub name: Option<String>,
    /// The imported path, name by name; for a glob import, the path of the module.
    pub path: Vec<String>,
    /// True if other modules may import the name from this one.
    pub is_reexport: bool,
    /// The line of the `use`.
    pub line: usize,
}

/// Reads the modules of the crate whose root file is `root`; `read` returns the text of a file.
///
/// # Errors
/// Returns an error if a file is missing, or can't be parsed as Rust.
pub fn load(root: &Path, read: &dyn Fn(&Path) -> io::Result<String>) -> Result<Modules> {
    let mut modules = Modules::default();
    let folder = root.parent().unwrap_or(Path::new("")).to_path_buf();
    let items = parse(root, read)?;
    modules.add(Place { path: Vec::new(), file: root.into(), folder, parent: 0 }, items, read)?;
    Ok(modules)
}

/// The place of a module in its crate and in the file system.
struct Place {
    path: Vec<String>,
    file: PathBuf,
    /// The folder of the files of its child modules.
    folder: PathBuf,
    parent: ModuleId,
}

fn parse(file: &Path, read: &dyn Fn(&Path) -> io::Result<String>) -> Result<Vec<Item>> {
    let text = read(file).with_context(|| format!("{}: can't be read", file.display()))?;
    let parsed =
        syn::parse_file(&text).with_context(|| format!("{}: can't be parsed as Rust", file.display()))?;
    Ok(parsed.items)
}

impl Modules {
    /// Adds a module and all modules below it, and returns the module's index.
    fn add(
        &mut self,
        place: Place,
        items: Vec<Item>,
        read: &dyn Fn(&Path) -> io::Result<String>,
    ) -> Result<ModuleId> {
        let id = self.all.len();
        let Place { path, file, folder, parent } = place;
        self.all.push(Module {
            path: path.clone(),
            file: file.clone(),
            parent,
            children: HashMap::new(),
            defined: HashSet::new(),
            imports: Vec::new(),
            items: Vec::new(),
        });
        let mut imports = Imports::default();
        for item in items.into_iter().filter(|item| !is_for_tests(attributes(item))) {
            let Item::Mod(module) = item else {
                imports.visit_item(&item);
                self.all[id].defined.extend(defined(&item));
                self.all[id].items.push(item);
                continue;
            };
            let name = module.ident.to_string();
            let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            let below = folder.join(&name);
            let (file, items) = match module.content {
                Some((_, items)) => (file.clone(), items),
                None => {
                    let file = module_file(&folder, &name, read);
                    let items = parse(&file, read)?;
                    (file, items)
                }
            };
            let child = self.add(Place { path, file, folder: below, parent: id }, items, read)?;
            self.all[id].children.insert(name, child);
        }
        self.all[id].imports = imports.0;
        Ok(id)
    }
}

/// Returns the file of the module `name`, given the folder of the files of its parent's child modules.
fn module_file(folder: &Path, name: &str, read: &dyn Fn(&Path) -> io::Result<String>) -> PathBuf {
    let (beside, within) = (folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs"));
    if read(&beside).is_ok() || read(&within).is_err() { beside } else { within }
}

/// Returns whether an item with these attributes is compiled for tests alone.
pub fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(syn::ItemConst { attrs, .. })
        | Item::Enum(syn::ItemEnum { attrs, .. })
        | Item::Fn(syn::ItemFn { attrs, .. })
        | Item::Impl(syn::ItemImpl { attrs, .. })
        | Item::Macro(syn::ItemMacro { attrs, .. })
        | Item::Mod(syn::ItemMod { attrs, .. })
        | Item::Static(syn::ItemStatic { attrs, .. })
        | Item::Struct(syn::ItemStruct { attrs, .. })
        | Item::Trait(syn::ItemTrait { attrs, .. })
        | Item::Type(syn::ItemType { attrs, .. })
        | Item::Use(ItemUse { attrs, .. }) => attrs,
        _ => &[],
    }
}

/// The imports of a module's items, including those within functions.
#[derive(Default)]
struct Imports(Vec<Import>);

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            let is_reexport = !matches!(item.vis, Visibility::Inherited);
            let line = item.use_token.span.start().line;
            self.tree(&item.tree, &mut Vec::new(), is_reexport, line);
        }
    }
}

impl Imports {
    /// Adds all names that a `use` tree below `path` imports.
    fn tree(&mut self, tree: &UseTree, path: &mut Vec<String>, is_reexport: bool, line: usize) {
        let (name, last) = match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.tree(&inner.tree, path, is_reexport, line);
                path.pop();
                return;
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, path, is_reexport, line);
                }
                return;
            }
            UseTree::Glob(_) => (None, None),
            UseTree::Name(name) if name.ident == "self" => (path.last().cloned(), None),
            UseTree::Name(name) => (Some(name.ident.to_string()), Some(name.ident.to_string())),
            UseTree::Rename(renamed) if renamed.ident == "self" => (Some(renamed.rename.to_string()), None),
            UseTree::Rename(renamed) => (Some(renamed.rename.to_string()), Some(renamed.ident.to_string())),
        };
        let path = path.iter().cloned().chain(last).collect();
        self.0.push(Import { name, path, is_reexport, line });
    }
}
