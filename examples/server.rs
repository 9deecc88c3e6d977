//! A server with sign-in, a page about the user, and sign-out.
//!
//! ```sh
//! cargo run --example server
//! ```
//!
//! Without settings it starts a local user pool, so it needs no AWS account. With
//! `COGNITO_USER_POOL_ID`, `COGNITO_CLIENT_ID` and `COGNITO_DOMAIN` it signs users in with a real one.
//! `settings.rs` lists all settings.
//!
//! `/metrics` is served only while the redirect URI is on this machine, and to requests whose `Host` is a
//! name of this machine, since the counters help an attacker. In production serve them on a port of their
//! own that only the collector can reach.
//!
//! With the local pool, tokens expire when its clock is advanced, at this server too:
//! `curl -X POST <the pool>/_local/clock -H 'content-type: application/json' -d '{"advance_seconds": 7200}'`.

#[path = "server/failure.rs"]
mod failure;
#[path = "server/host.rs"]
mod host;
#[path = "server/metrics.rs"]
mod metrics;
#[path = "server/page.rs"]
mod page;
#[path = "server/session.rs"]
mod session;
#[path = "server/settings.rs"]
pub(crate) mod settings;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any_service, get, post};
use axum::{Form, Router};
use cognito_auth::revocation::RedisRevocations;
use cognito_auth::{
    AuthEndpoints, AuthError, Callback, CognitoClient, ConfigError, IdTokenChecks,
    IdentityProvider, JwtVerifier, Logout, SignInRequest, Tokens, UserInfo, UserPool,
};
use failure::Failure;
use session::{Session, Sessions};
use settings::{Provider, Settings};

/// How long open requests may take after Ctrl-C: one whose rest never arrives does not end by itself.
const STOPPING: Duration = Duration::from_secs(5);

/// The state of the handlers.
#[derive(Clone)]
pub(crate) struct App {
    pool: UserPool,
    client_id: String,
    redirect_uri: String,
    scopes: Vec<String>,
    home: String,
    cognito: Arc<dyn IdentityProvider>,
    verifier: JwtVerifier,
    logout: Logout,
    sessions: Sessions,
}

impl App {
    pub(crate) fn new(provider: &Provider) -> Result<Self, ConfigError> {
        metrics::record();
        let mut client = CognitoClient::builder(&provider.pool, &provider.client_id);
        if let Some(secret) = &provider.client_secret {
            client = client.client_secret(secret.clone());
        }
        let mut verifier = JwtVerifier::builder(&provider.pool).client_id(&provider.client_id);
        if let Some(clock) = &provider.clock {
            let (of_client, of_verifier) = (Arc::clone(clock), Arc::clone(clock));
            client = client.clock(move || of_client());
            verifier = verifier.clock(move || of_verifier());
        }
        if let Some(url) = &provider.redis_url {
            // Starts to follow Redis. Not awaited: until its copy is in step, it asks Redis for each token.
            verifier = verifier.revocations(Arc::new(RedisRevocations::new(&provider.pool, url)?));
        }
        let cognito: Arc<dyn IdentityProvider> = Arc::new(client.build()?);
        let verifier = verifier.build()?;
        Ok(Self {
            pool: provider.pool.clone(),
            client_id: provider.client_id.clone(),
            redirect_uri: provider.redirect_uri.clone(),
            scopes: provider.scopes.clone(),
            home: provider.home(),
            logout: Logout::new(Arc::clone(&cognito), Arc::new(verifier.clone())),
            cognito,
            verifier,
            sessions: Sessions::new(provider.redirect_uri.starts_with("https:")),
        })
    }

    /// The page, the three endpoints, and `/metrics` on this machine only.
    pub(crate) fn router(self) -> Result<Router, ConfigError> {
        let endpoints =
            AuthEndpoints::builder(Arc::clone(&self.cognito), Arc::new(self.verifier.clone()))
                .redirect_uri(&self.redirect_uri)
                .logout(self.logout.clone())
                .build()?;
        let mut router = Router::new();
        if host::is_of_this_machine(&self.home) {
            router = router.route("/metrics", get(metrics::show));
        }
        Ok(router
            .route("/", get(home))
            .route("/login", get(login))
            .route("/callback", get(callback))
            .route("/sign-out", post(sign_out))
            .route("/auth/{*rest}", any_service(endpoints))
            .with_state(self))
    }
}

/// Shows the user of this browser's session, if the verifier still accepts its token.
async fn home(State(app): State<App>, headers: HeaderMap) -> Response {
    if host::is_another_name(&headers, &app.home) {
        return page::redirect(&app.home);
    }
    let Some(session) = app.sessions.find(&headers) else {
        return page::signed_out().into_response();
    };
    match app.verifier.verify_access(session.access_token.expose()).await {
        Ok(claims) => page::signed_in(&session, claims.groups()).into_response(),
        Err(error) if error.is_unavailable() => {
            page::failed(StatusCode::SERVICE_UNAVAILABLE, "Please try again in a moment.")
        }
        // Signed out elsewhere, or expired.
        Err(_) => app.sessions.end(&headers, page::signed_out().into_response()),
    }
}

