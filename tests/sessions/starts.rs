//! Visitors who start sign-ins and do not finish them.

use std::sync::Arc;

use cognito_auth::sessions::MemorySessions;

use super::app::{App, pool};
use super::browser::Browser;

/// Neither in the store nor anywhere else in the process. What is kept of a sign-in, be it its state
/// alone, would be 43 octets of each.
#[test]
fn ten_thousand_starts_leave_nothing_behind() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = Arc::new(MemorySessions::new());
    let app = App::over(pool(), store.clone(), |builder| builder);
    let start = |times: u32| {
        runtime.block_on(async {
            for _ in 0..times {
                let mut browser = Browser::default();
                let answer = browser.send(&app.sessions, browser.visit("/login")).await;
                assert_eq!(answer.status(), 303);
                assert_eq!(browser.cookies.len(), 1);
            }
        });
    };
    // What is made once.
    start(100);
    let memory = allocation_counter::measure(|| start(10_000));
    assert!(memory.bytes_total > 10_000 * 1000, "it was not measured: {memory:?}");
    assert!(memory.bytes_current < 10_000 * 4, "{memory:?}");
    assert!(store.is_empty());
}
