//===- Passes.td - RESPECT's passes, as mlir-opt sees them ----------------===//
//
// The declarations; the work is done in the crate `respect-mlir`, module `passes`.
//
//===----------------------------------------------------------------------===//

#ifndef RESPECT_PASSES
#define RESPECT_PASSES

include "mlir/Pass/PassBase.td"

class EnumOption<string cppName, string arg, string type, string default, string description, string values>
    : Option<cppName, arg, "::respect::" # type, "::respect::" # type # "::" # default, description,
             "::llvm::cl::values(" # values # ")">;

def SchedulerOption : EnumOption<"scheduler", "scheduler", "Scheduler", "Respect", "Scheduler that finds the stages", [{
  clEnumValN(::respect::Scheduler::Respect, "respect", "the policy's order cut optimally, proved or improved within a budget"),
  clEnumValN(::respect::Scheduler::Policy, "policy", "the policy's order cut optimally"),
  clEnumValN(::respect::Scheduler::Exact, "exact", "search over all order ideals; proves its result"),
  clEnumValN(::respect::Scheduler::OrderDp, "order-dp", "several linear extensions, each cut optimally"),
  clEnumValN(::respect::Scheduler::ParameterCount, "parameter-count", "the Edge TPU compiler's own partitioning"),
  clEnumValN(::respect::Scheduler::Profiled, "profiled", "equal times in libcoral's order, as Coral's profiling partitioner")
}]>;

def ObjectiveOption : EnumOption<"objective", "objective", "Objective", "Latency", "Figure to minimize", [{
  clEnumValN(::respect::Objective::Memory, "memory", "the largest stage's parameter bytes"),
  clEnumValN(::respect::Objective::Latency, "latency", "the slowest stage's time")
}]>;

def RulesOption : EnumOption<"rules", "rules", "Rules", "Coral", "Rules that a schedule must obey", [{
  clEnumValN(::respect::Rules::Coral, "coral", "all that Coral's pipeline runner asks for"),
  clEnumValN(::respect::Rules::Precedence, "precedence", "precedence and non-empty stages alone")
}]>;

def OnUncuttableOption : EnumOption<"onUncuttable", "on-uncuttable", "OnUncuttable", "Skip",
                                    "What becomes of a function that cannot be cut", [{
  clEnumValN(::respect::OnUncuttable::Error, "error", "it is an error"),
  clEnumValN(::respect::OnUncuttable::Skip, "skip", "it is left as it is, with a warning, if another function can be cut")
}]>;

def StagesOption : Option<"stages", "stages", "uint32_t", "2", "Number of stages, one for each device">;
def DeviceOption : Option<"device", "device", "std::string", "\"usb3\"", "Device model: usb3, pcie, dev-board, usb3-std, pcie-std, or a TOML file">;
def ConstantsOption : ListOption<"constants", "constants", "std::string",
                                 "Names of further operations that are constants, such as my.constant">;
def AllowUnpricedOption : Option<"allowUnpriced", "allow-unpriced", "bool", "false",
                                 "Call a schedule optimal even if no operation has a price">;
def TimeLimitOption : Option<"timeLimitMs", "time-limit-ms", "uint64_t", "0",
                             "Stop the search after this time, 0 for never; results may then differ from run to run">;

