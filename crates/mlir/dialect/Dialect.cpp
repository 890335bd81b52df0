// The dialect `respect`: how its attributes are read and printed, what they may hold, and where they may stand.

// Identities (TypeID) are specializations of a template, which a library shows if it shows the template: that one is included
// before all others, after what it uses itself.
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Allocator.h"
#pragma GCC visibility push(default)
#include "mlir/Support/TypeID.h"
#pragma GCC visibility pop

#include "respect/Dialect.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Threading.h"

#include <charconv>
#include <cmath>
#include <limits>

using namespace respect;

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

template <typename Count>
static mlir::ParseResult parseCount(mlir::AsmParser &parser, llvm::StringRef field, Count &count) {
  llvm::SMLoc place = parser.getCurrentLocation();
  llvm::APInt number;
  mlir::OptionalParseResult found = parser.parseOptionalInteger(number);
  if (found.has_value() && mlir::failed(*found))
    return mlir::failure();
  const Count most = std::numeric_limits<Count>::max();
  if (!found.has_value() || number.isNegative() || number.ugt(static_cast<uint64_t>(most)))
    return parser.emitError(place) << "'" << field << "' takes a number from 0 to " << most;
  count = static_cast<Count>(number.getZExtValue());
  return mlir::success();
}

template <typename Count>
static mlir::ParseResult parseCount(mlir::AsmParser &parser, llvm::StringRef field, std::optional<Count> &count) {
  return parseCount(parser, field, count.emplace());
}

template <typename Count> static void printCount(mlir::AsmPrinter &printer, Count count) { printer << count; }

/// Parses a string, and nothing that nests: hosts may hand on text of any depth.
static mlir::ParseResult parseText(mlir::AsmParser &parser, llvm::StringRef field, mlir::StringAttr &text) {
  llvm::SMLoc place = parser.getCurrentLocation();
  std::string string;
  if (mlir::failed(parser.parseOptionalString(&string)))
    return parser.emitError(place) << "'" << field << "' takes a string";
  text = parser.getBuilder().getStringAttr(string);
  return mlir::success();
}

static void printText(mlir::AsmPrinter &printer, mlir::StringAttr text) { printer << text; }

static mlir::ParseResult parseMicroseconds(mlir::AsmParser &parser, llvm::StringRef field, mlir::FloatAttr &time) {
  llvm::SMLoc place = parser.getCurrentLocation();
  double us = 0;
  int64_t whole = 0;
  mlir::OptionalParseResult found = parser.parseOptionalInteger(whole);
  if (found.has_value() && mlir::succeeded(*found))
    us = static_cast<double>(whole);
  if ((found.has_value() && mlir::failed(*found)) || (!found.has_value() && mlir::failed(parser.parseFloat(us))))
    return parser.emitError(place) << "'" << field << "' takes a time in us from 0, such as 12.5";
  time = parser.getBuilder().getF64FloatAttr(us);
  return mlir::success();
}

/// Prints the shortest decimal number that is read as the same `f64`.
static void printMicroseconds(mlir::AsmPrinter &printer, mlir::FloatAttr time) {
  double us = time.getValueAsDouble();
  bool readsWell = us == 0 || (us >= 1e-6 && us < 1e15);
  char digits[64];
  char *end = std::to_chars(std::begin(digits), std::end(digits), us,
                            readsWell ? std::chars_format::fixed : std::chars_format::scientific)
                  .ptr;
  llvm::StringRef text(digits, end - digits);
  auto [mantissa, exponent] = text.split('e');
  // MLIR reads no number without a point as a float.
  printer << mantissa << (mantissa.contains('.') ? "" : ".0") << (exponent.empty() ? "" : "e") << exponent;
}

// The functions that Respect.td names for each field: ODS does not tell them the field's name.
#define RESPECT_FIELD(NAME, TYPE, KIND, FIELD)                                                                         \
  static mlir::ParseResult parse##NAME(mlir::AsmParser &parser, TYPE &value) {                                         \
    return parse##KIND(parser, FIELD, value);                                                                          \
  }                                                                                                                    \
  static void print##NAME(mlir::AsmPrinter &printer, TYPE value) { print##KIND(printer, value); }

