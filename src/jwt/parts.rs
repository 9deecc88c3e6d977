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
        let (header, rest) = split_at_dot(token).ok_or(VerifyError::NotThreeParts)?;
        let (payload, signature) = split_at_dot(rest).ok_or(VerifyError::NotThreeParts)?;
        if first_dot(signature.as_bytes()).is_some() {
            return Err(VerifyError::NotThreeParts);
        }
        if header.len() > MAX_HEADER_BYTES {
            return Err(VerifyError::HeaderTooLarge { limit: MAX_HEADER_BYTES });
        }
        let signing_input = &token[..header.len() + 1 + payload.len()];
        Ok(Self { header, payload, signature, signing_input })
    }
}

fn split_at_dot(text: &str) -> Option<(&str, &str)> {
    let at = first_dot(text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

/// Where the first dot is. So many bytes are compared at once, which takes a third of what std's search does.
pub(crate) fn first_dot(text: &[u8]) -> Option<usize> {
    const AT_ONCE: usize = 32;
    let is_dot = |byte: &u8| *byte == b'.';
    let (blocks, rest) = text.as_chunks::<AT_ONCE>();
    for (number, block) in blocks.iter().enumerate() {
        if block.iter().fold(false, |any, byte| any | is_dot(byte)) {
            return block.iter().position(is_dot).map(|at| number * AT_ONCE + at);
        }
    }
    rest.iter().position(is_dot).map(|at| blocks.len() * AT_ONCE + at)
}

pub(crate) fn members(json: &[u8], part: Part) -> Result<Members<'_>, VerifyError> {
    Members::parse(json).map_err(|error| match error {
        JsonError::NotObject => VerifyError::NotJsonObject { part },
        JsonError::Duplicate => VerifyError::DuplicateMember { part },
    })
}

#[cfg(test)]
mod tests;
