//! A web site with its own login page: sign up, sign in with a password, a code or a passkey, second factors, a
//! forgotten password, and an account page.
//!
//! ```sh
//! cargo run --example login_page
//! ```
//!
//! Without settings it starts a local user pool with four users, so it needs no AWS account. The messages that the
//! pool would have sent, and the codes of its users' authenticator apps, are on the page `/outbox`.
//!
//! With `COGNITO_USER_POOL_ID`, `COGNITO_CLIENT_ID` and `COGNITO_CLIENT_SECRET` it signs users of a real pool in;
//! `shared/settings.rs` lists all settings, and for many machines there are `REDIS_URL` and `SESSION_KEYS`. The app
//! client allows `ALLOW_USER_SRP_AUTH` for passwords, `ALLOW_USER_AUTH` for codes and passkeys, and
//! `ALLOW_REFRESH_TOKEN_AUTH`. Passkeys need the pool's relying party to be this site's host name.
//!
//! Every page works without scripts, except for those with a passkey. Behind a proxy `CLIENT_ADDRESS_HEADER` names the
//! header that it sets to the browser's address, such as `x-real-ip`: attempts are limited by address.

#[path = "login_page/account.rs"]
mod account;
#[path = "login_page/account_page.rs"]
mod account_page;
#[path = "login_page/attempts.rs"]
mod attempts;
#[path = "login_page/authenticator_app.rs"]
mod authenticator_app;
#[path = "login_page/challenge.rs"]
mod challenge;
#[path = "login_page/challenge_page.rs"]
mod challenge_page;
#[path = "login_page/demo.rs"]
mod demo;
#[path = "login_page/failure.rs"]
mod failure;
#[path = "login_page/forgot_password.rs"]
mod forgot_password;
#[path = "login_page/form.rs"]
mod form;
#[path = "server/host.rs"]
mod host;
#[path = "login_page/outbox.rs"]
mod outbox;
#[path = "login_page/page.rs"]
mod page;
#[path = "login_page/passkeys.rs"]
mod passkeys;
#[path = "login_page/recent.rs"]
mod recent;
#[path = "login_page/resets.rs"]
mod resets;
#[path = "shared/settings.rs"]
mod settings;
#[path = "login_page/sign_in.rs"]
mod sign_in;
#[path = "login_page/sign_up.rs"]
mod sign_up;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::SystemTime;

use attempts::Attempts;
use axum::extract::{FromRef, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, extract::DefaultBodyLimit};
use cognito_auth::bearer::CsrfRules;
use cognito_auth::direct::{DirectSignIn, UserContext};
use cognito_auth::revocation::RedisRevocations;
use cognito_auth::sessions::{
    BrowserSessions, CurrentUser, MemorySessions, RedisSessions, SessionKeys, SessionLayer,
    SessionStore,
};
use cognito_auth::{CognitoClient, JwtVerifier};
use demo::Demo;
use page::{Frame, Page};
use resets::Resets;
use settings::{Problem, Settings, required, setting};
use tokio::net::TcpListener;
use url::Url;

/// The largest form: a sealed challenge has up to 384 KiB.
const MOST_FORM_BYTES: usize = 512 * 1024;

/// The state of the handlers.
#[derive(Clone)]
struct App {
    direct: DirectSignIn,
    sessions: BrowserSessions,
    /// Seals challenges between two pages, and the sessions.
    keys: SessionKeys,
    csrf: CsrfRules,
    frame: Frame,
    attempts: Arc<Attempts>,
    resets: Arc<Resets>,
    /// Whether Cognito takes the browser's address from this app client: from one with a secret.
    has_secret: bool,
    /// The local pool, if no real one is set.
    demo: Option<Demo>,
}

impl FromRef<App> for BrowserSessions {
    fn from_ref(app: &App) -> Self {
        app.sessions.clone()
    }
}

impl App {
    /// `origin` is that of the site.
    fn new(settings: &Settings, demo: Option<Demo>, origin: &Url) -> Result<Self, Problem> {
        let (pool, client_id) = (&settings.pool, &settings.client_id);
        let mut client = CognitoClient::builder(pool, client_id);
        if let Some(secret) = settings.client_secret.clone() {
            client = client.client_secret(secret);
        }
        let mut verifier = JwtVerifier::builder(pool).client_id(client_id);
        let (store, keys): (Arc<dyn SessionStore>, _) = match setting("REDIS_URL") {
            None => (Arc::new(MemorySessions::new()), SessionKeys::random()?),
            Some(url) => {
                let keys = SessionKeys::parse(&required("SESSION_KEYS")?)?;
                verifier = verifier.revocations(Arc::new(RedisRevocations::new(pool, &url)?));
                (Arc::new(RedisSessions::new(&url)?), keys)
            }
        };
        if let Some(demo) = &demo {
            // It can be advanced, by `POST /_local/clock` at the pool.
            client = client.clock(demo.pool.clock());
            verifier = verifier.clock(demo.pool.clock());
        }
        let has_outbox = demo.is_some() && host::is_of_this_machine(origin.as_str());
        let (client, frame) = (client.build()?, Frame { has_outbox });
        let direct = DirectSignIn::new(&client);
        let mut sessions = BrowserSessions::builder(pool, client, verifier.build()?, store)
            .redirect_uri(origin.join("callback").map_err(|_| origin_refused(origin))?)
            .own_sign_in_page(client_id, "/sign-in")
            .keys(keys.clone())
            .pages(move |page| Some(frame.of_the_library(page)));
        if let Some(demo) = &demo {
            sessions = sessions.clock(demo.pool.clock());
        }
        let csrf = CsrfRules::new(&origin.origin().ascii_serialization())?;
        let header = setting("CLIENT_ADDRESS_HEADER").map(|name| name.parse()).transpose();
        let header = header.map_err(|_| {
            Problem::Setting("CLIENT_ADDRESS_HEADER is not the name of a header".to_owned())
        })?;
        let (attempts, has_secret) =
            (Arc::new(Attempts::new(header)), settings.client_secret.is_some());
        let sessions = sessions.build()?;
        let resets = Arc::new(Resets::new());
        Ok(Self { direct, sessions, keys, csrf, frame, attempts, resets, has_secret, demo })
    }

