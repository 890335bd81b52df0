//! What keeps a test that hangs from holding up the whole run. No test asserts how long anything takes: what takes longer
//! than this is no slow machine.

use std::collections::BTreeMap;
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

const HANG: Duration = Duration::from_secs(300);

/// Waits until `is_done`, and returns whether that came, rather than a hang.
pub fn comes(mut is_done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !is_done() {
        if start.elapsed() > HANG {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

/// What is being done, by a number of its own.
static DOING: Mutex<BTreeMap<u64, (Instant, String)>> = Mutex::new(BTreeMap::new());

/// Stands for something that is being done.
pub struct Guard(u64);

/// Ends the whole run, and says `what` hangs, unless the guard is dropped in time.
pub fn guard(what: String) -> Guard {
    static WATCHER: Once = Once::new();
    WATCHER.call_once(|| drop(std::thread::spawn(watch)));
    let mut doing = DOING.lock().expect("nobody panics with it");
    let number = doing.last_key_value().map_or(0, |(last, _)| last + 1);
    doing.insert(number, (Instant::now(), what));
    Guard(number)
}

impl Drop for Guard {
    fn drop(&mut self) {
        DOING.lock().expect("nobody panics with it").remove(&self.0);
    }
}

fn watch() {
    loop {
        std::thread::sleep(Duration::from_secs(5));
        let doing = DOING.lock().expect("nobody panics with it");
        if let Some((_, what)) = doing.values().find(|(start, _)| start.elapsed() > HANG) {
            eprintln!("hangs: {what}");
            std::process::abort();
        }
    }
}
