//! How many keys are fetched and kept: budget, eviction, and runtimes that come and go. Time is paused unless it is
//! moved; requests are counted.

use std::future::Future as _;
use std::time::Duration;

use cognito_auth::{KeysUnavailable, VerifyError};
use tokio::time::advance;

use crate::forge::{Forge, Service};
use crate::keys::{ALB, code, good, not_found, pem, verifier, verifier_at};
use crate::support::{Answer, FrozenTime, KeyServer, NOW};
use crate::world::world;

/// A UUID for each number.
pub fn key_id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// 2,000 made-up key ids in otherwise good tokens: the requests stay within the budget, and the known key is as
/// good as before.
#[tokio::test]
async fn made_up_key_ids_cause_no_more_requests_than_the_budget_has() {
    let _frozen = FrozenTime::start();
    let server = KeyServer::start(pem(world().public_pem(ALB))).await;
    let verifier = verifier(&server);
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    server.answer(not_found());
    let mut verdicts = [0, 0];
    for number in 0..2_000 {
        let token = Forge::good(ALB).header("kid", key_id(number)).token();
        match verifier.verify(&token).await.unwrap_err() {
            VerifyError::UnknownKey => verdicts[0] += 1,
            VerifyError::KeysUnavailable(KeysUnavailable::TooManyKeyIds) => verdicts[1] += 1,
            other => panic!("{other}"),
        }
        if number % 100 == 0 {
            assert_eq!(code(&verifier, &good()).await, Ok(()));
        }
    }
    // One of ten was spent on the good key.
    assert_eq!((verdicts, server.requests()), ([9, 1_991], 10));
    // One a second after that.
    advance(Duration::from_secs(3)).await;
    for number in 20_000..20_010 {
        let token = Forge::good(ALB).header("kid", key_id(number)).token();
        assert!(verifier.verify(&token).await.is_err());
    }
    assert_eq!(server.requests(), 13);
    // A key id without a key is asked for once in the cool-down.
    let token = Forge::good(ALB).header("kid", key_id(20_000)).token();
    assert_eq!(code(&verifier, &token).await, Err("unknown_key"));
    assert_eq!(server.requests(), 13);
}

/// The most keys that are kept are sixteen; the one that was not used for longest goes.
#[tokio::test]
async fn the_least_recently_used_key_is_evicted() {
    let _frozen = FrozenTime::start();
    let server = KeyServer::start(pem(world().public_pem(ALB))).await;
    let verifier = verifier(&server);
    let token = |number| Forge::good(ALB).header("kid", key_id(number)).token();
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    for number in 0..15 {
        advance(Duration::from_secs(1)).await;
        assert_eq!(code(&verifier, &token(number)).await, Ok(()));
    }
    assert_eq!(server.requests(), 16);
    // The oldest one is used, so that the second oldest goes.
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    advance(Duration::from_secs(1)).await;
    assert_eq!(code(&verifier, &token(15)).await, Ok(()));
    assert_eq!(server.requests(), 17);
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    assert_eq!(server.requests(), 17);
    advance(Duration::from_secs(1)).await;
    assert_eq!(code(&verifier, &token(0)).await, Ok(()));
    assert_eq!(server.requests(), 18);
}

/// A token that no verifier of these settings can accept: its key is not asked for.
#[tokio::test]
async fn a_strangers_token_causes_no_request() {
    let server = KeyServer::start(pem(world().public_pem(ALB))).await;
    let verifier = verifier(&server);
    let forge = || Forge::good(ALB);
    for token in [
        forge().header("signer", ALB.arn().replace("50dc", "60dc")).token(),
        forge().header("signer", ALB.arn().replace("eu-west-1", "us-east-1")).token(),
        forge().header("iss", "https://evil.example").token(),
        forge().header("client", "other").token(),
        forge().header("exp", NOW).token(),
        forge().header("kid", "../../evil").token(),
        forge().header("alg", "ES384").token(),
        forge().payload_text("x").token(),
        forge().signature([1; 63]).token(),
        Forge::good(Service::VerifiedAccess).token(),
    ] {
        assert!(verifier.verify(&token).await.is_err());
    }
    assert_eq!(server.requests(), 0);
}

/// The future can be polled without a runtime: it says so, and does not panic.
#[test]
fn without_a_runtime_there_is_no_fetch() {
    let verifier = verifier_at("http://127.0.0.1:1");
    let token = good();
    let mut work = std::pin::pin!(verifier.verify(&token));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(verdict) = work.as_mut().poll(&mut context) else { panic!() };
    let no_runtime = VerifyError::KeysUnavailable(KeysUnavailable::NoRuntime);
    assert_eq!(verdict.unwrap_err(), no_runtime);
}

/// Several runtimes, one after the other: a fetch that was abandoned with the first one is made again.
#[test]
fn a_fetch_that_was_abandoned_is_made_again() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let servers = runtime();
    let server = servers.block_on(KeyServer::start(Answer::Hang));
    let verifier = verifier(&server);
    let first = runtime();
    first.block_on(async {
        let token = good();
        let waiting = verifier.verify(&token);
        assert!(tokio::time::timeout(Duration::from_millis(50), waiting).await.is_err());
    });
    drop(first);
    server.answer(pem(world().public_pem(ALB)));
    let handle = std::thread::spawn({
        let verifier = verifier.clone();
        move || runtime().block_on(async { verifier.verify(good()).await.map(drop) })
    });
    servers.block_on(async {
        while !handle.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert_eq!(handle.join().unwrap(), Ok(()));
}
