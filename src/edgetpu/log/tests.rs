use proptest::prelude::*;

use super::*;
use crate::base::units::Bytes;

const V16: &str = "Edge TPU Compiler version 16.0.1\n";
const TIMER: &str = "Started a compilation timeout timer of 180 seconds.\n";
const COMPILED: &str = "\nModel compiled successfully in 20 ms.\n\n";
const CHILD: &str = "Compilation child process completed within timeout period.\n";
const SUCCEEDED: &str = "Compilation succeeded! \n";
const FAILED: &str = "Compilation failed! \n";
const SEE: &str = "See the operation log file for individual operation details.\n";
const HEAD: &str = "\nOperator                       Count      Status\n\n";
const INTERNAL: &str = "\nInternal compiler error. Aborting! \n";
const LARGE: &str = "ERROR: Restored original execution plan after delegate application failure.\n\
    Compilation failed: Compilation failed due to large activation tensors in model.\n";

/// Returns a model's part of a log, up to the line that names the operation log.
fn part(name: &str) -> String {
    format!(
        "Input model: {name}.tflite\nInput size: 2.50MiB\nOutput model: {name}_edgetpu.tflite\n\
        Output size: 3.00MiB\n\
        On-chip memory used for caching model parameters: 1.25MiB\n\
        On-chip memory remaining for caching model parameters: 512.00KiB\n\
        Off-chip memory used for streaming uncached model parameters: 10.00B\n\
        Number of Edge TPU subgraphs: 2\nTotal number of operations: 12\n\
        Operation log: {name}_edgetpu.log\n"
    )
}

fn not_all_mapped(tpu: u64, cpu: u64) -> String {
    format!(
        "\nModel successfully compiled but not all operations are supported by the Edge TPU.\n\
        Number of operations that will run on Edge TPU: {tpu}\n\
        Number of operations that will run on CPU: {cpu}\n"
    )
}

fn row(name: &str, count: u64, status: &str) -> String {
    format!("{name:<30} {count:<10} {status}\n")
}

/// Returns the numbers of operators: all, on the Edge TPU, and on the CPU.
fn ops(model: &CompiledModel) -> (Option<u64>, Option<u64>, Option<u64>) {
    (model.ops_total, model.ops_on_tpu, model.ops_on_cpu)
}

fn kind(log: &Log) -> Option<FailureKind> {
    log.failure.as_ref().map(|failure| failure.kind)
}

#[test]
fn a_model_that_is_mapped_throughout() {
    let log = read(&[V16, TIMER, COMPILED, &part("a"), SEE, CHILD, SUCCEEDED].concat());
    assert_eq!((log.version.as_deref(), log.outcome), (Some("16.0.1"), LogOutcome::Success));
    assert_eq!((log.elapsed_ms, log.failed_attempts, kind(&log)), (Some(20), 0, None));
    assert_eq!(log.unknown, [""; 0]);
    let [model] = &log.models[..] else { panic!("{log:?}") };
    assert_eq!(
        (model.input.as_deref(), model.output.as_deref()),
        (Some("a.tflite"), Some("a_edgetpu.tflite"))
    );
    assert_eq!((model.input_bytes, model.output_bytes), (Some(Bytes(2_621_440)), Some(Bytes(3 << 20))));
    assert_eq!(
        (model.on_chip_used_bytes, model.on_chip_remaining_bytes),
        (Some(Bytes(1_310_720)), Some(Bytes(524_288)))
    );
    assert_eq!((model.off_chip_bytes, model.subgraphs), (Some(Bytes(10)), Some(2)));
    assert_eq!(ops(model), (Some(12), Some(12), Some(0)));
}

