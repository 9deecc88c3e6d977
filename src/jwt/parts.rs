//! The three parts of a compact JWS, and how long they may be.

use crate::error::{Part, VerifyError};
use crate::json::{JsonError, Members};

/// The longest token that is looked at by default, in bytes: the most that fits a common header limit
/// of 16 KiB. Cognito's tokens are about 1 KiB; many groups or custom claims make them larger.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The most that a verifier can be set to look at, in bytes:
/// [`max_token_bytes`](crate::JwtVerifierBuilder::max_token_bytes).
pub const LARGEST_TOKEN_BYTES: usize = 64 * 1024;

/// The longest header that is looked at, in bytes of base64url. Cognito's have about 90; the longest
/// key id there can be takes 350. What is longer brings certificates or other things that are
/// refused anyway, and would cost more to read than a signature costs to check.
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

pub(crate) fn members(json: &[u8], part: Part) -> Result<Members<'_>, VerifyError> {
    Members::parse(json).map_err(|error| match error {
        JsonError::NotObject => VerifyError::NotJsonObject { part },
        JsonError::Duplicate => VerifyError::DuplicateMember { part },
    })
}
