//! A server with sign-in, pages for who is signed in, and sign-out here and on all devices.
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

#[path = "server/account.rs"]
mod account;
#[path = "server/host.rs"]
mod host;
#[path = "server/metrics.rs"]
mod metrics;
#[path = "server/page.rs"]
mod page;
#[path = "server/settings.rs"]
pub(crate) mod settings;

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::FromRef;
use axum::response::{IntoResponse, Response};
use axum::routing::{any_service, get, post};
use cognito_auth::revocation::RedisRevocations;
use cognito_auth::sessions::{
    BrowserSessions, CurrentUser, MemorySessions, RedisSessions, SessionKeys, SessionLayer,
    SessionRejection, SessionStore,
};
use cognito_auth::{
    AuthEndpoints, CognitoClient, ConfigError, IdentityProvider, JwtVerifier, Logout,
};
use settings::{Clock, Provider, Settings};

/// How long open requests may take after Ctrl-C: one whose rest never arrives does not end by itself.
const STOPPING: Duration = Duration::from_secs(5);

/// The state of the handlers.
#[derive(Clone)]
pub(crate) struct App {
    redirect_uri: String,
    cognito: Arc<dyn IdentityProvider>,
    verifier: JwtVerifier,
    logout: Logout,
    sessions: BrowserSessions,
    clock: Clock,
}

impl FromRef<App> for BrowserSessions {
    fn from_ref(app: &App) -> Self {
        app.sessions.clone()
    }
}

impl App {
    pub(crate) fn new(provider: &Provider) -> Result<Self, ConfigError> {
        metrics::record();
        let clock = provider.clock.clone().unwrap_or_else(|| Arc::new(SystemTime::now));
        let [of_client, of_verifier, of_sessions] = [(); 3].map(|()| Arc::clone(&clock));
        let mut client = CognitoClient::builder(&provider.pool, &provider.client_id);
        if let Some(secret) = &provider.client_secret {
            client = client.client_secret(secret.clone());
        }
        let client = client.clock(move || of_client());
        let mut verifier = JwtVerifier::builder(&provider.pool)
            .client_id(&provider.client_id)
            .clock(move || of_verifier());
        let mut store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new());
        if let Some(url) = &provider.redis_url {
            // Starts to follow Redis. Not awaited: until its copy is in step, it asks Redis for each token.
            verifier = verifier.revocations(Arc::new(RedisRevocations::new(&provider.pool, url)?));
            store = Arc::new(RedisSessions::new(url)?);
        }
        let cognito: Arc<dyn IdentityProvider> = Arc::new(client.build()?);
        let verifier = verifier.build()?;
        // One for both, so that a sign-out which Cognito does not hear of is retried once.
        let logout = Logout::new(Arc::clone(&cognito), Arc::new(verifier.clone()));
        let mut sessions =
            BrowserSessions::builder(&provider.pool, Arc::clone(&cognito), verifier.clone(), store);
        if let Some(keys) = &provider.session_keys {
            sessions = sessions.keys(SessionKeys::parse(keys)?);
        }
        let sessions = sessions
            .redirect_uri(&provider.redirect_uri)
            .scopes(&provider.scopes)
            .logout(logout.clone())
            .pages(|page| Some(page::of_the_library(page)))
            .clock(move || of_sessions())
            .build()?;
        let redirect_uri = provider.redirect_uri.clone();
        Ok(Self { redirect_uri, cognito, verifier, logout, sessions, clock })
    }

    /// The pages, the routes of the sessions, the three endpoints, and `/metrics` on this machine only.
    pub(crate) fn router(self) -> Result<Router, ConfigError> {
        let endpoints =
            AuthEndpoints::builder(Arc::clone(&self.cognito), Arc::new(self.verifier.clone()))
                .redirect_uri(&self.redirect_uri)
                .logout(self.logout.clone())
                .build()?;
        let mut router = Router::new()
            .route("/", get(home))
            .route("/account", get(account::show))
            .route("/account/end-session", post(account::end_session))
            .route("/admin", get(admin))
            .layer(SessionLayer::new(self.sessions.clone()))
            .route("/auth/{*rest}", any_service(endpoints))
            .fallback_service(self.sessions.clone());
        if host::is_of_this_machine(&self.redirect_uri) {
            router = router.route("/metrics", get(metrics::show));
        }
        Ok(router.with_state(self))
    }
}

/// For all visitors.
async fn home(user: Option<CurrentUser>) -> Response {
    match user {
        Some(user) => page::welcome(&user).into_response(),
        None => page::signed_out().into_response(),
    }
}

/// For the group `admins`.
async fn admin(user: CurrentUser) -> Result<Response, SessionRejection> {
    user.require_group("admins")?;
    Ok(page::admin().into_response())
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
