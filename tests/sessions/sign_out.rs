//! Signing out: of this session, of another, everywhere; and when it cannot be done.

use cognito_auth::{AuthError, Unreachable};

use super::app::{App, pool};
use super::browser::{Browser, location};

#[tokio::test]
async fn a_sign_out_holds_here_and_at_the_pool() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let kept = browser.clone();
    let token = app.current(&browser).await.unwrap().unwrap().access_token().clone();
    let answer = browser.send(&app.sessions, browser.submit("/logout")).await;
    let to = url::Url::parse(&location(&answer)).unwrap();
    assert_eq!(to.path(), "/logout");
    let logout_uri = to.query_pairs().find(|(name, _)| name == "logout_uri").unwrap().1;
    assert_eq!(logout_uri, "https://app.example.com/logged-out");
    assert_eq!(answer.headers()["clear-site-data"], "\"cache\"");
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    assert!(!app.is_signed_in(&kept).await);
    assert_eq!(app.provider.revocations(), 1);
    // What another service was handed is refused, too.
    let error = app.verifier.verify_access(token.expose()).await.unwrap_err();
    assert_eq!(error.code(), "revoked");
    let answer = browser.send(&app.sessions, browser.visit("/logged-out")).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().get("clear-site-data").is_none());
}

#[tokio::test]
async fn a_script_is_told_where_to_go() {
    let app = App::of(pool(), |builder| builder.keep_hosted_session().keep_browser_cache());
    let mut browser = app.sign_in("alice").await;
    let request = browser.request("POST", "/logout").header("sec-fetch-site", "same-origin");
    let answer = browser.send(&app.sessions, request).await;
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_str()),
        (200, r#"{"logout":"/logged-out"}"#)
    );
    assert!(answer.headers().get("clear-site-data").is_none());
}

/// A browser sends no `Lax` cookie with a form of another site, and would take the answer's deletion of it.
#[tokio::test]
async fn a_form_of_another_site_deletes_no_cookie() {
    let app = App::new();
    let mut stranger = Browser::default();
    for (site, origin, status) in [
        (Some("cross-site"), Some("https://evil.example"), 403),
        (Some("same-site"), Some("https://other.example.com"), 403),
        (None, Some("null"), 403),
        (None, None, 403),
        (Some("same-origin"), Some("https://app.example.com"), 303),
    ] {
        let mut request = stranger.request("POST", "/logout").header("accept", "text/html");
        for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
            request = value.into_iter().fold(request, |request, value| request.header(name, value));
        }
        let answer = stranger.send(&app.sessions, request).await;
        assert_eq!(answer.status(), status, "{site:?} {origin:?}");
        let deletes = answer.headers().contains_key("set-cookie");
        assert_eq!(deletes, status == 303, "{site:?} {origin:?}");
    }
}

/// A page that was kept for the back button is forgotten once another one is shown: by an image of
/// that one. An image on a page of another site clears nothing.
#[tokio::test]
async fn the_page_after_the_sign_out_clears_what_the_browser_kept() {
    let app = App::new();
    let mut browser = Browser::default();
    let ask = browser.visit("/logged-out");
    let page = browser.send(&app.sessions, ask).await;
    assert_eq!((page.status().as_u16(), page.headers().get("clear-site-data")), (200, None));
    assert!(page.body().contains("<img src=\"/logged-out?clear\""), "{}", page.body());

    for (dest, site, clears) in [
        ("image", "same-origin", true),
        ("image", "same-site", false),
        ("image", "cross-site", false),
        ("document", "same-origin", false),
    ] {
        let image = browser.request("GET", "/logged-out?clear");
        let image = image.header("sec-fetch-dest", dest).header("sec-fetch-site", site);
        let answer = browser.send(&app.sessions, image).await;
        let cleared = answer.headers().get("clear-site-data").map(|what| what.to_str().unwrap());
        assert_eq!(cleared, clears.then_some("\"cache\""), "{dest} {site}");
    }
    let keeps = App::of(pool(), |builder| builder.keep_browser_cache());
    let ask = browser.visit("/logged-out");
    assert!(!browser.send(&keeps.sessions, ask).await.body().contains("<img"));
}

