//! Tokens that were verified before.
//!
//! A signature check costs as much as a hundred look-ups, and a client sends the same token with every
//! request for an hour. An entry says that a token's form, signature and claims were good, under which
//! key, and what the claims are. What may change is checked for every request: the key, the times, the
//! caller's [`IdTokenChecks`](crate::IdTokenChecks), the revocation stores, the caller's own check. So a
//! cached token gets exactly the verdict that it would get without the cache.
//!
//! - **What gets in**: tokens that this verifier accepted. A refused token changes nothing here, so
//!   strangers cannot fill the cache. A flood of accepted tokens needs the pool's signature for each
//!   (with ES256 for every second one: one signature makes two), and entries that are used again
//!   outlive entries that were used once (the map is quick_cache's: CLOCK-Pro, S3-FIFO).
//! - **How an entry is found**: the whole token is compared, byte by byte. The place to look is a quick
//!   hash of the last 32 characters: 188 bits of a signature that held. Two accepted tokens do not agree
//!   in them, and a forged token with the tail of a good one costs one comparison. The issuer is trusted,
//!   and the holder of a token can choose one other signature at most (ES256). So entries cannot be
//!   crowded into one place, and the hash need not resist chosen inputs (foldhash does not claim to); it
//!   has a random seed all the same. Hashing the whole token would take longer than everything else here
//!   together.
//! - **When an entry ends**: when it is asked for at `exp` or later; when its key cannot be shown to be
//!   the issuer's of that id any more (it left the document, or the keys are not available); when it is
//!   evicted. An entry that is never asked for again stays until it is evicted, and lets nothing in. A
//!   verifier's rules do not change, and no two verifiers share entries.
//! - **What it reveals**: the time that a request takes shows, to the sender of a token, whether it is
//!   cached.
//!
//! The texts of tokens are wiped when they leave, and are in no `Debug`.

use std::fmt;
use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{Equivalent, Weighter};
use zeroize::Zeroize;

use super::signing_keys::{KeyNumber, SigningKeys};
use crate::keys::VerifyingKey;
use crate::verify::token_kind::{CachedClaims, TokenClaims};

/// Entries by default: enough for the users of one process at one time, in 20 MB at most.
pub(in crate::verify) const DEFAULT_ENTRIES: usize = 10_000;

/// With fewer, one large token would not fit into its part of the map.
pub(in crate::verify) const FEWEST_ENTRIES: usize = 32;

/// What an entry counts at least, in bytes: the token of 1.2 KiB that Cognito writes, its payload,
/// and what it takes to find them. So a bound on bytes is a bound on entries too.
const ENTRY_BYTES: u64 = 2048;

/// What an entry takes beside the texts of token and payload, in bytes: its places, its part of the
/// map, and what the allocator adds.
const OVERHEAD_BYTES: usize = 256;

/// Of the signature's end, in characters.
const TAIL: usize = 32;

/// A bounded number of tokens, with what they said.
pub(in crate::verify) struct VerifiedTokens {
    entries: Cache<TokenText, CachedToken, ByBytes, RandomState>,
    keys: SigningKeys,
}

/// What is known of a token that was accepted.
#[derive(Clone)]
struct CachedToken {
    claims: CachedClaims,
    /// Of the key under which the signature held.
    key_number: KeyNumber,
    /// What it counts, in bytes.
    bytes: u32,
}

impl VerifiedTokens {
    /// Room for this many tokens of usual size.
    pub(in crate::verify) fn new(entries: usize) -> Self {
        let bytes = ENTRY_BYTES.saturating_mul(entries as u64);
        let lifecycle = DefaultLifecycle::default();
        let entries = Cache::with(entries, bytes, ByBytes, RandomState::default(), lifecycle);
        Self { entries, keys: SigningKeys::default() }
    }

    /// The claims of a token that was accepted as one of this kind, unless `holds` says of its `exp`
    /// and of the key under which its signature held that the entry is over.
    pub(in crate::verify) fn find<C: TokenClaims>(
        &self,
        token: &str,
        holds: impl Fn(u64, &VerifyingKey) -> bool,
    ) -> Option<C> {
        let CachedToken { claims, key_number, .. } = self.entries.get(&Presented(token))?;
        if self.keys.holds_for(key_number, |key| holds(claims.expires_at(), key)) {
            return C::from_cached(claims);
        }
        self.entries.remove(&Presented(token));
        None
    }

    /// Whether there is an entry, over or not.
    pub(in crate::verify) fn contains(&self, token: &str) -> bool {
        self.entries.contains_key(&Presented(token))
    }

    /// Remembers a token that was accepted, and the key under which its signature held.
    pub(in crate::verify) fn insert<C: TokenClaims>(
        &self,
        token: &str,
        claims: &C,
        key: &VerifyingKey,
    ) {
        let claims = claims.clone().into_cached();
        let bytes = ENTRY_BYTES.max((token.len() + claims.bytes() + OVERHEAD_BYTES) as u64);
        let bytes = bytes.try_into().unwrap_or(u32::MAX);
        let entry = CachedToken { claims, key_number: self.keys.number(key), bytes };
        self.entries.insert(TokenText(token.into()), entry);
    }
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedTokens")
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<TokenText, CachedToken> for ByBytes {
    fn weight(&self, _: &TokenText, entry: &CachedToken) -> u64 {
        entry.bytes.into()
    }
}

/// The text of a token: a secret, wiped when the entry goes.
#[derive(PartialEq, Eq)]
struct TokenText(Box<str>);

impl Hash for TokenText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Presented(&self.0).hash(state);
    }
}

impl Drop for TokenText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A token as it comes with a request.
struct Presented<'a>(&'a str);

impl Hash for Presented<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let bytes = self.0.as_bytes();
        state.write(bytes.last_chunk::<TAIL>().map_or(bytes, |tail| tail));
    }
}

impl Equivalent<TokenText> for Presented<'_> {
    fn equivalent(&self, known: &TokenText) -> bool {
        *self.0 == *known.0
    }
}
