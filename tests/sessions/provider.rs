//! The local pool as an identity provider that does as it is told at a refresh.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::testing::{LocalUserPool, TokenSpec};
use cognito_auth::{
    AccessToken, AuthCode, AuthError, BeforeRequest, IdentityProvider, RefreshToken, SignIn,
    SignInRequest, Tokens, Unreachable, UserInfo,
};
use tokio::sync::Semaphore;

/// What becomes of one refresh.
#[derive(Clone)]
pub(crate) enum Act {
    /// The pool is not asked.
    Fail(AuthError),
    /// The pool grants it, and the answer is lost.
    LoseAnswer,
    /// The same, and the caller hears of the loss after this long.
    LoseAnswerLate(Duration),
    /// The pool grants it, and the rest of the answer is of no use.
    OnlyNewToken(AuthError),
    /// The same, and the answer comes once the permit is there.
    OnlyNewTokenLate(Arc<Semaphore>, AuthError),
    /// The pool is asked once the permit is there.
    Wait(Arc<Semaphore>),
    /// The pool is asked at once, and its answer comes once the permit is there.
    AnswerLate(Arc<Semaphore>),
    /// The pool is asked after this long.
    Slow(Duration),
    /// The client's secret is there after this long, and the pool is asked then.
    SlowSecret(Duration),
    /// The answer is for this user.
    Of(&'static str),
    /// The provider panics.
    Panic,
    /// The answer has this ID token.
    IdToken(String),
    /// The answer has this access token.
    Access(String),
    /// The answer has this access token and this refresh token.
    Tokens(String, String),
}

pub(crate) struct Provider {
    pub(crate) pool: LocalUserPool,
    acts: Mutex<VecDeque<Act>>,
    /// What the next sign-in's tokens are in place of the pool's.
    sign_in: Mutex<Option<Tokens>>,
    /// The next sign-in gets no refresh token.
    access_alone: AtomicBool,
    refreshes: AtomicUsize,
    revoked: Mutex<Vec<String>>,
    /// Every refresh and every revocation fails like this.
    down: Mutex<Option<AuthError>>,
    /// Sign-outs have no answer while there is no permit.
    sign_outs: Semaphore,
}

impl Provider {
    pub(crate) fn new(pool: LocalUserPool) -> Self {
        Self {
            pool,
            acts: Mutex::default(),
            sign_in: Mutex::default(),
            access_alone: AtomicBool::new(false),
            refreshes: AtomicUsize::new(0),
            revoked: Mutex::default(),
            down: Mutex::default(),
            sign_outs: Semaphore::new(Semaphore::MAX_PERMITS),
        }
    }

    pub(crate) fn next(&self, act: Act) {
        self.acts.lock().unwrap().push_back(act);
    }

    /// The next sign-in gets this access token, and a refresh token of the pool.
    pub(crate) fn next_sign_in(&self, access_token: &TokenSpec) {
        self.next_tokens(Tokens::new(self.pool.token(access_token)));
    }

    /// The next sign-in gets these tokens.
    pub(crate) fn next_tokens(&self, tokens: Tokens) {
        *self.sign_in.lock().unwrap() = Some(tokens);
    }

    /// The next sign-in gets no refresh token.
    pub(crate) fn next_has_no_refresh_token(&self) {
        self.access_alone.store(true, Ordering::SeqCst);
    }

    pub(crate) fn refreshes(&self) -> usize {
        self.refreshes.load(Ordering::SeqCst)
    }

    pub(crate) fn revocations(&self) -> usize {
        self.revoked.lock().unwrap().len()
    }

