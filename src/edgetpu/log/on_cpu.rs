//! The operators that the compiler leaves to the CPU: its reasons, and what can be done about each.

use super::contents::{CompiledModel, Log, OperatorRow};
use crate::edgetpu::flags::Flag;

/// The advice for each reason: the words with which the reason begins, and what to do.
const ADVICE: &[(&str, &str)] = &[
    ("Operation not supported", "use an operator that the Edge TPU has; 'respect inspect' tells them apart"),
    ("Operation is working on an unsupported data type", "quantize it to 8 bits, operands and results"),
    (
        "More than one subgraph is not supported",
        "an operator before it is on the CPU already: replace that one, or compile with its flag \
         enable_multiple_subgraphs",
    ),
    (
        "Operation is otherwise supported, but not mapped",
        "make its tensors smaller, or cut the model elsewhere",
    ),
    ("Operation version not supported", "convert the model with an older TensorFlow, 2.8 for compiler 16"),
    ("Tensor has unsupported rank", "give its tensors at most three dimensions that are longer than 1"),
    ("Filter, bias, or other param is not constant", "make its parameters constants of the model"),
    ("Attempting to use", "convert the model with a fixed input shape, batch 1 included"),
];

/// The first runtime of the Edge TPU that runs int8 models; older ones take uint8 alone, and the compiler then maps nothing
/// (google-coral/edgetpu issues 222, 358 and 439).
const INT8_SINCE: u32 = 12;

/// The oldest runtime that a model was compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// The runtime is not known, as a log does not tell.
    Unknown,
    /// The newest runtime that the compiler knows, which it uses unless told otherwise.
    Newest,
    /// The runtime that `--min_runtime_version` asks for.
    Asked(u32),
}

impl Runtime {
    /// Returns the runtime that a compiler with these flags compiles for.
    pub fn of(flags: &[Flag]) -> Runtime {
        let asked = flags.iter().find_map(|flag| match flag.arguments() {
            [name, version] if name == "--min_runtime_version" => Some(version.parse()),
            _ => None,
        });
        asked.map_or(Runtime::Newest, |version| version.map_or(Runtime::Unknown, Runtime::Asked))
    }
}

/// Returns a sentence for each model of which nothing runs on the Edge TPU: the likely cause, and what to do.
pub fn nothing_mapped(log: &Log, runtime: Runtime) -> Vec<String> {
    let cause = match runtime {
        Runtime::Asked(version) if version < INT8_SINCE => format!(
            "min_runtime_version={version} asks for a runtime that runs no int8 model: leave it out, or give {INT8_SINCE} or more"
        ),
        Runtime::Unknown => format!(
            "either --min_runtime_version (-m) was below {INT8_SINCE}, whose runtimes run no int8 model, or the model is not \
             quantized to 8 bits: leave the flag out, or quantize the model"
        ),
        Runtime::Newest | Runtime::Asked(_) => {
            "quantize the model to 8 bits throughout; 'respect inspect' says what keeps each operator on the CPU".into()
        }
    };
    let is_unmapped = |model: &&CompiledModel| model.subgraphs == Some(0) || model.ops_on_tpu == Some(0);
    let name = |model: &CompiledModel| model.input.clone().unwrap_or_else(|| "the model".into());
    (log.models.iter().filter(is_unmapped))
        .map(|model| format!("{}: nothing runs on the Edge TPU: {cause}", name(model)))
        .collect()
}

/// Returns a sentence for each row of operators on the CPU: how many there are, why, and what to do.
pub fn on_cpu(log: &Log) -> Vec<String> {
    let rows = log.models.iter().flat_map(|model| &model.operators).filter(|row| !row.on_tpu);
    let sentence = |row: &OperatorRow| {
        let advice = ADVICE.iter().find(|(reason, _)| row.status.starts_with(reason));
        let advice = advice.map_or("see https://coral.ai/docs/edgetpu/models-intro", |(_, advice)| advice);
        format!("{} {} on the CPU ({}): {advice}", row.count, row.name, row.status)
    };
    rows.map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edgetpu::log::reader::read;

    #[test]
    fn a_model_of_which_nothing_is_mapped_has_its_cause() {
        let unmapped = read(
            "Edge TPU Compiler version 14.1.2\nModel compiled successfully in 9 ms.\nInput model: m.tflite\n\
            Output model: m_edgetpu.tflite\nOutput size: 2.00MiB\nNumber of Edge TPU subgraphs: 0\n\
            Total number of operations: 4\nOperation log: m_edgetpu.log\n\
            Model successfully compiled but not all operations are supported by the Edge TPU.\n\
            Number of operations that will run on Edge TPU: 0\nNumber of operations that will run on CPU: 4\n\
            Operator Count Status\nCONV_2D 4 Operation is working on an unsupported data type\n",
        );
        let flags = |text: &str| [text.parse().unwrap()];
        assert_eq!(Runtime::of(&flags("timeout_sec=9")), Runtime::Newest);
        assert_eq!(Runtime::of(&flags("-m=11")), Runtime::Asked(11));
        for (runtime, part) in [
            (Runtime::Unknown, "either --min_runtime_version (-m) was below 12"),
            (
                Runtime::Asked(11),
                "min_runtime_version=11 asks for a runtime that runs no int8 model: leave it out",
            ),
            (Runtime::Asked(12), "quantize the model to 8 bits throughout"),
            (Runtime::Newest, "quantize the model to 8 bits throughout"),
        ] {
            let told = nothing_mapped(&unmapped, runtime);
            assert!(
                told.len() == 1 && told[0].starts_with("m.tflite: nothing runs on the Edge TPU: "),
                "{told:?}"
            );
            assert!(told[0].contains(part), "{told:?}");
        }
        assert_eq!(nothing_mapped(&read("Number of Edge TPU subgraphs: 1\n"), Runtime::Unknown), [""; 0]);
        assert_eq!(nothing_mapped(&read("Input model: m.tflite\n"), Runtime::Unknown), [""; 0]);
    }

    #[test]
    fn each_row_has_its_reason_and_its_remedy() {
        let log = read(
            "Operator Count Status\n\
            PAD      2     Mapped to Edge TPU\n\
            GATHER   1     Operation not supported\n\
            ADD      3     Of no use\n",
        );
        let told = on_cpu(&log);
        assert_eq!(told.len(), 2);
        assert!(
            told[0].starts_with("1 GATHER on the CPU (Operation not supported): use an operator"),
            "{told:?}"
        );
        assert!(told[1].starts_with("3 ADD on the CPU (Of no use): see https://"), "{told:?}");
    }
}
