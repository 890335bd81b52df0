// The side effects of operations, calls and views: interfaces of operations that MLIR's C interface lacks.

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

#include <cstdint>

namespace {

// The order is that of `effects/native.rs`.
enum class Kind : uint32_t { Read, Write, Allocate };

struct Effect {
  Kind kind;
  MlirStringRef resource;
  MlirValue value;
  MlirAttribute symbol;
};

/// The number of the trait for what regions do. The numbers of traits go by the names that the compiler gives them, and the
/// compiler of MLIR need not be ours: this is the name that Clang gives.
struct RecursiveByClang : mlir::detail::FallbackTypeIDResolver {
  static mlir::TypeID get() {
    static const mlir::TypeID id = registerImplicitTypeID("mlir::OpTrait::HasRecursiveMemoryEffects<Empty>");
    return id;
  }
};

bool isRecursive(mlir::Operation *op) {
  return op->hasTrait<mlir::OpTrait::HasRecursiveMemoryEffects>() || op->getName().hasTrait(RecursiveByClang::get());
}

} // namespace

extern "C" {

/// Visits the effects that an operation says it has itself; returns false if it says nothing. An operation whose effects
/// are those of its regions, and of no more, says that it has none itself.
bool respectEffects(MlirOperation operation, void (*visit)(const Effect *, void *), void *data) {
  mlir::Operation *op = unwrap(operation);
  auto interface = llvm::dyn_cast<mlir::MemoryEffectOpInterface>(op);
  if (!interface)
    return isRecursive(op);
  llvm::SmallVector<mlir::MemoryEffects::EffectInstance> effects;
  interface.getEffects(effects);
  for (const mlir::MemoryEffects::EffectInstance &found : effects) {
    // To free memory changes it.
    Kind kind = llvm::isa<mlir::MemoryEffects::Read>(found.getEffect())       ? Kind::Read
                : llvm::isa<mlir::MemoryEffects::Allocate>(found.getEffect()) ? Kind::Allocate
                                                                              : Kind::Write;
    Effect effect{kind, wrap(found.getResource()->getName()), wrap(found.getValue()),
                  wrap(mlir::Attribute(found.getSymbolRef()))};
    visit(&effect, data);
  }
  return true;
}

/// Returns whether what the operations in an operation's regions do counts as done by the operation.
bool respectHasRecursiveEffects(MlirOperation operation) {
  return isRecursive(unwrap(operation));
}

/// Returns whether an operation is a call, and visits the values that it passes as arguments.
bool respectIsCall(MlirOperation operation, void (*visit)(MlirValue, void *), void *data) {
  auto call = llvm::dyn_cast<mlir::CallOpInterface>(unwrap(operation));
  if (!call)
    return false;
  for (mlir::Value argument : call.getArgOperands())
    visit(wrap(argument), data);
  return true;
}

/// Returns the body of the function that a call names; null if there is none to be seen.
MlirRegion respectCalleeBody(MlirOperation operation) {
  auto call = llvm::cast<mlir::CallOpInterface>(unwrap(operation));
  auto callee = llvm::dyn_cast_or_null<mlir::CallableOpInterface>(call.resolveCallable());
  return wrap(callee ? callee.getCallableRegion() : nullptr);
}

/// Returns whether an operation may run at any time: its behaviour is defined for all operands, and it ends.
bool respectIsSpeculatable(MlirOperation operation) { return mlir::isSpeculatable(unwrap(operation)); }

/// Returns whether an operation is a function, whose arguments come from its callers.
bool respectIsFunction(MlirOperation operation) { return llvm::isa<mlir::FunctionOpInterface>(unwrap(operation)); }

/// Returns whether the attributes of an operation itself refer to symbols.
bool respectNamesSymbols(MlirOperation operation) {
  bool found = false;
  unwrap(operation)->getAttrDictionary().walk([&](mlir::SymbolRefAttr) { found = true; });
  return found;
}

/// Returns the memory of which a value is a view; null if it is no view.
MlirValue respectViewSource(MlirValue value) {
  auto result = llvm::dyn_cast<mlir::OpResult>(unwrap(value));
  auto view = result ? llvm::dyn_cast<mlir::ViewLikeOpInterface>(result.getOwner()) : nullptr;
  return wrap(view && view.getViewDest() == unwrap(value) ? view.getViewSource() : mlir::Value());
}
}
