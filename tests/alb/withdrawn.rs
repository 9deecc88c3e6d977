//! How long a key is used: an hour, and a day while it cannot be fetched again; and when a 403 means that there is
//! none. Time is paused unless it is moved; requests are counted.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::{KeysUnavailable, Unreachable, VerifyError};
use tokio::sync::Notify;
use tokio::time::advance;

use crate::budget::key_id;
use crate::forge::Forge;
use crate::keys::{ALB, COOL_DOWN, HOUR, code, forbidden, good, not_found, pem, verifier};
use crate::support::{Answer, FrozenTime, KeyServer, response};
use crate::world::world;

/// A good token, but for this key id.
fn token(number: usize) -> String {
    Forge::good(ALB).header("kid", key_id(number)).token()
}

#[tokio::test]
async fn a_key_is_fetched_again_after_an_hour_and_used_for_a_day_in_an_outage() {
    let _frozen = FrozenTime::start();
    let server = KeyServer::start(pem(world().public_pem(ALB))).await;
    let verifier = verifier(&server);
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    advance(HOUR - Duration::from_secs(1)).await;
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    assert_eq!(server.requests(), 1);

    server.answer(Answer::Close);
    advance(Duration::from_secs(1)).await;
    // One attempt, and none again before the cool-down is over.
    for _ in 0..5 {
        assert_eq!(code(&verifier, &good()).await, Ok(()));
        assert_eq!(server.requests(), 2);
    }
    advance(COOL_DOWN).await;
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    assert_eq!(server.requests(), 3);

    advance(HOUR * 23 - COOL_DOWN * 2).await;
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    assert_eq!(server.requests(), 4);
    advance(COOL_DOWN).await;
    let error = verifier.verify(good()).await.unwrap_err();
    let cut_off = KeysUnavailable::Unreachable(Unreachable::CutOff);
    assert_eq!(error, VerifyError::KeysUnavailable(cut_off));
    server.answer(pem(world().public_pem(ALB)));
    advance(COOL_DOWN).await;
    assert_eq!(code(&verifier, &good()).await, Ok(()));
}

/// Not even for the first token after a pause, however long it was.
#[tokio::test]
async fn a_key_that_is_withdrawn_or_replaced_is_not_used_after_an_hour() {
    let _frozen = FrozenTime::start();
    for pause in [HOUR, HOUR * 23] {
        for replaced in [false, true] {
            let server = KeyServer::start(pem(world().public_pem(ALB))).await;
            let verifier = verifier(&server);
            assert_eq!(code(&verifier, &good()).await, Ok(()));
            server.answer(if replaced { pem(world().stranger_pem(ALB)) } else { not_found() });
            advance(pause).await;
            let by_stranger = Forge::good(ALB).by_stranger().token();
            let (expected, of_stranger) = if replaced {
                ("signature_invalid", Ok(()))
            } else {
                ("unknown_key", Err("unknown_key"))
            };
            assert_eq!(code(&verifier, &good()).await, Err(expected));
            assert_eq!(code(&verifier, &by_stranger).await, of_stranger);
            assert_eq!(server.requests(), 2);
        }
    }
}

/// All that need an old key wait for one fetch, and made-up key ids do not use up its budget.
#[tokio::test]
async fn requests_wait_for_the_fetch_of_an_old_key() {
    let _frozen = FrozenTime::start();
    let server = KeyServer::start(pem(world().public_pem(ALB))).await;
    let verifier = verifier(&server);
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    advance(HOUR).await;
    server.answer(not_found());
    for number in 0..20 {
        assert!(code(&verifier, &token(number)).await.is_err());
    }
    let before = server.requests();
    let release = Arc::new(Notify::new());
    server.answer(Answer::Held(
        release.clone(),
        response("200 OK", "text/plain", world().stranger_pem(ALB).as_bytes()),
    ));
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let verifier = verifier.clone();
            tokio::spawn(async move { code(&verifier, &good()).await })
        })
        .collect();
    while server.requests() == before {
        tokio::task::yield_now().await;
    }
    assert!(tasks.iter().all(|task| !task.is_finished()));
    release.notify_one();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Err("signature_invalid"));
    }
    assert_eq!(server.requests(), before + 1);
}

#[tokio::test]
async fn a_403_is_no_such_key_while_another_key_is_young() {
    let _frozen = FrozenTime::start();
    let server = KeyServer::start(forbidden()).await;
    let verifier = verifier(&server);
    // The server has never sent a key: it may be a proxy that says so.
    assert_eq!(code(&verifier, &token(1)).await, Err("keys_unavailable"));
    server.answer(pem(world().public_pem(ALB)));
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    server.answer(forbidden());
    for _ in 0..3 {
        assert_eq!(code(&verifier, &token(2)).await, Err("unknown_key"));
        assert_eq!(server.requests(), 3, "the answer stands for the cool-down");
    }
    advance(HOUR - Duration::from_secs(1)).await;
    assert_eq!(code(&verifier, &token(2)).await, Err("unknown_key"));
    advance(COOL_DOWN).await;
    assert_eq!(code(&verifier, &token(2)).await, Err("keys_unavailable"));
    // The key itself is no other key: it is used until it is a day old.
    assert_eq!(code(&verifier, &good()).await, Ok(()));

    // Also beside a young one: a 403 removes no key.
    server.answer(pem(world().public_pem(ALB)));
    assert_eq!(code(&verifier, &token(3)).await, Ok(()));
    server.answer(forbidden());
    advance(COOL_DOWN).await;
    assert_eq!(code(&verifier, &good()).await, Ok(()));
    assert_eq!(code(&verifier, &token(3)).await, Ok(()));
}
