//! What is trained on, and how long.

/// What is trained on, and how long.
#[derive(Clone, Debug)]
pub struct Course {
    /// Steps of the optimizer.
    pub steps: u64,
    /// Graphs in a step.
    pub batch: usize,
    /// Nodes of a graph.
    pub nodes: u32,
    /// Stages of the optimal schedules.
    pub stages: u32,
    /// Width of the hidden layers.
    pub hidden: usize,
    /// The optimizer's rate.
    pub rate: f64,
    /// Norm that gradients are clipped to.
    pub clip: f64,
    /// Steps after which the copy is compared with the network.
    pub every: u64,
    /// The seed of everything.
    pub seed: u64,
}

impl Default for Course {
    /// The published figures; the paper's epochs are many more steps than the default.
    fn default() -> Course {
        Course {
            steps: 3000,
            batch: 128,
            nodes: 30,
            stages: 4,
            hidden: respect::policy::published::HIDDEN,
            rate: 1e-4,
            clip: 1.0,
            every: 50,
            seed: 0,
        }
    }
}
