//! The solvers, by the names that users give.

use crate::base::listed::listed;

listed! {
    /// A solver, by the name that users give.
    pub enum Algorithm: "scheduler" {
        Respect = "respect", "The policy's order with optimal cuts, proved or else improved within the budget: the default";
        Policy = "policy", "The policy's order with optimal cuts, and nothing else";
        Exact = "exact", "Search over the lattice of order ideals; proves its result";
        OrderDp = "order-dp", "The best of several linear extensions, each with optimal cuts";
        ParameterCount = "parameter-count", "The Edge TPU compiler's own: equal parameter bytes in libcoral's order";
        Profiled = "profiled", "Equal times in libcoral's order, as Coral's profiling partitioner balances them";
        #[cfg(feature = "milp")]
        Milp = "milp", "Integer programming with HiGHS, given a schedule to beat";
        #[cfg(feature = "milp")]
        MilpAlone = "milp-alone", "Integer programming with HiGHS, given nothing but the program";
    }
}

impl Algorithm {
    /// Every solver, the compiler's default first.
    pub const PLAIN: [Algorithm; 6] = [
        Algorithm::ParameterCount,
        Algorithm::Profiled,
        Algorithm::OrderDp,
        Algorithm::Policy,
        Algorithm::Respect,
        Algorithm::Exact,
    ];

    /// Returns whether the solver knows the rules and seeks a schedule that obeys them.
    pub fn seeks_valid(self) -> bool {
        !matches!(self, Algorithm::ParameterCount | Algorithm::Profiled)
    }
}
