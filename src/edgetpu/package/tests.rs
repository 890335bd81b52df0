//! The reader of packages on files that it should take, and on ones that it should refuse with the place.

use std::borrow::Cow;

use flatbuffers::FlatBufferBuilder;
use proptest::prelude::*;

use super::standin::{self, Executable, Hint};
use super::testing::{compiled, executables, options, package};
use super::{DataType, DmaHint, ExecutableKind, Fault, PackageBytes, Target, packages};

/// Returns the complaint about a model with a compiled operator of these options.
fn complaint(options: &[u8]) -> String {
    packages(&compiled(&[options])).unwrap_err().to_string()
}

#[test]
fn everything_that_a_package_holds_is_read() {
    let model = compiled(&[&options(&package(&executables()))]);
    let read = packages(&model).unwrap();
    let [compiled] = &read[..] else { panic!("{read:?}") };
    let package = &compiled.package;
    assert_eq!(
        (compiled.operator, package.min_runtime_version, package.compiler_version),
        (0, 14, Some("cl/7"))
    );
    assert_eq!((package.virtual_chip_id, package.signature_bytes, package.chips.len()), (0, 0, 0));
    let computes = package.inference().unwrap();
    assert_eq!(
        (computes.kind, computes.name, computes.chip),
        (ExecutableKind::ExecutionOnly, Some("model"), Some("beagle"))
    );
    assert_eq!((computes.batch_size, computes.parameter_caching_token), (1, u64::MAX));
    assert_eq!((computes.narrow_memory_bytes_per_tile, computes.estimated_cycles), (2048, 1 << 40));
    assert_eq!(computes.instruction_chunks, [300, 50]);
    let [input] = &computes.inputs[..] else { panic!("{computes:?}") };
    assert_eq!((input.name, input.padded_bytes, input.extents, &input.shape), ("x", 16, [1, 3, 5], &None));
    assert_eq!((input.data_type, input.zero_point), (DataType::SignedFixedPoint8, 100));
    assert_eq!((input.dequantization_factor, input.executions_per_inference), (0.5, 2));
    assert_eq!(computes.outputs[0].shape, Some(vec![1, 20]));
    let transfer =
        |to_device, target, name, offset, bytes| DmaHint::Transfer { to_device, target, name, offset, bytes };
    assert!(computes.fully_deterministic);
    assert_eq!(
        computes.dma_hints,
        [
            DmaHint::Instructions { chunk: 0 },
            transfer(true, Target::Input, "x", 0, 16),
            DmaHint::Fence,
            transfer(true, Target::Parameters, "", 8, 32),
            DmaHint::Instructions { chunk: 1 },
            transfer(false, Target::Output, "y", 0, 24),
            DmaHint::Interrupt { number: 2 },
        ]
    );
    let bytes = PackageBytes {
        cached_bytes: 500,
        streamed_bytes: 40,
        instruction_bytes: 350,
        caching_instruction_bytes: 70,
        scratch_bytes: 64,
        input_bytes: 32,
        output_bytes: 48,
    };
    assert_eq!(package.bytes(), bytes);
}

#[test]
fn the_executable_that_runs_is_the_one_that_the_runtime_chooses() {
    let [computes, caches] = executables();
    let alone = Executable { kind: 0, parameters: vec![6; 9], ..computes.clone() };
    for (set, streamed, cached) in [
        (&[alone.clone()][..], 9, 0),
        (std::slice::from_ref(&computes), 40, 0),
        (&[caches.clone(), computes.clone()], 40, 500),
        (&[caches.clone(), computes.clone(), alone.clone()], 9, 0),
    ] {
        let model = compiled(&[&options(&package(set))]);
        let bytes = packages(&model).unwrap()[0].package.bytes();
        assert_eq!((bytes.streamed_bytes, bytes.cached_bytes), (streamed, cached));
    }
    for set in [&[alone.clone(), caches.clone()][..], &[computes.clone(), computes.clone()], &[]] {
        let why = complaint(&options(&package(set)));
        assert!(why.contains("are no set that runs") || why.contains("it holds no executables"), "{why}");
    }
}

