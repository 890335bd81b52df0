//! The side effects of a function's operations, and the order that follows from them.
//!
//! Operations say what they read and write by MLIR's interface of memory effects; calls do what the function that they name
//! does; for operations of dialects that MLIR does not know there are tables, and the function's attribute `respect.pure`.
//! What says nothing is taken to read and write everything.

mod known;
mod native;
mod order;
mod place;

use std::collections::HashMap;

use melior::ir::operation::OperationLike;
use melior::ir::{BlockLike, OperationRef, RegionLike, RegionRef, TypeLike, Value, ValueLike};

use crate::operation::name_of;
use crate::structure;
use crate::within::operations;
use known::{Named, Pure};
use native::Kind;
pub(crate) use order::{Order, order};
use place::{Place, root};

pub(crate) use known::PURE;

/// What an operation reads or writes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Touch {
    place: Place,
    writes: bool,
}

/// What an operation does besides giving results.
#[derive(Clone, Debug, Default, PartialEq)]
struct Effects {
    touches: Vec<Touch>,
    /// True if the operation makes memory that lives no longer than the function that it is in.
    allocates_in_scope: bool,
    /// True if nothing is known of what the operation, or one inside, does.
    is_unknown: bool,
}

impl Effects {
    fn add(&mut self, touch: Touch) {
        if !self.touches.contains(&touch) {
            self.touches.push(touch);
        }
    }
}

/// The name that MLIR gives the resource of memory that is freed where its scope ends.
const SCOPE: &str = "AutomaticAllocationScope";

/// The most operations that are looked at behind one call, in all functions that it leads to.
const MOST_BEHIND_A_CALL: usize = 1 << 20;

/// A reader of effects, which remembers what functions do.
struct Reader {
    pure: Pure,
    /// What each function does, by its body.
    functions: HashMap<usize, Effects>,
    /// The bodies of the functions that are being read, outermost first.
    open: Vec<usize>,
    looked_at: usize,
}

impl Reader {
    /// Returns what an operation does, with what the operations in its regions do.
    fn of<'m>(&mut self, operation: OperationRef<'m, 'm>) -> Effects {
        let mut all = Effects::default();
        let mut open = vec![operation];
        while let Some(next) = open.pop() {
            self.looked_at += 1;
            let name = name_of(next);
            let mut has_regions = true;
            all.allocates_in_scope |= known::is_of_the_stack(&name);
            if known::may_not_return(&name) {
                all.add(Touch { place: Place::control(), writes: true });
            }
            if self.pure.holds(&name) {
                self.add_named_functions(next, &mut all);
            } else if let Some((kind, named)) = known::effect(&name) {
                let place = match named {
                    Named::Attribute(attribute) => Place::state(next, attribute),
                    Named::Operand(operand) => next.operand(operand).map_or(Place::Unknown, root),
                    Named::All => Place::Anywhere,
                };
                all.add(Touch { place, writes: kind == Kind::Write });
                self.add_named_functions(next, &mut all);
            } else if let Some(call) = native::call(next) {
                self.add_call(next, &call, &mut all);
                has_regions = native::has_recursive_effects(next);
            } else if let Some(effects) = native::effects(next) {
                self.add_stated(effects, &mut all);
                if !native::is_speculatable(next) {
                    // An operation before this one may guard it.
                    all.add(Touch { place: Place::control(), writes: false });
                }
                has_regions = native::has_recursive_effects(next);
            } else {
                // What is inside may still make memory that ends with this function.
                all.is_unknown = true;
            }
            if has_regions {
                open.extend(next.regions().flat_map(operations));
                if next.regions().any(has_several_blocks) {
                    all.add(Touch { place: Place::control(), writes: true });
                }
            }
        }
        if all.is_unknown {
            all.touches = vec![Touch { place: Place::Unknown, writes: true }];
        }
        all
    }

    fn add_stated(&self, effects: Vec<native::Effect>, all: &mut Effects) {
        for effect in effects {
            if effect.kind == Kind::Allocate {
                // Nothing else can know new memory yet.
                all.allocates_in_scope |= effect.resource == SCOPE;
                continue;
            }
            let place = match (effect.symbol, effect.value) {
                (Some(symbol), _) => Place::State(symbol.to_string()),
                (None, Some(value)) => root(value),
                (None, None) => Place::Resource(effect.resource),
            };
            all.add(Touch { place, writes: effect.kind == Kind::Write });
        }
    }

    /// Adds what a called function does: what it does to its arguments is done to the values that are passed.
    fn add_call<'m>(&mut self, call: OperationRef<'m, 'm>, parts: &native::Call<'m>, all: &mut Effects) {
        match native::callee(call) {
            Some(body) => self.add_function(body, Some(&parts.arguments), all),
            None => all.add(Touch { place: Place::Unknown, writes: true }),
        }
    }

    /// Adds what the functions do that an operation names without being a call, such as the body of a loop.
    fn add_named_functions<'m>(&mut self, operation: OperationRef<'m, 'm>, all: &mut Effects) {
        if native::names_symbols(operation) {
            for function in structure::callees(operation) {
                if let Ok(body) = function.region(0) {
                    self.add_function(body, None, all);
                }
            }
        }
    }

    /// Adds what a function does with its body, to `arguments` if these are known.
    fn add_function<'m>(
        &mut self,
        body: RegionRef<'m, 'm>,
        arguments: Option<&[Value<'m, 'm>]>,
        all: &mut Effects,
    ) {
        let key = body.to_raw().ptr as usize;
        if self.open.contains(&key) || self.looked_at > MOST_BEHIND_A_CALL {
            // What a function does that calls itself is read where it is called first, but not to which arguments.
            return all.add(Touch { place: Place::Unknown, writes: true });
        }
        if !self.functions.contains_key(&key) {
            self.open.push(key);
            let mut done = Effects::default();
            let inner = operations(body);
            if inner.is_empty() {
                done.add(Touch { place: Place::Unknown, writes: true });
            }
            if has_several_blocks(body) {
                done.add(Touch { place: Place::control(), writes: true });
            }
            for operation in inner {
                let effects = self.of(operation);
                effects.touches.into_iter().for_each(|touch| done.add(touch));
            }
            self.open.pop();
            self.functions.insert(key, done);
        }
        for touch in &self.functions[&key].touches {
            let place = match touch.place {
                Place::Argument(number) => match arguments {
                    Some(arguments) => arguments.get(number).map_or(Place::Unknown, |value| root(*value)),
                    None => Place::Anywhere,
                },
                // Memory that a function makes is its own, unless it returns it: the caller then finds a result.
                Place::Local(_) => continue,
                ref place => place.clone(),
            };
            all.add(Touch { place, writes: touch.writes });
        }
    }
}

/// Returns whether a region has control flow, whose loops may not end.
fn has_several_blocks(region: RegionRef) -> bool {
    region.first_block().is_some_and(|block| block.next_in_region().is_some())
}

/// Returns whether a value may be or lead to memory: all but numbers, and tensors and vectors of them.
fn may_be_memory(value: Value) -> bool {
    let kind = value.r#type();
    let element = crate::native::element_type(kind).filter(|_| kind.is_tensor() || kind.is_vector());
    let element = element.unwrap_or(kind);
    !(element.is_integer() || element.is_index() || element.is_float())
}
