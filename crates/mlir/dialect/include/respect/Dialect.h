//===- Dialect.h - The dialect `respect` ----------------------------------===//
//
// Generated from Respect.td, which describes the attributes.
//
//===----------------------------------------------------------------------===//

#ifndef RESPECT_DIALECT_H
#define RESPECT_DIALECT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"

#include <cstdint>
#include <optional>
#include <string>

// Shown by a library of which nothing else is: its users need these names, and the identities of the attributes.
#pragma GCC visibility push(default)

#include "respect/Dialect.h.inc"
#include "respect/Enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "respect/Attributes.h.inc"

namespace respect {

/// Returns the attribute that an operation carries under a name such as `respect.stage`. An opaque one is read again:
/// hosts that read their module before they know the dialect keep text alone. Null, with the reason, if the name does
/// not take it.
mlir::Attribute checked(llvm::StringRef name, mlir::Attribute value, std::string &reason);

} // namespace respect

#pragma GCC visibility pop

#endif // RESPECT_DIALECT_H
