//! How often Cognito is asked, and how much is remembered.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cognito_auth::revocation::{LiveCheck, RevocationStatus, RevocationStore};
use cognito_auth::revocation::{TokenIdentity, TokenKind};
use cognito_auth::testing::{Endpoint, Fault, LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{CognitoClient, ConfigError, JwtVerifier, RevocationError, VerifyError};

use super::{KEEP_FOR, SECOND, cannot_tell, setup};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_once_are_one_get_user() {
    let pool = LocalUserPool::builder().user(LocalUser::new("alice", "x")).start().await.unwrap();
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    // However slow this machine is.
    let live = LiveCheck::builder(Arc::new(client)).timeout(60 * SECOND).keep_for(300 * SECOND);
    let verifier = JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .revocations(Arc::new(live.build().unwrap()))
        .build()
        .unwrap();
    let token = pool.access_token("alice");
    let tasks: Vec<_> = (0..1000)
        .map(|_| {
            let (verifier, token) = (verifier.clone(), token.clone());
            tokio::spawn(async move { verifier.verify_access(token.expose()).await.map(|_| ()) })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    assert_eq!(pool.requests(Endpoint::GetUser), 1);
}

#[tokio::test(start_paused = true)]
async fn a_kept_verdict_costs_no_question() {
    let s = setup(|live| live);
    let token = s.token("alice");
    for expected in 1..=3 {
        for _ in 0..100 {
            assert_eq!(s.verdict(&token).await, Ok(()));
            assert!(s.verifier.verify_access_now(&token).is_ok());
        }
        assert_eq!(s.asked(), expected);
        s.advance(KEEP_FOR).await;
    }
}

#[tokio::test(start_paused = true)]
async fn kept_for_no_time_every_request_asks() {
    let s = setup(|live| live.keep_for(Duration::ZERO));
    let token = s.token("alice");
    for expected in 1..=3 {
        assert_eq!(s.verdict(&token).await, Ok(()));
        assert_eq!(s.asked(), expected);
    }
    assert_eq!(s.live.health().recent, 1);
}

#[tokio::test(start_paused = true)]
async fn the_time_counts_from_the_question_and_not_from_its_answer() {
    let s = setup(|live| live);
    let token = s.token("alice");
    s.pool.fail_next(1, Fault::Slow(2 * SECOND));
    assert_eq!(s.verdict(&token).await, Ok(()));
    s.advance(3 * SECOND - Duration::from_millis(1)).await;
    assert_eq!(s.verdict(&token).await, Ok(()));
    assert_eq!(s.asked(), 1);
    s.advance(Duration::from_millis(1)).await;
    assert_eq!(s.verdict(&token).await, Ok(()));
    assert_eq!(s.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn without_waiting_only_a_cached_verdict_counts() {
    let s = setup(|live| live);
    let token = s.token("alice");
    let now = || s.verifier.verify_access_now(&token).map(|_| ());
    let not_cached = VerifyError::RevocationUnavailable(RevocationError::NotCached);
    assert_eq!(now(), Err(not_cached));
    assert_eq!(s.asked(), 0);
    assert_eq!(s.verdict(&token).await, Ok(()));
    assert_eq!(now(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_neither_cancels_nor_restarts_the_question() {
    let s = setup(|live| live);
    let token = s.token("alice");
    s.pool.fail_next(1, Fault::Slow(SECOND));
    let (verifier, text) = (s.verifier.clone(), token.clone());
    let first = tokio::spawn(async move { verifier.verify_access(&text).await.map(|_| ()) });
    while s.asked() == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(s.live.health().asking, 1);
    assert_eq!(s.verdict(&token).await, Ok(()));
    assert_eq!(s.asked(), 1);
    assert_eq!(s.live.health().asking, 0);
}

#[tokio::test(start_paused = true)]
async fn so_many_calls_at_a_time_and_the_rest_wait_their_turn() {
    let s = setup(|live| live);
    s.pool.fail_next(128, Fault::Slow(SECOND));
    let tasks: Vec<_> = (0..128)
        .map(|_| {
            let (verifier, token) = (s.verifier.clone(), s.token("alice"));
            tokio::spawn(async move { verifier.verify_access(&token).await.map(|_| ()) })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!((s.live.health().asking, s.asked()), (128, 64));
    tokio::time::sleep(SECOND).await;
    assert_eq!((s.live.health().asking, s.asked()), (64, 128));
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
}

/// After a start no verdict is cached, and every client comes at once.
#[tokio::test(start_paused = true)]
async fn two_thousand_tokens_at_once_are_all_judged_within_the_time_limit() {
    const TOKENS: usize = 2000;
    let s = setup(|live| live);
    s.pool.fail_next(TOKENS, Fault::Slow(Duration::from_millis(50)));
    let tasks: Vec<_> = (0..TOKENS)
        .map(|_| {
            let (verifier, token) = (s.verifier.clone(), s.token("alice"));
            tokio::spawn(async move { verifier.verify_access(&token).await.map(|_| ()) })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    assert_eq!(s.asked(), TOKENS);
}

#[tokio::test(start_paused = true)]
async fn memory_is_bounded_and_the_stalest_is_forgotten() {
    let s = setup(|live| live.capacity(10));
    let tokens: Vec<_> = (0..100).map(|_| s.token("alice")).collect();
    for token in &tokens {
        assert_eq!(s.verdict(token).await, Ok(()));
        assert!(s.live.health().recent <= 10);
    }
    assert_eq!(s.asked(), 100);
    for token in &tokens[90..] {
        assert_eq!(s.verdict(token).await, Ok(()));
    }
    assert_eq!(s.asked(), 100);
    assert_eq!(s.verdict(&tokens[89]).await, Ok(()));
    assert_eq!(s.asked(), 101);

    s.pool.disable_user("alice");
    s.advance(KEEP_FOR).await;
    for token in &tokens {
        assert_eq!(s.verdict(token).await, super::REVOKED);
        assert!(s.live.health().ended <= 10);
    }
    assert_eq!(s.live.health().ended, 10);
}

#[tokio::test(start_paused = true)]
async fn questions_under_way_are_bounded_too() {
    let s = setup(|live| live.capacity(2));
    s.pool.fail_next(2, Fault::Slow(SECOND));
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let (verifier, token) = (s.verifier.clone(), s.token("alice"));
            tokio::spawn(async move { verifier.verify_access(&token).await.map(|_| ()) })
        })
        .collect();
    while s.asked() < 2 {
        tokio::task::yield_now().await;
    }
    let third = s.verdict(&s.token("alice")).await;
    assert_eq!(third, cannot_tell("too many tokens are being asked about"));
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
}

#[test]
fn without_a_runtime_the_answer_says_so() {
    let s = setup(|live| live);
    let (token, name) = (s.token("alice"), s.pool.user_pool().name());
    let mut identity = TokenIdentity::new(&name, &token, TokenKind::Access, "s", 0);
    identity.scope = "openid";
    assert_eq!(s.live.status_now(&identity), RevocationStatus::Unknown);
    let asking = pin!(s.live.is_revoked(&identity));
    let answer = asking.poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(answer, Poll::Ready(Err(RevocationError::new("no tokio runtime"))));
}

#[tokio::test]
async fn a_runtime_that_shuts_down_under_a_question_does_not_block_the_next_one() {
    let s = setup(|live| live);
    let token = s.token("alice");
    s.pool.fail_next(1, Fault::Slow(3600 * SECOND));
    let (pool, verifier, text) = (s.pool.clone(), s.verifier.clone(), token.clone());
    let abandoned = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            tokio::spawn(async move { verifier.verify_access(&text).await.map(|_| ()) });
            while pool.requests(Endpoint::GetUser) == 0 {
                tokio::task::yield_now().await;
            }
        });
    });
    abandoned.join().unwrap();
    let error = s.live.health().last_error.unwrap();
    assert_eq!(error.reason(), "the question was abandoned");
    assert_eq!(s.verdict(&token).await, Ok(()));
    assert_eq!(s.live.health().last_error, None);
}

#[test]
fn settings_have_their_ranges() {
    let pool = LocalUserPool::builder().in_memory().build().unwrap();
    let builder = || LiveCheck::builder(Arc::new(pool.clone()));
    let minute = 60 * SECOND;
    for (name, builder, expected) in [
        ("5 minutes", builder().keep_for(5 * minute), None),
        ("more", builder().keep_for(5 * minute + SECOND), Some(("keep_for", "at most 5 minutes"))),
        ("24 hours", builder().accept_while_unavailable(24 * 60 * minute), None),
        (
            "25 hours",
            builder().accept_while_unavailable(25 * 60 * minute),
            Some(("accept_while_unavailable", "at least as long as keep_for, at most 24 hours")),
        ),
        (
            "shorter than the kept time",
            builder().accept_while_unavailable(4 * SECOND),
            Some(("accept_while_unavailable", "at least as long as keep_for, at most 24 hours")),
        ),
        (
            "no time",
            builder().timeout(Duration::ZERO),
            Some(("timeout", "more than zero, up to 60 seconds")),
        ),
        (
            "too long",
            builder().timeout(2 * minute),
            Some(("timeout", "more than zero, up to 60 seconds")),
        ),
        ("no room", builder().capacity(0), Some(("capacity", "at least 1"))),
    ] {
        let text = expected.map(|(setting, range)| format!("{setting} is out of range: {range}"));
        let error = builder.build().err();
        assert!(matches!(error, None | Some(ConfigError::OutOfRange { .. })), "{name}");
        assert_eq!(error.map(|error| error.to_string()), text, "{name}");
    }
}

#[tokio::test]
async fn debug_shows_no_token() {
    let s = setup(|live| live);
    let token = s.pool.token(&TokenSpec::access("alice"));
    s.verdict(&token).await.unwrap();
    let shown = format!("{:?} {:?}", s.live, LiveCheck::builder(Arc::new(s.pool.clone())));
    for part in ["recent: 1", "LiveCheckBuilder { settings: "] {
        assert!(shown.contains(part), "{shown}");
    }
    assert!(token.split('.').all(|part| !shown.contains(part)), "{shown}");
}
