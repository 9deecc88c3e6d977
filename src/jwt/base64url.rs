//! Canonical base64url without padding ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)):
//! each value has one encoding, so that a token has one spelling that is accepted.

use std::mem::MaybeUninit;

use base64_simd::{AsOut as _, URL_SAFE_NO_PAD};

use super::parts::{DEFAULT_MAX_TOKEN_BYTES, LARGEST_TOKEN_BYTES};
use crate::error::{Part, VerifyError};

/// The decoded size of the longest part that the stack has room for.
const MAX_PART_BYTES: usize = DEFAULT_MAX_TOKEN_BYTES / 4 * 3;

/// Decodes a part of any length.
pub(crate) fn decode(text: &str, part: Part) -> Result<Vec<u8>, VerifyError> {
    URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| VerifyError::NotBase64Url { part })
}

/// Decodes a text of as many octets as there is room for, and of no other number.
#[cfg(feature = "sessions")]
pub(crate) fn decode_exact(text: &str, octets: &mut [u8]) -> Option<()> {
    // The decoder panics where there is not room enough.
    if text.len() != URL_SAFE_NO_PAD.encoded_length(octets.len()) {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text.as_bytes(), octets.as_out()).ok().map(drop)
}

/// A buffer on the stack for one part of a token: no allocation, and no zeros are written first. A part
/// that is longer than a token may be by default is decoded on the heap.
pub(crate) struct Buffer {
    stack: [MaybeUninit<u8>; MAX_PART_BYTES],
    heap: Vec<u8>,
}

impl Buffer {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { stack: [MaybeUninit::uninit(); MAX_PART_BYTES], heap: Vec::new() }
    }

    /// Decodes a part of a token, which is no longer than [`LARGEST_TOKEN_BYTES`].
    pub(crate) fn decode(&mut self, text: &str, part: Part) -> Result<&mut [u8], VerifyError> {
        let refused = VerifyError::NotBase64Url { part };
        if text.len() > LARGEST_TOKEN_BYTES {
            return Err(refused);
        }
        // The decoder panics where there is not room enough.
        if text.len() > DEFAULT_MAX_TOKEN_BYTES {
            self.heap = decode(text, part)?;
            return Ok(&mut self.heap);
        }
        URL_SAFE_NO_PAD
            .decode(text.as_bytes(), self.stack.as_mut_slice().as_out())
            .map_err(|_| refused)
    }
}

#[cfg(test)]
mod tests;
