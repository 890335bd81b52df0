use melior::Context;
use melior::dialect::{DialectHandle, DialectRegistry};
use melior::ir::Module;
use mlir_sys::mlirGetDialectHandle__vector__;

use crate::{Foreign, entry, read_function};
use respect::graph::Op;
use respect::graph::array::Use;
use respect::tflite::graph::graph;

/// Returns the operations of the function of a module, after it was read.
fn ops(text: &str) -> Vec<Op> {
    let registry = DialectRegistry::new();
    // SAFETY: the handle is a constant of MLIR.
    let vector = unsafe { DialectHandle::from_raw(mlirGetDialectHandle__vector__()) };
    let handles = [
        DialectHandle::func(),
        DialectHandle::arith(),
        DialectHandle::linalg(),
        DialectHandle::scf(),
        vector,
    ];
    handles.iter().for_each(|handle| handle.insert_dialect(&registry));
    let context = Context::new_with_registry(&registry, false);
    context.set_allow_unregistered_dialects(true);
    context.load_all_available_dialects();
    let module = Module::parse(&context, text).unwrap();
    let read = read_function(entry(&module).unwrap(), Foreign::AsCustom).unwrap();
    graph(&read.model, "").unwrap().graph.ops().to_vec()
}

/// The multiply-accumulates, channels, places and use of the array of an operation.
fn figures(op: &Op) -> (u64, u64, u64, Option<Use>) {
    (op.macs.0, op.channels.map_or(0, u64::from), op.places.map_or(0, u64::from), op.array)
}

