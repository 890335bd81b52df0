//! Operators that the compiler leaves to the CPU: what can be done about each of its reasons.

use super::{Log, Operator};

/// How a reason begins, and what to do.
const ADVICE: &[(&str, &str)] = &[
    ("Operation not supported", "use an operator that the Edge TPU has; 'respect inspect' tells them apart"),
    ("Operation is working on an unsupported data type", "quantize it to 8 bits, operands and results"),
    (
        "More than one subgraph is not supported",
        "an operator before it is on the CPU already: replace that one, or pass --compiler-flag \
         enable_multiple_subgraphs",
    ),
    (
        "Operation is otherwise supported, but not mapped",
        "make its tensors smaller, or cut elsewhere with other --stages",
    ),
    ("Operation version not supported", "convert the model with an older TensorFlow, 2.8 for compiler 16"),
    ("Tensor has unsupported rank", "give its tensors at most three dimensions that are longer than 1"),
    ("Filter, bias, or other param is not constant", "make its parameters constants of the model"),
    ("Attempting to use", "convert the model with a fixed input shape, batch 1 included"),
];

/// The operators on the CPU, a sentence for each row: how many, why, and what to do.
pub fn on_cpu(log: &Log) -> Vec<String> {
    let rows = log.models.iter().flat_map(|model| &model.operators).filter(|row| !row.on_tpu);
    let sentence = |row: &Operator| {
        let advice = ADVICE.iter().find(|(reason, _)| row.status.starts_with(reason));
        let advice = advice.map_or("see https://coral.ai/docs/edgetpu/models-intro", |(_, advice)| advice);
        format!("{} {} on the CPU ({}): {advice}", row.count, row.name, row.status)
    };
    rows.map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edgetpu::log::read;

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
