//! What an evaluation compares, and within what.

use crate::base::cancel::Cancel;
use crate::device::EdgeTpu;
use crate::policy::Policies;
use crate::policy::published::PublishedNetwork;
use crate::problem::Rules;

/// What is compared.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// Numbers of stages.
    pub stages: Vec<u32>,
    /// The device of every stage.
    pub device: EdgeTpu,
    /// What schedules obey.
    pub rules: Rules,
    /// Seed of random orders, samples and moves.
    pub seed: u64,
    /// Orders drawn from the policy.
    pub samples: u32,
    /// The policies.
    pub policies: &'a Policies,
    /// The request to stop: searches then end early.
    pub cancel: &'a Cancel,
    /// The paper's own network, if it is to be compared.
    pub published: Option<PublishedNetwork>,
}