#[test]
fn a_model_may_have_several_packages_and_a_package_several_chips() {
    let set = executables();
    let one = options(&package(&set));
    let model = compiled(&[&one, &one]);
    let numbers: Vec<u32> = packages(&model).unwrap().iter().map(|compiled| compiled.operator).collect();
    assert_eq!(numbers, [0, 1]);
    assert_eq!(packages(&compiled(&[])).unwrap(), []);

    let chip = |number| standin::Package { virtual_chip_id: number, ..package(&set) }.to_bytes();
    let several = standin::Package {
        virtual_chip_id: -1,
        chips: vec![chip(0), chip(1)],
        ..standin::Package::default()
    };
    let model = compiled(&[&options(&several)]);
    let read = packages(&model).unwrap();
    let package = &read[0].package;
    assert_eq!((package.inference(), package.chips[1].virtual_chip_id), (None, 1));
    assert_eq!((package.bytes().cached_bytes, package.bytes().input_bytes), (1000, 64));
    let nested = standin::Package { chips: vec![several.to_bytes()], ..standin::Package::default() };
    assert!(
        complaint(&options(&nested))
            .contains("its package for chip 0: a package for one chip holds packages")
    );
}

#[test]
fn what_is_unknown_or_contradicts_itself_is_refused_with_its_place() {
    let [computes, caches] = executables();
    let with = |change: &dyn Fn(&mut Executable)| {
        let mut changed = computes.clone();
        change(&mut changed);
        complaint(&options(&package(&[caches.clone(), changed])))
    };
    for (why, part) in [
        (with(&|e| e.kind = 7), "executable 1 of its package: 7 is not a value of ExecutableType"),
        (with(&|e| e.batch_size = -1), "the batch size is -1"),
        (with(&|e| e.scratch_bytes = -2), "the size of scratch is -2"),
        (with(&|e| e.narrow_memory_bytes_per_tile = -3), "the narrow memory of a tile is -3"),
        (with(&|e| e.estimated_cycles = -4), "the estimate of cycles is -4"),
        (with(&|e| e.inputs[0].padded_bytes = -5), "the size of layer 'x' is -5"),
        (with(&|e| e.inputs[0].extents[1] = -6), "the extent in x of layer 'x' is -6"),
        (with(&|e| e.outputs[0].shape[1] = -7), "a dimension of layer 'y' is -7"),
        (with(&|e| e.outputs[0].data_type = 6), "6 is not a value of DataType"),
        (with(&|e| e.outputs[0].executions = -8), "the executions of layer 'y' is -8"),
        (
            with(&|e| e.hints[0] = Hint::Instructions(2)),
            "chunk 2 of the instructions is sent, but there are 2",
        ),
        (with(&|e| e.hints[1] = Hint::Transfer(4, String::new(), 0, 0)), "4 is not a value of Description"),
        (with(&|e| e.hints[1] = Hint::Transfer(1, String::new(), -1, 0)), "the offset of a transfer is -1"),
        (with(&|e| e.hints[1] = Hint::Transfer(1, String::new(), 0, -1)), "the size of a transfer is -1"),
        (with(&|e| e.hints[1] = Hint::Unknown), "9 is not a type of AnyHint"),
    ] {
        assert!(why.starts_with("operator 0 (edgetpu-custom-op): ") && why.contains(part), "{why}");
        assert!(why.ends_with("; compile the model again"), "{why}");
    }
}

#[test]
fn options_without_a_package_are_told() {
    let good = package(&executables()).to_bytes();
    let mut other = good.clone();
    other[4..8].copy_from_slice(b"TFL3");
    assert!(complaint(&standin::options(&other)).contains("bytes 4 to 7 are not 'DWN1'"));
    assert!(complaint(&standin::options(b"DW")).contains("bytes 4 to 7 are not 'DWN1'"));
    assert!(
        complaint(b"").contains("its options are no map of flexbuffers: byte 0: there are too few bytes")
    );
    let mut map = flexbuffers::Builder::default();
    map.start_map().push("1", 4);
    assert!(complaint(map.view()).contains("its options have no entry '4'"));
    let mut map = flexbuffers::Builder::default();
    map.start_map().push("4", 4);
    assert!(complaint(map.view()).contains("the entry is neither a text nor a blob"));
    let damaged = complaint(&standin::options(&good[..good.len() - 40]));
    assert!(
        damaged.contains("its package is damaged: Range [") && damaged.contains("out of bounds"),
        "{damaged}"
    );
}

/// The most bytes that reading a small file may take.
const MOST: u64 = 16 << 20;

