// Cuts the functions of a module into stages, with passes that the tool makes itself or finds by their names:
//   cut MODULE.mlir STAGES      schedules and outlines every function into so many stages
//   cut MODULE.mlir PIPELINE    runs a pipeline on the module, such as 'respect-pipeline{stages=3}'
// Prints the module, and what is known of each function's schedule on stderr.

#include "respect/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

/// Adds the passes for so many stages, or those of a pipeline.
static llvm::LogicalResult addPasses(mlir::PassManager &manager, llvm::StringRef what) {
  uint32_t stages;
  if (what.getAsInteger(10, stages)) {
    respect::registerRespectPasses();
    respect::registerRespectPipelines();
    return mlir::parsePassPipeline(what, manager);
  }
  respect::SchedulePassOptions options;
  options.stages = stages;
  options.objective = respect::Objective::Memory;
  manager.addPass(respect::createSchedulePass(options));
  manager.addPass(respect::createOutlineStagesPass());
  return mlir::success();
}

int main(int argc, char **argv) {
  if (argc != 3) {
    llvm::errs() << "usage: cut MODULE.mlir STAGES|PIPELINE\n";
    return 2;
  }
  mlir::DialectRegistry registry;
  registry.insert<mlir::arith::ArithDialect, mlir::func::FuncDialect, respect::RespectDialect>();
  mlir::MLIRContext context(registry);
  context.allowUnregisteredDialects();
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceFile<mlir::ModuleOp>(argv[1], &context);
  auto manager = mlir::PassManager::on<mlir::ModuleOp>(&context);
  if (!module || mlir::failed(addPasses(manager, argv[2])) || mlir::failed(manager.run(*module)))
    return 1;
  for (auto function : module->getOps<mlir::func::FuncOp>()) {
    auto schedule = function->getAttrOfType<respect::ScheduleAttr>("respect.pipeline");
    if (schedule && schedule.getStatus())
      llvm::errs() << function.getName() << ": " << schedule.getStages() << " stages, " << *schedule.getStatus()
                   << "\n";
  }
  module->print(llvm::outs());
  llvm::outs() << "\n";
  return 0;
}
