//! A token taken apart and not yet believed: for routing, and for explaining.

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;

pub(crate) use crate::base64url::decode;
pub use crate::base64url::{LARGEST_TOKEN_BYTES, MAX_HEADER_BYTES, MAX_TOKEN_BYTES};
use crate::error::{Part, VerifyError};
use crate::json::{Fault, Members};

/// A compact JWT whose form was checked and whose signature was **not**. Anybody can write one.
///
/// Good for choosing a verifier and for telling a developer what is wrong with a token; never for
/// deciding anything about its bearer.
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
    /// Takes a token apart: at most [`MAX_TOKEN_BYTES`] long, three parts of canonical base64url,
    /// the header at most [`MAX_HEADER_BYTES`] long, header and payload one JSON object each, no
    /// member name twice.
    ///
    /// # Errors
    /// The [`VerifyError`] that a verifier would give.
    pub fn parse(token: &'a str) -> Result<Self, VerifyError> {
        Self::parse_within(token, MAX_TOKEN_BYTES)
    }

    /// [`parse`](Self::parse) with another bound, for tokens of a verifier with
    /// [`max_token_bytes`](crate::JwtVerifierBuilder::max_token_bytes). More than
    /// [`LARGEST_TOKEN_BYTES`] are never read.
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

    /// The header, in a type of the caller's.
    ///
    /// # Errors
    /// [`VerifyError::NotJsonObject`] when it does not fit the type.
    pub fn unverified_header<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        serde_json::from_slice(&self.header)
            .map_err(|_| VerifyError::NotJsonObject { part: Part::Header })
    }

    /// The claims, in a type of the caller's.
    ///
    /// # Errors
    /// [`VerifyError::NotJsonObject`] when they do not fit the type.
    pub fn unverified_claims<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        serde_json::from_slice(&self.payload)
            .map_err(|_| VerifyError::NotJsonObject { part: Part::Payload })
    }

    /// What the signature is over: header and payload as they stand in the token, and the dot.
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

// A token is a secret: only its form is shown.
impl fmt::Debug for UnverifiedJwt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedJwt").finish_non_exhaustive()
    }
}

/// The three parts of a compact JWS, still encoded.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) header: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) signature: &'a str,
    pub(crate) signing_input: &'a str,
}

impl<'a> Parts<'a> {
    /// Splits what a verifier of any setting has accepted.
    pub(crate) fn split(token: &'a str) -> Result<Self, VerifyError> {
        Self::split_within(token, LARGEST_TOKEN_BYTES)
    }

    /// Splits without decoding, so that rubbish of any size costs one scan at most.
    pub(crate) fn split_within(token: &'a str, limit: usize) -> Result<Self, VerifyError> {
        if token.len() > limit {
            return Err(VerifyError::TooLarge { limit });
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(VerifyError::NotThreeParts);
        };
        if header.len() > MAX_HEADER_BYTES {
            return Err(VerifyError::HeaderTooLarge { limit: MAX_HEADER_BYTES });
        }
        let signing_input = &token[..header.len() + 1 + payload.len()];
        Ok(Self { header, payload, signature, signing_input })
    }
}

/// Decodes a header. What stands before one is not base64url: the scheme of the field that the token
/// came in has an error of its own.
pub(crate) fn decode_header(header: &str) -> Result<Vec<u8>, VerifyError> {
    decode(header, Part::Header).map_err(|error| {
        let scheme = header.trim_start().split_once([' ', '\t']).map(|(scheme, _)| scheme);
        let is_bearer = scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"));
        if is_bearer { VerifyError::SchemeIncluded } else { error }
    })
}

pub(crate) fn members(json: &[u8], part: Part) -> Result<Members<'_>, VerifyError> {
    Members::parse(json).map_err(|fault| match fault {
        Fault::NotObject => VerifyError::NotJsonObject { part },
        Fault::Duplicate => VerifyError::DuplicateMember { part },
    })
}