#[test]
fn a_kind_of_operator_on_several_rows() {
    let rows =
        row("PAD", 10, "Mapped to Edge TPU") + &row("PAD", 2, "More than one subgraph is not supported");
    let text =
        [V16, TIMER, COMPILED, &part("a"), &not_all_mapped(10, 2), HEAD, &rows, CHILD, SUCCEEDED].concat();
    let log = read(&text);
    assert_eq!(log.outcome, LogOutcome::Partial);
    assert_eq!(ops(&log.models[0]), (Some(12), Some(10), Some(2)));
    let counts: Vec<(u64, bool)> =
        log.models[0].operators.iter().map(|row| (row.count, row.on_tpu)).collect();
    assert_eq!(counts, [(10, true), (2, false)]);
    // The same figures without the lines that sum them up, and without the rows.
    assert_eq!(
        ops(&read(&[COMPILED, &part("a"), HEAD, &rows].concat()).models[0]),
        (Some(12), Some(10), Some(2))
    );
    let log = read([COMPILED, &part("a"), &not_all_mapped(10, 2)].concat().trim_end());
    assert_eq!((log.outcome, ops(&log.models[0])), (LogOutcome::Partial, (Some(12), Some(10), Some(2))));
}

#[test]
fn what_a_cut_log_leaves_open_stays_open() {
    let log = read(&[V16, COMPILED, &part("a")].concat());
    assert_eq!((log.outcome, ops(&log.models[0])), (LogOutcome::Success, (Some(12), None, None)));
    // The table's head where the partial mapping would be told: there is none, though rows are missing.
    let rows = row("PAD", 10, "Mapped to Edge TPU");
    let log = read(&[V16, COMPILED, &part("a"), HEAD, &rows].concat());
    assert_eq!(ops(&log.models[0]), (Some(12), Some(12), Some(0)));
    let text = [V16, COMPILED, &part("a"), &not_all_mapped(1, 11)].concat();
    let log = read(&text[..text.find("Number of operations that").unwrap()]);
    assert_eq!((log.outcome, ops(&log.models[0])), (LogOutcome::Partial, (Some(12), None, None)));
}

#[test]
fn old_versions_print_the_whole_cache() {
    let text = "On-chip memory available for caching model parameters: 6.25MiB\n\
        On-chip memory used for caching model parameters: 6.00MiB\n";
    let model = &read(text).models[0];
    assert_eq!(model.on_chip_used_bytes, Some(Bytes(6 << 20)));
    assert_eq!(model.on_chip_remaining_bytes, Some(Bytes(1 << 18)));
}

#[test]
fn an_operation_log_tells_by_its_rows() {
    let head = "Edge TPU Compiler version 1.0.2\nInput: ./b.tflite\nOutput: b_edgetpu.tflite\n";
    let mapped = row("ADD", 3, "Mapped to Edge TPU");
    let log = read(&[head, HEAD, &mapped].concat());
    assert_eq!((log.outcome, ops(&log.models[0])), (LogOutcome::Success, (Some(3), Some(3), Some(0))));
    let log = read(&[head, HEAD, &mapped, &row("CUSTOM", 1, "Not mapped for a reason")].concat());
    assert_eq!((log.outcome, ops(&log.models[0])), (LogOutcome::Partial, (Some(4), Some(3), Some(1))));
    assert_eq!(read(head).outcome, LogOutcome::Unknown, "nothing tells that it was compiled");
}

#[test]
fn models_that_share_a_device() {
    let compiled = COMPILED.replace("Model ", "Models ");
    let log =
        read(&[V16, TIMER, &compiled, &part("a"), SEE, "\n", &part("b"), SEE, CHILD, SUCCEEDED].concat());
    assert_eq!((log.outcome, log.elapsed_ms, log.models.len()), (LogOutcome::Success, Some(20), 2));
    assert_eq!(log.models[1].input.as_deref(), Some("b.tflite"));
    assert_eq!(ops(&log.models[1]), (Some(12), Some(12), Some(0)));
}

