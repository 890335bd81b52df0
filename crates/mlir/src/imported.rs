//! The request and the result of an import.

use std::marker::PhantomData;

use melior::Context;
use melior::ir::Module;
use melior::ir::operation::{OperationLike, OperationPrintingFlags};
use melior::pass::PassManager;

/// The reason why a model can't be imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ImportError(pub(super) String);

/// The form in which a module holds the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// Resource blobs, which lie in the model's own memory.
    Kept,
    /// References to no blob, `dense_resource<__elided__>`: for reading and scheduling.
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
    /// Returns the module made from the model.
    pub fn module(&self) -> &Module<'_> {
        &self.module
    }

    /// Runs the passes of `manager`, which must be of [`Imported::context`], on the module.
    ///
    /// # Errors
    /// Returns an error if a pass fails; the pass has reported the reason to the context's diagnostic handler.
    pub fn run(&mut self, manager: &PassManager) -> Result<(), melior::Error> {
        manager.run(&mut self.module)
    }

    /// Returns the context of the module.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Returns the module as text in generic form, with locations, which hold the tensors' names.
    ///
    /// # Errors
    /// Returns an error if the text is not UTF-8.
    pub fn text(&self) -> Result<String, ImportError> {
        let flags =
            OperationPrintingFlags::new().enable_debug_info(true, false).print_generic_operation_form();
        let text = self.module.as_operation().to_string_with_flags(flags);
        text.map(|text| text + "\n").map_err(|error| ImportError(error.to_string()))
    }
}
