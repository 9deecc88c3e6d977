//! Browser sessions: a signed-in web site. The browser has a cookie, the tokens stay on the server.
//!
//! [`BrowserSessions`] is the whole of it: it starts sign-ins, takes the browser back from the login
//! page, says who a request is from, refreshes tokens, signs out.
//!
//! # What is kept where
//!
//! The **cookie** is 89 characters: an id and a secret, both random. It says nothing about its user.
//!
//! The **store** has one record for each session, under the SHA-256 of the id, sealed with
//! AES-256-GCM under a key from the secret. A copy of the store opens nothing, and a cookie whose record
//! is gone opens nothing either. [`MemorySessions`] is for one machine, `RedisSessions` (feature `redis`)
//! for many.
//!
//! **Sign-ins under way** are in the browser alone, one sealed cookie for each, so that visitors who
//! never sign in take no room here, and two tabs do not get in each other's way.
//!
//! There is no store "everything in a sealed cookie", on purpose: Cognito's three tokens are larger than
//! a cookie may be once groups or claims come in, and with rotation two answers that overwrite each
//! other's cookie lose the session.
//!
//! # Where it goes by the standards
//!
//! OAuth 2.0 for Browser-Based Applications ("Backend For Frontend"), RFC 9700, RFC 6265bis. The cookie
//! is `Secure; HttpOnly; SameSite=Lax; Path=/` with the prefix `__Host-`; requests that change something
//! are checked by Fetch Metadata and `Origin` ([`CsrfRules`]).

#[cfg(feature = "actix-web")]
mod actix;
mod answer;
#[cfg(feature = "axum")]
mod axum;
mod builder;
mod callback;
mod cookie;
mod csrf;
mod current;
mod current_user;
mod error;
mod hook;
mod id;
mod keys;
#[cfg(feature = "tower")]
mod layer;
mod leave;
mod list;
mod login;
mod logout;
mod memory;
mod note;
mod open;
mod page;
mod pending;
mod query;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod refresh;
mod request_kind;
mod return_to;
mod routes;
mod seal;
#[cfg(feature = "tower")]
mod service;
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
use crate::idp::IdentityProvider;
use crate::pool::UserPool;
use crate::verify::TokenVerifier;
#[cfg(feature = "actix-web")]
pub use actix::OptionalUser;
pub use builder::BrowserSessionsBuilder;
pub use cookie::{CookiePrefix, SameSite};
pub use csrf::{CrossSiteRequest, CsrfRules};
pub use current_user::{CurrentUser, SessionRejection};
pub use error::SessionError;
pub use hook::{MAX_APP_DATA_BYTES, NewSignIn, SignInDecision};
pub use id::{PublicSessionId, SessionKey, UserIndex};
pub use keys::SessionKeys;
pub use list::SessionInfo;
pub use memory::MemorySessions;
pub use page::SessionPage;
use routes::{NoRoute, Route};
use settings::Settings;
pub use signed_in::SignedIn;
pub use store::{
    LeaseOwner, MAX_NOTE_BYTES, MAX_RECORD_BYTES, NewSession, Replaced, SessionMember,
    SessionStore, SessionStoreError, StoredSession,
};
#[cfg(feature = "tower")]
pub use tower::{SessionLayer, SessionService};

/// Signs users in to a web site. Cheap to clone; make one for the process.
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
/// Starts a sign-in: 303 to the login page, and a cookie for ten minutes. `return_to` is the path to go
/// to afterwards; what is no path of this site is left out. With `max_age` (seconds) or `acr` it is a new
/// proof of who the user of the present session is: the session goes on until the callback succeeds, which
/// gives it a new id; another user is refused. `max_age` is checked when the browser comes back. `acr` is a
/// wish, which lower feature tiers of Cognito ignore: check `acr` in
/// [`SignedIn::id_claims`]. 400 for a `max_age` that is no number, 503 where it cannot be told whose session
/// it is, 403 for what the browser fetches by itself (prefetch, images,
/// frames).
///
/// # `GET` the path of the redirect URI
///
/// 303 to `return_to`, with the session's cookie. Else a page, or JSON where no HTML is accepted, with
/// the error's code: 400, 403, or 503 where it cannot be told.
///
/// # `GET /session`
///
/// `{"sub","username","email","groups","idle_ends_at","ends_at"}` (seconds since 1970), or 401
/// `{"error":"no_session","login":"/login"}`. It does not put off the session's end.
///
/// # `POST /logout`
///
/// Ends the session; with `everywhere=true` (query or form) all of the user's; 400 for another value than
/// `true` and `false`. 303 to the hosted page's
/// logout (also without a session), or 200 `{"logout":"<that address>"}` for a script. 503 where it could not be written: the
/// cookie stays, and the user can try again. No GET ends a session. 403 for what a page of another site
/// posts, with or without the cookie: the answer would sign the browser out.
///
/// # `GET /logged-out`
///
/// Where the hosted page sends the browser afterwards: one of the app client's sign-out URLs. An image on
/// it makes the browser forget the pages that it keeps for the back button (`Clear-Site-Data: "cache"`).
#[derive(Clone)]
pub struct BrowserSessions(Arc<Settings>);

impl BrowserSessions {
    /// Sessions of the users of this pool: signed in by this provider, believed by this verifier, and
    /// kept in this store.
    ///
    /// Give it a clone of the verifier that lets other requests in, or one with the same revocation
    /// store: then a sign-out holds for both. An `Arc` of a provider, a verifier or a store is one, too.
    pub fn builder(
        pool: &UserPool,
        identity_provider: impl IdentityProvider + 'static,
        verifier: impl TokenVerifier + 'static,
        store: impl SessionStore + 'static,
    ) -> BrowserSessionsBuilder {
        let (identity_provider, verifier) = (Arc::new(identity_provider), Arc::new(verifier));
        BrowserSessionsBuilder::new(pool.clone(), identity_provider, verifier, Arc::new(store))
    }

    /// Answers a request for one of the routes. There is an answer to every one: 404 for another path.
    ///
    /// The caller bounds the body's size and the time that it takes to arrive; more than 16 KiB are not
    /// read here. The `tower::Service` does both.
    pub async fn handle(&self, request: Request<Vec<u8>>) -> Response<String> {
        let (request, body) = request.into_parts();
        match self.0.routes.find(&request.method, request.uri.path()) {
            Ok(Route::Login) => self.login(&request).await,
            Ok(Route::LoginHead) => answer::empty(http::StatusCode::OK),
            Ok(Route::Callback) => self.callback(&request).await,
            Ok(Route::Session) => self.session(&request).await,
            Ok(Route::Logout) => self.logout(&request, &body).await,
            Ok(Route::LoggedOut) => self.logged_out(&request),
            Err(NoRoute::NotFound) => answer::not_found(),
            Err(NoRoute::Method(allow)) => answer::method_not_allowed(allow),
        }
    }

    /// The paths that it answers: for a router.
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
