//! Re-authentication by a stronger means: the `acr` of the new sign-in is compared with the requested one.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::{get, post};
use cognito_auth::Tokens;
use cognito_auth::sessions::{CurrentUser, SessionError, SessionRejection};
use cognito_auth::testing::TokenSpec;
use http::Response;
use tower::ServiceExt as _;

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

async fn pay(user: CurrentUser) -> Result<&'static str, SessionRejection> {
    user.require_acr(ASKED)?;
    Ok("paid")
}

/// Asks a handler that requires the class.
async fn ask(app: &App, request: http::request::Builder) -> Response<String> {
    let router = Router::new().route("/pay", get(pay)).route("/transfer", post(pay));
    let request = request.body(Body::empty()).unwrap();
    let answer = router.with_state(app.sessions.clone()).oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Response::from_parts(parts, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_requires_a_class_leads_to_a_sign_in_that_has_it() {
    const LOGIN: &str = "/login?return_to=%2Fpay&prompt=login&acr=urn%3Acognito%3Aloa%3A2";
    const CHALLENGE: &str =
        r#"Bearer error="insufficient_user_authentication", acr_values="urn:cognito:loa:2""#;
    let app = App::new();
    for (acr, passes) in [
        (None, false),
        (Some("urn:cognito:loa:1"), false),
        (Some("phr"), false),
        (Some(ASKED), true),
        (Some("urn:cognito:loa:4"), true),
    ] {
        let mut browser = Browser::default();
        // A sign-in that asks for nothing has the class that it has.
        let spec = TokenSpec::access("alice");
        app.provider.next_sign_in(&acr.map_or(spec.clone(), |acr| spec.claim("acr", acr)));
        app.go_through(&mut browser, "/login", "alice").await;
        let user = app.current(&browser).await.unwrap().unwrap();
        assert_eq!(user.acr(), acr);
        let page = ask(&app, browser.visit("/pay")).await;
        if passes {
            assert_eq!(page.body(), "paid", "{acr:?}");
            // The pool's new tokens have no such claim: a refresh proves nothing anew.
            let refreshed = app.sessions.refresh_now(&user).await.unwrap().unwrap();
            assert_ne!(refreshed.access_token(), user.access_token());
            assert_eq!(ask(&app, browser.visit("/pay")).await.body(), "paid", "{acr:?}");
            continue;
        }
        let link = format!("href=\"{}\"", LOGIN.replace('&', "&amp;"));
        let from = "https://app.example.com/pay";
        let form = ask(&app, browser.submit("/transfer").header("referer", from)).await;
        for (what, answer) in [("page", &page), ("form", &form)] {
            assert_eq!(answer.status(), 401, "{what} {acr:?}");
            assert_eq!(answer.headers()["www-authenticate"], CHALLENGE, "{what} {acr:?}");
            assert!(answer.body().contains(&link), "{what} {acr:?}: {}", answer.body());
        }
        let script = browser.request("POST", "/transfer").header("x-csrf", "1");
        let script = ask(&app, script.header("referer", from)).await;
        let body = format!(r#"{{"error":"insufficient_user_authentication","login":"{LOGIN}"}}"#);
        assert_eq!((script.status().as_u16(), script.body()), (401, &body), "{acr:?}");
        assert_eq!(script.headers()["www-authenticate"], CHALLENGE, "{acr:?}");
        // Without an extractor a page is redirected at once.
        let (request, ()) = browser.visit("/pay").body(()).unwrap().into_parts();
        let error = user.require_acr(ASKED).unwrap_err();
        assert_eq!(location(&app.sessions.answer_error(&request, &error)), LOGIN, "{acr:?}");
    }
    let mut browser = app.sign_in("alice").await;
    let answer = prove(&app, &mut browser, ASKED, Some(ASKED), None).await;
    assert_eq!(location(&answer), "/pay");
    assert_eq!(ask(&app, browser.visit("/pay")).await.body(), "paid");
}

/// The ID token says how the user proved who they are.
#[tokio::test]
async fn the_class_of_a_session_is_that_of_the_id_token() {
    let app = App::new();
    let mut browser = Browser::default();
    prove(&app, &mut browser, ASKED, Some("urn:cognito:loa:4"), Some(ASKED)).await;
    let user = app.current(&browser).await.unwrap().unwrap();
    assert_eq!(user.acr(), Some(ASKED));
    assert_eq!(user.require_acr("urn:cognito:loa:1"), Ok(()));
    let stronger = "phr urn:cognito:loa:3".to_owned();
    let expected = SessionError::InsufficientAuthentication { acr_values: stronger.clone() };
    assert_eq!(user.require_acr(&stronger), Err(expected.clone()));
    let text = "the sign-in has none of the required authentication context classes: ";
    assert_eq!(expected.to_string(), format!("{text}{stronger}"));
    assert_eq!(expected.code(), "insufficient_user_authentication");
}

/// It would go into a challenge and into a link, and no login accepts it.
#[tokio::test]
async fn a_class_that_no_sign_in_can_have_is_the_services_mistake() {
    let app = App::new();
    let mut browser = Browser::default();
    prove(&app, &mut browser, ASKED, Some(ASKED), None).await;
    let (request, ()) = browser.visit("/pay").body(()).unwrap().into_parts();
    let user = CurrentUser::of(&app.sessions, &request).await.unwrap();
    for bad in ["", "a\"b", "urn:cognito:loa:2 ", &"a".repeat(257)] {
        let answer = user.require_acr(bad).unwrap_err().into_inner();
        assert_eq!(answer.status(), 500, "{bad}");
        assert!(answer.headers().get("www-authenticate").is_none(), "{bad}");
        let error = SessionError::Misconfigured { code: "invalid_acr" };
        assert_eq!(user.clone().into_inner().require_acr(bad), Err(error), "{bad}");
    }
}
