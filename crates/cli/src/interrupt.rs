//! The request to stop that Ctrl-C raises.

use std::sync::OnceLock;

use respect::base::cancel::Cancel;

static CANCEL: OnceLock<Cancel> = OnceLock::new();

/// Returns the request to stop. From now on an interrupt, a hang-up or a request to terminate raises it, instead of
/// ending the process.
pub fn catch() -> Cancel {
    let cancel = CANCEL.get_or_init(|| {
        let cancel = Cancel::default();
        let raised = cancel.clone();
        // Where a handler is set already, that one decides what an interrupt does.
        let _ = ctrlc::set_handler(move || raised.request());
        cancel
    });
    cancel.clone()
}