/// Redirects the browser to the login page, and stores what the callback is checked against.
async fn login(State(app): State<App>, headers: HeaderMap) -> Response {
    if host::is_another_name(&headers, &app.home) {
        return page::redirect(&app.home);
    }
    let request = SignInRequest::new(&app.redirect_uri).scopes(&app.scopes);
    match app.cognito.sign_in(request) {
        Ok(sign_in) => app.sessions.begin(sign_in.pending, page::redirect(sign_in.url.as_str())),
        Err(error) => Failure::from(error).into_response(),
    }
}

/// The callback: exchanges the code, and verifies both tokens before the session begins.
async fn callback(
    State(app): State<App>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    match accept(&app, &headers, uri.query().unwrap_or_default()).await {
        // The redirect removes the code from the address bar.
        Ok(session) => app.sessions.start(session, page::redirect("/")),
        Err(failure) => failure.into_response(),
    }
}

async fn accept(app: &App, headers: &HeaderMap, query: &str) -> Result<Session, Failure> {
    let pending = app.sessions.take_pending(headers).ok_or(AuthError::StateMismatch)?;
    let code = pending.accept(&Callback::from_query(query)?)?;
    let tokens = app.cognito.auth_with_code(code).await?;
    match verified_user(app, &tokens).await {
        Ok(user) => Ok(Session::new(tokens, user)),
        Err(failure) => {
            revoke_unused(app, &tokens).await;
            Err(failure)
        }
    }
}

/// Revokes the refresh token of a sign-in that failed, which would be valid for days.
async fn revoke_unused(app: &App, tokens: &Tokens) {
    if let Some(refresh_token) = &tokens.refresh_token
        && let Err(error) = app.cognito.revoke(refresh_token).await
    {
        eprintln!("the refresh token of a failed sign-in was not revoked: {error}");
    }
}

async fn verified_user(app: &App, tokens: &Tokens) -> Result<UserInfo, Failure> {
    app.verifier.verify_access(tokens.access_token.expose()).await?;
    let user = app.cognito.user_info_with_token(&tokens.access_token).await?;
    if let Some(id_token) = &tokens.id_token {
        let checks = IdTokenChecks::new().access_token(&tokens.access_token);
        let claims = app.verifier.verify_id(id_token.expose(), checks).await?;
        // OpenID Connect Core §5.3.2: the answer must be about the same user.
        if claims.sub() != user.sub {
            return Err(AuthError::IdTokenMismatch { claim: "sub" }.into());
        }
    }
    Ok(user)
}

#[derive(serde::Deserialize)]
struct SignOut {
    form_token: String,
}

/// Ends the session here, at Cognito, and at the login page. The session here ends first, whatever becomes
/// of the rest.
async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    Form(form): Form<SignOut>,
) -> Response {
    let Some(session) = app.sessions.find(&headers) else {
        return page::redirect("/");
    };
    if !session.form_token_is(&form.form_token) {
        return page::failed(StatusCode::FORBIDDEN, "The form is not from this page.");
    }
    let next = app.pool.logout_url(&app.client_id, &app.home);
    let next = next.map_or_else(|_| "/".to_owned(), String::from);
    let response = app.sessions.end(&headers, page::redirect(&next));
    // In a task of its own, which goes on when the browser disconnects.
    if tokio::spawn(sign_out_everywhere(app, session)).await.is_err() {
        eprintln!("the sign-out panicked");
    }
    response
}

/// Signs the user out here and at Cognito; `Logout` retries at Cognito in the background.
async fn sign_out_everywhere(app: App, session: Session) {
    let outcome = match app.logout.everywhere(&session.access_token).await {
        Ok(outcome) => outcome,
        Err(error) => return eprintln!("the sign-out failed: {error}"),
    };
    if let Err(error) = &outcome.local {
        eprintln!("the sign-out was not recorded here: {error}");
    }
    if let Err(error) = &outcome.cognito {
        eprintln!("Cognito did not sign the user out: {error}");
    }
    // Not while GlobalSignOut is retried, which needs a token of a session that is not revoked.
    if !outcome.is_retried
        && let Some(refresh_token) = &session.refresh_token
        && let Err(error) = app.cognito.revoke(refresh_token).await
    {
        eprintln!("Cognito did not revoke the refresh token: {error}");
    }
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            problem.exit_code()
        }
    }
}

async fn run() -> Result<(), settings::Problem> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok())?;
    let listener = tokio::net::TcpListener::bind(settings.listen_address)
        .await
        .map_err(|error| settings::Problem::listen(settings.listen_address, &error))?;
    let address = listener.local_addr().map_err(settings::Problem::from)?;
    let (provider, _local_pool) = settings.provider(address).await?;
    let router = App::new(&provider)?.router()?;
    // Ctrl-C is handled from the first poll on: polled before "ready" is printed, so that it never kills
    // the program.
    let mut interrupt = Box::pin(tokio::signal::ctrl_c());
    tokio::select! {
        biased;
        result = &mut interrupt => return result.map_err(settings::Problem::from),
        () = std::future::ready(()) => {}
    }
    println!("ready: http://{address}/");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let mut serving = pin!(serving.into_future());
    tokio::select! {
        result = &mut serving => return result.map_err(settings::Problem::from),
        result = &mut interrupt => result.map_err(settings::Problem::from)?,
    }
    drop(stop);
    tokio::select! {
        result = &mut serving => result.map_err(settings::Problem::from),
        result = tokio::signal::ctrl_c() => result.map_err(settings::Problem::from),
        () = tokio::time::sleep(STOPPING) => Ok(()),
    }
}
