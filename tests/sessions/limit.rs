//! The number of sessions of one user.

use super::app::{App, pool};
use super::browser::location;

#[tokio::test]
async fn a_session_that_replaces_one_takes_no_other_devices_place() {
    let app = App::of(pool(), |builder| builder.most_sessions_per_user(2));
    let (one, mut two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    for login in ["/login", "/login?max_age=0", "/login"] {
        let answer = app.go_through(&mut two, login, "alice").await;
        assert_eq!(location(&answer), "/");
        assert!(app.is_signed_in(&one).await, "{login}");
        assert!(app.is_signed_in(&two).await, "{login}");
    }
    let three = app.sign_in("alice").await;
    assert!(!app.is_signed_in(&one).await);
    assert!(app.is_signed_in(&two).await && app.is_signed_in(&three).await);
}

#[tokio::test]
async fn a_sign_in_that_is_not_stored_ends_no_other_session() {
    use std::sync::Arc;

    use cognito_auth::sessions::MemorySessions;
    let store = Arc::new(MemorySessions::with_limits(1, usize::MAX));
    let app = App::over(pool(), store, |builder| builder.most_sessions_per_user(1));
    let one = app.sign_in("alice").await;
    let mut two = super::browser::Browser::default();
    let answer = app.go_through(&mut two, "/login", "alice").await;
    assert_eq!(answer.status(), 503, "{}", answer.body());
    assert!(app.is_signed_in(&one).await);
}
