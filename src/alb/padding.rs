//! The padding that a load balancer writes.

use crate::error::{Part, VerifyError};
use crate::jwt::decode;

/// How the parts of one token are spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// As [RFC 4648 §4](https://www.rfc-editor.org/rfc/rfc4648#section-4) has it.
    Padded,
    /// As [RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2) has it.
    Unpadded,
}

/// Decodes the parts of one token. An Application Load Balancer pads every part; that tokens without any padding are
/// accepted as well is for the day on which it writes JWTs as the RFC has them. A token with both spellings is
/// refused, and so is one with more or less padding than belongs there: the signature, which is not signed itself,
/// has the spelling of what is.
#[derive(Default)]
pub(super) struct PartDecoder(Option<Spelling>);

impl PartDecoder {
    pub(super) fn decode(&mut self, text: &str, part: Part) -> Result<Vec<u8>, VerifyError> {
        let bare = text.trim_end_matches('=');
        let spelling = match (text.len() - bare.len(), bare.len() % 4) {
            // Such a part has no padding in either spelling.
            (0, 0) => return decode(bare, part),
            (0, _) => Spelling::Unpadded,
            (2, 2) | (1, 3) => Spelling::Padded,
            _ => return Err(VerifyError::NotBase64Url { part }),
        };
        if *self.0.get_or_insert(spelling) != spelling {
            return Err(VerifyError::NotBase64Url { part });
        }
        decode(bare, part)
    }
}

#[cfg(test)]
mod tests;
