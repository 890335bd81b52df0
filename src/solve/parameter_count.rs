//! The Edge TPU compiler's default partitioning (`--num_segments`), as libcoral's `parameter_count_based_partitioner` does
//! it.
//!
//! In the order of libcoral's walk a segment is closed just before its parameter bytes would exceed the mean plus one;
//! every segment but the last ends early enough to leave one operation for each later one before the first operation whose
//! output nobody reads; the last takes the rest. Constants of custom operators do not count. It minds neither time nor
//! rules, so the judge may refuse its schedule, and where libcoral aborts there is none. Complexity: linear.

use super::coral::{Abort, Unfit, before_first_sink, walk};
use super::error::NotFound;
use super::found::Found;
use super::instance::Instance;
use super::solution::Status;
use crate::base::units::Bytes;
use crate::graph::{OpGraph, Tensor};
use crate::problem::Problem;
use crate::problem::{Schedule, StageId};

/// Cuts libcoral's walk as the compiler does.
///
/// # Errors
/// Returns an error where libcoral's partitioner aborts.
pub(crate) fn solve(problem: &Problem, instance: &Instance) -> Result<Found, NotFound> {
    let stage_of = match problem.stages {
        // One segment is the model, which nothing partitions.
        1 => vec![StageId(0); problem.graph.ops().len()],
        _ => segments(problem.graph, problem.stages)?,
    };
    let lower_bound = instance.simple_bound();
    let detail = "equal parameter bytes in libcoral's order".into();
    Ok(Found { schedule: Schedule { stage_of }, value: None, status: Status::Feasible, lower_bound, detail })
}

/// Returns the segment of each operation, of two or more segments.
fn segments(graph: &OpGraph, count: u32) -> Result<Vec<StageId>, Abort> {
    let successors = successors(graph);
    let order = walk(&successors);
    let ends = ends(graph, count, &order, before_first_sink(&successors, &order))?;
    let mut place = vec![0; order.len()];
    (0..).zip(&order).for_each(|(at, &op)| place[op as usize] = at);
    let unfit = Unfit::new(graph);
    let at_cuts = unfit.at_cuts(&place, order.len());
    if let Some(op) = ends.iter().find_map(|&end| at_cuts[end]) {
        return Err(unfit.abort(op));
    }
    unfit.check_ends()?;
    let segment = |&place: &u32| ends.iter().take_while(|&&end| end <= place as usize).count() as u32;
    let stage_of: Vec<StageId> = place.iter().map(segment).map(StageId).collect();
    check_inputs(graph, count, &stage_of)?;
    Ok(stage_of)
}

/// Returns, for each operation, those that come after it, once for each reason: the readers of each of its tensors, and those
/// that are ordered after it.
fn successors(graph: &OpGraph) -> Vec<Vec<u32>> {
    let mut successors = vec![Vec::new(); graph.ops().len()];
    for tensor in graph.tensors() {
        let readers = || tensor.consumers.iter().map(|reader| reader.0);
        tensor.producer.iter().for_each(|op| successors[op.index()].extend(readers()));
    }
    graph.ordered().iter().for_each(|pair| successors[pair.before.index()].push(pair.after.0));
    successors
}

/// Returns the places in `order` at which all segments but the last end; `first_sink` is the first place that only the last
/// may hold.
fn ends(graph: &OpGraph, count: u32, order: &[u32], first_sink: usize) -> Result<Vec<usize>, Abort> {
    let mut bytes: Vec<u64> = graph.bytes_read().iter().map(|bytes| bytes.0).collect();
    graph.custom().iter().for_each(|op| bytes[op.index()] = 0);
    let most = bytes.iter().sum::<u64>() / u64::from(count) + 1;
    let name = |place: usize| graph.ops()[order[place] as usize].name.clone();
    if first_sink + 1 < count as usize {
        return Err(Abort::NoRoom { before: first_sink, name: name(first_sink), segments: count });
    }
    let mut ends = Vec::new();
    let mut place = 0;
    for segment in 0..count - 1 {
        // One operation is left for each segment between this one and the last.
        let limit = first_sink - (count - 2 - segment) as usize;
        let (start, mut held) = (place, 0);
        while place < limit && held + bytes[order[place] as usize] <= most {
            held += bytes[order[place] as usize];
            place += 1;
        }
        if place == start {
            let bytes = Bytes(bytes[order[place] as usize]);
            return Err(Abort::EmptySegment { segment, name: name(place), bytes, most: Bytes(most) });
        }
        ends.push(place);
    }
    Ok(ends)
}

