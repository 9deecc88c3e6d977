//! [`TokenText`]: a token that is kept.

use std::hash::{Hash, Hasher};

use zeroize::Zeroizing;

/// The text of a token: a secret, wiped when the entry goes.
#[derive(PartialEq, Eq)]
pub(super) struct TokenText {
    /// Of the token's end.
    pub(super) hash: u64,
    pub(super) text: Zeroizing<Box<str>>,
}

impl Hash for TokenText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}
