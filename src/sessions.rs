//! Browser sessions: sign-in for a web site. The browser has a cookie, the tokens stay on the server.
//!
//! [`BrowserSessions`] starts sign-ins, handles the callback from the login page, finds the user of a
//! request, refreshes tokens, and signs users out.
//!
//! # What is stored where
//!
//! The **cookie** has 89 characters: an id and a secret, both random. It contains nothing about the user.
//!
//! The **store** has one record for each session, under the SHA-256 of the id, encrypted with AES-256-GCM
//! and a key that is derived from the secret. So a copy of the store reveals no token, and a cookie
//! without its record is useless. [`MemorySessions`] is for one machine, `RedisSessions` (feature `redis`)
//! for several.
//!
//! **Sign-ins in progress** are stored only in the browser, each in an encrypted cookie of its own. So
//! visitors who do not complete a sign-in take no memory on the server, and sign-ins in two tabs do not
//! affect each other.
//!
//! There is no store that puts a whole session into an encrypted cookie: Cognito's three tokens are larger
//! than a cookie may be once groups or claims are added, and with rotation of refresh tokens, two
//! responses that overwrite each other's cookie would lose the session.
//!
//! # Standards
//!
//! OAuth 2.0 for Browser-Based Applications ("Backend For Frontend"), RFC 9700, RFC 6265bis. The cookie
//! is `Secure; HttpOnly; SameSite=Lax; Path=/` with the prefix `__Host-`; requests that change something
//! are checked by Fetch Metadata and `Origin` ([`CsrfRules`](crate::bearer::CsrfRules)).

mod acr;
#[cfg(feature = "actix-web")]
mod actix;
mod answer;
#[cfg(feature = "axum")]
mod axum;
mod builder;
mod cache;
mod callback;
mod came_from;
mod cookie;
mod current;
mod current_user;
mod error;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod hook;
mod id;
pub(crate) mod keys;
#[cfg(any(feature = "tower", feature = "actix-web"))]
mod layer;
mod leave;
mod list;
mod login;
mod logout;
mod memory;
mod note;
mod open;
mod own_page;
mod page;
mod pending;
mod query;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod refresh;
mod request_kind;
mod requested_uri;
mod return_to;
mod routes;
mod seal;
#[cfg(feature = "tower")]
mod service;
mod session_cookie;
mod settings;
mod signed_in;
mod store;
mod to_login;
mod tokens;
#[cfg(feature = "tower")]
mod tower;
mod who;

use std::fmt;
use std::sync::Arc;

use http::{Request, Response};

#[cfg(feature = "redis")]
pub use self::redis::{RedisSessions, RedisSessionsBuilder};
use crate::bearer::response::{method_not_allowed, not_found};
use crate::idp::IdentityProvider;
use crate::pool::UserPool;
use crate::verify::TokenVerifier;
#[cfg(feature = "actix-web")]
pub use actix::{OptionalUser, SessionMiddleware};
pub use builder::BrowserSessionsBuilder;
pub use cookie::{CookiePrefix, SameSite};
pub use current_user::{CurrentUser, SessionRejection};
pub use error::SessionError;
pub use hook::{MAX_APP_DATA_BYTES, NewSignIn, SignInDecision};
pub use id::{PublicSessionId, SessionKey, UserIndex};
pub use keys::SessionKeys;
#[cfg(any(feature = "tower", feature = "actix-web"))]
pub use layer::SessionLayer;
pub use list::SessionInfo;
pub use memory::MemorySessions;
pub use page::SessionPage;
use requested_uri::requested_uri;
use routes::{NoRoute, Route};
use settings::Settings;
pub use signed_in::SignedIn;
pub use store::{
    LeaseOwner, MAX_NOTE_BYTES, MAX_RECORD_BYTES, NewSession, Removed, Replaced, SessionMember,
    SessionStore, SessionStoreError, StoredSession,
};
#[cfg(feature = "tower")]
pub use tower::SessionService;

