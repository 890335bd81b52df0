//! The course of the published training.

/// The course of the published training: what is trained on, and for how long.
#[derive(Clone, Debug)]
pub struct Course {
    /// The number of steps of the optimizer.
    pub steps: u64,
    /// The number of graphs in a step.
    pub batch: usize,
    /// The number of nodes of a graph.
    pub nodes: u32,
    /// The number of stages of the optimal schedules.
    pub stages: u32,
    /// The width of the hidden layers.
    pub hidden: usize,
    /// The learning rate of the optimizer.
    pub rate: f64,
    /// The norm that gradients are clipped to.
    pub clip: f64,
    /// The number of steps after which the copy is compared with the network.
    pub every: u64,
    /// The seed of the graphs, the first parameters and the attempts.
    pub seed: u64,
}

impl Default for Course {
    /// Returns the published figures; the paper's epochs are many more steps than the default.
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
