//! Ctrl-C and its kin, as a flag that long work asks for, so that what was begun is taken back in order.

use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// The user asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted: nothing was written")]
pub struct Interrupted;

/// From now on an interrupt, a hang-up or a request to terminate raises the flag instead of ending the process.
pub fn catch() {
    // A second handler can't be set; then the first one raises the flag.
    let _ = ctrlc::set_handler(|| REQUESTED.store(true, Ordering::Relaxed));
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