/// Checks that each segment with an operation that reads model inputs alone reads all of them.
fn check_inputs(graph: &OpGraph, count: u32, stage_of: &[StageId]) -> Result<(), Abort> {
    let mut reads_made = vec![false; stage_of.len()];
    for tensor in graph.tensors().iter().filter(|tensor| tensor.producer.is_some()) {
        tensor.consumers.iter().for_each(|op| reads_made[op.index()] = true);
    }
    let mut gets_inputs = vec![false; count as usize];
    let inputs = || graph.inputs().iter().map(|&input| graph.tensor(input));
    for op in inputs().flat_map(|input| &input.consumers).filter(|op| !reads_made[op.index()]) {
        gets_inputs[stage_of[op.index()].index()] = true;
    }
    for segment in (0..count).filter(|&segment| gets_inputs[segment as usize]) {
        let is_read = |input: &Tensor| input.consumers.iter().any(|op| stage_of[op.index()].0 == segment);
        if let Some(input) = inputs().find(|input| !is_read(input)) {
            return Err(Abort::UnreadInput { segment, input: input.name.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Returns a graph of operations with these parameter bytes and these tensors: the producer of each, and its readers.
    fn graph(bytes: &[u64], tensors: &[(Option<u32>, &[u32])]) -> OpGraph {
        let ops: Vec<_> = (bytes.iter().enumerate())
            .map(|(op, bytes)| json!({"name": format!("op{op}"), "kind": "K", "parameter_bytes": bytes, "macs": 0}))
            .collect();
        let outputs: Vec<_> = (0..tensors.len()).filter(|&tensor| tensors[tensor].1.is_empty()).collect();
        let tensors: Vec<_> = (tensors.iter().enumerate())
            .map(|(place, (producer, consumers))| {
                json!({"name": format!("t{place}"), "bytes": 1, "producer": producer, "consumers": consumers})
            })
            .collect();
        let parts = json!({"name": "g", "ops": ops, "tensors": tensors, "outputs": outputs});
        OpGraph::from_json(parts.to_string().as_bytes()).unwrap()
    }

    fn cut(graph: &OpGraph, count: u32) -> Result<Vec<u32>, String> {
        let stages = segments(graph, count).map_err(|abort| abort.to_string())?;
        Ok(stages.iter().map(|stage| stage.0).collect())
    }

    #[test]
    fn branches_are_walked_from_the_last_and_outputs_come_last() {
        // 0 is read by 1, 2 and 3; 2 makes an output, 1 goes on to 4, and 3 to 5, which reads 4 too.
        let tensors: [(_, &[u32]); 7] = [
            (None, &[0]),
            (Some(0), &[1, 2, 3]),
            (Some(1), &[4]),
            (Some(2), &[]),
            (Some(3), &[5]),
            (Some(4), &[5]),
            (Some(5), &[]),
        ];
        // The walk is 0, 3, 1, 4, 2, 5.
        assert_eq!(cut(&graph(&[10; 6], &tensors), 2), Ok(vec![0, 0, 1, 0, 1, 1]));
        assert_eq!(cut(&graph(&[10, 0, 0, 30, 0, 20], &tensors), 2), Ok(vec![0, 1, 1, 1, 1, 1]));
    }

    #[test]
    fn constants_of_custom_operators_do_not_count() {
        let chain: [(_, &[u32]); 4] = [(None, &[0]), (Some(0), &[1]), (Some(1), &[2]), (Some(2), &[])];
        let graph = graph(&[10, 10, 100], &chain);
        assert_eq!(cut(&graph, 2), Ok(vec![0, 0, 1]));
        let custom = OpGraph::new(crate::graph::GraphParts {
            custom: vec![crate::graph::OpId(2)],
            ..graph.parts().clone()
        });
        assert_eq!(cut(&custom.unwrap(), 2), Ok(vec![0, 1, 1]));
    }

    #[test]
    fn what_libcoral_aborts_on_is_told() {
        let chain: [(_, &[u32]); 4] = [(None, &[0]), (Some(0), &[1]), (Some(1), &[2]), (Some(2), &[])];
        let two_outputs: [(_, &[u32]); 5] =
            [(None, &[0]), (Some(0), &[1]), (Some(0), &[1]), (Some(1), &[2]), (Some(2), &[])];
        let two_inputs: [(_, &[u32]); 5] =
            [(None, &[0]), (None, &[1]), (Some(0), &[2]), (Some(1), &[2]), (Some(2), &[])];
        for (bytes, tensors, count, part) in [
            (
                &[1, 1, 1][..],
                &chain[..],
                4,
                "only 2 operations come before 'op2', the first whose result no other reads",
            ),
            (&[90, 1, 1], &chain, 3, "segment 0 would be empty: 'op0' alone has 90 B of parameters"),
            (&[1, 90, 1], &chain, 3, "segment 1 would be empty: 'op1' alone"),
            (&[1, 1, 1], &two_outputs, 3, "what 'op0' makes, which has 2 outputs and not one"),
            (
                &[1, 1, 1],
                &two_inputs,
                3,
                "segment 0 would get every model input, but nothing in it reads 't0'",
            ),
        ] {
            let why = cut(&graph(bytes, tensors), count).unwrap_err();
            assert!(why.contains(part), "{why}");
        }
        assert_eq!(cut(&graph(&[1, 1, 1], &two_outputs), 2), Ok(vec![0, 0, 1]));
    }
}
