use proptest::prelude::*;

use super::super::make;
use super::super::testing::{model_of, operator, tensor};
use super::*;

/// Returns a layer of `groups` groups of 64 channels, of so many lines each.
fn layer(groups: u64, group_lines: u64, is_by_places: bool) -> Layer {
    let lines = groups * group_lines;
    Layer { op: OpId(0), bytes: Bytes(lines * 256), combined: Bytes(0), lines, group_lines, is_by_places }
}

/// Returns the numbers of the layers that are streamed.
fn streamed(mut layers: Vec<Layer>, generation: Generation) -> Vec<u32> {
    (0..).zip(&mut layers).for_each(|(number, layer)| layer.op = OpId(number));
    kept(&layers, &generation).streamed.into_iter().map(|(op, _)| op.0).collect()
}

const OLD: Generation = GENERATIONS[0];
const NEW: Generation = GENERATIONS[1];

#[test]
fn generations_are_told_by_the_runtime_that_files_ask_for() {
    assert_eq!([-1, 10, 11].map(Generation::of_runtime), [OLD; 3]);
    assert_eq!([12, 14, i32::MAX].map(Generation::of_runtime), [NEW; 3]);
    assert_eq!(Generation::newest(), NEW);
}

#[test]
fn the_buffer_holds_adjacent_layers_by_places() {
    assert_eq!(OLD.buffer(&[393, 393, 393]), 786 + 11);
    assert_eq!([&[][..], &[3], &[3, 65, 2]].map(|groups| OLD.buffer(groups)), [11, 14, 79]);
    assert_eq!([&[][..], &[168, 100], &[1000]].map(|groups| NEW.buffer(groups)), [61, 179, 281]);
}

/// A chain of 7x7 convolutions of 32 channels: 52 of 74 are kept by one rule, and all but one by the other.
#[test]
fn large_layers_stop_fitting_and_small_ones_still_do() {
    let mut chain = vec![layer(1, 50, true)];
    chain.extend([layer(1, 393, true); 74]);
    chain.push(layer(1, 1, true));
    assert_eq!(streamed(chain.clone(), OLD), (53..75).collect::<Vec<_>>());
    assert_eq!(streamed(chain, NEW), [74]);
}

#[test]
fn a_group_lies_whole_on_the_tile_that_computes_it() {
    // Each tile has 2,019 lines: two groups of 1,000, and no third, although 600 lines are free.
    let dense = |groups| layer(groups, 1000, false);
    assert_eq!(streamed(vec![dense(16), dense(16), dense(1), layer(1, 19, false)], NEW), [2]);
    assert_eq!(streamed(vec![layer(1, 4096, false), layer(1, 2019, false)], NEW), [0]);
    // A layer by places lies in pieces, but not if one group has more lines than a tile.
    assert_eq!(streamed(vec![layer(1, 2081, true), layer(2, 2000, true)], NEW), [0]);
}

/// Ways of use, operator by operator: a layer, a sum with a constant, one of as many elements, and weights once more.
#[test]
fn layers_have_the_parameters_that_operators_read_first() {
    let mut model = model_of(&[("in", &[1, 8, 8, 8]), ("out", &[1, 8, 8, 32])]);
    let mut constant = |dims: &[i32]| {
        let number = tensor(&mut model, "constant", "INT8", dims);
        make::give_value(&mut model, number, vec![0; dims.iter().product::<i32>() as usize]);
        number as i32
    };
    let (weights, few, many) = (constant(&[32, 7, 7, 8]), constant(&[32]), constant(&[1, 8, 8, 32]));
    for (kind, value) in [("CONV_2D", weights), ("ADD", few), ("MUL", many), ("CONV_2D", weights)] {
        operator(&mut model, kind, &[0, value], &[1], &[]);
    }
    let ops: Vec<OpId> = (0..4).map(OpId).collect();
    let of = |layer: &Layer| [layer.bytes.0, layer.combined.0, layer.lines, layer.group_lines];
    let expected = [[64 * 49 * 8, 0, 98, 98], [512, 512, 0, 0], [2048, 2048, 0, 0], [0; 4]];
    assert_eq!(layers(&model, &ops).iter().map(of).collect::<Vec<_>>(), expected);
    assert_eq!(layers(&model, &ops[3..]).iter().map(of).collect::<Vec<_>>(), expected[..1]);
}

#[test]
fn constants_that_are_combined_with_values_are_never_kept() {
    let scale = Layer { bytes: Bytes(30), combined: Bytes(20), lines: 1, ..layer(0, 0, true) };
    let expected = Kept { bytes: Bytes(10), streamed: vec![(OpId(0), Bytes(20))] };
    assert_eq!(kept(&[scale], &NEW), expected);
}

proptest! {
    /// Whatever the layers, those of hostile files among them.
    #[test]
    fn every_byte_is_kept_or_streamed(
        sizes in prop::collection::vec((any::<u64>(), 0..5000u64, any::<bool>(), 0..9000u64), 0..40),
        is_old: bool,
    ) {
        let any_layer = |&(lines, group_lines, is_by_places, bytes): &(u64, u64, bool, u64)| {
            let lines = if lines % 2 == 0 { lines } else { lines % 9000 };
            Layer { op: OpId(0), bytes: Bytes(bytes), combined: Bytes(bytes / 3), lines, group_lines, is_by_places }
        };
        let layers: Vec<Layer> = sizes.iter().map(any_layer).collect();
        let kept = kept(&layers, if is_old { &OLD } else { &NEW });
        let all: Bytes = layers.iter().map(|layer| layer.bytes).sum();
        prop_assert_eq!(kept.bytes + kept.streamed_bytes(), all);
    }
}
