//! A machine's store and provider, which fail by chance.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::sessions::{
    LeaseOwner, NewSession, Removed, Replaced, SessionKey, SessionMember, SessionStore,
    SessionStoreError, StoredSession, UserIndex,
};
use cognito_auth::{
    AccessToken, AuthCode, AuthError, IdentityProvider, RefreshToken, SignIn, SignInRequest,
    Tokens, Unreachable, UserInfo,
};
use tokio::time::{Instant, sleep};

use crate::chaos::World;

/// What a machine has of the world: its store and its provider.
#[derive(Clone)]
pub struct Machine {
    pub world: Arc<World>,
    pub number: usize,
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Machine {}", self.number)
    }
}

type Answer<T> = Result<T, SessionStoreError>;

/// How a write fails.
enum Failure {
    None,
    NotDone,
    Late(Duration),
    Unheard,
}

fn failed<T>() -> Answer<T> {
    Err(SessionStoreError::new("by chance"))
}

impl Machine {
    async fn call(&self) -> Answer<()> {
        self.world.pass(self.number).await;
        if self.world.takes(10, |plan| &mut plan.calls) { failed() } else { Ok(()) }
    }

    /// Of a write.
    fn failure(&self) -> Failure {
        if !self.world.takes(2, |plan| &mut plan.writes) {
            return Failure::None;
        }
        match self.world.below(3) {
            0 => Failure::NotDone,
            1 => Failure::Late(Duration::from_millis(self.world.below(4000))),
            _ => Failure::Unheard,
        }
    }
}

#[async_trait]
impl SessionStore for Machine {
    async fn load(&self, key: &SessionKey) -> Answer<Option<StoredSession>> {
        self.call().await?;
        let loaded = self.world.memory.load(key).await;
        self.world.pass(self.number).await;
        loaded
    }

    async fn insert(&self, session: NewSession<'_>) -> Answer<()> {
        *self.world.key.lock().unwrap() = Some(*session.key);
        self.world.memory.insert(session).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        record: &[u8],
        expires: Duration,
    ) -> Answer<Replaced> {
        self.world.pass(self.number).await;
        match self.failure() {
            Failure::NotDone => failed(),
            Failure::Late(late) => {
                let (world, key, record) = (self.world.clone(), *key, record.to_vec());
                tokio::spawn(async move {
                    sleep(late).await;
                    world.memory.replace(&key, version, &record, expires).await.ok();
                });
                failed()
            }
            Failure::Unheard => {
                self.world.memory.replace(key, version, record, expires).await?;
                failed()
            }
            Failure::None => self.world.memory.replace(key, version, record, expires).await,
        }
    }

    async fn remove(&self, key: &SessionKey) -> Answer<Option<StoredSession>> {
        self.world.pass(self.number).await;
        self.world.memory.remove(key).await
    }

    async fn remove_version(&self, key: &SessionKey, version: u64) -> Answer<Removed> {
        self.world.pass(self.number).await;
        match self.failure() {
            Failure::NotDone => failed(),
            Failure::Late(late) => {
                let (world, key) = (self.world.clone(), *key);
                tokio::spawn(async move {
                    sleep(late).await;
                    world.memory.remove_version(&key, version).await.ok();
                });
                failed()
            }
            Failure::Unheard => {
                self.world.memory.remove_version(key, version).await?;
                failed()
            }
            Failure::None => self.world.memory.remove_version(key, version).await,
        }
    }

    async fn list(&self, user: &UserIndex) -> Answer<Vec<SessionMember>> {
        self.world.memory.list(user).await
    }

    async fn remove_all(&self, user: &UserIndex) -> Answer<Vec<SessionMember>> {
        self.world.pass(self.number).await;
        self.world.memory.remove_all(user).await
    }

    async fn touch(&self, key: &SessionKey, expires: Duration, note: &[u8]) -> Answer<bool> {
        self.world.memory.touch(key, expires, note).await
    }

    async fn lock(&self, key: &SessionKey, owner: &LeaseOwner, time: Duration) -> Answer<bool> {
        self.call().await?;
        let lent = self.world.memory.lock(key, owner, time).await;
        if self.world.takes(10, |plan| &mut plan.calls) { failed() } else { lent }
    }

    async fn renew(&self, key: &SessionKey, owner: &LeaseOwner, time: Duration) -> Answer<bool> {
        self.world.pass(self.number).await;
        if self.world.takes(3, |plan| &mut plan.renewals) {
            self.world.blame("a lease was not renewed");
            return Ok(false);
        }
        self.world.memory.renew(key, owner, time).await
    }

    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Answer<()> {
        self.call().await?;
        self.world.memory.unlock(key, owner).await
    }
}

#[async_trait]
impl IdentityProvider for Machine {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        self.world.pool.sign_in(request)
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        self.world.pool.auth_with_code(code).await
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        self.world.pool.user_info_with_token(token).await
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        self.world.pool.logout_with_token(token).await
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        let world = &self.world;
        world.pass(self.number).await;
        let slow = Duration::from_millis(world.plan.lock().unwrap().slow * 1000);
        let slow = |part: u64| slow * u32::try_from(part).unwrap() / 100;
        sleep(slow(world.below(100)) / 2).await;
        world.sent.lock().unwrap().push(token.expose().to_owned());
        let answer = world.pool.refresh(token).await;
        if let Err(AuthError::Refused(refusal)) = &answer
            && refusal.code() == cognito_auth::RefusalCode::RefreshTokenReused
        {
            *world.reused.lock().unwrap() += 1;
        }
        sleep(slow(world.below(100)) / 2).await;
        world.pass(self.number).await;
        if world.takes(3, |plan| &mut plan.answers) {
            world.blame("an answer was lost");
            return Err(AuthError::Unreachable(Unreachable::Timeout));
        }
        if let Ok(Tokens { refresh_token: Some(token), .. }) = &answer {
            world.heard.lock().unwrap().push((token.expose().to_owned(), Instant::now()));
        }
        answer
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        self.world.pass(self.number).await;
        self.world.revoked.lock().unwrap().push(token.expose().to_owned());
        self.world.pool.revoke(token).await
    }

    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        self.world.pool.client_credentials(scopes).await
    }
}
