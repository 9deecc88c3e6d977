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
//! - **How an entry is found**: by a digest of the whole token and its length ([`DigestKey`]): two tokens have
//!   the same one with a probability of at most 2⁻¹²⁸. The token is not kept: its text would be half of the
//!   memory, and most of what a hit reads of it. The place to look is a quick hash of the last 32 characters:
//!   188 bits of a signature that held. Two accepted tokens do not agree in them, and a forged token with the
//!   length and the tail of a good one costs one digest for each look-up. The issuer is trusted, and the holder
//!   of a token can choose one other signature at most (ES256). So entries cannot be crowded into one place, and
//!   the hash need not resist chosen inputs (foldhash does not claim to); it has a random seed all the same.
//! - **Threads**: to read an entry writes to it, as the map's lock and the reference count of the claims are
//!   written to. Of one token on two processors both wait for that memory. So a thread that finds the same
//!   token again keeps a copy for itself ([`Fronts`]), whose memory no other thread writes to. A copy has the
//!   token's text, which is compared in less time than its digest takes. The copies count in the cache's size,
//!   and go with it. What may change is checked for a copy as for an entry.
//! - **When an entry ends**: when it is asked for at `exp` or later; when its key cannot be shown to be
//!   the issuer's of that id any more (it left the document, or the keys are not available); when it is
//!   evicted. An entry that is never asked for again stays until it is evicted, and lets nothing in. A
//!   verifier's rules do not change, and no two verifiers share entries.
//! - **What it reveals**: the time that a request takes shows, to the sender of a token, whether it is
//!   cached.
//!
//! The texts of copies are wiped when they leave; payloads are not. Neither is in any `Debug`.

use std::cell::OnceCell;
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::{Arc, MutexGuard};

use foldhash::fast::RandomState;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{Equivalent, Weighter};
use zeroize::Zeroizing;

use super::digest::{DigestKey, TokenDigest};
use super::fronts::{FoundCopy, Front, Fronts, TokenCopy};
use super::signing_keys::{KeyNumber, SigningKeys};
use super::token_text::TokenText;
use crate::error::ConfigError;
use crate::keys::VerifyingKey;
use crate::verify::characters::hash_of;
use crate::verify::token_kind::{CachedClaims, TokenClaims};

/// Entries by default: enough for the users of one process at one time, in 10 MB at most.
pub(in crate::verify) const DEFAULT_ENTRIES: usize = 10_000;

/// With fewer, one large token would not fit into its part of the map.
pub(in crate::verify) const FEWEST_ENTRIES: usize = 32;

/// What is set aside for an entry, in bytes: the payload that Cognito writes, and what it takes to find it. So
/// a bound on entries is one on bytes too.
const ENTRY_BYTES: u64 = 1024;

/// What an entry takes beside the payload, in bytes: its places, its part of the map, and what the allocator
/// adds.
const OVERHEAD_BYTES: usize = 256;

/// A bounded number of tokens, with what they said.
pub(in crate::verify) struct VerifiedTokens {
    entries: Cache<KnownToken, CachedToken, ByBytes, BuildHasherDefault<HashedBefore>>,
    hash: RandomState,
    digest_key: Arc<DigestKey>,
    /// What an entry counts at least, in bytes.
    least: u64,
    pub(super) fronts: Fronts,
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
    /// Room for this many tokens of usual size, of at most `most_bytes` each.
    pub(in crate::verify) fn new(entries: usize, most_bytes: usize) -> Result<Self, ConfigError> {
        let bytes = ENTRY_BYTES.saturating_mul(entries as u64);
        let fronts = Fronts::within(bytes / 5);
        let bytes = bytes - fronts.most_bytes();
        let least = bytes / entries as u64;
        let lifecycle = DefaultLifecycle::default();
        let entries = Cache::with(entries, bytes, ByBytes, Default::default(), lifecycle);
        let (hash, keys) = (RandomState::default(), SigningKeys::default());
        let digest_key = DigestKey::of_process(most_bytes)?;
        Ok(Self { entries, hash, digest_key, least, fronts, keys })
    }

    /// The claims of a token that was accepted as one of this kind, unless `holds` says of its `exp`
    /// and of the key under which its signature held that the entry is over.
    #[inline]
    pub(in crate::verify) fn find<C: TokenClaims>(
        &self,
        token: &[u8],
        holds: impl Fn(u64, &VerifyingKey) -> bool,
    ) -> Option<C> {
        let hash = self.hash_of(token);
        let mut front = self.fronts.of_this_thread();
        if let Some(front) = &mut front
            && let Some(FoundCopy { token: copy, is_due }) = front.find(hash, token)
        {
            if holds(copy.claims.expires_at(), &copy.key) {
                if is_due {
                    self.keep(&self.presented(hash, token), copy);
                }
                return C::from_cached(copy.claims.clone());
            }
            front.remove(hash);
        }
        self.find_entry(&self.presented(hash, token), front, holds).and_then(C::from_cached)
    }

