// Rewrites that MLIR's C interface lacks: a call replaced by what it calls, and what such a rewrite has to know.

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/IR/SymbolTable.h"

extern "C" {

/// Returns the function that a `func.call` names, if its body is in the module; else null.
MlirOperation respectCalledFunction(MlirOperation operation) {
  auto call = llvm::dyn_cast<mlir::func::CallOp>(unwrap(operation));
  auto callee = call ? mlir::SymbolTable::lookupNearestSymbolFrom<mlir::func::FuncOp>(call, call.getCalleeAttr()) : nullptr;
  return wrap(callee && !callee.isDeclaration() ? callee.getOperation() : nullptr);
}

/// Puts a copy of the called function's body in the place of a `func.call`, and visits the operations of the copy's blocks but
/// for the returns. Splits the call's block if the body has several; returns whether it did.
bool respectInlineCall(MlirOperation operation, MlirOperation function, void (*visit)(MlirOperation, void *), void *data) {
  auto call = llvm::cast<mlir::func::CallOp>(unwrap(operation));
  auto callee = llvm::cast<mlir::func::FuncOp>(unwrap(function));
  mlir::Block *before = call->getBlock();
  mlir::IRMapping mapping;
  // The entry's arguments are mapped, so that its copy needs none.
  for (auto [argument, operand] : llvm::zip_equal(callee.getArguments(), call.getOperands()))
    mapping.map(argument, operand);
  mlir::Region copy;
  callee.getBody().cloneInto(&copy, mapping);
  // A block that does not return, but ends the program for instance, leaves what follows the call unreached.
  const bool splits = !copy.hasOneBlock() || !llvm::isa<mlir::func::ReturnOp>(copy.front().getTerminator());
  for (mlir::Block &block : copy)
    for (mlir::Operation &inner : block)
      if (!llvm::isa<mlir::func::ReturnOp>(inner))
        visit(wrap(&inner), data);
  if (!splits) {
    mlir::Operation *end = copy.front().getTerminator();
    call.replaceAllUsesWith(end->getOperands());
    end->erase();
    before->getOperations().splice(call->getIterator(), copy.front().getOperations());
    call.erase();
    return false;
  }
  mlir::Block *after = before->splitBlock(call->getIterator());
  for (mlir::OpResult result : call.getResults())
    result.replaceAllUsesWith(after->addArgument(result.getType(), call.getLoc()));
  mlir::OpBuilder builder(call.getContext());
  for (mlir::Block &block : copy) {
    auto end = llvm::dyn_cast<mlir::func::ReturnOp>(block.getTerminator());
    if (!end)
      continue;
    builder.setInsertionPoint(end);
    mlir::cf::BranchOp::create(builder, end.getLoc(), after, end.getOperands());
    end.erase();
  }
  before->getOperations().splice(before->end(), copy.front().getOperations());
  copy.front().erase();
  before->getParent()->getBlocks().splice(after->getIterator(), copy.getBlocks());
  call.erase();
  return true;
}

/// Visits the name at the root of every reference to a symbol in the attributes of an operation and of all operations in its
/// regions, whatever symbol table the reference is resolved in.
void respectSymbolReferences(MlirOperation operation, void (*visit)(MlirStringRef, void *), void *data) {
  unwrap(operation)->walk([&](mlir::Operation *op) {
    op->getAttrDictionary().walk(
        [&](mlir::SymbolRefAttr reference) { visit(wrap(reference.getRootReference().getValue()), data); });
  });
}

/// Returns whether two operations are the same but for their locations.
bool respectAreEquivalent(MlirOperation a, MlirOperation b) {
  return mlir::OperationEquivalence::isEquivalentTo(unwrap(a), unwrap(b), mlir::OperationEquivalence::IgnoreLocations);
}

/// Lets `b` stand for every use of `a`.
void respectReplaceUses(MlirOperation a, MlirOperation b) { unwrap(a)->replaceAllUsesWith(unwrap(b)); }
}
