/*===- respect-c/Passes.h - RESPECT's passes, for C ---------------------------===*\
|*                                                                             *|
|* In the manner of mlir-c: `mlirRegisterRespectPasses()` registers the passes *|
|* by their names, and `mlirCreateRespectSchedulePass()` and the like make     *|
|* one. Generated from Passes.td.                                              *|
|*                                                                             *|
\*===--------------------------------------------------------------------------===*/

#ifndef RESPECT_C_PASSES_H
#define RESPECT_C_PASSES_H

#include "respect-c/Dialect.h"

#include "respect-c/Passes.h.inc"

#ifdef __cplusplus
extern "C" {
#endif

/** Registers `respect-pipeline` by its name; the passes in it need not be registered. */
MLIR_CAPI_EXPORTED void mlirRegisterRespectPipelines(void);

#ifdef __cplusplus
}
#endif

#endif /* RESPECT_C_PASSES_H */
