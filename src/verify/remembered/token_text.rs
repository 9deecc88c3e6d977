//! [`TokenText`]: a token that is kept.

use zeroize::Zeroize;

/// The text of a token: a secret, wiped when the copy goes.
pub(super) struct TokenText {
    /// Of the token's end.
    pub(super) hash: u64,
    pub(super) text: Box<str>,
}

impl Drop for TokenText {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}
