//! Linear extensions: the orders whose prefixes `order-dp` cuts.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::coral::walk;
use super::instance::Instance;
use crate::graph::countdown::Countdown;

/// The rule by which a linear extension picks among the ready units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The file's own execution order.
    File,
    /// The unit that became ready last.
    DepthFirst,
    /// The unit that became ready first.
    BreadthFirst,
    /// List scheduling: the unit with the longest way to an output, by time and then by parameter bytes.
    List,
    /// The unit that adds least to the activations held.
    LeastLive,
    /// The units that the first stage must hold first, and those that the last stage must hold last: no order leaves
    /// room for more stages.
    Roomy,
    /// The order in which libcoral's partitioners take operations, and the compiler's default cuts them.
    Coral,
    /// A unit drawn with equal chances, from this seed and number.
    Random(u64, u32),
}

impl Order {
    /// The orders that involve no chance.
    pub const FIXED: [Order; 7] = [
        Order::File,
        Order::DepthFirst,
        Order::BreadthFirst,
        Order::List,
        Order::LeastLive,
        Order::Roomy,
        Order::Coral,
    ];
}

impl std::fmt::Display for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Order::File => f.write_str("file order"),
            Order::DepthFirst => f.write_str("depth-first order"),
            Order::BreadthFirst => f.write_str("breadth-first order"),
            Order::List => f.write_str("list order"),
            Order::LeastLive => f.write_str("least-live order"),
            Order::Roomy => f.write_str("order with most room"),
            Order::Coral => f.write_str("libcoral's order"),
            Order::Random(_, number) => write!(f, "random order {number}"),
        }
    }
}

/// Returns the units of `instance` in this order, but for those of the last stage: they come last, because no cut is
/// made after any of them.
///
/// Complexity: near linear; `LeastLive` and `Random` also pay for the width of the frontier at each step.
pub fn linear_extension(instance: &Instance, order: Order) -> Vec<u32> {
    let mut sequence = ready_sequence(instance, order);
    sequence.sort_by_key(|&unit| instance.last_only[unit as usize]);
    sequence
}

fn ready_sequence(instance: &Instance, order: Order) -> Vec<u32> {
    let countdown = Countdown::new(instance.preds.iter().map(Vec::len));
    let sources: Vec<u32> = countdown.ready().map(|unit| unit as u32).collect();
    let mut ready = Ready { countdown, sequence: Vec::new() };
    match order {
        Order::File => return (0..instance.len() as u32).collect(),
        Order::Coral => return walk(&instance.succs),
        Order::Roomy => {
            let mut is_first = vec![false; instance.len()];
            let (_, first) = instance.smallest_first_stage().unwrap_or_default();
            first.iter().for_each(|&unit| is_first[unit as usize] = true);
            let mut sequence: Vec<u32> = (0..instance.len() as u32).collect();
            sequence.sort_by_key(|&unit| !is_first[unit as usize]);
            return sequence;
        }
        Order::DepthFirst => {
            let mut stack: Vec<u32> = sources.into_iter().rev().collect();
            while let Some(unit) = stack.pop() {
                let opened = ready.take(instance, unit);
                stack.extend(opened.into_iter().rev());
            }
        }
        Order::BreadthFirst => {
            let mut queue: VecDeque<u32> = sources.into();
            while let Some(unit) = queue.pop_front() {
                queue.extend(ready.take(instance, unit));
            }
        }
        Order::List => {
            let way = ways_to_output(instance);
            let key = |unit: u32| (way[unit as usize], Reverse(unit));
            let mut heap: BinaryHeap<_> = sources.into_iter().map(key).collect();
            while let Some((_, Reverse(unit))) = heap.pop() {
                heap.extend(ready.take(instance, unit).into_iter().map(key));
            }
        }
        Order::LeastLive => {
            let mut frontier = sources;
            let mut unread: Vec<usize> = instance.nets.iter().map(|net| net.readers.len()).collect();
            let growth = |unit: u32, unread: &[usize]| {
                let held = |net: &u32| instance.nets[*net as usize].write as i64;
                let freed = instance.reads[unit as usize].iter().filter(|&&net| unread[net as usize] == 1);
                instance.writes[unit as usize].iter().map(held).sum::<i64>() - freed.map(held).sum::<i64>()
            };
            while !frontier.is_empty() {
                let place = (0..frontier.len()).min_by_key(|&p| (growth(frontier[p], &unread), frontier[p]));
                let unit = frontier.swap_remove(place.unwrap_or(0));
                instance.reads[unit as usize].iter().for_each(|&net| unread[net as usize] -= 1);
                frontier.extend(ready.take(instance, unit));
            }
        }
        Order::Random(seed, number) => {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(u64::from(number));
            let mut frontier = sources;
            while !frontier.is_empty() {
                let unit = frontier.swap_remove(random.random_range(0..frontier.len()));
                frontier.extend(ready.take(instance, unit));
            }
        }
    }
    ready.sequence
}

/// The state that every order shares: what has been taken and what each unit still waits for.
struct Ready {
    countdown: Countdown,
    sequence: Vec<u32>,
}

impl Ready {
    /// Appends `unit` and returns the units that become ready, ascending.
    fn take(&mut self, instance: &Instance, unit: u32) -> Vec<u32> {
        self.sequence.push(unit);
        let succs = instance.succs[unit as usize].iter().copied();
        succs.filter(|&succ| self.countdown.take_one(succ as usize)).collect()
    }
}

fn ways_to_output(instance: &Instance) -> Vec<(u64, u64)> {
    let mut way = vec![(0, 0); instance.len()];
    for unit in (0..instance.len()).rev() {
        let longest = instance.succs[unit].iter().map(|&succ| way[succ as usize]).max().unwrap_or((0, 0));
        way[unit] = (longest.0 + instance.time[unit], longest.1 + instance.bytes[unit]);
    }
    way
}
