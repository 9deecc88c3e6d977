//! Sign-outs that got half way, and that come twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::revocation::{
    LiveCheck, MemoryRevocations, Revocation, RevocationStatus, RevocationStore, TokenIdentity,
};
use cognito_auth::testing::{Endpoint, Fault, TokenSpec};
use cognito_auth::{
    AuthCode, AuthEndpoints, IdentityProvider, JwtVerifier, RevocationError, SignOut,
    TokenVerifier, Tokens, VerifyError,
};

use super::local::{CODE_VERIFIER, Local};
use super::logout::{DONE, UNTOLD, refused_there};
use super::support::{Answer, REDIRECT_URI, ask, with_token};

const SECOND: Duration = Duration::from_secs(1);
const UNRECORDED: &str = r#"{"error":"logout_incomplete","message":"Signed out at the identity provider; this service could not record it."}"#;
const FAILED: &str = r#"{"error":"logout_failed","message":"Not signed out; try again later."}"#;

fn endpoints_of(local: &Local, verifier: &JwtVerifier) -> AuthEndpoints {
    AuthEndpoints::builder(local.provider.clone(), Arc::new(verifier.clone()))
        .redirect_uri(REDIRECT_URI)
        .build()
        .unwrap()
}

/// Alice signs in, with her refresh token.
pub(crate) async fn tokens(local: &Local) -> Tokens {
    let code = AuthCode::new(local.code(REDIRECT_URI), REDIRECT_URI);
    let code = code.with_code_verifier(CODE_VERIFIER);
    local.provider.auth_with_code(code).await.unwrap()
}

pub(crate) async fn logout(endpoints: &AuthEndpoints, token: &str) -> Answer {
    ask(endpoints, with_token("POST", "/auth/logout", token)).await
}

/// A store of an application: it takes every entry, or none while it fails.
#[derive(Debug, Default)]
struct Flaky {
    failures: AtomicUsize,
    inner: MemoryRevocations,
}

#[async_trait]
impl RevocationStore for Flaky {
    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        RevocationStatus::Unknown
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        self.inner.is_revoked(token).await
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        let failing = |left: usize| left.checked_sub(1);
        if self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, failing).is_ok() {
            return Err(RevocationError::new("down"));
        }
        self.inner.revoke(revocation).await
    }
}

#[tokio::test]
async fn what_one_store_did_not_take_it_is_given_the_next_time() {
    let fails = |answer| Answer::new(503, answer).retry_after("5");
    // Each entry is written to each store, and once more when Cognito was told.
    for (name, failures, cognito, first) in [
        ("the first write", 3, Ok(()), Answer::new(200, DONE)),
        ("both writes", 6, Ok(()), fails(UNRECORDED)),
        ("one entry of the second", 4, Ok(()), fails(UNRECORDED)),
        ("the write, and Cognito", 3, Err(Fault::Status(500)), fails(FAILED)),
        ("Cognito alone", 0, Err(Fault::Status(500)), fails(UNTOLD)),
    ] {
        let local = Local::start().await;
        let shared = Arc::new(Flaky::default());
        let here = local.verifier().revocations(Arc::new(MemoryRevocations::new()));
        let endpoints = local.builder(here.revocations(shared.clone())).build().unwrap();
        let there = local.verifier().revocations(shared.clone()).build().unwrap();
        let (token, other_device) = (local.access_token(), local.access_token());
        local.pool.advance(60 * SECOND);

        shared.failures.store(failures, Ordering::SeqCst);
        if let Err(fault) = cognito {
            local.pool.fail_next_at(Endpoint::GlobalSignOut, 1, fault);
        }
        assert_eq!(logout(&endpoints, &token).await, first, "{name}");
        assert_eq!(shared.failures.load(Ordering::SeqCst), 0, "{name}");

        // A new sign-in is not hit by what is made up for, unless Cognito is told only now.
        local.pool.advance(60 * SECOND);
        let fresh = local.access_token();
        local.pool.advance(SECOND);
        for _ in 0..2 {
            assert_eq!(logout(&endpoints, &token).await, Answer::new(200, DONE), "{name}");
        }
        for token in [&token, &other_device] {
            let verdict = there.verify_access(token).await.map(|_| ());
            assert_eq!(verdict, Err(VerifyError::Revoked), "{name}");
        }
        let verdict = there.verify_access(&fresh).await.map(|_| ());
        let expected = if cognito.is_ok() { Ok(()) } else { Err(VerifyError::Revoked) };
        assert_eq!(verdict, expected, "{name}");
    }
}