def SchedulePass : Pass<"respect-schedule"> {
  let summary = "Assign every operation of a function to a stage of a pipeline of Edge TPUs";
  let dependentDialects = ["::respect::RespectDialect"];
  let description = [{
    The operations of the function's body are the nodes of the graph, their values its edges. Constants are not nodes
    but parameters of the operations that use them: operations with the trait `ConstantLike`, known ones of dialects that may not
    be registered (`tfl.pseudo_const`, `stablehlo.constant`, `onnx.Constant` and the like), and those that `constants` names,
    which the attribute `respect.constants` of the function keeps for the passes that follow. `quantfork.stats`, which notes
    statistics of a value and hands it on, is no node either. Sizes come from types; `!quant.uniform` counts as its storage.
    Any dialect may be scheduled, registered or not.

    Runs on a module, of which it takes every function, or on one function. Operations keep their order where their side effects
    may meet, and with Coral's rules those that share state share a stage: no state crosses from device to device. MLIR's
    interfaces tell the effects; a call has those of the function that it names, if the pass runs on the module (on one
    function nothing is known of others). Operations that say nothing, of dialects that are not registered for instance, may do
    anything, but for those of `tfl`, `stablehlo` and the like, which have a table, and those that `pure` names; the function
    keeps that list as `respect.pure`.

    Multiply-accumulates come from shapes (`tfl`, TOSA, StableHLO and others), from loops (`linalg`, `vector.contract`), from
    regions, and from called functions, whose constants are parameters of the call. On any operation the attributes
    `respect.macs`, `respect.parameter_bytes` and `respect.compute_us` take the place of what is worked out. A remark counts the
    operations of which nothing is known. If no operation has a price, the status is `feasible` even where the search is
    complete, unless `allow-unpriced` is given. Called functions are looked
    into if the pass runs on the module.

    Each node gets the attribute `respect.stage`, and the function `respect.schedule`. Private functions
    are left alone unless `functions` names them, as are functions without operations to schedule.

    A function that cannot be cut into so many stages, or that is no graph, as one of several blocks, is left as it is, with a
    warning. It is an error with `on-uncuttable=error`, and where no function can be cut; so it always is where the pass
    runs on one function.

    Before:

    ```mlir
    func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
      %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
      %1 = "tfl.tanh"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
      return %1 : tensor<1x8xi8>
    }
    ```

    After `respect-schedule{stages=2}`:

    ```mlir
    func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {
        respect.schedule = #respect.schedule<stages = 2, solver = "respect", status = optimal, ...>} {
      %0 = "tfl.relu"(%x) {respect.stage = #respect.stage<0 of 2>} : (tensor<1x8xi8>) -> tensor<1x8xi8>
      %1 = "tfl.tanh"(%0) {respect.stage = #respect.stage<1 of 2>} : (tensor<1x8xi8>) -> tensor<1x8xi8>
      return %1 : tensor<1x8xi8>
    }
    ```
  }];
  let options = [StagesOption, SchedulerOption, ObjectiveOption, DeviceOption, RulesOption, TimeLimitOption,
                 ListOption<"pureOperations", "pure", "std::string",
                            "Operations, or whole dialects, taken to have no side effects">, ConstantsOption, AllowUnpricedOption,
                 ListOption<"functionNames", "functions", "std::string",
                            "Names of the functions to schedule; none: every one that is not private">,
                 OnUncuttableOption];
  let statistics = [
    Statistic<"functions", "functions", "Functions scheduled">,
    Statistic<"operations", "operations", "Operations given a stage">,
    Statistic<"optimal", "optimal", "Schedules proved optimal">,
    Statistic<"skipped", "skipped", "Functions left alone">
  ];
}

def VerifySchedulePass : Pass<"respect-verify-schedule"> {
  let summary = "Judge the stages that a function's operations carry, whoever wrote them";
  let dependentDialects = ["::respect::RespectDialect"];
  let description = [{
    Reads `respect.stage` of every operation and checks the rules of Coral's pipeline runner, or precedence alone if
    `respect.schedule` says `rules = precedence`. Without `respect.schedule` there are as many stages as the
    operations name, and the rules are Coral's. Where `respect.schedule` states a bottleneck or a largest stage, both
    are computed again and compared. A function with neither attribute is left alone. Changes nothing.

    ```mlir
    func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
      %0 = "tfl.relu"(%x) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
      // error: rule 1: tensor '%0' is read in stage 0 but made only in stage 1
      %1 = "tfl.tanh"(%0) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
      return %1 : tensor<4xi8>
    }
    ```
  }];
  let statistics = [
    Statistic<"functions", "functions", "Functions judged">,
    Statistic<"violations", "violations", "Violations found">
  ];
}