#[test]
fn loops_of_linalg_are_counted() {
    let ops = ops(r#"
        #row = affine_map<(m, n, k) -> (m, k)>
        #column = affine_map<(m, n, k) -> (k, n)>
        #result = affine_map<(m, n, k) -> (m, n)>
        func.func @main(%x: tensor<1x8x8x4xf32>, %f: tensor<3x3x4xf32>, %g: tensor<3x3x4x5xf32>, %d: tensor<1x6x6x4xf32>,
                        %c: tensor<1x6x6x5xf32>, %l: tensor<4x8xf32>, %r: tensor<8x16xf32>, %o: tensor<4x16xf32>,
                        %v: tensor<?x8xf32>, %w: tensor<?x16xf32>)
            -> (tensor<1x6x6x4xf32>, tensor<1x6x6x5xf32>, tensor<4x16xf32>, tensor<4x16xf32>, tensor<?x16xf32>) {
          %0 = linalg.depthwise_conv_2d_nhwc_hwc ins(%x, %f : tensor<1x8x8x4xf32>, tensor<3x3x4xf32>)
            outs(%d : tensor<1x6x6x4xf32>) -> tensor<1x6x6x4xf32>
          %1 = linalg.conv_2d_nhwc_hwcf ins(%x, %g : tensor<1x8x8x4xf32>, tensor<3x3x4x5xf32>)
            outs(%c : tensor<1x6x6x5xf32>) -> tensor<1x6x6x5xf32>
          %2 = linalg.generic {indexing_maps = [#row, #column, #result],
                               iterator_types = ["parallel", "parallel", "reduction"]}
            ins(%l, %r : tensor<4x8xf32>, tensor<8x16xf32>) outs(%o : tensor<4x16xf32>) {
          ^bb0(%a: f32, %b: f32, %sum: f32):
            %product = arith.mulf %a, %b : f32
            %next = arith.addf %sum, %product : f32
            linalg.yield %next : f32
          } -> tensor<4x16xf32>
          %3 = linalg.mul ins(%2, %2 : tensor<4x16xf32>, tensor<4x16xf32>) outs(%o : tensor<4x16xf32>) -> tensor<4x16xf32>
          %4 = linalg.matmul ins(%v, %r : tensor<?x8xf32>, tensor<8x16xf32>) outs(%w : tensor<?x16xf32>) -> tensor<?x16xf32>
          return %0, %1, %2, %3, %4 : tensor<1x6x6x4xf32>, tensor<1x6x6x5xf32>, tensor<4x16xf32>, tensor<4x16xf32>,
            tensor<?x16xf32>
        }"#);
    let expected = [
        (36 * 4 * 9, 4, 36, Some(Use::PerChannel)),
        (36 * 5 * 36, 5, 36, Some(Use::Dense)),
        (4 * 16 * 8, 16, 4, Some(Use::Dense)),
        (0, 0, 0, Some(Use::Elementwise)),
        (0, 0, 0, Some(Use::Nothing)),
    ];
    assert_eq!(ops.iter().map(figures).collect::<Vec<_>>(), expected);
}

#[test]
fn regions_and_called_functions_count() {
    let ops = ops(r#"
        func.func @main(%c: i1, %l: tensor<4x8xf32>, %r: tensor<8x16xf32>, %o: tensor<4x16xf32>)
            -> (tensor<4x16xf32>, tensor<4x16xf32>, tensor<4x16xf32>) {
          %0 = scf.if %c -> tensor<4x16xf32> {
            %3 = linalg.matmul ins(%l, %r : tensor<4x8xf32>, tensor<8x16xf32>) outs(%o : tensor<4x16xf32>) -> tensor<4x16xf32>
            scf.yield %3 : tensor<4x16xf32>
          } else {
            %3 = "a.dot"() {respect.macs = 10 : i64} : () -> tensor<4x16xf32>
            scf.yield %3 : tensor<4x16xf32>
          }
          %from = arith.constant 0 : index
          %to = arith.constant 6 : index
          %step = arith.constant 2 : index
          %1 = scf.for %i = %from to %to step %step iter_args(%t = %0) -> tensor<4x16xf32> {
            %3 = linalg.matmul ins(%l, %r : tensor<4x8xf32>, tensor<8x16xf32>) outs(%t : tensor<4x16xf32>) -> tensor<4x16xf32>
            scf.yield %3 : tensor<4x16xf32>
          }
          %2 = func.call @twice(%l, %r, %1) : (tensor<4x8xf32>, tensor<8x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
          return %0, %1, %2 : tensor<4x16xf32>, tensor<4x16xf32>, tensor<4x16xf32>
        }
        func.func private @twice(%l: tensor<4x8xf32>, %r: tensor<8x16xf32>, %o: tensor<4x16xf32>) -> tensor<4x16xf32> {
          %0 = func.call @once(%l, %r, %o) : (tensor<4x8xf32>, tensor<8x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
          %1 = func.call @once(%l, %r, %0) : (tensor<4x8xf32>, tensor<8x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
          return %1 : tensor<4x16xf32>
        }
        func.func private @once(%l: tensor<4x8xf32>, %r: tensor<8x16xf32>, %o: tensor<4x16xf32>) -> tensor<4x16xf32> {
          %0 = linalg.matmul ins(%l, %r : tensor<4x8xf32>, tensor<8x16xf32>) outs(%o : tensor<4x16xf32>) -> tensor<4x16xf32>
          %1 = "tfl.fully_connected"(%0, %0, %0) : (tensor<4x16xf32>, tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x4xf32>
          %2 = func.call @twice(%l, %r, %0) : (tensor<4x8xf32>, tensor<8x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
          return %2 : tensor<4x16xf32>
        }"#);
    let matmul = 4 * 8 * 16;
    let macs: Vec<u64> = ops.iter().map(|op| op.macs.0).collect();
    assert_eq!(macs, [matmul, 3 * matmul, 2 * (matmul + 4 * 4 * 16)]);
}

#[test]
fn products_of_other_dialects_follow_from_their_shapes() {
    let ops = ops(r#"
        func.func @main(%x: tensor<1x8x8x4xf32>, %n: tensor<1x4x8x8xf32>, %l: tensor<2x4x8xf32>, %r: tensor<2x8x16xf32>,
                        %a: vector<4x8xf32>, %b: vector<8x2xf32>, %s: vector<4x2xf32>)
            -> (tensor<1x16x16x6xf32>, tensor<1x6x8x8xf32>, tensor<2x4x16xf32>, tensor<2x4x16xf32>, vector<4x2xf32>) {
          %w = "tosa.const"() {values = dense<0.5> : tensor<6x2x2x4xf32>} : () -> tensor<6x2x2x4xf32>
          %0 = "tosa.transpose_conv2d"(%x, %w) : (tensor<1x8x8x4xf32>, tensor<6x2x2x4xf32>) -> tensor<1x16x16x6xf32>
          %k = "onnx.Constant"() {value = dense<0.5> : tensor<6x4x3x3xf32>} : () -> tensor<6x4x3x3xf32>
          %1 = "onnx.Conv"(%n, %k) : (tensor<1x4x8x8xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x8x8xf32>
          %2 = "tosa.matmul"(%l, %r) : (tensor<2x4x8xf32>, tensor<2x8x16xf32>) -> tensor<2x4x16xf32>
          %3 = "tf.BatchMatMulV2"(%l, %r) : (tensor<2x4x8xf32>, tensor<2x8x16xf32>) -> tensor<2x4x16xf32>
          %4 = vector.contract {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
                                                 affine_map<(m, n, k) -> (m, n)>],
                                iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>}
            %a, %b, %s : vector<4x8xf32>, vector<8x2xf32> into vector<4x2xf32>
          return %0, %1, %2, %3, %4 : tensor<1x16x16x6xf32>, tensor<1x6x8x8xf32>, tensor<2x4x16xf32>, tensor<2x4x16xf32>,
            vector<4x2xf32>
        }"#);
    let expected = [
        (64 * 4 * 6 * 4, 6, 256, Some(Use::Dense)),
        (6 * 64 * 36, 6, 64, Some(Use::Dense)),
        (2 * 4 * 16 * 8, 16, 8, Some(Use::Dense)),
        (2 * 4 * 16 * 8, 16, 8, Some(Use::Dense)),
        (4 * 8 * 2, 0, 0, Some(Use::Dense)),
    ];
    assert_eq!(ops.iter().map(figures).collect::<Vec<_>>(), expected);
}
