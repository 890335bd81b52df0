// What MLIR's C interface does not tell of an operation: whether it is a constant, what it calls, and which loops it
// stands for.

#include "mlir/CAPI/IR.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace {

/// The loops that one operation stands for. Sizes are saturated; 0 channels are not known.
struct Loops {
  /// The points that all loops visit, the points that make a result of their own, and multiplications at each point.
  uint64_t points, results, multiplications;
  uint64_t channels;
  /// True if each output channel has inputs of its own.
  bool perChannel;
};

enum class Known : uint32_t { NoLoops, UnknownSizes, KnownSizes };

uint64_t product(llvm::ArrayRef<int64_t> ranges, llvm::ArrayRef<unsigned> loops) {
  uint64_t product = 1;
  for (unsigned loop : loops)
    product = llvm::SaturatingMultiply<uint64_t>(product, ranges[loop]);
  return product;
}

/// Returns the number of multiplications in a body, without those that compute indices.
uint64_t multiplications(mlir::Region &body) {
  uint64_t count = 0;
  body.walk([&](mlir::Operation *operation) {
    bool multiplies = llvm::StringSwitch<bool>(operation->getName().getStringRef())
                          .Cases({"arith.mulf", "arith.muli", "complex.mul", "math.fma"}, true)
                          .Default(false);
    count += multiplies && !operation->getResult(0).getType().isIndex();
  });
  return count;
}

/// Counts the loops of `ranges`, of which those of `parallel` make a result of their own; false if a size is unknown.
bool count(llvm::ArrayRef<int64_t> ranges, llvm::ArrayRef<unsigned> parallel, Loops &loops) {
  if (llvm::any_of(ranges, [](int64_t range) { return range < 0; }))
    return false;
  loops.points = product(ranges, llvm::to_vector(llvm::seq<unsigned>(0, ranges.size())));
  loops.results = product(ranges, parallel);
  return true;
}

Known ofLinalg(mlir::linalg::LinalgOp operation, Loops &loops) {
  llvm::SmallVector<int64_t> ranges(operation.getStaticLoopRanges());
  llvm::SmallVector<unsigned> parallel;
  operation.getParallelDims(parallel);
  if (ranges.size() != operation.getNumLoops() || !count(ranges, parallel, loops))
    return Known::UnknownSizes;
  // A multiplication without a sum, as in a product of two tensors, is none of the array's work.
  bool sums = operation.getNumReductionLoops() > 0;
  loops.multiplications = sums ? multiplications(operation->getRegion(0)) : 0;
  if (auto dims = mlir::linalg::inferConvolutionDims(operation); succeeded(dims)) {
    loops.channels = llvm::SaturatingMultiply(product(ranges, dims->outputChannel), product(ranges, dims->depth));
    loops.perChannel = dims->inputChannel.empty() && !dims->depth.empty();
  } else if (auto dims = mlir::linalg::inferContractionDims(operation); succeeded(dims)) {
    loops.channels = product(ranges, dims->n.empty() ? dims->m : dims->n);
  }
  return Known::KnownSizes;
}

Known ofContraction(mlir::vector::ContractionOp operation, Loops &loops) {
  llvm::SmallVector<int64_t> ranges;
  operation.getIterationBounds(ranges);
  llvm::SmallVector<unsigned> parallel;
  for (auto [loop, kind] : llvm::enumerate(operation.getIteratorTypesArray()))
    if (kind == mlir::vector::IteratorType::parallel)
      parallel.push_back(loop);
  loops.multiplications = 1;
  return count(ranges, parallel, loops) ? Known::KnownSizes : Known::UnknownSizes;
}

} // namespace

extern "C" {

/// Returns the value of an operation that has the trait ConstantLike; null for any other operation.
MlirAttribute respectConstantValue(MlirOperation operation) {
  mlir::Operation *constant = unwrap(operation);
  if (constant->getNumOperands() != 0 || constant->getNumResults() != 1)
    return wrap(mlir::Attribute());
  // MLIR itself must look for the trait: the number of a trait depends on the compiler that a library was built with.
  return wrap(llvm::dyn_cast_if_present<mlir::Attribute>(mlir::getAsOpFoldResult(constant->getResult(0))));
}

/// Hands on each function that an attribute of an operation names, as a call does.
void respectCallees(MlirOperation operation, void (*found)(MlirOperation callee, void *list), void *list) {
  mlir::Operation *caller = unwrap(operation);
  caller->getAttrDictionary().walk<mlir::WalkOrder::PreOrder>([&](mlir::Attribute attribute) {
    auto name = llvm::dyn_cast<mlir::SymbolRefAttr>(attribute);
    if (!name)
      return mlir::WalkResult::advance();
    mlir::Operation *callee = mlir::SymbolTable::lookupNearestSymbolFrom(caller, name);
    if (llvm::isa_and_nonnull<mlir::FunctionOpInterface>(callee))
      found(wrap(callee), list);
    return mlir::WalkResult::skip();
  });
}

/// Returns how often an operation runs its regions: 1, unless it is a loop whose bounds say more.
uint64_t respectTripCount(MlirOperation operation) {
  auto loop = llvm::dyn_cast<mlir::LoopLikeOpInterface>(unwrap(operation));
  if (!loop)
    return 1;
  std::optional<llvm::APInt> count = loop.getStaticTripCount();
  return count ? count->getLimitedValue() : 1;
}

/// Writes the loops that an operation stands for, and says what is known of them.
Known respectLoops(MlirOperation operation, Loops *loops) {
  *loops = Loops{};
  if (auto structured = llvm::dyn_cast<mlir::linalg::LinalgOp>(unwrap(operation)))
    return ofLinalg(structured, *loops);
  if (auto contraction = llvm::dyn_cast<mlir::vector::ContractionOp>(unwrap(operation)))
    return ofContraction(contraction, *loops);
  return Known::NoLoops;
}
}