def OutlineStagesPass : Pass<"respect-outline-stages", "::mlir::ModuleOp"> {
  let summary = "Move each stage of every scheduled function into a function of its own";
  let description = [{
    Judges the schedule first, as `respect-verify-schedule` does. Stage I of `@NAME` becomes
    `func.func private @NAME_stage_I`; what is left of `@NAME` is the chain of calls. Constants are cloned into the
    stages that use them. `respect.position` of an operation is its former place, so that `respect-inline-stages` can put it back.
    A value that the function returns may come from any stage, if the rules allow it. Where a name is taken, the stage's function
    gets another.

    ```mlir
    func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.pipeline = {...}} {
      %0 = call @main_stage_0(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
      %1 = call @main_stage_1(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
      return %1 : tensor<1x8xi8>
    }
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::respect::RespectDialect"];
  let statistics = [
    Statistic<"stages", "stages", "Stages outlined">,
    Statistic<"operations", "operations", "Operations moved">,
    Statistic<"constants", "constants", "Constants and notes of values cloned into stages">
  ];
}

def InlineStagesPass : Pass<"respect-inline-stages", "::mlir::ModuleOp"> {
  let summary = "Put outlined stages back into the function they came from";
  let description = [{
    Undoes `respect-outline-stages`: the function gets its operations back, in their former order, with their stages, and
    the functions of the stages are removed. Unlike `--inline` it works on operations of unregistered dialects, too.

    Other passes may have changed the stages in between. What they put into a stage, or between the calls, gets that stage; operations
    go back to their former places as far as data and side effects still allow it; a stage of several blocks is put back as
    they are, and the schedule, which is for one block, is dropped with a remark. A stage that is called from elsewhere stays.
  }];
  let dependentDialects = ["::mlir::cf::ControlFlowDialect", "::respect::RespectDialect"];
  let statistics = [
    Statistic<"stages", "stages", "Stages put back">
  ];
}

def EmitStagesPass : Pass<"respect-emit-stages", "::mlir::ModuleOp"> {
  let summary = "Write each stage as a TensorFlow Lite model and hand it to edgetpu_compiler";
  let description = [{
    Takes functions of the `tfl` dialect that are scheduled or outlined. The folder gets
    `NAME_segment_I_of_N.tflite`, `schedule.json` and the scripts that run the stages, all or nothing, where NAME is the function's.
    If `edgetpu-compiler` names the compiler, each stage is compiled as well. The module stays as it is.

    The first cut is the one that the function carries. Where the compiler refuses a stage, what it refuses together is kept
    apart and the function cut again, up to `recut` times; with `refine` bytes and on-chip capacity are corrected by what the compiler
    reports, and the function cut again where that is better. The scheduler is then the one that `respect.schedule` names, or
    `respect` if it names none of ours. The folder holds these cuts, and remarks tell of them. It has the same bytes as what
    `respect compile` writes of the same module.
  }];
  let dependentDialects = ["::mlir::cf::ControlFlowDialect", "::respect::RespectDialect"];
  let options = [
    Option<"outDir", "out-dir", "std::string", "\"\"", "The folder to write">,
    Option<"compiler", "edgetpu-compiler", "std::string", "\"\"", "Path of edgetpu_compiler; empty: do not compile">,
    Option<"timeoutS", "compiler-timeout-s", "uint64_t", "600", "How long the compiler may take for one stage">,
    Option<"force", "force", "bool", "false", "Replace the stages of an earlier run in the folder">,
    Option<"jobs", "jobs", "uint32_t", "0", "How many stages are compiled at a time, 0 for one a core">,
    Option<"searchDelegate", "search-delegate", "bool", "false",
           "Try a stage that the compiler refuses again with its --search_delegate">,
    ListOption<"compilerFlags", "compiler-flags", "std::string",
               "Flags passed on to the compiler, such as min_runtime_version=13">,
    Option<"recut", "recut", "uint32_t", "4",
           "How often the function is cut again where the compiler refuses a stage, with what it refuses kept apart">,
    Option<"refine", "refine", "uint32_t", "0",
           "How often the on-chip capacity is corrected by what the compiler reports, and the function cut again if that is better">
  ];
  let statistics = [
    Statistic<"stages", "stages", "Stages written">,
    Statistic<"compiled", "compiled", "Stages compiled">
  ];
}

#endif // RESPECT_PASSES
