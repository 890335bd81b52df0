//! Batches: episodes side by side, as the arrays that the network in tch reads.

use super::episode::{Episode, Task};

/// A batch of episodes: units of all graphs one after the other, steps by time and episode, and candidates as rows.
#[derive(Default)]
pub(crate) struct Batch {
    /// The static figures of every unit.
    pub units: Vec<f32>,
    /// The number of the graph of every unit.
    pub graph_of: Vec<i64>,
    /// The edges, as the units that they lead from and to.
    pub edges: (Vec<i64>, Vec<i64>),
    /// The inverse of the number of predecessors and of successors of each unit, and of the number of units of each
    /// graph.
    pub per_pred: Vec<f32>,
    pub per_succ: Vec<f32>,
    pub per_graph: Vec<f32>,
    pub episodes: usize,
    /// The row that the LSTM reads, for every time and episode: a unit, or after all units the start of a graph.
    pub read: Vec<i64>,
    pub moments: Vec<f32>,
    /// The places of the steps that exist among all times and episodes.
    pub step_places: Vec<i64>,
    /// The episode of every step.
    pub episode_of: Vec<i64>,
    /// The candidates: figures, unit and step of each, and for every step the row that was chosen.
    pub rows: Vec<f32>,
    pub row_unit: Vec<i64>,
    pub row_step: Vec<i64>,
    pub chosen_rows: Vec<i64>,
}

impl Batch {
    /// Joins `episodes`, which are attempts at `tasks`.
    pub fn new(tasks: &[Task], episodes: &[&Episode]) -> Batch {
        let mut batch = Batch { episodes: episodes.len(), ..Batch::default() };
        let mut first = vec![0i64];
        let share = |count: usize| 1.0 / count.max(1) as f32;
        for (graph, task) in tasks.iter().enumerate() {
            let base = first[graph];
            let instance = &task.instance;
            batch.units.extend(&task.inputs.rows);
            for unit in 0..instance.len() {
                batch.graph_of.push(graph as i64);
                batch.per_pred.push(share(instance.preds[unit].len()));
                batch.per_succ.push(share(instance.succs[unit].len()));
                for &succ in &instance.succs[unit] {
                    batch.edges.0.push(base + unit as i64);
                    batch.edges.1.push(base + i64::from(succ));
                }
            }
            batch.per_graph.push(share(instance.len()));
            first.push(base + instance.len() as i64);
        }
        let all_units = first[tasks.len()];
        let longest = episodes.iter().map(|episode| episode.steps.len()).max().unwrap_or(0);
        batch.read = vec![0; longest * episodes.len()];
        batch.moments = vec![0.0; batch.read.len() * respect::policy::frontier::GLOBAL];
        for (place, episode) in episodes.iter().enumerate() {
            let base = first[episode.task];
            let mut last = all_units + episode.task as i64;
            for (time, step) in episode.steps.iter().enumerate() {
                let at = time * episodes.len() + place;
                batch.read[at] = last;
                let moment = at * step.moment.len();
                batch.moments[moment..moment + step.moment.len()].copy_from_slice(&step.moment);
                let number = batch.step_places.len() as i64;
                batch.step_places.push(at as i64);
                batch.episode_of.push(place as i64);
                batch.chosen_rows.push(batch.row_unit.len() as i64 + step.chosen as i64);
                batch.row_unit.extend(step.units.iter().map(|&unit| base + i64::from(unit)));
                batch.row_step.extend(step.units.iter().map(|_| number));
                batch.rows.extend(&step.rows);
                last = base + i64::from(step.units[step.chosen]);
            }
        }
        batch
    }
}
