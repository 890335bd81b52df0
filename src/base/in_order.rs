//! Work on several threads whose results arrive in order: the library's only thread pool.
//!
//! A thread takes the next item as soon as it is free, so that a slow item holds up no other. Threads run ahead of the
//! first unfinished item by a fixed number of items only, so that neither items nor results pile up.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, mpsc};
use std::thread;

/// The number of items that may be under way for each thread.
const AHEAD: usize = 16;

/// Does `work` on every item, on `jobs` threads, and hands the results to `take` in the order of the items.
///
/// # Errors
/// Returns the first error that `take` returns; no more items are begun after it.
pub fn for_each_in_order<T: Send, U: Send, E>(
    items: impl Iterator<Item = T> + Send,
    jobs: usize,
    work: impl Fn(T) -> U + Sync,
    mut take: impl FnMut(U) -> Result<(), E>,
) -> Result<(), E> {
    let (allow, allowed) = mpsc::channel();
    let (finish, finished) = mpsc::channel();
    let queue = Mutex::new((allowed, items.enumerate().fuse()));
    let next = || {
        let mut queue = queue.lock().ok()?;
        let () = queue.0.recv().ok()?;
        queue.1.next()
    };
    let labour = |finish: mpsc::Sender<_>| {
        while let Some((place, item)) = next() {
            // If a panic were not reported, the main thread would wait for ever for the result.
            let result = catch_unwind(AssertUnwindSafe(|| work(item)));
            if finish.send((place, result)).is_err() {
                return;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            let (labour, finish) = (&labour, finish.clone());
            scope.spawn(move || labour(finish));
        }
        drop(finish);
        // Both ends are dropped before the threads are joined: the threads stop when nobody takes results any more.
        let (allow, finished) = (allow, finished);
        let allow_one = || allow.send(()).unwrap_or_default();
        (0..jobs.max(1) * AHEAD).for_each(|_| allow_one());
        let mut early = BTreeMap::new();
        let mut awaited = 0;
        for (place, result) in finished {
            early.insert(place, result);
            while let Some(result) = early.remove(&awaited) {
                take(result.unwrap_or_else(|panic| resume_unwind(panic)))?;
                awaited += 1;
                allow_one();
            }
        }
        Ok(())
    })
}

/// Does `work` on every item, on all cores, and returns the results in the order of the items.
pub fn map_in_order<T: Send, U: Send>(
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> U + Sync,
) -> Vec<U> {
    let jobs = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut results = Vec::new();
    let Ok(()) = for_each_in_order(items, jobs, work, |result| {
        results.push(result);
        Ok::<(), Infallible>(())
    });
    results
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_and_items_no_earlier_than_needed() {
        for jobs in [1, 2, 7] {
            let begun = AtomicUsize::new(0);
            let items = (0..500usize).inspect(|_| {
                begun.fetch_add(1, Ordering::Relaxed);
            });
            let mut taken = 0;
            let work = |item: usize| {
                if item % 50 == 3 {
                    // Lets other threads finish first.
                    thread::yield_now();
                }
                item * 3
            };
            let all = for_each_in_order(items, jobs, work, |result| {
                assert_eq!(result, taken * 3);
                assert!(begun.load(Ordering::Relaxed) <= taken + jobs * AHEAD + 1);
                taken += 1;
                Ok::<_, ()>(())
            });
            assert_eq!((all, taken), (Ok(()), 500));
        }
    }

    #[test]
    fn results_of_all_cores_are_in_order_as_well() {
        assert_eq!(map_in_order(0..100, |item| item * 2), (0..100).map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_ends_an_endless_stream() {
        let ended =
            for_each_in_order(0.., 3, |item| item, |item| if item == 40 { Err(item) } else { Ok(()) });
        assert_eq!(ended, Err(40));
    }

    #[test]
    #[should_panic(expected = "item 5")]
    fn a_panic_is_passed_on() {
        let work = |item| assert!(item != 5, "item {item}");
        let _ = for_each_in_order(0..1000, 2, work, Ok::<(), ()>);
    }
}
