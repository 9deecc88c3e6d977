//! [`AuthEndpoints`]: sign-in, "who am I" and logout over HTTP, for any framework.

mod builder;
mod logout;
mod me;
mod response;
#[cfg(feature = "tower")]
mod service;
mod sign_in;

use std::sync::Arc;

use http::{Method, Request, Response};

use crate::bearer::jwt_bearer::JwtBearer;
use crate::idp::IdentityProvider;
use crate::logout::Logout;
use crate::verify::TokenVerifier;

pub use builder::AuthEndpointsBuilder;

/// The longest request body that is read, in bytes: a code, a verifier and an address are less
/// than 4 KiB together.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// The three endpoints that a front end needs. Cheap to clone.
///
/// ```no_run
/// use cognito_auth::{AuthEndpoints, CognitoClient, JwtVerifier};
/// use http::Request;
///
/// # async fn example(
/// #     cognito: CognitoClient,
/// #     verifier: JwtVerifier,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let endpoints = AuthEndpoints::builder(cognito, verifier)
///     .redirect_uri("https://app.example.com/callback")
///     .build()?;
///
/// let request = Request::get("/auth/me").header("authorization", "Bearer eyJ…").body(Vec::new())?;
/// let response = endpoints.handle(request).await;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
///
/// With the feature `tower` it is a `tower::Service` too:
/// `axum::Router::new().route_service("/auth/{*rest}", endpoints)`. It matches the whole path, so
/// route to it without stripping the prefix, or set the [base path](AuthEndpointsBuilder::base_path)
/// to what is left.
///
/// # `POST /auth/sign-in`
///
/// Takes `Content-Type: application/json` (a browser sends that across sites only after asking, so
/// a foreign form cannot sign its author in here) and at most 16 KiB of
/// `{"code": "…", "code_verifier": "…", "redirect_uri": "…"}`. Only `code` is required;
/// `redirect_uri` must be one of those in the list, byte for byte, and is the first of them when
/// left out. `null` is left out. Members of other names are ignored, none may stand twice.
///
/// | status | body | when |
/// |---|---|---|
/// | 200 | `{"access_token":"…","token_type":"Bearer","expires_in":3600}` | signed in; `id_token` and `refresh_token` only where the [builder](AuthEndpointsBuilder) was told to |
/// | 400 | `invalid_request` | the body is not that, or has no `code_verifier` where one [is required](AuthEndpointsBuilder::require_code_verifier) |
/// | 401 | `sign_in_refused` | Cognito refuses the code or the user ([`AuthError::is_refusal`](crate::AuthError::is_refusal)), the code was sent to another redirect URI than the body names, or the verifier refuses what Cognito handed over |
/// | 408 | `request_timeout` | the body did not arrive within ten seconds (the `tower::Service`) |
/// | 415 | `unsupported_media_type` | another content type, or none |
/// | 500 | `server_error` | also when Cognito refuses this service, not the user: a wrong secret, a code that was not sent to the first redirect URI, where the body names none ([`AuthError::is_misconfiguration`](crate::AuthError::is_misconfiguration)); or a token is larger than the verifier reads |
/// | 503 | `sign_in_incomplete` | the tokens cannot be verified now, their times do not fit this machine's clock, or Cognito's answer got lost: the code is spent, or may be, so start the sign-in again. No `Retry-After` |
///
/// The tokens are verified before they are handed out: the access token, and the ID token with its
/// `at_hash`. When the sign-in is refused or cannot be told, its refresh token is revoked, as far as
/// Cognito can be reached. When it succeeds nothing is revoked: a refresh token that the builder was
/// not told to hand out is dropped.
///
/// ## What the front end has to check
///
/// **This endpoint binds nothing to a browser**: it has no cookie and no state, and takes a code from
/// every page that sends one. A page that hands over every code that it finds in its address signs its visitor
/// in as the attacker who sent them the link
/// ([RFC 9700 §4.7](https://www.rfc-editor.org/rfc/rfc9700#section-4.7)). So the front end makes three
/// random values of 256 bits before it sends the browser away, and keeps them in `sessionStorage`:
///
/// 1. `state`: when the browser is back, it is compared with the one kept, before the code goes
///    anywhere. No state, or another one: the code is dropped.
/// 2. the PKCE code verifier: its S256 challenge goes to the login page, the verifier goes here with the
///    code. [`require_code_verifier`](AuthEndpointsBuilder::require_code_verifier) refuses a code
///    without. Not instead of the state: that Cognito refuses a verifier for a code that was begun
///    without a challenge is not documented.
/// 3. `nonce`, where the front end is given the ID token
///    ([`with_id_token`](AuthEndpointsBuilder::with_id_token)): the token has to carry it.
///
/// All three are used once, and deleted before the answer is looked at.
///
/// # `GET /auth/me`
///
/// | status | body | when |
/// |---|---|---|
/// | 200 | `{"sub":"…","username":"…","email":"…","email_verified":true,"groups":["…"],"attributes":{"…":"…"},"source":"get_user"}` | `source` says who answered: `get_user`, `user_info`, or `access_token` when the token may not ask Cognito |
/// | 403 | `not_authenticated` | no token, a malformed or refused one, a scope or group missing, or Cognito refuses it: signed out, expired, user disabled or deleted |
/// | 500 | `server_error` | also when Cognito says that pool or app client are not what the settings say |
/// | 503, `Retry-After` | `temporarily_unavailable` | also when Cognito refuses for a reason that is not known to be about the token ([`AuthError::is_unavailable`](crate::AuthError::is_unavailable)) |
///
/// `groups` are those of the token. From `access_token`, `email` is null, `email_verified` false
/// and `attributes` empty: the token has none of them.
///
/// # `GET /auth/logout`, `POST /auth/logout`
///
/// Signs the user out here first (from then on every token that was issued to the user before is refused,
/// and every token to which a session from before is refreshed), then at Cognito, then here again, since
/// another device may have signed in meanwhile. Both halves finish when the client disconnects, where there
/// is a tokio runtime. A sign-out that fails at Cognito is retried in the background: [`Logout`] says how often and
/// for how long. Until then the sessions from before are refused here.
///
/// The sign-out of a token that was signed out here before is written to every store and sent to Cognito
/// again, so that an incomplete logout can be completed. It does not renew the sign-out, or a stolen token
/// could lock its user out again and again. A token that does not meet this service's rules (a scope, a
/// group, a recent sign-in, the app's own check) is genuine, and signs its user out. Only a bearer token
/// signs a user out, never a cookie: a link on another site has no effect.
///
/// | status | body | when |
/// |---|---|---|
/// | 200 | `{"message":"Logout successful."}` | signed out, here and there; also when Cognito has nothing left to sign out: its user is disabled or not there, or it says that the token was revoked and the user was signed out here before |
/// | 401 | `not_authenticated` | no token, a malformed or refused one |
/// | 401, 500, 503 | `logout_incomplete` | one half is done; `message` says which. 401: Cognito refuses, for instance because the token's own session was revoked there: the user's other sessions may go on; 500: pool or app client are not what the settings say; 503: Cognito could not be reached, or the sign-out was not recorded here |
/// | 503 | `logout_failed` | neither half is done |
///
/// # Put a rate limit in front
///
/// There is none here, and each of these costs Cognito a call, on quotas that all users of the AWS
/// account share in a Region (Developer Guide, "Quotas", requests a second by default):
///
/// | endpoint | a client with | causes | quota |
/// |---|---|---|---|
/// | `POST /auth/sign-in` | nothing: any text is sent as a code | `/oauth2/token`, at times `/oauth2/revoke` | that of code exchanges, 120; of the domain, 300 from one address |
/// | `GET /auth/me` | a good token | GetUser, or `/oauth2/userInfo` | `UserRead`, 120, 10 for one user; of the domain, 300 from one address |
/// | `/auth/logout` | a good token | GlobalSignOut | `UserUpdate`, 25 |
///
/// A proxy or a middleware limits by the client's address. Over a quota, the answer is the 503
/// below, for all users.
///
/// # All of them
///
/// | status | body | when |
/// |---|---|---|
/// | 404 | `not_found` | another path; one slash more is another path |
/// | 405, `Allow` | `method_not_allowed` | another method, `HEAD` and `OPTIONS` among them |
/// | 500 | `server_error` | a setting is missing or wrong: see the log |
/// | 503, `Retry-After` | `temporarily_unavailable` | Cognito, the keys or the revocation store cannot be reached |
///
/// Errors are `{"error":"<code>","message":"<one sentence>"}`; the words in the tables are the
/// codes. 401 and 403 carry `WWW-Authenticate` as in [`bearer`](crate::bearer#what-is-answered).
/// Every answer has `Cache-Control: no-store`, `Content-Type: application/json` and
/// `X-Content-Type-Options: nosniff`. No user can be told from another by an error. Why something
/// was refused goes to `tracing`, targets `cognito_auth::endpoints` and `cognito_auth::verify`, as
/// the field `code`.
#[derive(Debug, Clone)]
pub struct AuthEndpoints(Arc<EndpointSettings>);