#[tokio::test]
async fn no_get_and_no_other_site_signs_out() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let answer = browser.send(&app.sessions, browser.visit("/logout")).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["allow"]),
        (405, &"POST".parse().unwrap())
    );
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("x-other", "1"),
    ] {
        let request = browser.request("POST", "/logout").header(name, value);
        let answer = browser.send(&app.sessions, request).await;
        assert_eq!(answer.status(), 403, "{name}: {value}");
        assert!(answer.body().contains("csrf"));
    }
    assert!(app.is_signed_in(&browser).await);
    // Also for the application's own requests, in the optional form too.
    let request = browser.request("POST", "/orders").header("origin", "https://evil.example");
    let (request, ()) = request.body(()).unwrap().into_parts();
    assert_eq!(app.sessions.current(&request).await.unwrap_err().code(), "csrf");
    assert!(app.sessions.current_without_csrf_check(&request).await.unwrap().is_some());
    // Without a session there is nothing to abuse.
    let request = Browser::default().request("POST", "/orders");
    let (request, ()) = request.body(()).unwrap().into_parts();
    assert!(app.sessions.current(&request).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_token_has_expired_can_be_left() {
    let app = App::of(pool(), |builder| builder.idle_timeout(std::time::Duration::from_secs(9000)));
    let mut browser = app.sign_in("alice").await;
    app.advance(4000).await;
    app.provider.go_down(Some(AuthError::Unreachable(Unreachable::Connect)));
    let kept = browser.clone();
    let answer = browser.send(&app.sessions, browser.submit("/logout")).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(app.provider.refreshes(), 0);
    app.provider.go_down(None);
    assert!(!app.is_signed_in(&kept).await);
}

#[tokio::test(start_paused = true)]
async fn the_pool_is_told_again_when_it_could_not_be_told() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    app.provider.go_down(Some(AuthError::Unreachable(Unreachable::Connect)));
    let answer = browser.send(&app.sessions, browser.submit("/logout")).await;
    assert_eq!(answer.status(), 303);
    assert!(browser.session().is_none());
    app.provider.go_down(None);
    assert_eq!(app.provider.revocations(), 0);
    tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    assert_eq!(app.provider.revocations(), 1);
}

#[tokio::test]
async fn everywhere_is_every_session_of_the_user() {
    let app = App::new();
    let (mut one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    let bob = app.sign_in("bob").await;
    // In the second of the sign-out a new sign-in would not be hit.
    app.provider.pool.advance(std::time::Duration::from_secs(2));
    let kept = one.clone();
    let answer = one.send_with(&app.sessions, one.submit("/logout"), "everywhere=true").await;
    assert_eq!(answer.status(), 303);
    for browser in [&kept, &two] {
        assert!(!app.is_signed_in(browser).await);
    }
    assert!(app.is_signed_in(&bob).await);
}

#[tokio::test(start_paused = true)]
async fn everywhere_with_a_token_that_has_expired() {
    let app = App::of(pool(), |builder| builder.idle_timeout(std::time::Duration::from_secs(9000)));
    let (mut one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    app.advance(4000).await;
    let answer = one.send(&app.sessions, one.submit("/logout?everywhere=true")).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(app.provider.refreshes(), 1);
    assert!(!app.is_signed_in(&two).await);
}

#[tokio::test]
async fn a_list_of_ones_sessions_and_the_end_of_one() {
    let app = App::new();
    let mut phone = Browser::default();
    let request = phone.visit("/login");
    let answer = phone.send(&app.sessions, request).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    let request = phone.visit(&callback).header("user-agent", "Phone/1.0");
    phone.send(&app.sessions, request).await;
    let laptop = app.sign_in("alice").await;
    let bob = app.sign_in("bob").await;
    let this = app.current(&laptop).await.unwrap().unwrap();
    let listed = app.sessions.sessions_of(&this).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0].device.as_deref(), Some("Phone/1.0"));
    assert_eq!((listed[0].is_this, listed[1].is_this), (false, true));
    assert!(listed.iter().all(|session| session.seen_at.is_some()));
    assert_eq!(listed[1].public_id, this.public_id());

    let of_bob = app.current(&bob).await.unwrap().unwrap();
    assert!(!app.sessions.end_one(&of_bob, &listed[0].public_id).await.unwrap());
    assert!(app.is_signed_in(&phone).await);
    assert!(app.sessions.end_one(&this, &listed[0].public_id).await.unwrap());
    assert!(!app.is_signed_in(&phone).await);
    assert!(app.is_signed_in(&laptop).await);
    app.sessions.end(&this).await.unwrap();
    assert!(!app.is_signed_in(&laptop).await);
}

