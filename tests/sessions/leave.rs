//! Ends of sessions that a browser asks for in other ways, or does not wait for.

use std::sync::Arc;

use super::app::{App, pool, settle};
use super::outages::Flaky;

/// A form, or JSON as scripts send it; what is not understood ends nothing.
#[tokio::test]
async fn a_script_may_ask_for_all_sessions_in_json() {
    for (media_type, body, status, ends_all) in [
        ("application/json", r#"{"everywhere":true}"#, 303, true),
        ("Application/JSON; charset=utf-8", r#" {"everywhere": true, "x": 1} "#, 303, true),
        ("application/json", r#"{"everywhere":false}"#, 303, false),
        ("application/json", "{}", 303, false),
        ("application/json", r#"{"everywhere":"true"}"#, 400, false),
        ("application/json", r#"{"everywhere":true,"everywhere":false}"#, 400, false),
        ("application/json", r#"{"everywhere":true"#, 400, false),
        ("application/json", "", 303, false),
        ("text/plain;charset=UTF-8", "everywhere=true", 303, true),
        ("text/plain", "everywhere=true\r\n", 400, false),
        ("application/x-www-form-urlencoded", "everywhere=true", 303, true),
        ("application/x-www-form-urlencoded", r#"{"everywhere":true}"#, 303, true),
        ("multipart/form-data; boundary=x", "--x\r\n", 400, false),
        ("application/xml", "<everywhere/>", 400, false),
    ] {
        let what = format!("{media_type}: {body}");
        let app = App::new();
        let (mut one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
        app.provider.pool.advance(std::time::Duration::from_secs(2));
        let kept = one.clone();
        let request = one.submit("/logout").header("content-type", media_type);
        let answer = one.send_with(&app.sessions, request, body).await;
        assert_eq!(answer.status().as_u16(), status, "{what}");
        assert_eq!(app.is_signed_in(&kept).await, status == 400, "{what}");
        assert_eq!(app.is_signed_in(&two).await, !ends_all, "{what}");
    }
}

/// The client leaves in the middle.
#[tokio::test(start_paused = true)]
async fn the_end_of_another_session_is_done_to_its_end() {
    for all in [false, true] {
        let store = Arc::new(Flaky::default());
        let app = App::over(pool(), store.clone(), |builder| builder);
        let (one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
        let this = app.current(&two).await.unwrap().unwrap();
        let other = app.current(&one).await.unwrap().unwrap().public_id();
        store.slow_down();
        let sessions = app.sessions.clone();
        let asked = tokio::spawn(async move {
            if all {
                sessions.end_all_of(this.claims().issuer(), this.sub()).await.unwrap();
            } else {
                assert!(sessions.end_one(&this, &other).await.unwrap());
            }
        });
        // Past the list, and before the record is gone.
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        asked.abort();
        settle().await;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        let key = super::lost_answers::key(&one);
        assert!(app.store.load(&key).await.unwrap().is_none(), "{all}");
    }
}