    /// Where a request comes from, for threat protection.
    fn user_context(&self, request: &Parts) -> Option<UserContext> {
        let address = self.attempts.address(request).filter(|_| self.has_secret);
        address.map(UserContext::ip_address)
    }

    fn now(&self) -> SystemTime {
        self.demo.as_ref().map_or_else(SystemTime::now, |demo| demo.pool.clock()())
    }

    fn router(self) -> Router {
        let mut router = Router::new()
            .route("/", get(home))
            .route("/sign-in", get(sign_in::show).post(sign_in::submit))
            .route("/sign-in/challenge", post(challenge::submit))
            .route("/sign-up", get(sign_up::show).post(sign_up::submit))
            .route("/confirm", get(sign_up::show_confirm).post(sign_up::confirm))
            .route("/confirm/resend", post(sign_up::resend))
            .route("/forgot-password", get(forgot_password::show).post(forgot_password::send))
            .route("/forgot-password/reset", post(forgot_password::reset))
            .route("/account/password", post(account::change_password))
            .route("/account/authenticator-app/confirm", post(authenticator_app::confirm))
            .layer(from_fn_with_state(self.clone(), attempts::limit))
            .route("/account", get(account::show))
            .route("/account/sessions/end", post(account::end_sessions))
            .route("/account/devices/forget", post(account::forget_device))
            .route("/account/authenticator-app", post(authenticator_app::start))
            .route("/account/authenticator-app/off", post(authenticator_app::switch_off))
            .route("/account/passkeys/add", post(passkeys::start))
            .route("/account/passkeys", post(passkeys::register))
            .route("/account/passkeys/delete", post(passkeys::delete))
            .layer(SessionLayer::new(self.sessions.clone()));
        if self.frame.has_outbox {
            router = router.route("/outbox", get(outbox::show));
        }
        router
            .route("/style.css", get(page::style))
            .route("/passkey.js", get(page::passkey_script))
            .fallback_service(self.sessions.clone())
            .layer(DefaultBodyLimit::max(MOST_FORM_BYTES))
            .layer(from_fn_with_state(self.clone(), refuse_other_sites))
            .with_state(self)
    }
}

/// Every form is refused that a page of another site sent, before anything is done with it. The extractors of a
/// session's user would do it for the account only: a sign-in has no session yet.
async fn refuse_other_sites(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if app.csrf.check(&parts).is_err() {
        let message = "This form was not sent by a page of this site. Open the page and try again.";
        return app.frame.failed(StatusCode::FORBIDDEN, message);
    }
    next.run(Request::from_parts(parts, body)).await
}

/// For all visitors.
async fn home(State(app): State<App>, user: Option<CurrentUser>) -> Response {
    let content = match (&user, &app.demo) {
        (Some(user), _) => {
            let name = user.username().unwrap_or_else(|| user.sub());
            page::fill(include_str!("login_page/html/welcome.html"), &[("name", name)])
        }
        (None, demo) => {
            let users = demo.as_ref().map(|_| demo::list()).unwrap_or_default();
            page::fill(include_str!("login_page/html/home.html"), &[("users", &users)])
        }
    };
    app.frame.show(Page::new("Welcome", content))
}

fn origin_refused(origin: &Url) -> Problem {
    Problem::Setting(format!("{origin} is no address of a web site"))
}

/// Listens, and returns the address of the site. Passkeys are for names: `localhost`, and not `127.0.0.1`.
async fn listen() -> Result<(TcpListener, Url), Problem> {
    let address = setting("LISTEN_ADDR").unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&address).await.map_err(|error| {
        let hint = "set LISTEN_ADDR to another address, such as 127.0.0.1:3001";
        Problem::Other(format!("cannot listen on {address}: {error}; {hint}"))
    })?;
    let bound: SocketAddr = listener.local_addr()?;
    let origin = match setting("COGNITO_REDIRECT_URI") {
        Some(redirect_uri) => redirect_uri,
        None if bound.ip() == IpAddr::from([127, 0, 0, 1]) => {
            format!("http://localhost:{}/", bound.port())
        }
        None if bound.ip().is_loopback() => format!("http://{bound}/"),
        None => {
            return Err(Problem::Setting(format!(
                "LISTEN_ADDR is {address}, which is no loopback address: set it to one, such as \
                 127.0.0.1:3000, or set COGNITO_REDIRECT_URI, whose origin is the site's"
            )));
        }
    };
    let origin = Url::parse(&origin).map_err(|error| Problem::Setting(error.to_string()))?;
    let home = origin.join("/").map_err(|_| origin_refused(&origin))?;
    Ok((listener, home))
}

async fn run() -> Result<(), Problem> {
    let (settings, demo) = match Settings::of_cognito(setting)? {
        Some(settings) => (settings, None),
        None => Demo::start().await.map(|(settings, demo)| (settings, Some(demo)))?,
    };
    let (listener, home) = listen().await?;
    if let Some(demo) = &demo {
        demo.say_how_to_try(&home);
    }
    let router = App::new(&settings, demo, &home)?.router();
    println!("ready: {home}");
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, router).await?)
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    settings::exit(run().await)
}
