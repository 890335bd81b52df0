//! Requests to stop, for which long work looks now and then, so that it can undo in order what it has begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The error of work that stopped because it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted: nothing was written")]
pub struct Interrupted;

/// A request to stop, shared by several threads: a clone stands for the request that it was cloned from.
///
/// ```
/// let cancel = respect::base::cancel::Cancel::default();
/// assert!(cancel.check().is_ok());
/// cancel.clone().request();
/// assert!(cancel.check().is_err());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks everything that holds this request to stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether anybody has asked to stop.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Checks that nobody has asked to stop.
    ///
    /// # Errors
    /// Returns [`Interrupted`] if [`Cancel::request`] was called.
    pub fn check(&self) -> Result<(), Interrupted> {
        if self.is_requested() { Err(Interrupted) } else { Ok(()) }
    }
}
