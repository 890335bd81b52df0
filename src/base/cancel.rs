//! Ctrl-C and its kin, as a flag that long work asks for, so that what was begun is taken back in order.

use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// The user asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted: nothing was written")]
pub struct Interrupted;

/// Raises the flag.
pub fn request() {
    REQUESTED.store(true, Ordering::Relaxed);
}

/// Whether the flag is raised.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Fails if the flag is raised.
///
/// # Errors
/// It is.
pub fn check() -> Result<(), Interrupted> {
    if requested() { Err(Interrupted) } else { Ok(()) }
}
