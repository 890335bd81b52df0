// The passes and the pipeline: options and statistics are declared here, the work is done in Rust.

#include "Bridge.h"

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace respect {

#define GEN_PASS_DEF_SCHEDULEPASS
#define GEN_PASS_DEF_VERIFYSCHEDULEPASS
#define GEN_PASS_DEF_OUTLINESTAGESPASS
#define GEN_PASS_DEF_INLINESTAGESPASS
#define GEN_PASS_DEF_EMITSTAGESPASS
#include "respect/Passes.h.inc"

namespace {

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

struct Schedule : impl::SchedulePassBase<Schedule> {
  using Base::Base;
  bool canScheduleOn(mlir::RegisteredOperationName name) const override { return holdsFunctions(name); }
  void runOnOperation() override {
    const llvm::SmallVector<MlirStringRef> pure = wrapAll(pureOperations), names = wrapAll(constants),
                                           chosen = wrapAll(functionNames);
    const ScheduleOptions options{stages,        scheduler,   objective,     rules,
                                  timeLimitMs,   wrap(llvm::StringRef(device)),
                                  pure.data(),   pure.size(), names.data(),  names.size(),
                                  allowUnpriced, chosen.data(), chosen.size(), onUncuttable};
    uint64_t counts[4] = {};
    if (!respectSchedule(wrap(getOperation()), &options, counts))
      signalPassFailure();
    functions += counts[0];
    operations += counts[1];
    optimal += counts[2];
    skipped += counts[3];
  }
};

struct VerifySchedule : impl::VerifySchedulePassBase<VerifySchedule> {
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

struct OutlineStages : impl::OutlineStagesPassBase<OutlineStages> {
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

struct InlineStages : impl::InlineStagesPassBase<InlineStages> {
  using Base::Base;
  void runOnOperation() override {
    uint64_t counts[1] = {};
    if (!respectInlineStages(wrap(getOperation().getOperation()), counts))
      signalPassFailure();
    stages += counts[0];
  }
};

struct EmitStages : impl::EmitStagesPassBase<EmitStages> {
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

} // namespace
} // namespace respect

void respect::buildRespectPipeline(mlir::OpPassManager &manager, const RespectPipelineOptions &options) {
  manager.addPass(createSchedulePass(SchedulePassOptions{
      options.stages, options.scheduler, options.objective, options.device, options.rules, options.timeLimitMs,
      llvm::SmallVector<std::string>(options.pureOperations.begin(), options.pureOperations.end()),
      llvm::SmallVector<std::string>(options.constants.begin(), options.constants.end()), options.allowUnpriced,
      llvm::SmallVector<std::string>(options.functions.begin(), options.functions.end()), options.onUncuttable}));
  manager.addPass(createVerifySchedulePass());
  manager.addPass(createOutlineStagesPass());
  if (!options.outDir.empty())
    manager.addPass(createEmitStagesPass(EmitStagesPassOptions{
        options.outDir, options.compiler, options.timeoutS, options.force, options.jobs, options.searchDelegate,
        llvm::SmallVector<std::string>(options.compilerFlags.begin(), options.compilerFlags.end()), options.recut,
        options.refine}));
}

void respect::registerRespectPipelines() {
  mlir::PassPipelineRegistration<RespectPipelineOptions>(
      "respect-pipeline", "Schedule, judge and outline the stages of every function, and write them if out-dir is given",
      buildRespectPipeline);
}
