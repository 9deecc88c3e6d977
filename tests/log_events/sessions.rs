//! Browser sessions: everything that is logged of them, once.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::RevocationStatus;
use cognito_auth::sessions::{
    BrowserSessions, BrowserSessionsBuilder, CurrentUser, SignInDecision,
};
use cognito_auth::testing::{LocalUserPool, TokenSpec};
use cognito_auth::{AuthError, JwtVerifier, JwtVerifierBuilder, Refusal, RefusalCode, Tokens};

use super::app::{App, CLIENT, current, pool};
use super::browser::{Browser, SESSION, location};
use super::outages::Flaky;
use super::provider::Act;
use super::recorder::Recorder;
use super::run::parts;
use super::support::Down;

const OUTAGE: AuthError = AuthError::ServerError { status: 500 };

fn refused(code: RefusalCode) -> AuthError {
    AuthError::Refused(Refusal::new(code))
}

/// An application whose sessions outlive their tokens, a signed-in browser, and what is secret of it.
async fn signed_in(app: App) -> (App, Browser, Vec<String>) {
    let browser = app.sign_in("alice").await;
    let secrets = secrets_of(&app, &browser).await;
    (app, browser, secrets)
}

async fn secrets_of(app: &App, browser: &Browser) -> Vec<String> {
    let signed_in = app.current(browser).await.unwrap().unwrap();
    let cookie = browser.session().unwrap().strip_prefix("v1.").unwrap().to_owned();
    let mut secrets = vec![cookie, signed_in.sub().to_owned()];
    secrets.extend(signed_in.claims().origin_jti().map(str::to_owned));
    secrets.extend(parts(signed_in.access_token().expose()));
    secrets
}

/// The tokens expire. The store counts by another clock.
fn an_hour_passes(app: &App) {
    app.provider.pool.advance(Duration::from_secs(3601));
}

fn verifier(pool: &LocalUserPool, client: &str) -> JwtVerifierBuilder {
    JwtVerifier::builder(&pool.user_pool())
        .client_id(client)
        .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
        .clock(pool.clock())
}

/// From `/login` to the callback's answer, at another machine.
async fn go_through(app: &App, sessions: &BrowserSessions, browser: &mut Browser) -> u16 {
    let answer = browser.send(sessions, browser.visit("/login")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    browser.send(sessions, browser.visit(&callback)).await.status().as_u16()
}

/// A refresh token that stays the same is not one that rotates.
pub(crate) async fn without_rotation(recorder: &Recorder) -> Vec<String> {
    let (app, browser, secrets) = signed_in(App::new()).await;
    an_hour_passes(&app);
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 1);
    assert!(!recorder.text().contains("the app client rotates refresh tokens"));
    secrets
}

/// Signed in, refreshed, refused, signed out; and what a browser does that it should not.
pub(crate) async fn of_a_users_way() -> Vec<String> {
    let (app, mut browser, mut secrets) = signed_in(App::with_rotation(0)).await;
    an_hour_passes(&app);
    assert!(app.is_signed_in(&browser).await);
    secrets.extend(secrets_of(&app, &browser).await);
    // Another secret than the record was sealed with.
    let mut forged = browser.clone();
    let value = forged.cookies.get_mut(SESSION).unwrap();
    let other = if value[80..].starts_with('A') { "Q" } else { "A" };
    value.replace_range(80..81, other);
    assert!(!app.is_signed_in(&forged).await);
    let request = browser.request("POST", "/logout").header("origin", "https://evil.example");
    assert_eq!(browser.send(&app.sessions, request).await.status(), 403);
    let mut stranger = Browser::default();
    let callback = stranger.visit("/callback?code=a-code-of-no-user&state=a-state-of-no-user");
    assert_eq!(stranger.send(&app.sessions, callback).await.status(), 400);
    let login = stranger.visit("/login?return_to=//evil.example/a-secret-path");
    let answer = stranger.send(&app.sessions, login).await;
    let url = url::Url::parse(&location(&answer)).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let denied = format!("/callback?error=access_denied&state={state}");
    assert_eq!(stranger.send(&app.sessions, stranger.visit(&denied)).await.status(), 400);
    stranger.cookies.insert("__Host-signed-in".to_owned(), "3".to_owned());
    let (request, ()) = stranger.visit("/orders").body(()).unwrap().into_parts();
    assert_eq!(app.sessions.require(&request).await.unwrap_err().status(), 400);
    secrets.extend(["a-code-of-no-user", "a-state-of-no-user", "a-secret-path"].map(str::to_owned));
    secrets.push(state);
    // Signed out, and Cognito is told later.
    app.provider.go_down(Some(OUTAGE));
    assert_eq!(browser.send(&app.sessions, browser.submit("/logout")).await.status(), 303);
    app.provider.go_down(None);
    secrets
}

