//! `MachineTokens`: how often Cognito is asked for a token of client credentials, and what callers get.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault, LocalClient, LocalUserPool};
use cognito_auth::{
    AccessToken, AuthCode, AuthError, CognitoClient, IdentityProvider, MachineTokens, RefreshToken,
    SignIn, SignInRequest, Tokens, UserInfo,
};

const CLIENT: (&str, &str) = ("batch", "secret-of-the-batch");
const HOUR: Duration = Duration::from_secs(3600);

fn client() -> LocalClient {
    LocalClient::machine(CLIENT.0, CLIENT.1).scopes(["orders/read", "orders/write"])
}

/// Without sockets, so that the time of tokio can be paused.
fn pool() -> (LocalUserPool, MachineTokens) {
    let builder = LocalUserPool::builder().client(client()).access_token_lifetime(HOUR);
    let pool = builder.in_memory().build().unwrap();
    let tokens = MachineTokens::new(pool.clone());
    (pool, tokens)
}

fn fetched(pool: &LocalUserPool) -> usize {
    pool.requests(Endpoint::Token)
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn callers_share_one_fetch_for_each_set_of_scopes() {
    let (pool, tokens) = pool();
    pool.fail_next_at(Endpoint::Token, 1, Fault::Slow(Duration::from_secs(2)));
    let callers: Vec<_> = (0..100)
        .map(|number| {
            let tokens = tokens.clone();
            let scopes = [["orders/read", "orders/write"], ["orders/write", "orders/read"]];
            tokio::spawn(async move { tokens.token(&scopes[number % 2]).await })
        })
        .collect();
    let mut got: Vec<AccessToken> = Vec::new();
    for caller in callers {
        got.push(caller.await.unwrap().unwrap());
    }
    assert!(got.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(fetched(&pool), 1);
    assert_eq!(
        tokens.token(&["orders/read", "orders/write", "orders/read"]).await,
        Ok(got[0].clone())
    );
    assert_eq!(fetched(&pool), 1);

    let all = tokens.token(&[]).await.unwrap();
    let read = tokens.token(&["orders/read"]).await.unwrap();
    assert!(all != got[0] && read != all);
    assert_eq!(fetched(&pool), 3);
}

#[tokio::test(start_paused = true)]
async fn it_is_renewed_ahead_of_its_end_without_a_wait() {
    let (pool, tokens) = pool();
    let first = tokens.token(&[]).await.unwrap();
    pass(3600 - 301).await;
    assert_eq!(tokens.token(&[]).await, Ok(first.clone()));
    pass(0).await;
    assert_eq!(fetched(&pool), 1, "more than five minutes are left");
    pass(2).await;
    pool.fail_next_at(Endpoint::Token, 1, Fault::Slow(Duration::from_secs(2)));
    for _ in 0..10 {
        let began = tokio::time::Instant::now();
        assert_eq!(tokens.token(&[]).await, Ok(first.clone()));
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
    pass(3).await;
    assert_ne!(tokens.token(&[]).await, Ok(first));
    assert_eq!(fetched(&pool), 2);
}

#[tokio::test(start_paused = true)]
async fn a_good_token_is_used_while_it_cannot_be_renewed() {
    let (pool, tokens) = pool();
    let first = tokens.token(&[]).await.unwrap();
    pool.fail_next_at(Endpoint::Token, usize::MAX, Fault::Status(503));
    pass(3600 - 300).await;
    for _ in 0..238 {
        assert_eq!(tokens.token(&[]).await, Ok(first.clone()));
        pass(1).await;
    }
    let tried = fetched(&pool);
    assert!((8..=14).contains(&tried), "after 1, 2, 4 … 30 seconds: {tried}");
    // Less than a minute is left.
    pass(3).await;
    let error = tokens.token(&[]).await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_met_with_a_flood() {
    let (pool, tokens) = pool();
    pool.fail_next_at(Endpoint::Token, 3, Fault::Status(500));
    let error = tokens.token(&[]).await.unwrap_err();
    for _ in 0..1000 {
        assert_eq!(tokens.token(&[]).await, Err(error.clone()));
    }
    assert_eq!(fetched(&pool), 1);
    pass(1).await;
    assert_eq!(tokens.token(&[]).await, Err(error.clone()));
    assert_eq!(fetched(&pool), 2);
    pass(1).await;
    assert_eq!(tokens.token(&[]).await, Err(error.clone()));
    assert_eq!(fetched(&pool), 2, "the wait doubles");
    pass(1).await;
    assert_eq!(tokens.token(&[]).await, Err(error));
    assert_eq!(fetched(&pool), 3);
    pass(4).await;
    let token = tokens.token(&[]).await.unwrap();
    assert_eq!(tokens.token(&[]).await, Ok(token));
    assert_eq!(fetched(&pool), 4);
    // The next failure begins with a second again.
    pool.fail_next_at(Endpoint::Token, 1, Fault::Status(500));
    assert!(tokens.token(&["orders/read"]).await.is_err());
    pass(1).await;
    assert!(tokens.token(&["orders/read"]).await.is_ok());
}

/// Cognito has billed it, and hands it out once.
#[tokio::test(start_paused = true)]
async fn a_fetch_goes_on_without_its_caller() {
    let (pool, tokens) = pool();
    pool.fail_next_at(Endpoint::Token, 1, Fault::Slow(Duration::from_secs(5)));
    let left = tokio::time::timeout(Duration::from_secs(1), tokens.token(&[])).await;
    assert!(left.is_err());
    assert!(tokens.token(&[]).await.is_ok());
    assert_eq!(fetched(&pool), 1);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_never_answers_is_not_waited_for_for_ever() {
    let (pool, tokens) = pool();
    pool.fail_next_at(Endpoint::Token, 1, Fault::Slow(Duration::from_secs(3600)));
    let began = tokio::time::Instant::now();
    let error = tokens.token(&[]).await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
    assert!(began.elapsed() <= Duration::from_secs(31));
    pass(1).await;
    assert!(tokens.token(&[]).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_refused_elsewhere_is_discarded() {
    let (pool, tokens) = pool();
    let first = tokens.token(&[]).await.unwrap();
    let other = tokens.token(&["orders/read"]).await.unwrap();
    // A service that refuses every token costs one fetch a second.
    tokens.discard(&first);
    assert_eq!(tokens.token(&[]).await, Ok(first.clone()));
    pass(1).await;
    tokens.discard(&first);
    let second = tokens.token(&[]).await.unwrap();
    assert_ne!(second, first);
    // Late: others have a new one already.
    tokens.discard(&first);
    assert_eq!(tokens.token(&[]).await, Ok(second));
    assert_eq!(tokens.token(&["orders/read"]).await, Ok(other));
    assert_eq!(fetched(&pool), 3);
}

/// A service that takes scopes from requests by mistake fills no memory.
#[tokio::test(start_paused = true)]
async fn a_hundred_sets_are_kept() {
    let (_, tokens) = pool();
    for number in 0..150 {
        let scope = format!("orders/{number}");
        assert!(tokens.token(&[&scope]).await.is_err(), "the client does not allow it");
    }
    assert_eq!(format!("{tokens:?}"), "MachineTokens { sets: 100, .. }");
    let token = tokens.token(&[]).await.unwrap();
    assert!(!format!("{tokens:?}").contains(token.expose()));
}

/// A setting that is wrong is said at once, and again only after a while.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_an_error_of_ours() {
    let (pool, tokens) = pool();
    let error = tokens.token(&["orders/delete"]).await.unwrap_err();
    assert!(error.is_misconfiguration(), "{error}");
    assert!(matches!(error, AuthError::Refused(_)));
    assert_eq!(tokens.token(&["orders/delete"]).await, Err(error));
    assert_eq!(fetched(&pool), 1);
}

#[tokio::test]
async fn over_http_too() {
    let pool = LocalUserPool::builder().client(client()).start().await.unwrap();
    let cognito = CognitoClient::builder(&pool.user_pool(), CLIENT.0);
    let tokens = Arc::new(MachineTokens::new(cognito.client_secret(CLIENT.1).build().unwrap()));
    let header = tokens.authorization(&["orders/read"]).await.unwrap();
    assert!(header.is_sensitive());
    let token = tokens.token(&["orders/read"]).await.unwrap();
    assert_eq!(header.to_str().unwrap(), format!("Bearer {}", token.expose()));
    assert_eq!(fetched(&pool), 1);
}

/// A provider of one's own that panics at first, and then promises a token without an end.
#[derive(Debug, Default)]
struct Panics(std::sync::atomic::AtomicUsize);

#[async_trait::async_trait]
impl IdentityProvider for Panics {
    fn sign_in(&self, _: SignInRequest) -> Result<SignIn, AuthError> {
        unreachable!()
    }

    async fn auth_with_code(&self, _: AuthCode) -> Result<Tokens, AuthError> {
        unreachable!()
    }

    async fn user_info_with_token(&self, _: &AccessToken) -> Result<UserInfo, AuthError> {
        unreachable!()
    }

    async fn logout_with_token(&self, _: &AccessToken) -> Result<(), AuthError> {
        unreachable!()
    }

    async fn refresh(&self, _: &RefreshToken) -> Result<Tokens, AuthError> {
        unreachable!()
    }

    async fn revoke(&self, _: &RefreshToken) -> Result<(), AuthError> {
        unreachable!()
    }

    async fn client_credentials(&self, _: &[&str]) -> Result<Tokens, AuthError> {
        let asked = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        assert!(asked > 0, "of the provider");
        let mut tokens = Tokens::new("a-token");
        tokens.expires_in = Some(Duration::MAX);
        Ok(tokens)
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_panics_keeps_no_caller_waiting_or_busy() {
    let provider = Arc::new(Panics::default());
    let tokens = MachineTokens::new(Arc::clone(&provider));
    let asked = || provider.0.load(std::sync::atomic::Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(tokens.token(&[]).await.unwrap_err().code(), "unreachable");
    }
    assert_eq!(asked(), 1, "it is asked again after a second");
    pass(1).await;
    let token = tokens.token(&[]).await.unwrap();
    pass(80_000).await;
    assert_eq!(tokens.token(&[]).await, Ok(token));
    assert_eq!(asked(), 2);
}
