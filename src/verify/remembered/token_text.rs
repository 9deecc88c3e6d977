//! [`TokenText`]: a token that is kept.

use std::hash::{Hash, Hasher};

use zeroize::Zeroize;

/// The text of a token: a secret, wiped when the entry goes.
#[derive(PartialEq, Eq)]
pub(super) struct TokenText {
    /// Of the token's end.
    pub(super) hash: u64,
    pub(super) text: Box<str>,
}

impl Hash for TokenText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Drop for TokenText {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}
