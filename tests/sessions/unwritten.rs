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
