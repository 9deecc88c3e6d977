//! [`Verifier`] and the order of its checks, and what stops it.

use std::cell::LazyCell;
use std::sync::Arc;

use super::clock::{ClockReading, VerifierClock};
use super::not_verified::{NotVerified, Signed, Waited};
use super::remembered::{KnownHeaders, VerifiedTokens};
use super::token_kind::{OwnChecks, TokenClaims};
use crate::claims::Rules;
use crate::error::{Part, VerifyError};
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
    pub(super) clock: VerifierClock,
    pub(super) max_token_bytes: usize,
    pub(super) headers: KnownHeaders,
    pub(super) tokens: Option<VerifiedTokens>,
    pub(super) counts: Verifications,
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
    pub(super) fn now(&self) -> u64 {
        self.clock.now()
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
                held.read = self.clock.read();
                held.claims.check_again(&self.rules, checks, held.read.now)?;
                held
            }
            _ => self.signed(token, checks, waited)?,
        };
        self.judge(|| token, signed, waited)
    }

    /// The checklist for a token that is cached, with what is cached beside it; `None` for any other
    /// token. `text` are the same bytes, should they be those of a cached token.
    pub(super) fn checklist_of_cached<'a, C: TokenClaims>(
        &self,
        token: &[u8],
        text: impl Fn() -> &'a str,
        checks: C::Checks<'_>,
        waited: &mut Waited<C>,
    ) -> Option<Result<C, NotVerified<C>>> {
        let read = self.clock.read();
        let claims = self.cached::<C>(token, &read)?;
        waited.look.cache(true);
        if let Err(refusal) = claims.check_again(&self.rules, checks, read.now) {
            return Some(Err(refusal.into()));
        }
        Some(self.judge(text, Signed { claims, key: None, read }, waited))
    }

    /// The end of the list: the revocations, and the caller's own check.
    #[inline(always)]
    fn judge<'a, C: TokenClaims>(
        &self,
        token: impl Fn() -> &'a str,
        signed: Signed<C>,
        waited: &mut Waited<C>,
    ) -> Result<C, NotVerified<C>> {
        let identity = || {
            let mut identity = signed.claims.identity(&self.pool, token());
            // A store that looks at a clock need not read it again.
            identity.wall_clock = signed.read.is_of_system.then_some(signed.read.now);
            identity.monotonic = signed.read.monotonic;
            identity
        };
        match self.cached_revocation(identity, waited) {
            StoreStatus::Live => Ok(self.accept(&token, signed)?),
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
        let read = self.clock.read();
        let verified = self.cached::<C>(token.as_bytes(), &read);
        // Once for a token: after a wait this runs again.
        if self.tokens.is_some() && !waited.is_over {
            waited.look.cache(verified.is_some());
        }
        if let Some(claims) = verified {
            claims.check_again(&self.rules, checks, read.now)?;
            Ok(Signed { claims, key: None, read })
        } else {
            let (claims, key) = self.read_signed::<C>(token, waited.fetched.take())?;
            claims.check(&self.rules, checks, read.now)?;
            Ok(Signed { claims, key: Some(key), read })
        }
    }

    /// The claims of a token that was accepted before, where neither time nor key has ended that.
    #[inline(always)]
    fn cached<C: TokenClaims>(&self, token: &[u8], read: &ClockReading) -> Option<C> {
        let is_current = |key: &VerifyingKey| match read.monotonic {
            Some(now) => self.keys.is_current_at(key, now.into_std()),
            None => self.keys.is_current(key),
        };
        self.tokens.as_ref()?.find::<C>(token, |expires_at, key| {
            !self.rules.is_expired(expires_at, read.now) && is_current(key)
        })
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
    fn accept<'a, C: TokenClaims>(
        &self,
        token: impl FnOnce() -> &'a str,
        signed: Signed<C>,
    ) -> Result<C, VerifyError> {
        let Signed { claims, key, .. } = signed;
        if let Some(check) = C::own_check(&self.own_checks) {
            check(&claims).map_err(|code| VerifyError::CustomCheck { code })?;
        }
        if let (Some(tokens), Some(key)) = (&self.tokens, key) {
            tokens.insert(token(), &claims, &key);
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
    #[inline(always)]
    fn cached_revocation<'a, C>(
        &self,
        token: impl FnOnce() -> TokenIdentity<'a>,
        waited: &mut Waited<C>,
    ) -> StoreStatus {
        let (mut status, token) = (StoreStatus::Live, LazyCell::new(token));
        // The first look counts: after a wait this runs again.
        let counted = std::mem::replace(&mut waited.revocations_counted, true);
        let Waited { look, live, .. } = waited;
        let mut count = |store, revoked| {
            if !counted {
                look.store(store, revoked);
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
                RevocationStatus::Unknown if live.contains(&index) => {}
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
