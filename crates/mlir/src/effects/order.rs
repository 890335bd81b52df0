//! The order of operations that follows from their effects.

use std::collections::{BTreeMap, HashMap};

use melior::ir::operation::OperationLike;
use melior::ir::{OperationRef, Value, ValueLike};
use petgraph::unionfind::UnionFind;
use respect::graph::{OpId, Ordered};

use super::known::Pure;
use super::place::Place;
use super::{Effects, Reader, Touch, may_be_memory, native};
use crate::Complaint;
use crate::operation::name_of;
use crate::within::{operands_within, within};

/// The constraints that the side effects of a function's operations put on a schedule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    /// The pairs whose order counts.
    pub ordered: Vec<Ordered>,
    /// The sets of operations that must share a stage: they use memory that ends with the function it is made in.
    pub together: Vec<Vec<OpId>>,
    /// The operations that say nothing of their effects.
    pub unknown: Vec<OpId>,
}

/// Returns the order of `operations`, the operators of a function in the function's order. Calls do what the functions
/// that they name do, which may be read if `sees_callees`; else calls are complained about.
///
/// Complexity: linear in operations, and for those with effects times the number of places that they touch.
///
/// # Errors
/// Returns a complaint if the function's attribute `respect.pure` is no list of names, or about a call that may not be looked into.
pub(crate) fn order<'m>(
    function: OperationRef<'m, 'm>,
    operations: &[OperationRef<'m, 'm>],
    sees_callees: bool,
) -> Result<Order, Complaint<'m>> {
    let pure = Pure::of(function).map_err(|message| Complaint { operation: function, message })?;
    if !sees_callees && let Some(call) = calls(operations, &pure) {
        let message = "calls a function, and a pass on one function may not look into others: run the pass on the module, as \
                       builtin.module(respect-schedule)";
        return Err(Complaint { operation: call, message: message.into() });
    }
    let mut reader = Reader { pure, functions: HashMap::new(), open: Vec::new(), looked_at: 0 };
    let mut order = Order::default();
    // What is ordered by way of an operation of unknown effects shares its state nevertheless.
    let (mut all, mut state) = (History::default(), History::default());
    let mut scopes = Scopes::default();
    for (op, operation) in (0..).map(OpId).zip(operations) {
        reader.looked_at = 0;
        let effects = reader.of(*operation);
        if effects.touches.iter().any(|touch| touch.place == Place::Unknown) {
            order.unknown.push(op);
        }
        scopes.add(op, *operation, &effects);
        all.add(op, effects.touches.iter());
        state.add(op, effects.touches.iter().filter(|touch| touch.place.is_state()));
    }
    let mut pairs: BTreeMap<(OpId, OpId), bool> = all.pairs.into_iter().map(|pair| (pair, false)).collect();
    pairs.extend(state.pairs.into_iter().map(|pair| (pair, true)));
    order.ordered = pairs
        .into_iter()
        .map(|((before, after), shares_state)| Ordered { before, after, shares_state })
        .collect();
    order.together = scopes.sets();
    Ok(order)
}

/// Returns the first operation, in regions too, that calls a function.
fn calls<'m>(operations: &[OperationRef<'m, 'm>], pure: &Pure) -> Option<OperationRef<'m, 'm>> {
    let mut all = operations.iter().flat_map(|operation| within(*operation));
    all.find(|inner| may_call(inner.operation, pure)).map(|inner| inner.operation)
}

/// Returns whether an operation calls a function, or names one as the body of a loop.
fn may_call<'m>(operation: OperationRef<'m, 'm>, pure: &Pure) -> bool {
    native::call(operation).is_some() || (pure.holds(&name_of(operation)) && native::names_symbols(operation))
}

