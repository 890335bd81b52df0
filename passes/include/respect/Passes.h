//===- Passes.h - RESPECT's passes, for C++ --------------------------------===//
//
// `createSchedulePass()` and the like, their options, and `registerRespectPasses()` are generated from Passes.td.
//
//===----------------------------------------------------------------------===//

#ifndef RESPECT_PASSES_H
#define RESPECT_PASSES_H

#include "respect/Dialect.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"

#include <cstdint>
#include <memory>
#include <string>

namespace respect {

/// The schedulers, in the order of `bridge.rs`.
enum class Scheduler : uint32_t { Respect, Policy, Exact, OrderDp, ParameterCount, Profiled };

/// What becomes of functions that cannot be cut, in the order of `bridge.rs`.
enum class OnUncuttable : uint32_t { Error, Skip };

#define GEN_PASS_DECL
#include "respect/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "respect/Passes.h.inc"

/// The options of `respect-pipeline`.
struct RespectPipelineOptions : mlir::PassPipelineOptions<RespectPipelineOptions> {
  Option<uint32_t> stages{*this, "stages", llvm::cl::desc("Number of stages, one for each device"), llvm::cl::init(2)};
  Option<Scheduler> scheduler{
      *this, "scheduler", llvm::cl::desc("Scheduler that finds the stages"), llvm::cl::init(Scheduler::Respect),
      llvm::cl::values(clEnumValN(Scheduler::Respect, "respect", ""), clEnumValN(Scheduler::Policy, "policy", ""),
                       clEnumValN(Scheduler::Exact, "exact", ""), clEnumValN(Scheduler::OrderDp, "order-dp", ""),
                       clEnumValN(Scheduler::ParameterCount, "parameter-count", ""),
                       clEnumValN(Scheduler::Profiled, "profiled", ""))};
  Option<Objective> objective{
      *this, "objective", llvm::cl::desc("Figure to minimize"), llvm::cl::init(Objective::Latency),
      llvm::cl::values(clEnumValN(Objective::Memory, "memory", ""), clEnumValN(Objective::Latency, "latency", ""))};
  Option<Rules> rules{
      *this, "rules", llvm::cl::desc("Rules that a schedule must obey"), llvm::cl::init(Rules::Coral),
      llvm::cl::values(clEnumValN(Rules::Coral, "coral", ""), clEnumValN(Rules::Precedence, "precedence", ""))};
  Option<std::string> device{*this, "device",
                             llvm::cl::desc("Device model: usb3, pcie, dev-board, usb3-std, pcie-std, or a TOML file"),
                             llvm::cl::init("usb3")};
  Option<uint64_t> timeLimitMs{*this, "time-limit-ms", llvm::cl::desc("Stop the search after this time, 0 for never"),
                               llvm::cl::init(0)};
  ListOption<std::string> pureOperations{
      *this, "pure", llvm::cl::desc("Operations, or whole dialects, taken to have no side effects")};
  ListOption<std::string> constants{
      *this, "constants", llvm::cl::desc("Names of further operations that are constants, such as my.constant")};
  Option<bool> allowUnpriced{*this, "allow-unpriced",
                             llvm::cl::desc("Call a schedule optimal even if no operation has a price"),
                             llvm::cl::init(false)};
  ListOption<std::string> functions{
      *this, "functions", llvm::cl::desc("Names of the functions to schedule; none: every one that is not private")};
  Option<OnUncuttable> onUncuttable{
      *this, "on-uncuttable", llvm::cl::desc("What becomes of a function that cannot be cut"),
      llvm::cl::init(OnUncuttable::Skip),
      llvm::cl::values(clEnumValN(OnUncuttable::Error, "error", ""), clEnumValN(OnUncuttable::Skip, "skip", ""))};
  Option<std::string> outDir{*this, "out-dir", llvm::cl::desc("The folder to write; empty: write nothing"),
                             llvm::cl::init("")};
  Option<std::string> compiler{*this, "edgetpu-compiler", llvm::cl::desc("Path of edgetpu_compiler"),
                               llvm::cl::init("")};
  Option<uint64_t> timeoutS{*this, "compiler-timeout-s", llvm::cl::desc("How long the compiler may take for one stage"),
                            llvm::cl::init(600)};
  Option<bool> force{*this, "force", llvm::cl::desc("Replace the stages of an earlier run in the folder"),
                     llvm::cl::init(false)};
  Option<uint32_t> jobs{*this, "jobs", llvm::cl::desc("How many stages are compiled at a time, 0 for one a core"),
                        llvm::cl::init(0)};
  Option<bool> searchDelegate{*this, "search-delegate",
                              llvm::cl::desc("Try a stage that the compiler refuses again with its --search_delegate"),
                              llvm::cl::init(false)};
  ListOption<std::string> compilerFlags{
      *this, "compiler-flags", llvm::cl::desc("Flags passed on to the compiler, such as min_runtime_version=13")};
  Option<uint32_t> recut{*this, "recut",
                         llvm::cl::desc("How often the function is cut again where the compiler refuses a stage"),
                         llvm::cl::init(4)};
  Option<uint32_t> refine{*this, "refine",
                          llvm::cl::desc("How often the on-chip capacity is corrected by what the compiler reports"),
                          llvm::cl::init(0)};
};

/// Adds the passes that schedule, judge and outline every function of a module, and write the stages if there is a
/// folder to write to.
void buildRespectPipeline(mlir::OpPassManager &manager, const RespectPipelineOptions &options);

/// Registers `respect-pipeline` by its name.
void registerRespectPipelines();

} // namespace respect

#endif // RESPECT_PASSES_H
