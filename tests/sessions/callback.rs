//! Browsers that come back, and those that should not have.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cognito_auth::sessions::{SameSite, SignInDecision};

use super::app::{App, pool, settle};
use super::browser::{Browser, location};
use super::outages::Flaky;

#[tokio::test]
async fn a_sign_in_of_another_browser_is_refused() {
    let app = App::new();
    let (mut attacker, mut victim) = (Browser::default(), Browser::default());
    let answer = attacker.send(&app.sessions, attacker.visit("/login")).await;
    let callback = app.at_login_page(&location(&answer), "bob");
    // The victim has a sign-in of their own under way.
    victim.send(&app.sessions, victim.visit("/login")).await;
    let answer = victim.send(&app.sessions, victim.visit(&callback)).await;
    assert_eq!(answer.status(), 400);
    assert!(victim.session().is_none());
    // The code was not spent on it.
    let answer = attacker.send(&app.sessions, attacker.visit(&callback)).await;
    assert_eq!(location(&answer), "/");
}

#[tokio::test]
async fn reload_and_back_on_the_callback_lead_home() {
    let app = App::new();
    let mut browser = Browser::default();
    let answer = browser.send(&app.sessions, browser.visit("/login?return_to=/a")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(location(&answer), "/a");
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(location(&answer), "/");
    assert!(app.is_signed_in(&browser).await);
    // Without a session: a page with a link, and no redirect.
    let mut stranger = Browser::default();
    let answer = stranger.send(&app.sessions, stranger.visit(&callback)).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.body().contains("href=\"/login\""));
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("script-src"));
}

#[tokio::test]
async fn what_the_login_page_refuses_is_an_error_page_with_its_code() {
    let app = App::new();
    let mut browser = Browser::default();
    let answer = browser.send(&app.sessions, browser.visit("/login")).await;
    let url = url::Url::parse(&location(&answer)).unwrap();
    let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();
    let callback = format!("/callback?error=access_denied&state={state}");
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.body().contains("access_denied"), "{}", answer.body());
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    for query in ["", "?code=a&code=b&state=s", "?state=s"] {
        let answer = browser.send(&app.sessions, browser.visit(&format!("/callback{query}"))).await;
        assert_eq!(answer.status(), 400, "{query}");
    }
}

#[tokio::test]
async fn a_new_sign_in_takes_the_place_of_the_session() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let old = browser.clone();
    app.go_through(&mut browser, "/login", "alice").await;
    assert_ne!(old.session(), browser.session());
    assert!(!app.is_signed_in(&old).await);
    assert!(app.is_signed_in(&browser).await);
    super::app::settle().await;
    assert_eq!(app.provider.revocations(), 1);
}

#[tokio::test]
async fn four_kilobytes_of_the_applications_data_fit() {
    for (bytes, status) in [(4096, 303), (4097, 500)] {
        let app = App::of(pool(), move |builder| {
            builder.on_sign_in(move |_| async move { SignInDecision::AllowWith(vec![7; bytes]) })
        });
        let mut browser = Browser::default();
        let answer = app.go_through(&mut browser, "/login", "alice").await;
        assert_eq!(answer.status(), status, "{bytes}");
        let signed_in = app.current(&browser).await.unwrap();
        assert_eq!(signed_in.map(|user| user.app_data().len()), (status == 303).then_some(bytes));
        // The tokens of a sign-in that leads to no session are revoked.
        assert_eq!(app.provider.revocations(), usize::from(status == 500));
    }
}

#[tokio::test]
async fn the_application_decides_who_gets_a_session() {
    let asked = Arc::new(AtomicU32::new(0));
    let counted = asked.clone();
    let app = App::of(pool(), move |builder| {
        let counted = counted.clone();
        builder.on_sign_in(move |sign_in| {
            counted.fetch_add(1, Ordering::SeqCst);
            let name = sign_in.claims.username().unwrap_or_default().to_owned();
            assert!(sign_in.id_claims.is_some());
            async move {
                match name.as_str() {
                    "alice" => SignInDecision::AllowWith(b"row 7".to_vec()),
                    _ => SignInDecision::Refuse("tenant_unknown"),
                }
            }
        })
    });
    let browser = app.sign_in("alice").await;
    assert_eq!(app.current(&browser).await.unwrap().unwrap().app_data(), b"row 7");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let mut refused = Browser::default();
    let answer = app.go_through(&mut refused, "/login", "bob").await;
    assert_eq!(answer.status(), 403);
    assert!(answer.body().contains("tenant_unknown"));
    assert!(refused.cookies.is_empty());
    // The tokens of the refused sign-in were revoked.
    assert_eq!(app.provider.revocations(), 1);
}

