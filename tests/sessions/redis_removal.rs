//! The removal of a session from Redis: its refresh token reaches the caller, also where an answer is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cognito_auth::sessions::{RedisSessions, SessionKey, SessionStore as _};

use super::redis_connection::Fixture;
use super::scripted::{bind, list, serve};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_whose_removal_is_sent_again_is_returned() {
    let Some(fixture) = Fixture::start(b"the newest").await else { return };
    // Redis has removed it when the connection ends.
    fixture.proxy.lose_answers_to("EVAL", 1);
    let removed = fixture.store.remove(&fixture.key).await.unwrap().expect("the record");
    assert_eq!(removed.record, b"the newest");
    assert_eq!(fixture.proxy.connections(), 2, "the answer was lost");
    assert_eq!(fixture.server.number(&["DBSIZE"]), 0);
    assert!(fixture.store.remove(&fixture.key).await.unwrap().is_none());
}

/// The caller has to know that it cannot be told, and does not hear "none".
#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_has_no_answer_twice_is_an_error() {
    let Some(fixture) = Fixture::start(b"the newest").await else { return };
    fixture.proxy.lose_answers_to("EVAL", 2);
    let error = fixture.store.remove(&fixture.key).await.unwrap_err();
    let ended = "the session store is not available: the connection to Redis ended";
    assert_eq!(error.to_string(), ended);
    assert_eq!(fixture.proxy.connections(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_remove_a_record_at_once_one_gets_it() {
    let Some(fixture) = Fixture::start(b"a record").await else { return };
    let removals = (0..20).map(|_| {
        let (store, key) = (fixture.store.clone(), SessionKey::from_bytes([1; 32]));
        tokio::spawn(async move { store.remove(&key).await.unwrap().is_some() })
    });
    let mut found = 0;
    for removal in removals.collect::<Vec<_>>() {
        found += usize::from(removal.await.unwrap());
    }
    assert_eq!(found, 1);
}

/// A record that has been written in between has newer tokens, and is read again; not for ever.
#[tokio::test]
async fn a_record_that_is_replaced_meanwhile_is_read_again_twice() {
    for (changes, is_removed) in [(0, true), (2, true), (3, false)] {
        let (port, listener) = bind().await;
        let (reads, left) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(changes)));
        let counted = Arc::clone(&reads);
        serve(listener, move |words| {
            let (reads, left) = (Arc::clone(&counted), Arc::clone(&left));
            async move {
                let less = |left: usize| left.checked_sub(1);
                match words[0].as_str() {
                    "GETEX" => {
                        let read = reads.fetch_add(1, Ordering::SeqCst);
                        format!("$66\r\n{}v{read}\r\n", "h".repeat(64))
                    }
                    "PTTL" => ":1000\r\n".to_owned(),
                    "EVAL"
                        if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() =>
                    {
                        list(&["changed"])
                    }
                    "EVAL" => list(&["done", &"h".repeat(64)]),
                    _ => ":1\r\n".to_owned(),
                }
            }
        });
        let store = RedisSessions::new(&format!("redis://127.0.0.1:{port}")).unwrap();
        let removed = store.remove(&SessionKey::from_bytes([1; 32])).await;
        match removed {
            Ok(Some(session)) if is_removed => {
                assert_eq!(session.record, format!("v{changes}").as_bytes());
            }
            Err(error) if !is_removed => assert_eq!(
                error.to_string(),
                "the session store is not available: the record was replaced each time it was to be removed"
            ),
            other => panic!("{changes}: {other:?}"),
        }
        assert_eq!(reads.load(Ordering::SeqCst), 3.min(changes + 1));
    }
}

/// What is no record of this store is removed all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_record_is_removed() {
    let Some(fixture) = Fixture::start(b"a record").await else { return };
    let name = format!("cognito-auth:session:{{{}}}", fixture.key);
    assert_eq!(fixture.server.text(&["SET", &name, "damaged", "PX", "600000"]), "OK");
    assert!(fixture.store.load(&fixture.key).await.is_err());
    assert!(fixture.store.remove(&fixture.key).await.unwrap().is_none());
    assert!(fixture.store.load(&fixture.key).await.unwrap().is_none());
}
