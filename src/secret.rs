//! Tokens and secrets: redacted in `Debug`, wiped on drop, compared in constant time.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

macro_rules! secret {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text unchanged. It is checked when it is used.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The secret text. Search for calls of this method to find where a secret could leak.
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

        // The length is not hidden: that of each kind of secret here is public.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
            }
        }

        impl Eq for $name {}

        impl Drop for $name {
            fn drop(&mut self) {
                wipe(&mut std::mem::take(&mut self.0).into_bytes());
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                text(deserializer).map(Self)
            }
        }
    )*};
}

secret! {
    /// An access token: a browser or an app presents it to services, and to Cognito.
    ///
    /// ```
    /// use cognito_auth::AccessToken;
    ///
    /// let token = AccessToken::new("eyJraWQi…");
    /// assert_eq!(format!("{token:?}"), "AccessToken([redacted])");
    /// assert_eq!(token.expose(), "eyJraWQi…");
    /// ```
    AccessToken

    /// An ID token: it tells the app that asked for it who signed in. It is not for calling services.
    IdToken

    /// A refresh token: opaque (Cognito's is an encrypted JWE), exchanged for new tokens until it expires
    /// or is revoked.
    RefreshToken

    /// The secret of a confidential app client.
    ClientSecret

    /// A PKCE code verifier ([RFC 7636 §4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)).
    CodeVerifier
}

#[cfg(feature = "direct")]
secret! {
    /// A user's password.
    ///
    /// ```
    /// use cognito_auth::direct::Password;
    ///
    /// let password: Password = serde_json::from_str(r#""correct horse""#)?;
    /// assert_eq!(format!("{password:?}"), "Password([redacted])");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Password

    /// A code that a user types: from an e-mail or a text message, or of an authenticator app.
    OneTimeCode

    /// The key that an authenticator app and Cognito share, in base32 (`SecretCode`).
    TotpSecret

    /// The password of a remembered device, which this crate makes when the device is registered.
    DevicePassword

    /// Cognito's `Session` of a challenge: who has it can go on with the sign-in, for 3 to 15 minutes.
    ChallengeSession
}

/// Octets that are wiped on drop.
#[cfg(feature = "sessions")]
pub(crate) struct SecretOctets(Vec<u8>);

#[cfg(feature = "sessions")]
impl From<Vec<u8>> for SecretOctets {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets)
    }
}

#[cfg(feature = "sessions")]
impl std::ops::Deref for SecretOctets {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

#[cfg(feature = "sessions")]
impl std::ops::DerefMut for SecretOctets {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

#[cfg(feature = "sessions")]
impl Drop for SecretOctets {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Wipes the whole allocation. As slices: `Vec` and `String` are wiped octet by octet, which for the tokens
/// of a session takes longer than to decrypt them.
fn wipe(octets: &mut Vec<u8>) {
    octets.spare_capacity_mut().zeroize();
    octets.as_mut_slice().zeroize();
}

/// For [`JwtVerifier::verify_access`](crate::JwtVerifier::verify_access).
impl AsRef<str> for AccessToken {
    fn as_ref(&self) -> &str {
        self.expose()
    }
}

/// For [`JwtVerifier::verify_id`](crate::JwtVerifier::verify_id).
impl AsRef<str> for IdToken {
    fn as_ref(&self) -> &str {
        self.expose()
    }
}

/// Reads a string. For any other value the error does not contain the value, as serde's would: a secret
/// that is written without quotes can be a number, or `true`.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    // Not every binary format supports `deserialize_any`. Those that do, such as MessagePack, call the
    // visitor for other types here as well.
    if !deserializer.is_human_readable() {
        return deserializer.deserialize_string(SecretText);
    }
    deserializer.deserialize_any(SecretText)
}

struct SecretText;

fn no_text<E: Error>() -> E {
    E::custom("a secret must be a string: put it in quotes")
}

impl Visitor<'_> for SecretText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<String, E> {
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| no_text())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<String, E> {
        Err(no_text())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<String, E> {
        Err(no_text())
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<String, E> {
        Err(no_text())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<String, E> {
        Err(no_text())
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<String, E> {
        Err(no_text())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<String, E> {
        Err(no_text())
    }
}

#[cfg(test)]
mod tests;