/// Returns the complaint about options, which must be made without taking much memory.
fn cheap_complaint(options: &[u8]) -> String {
    let (model, mut why) = (compiled(&[options]), String::new());
    let taken = allocation_counter::measure(|| why = packages(&model).unwrap_err().to_string()).bytes_max;
    assert!(taken < MOST, "{taken} bytes: {why}");
    why
}

/// Small files that would be gigabytes if every part that shares bytes were read on its own.
#[test]
fn parts_that_share_their_bytes_are_refused() {
    let executable = executables()[0].to_bytes();
    let mut list = FlatBufferBuilder::new();
    let bytes = list.create_vector(&executable);
    let many = list.create_vector(&vec![bytes; 50_000]);
    let start = list.start_table();
    list.push_slot_always(4, many);
    let root = list.end_table(start);
    list.finish(root, None);
    let mut whole = FlatBufferBuilder::new();
    let list = whole.create_vector(list.finished_data());
    let start = whole.start_table();
    whole.push_slot_always(4 + 2, list);
    let root = whole.end_table(start);
    whole.finish(root, Some("DWN1"));
    let why = cheap_complaint(&standin::options(whole.finished_data()));
    assert!(
        why.contains("shares its bytes with another") || why.contains("Apparent size too large"),
        "{why}"
    );

    let [mut computes, caches] = executables();
    computes.hints = vec![Hint::Fence; 70_000];
    let why = cheap_complaint(&options(&package(&[computes, caches])));
    assert!(why.contains("it holds more than 65536 executables, chunks, layers and transfers"), "{why}");

    let mut model = compiled(&[&options(&package(&executables()))]);
    let shared = Box::leak(options(&package(&executables())).into_boxed_slice());
    model.operators[0].custom_options = Some(Cow::Borrowed(shared));
    model.operators.push(model.operators[0].clone());
    let error = packages(&model).unwrap_err();
    assert_eq!((error.operator, error.fault), (1, Fault::Shared { part: "its options".into() }));
}

#[test]
fn truncated_or_flipped_it_does_no_harm() {
    let good = options(&package(&executables()));
    for length in 0..good.len() {
        cheap_complaint(&good[..length]);
    }
    let mut read_well = 0;
    for at in 0..good.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut bytes = good.clone();
            bytes[at] ^= flip;
            let model = compiled(&[&bytes]);
            let taken = allocation_counter::measure(|| {
                let Ok(read) = packages(&model) else { return };
                serde_json::to_string(&read).expect("plain data serializes");
                read[0].package.bytes();
                read_well += 1;
            });
            assert!(taken.bytes_max < MOST, "byte {at} ^ {flip:#x} takes {} bytes", taken.bytes_max);
        }
    }
    assert!(read_well > 1000, "only {read_well} of the flips leave it readable");
}

/// A map that the crate writes, whose text or blob under "4" this reader must find.
fn written(entries: &[(String, u64)], value: &str, as_text: bool) -> Vec<u8> {
    let mut builder = flexbuffers::Builder::default();
    let mut map = builder.start_map();
    for (key, number) in entries {
        map.push(key, *number);
    }
    if as_text {
        map.push("4", value)
    } else {
        map.push("4", flexbuffers::Blob(value.as_bytes()))
    }
    map.end_map();
    builder.take_buffer()
}

proptest! {
    #[test]
    fn maps_of_the_crate_are_read(
        entries in prop::collection::btree_map("[a-z0-3]{0,3}|4[a-z]", any::<u64>(), 0..20),
        value in "\\PC{0,300}",
        as_text: bool,
    ) {
        let entries: Vec<_> = entries.into_iter().collect();
        let bytes = written(&entries, &value, as_text);
        prop_assert_eq!(super::flexmap::entry(&bytes, "4"), Ok(Some(value.as_bytes())));
        prop_assert_eq!(super::flexmap::entry(&bytes, "5"), Ok(None));
    }

    #[test]
    fn no_bytes_make_a_map_that_does_harm(bytes in prop::collection::vec(any::<u8>(), 0..40), widths in 0..4u8) {
        // Most of them end like a map.
        let bytes = [&bytes[..], &[9 << 2 | widths, 1 << (widths & 1)]].concat();
        let _ = super::flexmap::entry(&bytes, "");
    }
}
