//! [`Verifier`] and the order of its checks, and what stops it.

use std::cell::LazyCell;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::remembered::{KnownHeaders, VerifiedTokens};
use super::token_kind::{OwnChecks, TokenClaims};
use crate::claims::Rules;
use crate::error::{KeysUnavailable, Part, VerifyError};
use crate::json::{Members, with_plain_slashes};
use crate::jwt::{self, Buffer, Parts, members};
use crate::keys::{Algorithm, CachedKey, KeySet, VerifyingKey};
use crate::metrics::Verifications;
use crate::pool::PoolName;
use crate::revocation::{RevocationStatus, RevocationStore, TokenIdentity};

/// What one verifier consists of: settings, keys, stores, and what it remembers.
pub(super) struct Verifier {
    pub(super) pool: PoolName,
    pub(super) issuers: Vec<String>,
    pub(super) algorithm: Algorithm,
    pub(super) keys: Arc<dyn KeySet>,
    pub(super) rules: Rules,
    pub(super) revocations: Vec<Arc<dyn RevocationStore>>,
    pub(super) own_checks: OwnChecks,
    pub(super) clock: Clock,
    pub(super) goes_by_system_clock: bool,
    pub(super) max_token_bytes: usize,
    pub(super) headers: KnownHeaders,
    pub(super) tokens: Option<VerifiedTokens>,
    pub(super) counts: Verifications,
}

pub(super) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Why the checklist ended before its end.
pub(super) enum NotVerified<C> {
    /// The verdict.
    Refused(VerifyError),
    /// The key with this id has to be fetched; the reason is for those who cannot wait for it.
    KeyNeeded { key_id: String, reason: KeysUnavailable },
    /// Everything up to here held; the store at this place has to be asked.
    RevocationUnknown { signed: Signed<C>, store: usize },
}

/// The claims of a token whose signature holds.
pub(super) struct Signed<C> {
    pub(super) claims: C,
    /// The key, where the signature was checked just now; `None` where that was done before.
    key: Option<VerifyingKey>,
    /// The moment by which the times were judged, in seconds since 1970.
    now: u64,
}

/// What the network said while this verification waited for it.
pub(super) struct Waited<C> {
    /// The key that was asked for when the checklist ended in [`NotVerified::KeyNeeded`].
    pub(super) fetched: Option<VerifyingKey>,
    /// What was signed when the checklist ended in [`NotVerified::RevocationUnknown`].
    pub(super) signed: Option<Signed<C>>,
    /// The places of the stores that were asked, and said that the token is live.
    pub(super) live: Vec<usize>,
    /// This is not the first look.
    pub(super) is_over: bool,
    /// The look at the cached revocations was counted.
    revocations_counted: bool,
}

impl<C> Waited<C> {
    pub(super) fn new() -> Self {
        Self {
            fetched: None,
            signed: None,
            live: Vec::new(),
            is_over: false,
            revocations_counted: false,
        }
    }
}

impl<C> From<VerifyError> for NotVerified<C> {
    fn from(error: VerifyError) -> Self {
        Self::Refused(error)
    }
}

/// The head of the list, which takes no key: form, header, payload.
pub(super) struct TokenHead<'a, H> {
    pub(super) parts: Parts<'a>,
    /// What was read of the header.
    pub(super) header: H,
    pub(super) unverified_claims: Members<'a>,
}

impl<'a, H> TokenHead<'a, H> {
    /// Reads the payload into `buffer`, after `header` has read the encoded header.
    #[inline(always)]
    pub(super) fn read(
        token: &'a str,
        max_token_bytes: usize,
        buffer: &'a mut Buffer,
        header: impl FnOnce(&'a str) -> Result<H, VerifyError>,
    ) -> Result<Self, VerifyError> {
        let parts = Parts::split_within(token, max_token_bytes)?;
        let header = header(parts.header)?;
        let payload = with_plain_slashes(buffer.decode(parts.payload, Part::Payload)?);
        let unverified_claims = members(payload, Part::Payload)?;
        Ok(Self { parts, header, unverified_claims })
    }
}

impl Verifier {
    /// A clock before 1970 reads as 1970: every token is then from the future.
    pub(super) fn now(&self) -> u64 {
        (self.clock)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    /// The order of checks, with what is cached. Cheap ones first; a token of another issuer causes no
    /// fetch; no claim is reported before the signature held; the caller's own check sees only what
    /// passed all others.
    ///
    /// It does not wait, so that what is decoded can lie on the stack. After each wait it runs again:
    /// the key, the times and the revocations that are cached may have changed meanwhile. A signature
    /// that held under a key that is still the issuer's is not checked again.
    pub(super) fn checklist<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
        waited: &mut Waited<C>,
    ) -> Result<C, NotVerified<C>> {
        let signed = match waited.signed.take() {
            Some(mut held) if held.key.as_ref().is_some_and(|key| self.keys.is_current(key)) => {
                held.now = self.now();
                held.claims.check_again(&self.rules, checks, held.now)?;
                held
            }
            _ => self.signed(token, checks, waited)?,
        };
        let identity = || {
            let mut identity = signed.claims.identity(&self.pool, token);
            // A store that looks at the clock need not read it again.
            identity.wall_clock = self.goes_by_system_clock.then_some(signed.now);
            identity
        };
        let counted = std::mem::replace(&mut waited.revocations_counted, true);
        match self.cached_revocation(identity, waited, counted) {
            StoreStatus::Live => Ok(self.accept(token, signed)?),
            StoreStatus::Revoked => Err(VerifyError::Revoked.into()),
            StoreStatus::Unknown { store } => Err(NotVerified::RevocationUnknown { signed, store }),
        }
    }

