// What MLIR's C interface lacks: the bytes of resource blobs, and remarks.

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Remarks.h"

extern "C" {

/// The bytes of a `dense_resource` attribute, in place; false if it has none (a resource that the file elides).
bool respectResourceBytes(MlirAttribute attribute, const char **data, size_t *length) {
  auto resource = llvm::dyn_cast<mlir::DenseResourceElementsAttr>(unwrap(attribute));
  if (!resource)
    return false;
  mlir::AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  if (!blob)
    return false;
  llvm::ArrayRef<char> bytes = blob->getData();
  *data = bytes.data();
  *length = bytes.size();
  return true;
}

/// The key of a `dense_resource` attribute: attributes of one key share one blob.
MlirStringRef respectResourceKey(MlirAttribute attribute) {
  auto resource = llvm::dyn_cast<mlir::DenseResourceElementsAttr>(unwrap(attribute));
  return resource ? wrap(resource.getRawHandle().getKey()) : MlirStringRef{nullptr, 0};
}

/// Reports a remark: what was done (`passed`) or what was not and why.
void respectRemark(MlirLocation location, bool passed, MlirStringRef name, MlirStringRef function,
                   MlirStringRef text) {
  auto options = mlir::remark::RemarkOpts::name(unwrap(name)).category("respect").function(unwrap(function));
  auto remark = passed ? mlir::remark::passed(unwrap(location), options)
                       : mlir::remark::missed(unwrap(location), options);
  remark << unwrap(text);
}
}
