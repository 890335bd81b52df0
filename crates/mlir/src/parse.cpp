// The reading of modules: files of several operations and bytecode, which MLIR's C interface does not take.

#include "mlir/Parser/Parser.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/IR/BuiltinOps.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

#include <cstring>
#include <memory>

extern "C" {

/// Returns the module in a file that holds `source`; null after diagnostics if there is none. Operations beside each other
/// are put into a module, as every tool of MLIR does.
MlirOperation respectParseModule(MlirContext context, MlirStringRef source, MlirStringRef file) {
  // The aligned parts of bytecode are aligned from its beginning on; a mapped file, as other tools read it, begins at a page.
  auto buffer =
      llvm::WritableMemoryBuffer::getNewUninitMemBuffer(source.length, unwrap(file), llvm::Align::Constant<4096>());
  if (!buffer)
    return MlirOperation{nullptr};
  if (source.length > 0)
    std::memcpy(buffer->getBufferStart(), source.data, source.length);
  // Shared, so that constants of bytecode may stay where they are.
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(sources, mlir::ParserConfig(unwrap(context)));
  return wrap(module.release().getOperation());
}
}
