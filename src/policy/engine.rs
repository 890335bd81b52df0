//! A network, and the fastest way that this process has to run it.
//!
//! The compiler is LLVM, and loading that costs more than scheduling a model does: only a program that calls
//! `jit::install` links it. `respect` does not; `respect-mlir` and the passes, which have LLVM in their process anyway, do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use super::decode::{Choice, Encoded, Engine, decode};
use super::inputs::Inputs;
use super::network::Network;
use super::reference::Reference;
use super::weights::Weights;
use crate::problem::{Objective, Problem};
use crate::solve::instance::Instance;

/// Compiles a network for this processor; none where that can't be done.
pub(crate) type Compiler = fn(&Network) -> Option<Box<dyn Engine>>;

static COMPILER: OnceLock<Compiler> = OnceLock::new();

/// From now on networks of this process are compiled.
#[cfg_attr(not(feature = "jit"), expect(dead_code, reason = "there is no compiler to install"))]
pub(crate) fn install(compiler: Compiler) {
    let _ = COMPILER.set(compiler);
}

/// A network that can be asked, from several threads at once.
pub struct Policy {
    network: Network,
    ready: OnceLock<Ready>,
}

struct Ready {
    engine: Box<dyn Engine>,
    is_compiled: bool,
}

/// The policies of one weights file: one for each objective that it was trained for.
pub struct Policies(Vec<(Objective, Policy)>);

impl Policies {
    /// Those of `weights`.
    pub fn new(weights: Weights) -> Policies {
        let policies =
            weights.networks.into_iter().map(|(objective, network)| (objective, Policy::new(network)));
        Policies(policies.collect())
    }

    /// The one for `objective`.
    ///
    /// # Errors
    /// There is none.
    pub fn policy(&self, objective: Objective) -> Result<&Policy, String> {
        let own = self.0.iter().find(|(other, _)| *other == objective);
        own.map(|(_, policy)| policy).ok_or_else(|| {
            format!("the weights hold no network for objective {objective}: give others, or train one with 'respect train'")
        })
    }
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(objective, _)| objective)).finish()
    }
}

/// A problem as a policy sees it.
pub struct View {
    pub(crate) instance: Instance,
    pub(crate) inputs: Inputs,
    /// No bottleneck is below this.
    pub(crate) bound: u64,
}

impl View {
    /// What there is to see of `problem`, which must have passed [`Problem::check`].
    pub fn new(problem: &Problem) -> View {
        let instance = Instance::new(problem);
        let bound = instance.simple_bound();
        View::of(instance, bound)
    }

    /// What there is to see of a problem of which this is known; `bound` is the instance's simple bound.
    pub(crate) fn of(instance: Instance, bound: u64) -> View {
        let inputs = Inputs::new(&instance, bound);
        View { instance, inputs, bound }
    }
}

/// A problem that a policy has read, and can be asked about.
pub(crate) struct Reading<'a> {
    engine: &'a dyn Engine,
    view: &'a View,
    encoded: Encoded,
}

impl Reading<'_> {
    /// A linear extension of the units.
    ///
    /// Complexity: linear in units and edges.
    pub fn order(&self, choice: Choice) -> Vec<u32> {
        decode(self.engine, &self.view.instance, &self.view.inputs, &self.encoded, choice, |_| {})
    }
}

impl Policy {
    /// A policy that is compiled when it is first asked, if this process has a compiler.
    pub fn new(network: Network) -> Policy {
        Policy { network, ready: OnceLock::new() }
    }

    /// A policy that is never compiled. It answers the same.
    pub fn plain(network: Network) -> Policy {
        let ready = OnceLock::from(plain(&network));
        Policy { network, ready }
    }

    /// Whether it is compiled, which it is now if it can be.
    pub fn is_compiled(&self) -> bool {
        self.ready().is_compiled
    }

    /// Whether it has been asked, and is compiled.
    pub fn runs_compiled(&self) -> bool {
        self.ready.get().is_some_and(|ready| ready.is_compiled)
    }

    /// Reads a problem.
    ///
    /// Complexity: linear in units and edges.
    pub(crate) fn read<'a>(&'a self, view: &'a View) -> Reading<'a> {
        let engine = self.engine();
        Reading { engine, view, encoded: engine.encode(&view.instance, &view.inputs.rows) }
    }

    /// The linear extension of the units that the policy finds best, by its greedy choices.
    pub fn order(&self, view: &View) -> Vec<u32> {
        self.read(view).order(Choice::Greedy)
    }

    /// What runs the network.
    pub(crate) fn engine(&self) -> &dyn Engine {
        &*self.ready().engine
    }

    fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| compiled(&self.network).unwrap_or_else(|| plain(&self.network)))
    }
}

fn compiled(network: &Network) -> Option<Ready> {
    let compiler = COMPILER.get()?;
    // A defect there costs speed, never the schedule.
    let engine = catch_unwind(AssertUnwindSafe(|| compiler(network))).ok()??;
    Some(Ready { engine, is_compiled: true })
}

fn plain(network: &Network) -> Ready {
    Ready { engine: Box::new(Reference::new(network)), is_compiled: false }
}
