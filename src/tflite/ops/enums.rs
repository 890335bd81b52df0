//! The enums that options tables use.

/// An enum of the schema.
#[derive(Clone, Copy, Debug)]
pub struct EnumDef {
    /// The enum's name in the schema.
    pub name: &'static str,
    /// The enum's values, each with its name in the schema.
    pub values: &'static [(i32, &'static str)],
    /// The form in which attributes of the `tfl` dialect write the values.
    pub form: AttrForm,
}

impl EnumDef {
    /// Returns the name of a value; none if the enum has no such value.
    pub fn name_of(&self, value: i32) -> Option<&'static str> {
        self.values.iter().find(|(known, _)| *known == value).map(|(_, name)| *name)
    }

    /// Returns the value with this name; none if the enum has no such name.
    pub fn value_of(&self, name: &str) -> Option<i32> {
        self.values.iter().find(|(_, known)| *known == name).map(|(value, _)| *value)
    }
}

/// The form in which the `tfl` dialect writes a value of an enum, by the value's name in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttrForm {
    /// A string, such as `"SAME"`.
    String,
    /// An attribute of the dialect, after this keyword, such as `#tfl<mirror_pad_attr REFLECT>`.
    Dialect(&'static str),
    /// The type that the value names, such as `i64`.
    Type,
}

/// The padding of convolutions and pools.
pub(super) static PADDING: EnumDef =
    EnumDef { name: "Padding", values: &[(0, "SAME"), (1, "VALID")], form: AttrForm::String };

/// The activation that an operator applies to its result.
pub(super) static ACTIVATION: EnumDef = EnumDef {
    name: "ActivationFunctionType",
    values: &[(0, "NONE"), (1, "RELU"), (2, "RELU_N1_TO_1"), (3, "RELU6"), (4, "TANH"), (5, "SIGN_BIT")],
    form: AttrForm::String,
};

/// The layout of a fully connected operator's weights.
pub(super) static WEIGHTS_FORMAT: EnumDef = EnumDef {
    name: "FullyConnectedOptionsWeightsFormat",
    values: &[(0, "DEFAULT"), (1, "SHUFFLED4x16INT8")],
    form: AttrForm::String,
};

/// The two kernels of an LSTM, which take different operands.
pub(super) static LSTM_KERNEL: EnumDef = EnumDef {
    name: "LSTMKernelType",
    values: &[(0, "FULL"), (1, "BASIC")],
    form: AttrForm::Dialect("lstm_kernel_type_attr"),
};

/// The elements that a mirrored border repeats.
pub(super) static MIRROR_PAD_MODE: EnumDef = EnumDef {
    name: "MirrorPadMode",
    values: &[(0, "REFLECT"), (1, "SYMMETRIC")],
    form: AttrForm::Dialect("mirror_pad_attr"),
};

/// The kinds of locality-sensitive hashing.
pub(super) static LSH: EnumDef = EnumDef {
    name: "LSHProjectionType",
    values: &[(0, "UNKNOWN"), (1, "SPARSE"), (2, "DENSE")],
    form: AttrForm::String,
};

/// The way in which looked-up embeddings are combined.
pub(super) static COMBINER: EnumDef = EnumDef {
    name: "CombinerType",
    values: &[(0, "SUM"), (1, "MEAN"), (2, "SQRTN")],
    form: AttrForm::String,
};

/// The function by which a window is reduced.
pub(super) static REDUCE_FUNCTION: EnumDef = EnumDef {
    name: "ReduceWindowFunction",
    values: &[
        (0, "UNSUPPORTED"),
        (1, "ADD"),
        (2, "MUL"),
        (3, "MINIMUM"),
        (4, "MAXIMUM"),
        (5, "ALL"),
        (6, "ANY"),
    ],
    form: AttrForm::String,
};

/// The type of a tensor's elements.
pub(super) static TENSOR_TYPE: EnumDef = EnumDef {
    name: "TensorType",
    values: &[
        (0, "FLOAT32"),
        (1, "FLOAT16"),
        (2, "INT32"),
        (3, "UINT8"),
        (4, "INT64"),
        (5, "STRING"),
        (6, "BOOL"),
        (7, "INT16"),
        (8, "COMPLEX64"),
        (9, "INT8"),
        (10, "FLOAT64"),
        (11, "COMPLEX128"),
        (12, "UINT64"),
        (13, "RESOURCE"),
        (14, "VARIANT"),
        (15, "UINT32"),
        (16, "UINT16"),
        (17, "INT4"),
        (18, "BFLOAT16"),
        (19, "INT2"),
        (20, "UINT4"),
        (21, "FLOAT8_E4M3FN"),
        (22, "FLOAT8_E5M2"),
    ],
    form: AttrForm::Type,
};