RESPECT_FIELD(Stage, uint32_t, Count, "stage")
RESPECT_FIELD(Stages, uint32_t, Count, "stages")
RESPECT_FIELD(Solver, mlir::StringAttr, Text, "solver")
RESPECT_FIELD(Device, mlir::StringAttr, Text, "device")
RESPECT_FIELD(BottleneckUs, mlir::FloatAttr, Microseconds, "bottleneck_us")
RESPECT_FIELD(PeakParameterBytes, std::optional<int64_t>, Count, "peak_parameter_bytes")
RESPECT_FIELD(LowerBoundUs, mlir::FloatAttr, Microseconds, "lower_bound_us")
RESPECT_FIELD(LowerBoundBytes, std::optional<int64_t>, Count, "lower_bound_bytes")
RESPECT_FIELD(Detail, mlir::StringAttr, Text, "detail")

#include "respect/Dialect.cpp.inc"
#include "respect/Enums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "respect/Attributes.cpp.inc"

void RespectDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "respect/Attributes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// What the attributes may hold
//===----------------------------------------------------------------------===//

llvm::LogicalResult StageAttr::verify(llvm::function_ref<mlir::InFlightDiagnostic()> emitError, uint32_t stage,
                                      uint32_t stages) {
  if (stage < stages)
    return mlir::success();
  return emitError() << "'stage' is " << stage << " of " << stages
                     << ": stages count from 0, and a stage is less than 'stages'";
}

llvm::LogicalResult ScheduleAttr::verify(llvm::function_ref<mlir::InFlightDiagnostic()> emitError, uint32_t stages,
                                         mlir::StringAttr, std::optional<Status>, std::optional<Objective> objective,
                                         std::optional<Rules>, mlir::StringAttr, mlir::FloatAttr bottleneckUs,
                                         std::optional<int64_t> peakParameterBytes, mlir::FloatAttr lowerBoundUs,
                                         std::optional<int64_t> lowerBoundBytes, mlir::StringAttr) {
  if (stages == 0)
    return emitError() << "'stages' is 0: a schedule has at least one";
  for (auto [field, time] : {std::pair("bottleneck_us", bottleneckUs), std::pair("lower_bound_us", lowerBoundUs)}) {
    if (!time)
      continue;
    double us = time.getValueAsDouble();
    if (!time.getType().isF64() || !std::isfinite(us) || std::signbit(us))
      return emitError() << "'" << field << "' is " << time << ": a time is a finite f64 of 0 us or more";
  }
  for (auto [field, bytes] :
       {std::pair("peak_parameter_bytes", peakParameterBytes), std::pair("lower_bound_bytes", lowerBoundBytes)})
    if (bytes.value_or(0) < 0)
      return emitError() << "'" << field << "' is " << *bytes << ": there are no fewer than 0 bytes";
  bool isOfMemory = objective == Objective::Memory;
  if (isOfMemory && lowerBoundUs)
    return emitError()
           << "'lower_bound_us' bounds the slowest stage's time, but the objective is memory: give 'lower_bound_bytes'";
  if (!isOfMemory && lowerBoundBytes)
    return emitError() << "'lower_bound_bytes' bounds the largest stage's bytes, but the objective is latency: give "
                          "'lower_bound_us'";
  return mlir::success();
}

//===----------------------------------------------------------------------===//
// Where they may stand
//===----------------------------------------------------------------------===//

/// Returns whether an attribute is an integer from 0 that `bits` bits hold.
static bool isCount(mlir::Attribute attribute, unsigned bits) {
  auto number = llvm::dyn_cast<mlir::IntegerAttr>(attribute);
  return number && number.getValue().getBitWidth() <= 64 && !number.getValue().isNegative() && number.getValue().isIntN(bits);
}

namespace {
/// A name under which operations carry what belongs to RESPECT.
struct Name {
  llvm::StringLiteral name;
  bool (*takes)(mlir::Attribute);
  /// What it takes, after "not".
  llvm::StringLiteral wants;
  bool (*standsOn)(mlir::Operation *);
  llvm::StringLiteral place;
};
} // namespace

static bool isStage(mlir::Attribute attribute) {
  auto number = llvm::dyn_cast<mlir::IntegerAttr>(attribute);
  return llvm::isa<StageAttr>(attribute) ||
         (number && llvm::isa<mlir::IntegerType>(number.getType()) && isCount(attribute, 32));
}
template <typename... Kinds> static bool is(mlir::Attribute attribute) { return llvm::isa<Kinds...>(attribute); }
static bool isAnything(mlir::Operation *) { return true; }
static bool isFunction(mlir::Operation *operation) {
  return llvm::isa<mlir::FunctionOpInterface>(operation) || !operation->isRegistered();
}

static constexpr llvm::StringLiteral SCHEDULE = "a schedule: give #respect.schedule<stages = 2> or a dictionary";