#[test]
fn segments_follow_each_other() {
    let good = |name| [TIMER, COMPILED, &part(name), SEE, CHILD, SUCCEEDED].concat();
    let bad = [TIMER, LARGE, CHILD, FAILED].concat();
    let log = read(&[V16, &good("s0"), &good("s1")].concat());
    assert_eq!((log.outcome, log.elapsed_ms, log.models.len()), (LogOutcome::Success, Some(40), 2));
    for (text, models) in [
        ([V16, &good("s0"), &bad].concat(), 1),
        ([V16, &bad, &good("s1")].concat(), 1),
        ([V16, &good("s0"), &bad, &good("s2")].concat(), 2),
    ] {
        let log = read(&text);
        assert_eq!(
            (log.outcome, kind(&log)),
            (LogOutcome::Failed, Some(FailureKind::LargeActivation)),
            "{text}"
        );
        assert_eq!((log.models.len(), log.failed_attempts), (models, 1), "{text}");
    }
    // Version 15 starts no timer.
    let plain = |name| [COMPILED, &part(name), SEE].concat();
    let log = read(&["Edge TPU Compiler version 15.0.3\n", &plain("s0"), &plain("s1")].concat());
    assert_eq!((log.outcome, log.models.len()), (LogOutcome::Success, 2));
    let log = read(&["Edge TPU Compiler version 15.0.3\n", &plain("s0"), INTERNAL].concat());
    assert_eq!((log.outcome, kind(&log)), (LogOutcome::Failed, Some(FailureKind::InternalError)));
}

#[test]
fn the_delegate_search_goes_on_until_a_try_succeeds() {
    let search = "Searching for valid delegate with step 5\n";
    let attempt =
        |ops: u64| format!("Try to compile segment with {ops} ops\nIntermediate tensors: a,b;c\n{TIMER}");
    let bad = |ops| [&attempt(ops), LARGE, CHILD, FAILED].concat();
    let good = |ops| [&attempt(ops), COMPILED, &part("a"), &not_all_mapped(10, 2), CHILD, SUCCEEDED].concat();
    let log = read(&[V16, search, &bad(12), &bad(7), &good(2)].concat());
    assert_eq!((log.outcome, log.failed_attempts, kind(&log)), (LogOutcome::Partial, 2, None));
    let log = read(&[V16, search, &bad(12), &bad(7)].concat());
    assert_eq!((log.outcome, log.failed_attempts), (LogOutcome::Failed, 2));
    assert_eq!(kind(&log), Some(FailureKind::LargeActivation));
    // Cut in a try: not over, but why it failed until then is known.
    let log = read(&[V16, search, &bad(12), &attempt(7)].concat());
    assert_eq!((log.outcome, kind(&log)), (LogOutcome::Unknown, Some(FailureKind::LargeActivation)));
    // With segments there is a search for each.
    let log = read(&[V16, search, &good(12), search, &bad(12), &good(2)].concat());
    assert_eq!((log.outcome, log.failed_attempts, log.models.len()), (LogOutcome::Partial, 1, 2));
    let log = read(&[V16, search, &good(12), search, &bad(12)].concat());
    assert_eq!((log.outcome, log.failed_attempts), (LogOutcome::Failed, 1));
}

