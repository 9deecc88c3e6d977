//! Keys and stores that wait until they are told to go on, and a clock that is set.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use cognito_auth::keys::{CachedKey, KeySet, StaticKeySet, VerifyingKey};
use cognito_auth::revocation::{Revocation, RevocationStatus, RevocationStore, TokenIdentity};
use cognito_auth::{KeysUnavailable, RevocationError, TokenVerifier, UserPool, VerifyError};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::support::{NOW, POOL_ID, Signer, access_payload, jwks};

pub(crate) type Asking = JoinHandle<Result<(), VerifyError>>;

pub(crate) fn start(verifier: &(impl TokenVerifier + Clone + 'static), token: String) -> Asking {
    let verifier = verifier.clone();
    tokio::spawn(async move { verifier.verify_access(&token).await.map(|_| ()) })
}

/// A verification that waits for this store and accepts the token, which is cached then.
pub(crate) async fn accept(
    verifier: &(impl TokenVerifier + Clone + 'static),
    slow: &SlowStore,
    token: String,
) {
    let asking = start(verifier, token);
    slow.asked(1).await;
    slow.go_on(false);
    asking.await.unwrap().unwrap();
}

/// Signs out the user of [`access_payload`].
pub(crate) async fn revoke_user(store: &dyn RevocationStore) {
    let sub = access_payload()["sub"].as_str().unwrap().to_owned();
    store.revoke(&Revocation::user(&UserPool::new(POOL_ID).unwrap(), sub, NOW)).await.unwrap();
}

/// Where a question waits for its answer.
#[derive(Debug)]
struct Gate {
    arrived: Semaphore,
    open: Semaphore,
    questions: AtomicUsize,
}

impl Gate {
    fn new() -> Self {
        let (arrived, open) = (Semaphore::new(0), Semaphore::new(0));
        Self { arrived, open, questions: AtomicUsize::new(0) }
    }

    /// A question that does not come fails the test.
    async fn arrived(&self, questions: u32) {
        let arrived = self.arrived.acquire_many(questions);
        tokio::time::timeout(Duration::from_secs(20), arrived).await.unwrap().unwrap().forget();
    }

    async fn pass(&self) {
        self.questions.fetch_add(1, Ordering::SeqCst);
        self.arrived.add_permits(1);
        self.open.acquire().await.unwrap().forget();
    }
}

/// A store that has to be asked, unless it is told otherwise.
#[derive(Debug)]
pub(crate) struct SlowStore {
    gate: Gate,
    status: Mutex<RevocationStatus>,
    answer: Mutex<bool>,
}

impl SlowStore {
    pub(crate) fn new() -> Arc<Self> {
        let status = Mutex::new(RevocationStatus::Unknown);
        Arc::new(Self { gate: Gate::new(), status, answer: Mutex::new(false) })
    }

    /// Waits until so many more questions have come.
    pub(crate) async fn asked(&self, questions: u32) {
        self.gate.arrived(questions).await;
    }

    pub(crate) fn go_on(&self, revoked: bool) {
        *self.answer.lock().unwrap() = revoked;
        self.gate.open.add_permits(1);
    }

    pub(crate) fn questions(&self) -> usize {
        self.gate.questions.load(Ordering::SeqCst)
    }

    pub(crate) fn knows_it_is_live(&self) {
        *self.status.lock().unwrap() = RevocationStatus::Live;
    }

    pub(crate) fn knows_it_is_revoked(&self) {
        *self.status.lock().unwrap() = RevocationStatus::Revoked;
    }

    pub(crate) fn knows_nothing(&self) {
        *self.status.lock().unwrap() = RevocationStatus::Unknown;
    }
}

#[async_trait]
impl RevocationStore for SlowStore {
    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        *self.status.lock().unwrap()
    }

    async fn is_revoked(&self, _: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        self.gate.pass().await;
        Ok(*self.answer.lock().unwrap())
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Ok(())
    }
}

/// Keys that are fetched every time, unless they are cached.
#[derive(Debug, Clone)]
pub(crate) struct SlowKeys(Arc<Keys>);

#[derive(Debug)]
struct Keys {
    gate: Gate,
    keys: Mutex<Option<StaticKeySet>>,
    cached: AtomicUsize,
}

impl SlowKeys {
    pub(crate) fn new(signer: &Signer) -> Self {
        let keys = Keys { gate: Gate::new(), keys: Mutex::new(None), cached: AtomicUsize::new(0) };
        let this = Self(Arc::new(keys));
        this.replace(Some(signer));
        this
    }

    pub(crate) async fn asked(&self, questions: u32) {
        self.0.gate.arrived(questions).await;
    }

    pub(crate) fn go_on(&self) {
        self.0.gate.open.add_permits(1);
    }

    pub(crate) fn questions(&self) -> usize {
        self.0.gate.questions.load(Ordering::SeqCst)
    }

    /// From now on no wait is needed.
    pub(crate) fn cache(&self) {
        self.0.cached.store(1, Ordering::SeqCst);
    }

    pub(crate) fn replace(&self, signer: Option<&Signer>) {
        let keys = signer.map(|signer| StaticKeySet::from_jwks_json(&jwks(&[signer])).unwrap());
        *self.0.keys.lock().unwrap() = keys;
    }

    fn key(&self, key_id: &str) -> Option<VerifyingKey> {
        let keys = self.0.keys.lock().unwrap();
        match keys.as_ref()?.cached(key_id) {
            CachedKey::Found(key) => Some(key),
            _ => None,
        }
    }
}

#[async_trait]
impl KeySet for SlowKeys {
    fn cached(&self, key_id: &str) -> CachedKey {
        if self.0.cached.load(Ordering::SeqCst) == 0 {
            return CachedKey::NeedsFetch(KeysUnavailable::NotFetched);
        }
        self.key(key_id).map_or(CachedKey::Absent, CachedKey::Found)
    }

    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        self.0.gate.pass().await;
        Ok(self.key(key_id))
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}

/// A clock that keeps its time until it is set, in seconds since 1970.
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn at(seconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seconds)))
    }

    pub(crate) fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    pub(crate) fn reader(&self) -> impl Fn() -> SystemTime + Send + Sync + 'static {
        let seconds = self.0.clone();
        move || UNIX_EPOCH + Duration::from_secs(seconds.load(Ordering::SeqCst))
    }
}
