//! A network, and the fastest way that this process has to run it.
//!
//! The compiler is LLVM, and loading that costs more than scheduling a model does: only a program that calls
//! `jit::install` links it. `respect` does not; `respect-mlir` and the passes, which have LLVM in their process anyway, do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use rand::Rng;

use super::decode::{Choice, Encoded, Engine, decode};
use super::inputs::Inputs;
use super::network::Network;
use super::reference::Reference;
use super::weights::Weights;
use crate::problem::Objective;
use crate::solve::guide::{Guidance, Guide, NoNetwork};
use crate::solve::instance::Instance;

/// A function that compiles a network for this processor; it returns `None` if that can't be done.
pub type CompileNetwork = fn(&Network) -> Option<Box<dyn Engine>>;

static COMPILER: OnceLock<CompileNetwork> = OnceLock::new();

/// Sets the compiler for the networks of this process, which are compiled from now on.
pub fn install(compiler: CompileNetwork) {
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

/// The policies of one weights file: one for each objective that the file has a network for.
pub struct Policies(Vec<(Objective, Policy)>);

impl Policies {
    /// Returns the policies that have the networks of `weights`.
    pub fn new(weights: Weights) -> Policies {
        let policies =
            weights.networks.into_iter().map(|(objective, network)| (objective, Policy::new(network)));
        Policies(policies.collect())
    }

    /// Returns the policy for `objective`.
    ///
    /// # Errors
    /// Returns an error if there is no policy for the objective.
    pub fn policy(&self, objective: Objective) -> Result<&Policy, NoNetwork> {
        let own = self.0.iter().find(|(other, _)| *other == objective);
        own.map(|(_, policy)| policy).ok_or(NoNetwork(objective))
    }
}

impl Guide for Policies {
    fn check(&self, objective: Objective) -> Result<(), NoNetwork> {
        self.policy(objective).map(drop)
    }

    fn read<'a>(
        &'a self,
        objective: Objective,
        instance: &'a Instance,
        bound: u64,
    ) -> Result<Box<dyn Guidance + 'a>, NoNetwork> {
        Ok(Box::new(self.policy(objective)?.read(instance, bound)))
    }
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(objective, _)| objective)).finish()
    }
}

/// A problem that a policy has read and can be asked about.
pub struct Reading<'a> {
    engine: &'a dyn Engine,
    instance: &'a Instance,
    inputs: Inputs,
    encoded: Encoded,
}

impl Reading<'_> {
    /// Returns a linear extension of the units, chosen as `choice` says.
    ///
    /// Complexity: linear in units and edges.
    pub fn order(&self, choice: Choice) -> Vec<u32> {
        decode(self.engine, self.instance, &self.inputs, &self.encoded, choice, |_| {})
    }
}

impl Guidance for Reading<'_> {
    fn greedy(&self) -> Vec<u32> {
        self.order(Choice::Greedy)
    }

    fn drawn(&self, random: &mut dyn Rng) -> Vec<u32> {
        self.order(Choice::Sample(random))
    }
}

impl Policy {
    /// Creates a policy that is compiled when it is first asked, if this process has a compiler.
    pub fn new(network: Network) -> Policy {
        Policy { network, ready: OnceLock::new() }
    }

    /// Creates a policy that is never compiled, but gives the same answers.
    pub fn plain(network: Network) -> Policy {
        let ready = OnceLock::from(plain(&network));
        Policy { network, ready }
    }

    /// Returns whether the policy is compiled, after compiling it now if that is possible.
    pub fn is_compiled(&self) -> bool {
        self.ready().is_compiled
    }

    /// Returns whether the policy has been asked and is compiled.
    pub fn runs_compiled(&self) -> bool {
        self.ready.get().is_some_and(|ready| ready.is_compiled)
    }

    /// Reads an instance, of which no bottleneck is below `bound`.
    ///
    /// Complexity: linear in units and edges.
    pub fn read<'a>(&'a self, instance: &'a Instance, bound: u64) -> Reading<'a> {
        let engine = self.engine();
        let inputs = Inputs::new(instance, bound);
        let encoded = engine.encode(instance, &inputs.rows);
        Reading { engine, instance, inputs, encoded }
    }

    /// Returns the linear extension of the units that the policy finds best, by its greedy choices.
    pub fn order(&self, instance: &Instance) -> Vec<u32> {
        self.read(instance, instance.simple_bound()).order(Choice::Greedy)
    }

    /// Returns the engine that runs the network.
    pub fn engine(&self) -> &dyn Engine {
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
