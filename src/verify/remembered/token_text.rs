//! [`TokenText`]: a token that is kept.

use zeroize::Zeroizing;

/// The text of a token: a secret, wiped when the copy goes.
pub(super) struct TokenText {
    /// Of the token's end.
    pub(super) hash: u64,
    pub(super) text: Zeroizing<Box<str>>,
}
