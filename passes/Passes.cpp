// The passes and the pipeline: options and statistics are declared here, the work is done in Rust.

#include "Bridge.h"

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"

namespace respect {
namespace {

#define GEN_PASS_DECL
#define GEN_PASS_DEF_RESPECTSCHEDULE
#define GEN_PASS_DEF_RESPECTVERIFYSCHEDULE
#define GEN_PASS_DEF_RESPECTOUTLINESTAGES
#define GEN_PASS_DEF_RESPECTINLINESTAGES
#define GEN_PASS_DEF_RESPECTEMITSTAGES
#include "Passes.h.inc"

/// Whether a pass on functions may run on operations of this name: functions, and modules, of which it takes every function.
bool holdsFunctions(mlir::RegisteredOperationName name) {
  return name.getTypeID() == mlir::TypeID::get<mlir::func::FuncOp>() || name.getTypeID() == mlir::TypeID::get<mlir::ModuleOp>();
}

llvm::SmallVector<MlirStringRef> wrapAll(llvm::ArrayRef<std::string> strings) {
  llvm::SmallVector<MlirStringRef> wrapped;
  for (const std::string &string : strings)
    wrapped.push_back(wrap(llvm::StringRef(string)));
  return wrapped;
}

struct Schedule : impl::RespectScheduleBase<Schedule> {
  using Base::Base;
  bool canScheduleOn(mlir::RegisteredOperationName name) const override { return holdsFunctions(name); }
  void runOnOperation() override {
    const llvm::SmallVector<MlirStringRef> pure = wrapAll(pureOperations), names = wrapAll(constants);
    const ScheduleOptions options{stages,      scheduler,   objective, rules, timeLimitMs, wrap(llvm::StringRef(device)),
                                  pure.data(), pure.size(), names.data(), names.size(), allowUnpriced};
    uint64_t counts[4] = {};
    if (!respectSchedule(wrap(getOperation()), &options, counts))
      signalPassFailure();
    functions += counts[0];
    operations += counts[1];
    optimal += counts[2];
    skipped += counts[3];
  }
};

struct VerifySchedule : impl::RespectVerifyScheduleBase<VerifySchedule> {
  using Base::Base;
  bool canScheduleOn(mlir::RegisteredOperationName name) const override { return holdsFunctions(name); }
  void runOnOperation() override {
    uint64_t counts[2] = {};
    if (!respectVerifySchedule(wrap(getOperation()), counts))
      signalPassFailure();
    functions += counts[0];
    violations += counts[1];
    markAllAnalysesPreserved();
  }
};

struct OutlineStages : impl::RespectOutlineStagesBase<OutlineStages> {
  using Base::Base;
  void runOnOperation() override {
    uint64_t counts[3] = {};
    if (!respectOutlineStages(wrap(getOperation().getOperation()), counts))
      signalPassFailure();
    stages += counts[0];
    operations += counts[1];
    constants += counts[2];
  }
};

struct InlineStages : impl::RespectInlineStagesBase<InlineStages> {
  using Base::Base;
  void runOnOperation() override {
    uint64_t counts[1] = {};
    if (!respectInlineStages(wrap(getOperation().getOperation()), counts))
      signalPassFailure();
    stages += counts[0];
  }
};

struct EmitStages : impl::RespectEmitStagesBase<EmitStages> {
  using Base::Base;
  void runOnOperation() override {
    const llvm::SmallVector<MlirStringRef> flags = wrapAll(compilerFlags);
    const EmitOptions options{wrap(llvm::StringRef(outDir)),
                              wrap(llvm::StringRef(compiler)),
                              flags.data(),
                              flags.size(),
                              timeoutS,
                              jobs,
                              recut,
                              refine,
                              force,
                              searchDelegate};
    uint64_t counts[2] = {};
    if (!respectEmitStages(wrap(getOperation().getOperation()), &options, counts))
      signalPassFailure();
    stages += counts[0];
    compiled += counts[1];
    markAllAnalysesPreserved();
  }
};

struct PipelineOptions : mlir::PassPipelineOptions<PipelineOptions> {
  Option<uint32_t> stages{*this, "stages", llvm::cl::desc("Number of stages, one for each device"), llvm::cl::init(2)};
  Option<Scheduler> scheduler{
      *this, "scheduler", llvm::cl::desc("Scheduler that finds the stages"), llvm::cl::init(Scheduler::Respect),
      llvm::cl::values(clEnumValN(Scheduler::Respect, "respect", ""), clEnumValN(Scheduler::Policy, "policy", ""),
                       clEnumValN(Scheduler::Exact, "exact", ""),
                       clEnumValN(Scheduler::OrderDp, "order-dp", ""),
                       clEnumValN(Scheduler::ParameterCount, "parameter-count", ""),
                       clEnumValN(Scheduler::Profiled, "profiled", ""))};
  Option<Objective> objective{
      *this, "objective", llvm::cl::desc("Figure to minimize"), llvm::cl::init(Objective::Latency),
      llvm::cl::values(clEnumValN(Objective::Memory, "memory", ""), clEnumValN(Objective::Latency, "latency", ""))};
  Option<Rules> rules{
      *this, "rules", llvm::cl::desc("Rules that a schedule must obey"), llvm::cl::init(Rules::Coral),
      llvm::cl::values(clEnumValN(Rules::Coral, "coral", ""), clEnumValN(Rules::Precedence, "precedence", ""))};
  Option<std::string> device{*this, "device", llvm::cl::desc("Device model: usb3, pcie, usb3-std, pcie-std, or a TOML file"),
                             llvm::cl::init("usb3")};
  Option<uint64_t> timeLimitMs{*this, "time-limit-ms", llvm::cl::desc("Stop the search after this time, 0 for never"),
                               llvm::cl::init(0)};
  ListOption<std::string> pureOperations{
      *this, "pure", llvm::cl::desc("Operations, or whole dialects, taken to have no side effects")};
  ListOption<std::string> constants{*this, "constants",
                                    llvm::cl::desc("Names of further operations that are constants, such as my.constant")};
  Option<bool> allowUnpriced{*this, "allow-unpriced",
                             llvm::cl::desc("Call a schedule optimal even if no operation has a price"),
                             llvm::cl::init(false)};
  Option<std::string> outDir{*this, "out-dir", llvm::cl::desc("The folder to write; empty: write nothing"),
                             llvm::cl::init("")};
  Option<std::string> compiler{*this, "edgetpu-compiler", llvm::cl::desc("Path of edgetpu_compiler"),
                               llvm::cl::init("")};
  Option<uint64_t> timeoutS{*this, "compiler-timeout-s",
                            llvm::cl::desc("How long the compiler may take for one stage"), llvm::cl::init(600)};
  Option<bool> force{*this, "force", llvm::cl::desc("Replace the stages of an earlier run in the folder"),
                     llvm::cl::init(false)};
  Option<uint32_t> jobs{*this, "jobs", llvm::cl::desc("How many stages are compiled at a time, 0 for one a core"),
                        llvm::cl::init(0)};
  Option<bool> searchDelegate{*this, "search-delegate",
                              llvm::cl::desc("Try a stage that the compiler refuses again with its --search_delegate"),
                              llvm::cl::init(false)};
  ListOption<std::string> compilerFlags{*this, "compiler-flags",
                                        llvm::cl::desc("Flags passed on to the compiler, such as min_runtime_version=13")};
  Option<uint32_t> recut{*this, "recut",
                         llvm::cl::desc("How often the function is cut again where the compiler refuses a stage"),
                         llvm::cl::init(4)};
  Option<uint32_t> refine{*this, "refine",
                          llvm::cl::desc("How often the on-chip capacity is corrected by what the compiler reports"),
                          llvm::cl::init(0)};
};

void buildPipeline(mlir::OpPassManager &manager, const PipelineOptions &options) {
  manager.addPass(createRespectSchedule(RespectScheduleOptions{
      options.stages, options.scheduler, options.objective, options.device, options.rules, options.timeLimitMs,
      llvm::SmallVector<std::string>(options.pureOperations.begin(), options.pureOperations.end()),
      llvm::SmallVector<std::string>(options.constants.begin(), options.constants.end()), options.allowUnpriced}));
  manager.addPass(createRespectVerifySchedule());
  manager.addPass(createRespectOutlineStages());
  if (!options.outDir.empty())
    manager.addPass(createRespectEmitStages(RespectEmitStagesOptions{
        options.outDir, options.compiler, options.timeoutS, options.force, options.jobs, options.searchDelegate,
        llvm::SmallVector<std::string>(options.compilerFlags.begin(), options.compilerFlags.end()), options.recut,
        options.refine}));
}

#define GEN_PASS_REGISTRATION
#include "Passes.h.inc"

} // namespace
} // namespace respect

extern "C" void respectRegisterPasses() {
  respect::registerRespectPasses();
  mlir::PassPipelineRegistration<respect::PipelineOptions>(
      "respect-pipeline", "Schedule, judge and outline the stages of every function, and write them if out-dir is given",
      respect::buildPipeline);
}
