//! Tiny crates for tests, whose files are given as texts.

use std::io::{Error, ErrorKind};
use std::path::Path;

use crate::arrows::arrows;
use crate::modules::{Modules, load};

/// Returns the modules of a crate with these files, given as names and texts, of which `lib.rs` is the root.
pub fn tiny_crate(files: &[(&str, &str)]) -> Modules {
    let read = |path: &Path| {
        let file = files.iter().find(|(name, _)| Path::new(name) == path);
        file.map(|(_, text)| text.to_string()).ok_or_else(|| Error::from(ErrorKind::NotFound))
    };
    load(Path::new("lib.rs"), &read).unwrap()
}

/// Returns the arrows of a crate with these files as messages.
pub fn arrows_of(files: &[(&str, &str)]) -> Vec<String> {
    arrows(&tiny_crate(files)).iter().map(ToString::to_string).collect()
}
