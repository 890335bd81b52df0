//! The layout of a picture: layers from top to bottom, few crossings, and edges that run straight where they can.

use std::collections::BTreeSet;

/// The width of a node and of a bend, in columns.
const NODE: f64 = 1.0;
const BEND: f64 = 0.14;

/// The layout of a picture, in columns from the left and layers from the top.
pub struct Layout {
    /// The middle of each node: column and layer.
    pub nodes: Vec<(f64, usize)>,
    /// The points of each edge, from node to node: column and layer.
    pub edges: Vec<Vec<(f64, usize)>>,
    /// The width of the picture, in columns.
    pub columns: f64,
    /// The number of layers.
    pub layers: usize,
}

/// Lays out nodes whose edges lead from lower to higher numbers. The nodes `last` are put below all others.
pub fn lay_out(count: usize, edges: &BTreeSet<(usize, usize)>, last: &BTreeSet<usize>) -> Layout {
    let mut layer = vec![0usize; count];
    for &(from, to) in edges {
        layer[to] = layer[to].max(layer[from] + 1);
    }
    let is_free = |node: usize| !last.contains(&node);
    let bottom = (0..count).filter(|&node| is_free(node)).map(|node| layer[node] + 1).max().unwrap_or(0);
    last.iter().for_each(|&node| layer[node] = bottom);
    // What reads nothing stands right above its first reader.
    let read: BTreeSet<usize> = edges.iter().map(|&(_, to)| to).collect();
    for node in (0..count).filter(|&node| is_free(node) && !read.contains(&node)) {
        let readers = edges.range((node, 0)..(node + 1, 0)).map(|&(_, to)| layer[to]);
        layer[node] = readers.min().map_or(0, |first| first.saturating_sub(1));
    }
    // Edges over several layers get a bend in each that they pass.
    let mut widths = vec![NODE; count];
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); layer.iter().max().map_or(0, |last| last + 1)];
    (0..count).for_each(|node| layers[layer[node]].push(node));
    let mut routes = Vec::new();
    let mut links = vec![(Vec::new(), Vec::new()); count];
    for &(from, to) in edges {
        let mut route = vec![from];
        let (first, end) = (layer[from] + 1, layer[to]);
        for (passed, row) in layers.iter_mut().enumerate().take(end).skip(first) {
            row.push(widths.len());
            route.push(widths.len());
            layer.push(passed);
            widths.push(BEND);
            links.push((Vec::new(), Vec::new()));
        }
        route.push(to);
        for pair in route.windows(2) {
            links[pair[0]].1.push(pair[1]);
            links[pair[1]].0.push(pair[0]);
        }
        routes.push(route);
    }
    let mut x = vec![0.0; widths.len()];
    layers.iter().for_each(|row| spread(row, &widths, &mut x));
    for sweep in 0..12 {
        let down = sweep % 2 == 0;
        let rows: Box<dyn Iterator<Item = &mut Vec<usize>>> =
            if down { Box::new(layers.iter_mut()) } else { Box::new(layers.iter_mut().rev()) };
        for row in rows {
            // The only node of a layer stands in the middle, so that the picture has a straight spine.
            let is_alone = row.iter().filter(|&&item| item < count).count() == 1;
            let mut wanted: Vec<(f64, usize)> = Vec::new();
            for &item in row.iter() {
                let near = if down { &links[item].0 } else { &links[item].1 };
                let sum: f64 = near.iter().map(|&other| x[other]).sum();
                let wish = match near.len() {
                    _ if is_alone && item < count => 0.0,
                    0 => x[item],
                    many => sum / many as f64,
                };
                wanted.push((wish, item));
            }
            wanted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            row.clear();
            row.extend(wanted.iter().map(|&(_, item)| item));
            place(&wanted, &widths, &mut x);
        }
    }
    let left = (0..x.len()).map(|item| x[item] - widths[item] / 2.0).fold(f64::INFINITY, f64::min);
    let right = (0..x.len()).map(|item| x[item] + widths[item] / 2.0).fold(f64::NEG_INFINITY, f64::max);
    let at = |item: usize| (x[item] - left, layer[item]);
    Layout {
        nodes: (0..count).map(at).collect(),
        edges: routes.iter().map(|route| route.iter().map(|&item| at(item)).collect()).collect(),
        columns: if count > 0 { right - left } else { 0.0 },
        layers: layers.len(),
    }
}