    /// Copies the entry for this thread where it was found before.
    fn find_entry(
        &self,
        presented: &Presented<'_>,
        front: Option<MutexGuard<'_, Front>>,
        holds: impl Fn(u64, &VerifyingKey) -> bool,
    ) -> Option<CachedClaims> {
        let found = self.entries.get(presented)?;
        let expires_at = found.claims.expires_at();
        if !self.keys.holds_for(found.key_number, |key| holds(expires_at, key)) {
            self.entries.remove(presented);
            return None;
        }
        match front {
            Some(mut front) => {
                let bytes = presented.token.len() as u64 + u64::from(found.bytes);
                if front.wants(presented.hash, bytes)
                    && let Some(key) = self.keys.get(found.key_number)
                {
                    let (claims, bytes) = (found.claims.copied(), found.bytes);
                    front.insert(presented.text(), TokenCopy { claims, key, bytes });
                }
            }
            None => self.fronts.begin(),
        }
        Some(found.claims)
    }

    /// Uses the entry of a copy; writes it again where it was evicted.
    #[cold]
    fn keep(&self, presented: &Presented<'_>, copy: &TokenCopy) {
        if self.entries.get(presented).is_none()
            && let Some(known) = presented.known()
        {
            let key_number = self.keys.number(&copy.key);
            let entry = CachedToken { claims: copy.claims.copied(), key_number, bytes: copy.bytes };
            self.entries.insert(known, entry);
        }
    }

    /// Remembers a token that was accepted, and the key under which its signature held.
    pub(in crate::verify) fn insert<C: TokenClaims>(
        &self,
        token: &str,
        claims: &C,
        key: &VerifyingKey,
    ) {
        let token = token.as_bytes();
        let Some(known) = self.presented(self.hash_of(token), token).known() else { return };
        let claims = claims.clone().into_cached();
        let bytes = self.least.max((claims.bytes() + OVERHEAD_BYTES) as u64);
        let bytes = bytes.try_into().unwrap_or(u32::MAX);
        let entry = CachedToken { claims, key_number: self.keys.number(key), bytes };
        self.entries.insert(known, entry);
    }

    fn hash_of(&self, token: &[u8]) -> u64 {
        hash_of(token.last_chunk(), token, &self.hash)
    }

    fn presented<'a>(&'a self, hash: u64, token: &'a [u8]) -> Presented<'a> {
        Presented { hash, token, digest: OnceCell::new(), digest_key: &self.digest_key }
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

impl Weighter<KnownToken, CachedToken> for ByBytes {
    fn weight(&self, _: &KnownToken, entry: &CachedToken) -> u64 {
        entry.bytes.into()
    }
}

/// What an entry is found by.
#[derive(PartialEq, Eq)]
struct KnownToken {
    /// Of the token's end.
    hash: u64,
    digest: TokenDigest,
}

impl Hash for KnownToken {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// A token as it comes with a request.
struct Presented<'a> {
    hash: u64,
    token: &'a [u8],
    /// Made when it is first asked for: beside no entry with this hash it is not.
    digest: OnceCell<Option<TokenDigest>>,
    digest_key: &'a DigestKey,
}

impl Presented<'_> {
    fn digest(&self) -> Option<TokenDigest> {
        *self.digest.get_or_init(|| self.digest_key.digest(self.token))
    }

    fn known(&self) -> Option<KnownToken> {
        Some(KnownToken { hash: self.hash, digest: self.digest()? })
    }

    fn text(&self) -> TokenText {
        // It has the digest of a token that was accepted, and so is one.
        TokenText {
            hash: self.hash,
            text: Zeroizing::new(std::str::from_utf8(self.token).unwrap_or_default().into()),
        }
    }
}

impl Hash for Presented<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Equivalent<KnownToken> for Presented<'_> {
    fn equivalent(&self, known: &KnownToken) -> bool {
        self.hash == known.hash
            && known.digest.has_length_of(self.token)
            && self.digest() == Some(known.digest)
    }
}

/// Takes over the hash that a key comes with.
#[derive(Default)]
struct HashedBefore(u64);

impl Hasher for HashedBefore {
    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests;
