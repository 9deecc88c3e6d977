//! What changes while a verification waits counts: revocations that are cached, the times, the keys,
//! the pools of a set, the application's own check. Keys and stores here wait until they are told to
//! go on.
#![allow(clippy::unwrap_used)]

#[path = "verification_waits/pools.rs"]
mod pools;
mod support;
#[path = "verification_waits/world.rs"]
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cognito_auth::VerifyError;
use cognito_auth::revocation::MemoryRevocations;
use support::{NOW, Signer, access_payload, static_keys, verifier_builder};
use world::{Clock, SlowKeys, SlowStore, accept, revoke_user, start};

/// T7, for every place that a verification waits at, and for tokens seen before or not.
#[tokio::test]
async fn a_sign_out_during_the_wait_is_seen() {
    let signer = Signer::new("k1");
    for memory_first in [true, false] {
        for seen_before in [false, true] {
            let (memory, slow) = (Arc::new(MemoryRevocations::new()), SlowStore::new());
            let builder = verifier_builder(static_keys(&signer));
            let verifier = if memory_first {
                builder.revocations(memory.clone()).revocations(slow.clone())
            } else {
                builder.revocations(slow.clone()).revocations(memory.clone())
            };
            let verifier = verifier.build().unwrap();
            if seen_before {
                accept(&verifier, &slow, signer.sign(&access_payload())).await;
            }
            let asking = start(&verifier, signer.sign(&access_payload()));
            slow.asked(1).await;
            revoke_user(&*memory).await;
            slow.go_on(false);
            let verdict = asking.await.unwrap();
            assert_eq!(verdict, Err(VerifyError::Revoked), "{memory_first} {seen_before}");
        }
    }
    // The wait for the keys.
    let (memory, keys) = (Arc::new(MemoryRevocations::new()), SlowKeys::new(&signer));
    let verifier = verifier_builder(keys.clone()).revocations(memory.clone()).build().unwrap();
    let asking = start(&verifier, signer.sign(&access_payload()));
    keys.asked(1).await;
    revoke_user(&*memory).await;
    keys.go_on();
    assert_eq!(asking.await.unwrap(), Err(VerifyError::Revoked));
}

#[tokio::test]
async fn a_sign_out_during_the_second_of_two_waits_is_seen_at_the_first_store() {
    let signer = Signer::new("k1");
    let (first, second) = (SlowStore::new(), SlowStore::new());
    let keys = static_keys(&signer);
    let builder = verifier_builder(keys).revocations(first.clone()).revocations(second.clone());
    let verifier = builder.build().unwrap();
    let asking = start(&verifier, signer.sign(&access_payload()));
    first.asked(1).await;
    first.go_on(false);
    second.asked(1).await;
    first.knows_it_is_revoked();
    second.go_on(false);
    assert_eq!(asking.await.unwrap(), Err(VerifyError::Revoked));
}

#[tokio::test]
async fn a_token_that_expires_during_the_wait_is_refused() {
    let signer = Signer::new("k1");
    let expires = 1_767_229_200;
    let keys = SlowKeys::new(&signer);
    let slow = SlowStore::new();
    for (seen_before, left) in [(false, 1), (true, 1)] {
        let clock = Clock::at(expires - left);
        let given = static_keys(&signer);
        let builder = verifier_builder(given).revocations(slow.clone()).clock(clock.reader());
        let verifier = builder.build().unwrap();
        if seen_before {
            accept(&verifier, &slow, signer.sign(&access_payload())).await;
        }
        let asking = start(&verifier, signer.sign(&access_payload()));
        slow.asked(1).await;
        clock.set(expires + 1);
        slow.go_on(false);
        let verdict = asking.await.unwrap();
        assert_eq!(
            verdict,
            Err(VerifyError::Expired { ago: Duration::from_secs(1) }),
            "seen before: {seen_before}"
        );
    }
    // `max_age` and `nbf` look at the clock, too: one that is set back.
    let clock = Clock::at(NOW);
    let verifier = verifier_builder(keys.clone()).clock(clock.reader()).build().unwrap();
    let asking = start(&verifier, signer.sign(&access_payload()));
    keys.asked(1).await;
    clock.set(NOW - 600 - 61);
    keys.go_on();
    assert_eq!(
        asking.await.unwrap(),
        Err(VerifyError::IssuedInFuture { ahead: Duration::from_secs(61) })
    );
}