#[tokio::test]
async fn a_session_that_was_refreshed_while_cognito_was_told_is_over_too() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let token = local.access_token();
    let (pool, refreshed) = (local.pool.clone(), Arc::new(std::sync::Mutex::new(Vec::new())));
    let kept = refreshed.clone();
    local.provider.before_logout(move || {
        // Another device, in the second of the sign-out and in the next one. Nothing but the time
        // of its sign-in tells its tokens from those of a new one.
        for step in [Duration::ZERO, SECOND] {
            pool.advance(step);
            let spec = TokenSpec::access("alice").claim("auth_time", 1);
            kept.lock().unwrap().push(pool.token(&spec));
        }
    });
    assert_eq!(logout(&endpoints, &token).await, Answer::new(200, DONE));
    let refreshed = refreshed.lock().unwrap().clone();
    assert_eq!(refreshed.len(), 2);
    for token in refreshed {
        let answer = ask(&endpoints, with_token("GET", "/auth/me", &token)).await;
        assert_eq!(answer.status, 403);
    }
    assert_eq!(local.pool.requests(Endpoint::GetUser), 0, "Cognito did not have to be asked");
    // A new sign-in in the same second is accepted.
    let answer = ask(&endpoints, with_token("GET", "/auth/me", &local.access_token())).await;
    assert_eq!(answer.status, 200);
}

/// A thief has a token that is over, and its user has signed in anew.
#[tokio::test]
async fn a_token_that_is_over_signs_no_user_out_anew() {
    let scoped = || TokenSpec::access("alice").scopes(["a/b", "aws.cognito.signin.user.admin"]);
    for (name, lacks_scope) in [("signed out here", false), ("and it lacks a scope", true)] {
        let local = Local::start().await;
        let verifier = local.verifier().require_scope("a/b").build().unwrap();
        let endpoints = endpoints_of(&local, &verifier);
        let stolen = if lacks_scope { local.access_token() } else { local.pool.token(&scoped()) };
        assert_eq!(logout(&endpoints, &stolen).await, Answer::new(200, DONE), "{name}");
        stays_signed_in(&local, &verifier, scoped(), &stolen, Answer::new(200, DONE)).await;
    }
    // Revoked here alone, and not the user: the others go on, as they did. (Cognito, which is told
    // of every logout, has signed the user out by itself in the meantime.)
    for name in ["token", "session"] {
        let local = Local::start().await;
        let verifier = local.verifier().require_scope("a/b").build().unwrap();
        let stolen = local.pool.token(&scoped());
        let claims = verifier.verify_access(&stolen).await.unwrap();
        match name {
            "token" => verifier.sign_out_token_only(&claims).await.unwrap(),
            _ => verifier.sign_out_session(&claims).await.unwrap(),
        }
        local.pool.sign_out("alice");
        stays_signed_in(&local, &verifier, scoped(), &stolen, refused_there()).await;
    }
    // Known to be over from Cognito alone.
    let local = Local::start().await;
    let live = LiveCheck::builder(Arc::new(local.pool.clone())).keep_for(Duration::ZERO);
    let verifier = local.verifier().revocations(Arc::new(live.build().unwrap())).build().unwrap();
    let stolen = local.pool.token(&scoped());
    local.pool.sign_out("alice");
    stays_signed_in(&local, &verifier, scoped(), &stolen, refused_there()).await;
}

async fn stays_signed_in(
    local: &Local,
    verifier: &JwtVerifier,
    spec: TokenSpec,
    stolen: &str,
    expected: Answer,
) {
    let endpoints = endpoints_of(local, verifier);
    for _ in 0..3 {
        local.pool.advance(5 * SECOND);
        let fresh = local.pool.token(&spec);
        local.pool.advance(5 * SECOND);
        assert_eq!(logout(&endpoints, stolen).await, expected);
        assert_eq!(verifier.verify_access(&fresh).await.map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn a_session_that_ended_at_cognito_is_not_the_user() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let (one, two) = (tokens(&local).await, tokens(&local).await);
    local.provider.revoke(one.refresh_token.as_ref().unwrap()).await.unwrap();
    // Signed out here, and Cognito has not: the other session goes on there.
    for _ in 0..3 {
        assert_eq!(logout(&endpoints, one.access_token.expose()).await, refused_there());
    }
    let refreshed = local.provider.refresh(two.refresh_token.as_ref().unwrap()).await.unwrap();
    // With a token of the other session it can be done.
    let answer = logout(&endpoints, refreshed.access_token.expose()).await;
    assert_eq!(answer, Answer::new(200, DONE));
    local.provider.refresh(two.refresh_token.as_ref().unwrap()).await.unwrap_err();
}

#[tokio::test]
async fn a_sign_out_says_what_it_found() {
    let local = Local::start().await;
    let verifier = local.verifier().build().unwrap();
    let claims = async || verifier.verify_access(&local.access_token()).await.unwrap();
    let (one, two) = (claims().await, claims().await);
    verifier.sign_out_session(&one).await.unwrap();
    assert_eq!(verifier.sign_out(&one).await, Ok(SignOut::TokenOnly));
    local.pool.advance(SECOND);
    let three = claims().await;
    assert_eq!(verifier.sign_out(&two).await, Ok(SignOut::Done));
    for claims in [&two, &one] {
        assert_eq!(verifier.sign_out(claims).await, Ok(SignOut::Repeated));
    }
    // Whatever the entries are, a token that was found revoked does not sign its user out.
    let revoked = local.verifier().build().unwrap();
    assert_eq!(revoked.repeat_sign_out(&three).await, Ok(SignOut::TokenOnly));
    assert_eq!(revoked.sign_out(&two).await, Ok(SignOut::Done));
}