#[test]
fn failures_are_told_by_their_most_telling_line() {
    let shell = "/x/edgetpu_compiler: line 3: 42 Segmentation fault (core dumped) ${d}/ld.so \"$@\"\n";
    let node = "ERROR: Node number 3 (Abs) failed to prepare.\n";
    let refused = "Compilation failed: Model failed in Tflite interpreter. Please look.\n";
    let invalid = "Invalid model: a.tflite\n";
    let aborted = "libc++abi: terminating with uncaught exception of type std::length_error: vector\n";
    for (lines, outcome, expected, start) in [
        (vec![INTERNAL], LogOutcome::Failed, FailureKind::InternalError, "Internal"),
        (vec![shell], LogOutcome::Crashed, FailureKind::Segfault, "/x/edge"),
        (vec![TIMER, aborted, CHILD, FAILED], LogOutcome::Crashed, FailureKind::Abort, "libc"),
        (vec![invalid, "Model not quantized\n"], LogOutcome::Failed, FailureKind::NotQuantized, "Model not"),
        (
            vec![invalid, "Model could not be parsed\n"],
            LogOutcome::Failed,
            FailureKind::InvalidModel,
            "Model c",
        ),
        (
            vec!["ERROR: Encountered unresolved custom op: Abs.\n", node, "\n", refused, CHILD, FAILED],
            LogOutcome::Failed,
            FailureKind::CustomOp,
            "ERROR: Enc",
        ),
        (
            vec![TIMER, node, refused, CHILD, FAILED],
            LogOutcome::Failed,
            FailureKind::Interpreter,
            "ERROR: Node",
        ),
        (
            vec![TIMER, LARGE, CHILD, FAILED],
            LogOutcome::Failed,
            FailureKind::LargeActivation,
            "Compilation failed: C",
        ),
        (
            vec![TIMER, LARGE.split_inclusive('\n').next().unwrap()],
            LogOutcome::Failed,
            FailureKind::Delegate,
            "ERROR: R",
        ),
        (vec![TIMER, CHILD, FAILED], LogOutcome::Failed, FailureKind::Unknown, "Compilation failed!"),
        (
            vec![TIMER, "Compilation timeout. So it is.\n", FAILED],
            LogOutcome::TimedOut,
            FailureKind::Timeout,
            "Comp",
        ),
        (vec![], LogOutcome::Unknown, FailureKind::NoResult, ""),
        (vec![TIMER], LogOutcome::Unknown, FailureKind::NoResult, ""),
        (
            vec![
                "ERROR: Didn't find op for builtin opcode 'ABS' version '9'\n",
                "ERROR: Registration failed.\n",
            ],
            LogOutcome::Failed,
            FailureKind::OpVersion,
            "ERROR: Didn't",
        ),
    ] {
        let log = read(&(V16.to_string() + &lines.concat()));
        let failure = log.failure.expect("it failed");
        assert_eq!((log.outcome, failure.kind), (outcome, expected), "{lines:?}");
        assert!(failure.text.starts_with(start), "{failure:?}");
        assert!(failure.text.is_empty() == start.is_empty() && !failure.advice.is_empty());
        assert_eq!(log.unknown, [""; 0]);
    }
}

#[test]
fn a_search_that_was_on_is_not_advised() {
    let advice = |text: &str| read(text).failure.expect("it failed").advice;
    let search = "Searching for valid delegate with step 1\nTry to compile segment with 9 ops\n";
    let names = "Try to compile segment with 8 ops\nIntermediate tensors: Call:01,Call:1\n";
    let internal = "ERROR: Restored original execution plan after delegate application failure.\n\
        Compilation failed: Internal error.\n";
    for (lines, searched) in [
        (vec![TIMER, LARGE, CHILD, FAILED], false),
        (vec![search, TIMER, LARGE, CHILD, FAILED], true),
        (vec![TIMER, CHILD, FAILED], false),
        (vec![search, TIMER, CHILD, FAILED], true),
        (vec![search, TIMER, internal, CHILD, FAILED, names, TIMER], true),
        (vec![TIMER], false),
        (vec![search, TIMER], true),
        (vec!["Searching for valid delegate with step 1\n"], true),
    ] {
        let advice = advice(&(V16.to_string() + &lines.concat()));
        let is_advised = [
            "compile with the compiler's search_delegate",
            "compile again with the compiler's search_delegate",
            "let the compiler's search_delegate",
        ]
        .iter()
        .any(|advised| advice.contains(advised));
        assert_eq!((is_advised, advice.contains("was on")), (!searched, searched), "{lines:?}: {advice}");
    }
}

