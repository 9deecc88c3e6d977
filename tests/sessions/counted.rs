//! What is counted of sessions.

use std::time::Duration;

use cognito_auth::AuthError;
use metrics_exporter_prometheus::PrometheusBuilder;

use super::app::App;
use super::browser::Browser;
use super::provider::Act;

#[tokio::test]
async fn events_are_counted_by_words_of_our_own() {
    let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    let _counting = metrics::set_default_local_recorder(recorder);
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let signed_in = app.current(&browser).await.unwrap().unwrap();
    app.provider.pool.advance(Duration::from_secs(3601));
    app.provider.next(Act::Fail(AuthError::ServerError { status: 500 }));
    app.current(&browser).await.unwrap_err();
    let request = browser.request("POST", "/logout").header("origin", "https://evil.example");
    browser.send(&app.sessions, request).await;
    browser.send(&app.sessions, browser.submit("/logout")).await;
    let mut other = Browser::default();
    other.send(&app.sessions, other.visit("/callback?code=c&state=s")).await;
    other.send(&app.sessions, other.visit("/login?return_to=//evil.example")).await;
    let text = recorder.handle().render();
    for (event, reason) in [
        ("started", ""),
        ("refresh_failed", "server_error"),
        ("ended", "signed_out"),
        ("csrf_refused", ""),
        ("sign_in_missing", ""),
        ("return_to_refused", "not_a_path"),
    ] {
        let labels = format!(r#"{{event="{event}",reason="{reason}"}} 1"#);
        let line = format!("cognito_auth_session_events_total{labels}");
        assert!(text.contains(&line), "{line}\n{text}");
    }
    assert!(!text.contains(signed_in.sub()) && !text.contains("alice"));
}
