//! What Cognito could not be told of a sign-out is told again in the background (N3).

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{
    AuthEndpoints, AuthError, JwtVerifier, Logout, RefreshToken, RefusalCode, VerifyError,
};

use super::local_pool::verifier;
use super::logout::{DONE, UNTOLD};
use super::scripted::{Scripted, no_answer, refused};
use super::support::{Answer, CLIENT, REDIRECT_URI, ask, with_token};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

pub(crate) struct Stage {
    pub(crate) pool: LocalUserPool,
    pub(crate) verifier: JwtVerifier,
    pub(crate) provider: Arc<Scripted>,
    pub(crate) logout: Logout,
}

pub(crate) fn stage(provider: Arc<Scripted>) -> Stage {
    let client = LocalClient::public(CLIENT).redirect_uri(REDIRECT_URI);
    let users = ["alice", "bob"].map(|name| LocalUser::new(name, "Passw0rd!"));
    let mut pool = LocalUserPool::builder().client(client).in_memory();
    for user in users {
        pool = pool.user(user);
    }
    let pool = pool.build().unwrap();
    let verifier = verifier(&pool);
    let logout = Logout::new(provider.clone(), Arc::new(verifier.clone()));
    Stage { pool, verifier, provider, logout }
}

impl Stage {
    pub(crate) fn endpoints(&self) -> AuthEndpoints {
        AuthEndpoints::builder(self.provider.clone(), Arc::new(self.verifier.clone()))
            .redirect_uri(REDIRECT_URI)
            .logout(self.logout.clone())
            .build()
            .unwrap()
    }