#[tokio::test]
async fn the_other_sessions_of_a_user_are_ended() {
    let app = App::new();
    let (one, two, this) =
        (app.sign_in("alice").await, app.sign_in("alice").await, app.sign_in("alice").await);
    let bob = app.sign_in("bob").await;
    let user = app.current(&this).await.unwrap().unwrap();
    assert_eq!(app.sessions.end_others(&user).await.unwrap(), 2);
    assert!(!app.is_signed_in(&one).await && !app.is_signed_in(&two).await);
    assert!(app.is_signed_in(&this).await && app.is_signed_in(&bob).await);
    assert_eq!(app.sessions.end_others(&user).await.unwrap(), 0);
}

#[tokio::test]
async fn an_administrator_ends_all_of_a_users_sessions() {
    let app = App::new();
    let (one, bob) = (app.sign_in("alice").await, app.sign_in("bob").await);
    let user = app.current(&one).await.unwrap().unwrap();
    app.provider.pool.advance(std::time::Duration::from_secs(2));
    app.sessions.end_all_of(user.claims().issuer(), user.sub()).await.unwrap();
    assert!(!app.is_signed_in(&one).await);
    assert!(app.is_signed_in(&bob).await);
    let error = app.sessions.end_all_of("https://another.example", user.sub()).await.unwrap_err();
    assert_eq!(error.code(), "revocation_unavailable");
}

#[tokio::test]
async fn the_end_of_ones_own_session_in_the_list_is_told_to_the_pool() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let this = app.current(&browser).await.unwrap().unwrap();
    assert!(app.sessions.end_one(&this, &this.public_id()).await.unwrap());
    assert!(!app.is_signed_in(&browser).await);
    assert_eq!(app.provider.revocations(), 1);
}

#[tokio::test]
async fn a_wish_that_is_not_understood_is_not_taken_for_less() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let long = format!("everywhere=true&x={}", "x".repeat(17 * 1024));
    for body in [
        "everywhere=on",
        "everywhere=1",
        "everywhere=True",
        "everywhere=",
        "everywhere",
        "everywhere=true&everywhere=true",
        &long,
    ] {
        let request = browser.submit("/logout");
        let answer = browser.send_with(&app.sessions, request, body).await;
        assert_eq!(answer.status(), 400, "{body}");
        assert!(answer.headers().get("set-cookie").is_none(), "{body}");
        if body.len() < 100 {
            let request = browser.submit(&format!("/logout?{body}"));
            assert_eq!(browser.send(&app.sessions, request).await.status(), 400, "{body}");
        }
    }
}

#[tokio::test]
async fn a_second_cookie_of_the_name_does_not_keep_the_session() {
    let app = App::new();
    for other in ["x".to_owned(), "v1.".to_owned() + &"A".repeat(86)] {
        for is_first in [true, false] {
            let browser = app.sign_in("alice").await;
            let own = browser.session().unwrap();
            let (first, second) = if is_first { (own, &other) } else { (&other, own) };
            let header = format!("__Host-session={first}; __Host-session={second}");
            let request = Browser::default().submit("/logout").header("cookie", header);
            let answer = Browser::default().send(&app.sessions, request).await;
            assert_eq!(answer.status(), 303);
            assert!(!app.is_signed_in(&browser).await);
        }
    }
}