/// Places the items of a row side by side, around the middle.
fn spread(row: &[usize], widths: &[f64], x: &mut [f64]) {
    let all: f64 = row.iter().map(|&item| widths[item]).sum();
    let mut left = -all / 2.0;
    for &item in row {
        x[item] = left + widths[item] / 2.0;
        left += widths[item];
    }
}

/// Places items as near to where they want to be as their widths allow; items that are pushed together stay in the
/// middle of their wishes.
fn place(wanted: &[(f64, usize)], widths: &[f64], x: &mut [f64]) {
    // Groups of items that touch: members from an index on, the sum of the wishes for their left edge, and that edge.
    let mut groups: Vec<(usize, f64, f64, f64)> = Vec::new();
    for (index, &(wish, item)) in wanted.iter().enumerate() {
        let width = widths[item];
        groups.push((index, wish - width / 2.0, wish - width / 2.0, width));
        while let [.., before, after] = &groups[..] {
            if before.2 + before.3 <= after.2 {
                break;
            }
            let (start, count) = (before.0, (index + 1 - before.0) as f64);
            // The wishes of the items behind, as wishes for the left edge of the group.
            let behind = (index + 1 - after.0) as f64;
            let sum = before.1 + after.1 - behind * before.3;
            let joined = (start, sum, sum / count, before.3 + after.3);
            groups.truncate(groups.len() - 2);
            groups.push(joined);
        }
    }
    for (number, &(start, _, mut left, _)) in groups.iter().enumerate() {
        let end = groups.get(number + 1).map_or(wanted.len(), |next| next.0);
        for &(_, item) in &wanted[start..end] {
            x[item] = left + widths[item] / 2.0;
            left += widths[item];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nodes_do_not_overlap_and_edges_lead_down(
            count in 1usize..24,
            pairs in prop::collection::vec((0usize..24, 0usize..24), 0..60),
        ) {
            let edges: BTreeSet<(usize, usize)> = pairs
                .into_iter()
                .filter(|&(a, b)| a.max(b) < count && a != b)
                .map(|(a, b)| (a.min(b), a.max(b)))
                .collect();
            let last: BTreeSet<usize> = (0..count).filter(|&node| edges.range((node, 0)..(node + 1, 0)).next().is_none()).collect();
            let layout = lay_out(count, &edges, &last);
            for (a, &(x, layer)) in layout.nodes.iter().enumerate() {
                prop_assert!(x >= NODE / 2.0 - 1e-6 && x <= layout.columns - NODE / 2.0 + 1e-6 && layer < layout.layers);
                for &(other, its) in &layout.nodes[..a] {
                    prop_assert!(its != layer || (x - other).abs() >= NODE - 1e-6);
                }
            }
            prop_assert_eq!(layout.edges.len(), edges.len());
            for route in &layout.edges {
                prop_assert!(route.windows(2).all(|pair| pair[1].1 == pair[0].1 + 1), "{:?}", route);
            }
        }
    }

    #[test]
    fn a_chain_is_straight() {
        let edges: BTreeSet<(usize, usize)> = (0..9).map(|node| (node, node + 1)).collect();
        let layout = lay_out(10, &edges, &BTreeSet::from([9]));
        assert!(layout.nodes.iter().all(|&(x, _)| (x - NODE / 2.0).abs() < 1e-9));
        assert_eq!((layout.columns, layout.layers), (NODE, 10));
    }
}
