/*===- respect-c/Dialect.h - The dialect `respect`, for C ---------------------===*\
|*                                                                             *|
|* In the manner of mlir-c. `respect/Respect.td` describes the attributes.     *|
|*                                                                             *|
\*===--------------------------------------------------------------------------===*/

#ifndef RESPECT_C_DIALECT_H
#define RESPECT_C_DIALECT_H

#include "mlir-c/IR.h"
#include "mlir-c/Support.h"

#ifdef __cplusplus
extern "C" {
#endif

MLIR_DECLARE_CAPI_DIALECT_REGISTRATION(Respect, respect);

/** Returns the attribute that an operation carries under a name such as `respect.stage`. An opaque one is read again: a
 * context that reads a module before it knows the dialect keeps text alone. If the name does not take it, hands over
 * the reason and returns null. */
MLIR_CAPI_EXPORTED MlirAttribute mlirRespectAttributeCheck(MlirStringRef name, MlirAttribute value,
                                                           MlirStringCallback reason, void *userData);

/** Returns whether an attribute is `#respect.stage<I of N>`. */
MLIR_CAPI_EXPORTED bool mlirAttributeIsARespectStage(MlirAttribute attribute);

/** Returns `#respect.stage<stage of stages>`; null, after an error, unless `stage` is less than `stages`. */
MLIR_CAPI_EXPORTED MlirAttribute mlirRespectStageAttrGet(MlirContext context, uint32_t stage, uint32_t stages);

/** Returns the stage, from 0. */
MLIR_CAPI_EXPORTED uint32_t mlirRespectStageAttrGetStage(MlirAttribute attribute);

/** Returns the number of stages. */
MLIR_CAPI_EXPORTED uint32_t mlirRespectStageAttrGetStages(MlirAttribute attribute);

/** The fields of `#respect.schedule<…>`. Of those that are left out texts are null, times not a number, and bytes
 * negative. */
typedef struct MlirRespectSchedule {
  uint32_t stages;
  MlirStringRef solver;
  MlirStringRef status;    /* optimal, feasible or budget_exhausted */
  MlirStringRef objective; /* memory or latency */
  MlirStringRef rules;     /* coral or precedence */
  MlirStringRef device;
  double bottleneckUs;
  int64_t peakParameterBytes;
  double lowerBoundUs;
  int64_t lowerBoundBytes;
  MlirStringRef detail;
} MlirRespectSchedule;

/** Returns whether an attribute is `#respect.schedule<…>`. */
MLIR_CAPI_EXPORTED bool mlirAttributeIsARespectSchedule(MlirAttribute attribute);

/** Returns the attribute of these fields; null, after an error, if one of them has a value that it does not take. */
MLIR_CAPI_EXPORTED MlirAttribute mlirRespectScheduleAttrGet(MlirContext context, const MlirRespectSchedule *fields);

/** Returns the fields of a `#respect.schedule<…>`. The texts live as long as the context. */
MLIR_CAPI_EXPORTED MlirRespectSchedule mlirRespectScheduleAttrGetFields(MlirAttribute attribute);

#ifdef __cplusplus
}
#endif

#endif /* RESPECT_C_DIALECT_H */