#[test]
fn tensors_named_for_the_compiler_that_it_counts_wrong_are_its_own_reason() {
    let line =
        "The number of lists given to intermediate_tensors doesn't match the number of input models.\n";
    let log = read(&(V16.to_string() + line));
    assert_eq!((log.outcome, kind(&log)), (LogOutcome::Failed, Some(FailureKind::WrongFlag)));
    let failure = log.failure.expect("it failed");
    assert!(failure.text == line.trim() && failure.advice.contains("holds ':'"), "{failure:?}");
}

#[test]
fn quoted_logs_are_read_as_what_they_quote() {
    for text in samples() {
        let plain = read(&text);
        for quote in ["> ", ">", "> > ", ">> ", "  > "] {
            let quoted: String =
                text.lines().map(|line| format!("{}\n", format!("{quote}{line}").trim_end())).collect();
            assert_eq!(read(&quoted), plain, "quoted by '{quote}'");
        }
        // An answer often quotes all but the first line deeper, or not at all.
        assert_eq!(read(&text.replacen("Started", "> > Started", 1)), plain);
    }
    assert_eq!(read("> a line of someone's\n").unknown, ["a line of someone's"]);
}

#[test]
fn stderr_can_overtake_stdout() {
    let log = read(&["ERROR: Encountered unresolved custom op: Abs.\n", V16, TIMER, CHILD, FAILED].concat());
    assert_eq!((kind(&log), log.failed_attempts), (Some(FailureKind::CustomOp), 1));
}

#[test]
fn a_failed_run_is_made_good_by_the_next() {
    let good = |name| [V16, COMPILED, &part(name), SEE].concat();
    let bad = [V16, COMPILED, &part("s0"), SEE, INTERNAL].concat();
    let log = read(&[&bad[..], &bad, &good("a")].concat());
    assert_eq!((log.outcome, log.failed_attempts, log.elapsed_ms), (LogOutcome::Success, 2, Some(20)));
    assert_eq!(log.models.len(), 1, "what the failed runs made is not joined");
    let log = read(&[good("a"), good("b")].concat());
    assert_eq!((log.outcome, log.models.len(), log.elapsed_ms), (LogOutcome::Success, 2, Some(40)));
    let log = read(&[&good("a")[..], &bad].concat());
    assert_eq!((log.outcome, log.models.len()), (LogOutcome::Failed, 2));
    let log = read(&[V16, &bad].concat());
    assert_eq!((log.outcome, log.failed_attempts), (LogOutcome::Failed, 1));
}

#[test]
fn unknown_lines_are_kept() {
    let text =
        [V16, "Brand new line: 7\n", INTERNAL, "ERROR: A new one.\nTotal number of operations: x\n"].concat();
    let log = read(&text);
    assert_eq!(log.unknown, ["Brand new line: 7", "ERROR: A new one.", "Total number of operations: x"]);
    // A second figure of a kind is no figure of this model.
    let log = read("Input size: 1.00B\nInput size: 2.00B\n");
    assert_eq!(log.models[0].input_bytes, Some(Bytes(1)));
    assert_eq!(log.unknown, ["Input size: 2.00B"]);
}

#[test]
fn other_line_ends_indents_and_marks_are_read_too() {
    let text = [V16, TIMER, COMPILED, &part("a"), SEE, CHILD, SUCCEEDED].concat();
    let plain = read(&text);
    assert_eq!(read(&text.replace('\n', "\r\n")), plain);
    assert_eq!(read(&format!("\u{feff}{}", text.replace('\n', "\n    "))), plain);
    let coloured = text.replace("\n", "\u{1b}[0m\u{1b}[K\r\n\u{1b}[1;32m");
    assert_eq!(read(&coloured), plain);
    // Whole lines are sure even where the last of them has no end.
    assert_eq!(read(text.trim_end()), plain);
}

#[test]
fn any_text_is_none_of_the_compilers() {
    assert_eq!(read(""), Log::default());
    let log = read("One\n\nTwo");
    assert_eq!((log.outcome, log.failure, log.unknown.len()), (LogOutcome::Unknown, None, 2));
}