/// The operations that use memory which ends with the function that it is made in.
#[derive(Default)]
struct Scopes {
    /// The set of each value that may lead to such memory.
    set_of: HashMap<usize, usize>,
    sets: UnionFind<usize>,
    members: Vec<(usize, OpId)>,
    /// A set whose memory is known outside of the values that lead to it: whatever touches memory may reach it.
    escaped: Option<usize>,
}

/// The operations that store their first operand.
const STORES: [&str; 2] = ["memref.store", "llvm.store"];

/// The operations that turn memory into a number.
const ADDRESSES: [&str; 3] = ["memref.extract_aligned_pointer_as_index", "llvm.ptrtoint", "ptr.to_int"];

impl Scopes {
    fn add<'m>(&mut self, op: OpId, operation: OperationRef<'m, 'm>, effects: &Effects) {
        let mut set = effects.allocates_in_scope.then(|| self.sets.new_set());
        let touches_memory = effects.touches.iter().any(|touch| touch.place.may_meet(&Place::Anywhere));
        if let Some(escaped) = self.escaped.filter(|_| touches_memory) {
            self.sets.union(*set.get_or_insert(escaped), escaped);
        }
        if !self.set_of.is_empty() {
            for operand in operands_within(operation) {
                let Some(&reached) = self.set_of.get(&key(operand)) else { continue };
                self.sets.union(*set.get_or_insert(reached), reached);
            }
        }
        let Some(set) = set else { return };
        self.members.push((set, op));
        // From a number that is an address others may be computed.
        let is_address = ADDRESSES.contains(&name_of(operation).as_str())
            || operands_within(operation)
                .iter()
                .any(|operand| self.set_of.contains_key(&key(*operand)) && !may_be_memory(*operand));
        let is_stored = STORES.contains(&name_of(operation).as_str())
            && operation.operand(0).is_ok_and(|value| self.set_of.contains_key(&key(value)));
        let is_passed = effects.touches.iter().any(|touch| touch.place == Place::Unknown);
        if is_address || is_stored || is_passed || native::call(operation).is_some() {
            let escaped = *self.escaped.get_or_insert(set);
            self.sets.union(escaped, set);
        }
        let results = operation.results().map(Value::from);
        let leading = results.filter(|value| is_address || may_be_memory(*value));
        self.set_of.extend(leading.map(|value| (key(value), set)));
    }

    fn sets(&self) -> Vec<Vec<OpId>> {
        let mut sets: BTreeMap<usize, Vec<OpId>> = BTreeMap::new();
        for (set, op) in &self.members {
            sets.entry(self.sets.find(*set)).or_default().push(*op);
        }
        sets.into_values().filter(|set| set.len() > 1).collect()
    }
}

fn key(value: Value) -> usize {
    value.to_raw().ptr as usize
}

/// What the operations so far have touched, as far as later ones may have to come after it.
#[derive(Default)]
struct History {
    places: Vec<Past>,
    pairs: Vec<(OpId, OpId)>,
}

struct Past {
    place: Place,
    written: Option<OpId>,
    /// The operations that have read the place since it was written.
    read: Vec<OpId>,
}

impl History {
    fn add<'t>(&mut self, op: OpId, touches: impl Iterator<Item = &'t Touch> + Clone) {
        for touch in touches.clone() {
            for past in self.places.iter().filter(|past| past.place.may_meet(&touch.place)) {
                let before = past.written.iter().chain(past.read.iter().filter(|_| touch.writes));
                self.pairs.extend(before.filter(|before| **before != op).map(|before| (*before, op)));
            }
        }
        for Touch { place, writes } in touches {
            if *writes {
                // What may meet a place that this one covers comes after this operation in any case.
                self.places.retain(|past| !place.covers(&past.place));
                self.places.push(Past { place: place.clone(), written: Some(op), read: Vec::new() });
            } else {
                match self.places.iter_mut().find(|past| past.place == *place) {
                    Some(past) => past.read.push(op),
                    None => self.places.push(Past { place: place.clone(), written: None, read: vec![op] }),
                }
            }
        }
    }
}
