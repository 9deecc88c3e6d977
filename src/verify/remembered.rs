//! What a verifier remembers of tokens that it accepted: the tokens, their headers, and the keys under
//! which they were signed.

mod digest;
mod fronts;
mod headers;
mod signing_keys;
mod token_text;
mod tokens;

pub(super) use headers::KnownHeaders;
pub(super) use tokens::{DEFAULT_ENTRIES, FEWEST_ENTRIES, VerifiedTokens};
