//! Learning and judging the policy: synthetic graphs, their labels, and the evaluation on held-out graphs.

pub mod evaluate;
pub mod labels;
pub mod synth;