#[derive(Debug)]
struct EndpointSettings {
    identity_provider: Arc<dyn IdentityProvider>,
    verifier: Arc<dyn TokenVerifier>,
    bearer: JwtBearer,
    redirect_uris: Vec<String>,
    id_token: bool,
    refresh_token: bool,
    code_verifier_required: bool,
    base_path: String,
    logout: Logout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Endpoint {
    SignIn,
    Me,
    Logout,
}

impl AuthEndpoints {
    /// Endpoints that sign in with this provider, and accept what this verifier accepts.
    ///
    /// Give it a clone of the verifier that lets requests in, or one with the same revocation store: a
    /// verifier does not know the sign-outs at another one with another store.
    ///
    /// An `Arc` of a provider or a verifier is one, too.
    pub fn builder(
        identity_provider: impl IdentityProvider + 'static,
        verifier: impl TokenVerifier + 'static,
    ) -> AuthEndpointsBuilder {
        AuthEndpointsBuilder::new(Arc::new(identity_provider), Arc::new(verifier))
    }

    /// Answers a request. There is an answer to every one.
    ///
    /// The caller reads the body, and bounds its size and the time that it takes; more than 16 KiB are
    /// refused here. The `tower::Service` does both.
    pub async fn handle(&self, request: Request<Vec<u8>>) -> Response<String> {
        match self.endpoint(request.method(), request.uri().path()) {
            Ok(Endpoint::SignIn) => self.sign_in(request.headers(), request.body()).await,
            Ok(Endpoint::Me) => self.me(request.headers()).await,
            Ok(Endpoint::Logout) => self.logout(request.headers()).await,
            Err(response) => *response,
        }
    }

    /// Which endpoint it is; else the answer, 404 or 405.
    fn endpoint(&self, method: &Method, path: &str) -> Result<Endpoint, Box<Response<String>>> {
        let (endpoint, allow) = match path.strip_prefix(&*self.0.base_path) {
            Some("/sign-in") => (Endpoint::SignIn, "POST"),
            Some("/me") => (Endpoint::Me, "GET"),
            Some("/logout") => (Endpoint::Logout, "GET, POST"),
            _ => return Err(Box::new(response::not_found())),
        };
        if allow.split(", ").any(|allowed| allowed == method.as_str()) {
            Ok(endpoint)
        } else {
            Err(Box::new(response::method_not_allowed(allow)))
        }
    }
}
