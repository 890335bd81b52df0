// The interface between the passes' C++ side and their Rust side. The C++ side reads options, counts
// statistics and fails the pass; the Rust side does the work and reports errors and remarks itself.

#ifndef RESPECT_BRIDGE_H
#define RESPECT_BRIDGE_H

#include "respect/Passes.h"

#include "mlir-c/IR.h"

#include <cstddef>
#include <cstdint>

namespace respect {

struct ScheduleOptions {
  uint32_t stages;
  Scheduler scheduler;
  Objective objective;
  Rules rules;
  uint64_t timeLimitMs;
  MlirStringRef device;
  const MlirStringRef *pureOperations;
  size_t pureOperationCount;
  const MlirStringRef *constants;
  size_t constantCount;
  bool allowUnpriced;
  const MlirStringRef *functions;
  size_t functionCount;
  OnUncuttable onUncuttable;
};

struct EmitOptions {
  MlirStringRef outDir;
  MlirStringRef compiler;
  const MlirStringRef *compilerFlags;
  size_t compilerFlagCount;
  uint64_t timeoutS;
  uint32_t jobs;
  uint32_t recut;
  uint32_t refine;
  bool force;
  bool searchDelegate;
};

} // namespace respect

// The body of each pass. It takes the operation that the pass runs on, and writes the pass's statistics in the order of
// Passes.td, also where the run fails. It returns false if it has reported an error.
extern "C" {
bool respectSchedule(MlirOperation function, const respect::ScheduleOptions *options, uint64_t *statistics);
bool respectVerifySchedule(MlirOperation function, uint64_t *statistics);
bool respectOutlineStages(MlirOperation module, uint64_t *statistics);
bool respectInlineStages(MlirOperation module, uint64_t *statistics);
bool respectEmitStages(MlirOperation module, const respect::EmitOptions *options, uint64_t *statistics);
}

#endif // RESPECT_BRIDGE_H
