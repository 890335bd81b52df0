// The C interface of the dialect `respect`.

#include "respect-c/Dialect.h"

#include "respect/Dialect.h"

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Registration.h"
#include "mlir/CAPI/Support.h"
#include "mlir/CAPI/Utils.h"

#include <cmath>

using namespace respect;

MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(Respect, respect, RespectDialect)

MlirAttribute mlirRespectAttributeCheck(MlirStringRef name, MlirAttribute value, MlirStringCallback reason,
                                        void *userData) {
  std::string text;
  mlir::Attribute found = checked(unwrap(name), unwrap(value), text);
  if (!found)
    reason(wrap(llvm::StringRef(text)), userData);
  return wrap(found);
}

bool mlirAttributeIsARespectStage(MlirAttribute attribute) { return llvm::isa<StageAttr>(unwrap(attribute)); }

/// Returns the context with the dialect loaded: without it no attribute of the dialect can be made.
static mlir::MLIRContext *ready(MlirContext context) {
  unwrap(context)->getOrLoadDialect<RespectDialect>();
  return unwrap(context);
}

MlirAttribute mlirRespectStageAttrGet(MlirContext context, uint32_t stage, uint32_t stages) {
  mlir::MLIRContext *here = ready(context);
  return wrap(StageAttr::getChecked([&] { return mlir::emitError(mlir::UnknownLoc::get(here)); }, here, stage, stages));
}

uint32_t mlirRespectStageAttrGetStage(MlirAttribute attribute) {
  return llvm::cast<StageAttr>(unwrap(attribute)).getStage();
}

uint32_t mlirRespectStageAttrGetStages(MlirAttribute attribute) {
  return llvm::cast<StageAttr>(unwrap(attribute)).getStages();
}

bool mlirAttributeIsARespectSchedule(MlirAttribute attribute) { return llvm::isa<ScheduleAttr>(unwrap(attribute)); }

MlirAttribute mlirRespectScheduleAttrGet(MlirContext context, const MlirRespectSchedule *fields) {
  mlir::MLIRContext *here = ready(context);
  auto emitError = [&] { return mlir::emitError(mlir::UnknownLoc::get(here)); };
  bool areKnown = true;
  auto symbolize = [&](MlirStringRef text, llvm::StringRef field, auto symbolize) {
    auto value = text.data ? symbolize(unwrap(text)) : std::nullopt;
    if (text.data && !value) {
      emitError() << "'" << field << "' is \"" << unwrap(text) << "\", which it does not take";
      areKnown = false;
    }
    return value;
  };
  auto text = [&](MlirStringRef text) { return text.data ? mlir::StringAttr::get(here, unwrap(text)) : nullptr; };
  auto time = [&](double us) {
    return std::isnan(us) ? nullptr : mlir::FloatAttr::get(mlir::Float64Type::get(here), us);
  };
  auto bytes = [](int64_t bytes) { return bytes < 0 ? std::nullopt : std::optional<int64_t>(bytes); };
  auto status = symbolize(fields->status, "status", [](llvm::StringRef text) { return symbolizeStatus(text); });
  auto objective =
      symbolize(fields->objective, "objective", [](llvm::StringRef text) { return symbolizeObjective(text); });
  auto rules = symbolize(fields->rules, "rules", [](llvm::StringRef text) { return symbolizeRules(text); });
  if (!areKnown)
    return wrap(mlir::Attribute());
  return wrap(ScheduleAttr::getChecked(emitError, here, fields->stages, text(fields->solver), status, objective, rules,
                                       text(fields->device), time(fields->bottleneckUs),
                                       bytes(fields->peakParameterBytes), time(fields->lowerBoundUs),
                                       bytes(fields->lowerBoundBytes), text(fields->detail)));
}

MlirRespectSchedule mlirRespectScheduleAttrGetFields(MlirAttribute attribute) {
  auto schedule = llvm::cast<ScheduleAttr>(unwrap(attribute));
  const MlirStringRef none{nullptr, 0};
  auto text = [&](mlir::StringAttr text) {
    if (!text)
      return none;
    // An empty text of MLIR may be at no address.
    return text.empty() ? MlirStringRef{"", 0} : wrap(text.getValue());
  };
  auto time = [](mlir::FloatAttr time) { return time ? time.getValueAsDouble() : std::nan(""); };
  auto spelled = [&](auto value) { return value ? wrap(stringifyEnum(*value)) : none; };
  return {schedule.getStages(),
          text(schedule.getSolver()),
          spelled(schedule.getStatus()),
          spelled(schedule.getObjective()),
          spelled(schedule.getRules()),
          text(schedule.getDevice()),
          time(schedule.getBottleneckUs()),
          schedule.getPeakParameterBytes().value_or(-1),
          time(schedule.getLowerBoundUs()),
          schedule.getLowerBoundBytes().value_or(-1),
          text(schedule.getDetail())};
}
