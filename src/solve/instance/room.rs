//! The number of stages that a graph has room for.

use super::Instance;

impl Instance {
    /// Returns the most stages that the graph can be cut into, and what limits that number.
    pub fn room(&self) -> (u32, String) {
        let units = self.len() as u32;
        if units == 1 {
            let why = match self.units[0].len() {
                1 => "the graph has only one operation",
                _ => "no cut can be made between its operations",
            };
            return (1, why.into());
        }
        if self.inputs.is_empty() && !self.last_only.contains(&true) {
            return (units, format!("the graph has only {units} operations (or groups that share state)"));
        }
        let early = self.count_useful((0..self.len() as u32).filter(|&unit| !self.last_only[unit as usize]));
        match self.smallest_first_stage() {
            Some((first, _)) if early >= first.max(1) => {
                let first = first.max(1);
                let operations =
                    |count: u32| format!("{count} operation{}", if count == 1 { "" } else { "s" });
                let why = format!(
                    "the first stage must hold {} to read every model input, the last {} to make every model output, \
                     which leaves {} for the stages between",
                    operations(first),
                    operations(units - early),
                    early - first
                );
                (2 + early - first, why)
            }
            _ => {
                (1, "no cut has every model input read before it and every model output made after it".into())
            }
        }
    }

    fn count_useful(&self, units: impl Iterator<Item = u32>) -> u32 {
        units.filter(|&unit| self.useful[unit as usize]).count() as u32
    }

    /// Returns a first stage that reads every model input and makes no model output, with the fewest useful units; and
    /// the number of those units. If the inputs have very many readers, the stage may not be the smallest and the
    /// number is a lower bound.
    pub fn smallest_first_stage(&self) -> Option<(u32, Vec<u32>)> {
        const CHOICES: usize = 4096;
        let count = |units: &[u32]| self.count_useful(units.iter().copied());
        // The readers of each input with the useful units that they and their ancestors are; what a reader needs is
        // found anew where it is asked for, as all of it together can be large.
        let readers: Vec<Vec<(u32, u32)>> = (self.inputs.iter())
            .map(|readers| {
                let behind = self.behind(readers);
                let early = readers
                    .iter()
                    .filter(|&&reader| !self.last_only[reader as usize] && !behind[reader as usize]);
                let mut counted: Vec<_> =
                    early.map(|&reader| (count(&reach(&self.preds, reader)), reader)).collect();
                counted.sort_by_key(|&(count, _)| count);
                counted
            })
            .collect();
        if readers.iter().any(Vec::is_empty) {
            return None;
        }
        let union = |mut choice: usize| {
            let mut union: Vec<u32> = Vec::new();
            for options in &readers {
                union.extend(reach(&self.preds, options[choice % options.len()].1));
                choice /= options.len();
            }
            union.sort_unstable();
            union.dedup();
            union
        };
        let choices = readers.iter().try_fold(1usize, |product, options| product.checked_mul(options.len()));
        match choices.filter(|&choices| choices <= CHOICES) {
            Some(choices) => {
                (0..choices).map(union).map(|units| (count(&units), units)).min_by_key(|(count, _)| *count)
            }
            None => {
                let bound = readers.iter().map(|options| options[0].0).max().unwrap_or(0);
                Some((bound, union(0)))
            }
        }
    }
}

impl Instance {
    /// Returns, for each unit, whether a reader comes before it. Such a reader needs less than the unit does, so that the first
    /// stage is smallest without the unit.
    fn behind(&self, readers: &[u32]) -> Vec<bool> {
        let mut reads = vec![false; self.len()];
        readers.iter().for_each(|&reader| reads[reader as usize] = true);
        let mut behind = vec![false; self.len()];
        // Unit numbers are a topological order.
        for unit in 0..self.len() {
            behind[unit] = self.preds[unit].iter().any(|&pred| reads[pred as usize] || behind[pred as usize]);
        }
        behind
    }
}

/// Returns `unit` and all units that the edges of `next` lead to from it.
pub fn reach(next: &[Vec<u32>], unit: u32) -> Vec<u32> {
    let mut seen = vec![false; next.len()];
    let mut list = vec![unit];
    seen[unit as usize] = true;
    let mut head = 0;
    while let Some(&unit) = list.get(head) {
        head += 1;
        for &other in &next[unit as usize] {
            if !std::mem::replace(&mut seen[other as usize], true) {
                list.push(other);
            }
        }
    }
    list
}
