//! Tokens and secrets: redacted in `Debug`, wiped on drop, compared in constant time.

use std::fmt;

use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

macro_rules! secret {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; whether it is any good is found out where it is used.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself. Every use of this method is a place where the secret can leak.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }

        // The length is not hidden: it is public knowledge for every kind of secret here.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
            }
        }

        impl Eq for $name {}

        impl Drop for $name {
            fn drop(&mut self) {
                self.0.zeroize();
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self)
            }
        }
    )*};
}

secret! {
    /// An access token: what a browser or an app presents to a service, and to Cognito.
    ///
    /// ```
    /// use cognito_auth::AccessToken;
    ///
    /// let token = AccessToken::new("eyJraWQi…");
    /// assert_eq!(format!("{token:?}"), "AccessToken([redacted])");
    /// assert_eq!(token.expose(), "eyJraWQi…");
    /// ```
    AccessToken

    /// An ID token: who signed in, told to the app that asked. Not for calling services with.
    IdToken

    /// A refresh token: opaque (Cognito's is an encrypted JWE), good for new tokens until it is revoked.
    RefreshToken

    /// The secret of a confidential app client.
    ClientSecret

    /// A PKCE code verifier ([RFC 7636 §4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)).
    CodeVerifier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", (AccessToken::new("hush"), ClientSecret::new("hush")));
        assert_eq!(shown, "(AccessToken([redacted]), ClientSecret([redacted]))");
    }

    #[test]
    fn equality_is_by_the_whole_text() {
        assert_eq!(IdToken::new("a"), IdToken::new("a"));
        assert_ne!(IdToken::new("a"), IdToken::new("b"));
        assert_ne!(IdToken::new("a"), IdToken::new("aa"));
    }
}
