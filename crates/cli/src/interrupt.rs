//! Ctrl-C and its kin.

use respect::base::cancel;

/// From now on an interrupt, a hang-up or a request to terminate raises the flag instead of ending the process.
pub fn catch() {
    // A second handler can't be set; then the first one raises the flag.
    let _ = ctrlc::set_handler(cancel::request);
}