    /// Everything before the revocations.
    #[inline(always)]
    fn signed<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
        waited: &mut Waited<C>,
    ) -> Result<Signed<C>, NotVerified<C>> {
        let now = self.now();
        let verified = self.tokens.as_ref().and_then(|tokens| {
            tokens.find::<C>(token, |expires_at, key| {
                !self.rules.is_expired(expires_at, now) && self.keys.is_current(key)
            })
        });
        // Once for a token: after a wait this runs again.
        if self.tokens.is_some() && !waited.is_over {
            self.counts.cache_looked_up(verified.is_some());
        }
        if let Some(claims) = verified {
            claims.check_again(&self.rules, checks, now)?;
            Ok(Signed { claims, key: None, now })
        } else {
            let (claims, key) = self.read_signed::<C>(token, waited.fetched.take())?;
            claims.check(&self.rules, checks, now)?;
            Ok(Signed { claims, key: Some(key), now })
        }
    }

    /// The first part of the list: form, header, issuer, key, signature, kind of token. The claims of
    /// a genuine token, which may have expired long ago.
    pub(super) fn read_signed<C: TokenClaims>(
        &self,
        token: &str,
        fetched: Option<VerifyingKey>,
    ) -> Result<(C, VerifyingKey), NotVerified<C>> {
        let (mut payload, mut signature) = (Buffer::new(), Buffer::new());

        let head = TokenHead::read(token, self.max_token_bytes, &mut payload, |header| {
            Ok(match self.headers.find(header) {
                Some(key) => (Some(key), String::new()),
                None => (None, jwt::read_key_id(header, |name| name == self.algorithm.as_str())?),
            })
        })?;
        let TokenHead { parts, header: (known, read), unverified_claims } = head;
        let key_id = known.as_ref().map_or(read.as_str(), VerifyingKey::key_id);
        let signature = signature.decode(parts.signature, Part::Signature)?;

        self.check_issuer(&unverified_claims)?;
        let key = self.key(key_id, fetched)?;
        key.verify(parts.signing_input.as_bytes(), signature)?;
        self.headers.learn(parts.header, known, &key);
        Ok((C::read(&unverified_claims)?, key))
    }

    /// The end of the checklist: the caller's own check. A token that passes is remembered.
    fn accept<C: TokenClaims>(&self, token: &str, signed: Signed<C>) -> Result<C, VerifyError> {
        let Signed { claims, key, .. } = signed;
        if let Some(check) = C::own_check(&self.own_checks) {
            check(&claims).map_err(|code| VerifyError::CustomCheck { code })?;
        }
        if let (Some(tokens), Some(key)) = (&self.tokens, key) {
            tokens.insert(token, &claims, &key);
        }
        Ok(claims)
    }

    /// `iss` is a string and exactly one of ours
    /// ([RFC 8725 §3.8](https://www.rfc-editor.org/rfc/rfc8725#section-3.8)).
    fn check_issuer(&self, unverified_claims: &Members<'_>) -> Result<(), VerifyError> {
        match unverified_claims.text("iss") {
            Ok(Some(issuer)) if self.issuers.iter().any(|known| *known == *issuer) => Ok(()),
            _ => Err(VerifyError::IssuerNotAllowed),
        }
    }

    fn key<C>(
        &self,
        id: &str,
        fetched: Option<VerifyingKey>,
    ) -> Result<VerifyingKey, NotVerified<C>> {
        let key = match fetched.map_or_else(|| self.keys.cached(id), CachedKey::Found) {
            CachedKey::Found(key) => key,
            CachedKey::Absent => {
                self.headers.forget(id);
                return Err(VerifyError::UnknownKey.into());
            }
            CachedKey::NeedsFetch(reason) => {
                return Err(NotVerified::KeyNeeded { key_id: id.to_owned(), reason });
            }
        };
        // RFC 8725 §3.1: each key is used with exactly one algorithm. A key under another id than was
        // asked for would be remembered by that one, and outlive this one.
        if key.algorithm() == self.algorithm && key.key_id() == id {
            Ok(key)
        } else {
            Err(VerifyError::KeyMismatch.into())
        }
    }

    /// What is cached in the stores: "revoked" outweighs "unknown". A store that was asked and does
    /// not keep its answer has given it.
    fn cached_revocation<'a, C>(
        &self,
        token: impl FnOnce() -> TokenIdentity<'a>,
        waited: &Waited<C>,
        counted: bool,
    ) -> StoreStatus {
        let (mut status, token) = (StoreStatus::Live, LazyCell::new(token));
        let count = |store, revoked| {
            if !counted {
                self.counts.revocation_cached(store, revoked);
            }
        };
        for (index, store) in self.revocations.iter().enumerate() {
            // The claims of a remembered token lie far away in memory: only where they are needed.
            if store.is_empty() {
                count(index, false);
                continue;
            }
            match store.status_now(&token) {
                RevocationStatus::Live => count(index, false),
                RevocationStatus::Revoked => {
                    count(index, true);
                    return StoreStatus::Revoked;
                }
                RevocationStatus::Unknown if waited.live.contains(&index) => {}
                RevocationStatus::Unknown => {
                    if let StoreStatus::Live = status {
                        status = StoreStatus::Unknown { store: index };
                    }
                }
            }
        }
        status
    }
}

/// What the stores say together.
enum StoreStatus {
    Live,
    Revoked,
    /// The first store that has to be asked.
    Unknown {
        store: usize,
    },
}
