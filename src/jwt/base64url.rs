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
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as REFERENCE;

    use super::*;

    fn agrees(text: &str) {
        let expected = REFERENCE.decode(text).map_err(|_| "header_not_base64url");
        let decoded = decode(text, Part::Header).map_err(|error| error.code());
        assert_eq!(decoded, expected, "{text}");
        let mut buffer = Buffer::new();
        let decoded = buffer.decode(text, Part::Header).map_err(|error| error.code());
        assert_eq!(decoded.map(|bytes| bytes.to_vec()), expected, "{text}");
        #[cfg(feature = "sessions")]
        for room in 0..text.len() {
            let mut octets = vec![0; room];
            let decoded = decode_exact(text, &mut octets).map(|()| octets);
            let expected = expected.clone().ok().filter(|expected| expected.len() == room);
            assert_eq!(decoded, expected, "{text} in {room}");
        }
    }

    /// Every byte at every place of texts as long as, and a little longer than, what is decoded in
    /// one vector, against a decoder that works byte by byte.
    #[test]
    fn each_byte_at_each_place_is_judged_as_the_reference_does() {
        for length in (1..9).chain([16, 18, 32, 34, 35, 36, 64, 66, 67]) {
            for at in 0..length {
                for byte in 0..=255_u8 {
                    let mut text = vec![b'A'; length];
                    text[at] = byte;
                    let text: String = text.into_iter().map(char::from).collect();
                    agrees(&text);
                }
            }
        }
    }

    #[test]
    fn what_is_not_canonical_is_refused() {
        for text in ["A", "AAAAA", "AB", "AAB", "AA==", "AA=", "A+", "A/", " AA", "AA\n", "é"] {
            assert!(decode(text, Part::Payload).is_err(), "{text}");
            agrees(text);
        }
        assert_eq!(decode("", Part::Payload), Ok(Vec::new()));
    }

    #[test]
    fn the_longest_part_has_room_and_no_longer_one_is_tried() {
        let longest = "A".repeat(DEFAULT_MAX_TOKEN_BYTES);
        assert_eq!(Buffer::new().decode(&longest, Part::Payload).unwrap().len(), MAX_PART_BYTES);
        let large = "A".repeat(LARGEST_TOKEN_BYTES);
        let decoded = LARGEST_TOKEN_BYTES / 4 * 3;
        assert_eq!(Buffer::new().decode(&large, Part::Payload).unwrap().len(), decoded);
        let longer = "A".repeat(LARGEST_TOKEN_BYTES + 4);
        assert!(Buffer::new().decode(&longer, Part::Payload).is_err());
    }
}
