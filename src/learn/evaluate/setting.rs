//! The setting of an evaluation.

use crate::base::cancel::Cancel;
use crate::device::EdgeTpu;
use crate::policy::Policies;
use crate::policy::published::PublishedNetwork;
use crate::problem::Rules;

/// The setting of an evaluation: the problems, the policies, and the limits.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The numbers of stages.
    pub stages: Vec<u32>,
    /// The device of every stage.
    pub device: EdgeTpu,
    /// The rules that schedules obey.
    pub rules: Rules,
    /// The seed of random orders, samples and moves.
    pub seed: u64,
    /// The number of orders drawn from the policy.
    pub samples: u32,
    /// The policies that are evaluated.
    pub policies: &'a Policies,
    /// The request to stop, which ends searches early.
    pub cancel: &'a Cancel,
    /// The paper's own network, if it is to be compared.
    pub published: Option<PublishedNetwork>,
}
