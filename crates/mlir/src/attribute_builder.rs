//! A builder of attributes in one context.

use melior::Context;
use melior::ir::attribute::{DictionaryAttribute, IntegerAttribute};
use melior::ir::r#type::IntegerType;
use melior::ir::{Attribute, Identifier};

use super::native;

/// An attribute and its name.
pub(super) type NamedAttribute<'c> = (Identifier<'c>, Attribute<'c>);

/// A builder of attributes.
#[derive(Clone, Copy)]
pub(super) struct AttributeBuilder<'c> {
    /// The context that the attributes belong to.
    pub(super) context: &'c Context,
}

impl<'c> AttributeBuilder<'c> {
    /// Returns a builder of attributes of `context`.
    pub(super) fn new(context: &'c Context) -> AttributeBuilder<'c> {
        AttributeBuilder { context }
    }

    /// Returns an attribute under a name.
    pub(super) fn named(self, name: &str, attribute: impl Into<Attribute<'c>>) -> NamedAttribute<'c> {
        (Identifier::new(self.context, name), attribute.into())
    }

    /// Returns the dictionary attribute that holds `entries`.
    pub(super) fn dictionary(self, entries: &[NamedAttribute<'c>]) -> Attribute<'c> {
        DictionaryAttribute::new(self.context, entries).into()
    }

    /// Returns a string attribute.
    pub(super) fn text(self, text: &str) -> Attribute<'c> {
        native::string(self.context, text.as_bytes())
    }

    /// Returns an integer attribute of type `i32`.
    pub(super) fn i32(self, value: i32) -> Attribute<'c> {
        IntegerAttribute::new(IntegerType::new(self.context, 32).into(), value.into()).into()
    }
}
