//! A folder of stages: its parts, its manifest, the way it appears on disk, and the check of it.

pub mod attempts;
pub mod check;
pub mod error;
pub mod exact;
pub mod folder;
pub mod manifest;
pub mod names;
pub mod parts;
pub mod rejoin;
pub mod write;