/// Returns logs of all formats.
fn samples() -> Vec<String> {
    let rows = row("PAD", 10, "Mapped to Edge TPU") + &row("PAD", 2, "Not mapped for a reason");
    let stdout =
        [V16, TIMER, COMPILED, &part("a"), &not_all_mapped(10, 2), HEAD, &rows, CHILD, SUCCEEDED].concat();
    let all = [V16, TIMER, COMPILED, &part("a"), SEE, CHILD, SUCCEEDED].concat();
    let search = "Searching for valid delegate with step 5\nTry to compile segment with 9 ops\n";
    let failed = [V16, search, TIMER, LARGE, CHILD, FAILED].concat();
    vec![stdout, all, failed]
}

/// Returns the figures that a log states, as opposed to sums over its rows.
fn stated(model: &CompiledModel) -> [Option<u64>; 9] {
    let bytes = |bytes: Option<Bytes>| bytes.map(|bytes| bytes.0);
    [
        bytes(model.input_bytes),
        bytes(model.output_bytes),
        bytes(model.on_chip_used_bytes),
        bytes(model.on_chip_remaining_bytes),
        bytes(model.off_chip_bytes),
        model.subgraphs,
        model.ops_total,
        model.ops_on_tpu,
        model.ops_on_cpu,
    ]
}

#[test]
fn no_cut_makes_a_figure_wrong() {
    for text in samples() {
        let full = read(&text);
        for end in 0..text.len() {
            let cut = read(&text[..end]);
            for (cut, full) in cut.models.iter().zip(&full.models) {
                for (cut, full) in stated(cut).into_iter().zip(stated(full)) {
                    assert!(cut.is_none() || cut == full, "{cut:?} for {full:?} in {:?}", &text[..end]);
                }
                assert!(cut.output.is_none() || cut.output == full.output);
                let rows = cut.operators.iter().zip(&full.operators);
                assert!(
                    rows.into_iter().all(|(cut, full)| (cut.count, cut.on_tpu) == (full.count, full.on_tpu))
                );
            }
            assert!(cut.elapsed_ms.is_none() || cut.elapsed_ms == full.elapsed_ms);
            assert!(cut.models.len() <= full.models.len());
        }
    }
}

#[test]
fn the_time_is_linear_in_the_length() {
    // Quadratic reading of any of these would take minutes.
    let many = 100_000;
    for text in
        [V16, TIMER, COMPILED, INTERNAL, "Input: a\n", "Try to compile segment with 9 ops\n", "x\n", "x"]
    {
        read(&text.repeat(many));
    }
    read(&(HEAD.to_string() + &row("PAD", u64::MAX, "Mapped to Edge TPU").repeat(many)));
}

proptest! {
    #[test]
    fn any_text_is_read(text in "(?s).{0,400}") {
        read(&text);
    }

    #[test]
    fn shuffled_and_cut_lines_are_read(picks in prop::collection::vec((0..400_usize, 0..80_usize), 0..60)) {
        let all = samples().concat();
        let lines: Vec<&str> = all.split_inclusive('\n').collect();
        let text: String = picks
            .iter()
            .map(|&(pick, end)| {
                let line = lines[pick % lines.len()];
                line.get(..end).filter(|_| end % 4 == 0).unwrap_or(line)
            })
            .collect();
        let log = read(&text);
        prop_assert!(log.failed_attempts as usize <= picks.len());
        if let Some(failure) = &log.failure {
            let outcome = failure.kind.outcome();
            prop_assert!(log.outcome == outcome || log.outcome == LogOutcome::Unknown);
        }
        prop_assert!(!matches!(log.outcome, LogOutcome::Success | LogOutcome::Partial) || log.failure.is_none());
        serde_json::to_string(&log).unwrap();
    }
}
