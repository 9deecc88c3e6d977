//! A token that is parsed and **not** verified: to choose a verifier by, and to explain a refusal.

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;

use super::base64url::decode;
use super::header::decode_header;
pub use super::parts::{DEFAULT_MAX_TOKEN_BYTES, LARGEST_TOKEN_BYTES, MAX_HEADER_BYTES};
use super::parts::{Parts, members};
use crate::error::{Part, VerifyError};
use crate::json::Members;

/// A compact JWT whose form was checked, and whose signature was **not**: its content can be made up.
///
/// Use it to choose a verifier, or to tell a developer what is wrong with a token. Never decide by it
/// what its bearer may do.
///
/// ```
/// use cognito_auth::unverified::UnverifiedJwt;
///
/// // {"alg":"none"} . {"iss":"https://example.com","sub":"mallory"} . (empty)
/// let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2V4YW1wbGUuY29tIiwic3ViIjoibWFsbG9yeSJ9.";
/// let jwt = UnverifiedJwt::parse(token)?;
/// assert_eq!(jwt.unverified_algorithm().as_deref(), Some("none"));
/// assert_eq!(jwt.unverified_issuer().as_deref(), Some("https://example.com"));
/// # Ok::<(), cognito_auth::VerifyError>(())
/// ```
pub struct UnverifiedJwt<'a> {
    parts: Parts<'a>,
    header: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> UnverifiedJwt<'a> {
    /// Parses a token: at most [`DEFAULT_MAX_TOKEN_BYTES`] long, three parts of canonical base64url,
    /// the header at most [`MAX_HEADER_BYTES`] long, header and payload one JSON object each, no
    /// member name twice.
    ///
    /// # Errors
    /// The [`VerifyError`] that a verifier would give.
    pub fn parse(token: &'a str) -> Result<Self, VerifyError> {
        Self::parse_within(token, DEFAULT_MAX_TOKEN_BYTES)
    }

    /// As [`parse`](Self::parse), with another limit: that of a verifier with
    /// [`max_token_bytes`](crate::JwtVerifierBuilder::max_token_bytes). A limit above
    /// [`LARGEST_TOKEN_BYTES`] is lowered to it.
    ///
    /// # Errors
    /// The [`VerifyError`] that such a verifier would give.
    pub fn parse_within(token: &'a str, max_token_bytes: usize) -> Result<Self, VerifyError> {
        let parts = Parts::split_within(token, max_token_bytes.min(LARGEST_TOKEN_BYTES))?;
        let header = decode_header(parts.header)?;
        members(&header, Part::Header)?;
        let payload = decode(parts.payload, Part::Payload)?;
        members(&payload, Part::Payload)?;
        let signature = decode(parts.signature, Part::Signature)?;
        Ok(Self { parts, header, payload, signature })
    }

    /// `alg`, as the token claims it.
    pub fn unverified_algorithm(&self) -> Option<String> {
        self.text(&self.header, "alg")
    }

    /// `kid`, as the token claims it.
    pub fn unverified_key_id(&self) -> Option<String> {
        self.text(&self.header, "kid")
    }

    /// `iss`, as the token claims it.
    pub fn unverified_issuer(&self) -> Option<String> {
        self.text(&self.payload, "iss")
    }

    /// The scopes, as the token claims them.
    pub fn unverified_scopes(&self) -> Vec<String> {
        let scope = self.text(&self.payload, "scope").unwrap_or_default();
        scope.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
    }

    /// The header, in a type of your own.
    ///
    /// # Errors
    /// [`VerifyError::NotJsonObject`] when it does not fit the type.
    pub fn unverified_header<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        serde_json::from_slice(&self.header)
            .map_err(|_| VerifyError::NotJsonObject { part: Part::Header })
    }

    /// The claims, in a type of your own.
    ///
    /// # Errors
    /// [`VerifyError::NotJsonObject`] when they do not fit the type.
    pub fn unverified_claims<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        serde_json::from_slice(&self.payload)
            .map_err(|_| VerifyError::NotJsonObject { part: Part::Payload })
    }

    /// The text that is signed: header and payload as they are encoded in the token, with the dot
    /// between them.
    pub fn signing_input(&self) -> &'a str {
        self.parts.signing_input
    }

    /// The signature, decoded.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    fn text(&self, json: &[u8], name: &str) -> Option<String> {
        Members::parse(json).ok()?.text(name).ok()?.map(Cow::into_owned)
    }
}

// A token is a secret: none of it is shown.
impl fmt::Debug for UnverifiedJwt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedJwt").finish_non_exhaustive()
    }
}
