//! Re-authentication by a stronger means: the `acr` of the new sign-in is compared with the requested one.

use cognito_auth::Tokens;
use cognito_auth::testing::TokenSpec;
use http::Response;

use super::app::App;
use super::browser::{Browser, location};

const ASKED: &str = "urn:cognito:loa:2";

/// Goes to `/login` for this class, and comes back with tokens that have `acr`.
async fn prove(
    app: &App,
    browser: &mut Browser,
    asked: &str,
    access: Option<&str>,
    id: Option<&str>,
) -> Response<String> {
    let query: String = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect();
    let login = format!("/login?return_to=/pay&acr={query}");
    let answer = browser.send(&app.sessions, browser.visit(&login)).await;
    let to = url::Url::parse(&location(&answer)).unwrap();
    let sent = to.query_pairs().find(|(name, _)| name == "acr_values").unwrap().1;
    assert_eq!(sent, asked);
    let with = |spec: TokenSpec, acr: Option<&str>| match acr {
        Some(acr) => spec.claim("acr", acr),
        None => spec,
    };
    let pool = &app.provider.pool;
    let mut tokens = Tokens::new(pool.token(&with(TokenSpec::access("alice"), access)));
    tokens.id_token = id.map(|acr| pool.token(&with(TokenSpec::id("alice"), Some(acr))).into());
    app.provider.next_tokens(tokens);
    let callback = app.at_login_page(to.as_str(), "alice");
    browser.send(&app.sessions, browser.visit(&callback)).await
}

#[tokio::test]
async fn a_proof_is_the_one_that_was_asked_for_or_a_stronger_one() {
    for (asked, access, id, satisfies) in [
        (ASKED, Some(ASKED), None, true),
        (ASKED, None, Some(ASKED), true),
        (ASKED, Some("urn:cognito:loa:3"), None, true),
        ("phr urn:cognito:loa:2", Some("phr"), None, true),
        (ASKED, None, None, false),
        (ASKED, Some("urn:cognito:loa:1"), None, false),
        (ASKED, Some("phr"), None, false),
        // The ID token says how the user proved who they are.
        (ASKED, Some(ASKED), Some("urn:cognito:loa:1"), false),
    ] {
        let app = App::new();
        let mut browser = app.sign_in("alice").await;
        let old = browser.clone();
        let answer = prove(&app, &mut browser, asked, access, id).await;
        let what = format!("{asked}: {access:?} {id:?}");
        if satisfies {
            assert_eq!(location(&answer), "/pay", "{what}");
            assert_ne!(browser.session(), old.session(), "{what}");
            continue;
        }
        assert_eq!(answer.status(), 401, "{what}");
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap();
        let expected =
            format!(r#"Bearer error="insufficient_user_authentication", acr_values="{asked}""#);
        assert_eq!(challenge, expected, "{what}");
        let link = "/login?return_to=%2Fpay&amp;prompt=login&amp;acr=urn%3Acognito%3Aloa%3A2";
        assert!(answer.body().contains(link), "{what}: {}", answer.body());
        // The session is as it was, and what was issued is revoked.
        assert_eq!(browser.session(), old.session(), "{what}");
        assert!(app.is_signed_in(&browser).await, "{what}");
        assert_eq!(app.provider.revocations(), 1, "{what}");
    }
}

#[tokio::test]
async fn a_sign_in_without_a_session_proves_it_too() {
    let app = App::new();
    for (acr, signed_in) in [(None, false), (Some(ASKED), true)] {
        let mut browser = Browser::default();
        prove(&app, &mut browser, ASKED, acr, None).await;
        assert_eq!(browser.session().is_some(), signed_in, "{acr:?}");
    }
}

#[tokio::test]
async fn a_script_is_told_by_the_code() {
    let app = App::new();
    let mut browser = Browser::default();
    let answer = browser.send(&app.sessions, browser.visit("/login?acr=phr")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    let answer = browser.send(&app.sessions, browser.request("GET", &callback)).await;
    assert_eq!(answer.status(), 401);
    let body: serde_json::Value = serde_json::from_str(answer.body()).unwrap();
    assert_eq!(body["error"], "insufficient_user_authentication");
}

/// To leave it out would be a sign-in that proves nothing; a long one does not fit into a cookie.
#[tokio::test]
async fn a_class_that_cannot_be_asked_for_is_no_sign_in_like_others() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let long = "a".repeat(257);
    for bad in ["", "a&acr=a", "a%22b", "a%0ab", "%20", "a%20%20b", &long, &"a".repeat(17_000)] {
        let answer = browser.send(&app.sessions, browser.visit(&format!("/login?acr={bad}"))).await;
        assert_eq!(answer.status(), 400, "{bad}");
        assert!(answer.body().contains("invalid_acr"), "{bad}");
        assert!(answer.headers().get("set-cookie").is_none(), "{bad}");
    }
}