#[tokio::test]
async fn a_strict_cookie_is_set_by_a_page_that_goes_on_by_itself() {
    let app = App::of(pool(), |builder| builder.same_site(SameSite::Strict));
    let mut browser = Browser::default();
    let answer = app.go_through(&mut browser, "/login?return_to=/a?b=1", "alice").await;
    assert_eq!(answer.status(), 200);
    assert!(answer.body().contains("http-equiv=\"refresh\" content=\"0; url=/a?b=1\""));
    assert!(app.is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookie_is_not_sent_round_for_ever() {
    let app = App::new();
    let mut browser = Browser::default();
    let mut answered = 0;
    loop {
        let (request, ()) = browser.visit("/orders").body(()).unwrap().into_parts();
        let answer = *app.sessions.require(&request).await.unwrap_err();
        if answer.status() != 303 {
            assert!(answer.body().contains("sign_in_loop"), "{}", answer.body());
            break;
        }
        answered += 1;
        assert!(answered < 9, "it goes round");
        app.go_through(&mut browser, &location(&answer), "alice").await;
        browser.cookies.remove(super::browser::SESSION);
    }
    assert_eq!(answered, 3);
    // A click on "sign in" goes through.
    let answer = browser.send(&app.sessions, browser.visit("/login")).await;
    assert!(location(&answer).contains("/oauth2/authorize"));
}

#[tokio::test]
async fn one_user_has_so_many_sessions_and_the_oldest_ends() {
    let app = App::of(pool(), |builder| builder.most_sessions_per_user(2));
    let (one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    let token = app.current(&one).await.unwrap().unwrap().access_token().clone();
    let bob = app.sign_in("bob").await;
    let three = app.sign_in("alice").await;
    assert!(!app.is_signed_in(&one).await);
    for browser in [&two, &three, &bob] {
        assert!(app.is_signed_in(browser).await);
    }
    // What it handed to other services is refused, too.
    let error = app.verifier.verify_access(token.expose()).await.unwrap_err();
    assert_eq!(error.code(), "revoked");
}

/// The login page's own session is from before the sign-out, and signs in silently: what comes of it is
/// refused, and the way on asks for the password.
#[tokio::test]
async fn a_silent_sign_in_after_a_sign_out_is_led_to_the_password() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let user = app.current(&browser).await.unwrap().unwrap();
    let mut other = Browser::default();
    let answer = other.send(&app.sessions, other.visit("/login")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    // Signed out between the login page and the callback.
    app.provider.pool.advance(std::time::Duration::from_secs(2));
    app.sessions.end_all_of(user.claims().issuer(), user.sub()).await.unwrap();
    app.provider.pool.advance(std::time::Duration::from_secs(2));
    let answer = other.send(&app.sessions, other.visit(&callback)).await;
    assert_eq!(answer.status(), 401, "{}", answer.body());
    assert!(answer.body().contains("/login?prompt=login&amp;max_age=0"), "{}", answer.body());
    assert!(other.session().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_does_not_answer_ends_the_sign_in_and_what_was_issued() {
    async fn hangs() -> SignInDecision {
        std::future::pending().await
    }
    async fn panics() -> SignInDecision {
        panic!("of the application")
    }
    for (what, status) in [("hangs", 503), ("panics", 500), ("panics at once", 500)] {
        let app = App::of(pool(), |builder| match what {
            "hangs" => builder.on_sign_in(|_| hangs()),
            "panics" => builder.on_sign_in(|_| panics()),
            _ => builder.on_sign_in(|_| {
                if what.len() > 6 {
                    panic!("of the application");
                }
                hangs()
            }),
        });
        let mut browser = Browser::default();
        let answer = app.go_through(&mut browser, "/login", "alice").await;
        assert_eq!(answer.status().as_u16(), status, "{what}");
        assert!(browser.session().is_none(), "{what}");
        assert_eq!(app.provider.revocations(), 1, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_panics_ends_the_sign_in_and_what_was_issued() {
    let store = Arc::new(Flaky::default());
    let app = Arc::new(App::over(pool(), store.clone(), |builder| builder));
    store.panic_once();
    let site = app.clone();
    let answer =
        tokio::spawn(
            async move { site.go_through(&mut Browser::default(), "/login", "alice").await },
        );
    assert!(answer.await.unwrap_err().is_panic());
    settle().await;
    assert_eq!(app.provider.revocations(), 1);
}
