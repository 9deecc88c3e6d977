//! New tokens that one machine has and cannot write, while another machine is asked.

use std::sync::Arc;
use std::time::Duration;

use super::app::{App, current, pool, settle};
use super::outages::Flaky;

/// The refresh token in the store is spent: the other machine must not send it.
#[tokio::test(start_paused = true)]
async fn no_other_machine_refreshes_before_new_tokens_are_written() {
    for wait in [0, 7, 60] {
        let store = Arc::new(Flaky::default());
        let app = App::over(pool().rotation(Duration::ZERO), store.clone(), |builder| {
            builder.idle_timeout(Duration::from_secs(36_000))
        });
        let browser = app.sign_in("alice").await;
        app.advance(3601).await;
        store.fail_replace(usize::MAX);
        assert!(app.is_signed_in(&browser).await);
        let another = app.builder().build().unwrap();
        tokio::time::sleep(Duration::from_secs(wait)).await;
        let error = current(&another, &browser).await.unwrap_err();
        assert_eq!(error.status(), 503, "{wait}: {error}");
        assert!(app.is_signed_in(&browser).await, "{wait}");
        store.fail_replace(0);
        tokio::time::sleep(Duration::from_secs(6)).await;
        settle().await;
        assert!(current(&another, &browser).await.unwrap().is_some(), "{wait}");
        assert!(app.is_signed_in(&browser).await, "{wait}");
        assert_eq!((app.provider.refreshes(), app.provider.revocations()), (1, 0), "{wait}");
        // The lease was given back: the next refresh is the other machine's.
        app.advance(3601).await;
        assert!(current(&another, &browser).await.unwrap().is_some(), "{wait}");
        assert_eq!(app.provider.refreshes(), 2, "{wait}");
    }
}

/// Over the seconds, by the attempts that the store counts.
async fn attempts_in(store: &Flaky, seconds: u64) -> usize {
    let before = store.asked();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    store.asked() - before
}

/// At most one write in a second for each session, after the first few; each session at a pace of its own.
#[tokio::test(start_paused = true)]
async fn a_store_that_takes_nothing_is_asked_about_once_in_a_second() {
    let mut paces = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let store = Arc::new(Flaky::default());
        let app = App::over(pool().rotation(Duration::ZERO), store.clone(), |builder| {
            builder.idle_timeout(Duration::from_secs(36_000))
        });
        let browser = app.sign_in("alice").await;
        app.advance(3601).await;
        store.fail_replace(usize::MAX);
        assert!(app.is_signed_in(&browser).await);
        tokio::time::sleep(Duration::from_secs(10)).await;
        // And the lease is renewed every two seconds.
        let writes = attempts_in(&store, 1000).await - 500;
        assert!((1000 / 3..=1001).contains(&writes), "{writes}");
        paces.insert(writes);
    }
    assert!(paces.len() > 1, "{paces:?}");
}

/// Nothing is written, and no lease is held, for a session that is over.
#[tokio::test(start_paused = true)]
async fn new_tokens_are_not_written_from_the_sessions_end_on() {
    let store = Arc::new(Flaky::default());
    let app = App::over(pool().rotation(Duration::ZERO), store.clone(), |builder| {
        builder.idle_timeout(Duration::from_secs(7200)).absolute_timeout(Duration::from_secs(7200))
    });
    let browser = app.sign_in("alice").await;
    app.advance(3601).await;
    store.fail_replace(usize::MAX);
    assert!(app.is_signed_in(&browser).await);
    assert!(attempts_in(&store, 10).await > 0);
    // By the clock of the application alone: the store still has the record.
    app.provider.pool.advance(Duration::from_secs(7200 - 3601));
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(attempts_in(&store, 60).await, 0);
}