    async fn verdict(&self, token: &str) -> Result<(), VerifyError> {
        self.verifier.verify_access(token).await.map(drop)
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_told_less_and_less_often_until_it_answers() {
    let stage = stage(Scripted::new([no_answer(), no_answer(), no_answer(), no_answer()]));
    let token = stage.pool.access_token("alice");
    let logout = with_token("POST", "/auth/logout", token.expose());
    let answer = ask(&stage.endpoints(), logout).await;
    assert_eq!(answer, Answer::new(503, UNTOLD).retry_after("5"));
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (1, 1));
    let by_cookie = TokenSpec::access("alice").claim("auth_time", 1);
    stage.pool.advance(SECOND);
    assert_eq!(stage.verdict(&stage.pool.token(&by_cookie)).await, Err(VerifyError::Revoked));

    tokio::time::sleep(60 * SECOND).await;
    let calls = stage.provider.calls.lock().unwrap().clone();
    let (times, tokens): (Vec<_>, Vec<_>) = calls.into_iter().unzip();
    assert_eq!(tokens, vec![token.expose(); 5], "and not once more when it has answered");
    for (gap, most) in times.windows(2).zip([2, 4, 8, 16]) {
        let gap = gap[1] - gap[0];
        assert!(SECOND * most / 2 <= gap && gap <= SECOND * most, "{gap:?} of {most} s");
    }
    assert_eq!(stage.logout.pending(), 0);
    // And that Cognito was told is known here.
    stage.pool.advance(SECOND);
    assert_eq!(stage.verdict(&stage.pool.token(&by_cookie)).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn it_is_given_up_when_the_token_has_expired_or_is_refused() {
    for (name, answers, calls) in [
        ("refused", vec![no_answer(), refused(RefusalCode::TokenRevoked)], 2),
        ("deleted", vec![no_answer(), refused(RefusalCode::UserNotFound)], 2),
        ("set up wrong", vec![no_answer(), refused(RefusalCode::ResourceNotFound)], 2),
        ("secret rotated", vec![no_answer(), refused(RefusalCode::InvalidClient)], 3),
        ("refused at once", vec![refused(RefusalCode::InsufficientScope)], 1),
    ] {
        let stage = stage(Scripted::new(answers));
        let outcome = stage.logout.everywhere(&stage.pool.access_token("alice")).await.unwrap();
        assert_eq!((outcome.is_complete(), outcome.is_retried), (false, calls > 1), "{name}");
        tokio::time::sleep(HOUR).await;
        assert_eq!((stage.provider.calls(), stage.logout.pending()), (calls, 0), "{name}");
    }
    // Never an answer: for an hour, which is the token's lifetime, about once a minute.
    let stage = stage(Scripted::always(no_answer()));
    let outcome = stage.logout.everywhere(&stage.pool.access_token("alice")).await.unwrap();
    assert!(outcome.is_retried);
    tokio::time::sleep(HOUR - 61 * SECOND).await;
    assert_eq!(stage.logout.pending(), 1);
    tokio::time::sleep(3 * 61 * SECOND).await;
    assert_eq!(stage.logout.pending(), 0);
    let calls = stage.provider.calls();
    assert!((60..140).contains(&calls), "{calls}");
    tokio::time::sleep(HOUR).await;
    assert_eq!(stage.provider.calls(), calls);
}

#[tokio::test(start_paused = true)]
async fn one_call_for_a_user_and_none_once_the_user_has_done_it() {
    let stage = stage(Scripted::new((0..4).map(|_| no_answer())));
    let (alice, bob) = (stage.pool.access_token("alice"), stage.pool.access_token("bob"));
    for _ in 0..3 {
        assert!(stage.logout.everywhere(&alice).await.unwrap().is_retried);
    }
    assert!(stage.logout.everywhere(&bob).await.unwrap().is_retried);
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (4, 2));

    assert!(stage.logout.everywhere(&alice).await.unwrap().is_complete());
    assert_eq!(stage.logout.pending(), 1);
    tokio::time::sleep(60 * SECOND).await;
    let calls = stage.provider.calls.lock().unwrap().clone();
    assert_eq!(calls.len(), 6);
    assert_eq!(calls[5].1, bob.expose());
}

#[tokio::test(start_paused = true)]
async fn many_are_told_one_after_the_other() {
    let stage = stage(Scripted::always(no_answer()));
    let names: Vec<_> = (0..50).map(|number| format!("user-{number}")).collect();
    for name in &names {
        stage.pool.add_user(LocalUser::new(name, "Passw0rd!"));
        assert!(stage.logout.everywhere(&stage.pool.access_token(name)).await.unwrap().is_retried);
    }
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (50, 50));
    // While it does not answer, one call for all of them tells.
    tokio::time::sleep(62 * SECOND).await;
    assert!(stage.provider.calls() < 50 + 10, "{}", stage.provider.calls());

    *stage.provider.last.lock().unwrap() = Ok(());
    let before = stage.provider.calls();
    tokio::time::sleep(70 * SECOND).await;
    assert_eq!((stage.provider.calls() - before, stage.logout.pending()), (50, 0));
    let calls = stage.provider.calls.lock().unwrap();
    for pair in calls[before..].windows(2) {
        assert!(pair[1].0 - pair[0].0 >= SECOND / 10);
    }
}

#[tokio::test(start_paused = true)]
async fn one_session_is_revoked_again_with_its_refresh_token() {
    let stage = stage(Scripted::new([no_answer(), no_answer()]));
    let (one, other) = (stage.pool.access_token("alice"), stage.pool.access_token("alice"));
    let outcome = stage.logout.session(&one, &RefreshToken::new("refresh-one")).await.unwrap();
    assert_eq!((outcome.local.clone(), outcome.is_retried), (Ok(()), true));
    assert_eq!(stage.verdict(one.expose()).await, Err(VerifyError::Revoked));
    assert_eq!(stage.verdict(other.expose()).await, Ok(()));
    // Another session of the user is another call.
    stage.logout.session(&other, &RefreshToken::new("refresh-other")).await.unwrap();
    assert_eq!(stage.logout.pending(), 2);
    tokio::time::sleep(60 * SECOND).await;
    let mut tokens: Vec<_> =
        stage.provider.calls.lock().unwrap().iter().map(|(_, token)| token.clone()).collect();
    assert_eq!(tokens.len(), 4);
    tokens.dedup();
    assert_eq!(tokens, ["refresh-one", "refresh-other", "refresh-one", "refresh-other"]);
}

/// A runtime that ends takes its tasks along: the next sign-out on another one starts anew.
#[test]
fn another_runtime_goes_on() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    };
    let first = runtime();
    let stage = first.block_on(async { stage(Scripted::new([no_answer(), no_answer()])) });
    let (alice, bob) = (stage.pool.access_token("alice"), stage.pool.access_token("bob"));
    first.block_on(stage.logout.everywhere(&alice)).unwrap();
    drop(first);
    assert_eq!(stage.logout.pending(), 1);
    runtime().block_on(async {
        stage.logout.everywhere(&bob).await.unwrap();
        tokio::time::sleep(60 * SECOND).await;
    });
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (4, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_told_at_once_is_not_told_again() {
    let stage = stage(Scripted::new([]));
    let token = stage.pool.access_token("alice");
    let logout = with_token("POST", "/auth/logout", token.expose());
    assert_eq!(ask(&stage.endpoints(), logout).await, Answer::new(200, DONE));
    tokio::time::sleep(HOUR).await;
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (1, 0));
}

/// What one user's sign-out is asked to wait holds up no other, and leaves it time for a retry.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_asked_for_is_a_minute_at_most() {
    let long = Some(300 * SECOND);
    for error in [
        AuthError::RateLimited { retry_after: long },
        AuthError::Blocked { status: 403, retry_after: long },
    ] {
        let stage = stage(Scripted::new([Err(error)]));
        let token = stage.pool.access_token("alice");
        let outcome = stage.logout.everywhere(&token).await.unwrap();
        assert!(outcome.is_retried);
        tokio::time::sleep(61 * SECOND).await;
        assert_eq!((stage.provider.calls(), stage.logout.pending()), (2, 0));
    }
}