    pub(crate) fn last_revoked(&self) -> String {
        self.revoked.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn go_down(&self, error: Option<AuthError>) {
        *self.down.lock().unwrap() = error;
    }

    /// Sign-outs get no answer.
    pub(crate) fn hang_up(&self) {
        self.sign_outs.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn answer_again(&self) {
        self.sign_outs.add_permits(Semaphore::MAX_PERMITS);
    }

    fn check(&self) -> Result<(), AuthError> {
        self.down.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Provider")
    }
}

#[async_trait]
impl IdentityProvider for Provider {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        self.pool.sign_in(request)
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        self.check()?;
        let mut granted = self.pool.auth_with_code(code).await?;
        if self.access_alone.swap(false, Ordering::SeqCst) {
            granted.refresh_token = None;
        }
        let Some(mut tokens) = self.sign_in.lock().unwrap().take() else { return Ok(granted) };
        tokens.refresh_token = tokens.refresh_token.or(granted.refresh_token);
        Ok(tokens)
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        self.pool.user_info_with_token(token).await
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        let _permit = self.sign_outs.acquire().await.unwrap();
        self.check()?;
        self.pool.logout_with_token(token).await
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        self.refreshes.fetch_add(1, Ordering::SeqCst);
        self.check()?;
        let act = self.acts.lock().unwrap().pop_front();
        match act {
            None => self.pool.refresh(token).await,
            Some(Act::Fail(error)) => Err(error),
            Some(Act::LoseAnswer) => {
                self.pool.refresh(token).await?;
                Err(AuthError::Unreachable(Unreachable::Timeout))
            }
            Some(Act::LoseAnswerLate(time)) => {
                self.pool.refresh(token).await?;
                tokio::time::sleep(time).await;
                Err(AuthError::Unreachable(Unreachable::Timeout))
            }
            Some(Act::OnlyNewToken(error)) => {
                let tokens = self.pool.refresh(token).await?;
                Err(error.with_new_refresh_token(tokens.refresh_token))
            }
            Some(Act::OnlyNewTokenLate(permit, error)) => {
                let tokens = self.pool.refresh(token).await?;
                permit.acquire().await.unwrap().forget();
                Err(error.with_new_refresh_token(tokens.refresh_token))
            }
            Some(Act::Wait(permit)) => {
                permit.acquire().await.unwrap().forget();
                self.pool.refresh(token).await
            }
            Some(Act::AnswerLate(permit)) => {
                let answer = self.pool.refresh(token).await;
                permit.acquire().await.unwrap().forget();
                answer
            }
            Some(Act::Slow(time) | Act::SlowSecret(time)) => {
                tokio::time::sleep(time).await;
                self.pool.refresh(token).await
            }
            Some(Act::Of(user)) => {
                let mut tokens = self.pool.refresh(token).await?;
                tokens.access_token = self.pool.access_token(user);
                tokens.id_token = None;
                Ok(tokens)
            }
            Some(Act::Panic) => panic!("of the provider"),
            Some(Act::IdToken(id_token)) => {
                let mut tokens = self.pool.refresh(token).await?;
                tokens.id_token = Some(id_token.into());
                Ok(tokens)
            }
            Some(Act::Tokens(access_token, refresh_token)) => {
                self.pool.refresh(token).await?;
                let mut tokens = Tokens::new(access_token);
                tokens.refresh_token = Some(refresh_token.into());
                Ok(tokens)
            }
            Some(Act::Access(token_text)) => {
                let mut tokens = self.pool.refresh(token).await?;
                tokens.access_token = token_text.into();
                tokens.id_token = None;
                Ok(tokens)
            }
        }
    }

    async fn refresh_after(
        &self,
        before_request: BeforeRequest<'_>,
        token: &RefreshToken,
    ) -> Result<Tokens, AuthError> {
        let secret_takes = {
            let mut acts = self.acts.lock().unwrap();
            match acts.front() {
                Some(Act::SlowSecret(time)) => {
                    let time = *time;
                    acts.pop_front();
                    time
                }
                _ => Duration::ZERO,
            }
        };
        if !secret_takes.is_zero() {
            tokio::time::sleep(secret_takes).await;
        }
        before_request()?;
        self.refresh(token).await
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        let _permit = self.sign_outs.acquire().await.unwrap();
        self.check()?;
        self.revoked.lock().unwrap().push(token.expose().to_owned());
        self.pool.revoke(token).await
    }

    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        self.pool.client_credentials(scopes).await
    }
}
