//! Complaints about functions that are no models.

use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;

use super::context::place;

/// A complaint: the reason why a function or a module is no model.
pub struct Complaint<'m> {
    /// The operation at fault.
    pub operation: OperationRef<'m, 'm>,
    /// What is wrong with the operation, and what to do about it; reads on from the operation's name.
    pub message: String,
}

impl std::fmt::Display for Complaint<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.operation.name();
        let name = name.as_string_ref().as_str().unwrap_or("operation").to_string();
        write!(f, "{}: '{name}' {}", place(self.operation.location()), self.message)
    }
}

impl std::fmt::Debug for Complaint<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Complaint<'_> {}
