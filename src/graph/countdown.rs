//! The count of predecessors for which each node of a graph still waits, as every walk in topological order needs it.

/// The number of predecessors for which each node still waits; a parallel edge counts once more.
#[derive(Clone, Debug)]
pub(crate) struct Countdown(Vec<u32>);

impl Countdown {
    /// Returns the countdown before the walk begins, from the number of predecessors of each node.
    pub fn new(predecessors: impl IntoIterator<Item = usize>) -> Countdown {
        Countdown(predecessors.into_iter().map(|count| count as u32).collect())
    }

    /// Returns the number of predecessors for which `node` still waits.
    pub fn left(&self, node: usize) -> u32 {
        self.0[node]
    }

    /// Returns the nodes that wait for no predecessor, ascending.
    pub fn ready(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len()).filter(|&node| self.0[node] == 0)
    }

    /// Counts one predecessor of `node` as visited, and returns whether it was the last.
    pub fn take_one(&mut self, node: usize) -> bool {
        self.0[node] -= 1;
        self.0[node] == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_ready_when_the_last_of_its_predecessors_is_taken() {
        // A diamond: 0 before 1 and 2, both before 3.
        let mut countdown = Countdown::new([0, 1, 1, 2]);
        assert_eq!(countdown.ready().collect::<Vec<_>>(), [0]);
        assert!(countdown.take_one(1) && countdown.take_one(2));
        assert_eq!(countdown.left(3), 2);
        assert!(!countdown.take_one(3) && countdown.take_one(3));
    }
}
