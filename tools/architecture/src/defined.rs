//! The names that an item defines in its module.

use proc_macro2::{TokenStream, TokenTree};
use syn::Item;

/// Returns the names that an item defines in its module.
pub fn defined(item: &Item) -> Vec<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Macro(item) => match &item.ident {
            Some(ident) => ident,
            None => return defined_in(item.mac.tokens.clone()),
        },
        _ => return Vec::new(),
    };
    vec![ident.to_string()]
}

/// Returns the names that follow keywords such as `struct` in a macro's input.
fn defined_in(tokens: TokenStream) -> Vec<String> {
    const WORDS: [&str; 7] = ["const", "enum", "fn", "static", "struct", "trait", "type"];
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let pairs = tokens.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)] if WORDS.iter().any(|known| word == known) => {
            Some(name.to_string())
        }
        _ => None,
    });
    pairs.collect()
}
