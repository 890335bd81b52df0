//! Requests to stop, which long work asks for, so that what was begun is taken back in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The error of work that was asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted: nothing was written")]
pub struct Interrupted;

/// A request to stop that several threads share. Clones stand for the same request.
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
    /// Asks all that hold this request to stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether somebody asked to stop.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Fails if somebody asked to stop.
    ///
    /// # Errors
    /// Somebody did.
    pub fn check(&self) -> Result<(), Interrupted> {
        if self.is_requested() { Err(Interrupted) } else { Ok(()) }
    }
}