#[tokio::test]
async fn a_key_that_leaves_during_the_wait_takes_the_token_along() {
    let (signer, other) = (Signer::new("k1"), Signer::new("k1"));
    for seen_before in [false, true] {
        for (replaced, code) in [
            (None, "unknown_key"),
            (Some(&other), "signature_invalid"),
            (Some(&signer), "accepted"),
        ] {
            let (keys, slow) = (SlowKeys::new(&signer), SlowStore::new());
            keys.cache();
            let builder = verifier_builder(keys.clone()).revocations(slow.clone());
            let verifier = builder.build().unwrap();
            if seen_before {
                accept(&verifier, &slow, signer.sign(&access_payload())).await;
            }
            let asking = start(&verifier, signer.sign(&access_payload()));
            slow.asked(1).await;
            keys.replace(replaced);
            slow.go_on(false);
            let verdict = asking.await.unwrap();
            let verdict = verdict.map_or_else(|error| error.code(), |_| "accepted");
            assert_eq!(verdict, code, "seen before: {seen_before}");
        }
    }
}

/// Keys that are never cached are asked for again after the store, and the store is not asked twice.
#[tokio::test]
async fn a_key_set_without_a_cache_and_a_store_without_one_come_to_an_end() {
    let signer = Signer::new("k1");
    let (keys, slow) = (SlowKeys::new(&signer), SlowStore::new());
    let verifier = verifier_builder(keys.clone()).revocations(slow.clone()).build().unwrap();
    let asking = start(&verifier, signer.sign(&access_payload()));
    keys.asked(1).await;
    keys.go_on();
    slow.asked(1).await;
    slow.go_on(false);
    keys.asked(1).await;
    keys.go_on();
    asking.await.unwrap().unwrap();
    assert_eq!((keys.questions(), slow.questions()), (2, 1));
}

/// A copy that falls behind while another store is asked is asked as well.
#[tokio::test]
async fn a_store_that_is_unsure_after_the_wait_is_asked() {
    let signer = Signer::new("k1");
    for revoked in [false, true] {
        let (copy, slow) = (SlowStore::new(), SlowStore::new());
        copy.knows_it_is_live();
        let keys = static_keys(&signer);
        let builder = verifier_builder(keys).revocations(copy.clone()).revocations(slow.clone());
        let verifier = builder.build().unwrap();
        let asking = start(&verifier, signer.sign(&access_payload()));
        slow.asked(1).await;
        copy.knows_nothing();
        slow.go_on(false);
        copy.asked(1).await;
        copy.go_on(revoked);
        let expected = if revoked { Err(VerifyError::Revoked) } else { Ok(()) };
        assert_eq!(asking.await.unwrap(), expected);
        assert_eq!((copy.questions(), slow.questions()), (1, 1));
    }
}

#[tokio::test]
async fn the_own_check_runs_once_and_after_every_wait() {
    let signer = Signer::new("k1");
    let calls = Arc::new(AtomicUsize::new(0));
    let (keys, slow, counter) = (SlowKeys::new(&signer), SlowStore::new(), calls.clone());
    let verifier = verifier_builder(keys.clone())
        .revocations(slow.clone())
        .check_access(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            Err("banned")
        })
        .build()
        .unwrap();
    let asking = start(&verifier, signer.sign(&access_payload()));
    keys.asked(1).await;
    keys.cache();
    keys.go_on();
    slow.asked(1).await;
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    slow.go_on(false);
    assert_eq!(asking.await.unwrap(), Err(VerifyError::CustomCheck { code: "banned" }));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}
