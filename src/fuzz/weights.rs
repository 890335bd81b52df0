//! The fuzz target for the readers of weights files: the policy's, and the paper's own configuration.

use std::sync::LazyLock;

use crate::device::EdgeTpu;
use crate::graph::OpGraph;
use crate::learn::synth::{Family, Recipe};
use crate::policy::Policy;
use crate::policy::published;
use crate::policy::published::PublishedNetwork;
use crate::policy::tensors;
use crate::policy::weights::Weights;
use crate::problem::{Objective, Problem, Rules};
use crate::solve::instance::Instance;

/// The graph whose order the networks are asked for.
static GRAPH: LazyLock<OpGraph> = LazyLock::new(|| Recipe::new(Family::Network, 12..=12, 1).graph(0));

/// Reads weights; weights that can be read are written and read again unchanged, and asked for an order.
///
/// A spoiled file has a wrong checksum, so the file is also read with the checksum put right.
pub fn weights(bytes: &[u8]) {
    read(bytes);
    if let Some(mended) = tensors::with_right_checksum(bytes) {
        read(&mended);
    }
}

fn read(bytes: &[u8]) {
    if let Ok(weights) = Weights::from_bytes(bytes) {
        let again = Weights::from_bytes(&weights.to_bytes()).expect("what was written can be read");
        assert_eq!(again, weights);
        for (objective, network) in weights.networks {
            let instance = Instance::unchecked(&problem(objective));
            let mut order = Policy::plain(network).order(&instance);
            order.sort_unstable();
            assert!(order.into_iter().eq(0..instance.len() as u32), "an order holds each unit once");
        }
    }
    if let Ok((network, recipe)) = PublishedNetwork::from_bytes(bytes) {
        let again = PublishedNetwork::from_bytes(&network.to_bytes(&recipe));
        assert_eq!(again.expect("what was written can be read"), (network.clone(), recipe));
        published::solve(&problem(Objective::Memory), &network);
    }
}

fn problem(objective: Objective) -> Problem<'static> {
    Problem { graph: &GRAPH, stages: 3, device: EdgeTpu::usb3(), objective, rules: Rules::Precedence }
}
