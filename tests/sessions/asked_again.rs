//! An answer that is unknown: whichever machine comes next sends the same token again. The record is
//! untouched, and that is all that has to be known.

use std::time::Duration;

use super::app::{App, current, pool};
use super::browser::Browser;
use super::provider::Act;

async fn signed_in() -> (App, Browser) {
    let app = App::of(pool().rotation(Duration::from_secs(60)), |builder| {
        builder.idle_timeout(Duration::from_secs(36_000))
    });
    let browser = app.sign_in("alice").await;
    (app, browser)
}

#[tokio::test(start_paused = true)]
async fn what_one_machine_was_not_told_another_one_asks_for_at_once() {
    let (app, browser) = signed_in().await;
    let before = app.store.load(&super::lost_answers::key(&browser)).await.unwrap().unwrap();
    app.advance(3601).await;
    for _ in 0..2 {
        app.provider.next(Act::LoseAnswer);
    }
    assert_eq!(app.current(&browser).await.unwrap_err().status(), 503);
    let after = app.store.load(&super::lost_answers::key(&browser)).await.unwrap().unwrap();
    assert_eq!(before.version, after.version, "no mark is written");
    // This machine waits for five seconds before it tries again, others do not. With rotation only the
    // token that was sent is good: the new ones never came.
    let another = app.builder().idle_timeout(Duration::from_secs(36_000)).build().unwrap();
    assert!(current(&another, &browser).await.unwrap().is_some());
    assert!(app.is_signed_in(&browser).await, "and this one has what the other wrote");
    assert_eq!((app.provider.refreshes(), app.provider.revocations()), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn when_the_grace_time_is_over_an_unknown_answer_is_a_lost_session() {
    let (app, browser) = signed_in().await;
    app.advance(3601).await;
    for _ in 0..2 {
        app.provider.next(Act::LoseAnswer);
    }
    assert_eq!(app.current(&browser).await.unwrap_err().status(), 503);
    app.advance(61).await;
    assert!(!app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 3);
}
