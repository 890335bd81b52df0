// The C interface of the passes.

#include "respect-c/Passes.h"

#include "respect/Passes.h"

#include "mlir/CAPI/Pass.h"

using namespace respect;

#include "respect-c/Passes.cpp.inc"

void mlirRegisterRespectPipelines() { registerRespectPipelines(); }
