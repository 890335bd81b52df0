//! A folder of stages: its parts, its manifest, how it appears on disk, and how it is checked.

pub mod attempts;
pub mod check;
pub mod error;
pub mod manifest;
pub mod names;
pub mod new_folder;
pub mod parts;
pub mod rejoin;
pub mod write;
