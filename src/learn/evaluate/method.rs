//! The methods that an evaluation compares.

use serde::Serialize;

use crate::solve::order::Order;

/// A method to find a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The partitioning by parameter count, as the compiler does it.
    ParameterCount,
    /// The file order, cut optimally.
    File,
    /// The depth-first order, cut optimally.
    DepthFirst,
    /// The breadth-first order, cut optimally.
    BreadthFirst,
    /// The list order, cut optimally.
    List,
    /// The order that holds the fewest activations, cut optimally.
    LeastLive,
    /// The best of as many random orders as there is time for while the policy decodes one, each cut optimally.
    Random,
    /// The policy's greedy order, cut optimally.
    Policy,
    /// The best of the greedy order and some drawn from the policy, each cut optimally.
    Samples,
    /// The whole scheduler: order, cut, and proof or search.
    Respect,
    /// The paper's own network and packing, where there are weights for it; it considers parameter bytes alone.
    Published,
}

impl Method {
    /// All methods, in the order in which they are printed.
    pub const ALL: [Method; 11] = [
        Method::ParameterCount,
        Method::File,
        Method::DepthFirst,
        Method::BreadthFirst,
        Method::List,
        Method::LeastLive,
        Method::Random,
        Method::Policy,
        Method::Samples,
        Method::Respect,
        Method::Published,
    ];
    /// The single orders that the policy is compared with.
    pub const ORDERS: [Method; 5] =
        [Method::File, Method::DepthFirst, Method::BreadthFirst, Method::List, Method::LeastLive];

    /// Returns the method's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Method::ParameterCount => "parameter-count",
            Method::File => "file order",
            Method::DepthFirst => "depth-first",
            Method::BreadthFirst => "breadth-first",
            Method::List => "list",
            Method::LeastLive => "least-live",
            Method::Random => "best of k random",
            Method::Policy => "policy",
            Method::Samples => "policy, samples",
            Method::Respect => "respect",
            Method::Published => "as published",
        }
    }

    pub(super) fn order(self) -> Option<Order> {
        match self {
            Method::File => Some(Order::File),
            Method::DepthFirst => Some(Order::DepthFirst),
            Method::BreadthFirst => Some(Order::BreadthFirst),
            Method::List => Some(Order::List),
            Method::LeastLive => Some(Order::LeastLive),
            _ => None,
        }
    }
}
