//! The hand-off to `edgetpu_compiler`, which is closed and not part of this project.

pub mod compiler;
pub mod driver;
mod ends;
pub mod flags;
pub mod hand_off;
pub mod log;
mod process;
pub mod segments;