/// Refreshes that come to nothing, tokens that are not accepted, sessions that end.
pub(crate) async fn what_keeps_or_ends_them() -> Vec<String> {
    let mut secrets = Vec::new();
    let future = TokenSpec::access("alice").claim("iat", 32_503_680_000_u64);
    for what in ["kept", "refused", "another user", "clock", "revoked"] {
        let (app, browser, more) = signed_in(App::new()).await;
        secrets.extend(more);
        let act = match what {
            "kept" => Act::Fail(OUTAGE),
            "refused" => Act::Fail(refused(RefusalCode::InvalidGrant)),
            "another user" => Act::Of("bob"),
            "clock" => Act::Access(app.provider.pool.token(&future)),
            _ => {
                let user = app.current(&browser).await.unwrap().unwrap();
                app.verifier.sign_out_session(user.claims()).await.unwrap();
                assert!(!app.is_signed_in(&browser).await);
                continue;
            }
        };
        an_hour_passes(&app);
        app.provider.next(act);
        let is_kept = matches!(what, "kept" | "clock");
        assert_eq!(app.current(&browser).await.is_err(), is_kept, "{what}");
    }
    // A store that does not take new tokens, and then does not answer.
    let store = Arc::new(Flaky::default());
    let (app, browser, more) = signed_in(App::over(pool(), store.clone(), |one| one)).await;
    secrets.extend(more);
    an_hour_passes(&app);
    store.fail_replace(usize::MAX);
    assert!(app.is_signed_in(&browser).await);
    store.fail_replace(0);
    store.go_down();
    assert!(app.current(&browser).await.is_err());
    store.answer_again();
    // A session that has no id of its own is ended by another one.
    let app = App::of(pool(), |builder| builder.most_sessions_per_user(1));
    app.provider.next_sign_in(&TokenSpec::access("alice").without_claim("origin_jti"));
    let one = app.sign_in("alice").await;
    let two = app.sign_in("alice").await;
    assert!(!app.is_signed_in(&one).await && app.is_signed_in(&two).await);
    // A revocation store that takes no entry.
    let down = Arc::new(Down(RevocationStatus::Live));
    let verifier = verifier(&app.provider.pool, CLIENT).revocations(down).build().unwrap();
    let sessions = app.builder_with(&verifier).most_sessions_per_user(1).build().unwrap();
    assert_eq!(go_through(&app, &sessions, &mut Browser::default()).await, 303);
    let user = current(&sessions, &two).await.unwrap().unwrap();
    assert!(sessions.end(&user).await.is_err());
    secrets
}

/// The application's hook, and tokens that are too large.
pub(crate) async fn what_ends_a_sign_in() -> Vec<String> {
    let app = App::new();
    type Settings = fn(BrowserSessionsBuilder) -> BrowserSessionsBuilder;
    let hooks: [Settings; 2] = [
        |builder| builder.on_sign_in(async |_| panic!("of the application")),
        |builder| builder.on_sign_in(async |_| SignInDecision::AllowWith(vec![7; 4097])),
    ];
    for hook in hooks {
        let sessions = hook(app.builder()).build().unwrap();
        assert_eq!(go_through(&app, &sessions, &mut Browser::default()).await, 500);
    }
    let provider = app.provider.clone();
    let builder = app.builder().on_sign_in(move |_| {
        provider.go_down(Some(OUTAGE));
        async { SignInDecision::Refuse("tenant_unknown") }
    });
    let sessions = builder.build().unwrap();
    assert_eq!(go_through(&app, &sessions, &mut Browser::default()).await, 403);
    app.provider.go_down(None);
    let refresh_token = "r".repeat(170_000);
    let mut tokens = Tokens::new(app.provider.pool.access_token("alice"));
    tokens.refresh_token = Some(refresh_token.as_str().into());
    let secrets = parts(tokens.access_token.expose());
    app.provider.next_tokens(tokens);
    assert_eq!(go_through(&app, &app.sessions, &mut Browser::default()).await, 500);
    [secrets.to_vec(), vec!["r".repeat(20)]].concat()
}

/// The provider's answers to a code, verifiers that accept no token of this client, a forgotten setting.
pub(crate) async fn what_is_set_up_wrong() -> Vec<String> {
    let (app, browser, secrets) = signed_in(App::new()).await;
    for (error, status) in [(OUTAGE, 503), (refused(RefusalCode::InvalidClient), 500)] {
        app.provider.go_down(Some(error));
        assert_eq!(go_through(&app, &app.sessions, &mut Browser::default()).await, status);
    }
    app.provider.go_down(None);
    let future = TokenSpec::access("alice").claim("iat", 32_503_680_000_u64);
    app.provider.next_sign_in(&future);
    assert_eq!(go_through(&app, &app.sessions, &mut Browser::default()).await, 503);
    let another = verifier(&app.provider.pool, "another").build().unwrap();
    let sessions = app.builder_with(&another).build().unwrap();
    assert_eq!(current(&sessions, &browser).await.unwrap_err().status(), 500);
    assert_eq!(go_through(&app, &sessions, &mut Browser::default()).await, 500);
    let request = actix_web::test::TestRequest::get().to_http_request();
    <CurrentUser as actix_web::FromRequest>::extract(&request).await.unwrap_err();
    secrets
}
