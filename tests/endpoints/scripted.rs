//! A provider for the tests of sign-outs that fail at Cognito.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::{
    AccessToken, AuthCode, AuthError, IdentityProvider, RefreshToken, Refusal, RefusalCode, SignIn,
    SignInRequest, Tokens, Unreachable, UserInfo,
};
use tokio::time::Instant;

/// A provider that answers as it was told, in this order, and then `last`. It keeps when it was
/// called, and with what.
#[derive(Debug)]
pub(crate) struct Scripted {
    began: Instant,
    answers: Mutex<VecDeque<Result<(), AuthError>>>,
    pub(crate) last: Mutex<Result<(), AuthError>>,
    pub(crate) calls: Mutex<Vec<(Duration, String)>>,
    /// What every revocation is answered, in place of those.
    pub(crate) revocations: Mutex<Option<Result<(), AuthError>>>,
    /// Whether the next call panics.
    pub(crate) panics: AtomicBool,
}

impl Scripted {
    pub(crate) fn new(answers: impl IntoIterator<Item = Result<(), AuthError>>) -> Arc<Self> {
        let answers = Mutex::new(answers.into_iter().collect());
        Arc::new(Self {
            began: Instant::now(),
            answers,
            last: Mutex::new(Ok(())),
            calls: Mutex::default(),
            revocations: Mutex::default(),
            panics: AtomicBool::default(),
        })
    }

    pub(crate) fn always(answer: Result<(), AuthError>) -> Arc<Self> {
        let scripted = Self::new([]);
        *scripted.last.lock().unwrap() = answer;
        scripted
    }

    fn count(&self, token: &str) {
        self.calls.lock().unwrap().push((self.began.elapsed(), token.to_owned()));
        assert!(!self.panics.swap(false, Ordering::SeqCst), "as a provider may");
    }

    fn call(&self, token: &str) -> Result<(), AuthError> {
        self.count(token);
        let answer = self.answers.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| self.last.lock().unwrap().clone())
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
}

#[async_trait]
impl IdentityProvider for Scripted {
    fn sign_in(&self, _: SignInRequest) -> Result<SignIn, AuthError> {
        unreachable!()
    }

    async fn auth_with_code(&self, _: AuthCode) -> Result<Tokens, AuthError> {
        unreachable!()
    }

    async fn user_info_with_token(&self, _: &AccessToken) -> Result<UserInfo, AuthError> {
        unreachable!()
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        self.call(token.expose())
    }

    async fn refresh(&self, _: &RefreshToken) -> Result<Tokens, AuthError> {
        unreachable!()
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        let answer = self.revocations.lock().unwrap().clone();
        if let Some(answer) = answer {
            self.count(token.expose());
            return answer;
        }
        self.call(token.expose())
    }

    async fn client_credentials(&self, _: &[&str]) -> Result<Tokens, AuthError> {
        unreachable!()
    }
}

pub(crate) fn no_answer() -> Result<(), AuthError> {
    Err(AuthError::Unreachable(Unreachable::Timeout))
}

pub(crate) fn refused(code: RefusalCode) -> Result<(), AuthError> {
    Err(Refusal::new(code).into())
}
