// The functions that MLIR's C interface lacks: the bytes of constants, properties as one attribute, warnings and remarks.

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Remarks.h"

extern "C" {

/// Returns the bytes of a `dense_resource` attribute, in place; false if it has none (a resource that the file
/// elides).
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

/// Returns the key of a `dense_resource` attribute: attributes with one key share one blob.
MlirStringRef respectResourceKey(MlirAttribute attribute) {
  auto resource = llvm::dyn_cast<mlir::DenseResourceElementsAttr>(unwrap(attribute));
  return resource ? wrap(resource.getRawHandle().getKey()) : MlirStringRef{nullptr, 0};
}

/// Returns an attribute of another type over the blob of `attribute`, which must be a resource.
MlirAttribute respectResourceWithType(MlirAttribute attribute, MlirType type) {
  auto resource = llvm::cast<mlir::DenseResourceElementsAttr>(unwrap(attribute));
  return wrap(mlir::DenseResourceElementsAttr::get(llvm::cast<mlir::ShapedType>(unwrap(type)), resource.getRawHandle()));
}

/// Returns the bytes of a `dense` attribute of numbers, in place: one element if `splat`, else all; false if it is no
/// such attribute.
bool respectDenseBytes(MlirAttribute attribute, const char **data, size_t *length, bool *splat) {
  auto dense = llvm::dyn_cast<mlir::DenseIntOrFPElementsAttr>(unwrap(attribute));
  if (!dense)
    return false;
  llvm::ArrayRef<char> bytes = dense.getRawData();
  *data = bytes.data();
  *length = bytes.size();
  *splat = dense.isSplat();
  return true;
}

/// Makes `properties` the inherent attributes of an operation that no dialect registers.
void respectSetProperties(MlirOperation operation, MlirAttribute properties) {
  (void)unwrap(operation)->setPropertiesFromAttribute(unwrap(properties), nullptr);
}

/// Reports a warning.
void respectWarning(MlirLocation location, MlirStringRef text) { mlir::emitWarning(unwrap(location)) << unwrap(text); }

/// Reports a remark: on what was done (`passed`), or on what was not done and why.
void respectRemark(MlirLocation location, bool passed, MlirStringRef name, MlirStringRef function,
                   MlirStringRef text) {
  auto options = mlir::remark::RemarkOpts::name(unwrap(name)).category("respect").function(unwrap(function));
  auto remark = passed ? mlir::remark::passed(unwrap(location), options)
                       : mlir::remark::missed(unwrap(location), options);
  remark << unwrap(text);
}
}
