//! [`verify_errors!`]: generates [`VerifyError`](super::VerifyError) and its methods from one list.

use crate::error::Part;

/// The kind of response to an error ([RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusedAs {
    /// 401: the token is refused.
    InvalidToken,
    /// 403: the token is valid, but not sufficient.
    InsufficientScope,
    /// 401: the token is valid, but the user has to sign in again or by stronger means
    /// ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).
    InsufficientAuthentication,
    /// 503: the token could not be checked.
    Unavailable,
}

/// Among the words of a variant that has one for each part, the one for this part. JSON is read in the
/// header and in the payload: an error about JSON has two words.
pub(super) fn word_of(words: &[&'static str], part: Part) -> &'static str {
    let place = (part as usize).min(words.len().saturating_sub(1));
    words.get(place).copied().unwrap_or_default()
}

/// An entry is a variant of `VerifyError`:
///
/// ```text
/// /// Its documentation.
/// Name { field: Type } = "code", "the text of Display", "what to check, for the log and for explain";
/// Name { time: Duration } = "code", "text with {}" seconds(time), "what to check";
/// Name { part: Part } = "a code" | "for each" | "part" of part, "text", "what to check";
/// ```
///
/// It stands in a group, which decides the answer (`RefusedAs`) and whether the token is genuine.
macro_rules! verify_errors {
    (
        $(#[$enum_doc:meta])*
        pub enum $VerifyError:ident;
        $($refused_as:ident, genuine: $genuine:literal {$(
            $(#[$doc:meta])*
            $Name:ident
            $({ $($(#[$field_doc:meta])* $field:ident: $Field:ty,)* })?
            $(($Inner:ty))?
            = $($code:literal)|+ $(of $part:ident)?, $text:tt $(seconds($($time:ident),+))?, $remedy:literal;
        )*})*
    ) => {
        $(#[$enum_doc])*
        #[derive(Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum $VerifyError {$($(
            $(#[$doc])*
            #[error($text $($(, .$time.as_secs())+)?)]
            $Name $({ $($(#[$field_doc])* $field: $Field,)* })? $(($Inner))?,
        )*)*}

        impl $VerifyError {
            /// Every word that [`code`](Self::code) can return.
            pub const CODES: &'static [&'static str] = &[$($($($code,)+)*)*];

            /// A stable word for logs and metrics.
            pub fn code(&self) -> &'static str {
                match self {
                    $($(verify_errors!(@pattern $Name $($part)?) =>
                        verify_errors!(@word [$($code),+] $($part)?),)*)*
                }
            }

            /// What to check or to change: a fixed sentence that begins with the claim or the part of the
            /// request. For the log and for developers; do not send it to clients.
            pub fn remedy(&self) -> &'static str {
                match self {
                    $($(Self::$Name { .. } => $remedy,)*)*
                }
            }

            /// What the refusal is answered with. A variant can only be declared below one of the
            /// answers.
            pub(crate) fn refused_as(&self) -> RefusedAs {
                match self {
                    $($(Self::$Name { .. })|* => RefusedAs::$refused_as,)*
                }
            }

            /// Whether the token is genuine in spite of the refusal: signature, issuer, client and times
            /// were checked, and a later check refused it. Its user can be signed out with it, as
            /// [`AuthEndpoints`](crate::AuthEndpoints) does; **never authorize a request with it**.
            ///
            /// A [`TokenVerifier`](crate::TokenVerifier) of your own may return such an error only after
            /// it has checked signature, issuer, client and times.
            pub fn is_genuine(&self) -> bool {
                match self {
                    $($(Self::$Name { .. })|* => $genuine,)*
                }
            }

            /// One error for each of the [`CODES`](Self::CODES), in their order: to test what an
            /// application answers to each.
            #[cfg(any(test, feature = "testing"))]
            #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
            pub fn one_of_each_code() -> Vec<Self> {
                use self::sample::{PARTS, Sample as _};

                let mut errors = Vec::new();
                $($(for (_, part) in [$($code),+].into_iter().zip(PARTS) {
                    let _ = part;
                    errors.push(Self::$Name
                        $({ $($field: <$Field>::sample(part),)* })?
                        $((<$Inner>::sample(part)))?);
                })*)*
                errors
            }
        }
    };
    (@pattern $Name:ident) => { Self::$Name { .. } };
    (@pattern $Name:ident $part:ident) => { Self::$Name { $part } };
    (@word [$code:literal]) => { $code };
    (@word [$($code:literal),+] $part:ident) => { word_of(&[$($code),+], *$part) };
}

pub(super) use verify_errors;
