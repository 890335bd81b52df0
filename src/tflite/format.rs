//! The schema's fixed tables (version 3). Operators' options are declared in [`super::ops`].

use crate::base::flatbuffer::{Frame, tables};

tables! {
    Model {
        0 version: scalar u32 = 0;
        1 operator_codes: tables OperatorCode;
        2 subgraphs: tables SubGraph;
        3 description: string;
        4 buffers: tables Buffer;
        5 metadata_buffer: vector i32;
        6 metadata: tables Metadata;
        7 signature_defs: tables SignatureDef;
        refused 8 external_buffer_groups: "weights lie in other files";
        refused 9 external_buffers: "weights lie in other files";
    }
    OperatorCode {
        0 deprecated_builtin_code: scalar i8 = 0;
        1 custom_code: string;
        2 version: scalar i32 = 1;
        3 builtin_code: scalar i32 = 0;
    }
    SubGraph {
        0 tensors: tables Tensor;
        1 inputs: vector i32;
        2 outputs: vector i32;
        3 operators: tables Operator;
        4 name: string;
        5 debug_metadata_index: scalar i32 = -1;
    }
    Tensor {
        0 shape: vector i32;
        1 kind: scalar i8 = 0;
        2 buffer: scalar u32 = 0;
        3 name: string;
        4 quantization: table QuantizationParameters;
        5 is_variable: scalar bool = false;
        7 shape_signature: vector i32;
        8 has_rank: scalar bool = false;
        refused 6 sparsity: "sparse tensors are unknown to the Edge TPU; convert the model without pruning's sparse encoding";
        refused 9 variant_tensors: "variant tensors are unknown to the Edge TPU";
        refused 10 external_buffer: "weights lie in other files";
    }
    QuantizationParameters {
        0 min: vector f32;
        1 max: vector f32;
        2 scale: vector f32;
        3 zero_point: vector i64;
        6 quantized_dimension: scalar i32 = 0;
        refused 4 details_type: "only affine quantization, per tensor or per channel, runs on the Edge TPU";
        refused 5 details: "only affine quantization, per tensor or per channel, runs on the Edge TPU";
    }
    Operator {
        0 opcode_index: scalar u32 = 0;
        1 inputs: vector i32;
        2 outputs: vector i32;
        3 builtin_options_type: scalar u8 = 0;
        4 builtin_options: table Frame;
        5 custom_options: vector u8;
        6 custom_options_format: scalar i8 = 0;
        7 mutating_variable_inputs: vector bool;
        8 intermediates: vector i32;
        11 builtin_options_2_type: scalar u8 = 0;
        12 builtin_options_2: table Frame;
        13 debug_metadata_index: scalar i32 = -1;
        refused 9 large_custom_options_offset: "options lie outside the flatbuffer";
        refused 10 large_custom_options_size: "options lie outside the flatbuffer";
    }
    Buffer {
        0 data: vector u8;
        refused 1 offset: "weights lie outside the flatbuffer";
        refused 2 size: "weights lie outside the flatbuffer";
    }
    Metadata {
        0 name: string;
        1 buffer: scalar u32 = 0;
    }
    SignatureDef {
        0 inputs: tables TensorMap;
        1 outputs: tables TensorMap;
        2 signature_key: string;
        3 deprecated_tag: string;
        4 subgraph_index: scalar u32 = 0;
    }
    TensorMap {
        0 name: string;
        1 tensor_index: scalar u32 = 0;
    }
}