/// Signs users in to a web site. Cheap to clone; create one for the process.
///
/// ```
/// # use cognito_auth::testing::{LocalUser, LocalUserPool};
/// use cognito_auth::JwtVerifier;
/// use cognito_auth::sessions::{BrowserSessions, MemorySessions};
/// use http::Request;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let cognito = LocalUserPool::start().await?;
/// # let pool = cognito.user_pool();
/// # cognito.add_redirect_uri("http://localhost:3000/callback")?;
/// # let client_id = cognito.client_id();
/// let verifier = JwtVerifier::new(&pool, &client_id)?;
/// let sessions = BrowserSessions::builder(&pool, cognito, verifier, MemorySessions::new())
///     .redirect_uri("http://localhost:3000/callback")
///     .build()?;
///
/// // The routes below.
/// let login = Request::get("/login?return_to=/orders").body(Vec::new())?;
/// assert_eq!(sessions.handle(login).await.status(), 303);
///
/// // A page of the application.
/// let (request, _) = Request::get("/orders").body(())?.into_parts();
/// assert!(sessions.current(&request).await?.is_none());
/// assert_eq!(sessions.require(&request).await.unwrap_err().status(), 401);
/// # Ok(())
/// # }
/// ```
///
/// # `GET /login`
///
/// Starts a sign-in: 303 to the login page, and a cookie that is valid for ten minutes. `return_to` is the
/// path to go to afterwards; a value that is not a path of this site is ignored.
///
/// With `max_age` (seconds) or `acr` the user of the current session signs in again: the session continues
/// until the callback succeeds, and then gets a new id; a sign-in of another user is refused. The callback
/// checks both: `max_age` against `auth_time`, and the claim `acr` has to be one of the requested classes
/// (several are separated by spaces; a higher one of Cognito's levels `urn:cognito:loa:1` to `4` is accepted
/// too). If `acr` does not match, the response is 401 `insufficient_user_authentication`
/// ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)), and the session is unchanged. Lower feature tiers of
/// Cognito ignore `acr`, so that such a sign-in is always refused there. A page that needs the class has to
/// check it too ([`SignedIn::require_acr`]): a user can open it without coming from here.
///
/// 400 for a `max_age` that is not a number, and for a malformed `acr`; 403 for a request that the browser
/// makes by itself (prefetch, images, frames); 503 if the session of the cookie could not be read.
///
/// # `GET` the path of the redirect URI
///
/// 303 to `return_to`, with the session's cookie. On an error a page, or JSON if the request does not
/// accept HTML, with the error's code: 400 or 403 for a refusal, 503 if Cognito or the store gave no answer.
///
/// # `GET /session`
///
/// `{"sub","username","email","groups","idle_ends_at","ends_at"}` (seconds since 1970), or 401
/// `{"error":"no_session","login":"/login"}`. The request does not extend the session.
///
/// # `POST /logout`
///
/// Ends the session; with `everywhere=true` (query, form or JSON) all sessions of the user; 400 for another value
/// than `true` and `false`, and for a body of another type. 303 to the `/logout` of the login page (also without a session), or 200
/// `{"logout":"<that address>"}` for a script. 503 if the store could not be written: the cookie stays, and the
/// user can try again. A GET request never ends a session. 403 for a request that a page of another site caused,
/// with or without the cookie, since the response would sign the browser out of the login page.
///
/// # `GET /logged-out`
///
/// The page after a sign-out, to which the login page redirects: one of the app client's sign-out URLs. An
/// image on it makes the browser drop the pages that it keeps for the back button
/// (`Clear-Site-Data: "cache"`).
#[derive(Clone)]
pub struct BrowserSessions(Arc<Settings>);

impl BrowserSessions {
    /// Builds sessions for the users of this pool, who sign in with this provider. The verifier verifies the
    /// tokens of each request, and the store has the sessions.
    ///
    /// Pass a clone of the verifier that verifies other requests, or one with the same revocation store, so
    /// that a sign-out applies to both. An `Arc` of a provider, a verifier or a store can be passed too.
    pub fn builder(
        pool: &UserPool,
        identity_provider: impl IdentityProvider + 'static,
        verifier: impl TokenVerifier + 'static,
        store: impl SessionStore + 'static,
    ) -> BrowserSessionsBuilder {
        let (identity_provider, verifier) = (Arc::new(identity_provider), Arc::new(verifier));
        BrowserSessionsBuilder::new(pool.clone(), identity_provider, verifier, Arc::new(store))
    }

    /// Answers a request for one of the routes; 404 for another path. In a router of axum that removes a
    /// prefix of the path (`nest`) it compares the whole path of the browser's request.
    ///
    /// The caller reads the body, and has to limit its size and the time that reading takes; a body of more
    /// than 16 KiB is not read here. The `tower::Service` reads the body with both limits.
    pub async fn handle(&self, request: Request<Vec<u8>>) -> Response<String> {
        let (request, body) = request.into_parts();
        match self.0.routes.find(&request.method, requested_uri(&request).path()) {
            Ok(Route::Login) => self.login(&request).await,
            Ok(Route::LoginHead) => answer::empty(http::StatusCode::OK),
            Ok(Route::Callback) => self.callback(&request).await,
            Ok(Route::Session) => self.session(&request).await,
            Ok(Route::Logout) => self.logout(&request, &body).await,
            Ok(Route::LoggedOut) => self.logged_out(&request),
            Err(NoRoute::NotFound) => not_found(),
            Err(NoRoute::Method(allow)) => method_not_allowed(allow),
        }
    }

    /// The paths of the five routes, for a router.
    pub fn paths(&self) -> [&str; 5] {
        self.0.routes.all()
    }
}

impl fmt::Debug for BrowserSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserSessions")
            .field("redirect_uri", &self.0.redirect_uri)
            .field("store", &self.0.store)
            .finish_non_exhaustive()
    }
}
