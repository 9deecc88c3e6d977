//! From the sign-in to the sign-out, as a browser goes.

use http::header::LOCATION;

use super::app::{App, CLIENT};
use super::browser::{Browser, SESSION, location};

#[tokio::test]
async fn sign_in_and_land_where_one_was() {
    let app = App::new();
    let mut browser = Browser::default();
    let login = "/login?return_to=%2Forders%3Fpage%3D2";
    let answer = app.go_through(&mut browser, login, "alice").await;
    assert_eq!(location(&answer), "/orders?page=2");
    assert_eq!(browser.session().unwrap().len(), 89);
    let session = answer.headers().get_all("set-cookie").iter();
    let session = session.map(|field| field.to_str().unwrap()).find(|f| f.starts_with(SESSION));
    let session = session.unwrap();
    assert!(
        session.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=43200"),
        "{session}"
    );
    // The sign-in's own cookie is gone.
    assert!(browser.cookies.keys().all(|name| !name.contains("signin")), "{:?}", browser.cookies);

    let signed_in = app.current(&browser).await.unwrap().unwrap();
    assert_eq!(signed_in.username(), Some("alice"));
    assert_eq!(signed_in.email(), Some("alice@example.com"));
    assert!(signed_in.has_group("admins"));
    signed_in.require_group("admins").unwrap();
    assert_eq!(signed_in.require_group("root").unwrap_err().code(), "group_missing");
    assert_eq!(signed_in.id_claims().await.unwrap().unwrap().email(), Some("alice@example.com"));
    let claims = app.verifier.verify_access(signed_in.access_token().expose()).await.unwrap();
    assert_eq!(claims.sub(), signed_in.sub());
}

#[tokio::test]
async fn who_is_signed_in_as_json() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let answer = browser.send(&app.sessions, browser.request("GET", "/session")).await;
    assert_eq!(answer.status(), 200);
    let body: serde_json::Value = serde_json::from_str(answer.body()).unwrap();
    assert_eq!(body["username"], "alice");
    assert_eq!(body["email"], "alice@example.com");
    assert_eq!(body["groups"], serde_json::json!(["admins"]));
    let left = body["ends_at"].as_u64().unwrap() - body["idle_ends_at"].as_u64().unwrap();
    assert!((12 * 3600 - 1800 - 2..=12 * 3600 - 1800 + 2).contains(&left), "{left}");
    assert!(body["sub"].as_str().is_some_and(|sub| !sub.is_empty()));

    let mut stranger = Browser::default();
    let answer = stranger.send(&app.sessions, stranger.request("GET", "/session")).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.body(), r#"{"error":"no_session","login":"/login"}"#);
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn without_a_session_pages_go_to_the_sign_in_and_calls_get_401() {
    let app = App::new();
    let browser = Browser::default();
    let answered = async |request: http::request::Builder| {
        let (request, ()) = request.body(()).unwrap().into_parts();
        *app.sessions.require(&request).await.unwrap_err()
    };
    let answer = answered(browser.visit("/orders?page=2")).await;
    assert_eq!(location(&answer), "/login?return_to=%2Forders%3Fpage%3D2");
    assert_eq!(location(&answered(browser.visit("/")).await), "/login");
    // It is no path of ours to come back to.
    assert_eq!(location(&answered(browser.visit("/logged-out")).await), "/login");

    let answer = answered(browser.request("GET", "/orders").header("accept", "*/*")).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get(LOCATION)), (401, None));
    assert_eq!(answer.headers()["vary"], "Sec-Fetch-Site, Origin, Cookie");
    // A form that was posted is answered with a page, and is not done later.
    let answer = answered(browser.submit("/orders")).await;
    assert_eq!(answer.status(), 401);
    assert!(answer.body().contains("href=\"/login\""), "{}", answer.body());
}

#[tokio::test]
async fn two_tabs_sign_in_in_either_order() {
    let app = App::new();
    for order in [[0, 1], [1, 0]] {
        let mut browser = Browser::default();
        let mut callbacks = Vec::new();
        for path in ["/login?return_to=/one", "/login?return_to=/two"] {
            let answer = browser.send(&app.sessions, browser.visit(path)).await;
            callbacks.push(app.at_login_page(&location(&answer), "alice"));
        }
        for tab in order {
            let answer = browser.send(&app.sessions, browser.visit(&callbacks[tab])).await;
            assert_eq!(location(&answer), ["/one", "/two"][tab]);
            assert!(app.is_signed_in(&browser).await);
        }
    }
}

#[tokio::test]
async fn of_six_tabs_the_oldest_is_told_to_start_again() {
    let app = App::new();
    let mut browser = Browser::default();
    let mut callbacks = Vec::new();
    for _ in 0..6 {
        app.provider.pool.advance(std::time::Duration::from_secs(1));
        let answer = browser.send(&app.sessions, browser.visit("/login")).await;
        callbacks.push(app.at_login_page(&location(&answer), "alice"));
    }
    assert_eq!(browser.cookies.len(), 5);
    let answer = browser.send(&app.sessions, browser.visit(&callbacks[0])).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.body().contains("sign_in_not_started"), "{}", answer.body());
    for callback in &callbacks[1..] {
        let answer = browser.send(&app.sessions, browser.visit(callback)).await;
        assert_eq!(location(&answer), "/");
    }
}

/// A copy of the store opens nothing, and shows no user.
#[tokio::test]
async fn nothing_of_a_session_is_in_the_store_in_the_clear() {
    use cognito_auth::sessions::SessionKey;
    use sha2::{Digest as _, Sha256};

    let app = App::new();
    let browser = app.sign_in("alice").await;
    let signed_in = app.current(&browser).await.unwrap().unwrap();
    let cookie = browser.session().unwrap().strip_prefix("v1.").unwrap();
    let bytes = {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cookie).unwrap()
    };
    let key = SessionKey::from_bytes(Sha256::digest(&bytes[..32]).into());
    let stored = app.store.load(&key).await.unwrap().unwrap();
    let members = app.store.list(&stored.user).await.unwrap();
    assert_eq!(members.len(), 1);
    let token = signed_in.access_token().expose();
    for secret in [&token[..20], signed_in.sub(), "alice", CLIENT] {
        for text in [&stored.record, &members[0].note] {
            let found = text.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret}");
        }
    }
}
