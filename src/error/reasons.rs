//! [`JwksProblem`] and [`CallbackProblem`]: why an input is invalid.

/// An enum whose variants have a text each, `and` variants that hold what says it.
macro_rules! reasons {
    ($(
        $(#[$enum_doc:meta])*
        pub enum $Name:ident {$(
            $(#[$doc:meta])*
            $Variant:ident = $text:literal,
        )*}
        $(and {$(
            $(#[$held_doc:meta])*
            $Holds:ident($Held:ty),
        )*})?
    )*) => {$(
        $(#[$enum_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {
            $($(#[$doc])* $Variant,)*
            $($($(#[$held_doc])* $Holds($Held),)*)?
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$Variant => f.write_str($text),)*
                    $($(Self::$Holds(held) => std::fmt::Display::fmt(held, f),)*)?
                }
            }
        }
    )*};
}

mod answer;
mod input;
mod key;
mod url;
mod value;

pub use answer::{AnswerProblem, CallbackProblem};
pub use input::InputProblem;
pub use key::{JwkProblem, JwksProblem};
pub use url::UrlProblem;
pub use value::ValueProblem;
