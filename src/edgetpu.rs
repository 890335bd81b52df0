//! The hand-off to `edgetpu_compiler`, which is closed and not part of this project.

pub mod driver;
pub mod flags;
pub mod hand_off;
pub mod log;
