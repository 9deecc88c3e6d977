//! A signed-in web site: `cargo run --example web_site`. Its settings are in `shared/settings.rs`, and for
//! many machines `REDIS_URL` and `SESSION_KEYS`.

#[path = "shared/settings.rs"]
mod settings;

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Html, IntoResponse};
use axum::{Router, routing::get};
use cognito_auth::JwtVerifier;
use cognito_auth::revocation::RedisRevocations;
use cognito_auth::sessions::*;
use settings::{Problem, Settings, required, setting};
use std::sync::Arc;

const SIGN_IN: &str = r#"<a href="/login?return_to=/account">Sign in</a>"#;
const SIGN_OUT: &str = r#"<form method="post" action="/logout"><button>Sign out</button>
    <button name="everywhere" value="true">Sign out on all devices</button></form>"#;

async fn home(user: Option<CurrentUser>) -> impl IntoResponse {
    page("Home", if user.is_some() { SIGN_OUT } else { SIGN_IN })
}

async fn account(user: CurrentUser) -> impl IntoResponse {
    let name = user.username().unwrap_or("you").replace('&', "&amp;").replace('<', "&lt;");
    page("Account", &format!("<p>Signed in as {name}.</p>{SIGN_OUT}"))
}

async fn admin(user: CurrentUser) -> Result<impl IntoResponse, SessionRejection> {
    user.require_group("admins")?;
    Ok(page("Admin", "Only the group admins sees this."))
}

fn page(title: &str, html: &str) -> impl IntoResponse + use<> {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    let headers = [(CONTENT_SECURITY_POLICY, policy), (REFERRER_POLICY, "same-origin")];
    let head = "<!doctype html><meta name=viewport content='width=device-width'>
        <style>body { font: 1.1em/1.6 system-ui; max-width: 40rem; margin: 3rem auto }</style>
        <nav><a href=/>Home</a> <a href=/account>Account</a> <a href=/admin>Admin</a></nav>";
    (headers, Html(format!("{head}<title>{title}</title><h1>{title}</h1>{html}")))
}

fn site(sessions: BrowserSessions) -> Router {
    let pages = Router::new().route("/", get(home)).route("/account", get(account));
    let pages = pages.route("/admin", get(admin)).layer(SessionLayer::new(sessions.clone()));
    pages.fallback_service(sessions.clone()).with_state(sessions)
}

async fn run() -> Result<(), Problem> {
    let settings = Settings::from_environment(setting).await?;
    let (listener, redirect_uri) = settings.listen().await?;
    let verifier = JwtVerifier::builder(&settings.pool).client_id(&settings.client_id);
    let (verifier, store, keys): (_, Arc<dyn SessionStore>, _) = match setting("REDIS_URL") {
        None => (verifier, Arc::new(MemorySessions::new()), SessionKeys::random()?),
        Some(url) => {
            let keys = SessionKeys::parse(&required("SESSION_KEYS")?)?;
            let revocations = RedisRevocations::new(&settings.pool, &url)?;
            (verifier.revocations(Arc::new(revocations)), Arc::new(RedisSessions::new(&url)?), keys)
        }
    };
    let (client, verifier) = (settings.client()?, verifier.build()?);
    let sessions = BrowserSessions::builder(&settings.pool, client, verifier, store);
    let sessions = sessions.redirect_uri(redirect_uri).keys(keys).build()?;
    Ok(axum::serve(listener, site(sessions)).await?)
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    settings::exit(run().await)
}
