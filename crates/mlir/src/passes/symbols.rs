//! The symbols of a module.

use melior::ir::operation::OperationLike;
use melior::ir::{Attribute, Operation, OperationRef};
use mlir_sys::{
    MlirSymbolTable, mlirFlatSymbolRefAttrGet, mlirStringAttrGetValue, mlirSymbolTableCreate,
    mlirSymbolTableDestroy, mlirSymbolTableInsert,
};

/// The table of a module's symbols, of whatever kind.
pub struct Symbols(MlirSymbolTable);

impl Symbols {
    /// Returns the table of a module. Other symbols must not be added or renamed while the table is used.
    pub fn of(module: OperationRef) -> Symbols {
        // SAFETY: a module is a symbol table.
        Symbols(unsafe { mlirSymbolTableCreate(module.to_raw()) })
    }

    /// Puts a symbol at the end of the module, under another name if something has its name, and returns a reference to it.
    pub fn insert<'c>(&self, symbol: Operation<'c>) -> Attribute<'c> {
        // SAFETY: the module owns the symbol from here on; the name lives in the context.
        unsafe {
            let context = mlir_sys::mlirOperationGetContext(symbol.to_raw());
            let name = mlirSymbolTableInsert(self.0, symbol.into_raw());
            Attribute::from_raw(mlirFlatSymbolRefAttrGet(context, mlirStringAttrGetValue(name)))
        }
    }
}

impl Drop for Symbols {
    fn drop(&mut self) {
        // SAFETY: made by `of`, and dropped once.
        unsafe { mlirSymbolTableDestroy(self.0) };
    }
}
