//! The picture of a stage's operations, and the lists of what its boxes hold.

mod cells;
mod drawing;
mod fold;
mod label;
mod layout;

pub use drawing::picture;
pub use label::Names;
