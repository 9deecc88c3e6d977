//! The contestants: a page that says who is signed in, and the cookie of a signed-in user.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum_oidc::error::MiddlewareError;
use axum_oidc::{EmptyAdditionalClaims, OidcAuthLayer, OidcClaims, OidcLoginLayer};
use cognito_auth::sessions::{CurrentUser, SessionLayer, SessionStore as Sessions};
use http::{HeaderMap, Request};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tower::{ServiceBuilder, ServiceExt as _};
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration as Seconds;
use tower_sessions::session::Id;
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

use crate::site::{CLIENT_ID, CLIENT_SECRET, PASSWORD, Site, name};

#[derive(Clone)]
pub struct Peer {
    pub router: Router,
    pub cookie: String,
}

/// The sessions of this crate.
pub fn ours(
    runtime: &Runtime,
    site: &Site,
    store: Arc<dyn Sessions>,
    cache: Option<Duration>,
) -> Peer {
    let sessions = site.sessions(store, |builder| match cache {
        Some(max_age) => builder.cache_opened_records(max_age),
        None => builder,
    });
    let request = site.sign_in(runtime, &sessions, 0);
    let page = get(async |user: CurrentUser| user.username().unwrap_or_default().to_owned());
    let router = Router::new().route("/orders", page).with_state(sessions.clone());
    let cookie = request.headers["cookie"].to_str().unwrap().to_owned();
    Peer { router: router.layer(SessionLayer::new(sessions)), cookie }
}

/// What an application that signs users in by itself would keep: the same tokens.
#[derive(Serialize, Deserialize)]
struct User {
    username: String,
    access_token: String,
    id_token: String,
    refresh_token: String,
}

fn layer<S: SessionStore>(store: S) -> SessionManagerLayer<S> {
    let expiry = Expiry::OnInactivity(Seconds::minutes(30));
    SessionManagerLayer::new(store).with_same_site(SameSite::Lax).with_expiry(expiry)
}

/// A session whose record is read and decoded; nothing of it is verified.
pub async fn tower_sessions<S: SessionStore + Clone>(store: S) -> Peer {
    let sign_in = get(async |session: Session| {
        let text = |length| "x".repeat(length);
        let username = name(0);
        let (access_token, id_token, refresh_token) = (text(1024), text(1024), text(800));
        let user = User { username, access_token, id_token, refresh_token };
        session.insert("user", user).await.unwrap();
    });
    let page = get(async |session: Session| {
        let user: User = session.get("user").await.unwrap().unwrap();
        user.username
    });
    let router = Router::new().route("/sign-in", sign_in).route("/orders", page);
    let router = router.layer(layer(store));
    let signed_in = router.clone().oneshot(request("/sign-in", "")).await.unwrap();
    Peer { cookie: cookie_of(signed_in.headers()), router }
}

/// Where tower-sessions keeps a session.
pub async fn record_of<S: SessionStore>(store: &S, peer: &Peer) -> Id {
    let (_, id) = peer.cookie.split_once('=').unwrap();
    let id = id.parse().unwrap();
    load(store, &id).await;
    id
}

pub async fn load<S: SessionStore>(store: &S, id: &Id) -> tower_sessions::session::Record {
    store.load(id).await.unwrap().unwrap()
}

/// As in its example: a page that requires a sign-in.
pub async fn axum_oidc<S: SessionStore + Clone + Debug>(site: &Site, store: S) -> Peer {
    async fn failed(error: MiddlewareError) -> axum::response::Response {
        error.into_response()
    }
    let login = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(failed))
        .layer(OidcLoginLayer::<EmptyAdditionalClaims>::new());
    let pool = &site.provider.pool;
    let client = OidcAuthLayer::<EmptyAdditionalClaims>::discover_client(
        "https://app.example.com".parse().unwrap(),
        pool.user_pool().issuers()[0].to_string(),
        CLIENT_ID.to_owned(),
        Some(CLIENT_SECRET.to_owned()),
        vec!["openid".to_owned()],
    );
    let auth =
        ServiceBuilder::new().layer(HandleErrorLayer::new(failed)).layer(client.await.unwrap());
    let page = get(async |claims: OidcClaims<EmptyAdditionalClaims>| claims.subject().to_string());
    let router = Router::new().route("/orders", page).layer(login).layer(auth).layer(layer(store));
    let begun = router.clone().oneshot(request("/orders", "")).await.unwrap();
    let cookie = cookie_of(begun.headers());
    let address = begun.headers()["location"].to_str().unwrap().parse().unwrap();
    let callback = pool.authorize(&address, &name(0), PASSWORD).unwrap();
    let path = &callback[url::Position::BeforePath..];
    let done = router.clone().oneshot(request(path, &cookie)).await.unwrap();
    assert!(done.status().is_redirection(), "{done:?}");
    Peer { router, cookie }
}

fn request(path: &str, cookie: &str) -> Request<Body> {
    Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()
}

fn cookie_of(headers: &HeaderMap) -> String {
    headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}
