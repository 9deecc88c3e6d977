//! `/metrics` of the example, as a program of its own, so that nothing else is counted.

use cognito_auth::UserPool;

use super::browser::Browser;
use super::example::Example;
use super::{App, Provider, Served, USER, call, serve, sign_in};

/// The samples of this library in the text format, sorted.
async fn samples(home: &str) -> Vec<String> {
    let page = Browser::new().get(&format!("{home}metrics")).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert!(!page.body.contains(USER) && !page.body.contains("local1example1client1id"));
    let samples = page.body.lines().filter(|line| line.starts_with("cognito_auth_"));
    // A time, and not a number of anything.
    let counters = samples.filter(|line| !line.contains("_seconds"));
    let mut counters: Vec<_> = counters.map(str::to_owned).collect();
    counters.sort();
    counters
}

#[tokio::test]
async fn what_happened_is_counted_and_shown() {
    let Some(example) = Example::start() else { return };
    let home = &example.home;
    assert_eq!(samples(home).await, [""; 0]);

    let mut browser = Browser::new();
    let page = sign_in(&mut browser, home).await;
    assert!(page.body.contains("Hello, Alice Liddell"), "{}", page.body);
    let refused =
        call(reqwest::Method::GET, &format!("{home}auth/me"), Some("no.good.token"), None).await;
    assert_eq!(refused.0, 403);
    let out = browser.submit(&page, &[("everywhere", "true")]).await;
    assert!(out.body.contains("You are signed out"));
    // A code that was never issued.
    let url = format!("{home}auth/sign-in");
    let body = serde_json::json!({"code": "00000000-0000-4000-8000-000000000000"});
    assert_eq!(call(reqwest::Method::POST, &url, None, Some(body)).await.0, 401);

    assert_eq!(
        samples(home).await,
        [
            r#"cognito_auth_cognito_requests_total{operation="GetUser",result="ok"} 1"#,
            r#"cognito_auth_cognito_requests_total{operation="GlobalSignOut",result="ok"} 1"#,
            r#"cognito_auth_cognito_requests_total{operation="authorization_code",result="invalid_grant"} 1"#,
            r#"cognito_auth_cognito_requests_total{operation="authorization_code",result="ok"} 1"#,
            r#"cognito_auth_jwks_fetches_total{result="ok"} 1"#,
            r#"cognito_auth_revocation_lookups_total{store="memory",asked="no",result="live"} 4"#,
            r#"cognito_auth_revocation_lookups_total{store="memory",asked="no",result="revoked"} 0"#,
            r#"cognito_auth_session_events_total{event="ended",reason="everywhere"} 1"#,
            r#"cognito_auth_session_events_total{event="started",reason=""} 1"#,
            r#"cognito_auth_sign_ins_total{result="invalid_grant"} 1"#,
            r#"cognito_auth_sign_ins_total{result="ok"} 1"#,
            r#"cognito_auth_sign_outs_total{at="cognito",result="ok"} 1"#,
            r#"cognito_auth_sign_outs_total{at="here",result="ok"} 1"#,
            r#"cognito_auth_token_cache_lookups_total{result="hit"} 2"#,
            r#"cognito_auth_token_cache_lookups_total{result="miss"} 3"#,
            r#"cognito_auth_verifications_total{token_use="access",result="accepted"} 3"#,
            r#"cognito_auth_verifications_total{token_use="access",result="header_not_base64url"} 1"#,
            r#"cognito_auth_verifications_total{token_use="id",result="accepted"} 1"#,
        ]
    );
}

#[tokio::test]
async fn a_server_that_others_reach_shows_no_counters() {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let provider = Provider {
        pool: pool.with_domain("https://my-app.auth.eu-west-1.amazoncognito.com").unwrap(),
        client_id: "1example23456789abcdefghij".to_owned(),
        client_secret: None,
        redirect_uri: "https://app.example.com/callback".to_owned(),
        scopes: Vec::new(),
        redis_url: None,
        session_keys: None,
        clock: None,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = App::new(&provider).unwrap().router().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let page = Browser::new().get(&format!("http://{address}/metrics")).await;
    assert_eq!(page.status, 404);
}

/// A page of another site whose name leads here (DNS rebinding) is told by the name that it asked for.
#[tokio::test]
async fn counters_are_shown_under_a_name_of_this_machine_alone() {
    let Served { home, pool: _pool, .. } = serve().await;
    let port = url::Url::parse(&home).unwrap().port().unwrap();
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    for (host, status) in [
        ("attacker.example".to_owned(), 403),
        (format!("attacker.example:{port}"), 403),
        ("localhost.attacker.example".to_owned(), 403),
        ("attacker.example@localhost".to_owned(), 403),
        ("10.0.0.1".to_owned(), 403),
        (format!("localhost:{port}"), 200),
        (format!("127.0.0.1:{port}"), 200),
        ("[::1]".to_owned(), 200),
    ] {
        let url = format!("{home}metrics");
        let response = client.get(url).header("host", &host).send().await.unwrap();
        assert_eq!(response.status(), status, "{host}");
        let text = response.text().await.unwrap();
        assert!(status == 200 || !text.contains("cognito_auth_"), "{host}: {text}");
    }
}
