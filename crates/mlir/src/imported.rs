//! What an import is asked for and gives.

use std::marker::PhantomData;

use melior::Context;
use melior::ir::Module;
use melior::ir::operation::{OperationLike, OperationPrintingFlags};
use melior::pass::PassManager;

/// Why a model has no module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ImportError(pub(super) String);

/// Whether a module holds the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// As resource blobs, which lie in the model's own memory.
    Kept,
    /// As `dense_resource<__elided__>`: for reading and scheduling.
    Elided,
}

/// A module made from a model, in a context of its own, whose blobs lie in the model's memory.
pub struct Imported<'m> {
    // Dropped before the context. The lifetime is the context's; `module` gives it out as that of `self`.
    pub(super) module: Module<'static>,
    pub(super) context: Box<Context>,
    pub(super) model: PhantomData<&'m [u8]>,
}

impl Imported<'_> {
    /// The module.
    pub fn module(&self) -> &Module<'_> {
        &self.module
    }

    /// Runs passes, of a manager made in [`Imported::context`], on the module.
    ///
    /// # Errors
    /// A pass that failed; why, it has reported to the context's diagnostic handler.
    pub fn run(&mut self, manager: &PassManager) -> Result<(), melior::Error> {
        manager.run(&mut self.module)
    }

    /// Its context.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The module as text in generic form, with locations, which hold the tensors' names.
    ///
    /// # Errors
    /// Text that is not UTF-8.
    pub fn text(&self) -> Result<String, ImportError> {
        let flags =
            OperationPrintingFlags::new().enable_debug_info(true, false).print_generic_operation_form();
        let text = self.module.as_operation().to_string_with_flags(flags);
        text.map(|text| text + "\n").map_err(|error| ImportError(error.to_string()))
    }
}
