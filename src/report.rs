//! The presentation of a schedule: a page for people, and an overlay for Model Explorer.

pub mod model_explorer;
pub mod page;
