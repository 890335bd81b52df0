//===- Respect.td - The dialect `respect`: what schedules are in the IR ---===//
//
// Attributes alone: the dialect has no operations and no types. `Dialect.cpp` has their verifiers, and the table of the names
// under which they stand on operations.
//
//===----------------------------------------------------------------------===//

#ifndef RESPECT_DIALECT
#define RESPECT_DIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/DialectBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Respect_Dialect : Dialect {
  let name = "respect";
  let cppNamespace = "::respect";
  let summary = "Stages of a pipeline of Edge TPUs, and what is known of the schedule";
  let description = [{
    Each operation of a scheduled function has a stage, and the function says what is known of the schedule:

    ```mlir
    func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {
        respect.schedule = #respect.schedule<stages = 2, solver = "respect", status = optimal>} {
      %0 = "tfl.relu"(%x) {respect.stage = #respect.stage<0 of 2>} : (tensor<1x8xi8>) -> tensor<1x8xi8>
      %1 = "tfl.tanh"(%0) {respect.stage = #respect.stage<1 of 2>} : (tensor<1x8xi8>) -> tensor<1x8xi8>
      return %1 : tensor<1x8xi8>
    }
    ```

    These are discardable attributes, on operations of any dialect. Written by hand, a stage may be a plain integer, and a
    schedule a dictionary with the same entries.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
}

// The passes' options have these types, too; passes/bridge.rs lists the values in the same order.

def Respect_Objective : I32EnumAttr<"Objective", "the objective of a schedule", [
  I32EnumAttrCase<"Memory", 0, "memory">,
  I32EnumAttrCase<"Latency", 1, "latency">
]> {
  let cppNamespace = "::respect";
  let genSpecializedAttr = 0;
}

def Respect_Rules : I32EnumAttr<"Rules", "the rules of a schedule", [
  I32EnumAttrCase<"Coral", 0, "coral">,
  I32EnumAttrCase<"Precedence", 1, "precedence">
]> {
  let cppNamespace = "::respect";
  let genSpecializedAttr = 0;
}

def Respect_Status : I32EnumAttr<"Status", "the status of a schedule", [
  I32EnumAttrCase<"Optimal", 0, "optimal">,
  I32EnumAttrCase<"Feasible", 1, "feasible">,
  I32EnumAttrCase<"BudgetExhausted", 2, "budget_exhausted">
]> {
  let cppNamespace = "::respect";
  let genSpecializedAttr = 0;
}

class Respect_Attr<string name, string mnemonicOfIt> : AttrDef<Respect_Dialect, name> {
  let mnemonic = mnemonicOfIt;
  let genVerifyDecl = 1;
}

class Respect_Optional<string type, string description>
    : OptionalParameter<"::std::optional<" # type # ">", description>;

class Respect_Microseconds<string description> : OptionalParameter<"::mlir::FloatAttr", description # ", in us, as an f64">;

class Respect_Text<string description> : OptionalParameter<"::mlir::StringAttr", description>;

def Respect_StageAttr : Respect_Attr<"Stage", "stage"> {
  let summary = "The stage of an operation";
  let description = [{
    Stages count from 0: `#respect.stage<0 of 2>` is the first of two. On the function of an outlined stage it is the stage that
    the function holds.
  }];
  let parameters = (ins "uint32_t":$stage, "uint32_t":$stages);
  let assemblyFormat = "`<` custom<Stage>($stage) `of` custom<Stages>($stages) `>`";
}

def Respect_ScheduleAttr : Respect_Attr<"Schedule", "schedule"> {
  let summary = "What is known of a function's schedule";
  let description = [{
    ```mlir
    #respect.schedule<stages = 2, solver = "respect", status = optimal, objective = latency, rules = coral, device = "usb3",
                      bottleneck_us = 12.5, peak_parameter_bytes = 900, lower_bound_us = 12.5>
    ```

    The fields may come in any order, and all but `stages` may be left out. Times are decimal numbers of microseconds; what is
    printed is the shortest that gives the same `f64`.
  }];
  let parameters = (ins
    "uint32_t":$stages,
    Respect_Text<"the solver, or who else made the schedule">:$solver,
    Respect_Optional<"::respect::Status", "the proof that the schedule has">:$status,
    Respect_Optional<"::respect::Objective", "the figure that the schedule minimizes">:$objective,
    Respect_Optional<"::respect::Rules", "the rules that the schedule obeys">:$rules,
    Respect_Text<"the device that the figures are for">:$device,
    Respect_Microseconds<"the slowest stage's time">:$bottleneck_us,
    Respect_Optional<"int64_t", "the largest stage's parameter bytes">:$peak_parameter_bytes,
    Respect_Microseconds<"what no schedule's slowest stage is below">:$lower_bound_us,
    Respect_Optional<"int64_t", "what no schedule's largest stage is below, in bytes">:$lower_bound_bytes,
    Respect_Text<"the way in which the solver found the schedule, in words">:$detail
  );
  let assemblyFormat = [{
    `<` struct(custom<Stages>($stages), custom<Solver>($solver), $status, $objective, $rules, custom<Device>($device),
               custom<BottleneckUs>($bottleneck_us), custom<PeakParameterBytes>($peak_parameter_bytes),
               custom<LowerBoundUs>($lower_bound_us), custom<LowerBoundBytes>($lower_bound_bytes), custom<Detail>($detail)) `>`
  }];
}

#endif // RESPECT_DIALECT
