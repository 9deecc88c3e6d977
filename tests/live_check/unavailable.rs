//! When there is no answer: 503, and a while in which no user is asked about.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cognito_auth::bearer::Challenge;
use cognito_auth::revocation::LiveCheck;
use cognito_auth::testing::{Endpoint, Fault, LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{CognitoClient, JwtVerifier, UserPool, VerifyError};
use tokio::task::JoinHandle;

use super::support::FrozenTime;
use super::{KEEP_FOR, REVOKED, SECOND, cannot_tell, setup};

pub(crate) const OVER_QUOTA: &str = "over Cognito's quota";
pub(crate) const NOT_YET: &str = "Cognito is not to be asked again yet";
const FAILED: &str = "Cognito failed";
const NO_ANSWER: &str = "no answer from Cognito in time";

/// Over real sockets, through the client.
fn over_http(pool: &LocalUserPool, at: UserPool) -> (LiveCheck, JwtVerifier) {
    let client = CognitoClient::new(&at, pool.client_id()).unwrap();
    let live = LiveCheck::new(Arc::new(client));
    let verifier = super::verifier(pool).revocations(Arc::new(live.clone())).build().unwrap();
    (live, verifier)
}

pub(crate) type Asking = JoinHandle<Result<(), VerifyError>>;

pub(crate) fn start(verifier: &JwtVerifier, token: String) -> Asking {
    let verifier = verifier.clone();
    tokio::spawn(async move { verifier.verify_access(&token).await.map(|_| ()) })
}

/// Time moves on when so many requests have come, and not before.
async fn let_time_run_out(pool: &LocalUserPool, endpoint: Endpoint, requests: usize) {
    while pool.requests(endpoint) < requests {
        tokio::task::yield_now().await;
    }
    // Timers go by whole milliseconds.
    tokio::time::advance(3 * SECOND + Duration::from_millis(2)).await;
}

#[tokio::test]
async fn every_fault_is_cannot_tell_and_passes() {
    let pool = LocalUserPool::builder().user(LocalUser::new("alice", "x")).start().await.unwrap();
    let _frozen = FrozenTime::start();
    let get_user = TokenSpec::access("alice");
    let user_info = TokenSpec::access("alice").scopes(["openid"]);
    for (fault, reason, backs_off) in [
        (Fault::Status(500), FAILED, false),
        (Fault::Html(502), FAILED, false),
        (Fault::Html(200), "Cognito's answer cannot be read", false),
        (Fault::Html(400), "Cognito's answer cannot be read", false),
        (Fault::Html(403), "a firewall stopped the question", true),
        (Fault::Status(302), "Cognito's answer cannot be read", false),
        (Fault::Throttle, OVER_QUOTA, true),
        (Fault::Status(429), OVER_QUOTA, true),
        (Fault::CutOff, "Cognito's answer was cut off", false),
        (Fault::Hang, NO_ANSWER, false),
    ] {
        for (endpoint, spec) in [(Endpoint::GetUser, &get_user), (Endpoint::UserInfo, &user_info)] {
            let (live, verifier) = over_http(&pool, pool.user_pool());
            let token = pool.token(spec);
            pool.fail_next_at(endpoint, 1, fault);
            let before = pool.requests(endpoint);
            let asking = start(&verifier, token.clone());
            if fault == Fault::Hang {
                let_time_run_out(&pool, endpoint, before + 1).await;
            }
            let error = asking.await.unwrap().unwrap_err();
            assert_eq!(Err(error.clone()), cannot_tell(reason), "{fault:?} {endpoint:?}");
            assert_eq!(Challenge::from(&error).status(), 503);
            assert_eq!(live.health().last_error.unwrap().reason(), reason);
            let next = verifier.verify_access(&token).await.map(|_| ());
            let expected = if backs_off { cannot_tell(NOT_YET) } else { Ok(()) };
            assert_eq!(next, expected, "{fault:?} {endpoint:?}");
            let health = live.health();
            let waits = health.backing_off.is_some() || health.users_backing_off > 0;
            assert_eq!(waits, backs_off, "{fault:?}");
            let requests = if backs_off { 1 } else { 2 };
            assert_eq!(pool.requests(endpoint) - before, requests, "{fault:?} {endpoint:?}");
        }
    }
}

#[tokio::test]
async fn a_client_that_cannot_ask_is_cannot_tell() {
    let pool = LocalUserPool::builder().user(LocalUser::new("alice", "x")).start().await.unwrap();
    let nowhere = pool.user_pool().with_idp_endpoint("http://127.0.0.1:1/").unwrap();
    let no_domain = UserPool::new("eu-west-1_LocalPool").unwrap();
    let get_user = pool.token(&TokenSpec::access("alice"));
    let user_info = pool.token(&TokenSpec::access("alice").scopes(["openid"]));
    for (at, token, reason) in [
        (nowhere, &get_user, "no connection to Cognito"),
        (no_domain, &user_info, "the identity provider is not set up to be asked"),
    ] {
        let (_, verifier) = over_http(&pool, at);
        let verdict = verifier.verify_access(token).await.map(|_| ());
        assert_eq!(verdict, cannot_tell(reason));
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_that_hangs_is_given_up_in_time() {
    let s = setup(|live| live);
    s.pool.fail_next(1, Fault::Slow(3600 * SECOND));
    let began = tokio::time::Instant::now();
    assert_eq!(s.verdict(&s.token("alice")).await, cannot_tell(NO_ANSWER));
    let waited = began.elapsed();
    assert!((3 * SECOND..=3 * SECOND + Duration::from_millis(2)).contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn the_third_failure_in_a_row_is_an_outage() {
    let s = setup(|live| live);
    s.pool.fail_next(4, Fault::Status(500));
    for _ in 0..3 {
        assert_eq!(s.verdict(&s.token("alice")).await, cannot_tell(FAILED));
    }
    assert_eq!(s.verdict(&s.token("alice")).await, cannot_tell(NOT_YET));
    assert_eq!(s.asked(), 3);
    s.advance(SECOND).await;
    assert_eq!(s.verdict(&s.token("alice")).await, cannot_tell(FAILED));
    assert_eq!(s.verdict(&s.token("alice")).await, cannot_tell(NOT_YET));
    s.advance(2 * SECOND).await;
    assert_eq!(s.verdict(&s.token("alice")).await, Ok(()));
    assert_eq!(s.asked(), 5);
}

#[tokio::test(start_paused = true)]
async fn the_last_verdict_counts_for_longer_where_that_is_spelled_out() {
    for fault in [Fault::Status(500), Fault::Throttle] {
        let s = setup(|live| live.accept_while_unavailable(60 * SECOND));
        let (token, unknown) = (s.token("alice"), s.token("bob"));
        assert_eq!(s.verdict(&token).await, Ok(()));
        s.pool.sign_out("alice");
        s.pool.fail_next(1000, fault);
        s.advance(KEEP_FOR).await;
        for _ in 0..5 {
            assert_eq!(s.verdict(&token).await, Ok(()), "{fault:?}");
        }
        // Nothing is known about this one.
        let verdict = s.verdict(&unknown).await;
        assert!(verdict.as_ref().is_err_and(VerifyError::is_unavailable), "{verdict:?}");
        s.advance(60 * SECOND - KEEP_FOR - Duration::from_millis(1)).await;
        assert_eq!(s.verdict(&token).await, Ok(()), "{fault:?}");
        s.advance(Duration::from_millis(1)).await;
        let verdict = s.verdict(&token).await;
        assert!(verdict.as_ref().is_err_and(VerifyError::is_unavailable), "{verdict:?}");
        // By default there is no such time.
        let strict = setup(|live| live);
        let token = strict.token("alice");
        assert_eq!(strict.verdict(&token).await, Ok(()));
        strict.pool.fail_next(1, fault);
        strict.advance(KEEP_FOR).await;
        let verdict = strict.verdict(&token).await;
        assert!(verdict.as_ref().is_err_and(VerifyError::is_unavailable), "{verdict:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_counts_again_as_soon_as_there_is_one() {
    let s = setup(|live| live.accept_while_unavailable(60 * SECOND));
    let token = s.token("alice");
    assert_eq!(s.verdict(&token).await, Ok(()));
    s.pool.fail_next(1, Fault::Status(500));
    s.pool.sign_out("alice");
    s.advance(KEEP_FOR).await;
    assert_eq!(s.verdict(&token).await, Ok(()));
    assert_eq!(s.verdict(&token).await, REVOKED);
}

#[tokio::test]
async fn a_server_that_hangs_is_an_outage_and_delays_no_caller_for_long() {
    let pool = LocalUserPool::builder().user(LocalUser::new("alice", "x")).start().await.unwrap();
    let _frozen = FrozenTime::start();
    let (live, verifier) = over_http(&pool, pool.user_pool());
    pool.fail_next(20, Fault::Hang);
    let tokens = (0..20).map(|_| pool.token(&TokenSpec::access("alice")));
    let tasks: Vec<_> = tokens.map(|token| start(&verifier, token)).collect();
    let_time_run_out(&pool, Endpoint::GetUser, 20).await;
    for task in tasks {
        assert_eq!(task.await.unwrap(), cannot_tell(NO_ANSWER));
    }
    let token = pool.access_token("alice");
    let verdict = verifier.verify_access(token.expose()).await.map(|_| ());
    assert_eq!(verdict, cannot_tell(NOT_YET));
    tokio::time::advance(live.health().backing_off.unwrap()).await;
    assert!(verifier.verify_access(token.expose()).await.is_ok());
    assert_eq!(pool.requests(Endpoint::GetUser), 21);
}

/// R12: a question that was started between two calls of `block_on` of a runtime is unanswered
/// until `block_on` is called again. A caller that waits for it asks again, when it is overdue.
#[test]
fn a_question_on_a_runtime_that_does_not_run_is_given_up() {
    let runtime = |paused| {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().start_paused(paused).build().unwrap()
    };
    let s = setup(|live| live.timeout(SECOND));
    let token = s.token("alice");
    let undriven = runtime(false);
    undriven.block_on(async {
        let mut first = Box::pin(s.verifier.verify_access(&token));
        std::future::poll_fn(|context| {
            assert!(first.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    });
    assert_eq!((s.asked(), s.live.health().asking), (0, 1));
    runtime(true).block_on(async {
        assert_eq!(s.verdict(&token).await, Ok(()));
    });
    assert_eq!(s.asked(), 1);
}

/// R12: the runtime that asks is dropped, and one that waits for the answer lives on.
#[tokio::test]
async fn who_waits_for_a_question_whose_runtime_is_dropped_asks_again() {
    let s = setup(|live| live);
    let token = s.token("alice");
    s.pool.fail_next(1, Fault::Slow(3600 * SECOND));
    let other = tokio::runtime::Runtime::new().unwrap();
    let (verifier, text) = (s.verifier.clone(), token.clone());
    other.spawn(async move { verifier.verify_access(&text).await.map(|_| ()) });
    while s.asked() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let waiting: Vec<_> = (0..3).map(|_| start(&s.verifier, token.clone())).collect();
    tokio::task::yield_now().await;
    assert_eq!((s.asked(), s.live.health().asking), (1, 1));
    other.shutdown_background();
    for waiting in waiting {
        assert_eq!(waiting.await.unwrap(), Ok(()));
    }
    assert_eq!(s.asked(), 2, "one of them asks for all");
}

#[tokio::test(start_paused = true)]
async fn the_log_says_when_a_wait_begins_and_names_no_user() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // With one subscriber alone, the first test that comes to a log line decides for all threads
    // whether it is enabled.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _default = tracing::subscriber::set_default(subscriber);
    let s = setup(|live| live);
    let token = s.token("alice");
    assert_eq!(s.verdict(&token).await, Ok(()));
    s.advance(KEEP_FOR).await;
    s.pool.fail_next(1, Fault::Throttle);
    assert_eq!(s.verdict(&token).await, cannot_tell(OVER_QUOTA));
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("::revocation")).collect();
    assert_eq!(lines.len(), 3, "{text}");
    let parts = [
        "DEBUG cognito_auth::revocation: asked Cognito about a token code=\"ok\"",
        "DEBUG cognito_auth::revocation: asked Cognito about a token code=\"rate_limited\"",
        "DEBUG cognito_auth::revocation: Cognito is not asked about one user for a while code=\"live_check_backs_off\" cause=\"over Cognito's quota\" wait_ms=",
    ];
    for (line, part) in lines.iter().zip(parts) {
        assert!(line.contains(part), "{line}");
    }
    let sub = s.pool.sub("alice").unwrap();
    assert!(token.split('.').chain([sub.as_str()]).all(|secret| !text.contains(secret)), "{text}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
