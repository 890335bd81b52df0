//! The policy's view of a problem before the first decision: one row of figures for each unit, none of which grows with
//! the graph.
//!
//! Work is what a unit adds to whichever stage holds it: its time, and its parameters at the share of them that no
//! cache can hold. Figures of load are relative to the bound that no bottleneck is below, so that the number of stages
//! and the device are part of every one of them.

use super::kernels::log2;
use crate::solve::instance::Instance;
use crate::solve::streams::Parameters;

/// The number of figures of a unit.
pub const STATIC: usize = 20;

/// A problem as the policy sees it.
pub struct Inputs {
    /// The [`STATIC`] figures of each unit, a row for each.
    pub rows: Vec<f32>,
    /// The work of each unit, in the instance's units of load.
    pub work: Vec<f64>,
    /// The unit by which a stage's load is measured: the bound, at least 1.
    pub scale: f64,
}

/// Returns a share of the scale on a logarithmic axis: 0 at nothing, 1 at the whole, finer the smaller the share is.
pub fn share(x: f64) -> f32 {
    log2(1.0 + x as f32 * 1023.0) / 10.0
}

/// Returns the [`share`] of the amount of `x`, with the sign of `x`.
pub fn signed_share(x: f64) -> f32 {
    if x < 0.0 { -share(-x) } else { share(x) }
}

/// Returns a count on an axis that ends at 1, with a count of `half` halfway.
pub fn count(x: usize, half: f32) -> f32 {
    x as f32 / (x as f32 + half)
}

impl Inputs {
    /// Computes the figures of `instance`, of which no bottleneck is below `bound`.
    ///
    /// Complexity: linear in the instance's units, edges and nets.
    pub fn new(instance: &Instance, bound: u64) -> Inputs {
        let units = instance.len();
        let stages = instance.stages as f64;
        let scale = (bound as f64).max(1.0);
        let total_bytes: u64 =
            instance.bytes.iter().sum::<u64>() + instance.shared.iter().map(|c| c.bytes).sum::<u64>();
        let cached = instance.streams.cache as f64 * stages;
        let streamed = ((total_bytes as f64 - cached) / (total_bytes as f64).max(1.0)).max(0.0);
        let price = |held: Parameters| instance.streams.sums[1].uncached(held) as f64;
        let mut uncached: Vec<f64> = (0..units).map(|unit| price(instance.parameters(unit))).collect();
        for constant in &instance.shared {
            for &user in &constant.users {
                let held = Parameters { bytes: constant.bytes, resent: 0 };
                uncached[user as usize] += price(held) / constant.users.len() as f64;
            }
        }
        let work: Vec<f64> =
            (0..units).map(|unit| instance.time[unit] as f64 + uncached[unit] * streamed).collect();
        let total_work: f64 = work.iter().sum::<f64>().max(1.0);

        // Paths: units are numbered in a topological order.
        let (mut depth, mut height) = (vec![0u32; units], vec![0u32; units]);
        let (mut before, mut after) = (vec![0f64; units], vec![0f64; units]);
        for unit in 0..units {
            for &pred in &instance.preds[unit] {
                let pred = pred as usize;
                depth[unit] = depth[unit].max(depth[pred] + 1);
                before[unit] = before[unit].max(before[pred] + work[pred]);
            }
        }
        for unit in (0..units).rev() {
            for &succ in &instance.succs[unit] {
                let succ = succ as usize;
                height[unit] = height[unit].max(height[succ] + 1);
                after[unit] = after[unit].max(after[succ] + work[succ]);
            }
        }
        let below = Levels::new(&depth, &work);
        let above = Levels::new(&height, &work);
        let longest = (0..units).map(|unit| before[unit] + work[unit] + after[unit]).fold(1.0, f64::max);
        let mut reads_input = vec![false; units];
        instance.inputs.iter().flatten().for_each(|&unit| reads_input[unit as usize] = true);

        let price = |nets: &[u32], of: fn(&crate::solve::instance::Net) -> u64| {
            nets.iter().map(|&net| of(&instance.nets[net as usize])).sum::<u64>() as f64 / scale
        };
        let flag = |is: bool| if is { 1.0 } else { 0.0 };
        let levels = below.levels() as f32;
        let mut rows = Vec::with_capacity(units * STATIC);
        for unit in 0..units {
            let (preds, succs) = (&instance.preds[unit], &instance.succs[unit]);
            let row: [f32; STATIC] = [
                share(work[unit] / scale),
                share(instance.time[unit] as f64 / scale),
                share(uncached[unit] / scale),
                share(price(&instance.writes[unit], |net| net.write)),
                share(price(&instance.reads[unit], |net| net.read)),
                count(preds.len(), 2.0),
                count(succs.len(), 2.0),
                depth[unit] as f32 / levels,
                height[unit] as f32 / levels,
                (before[unit] / longest) as f32,
                (after[unit] / longest) as f32,
                (below.work_under(depth[unit]) / total_work) as f32,
                (above.work_under(height[unit]) / total_work) as f32,
                count(below.width(depth[unit]), 4.0),
                flag(work[unit] == 0.0),
                flag(reads_input[unit]),
                flag(succs.iter().any(|&succ| instance.last_only[succ as usize])),
                flag(!instance.uses[unit].is_empty()),
                1.0 / stages as f32,
                (total_work / stages / scale) as f32,
            ];
            rows.extend(row);
        }
        Inputs { rows, work, scale }
    }
}

/// The work and the number of units on each level.
struct Levels {
    under: Vec<f64>,
    width: Vec<usize>,
}

impl Levels {
    fn new(level: &[u32], work: &[f64]) -> Levels {
        let levels = level.iter().map(|&level| level as usize + 1).max().unwrap_or(1);
        let (mut under, mut width) = (vec![0.0; levels + 1], vec![0; levels]);
        for (&level, work) in level.iter().zip(work) {
            under[level as usize + 1] += work;
            width[level as usize] += 1;
        }
        for level in 1..=levels {
            under[level] += under[level - 1];
        }
        Levels { under, width }
    }

    fn levels(&self) -> usize {
        self.width.len()
    }

    fn work_under(&self, level: u32) -> f64 {
        self.under[level as usize]
    }

    fn width(&self, level: u32) -> usize {
        self.width[level as usize]
    }
}