static const Name NAMES[] = {
    {"respect.stage", isStage, "a stage: give an integer from 0, like 0 : i32", isAnything, ""},
    {"respect.schedule", is<ScheduleAttr, mlir::DictionaryAttr>, SCHEDULE, isFunction, "a function"},
    {"respect.pipeline", is<ScheduleAttr, mlir::DictionaryAttr>, SCHEDULE, isFunction, "a function"},
    {"respect.position", [](mlir::Attribute position) { return isCount(position, 63); },
     "a position: give an integer from 0, like 0 : i64", isAnything, ""},
    {"respect.pure", is<mlir::ArrayAttr>, "a list of names of operations: give [\"tfl.custom\"]", isFunction,
     "a function"},
    {"respect.constants", is<mlir::ArrayAttr>, "a list of names of operations: give [\"my.constant\"]",
     [](mlir::Operation *operation) { return isFunction(operation) || llvm::isa<mlir::ModuleOp>(operation); },
     "a function or a module"},
    {"respect.version", [](mlir::Attribute version) { return isCount(version, 31); },
     "a version: give an integer, like 1 : i32", isAnything, ""},
    {"respect.options", is<mlir::DictionaryAttr>, "a dictionary of options", isAnything, ""},
    {"respect.metadata", is<mlir::ArrayAttr>, "a list of pairs of strings",
     [](mlir::Operation *operation) { return llvm::isa<mlir::ModuleOp>(operation); }, "a module"},
    {"respect.macs", [](mlir::Attribute macs) { return isCount(macs, 63); },
     "a count: give an integer from 0, like 1000", isAnything, ""},
    {"respect.parameter_bytes", [](mlir::Attribute bytes) { return isCount(bytes, 63); },
     "a count: give an integer from 0, like 1000", isAnything, ""},
    {"respect.compute_us",
     [](mlir::Attribute us) {
       auto time = llvm::dyn_cast<mlir::FloatAttr>(us);
       return isCount(us, 63) || (time && time.getValue().isFinite() && !time.getValue().isNegative());
     },
     "a time in us: give a number from 0, like 12.5", isAnything, ""},
};

static const Name *find(llvm::StringRef name) {
  const Name *found = llvm::find_if(NAMES, [&](const Name &known) { return known.name == name; });
  return found == std::end(NAMES) ? nullptr : found;
}

llvm::LogicalResult RespectDialect::verifyOperationAttribute(mlir::Operation *operation,
                                                             mlir::NamedAttribute attribute) {
  const Name *name = find(attribute.getName());
  if (name && !name->standsOn(operation))
    return operation->emitError() << "'" << name->name << "' belongs on " << name->place
                                  << "; remove it from this operation";
  std::string reason;
  if (!checked(attribute.getName(), attribute.getValue(), reason))
    return operation->emitError() << reason;
  return mlir::success();
}

/// Returns the attribute that the text of an opaque one spells; null, with the reason, if it spells none.
static mlir::Attribute read(mlir::OpaqueAttr opaque, std::string &reason) {
  // The parser reports errors at places in this text. Other threads have errors of their own meanwhile.
  uint64_t thread = llvm::get_threadid();
  mlir::ScopedDiagnosticHandler handler(opaque.getContext(), [&](mlir::Diagnostic &diagnostic) {
    if (llvm::get_threadid() != thread)
      return mlir::failure();
    reason += (reason.empty() ? "" : "; ") + diagnostic.str();
    return mlir::success();
  });
  return mlir::parseAttribute(("#respect." + opaque.getAttrData()).str(), opaque.getContext());
}

mlir::Attribute respect::checked(llvm::StringRef name, mlir::Attribute value, std::string &reason) {
  llvm::raw_string_ostream why(reason);
  const Name *known = find(name);
  if (!known) {
    why << "'" << name << "' is no attribute of RESPECT, whose are ";
    llvm::interleaveComma(NAMES, why, [&](const Name &known) { why << known.name; });
    return nullptr;
  }
  auto opaque = llvm::dyn_cast<mlir::OpaqueAttr>(value);
  if (opaque && opaque.getDialectNamespace() == RespectDialect::getDialectNamespace()) {
    std::string wrong;
    value = read(opaque, wrong);
    if (!value) {
      why << "'" << name << "' is " << opaque << ": " << wrong;
      return nullptr;
    }
  }
  if (known->takes(value))
    return value;
  why << "'" << name << "' is " << value << ", not " << known->wants;
  return nullptr;
}
