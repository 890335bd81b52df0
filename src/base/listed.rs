//! Closed lists of named choices, such as schedulers and objectives.
//!
//! [`listed!`] declares in one place the enum, each choice's name in files and on command lines, and the line of help
//! for it; everything that offers a choice to people reads them through [`Listed`].

use std::fmt;

/// A closed list of named choices.
pub trait Listed: Copy + PartialEq + fmt::Display + Send + Sync + 'static {
    /// The word for a choice in messages, such as "objective".
    const WHAT: &'static str;
    /// The choices, in the order in which they are shown.
    const ALL: &'static [Self];

    /// Returns the choice's name in files and on command lines, in kebab case.
    fn name(self) -> &'static str;

    /// Returns one line of help about the choice, without a period.
    fn help(self) -> &'static str;

    /// Returns the choice that is called `name`.
    ///
    /// # Errors
    /// Returns [`UnknownName`] if no choice has that name.
    fn named(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.iter().copied().find(|choice| choice.name() == name);
        found.ok_or_else(|| UnknownName {
            what: Self::WHAT,
            name: name.into(),
            known: Self::ALL.iter().map(|choice| choice.name()).collect(),
        })
    }
}

/// The error of a name that is not on a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} '{name}': use {}", .known.join(", "))]
pub struct UnknownName {
    /// The word for a choice, as [`Listed::WHAT`] gives it.
    pub what: &'static str,
    /// The name that is not on the list.
    pub name: String,
    /// The names that are on the list.
    pub known: Vec<&'static str>,
}

/// Declares an enum that is [`Listed`]: `Variant = "name", "help";` for each choice.
///
/// The enum also gets `Display`, `Serialize` and `Deserialize`, all of which use the choice's name.
#[macro_export]
macro_rules! listed {
    (
        $(#[$meta:meta])*
        pub enum $list:ident: $what:literal {
            $($(#[$choice_meta:meta])* $choice:ident = $name:literal, $help:literal;)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $list {
            $($(#[$choice_meta])* #[doc = concat!($help, ".")] $choice,)+
        }

        impl $crate::base::listed::Listed for $list {
            const WHAT: &'static str = $what;
            const ALL: &'static [$list] = &[$($(#[$choice_meta])* $list::$choice,)+];

            fn name(self) -> &'static str {
                match self {
                    $($(#[$choice_meta])* $list::$choice => $name,)+
                }
            }

            fn help(self) -> &'static str {
                match self {
                    $($(#[$choice_meta])* $list::$choice => $help,)+
                }
            }
        }

        impl std::fmt::Display for $list {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad($crate::base::listed::Listed::name(*self))
            }
        }

        impl serde::Serialize for $list {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::base::listed::Listed::name(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $list {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$list, D::Error> {
                let name = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                $crate::base::listed::Listed::named(&name).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub use listed;

#[cfg(test)]
mod tests {
    use super::*;

    listed! {
        /// A list of two choices.
        pub enum Size: "size" {
            Small = "small", "Fits";
            VeryLarge = "very-large", "Does not";
        }
    }

    #[test]
    fn names_go_both_ways() {
        for &size in Size::ALL {
            assert_eq!(Size::named(size.name()), Ok(size));
            let json = serde_json::to_string(&size).unwrap();
            assert_eq!(json, format!("\"{size}\""));
            assert_eq!(serde_json::from_str::<Size>(&json).unwrap(), size);
        }
        assert_eq!(Size::VeryLarge.help(), "Does not");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_list() {
        let error = Size::named("huge").unwrap_err();
        assert_eq!(error.to_string(), "unknown size 'huge': use small, very-large");
        assert!(serde_json::from_str::<Size>("\"huge\"").is_err());
    }
}
