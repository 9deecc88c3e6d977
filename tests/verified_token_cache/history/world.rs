//! What all verifiers of a history see: the clock, the keys, a store that others write to.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use cognito_auth::keys::{CachedKey, KeySet, StaticKeySet, VerifyingKey};
use cognito_auth::revocation::{
    Revocation, RevocationStatus, RevocationStore, TokenIdentity, TokenKind,
};
use cognito_auth::{KeysUnavailable, RevocationError, Unreachable};

use super::material::{POOLS, material};
use crate::support::{CLIENT_ID, NOW};

/// What the store of others can say of tokens that it has no entry for.
pub(super) const STORE_STATES: usize = 4;
/// What others can sign out.
pub(super) const OTHERS_SIGN_OUTS: usize = 4;

#[derive(Debug)]
pub(super) struct World {
    pub(super) now: AtomicU64,
    pub(super) keys: [Mutex<PublishedKeys>; POOLS],
    pub(super) signed_out: Mutex<Vec<usize>>,
    pub(super) store: Mutex<usize>,
    pub(super) own_check_refuses: Mutex<bool>,
}

#[derive(Debug, Clone)]
pub(super) struct PublishedKeys {
    /// `None`: they are not to be had.
    pub(super) set: Option<StaticKeySet>,
    /// Each key is fetched when it is asked for.
    pub(super) on_demand: bool,
}

impl World {
    pub(super) fn new() -> Arc<Self> {
        let keys = |pool: usize| {
            let set = material().key_sets[pool][0].clone();
            Mutex::new(PublishedKeys { set, on_demand: false })
        };
        Arc::new(Self {
            now: AtomicU64::new(NOW),
            keys: [keys(0), keys(1)],
            signed_out: Mutex::default(),
            store: Mutex::default(),
            own_check_refuses: Mutex::default(),
        })
    }

    pub(super) fn time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.now.load(Ordering::SeqCst))
    }

    pub(super) fn own_check(&self) -> Result<(), &'static str> {
        if *self.own_check_refuses.lock().unwrap() { Err("no") } else { Ok(()) }
    }

    fn hits(&self, token: &TokenIdentity<'_>) -> bool {
        self.signed_out.lock().unwrap().iter().any(|which| match which {
            0 => token.jti == Some("5e0d9a1b-0000-4000-8000-000000000003"),
            1 => token.origin_jti == Some("7c5f0f0e-0000-4000-8000-000000000001"),
            2 => token.issued_at < NOW && token.kind == TokenKind::Id,
            _ => token.sub == CLIENT_ID,
        })
    }
}

/// The keys of one pool.
#[derive(Debug)]
pub(super) struct WorldKeys(pub(super) Arc<World>, pub(super) usize);

impl WorldKeys {
    fn published(&self) -> PublishedKeys {
        self.0.keys[self.1].lock().unwrap().clone()
    }
}

#[async_trait]
impl KeySet for WorldKeys {
    fn cached(&self, key_id: &str) -> CachedKey {
        match self.published() {
            PublishedKeys { set: Some(keys), on_demand: false } => keys.cached(key_id),
            _ => CachedKey::NeedsFetch(KeysUnavailable::NotFetched),
        }
    }

    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        match self.published().set {
            Some(keys) => keys.fetch(key_id).await,
            None => Err(KeysUnavailable::Unreachable(Unreachable::Connect)),
        }
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}

/// The store that others write to.
#[derive(Debug)]
pub(super) struct WorldStore(pub(super) Arc<World>);

#[async_trait]
impl RevocationStore for WorldStore {
    fn status_now(&self, token: &TokenIdentity<'_>) -> RevocationStatus {
        if self.0.hits(token) {
            return RevocationStatus::Revoked;
        }
        match *self.0.store.lock().unwrap() {
            0 | 1 => RevocationStatus::Live,
            _ => RevocationStatus::Unknown,
        }
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        match *self.0.store.lock().unwrap() {
            2 => Err(RevocationError::new("out of reach")),
            _ => Ok(token.scope == "openid"),
        }
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Ok(())
    }
}
