//! The three parts of a compact JWS, and how long they may be.

use crate::error::{Part, VerifyError};
use crate::json::{JsonError, Members};

/// The longest token that is accepted by default, in bytes: 16 KiB, a common limit for the size of
/// request headers. Cognito's tokens have about 1 KiB; many groups or custom claims make them longer.
pub const DEFAULT_MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The largest limit that can be set with
/// [`max_token_bytes`](crate::JwtVerifierBuilder::max_token_bytes), in bytes: 64 KiB.
pub const LARGEST_TOKEN_BYTES: usize = 64 * 1024;

/// The longest JWT header that is accepted, in bytes of base64url: 2 KiB. Cognito's have about 90; the
/// longest key id takes 350. A longer header contains certificates or other members that are refused
/// anyway, and takes more time to read than a signature takes to check.
pub const MAX_HEADER_BYTES: usize = 2 * 1024;

/// The three parts of a compact JWS, still encoded.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) header: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) signature: &'a str,
    pub(crate) signing_input: &'a str,
}

impl<'a> Parts<'a> {
    /// Splits a token that a verifier with any limit may have accepted.
    pub(crate) fn split(token: &'a str) -> Result<Self, VerifyError> {
        Self::split_within(token, LARGEST_TOKEN_BYTES)
    }

    /// Splits without decoding: text that is not a token costs one scan at most, whatever its size.
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

pub(crate) fn members(json: &[u8], part: Part) -> Result<Members<'_>, VerifyError> {
    Members::parse(json).map_err(|error| match error {
        JsonError::NotObject => VerifyError::NotJsonObject { part },
        JsonError::Duplicate => VerifyError::DuplicateMember { part },
    })
}
