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
use crate::bearer::response::{method_not_allowed, not_found};
use crate::idp::IdentityProvider;
use crate::logout::Logout;
use crate::verify::TokenVerifier;

pub use builder::AuthEndpointsBuilder;

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
/// With the feature `tower`, which `axum` includes, it is a `tower::Service` too:
/// `axum::Router::new().route_service("/auth/{*rest}", endpoints)`. It compares the whole path of the
/// request, so route to it without stripping the prefix, or set the
/// [base path](AuthEndpointsBuilder::base_path) to the rest of the path.
///
/// # `POST /auth/sign-in`
///
/// The body is `{"code": "…", "code_verifier": "…", "redirect_uri": "…"}`, of at most 16 KiB, with
/// `Content-Type: application/json`. (A browser sends this type to another origin only after a CORS
/// preflight, so a form on another site cannot sign its author in here.) Only `code` is required.
/// `redirect_uri` must be one of the redirect URIs that the builder got, byte for byte; the default is the
/// first of them. A member that is `null` counts as missing. Other members are ignored; a member that
/// occurs twice is an error.
///
/// | status | body | when |
/// |---|---|---|
/// | 200 | `{"access_token":"…","token_type":"Bearer","expires_in":3600}` | signed in; `id_token` and `refresh_token` only where the [builder](AuthEndpointsBuilder) was told to |
/// | 400 | `invalid_request` | the body is not that, or has no `code_verifier` where one [is required](AuthEndpointsBuilder::require_code_verifier) |
/// | 401 | `sign_in_refused` | Cognito refuses the code or the user ([`AuthError::is_refusal`](crate::AuthError::is_refusal)), the code was sent to another redirect URI than the body names, or the verifier refuses what Cognito handed over |
/// | 408 | `request_timeout` | the body did not arrive within ten seconds (the `tower::Service`) |
/// | 415 | `unsupported_media_type` | another content type, or none |
/// | 500 | `server_error` | also when Cognito refuses this service, not the user: a wrong secret, a code that was not sent to the first redirect URI, where the body names none ([`AuthError::is_misconfiguration`](crate::AuthError::is_misconfiguration)); or a token is larger than the verifier reads |
/// | 503 | `sign_in_incomplete` | the tokens cannot be verified now, their times do not fit this machine's clock, or Cognito's response was lost: the code was used, or may have been, so start the sign-in again. No `Retry-After` |
///
/// The tokens are verified before they are sent to the front end: the access token, and the ID token with
/// its `at_hash`. The refresh token is revoked when the sign-in is refused or could not be completed, when a check or
/// a store of the application panics, and when the request is dropped before it has an answer (its client has
/// left); the last two need a tokio runtime. An answer that is lost on its way to the client revokes nothing. If
/// Cognito cannot be reached, the revocation is retried in the background for ten minutes, like a sign-out
/// ([`Logout`]). When the sign-in succeeds nothing is revoked; a refresh token is dropped unless the builder was told
/// to send it ([`with_refresh_token`](AuthEndpointsBuilder::with_refresh_token)).
///
/// ## What the front end has to check
///
/// **This endpoint does not bind the sign-in to a browser**: it has no cookie and no state, and accepts a
/// code from every page that sends one. A front end that sends every code that it finds in its address
/// signs its visitor in as the attacker who made the link
/// ([RFC 9700 §4.7](https://www.rfc-editor.org/rfc/rfc9700#section-4.7)). So before the front end redirects
/// to the login page, it creates three random values of 256 bits, and stores them in `sessionStorage`:
///
/// 1. `state`: sent to the login page. When the browser returns, the front end compares the `state` of the
///    callback with the stored one before it sends the code. If it is missing or differs, the code is
///    dropped.
/// 2. The PKCE code verifier: its S256 challenge is sent to the login page, the verifier to this endpoint
///    with the code. With [`require_code_verifier`](AuthEndpointsBuilder::require_code_verifier) the
///    endpoint refuses a code without a verifier. It does not replace the state: Cognito does not document
///    that it refuses a verifier for a code that was requested without a challenge.
/// 3. `nonce`, if the front end gets the ID token
///    ([`with_id_token`](AuthEndpointsBuilder::with_id_token)): the `nonce` of the token has to be equal.
///
/// Each value is used once, and deleted before the response is read.
///
/// # `GET /auth/me`
///
/// | status | body | when |
/// |---|---|---|
/// | 200 | `{"sub":"…","username":"…","email":"…","email_verified":true,"groups":["…"],"attributes":{"…":"…"},"source":"get_user"}` | `source` says where the data is from: `get_user`, `user_info`, or `access_token` when the token has no scope for either |
/// | 403 | `not_authenticated` | no token, a malformed or refused one, a scope or group missing, or Cognito refuses it: signed out, expired, user disabled or deleted |
/// | 500 | `server_error` | also when Cognito says that the pool or the app client does not exist |
/// | 503, `Retry-After` | `temporarily_unavailable` | also when Cognito refuses for a reason that is not known to be about the token ([`AuthError::is_unavailable`](crate::AuthError::is_unavailable)) |
///
/// `groups` are those of the token. With the source `access_token`, `email` is `null`, `email_verified`
/// is `false` and `attributes` is empty, since an access token has none of them.
///
/// # `GET /auth/logout`, `POST /auth/logout`
///
/// Signs the user out at the verifier first (from then on it refuses every token that was issued to the
/// user before, and the tokens that their earlier sessions get by a refresh), then at Cognito, then at the
/// verifier again, since another device may have signed in meanwhile. Both sign-outs are completed when the
/// client disconnects, if there is a tokio runtime. A sign-out that fails at Cognito is retried in the
/// background: [`Logout`] says how often and for how long. Meanwhile the verifier refuses the earlier
/// sessions.
///
/// A logout with a token that is already signed out is written to every store and sent to Cognito again,
/// which completes an earlier logout that failed in part. It does not move the moment of the sign-out,
/// since a stolen token could then lock its user out again and again. A token that is genuine but does not
/// meet this service's rules (a scope, a group, a recent sign-in, the app's own check) signs its user out
/// too. Only a bearer token signs a user out, never a cookie: a link on another site has no effect.
///
/// | status | body | when |
/// |---|---|---|
/// | 200 | `{"message":"Logout successful."}` | signed out at the verifier and at Cognito; also when Cognito has no session left to end: the user is disabled or deleted, or Cognito says that the token was revoked and an earlier GlobalSignOut is known to have succeeded ([`Logout`](Logout#when-cognito-says-that-the-token-was-revoked)) |
/// | 401 | `not_authenticated` | no token, a malformed or refused one |
/// | 401, 500, 503 | `logout_incomplete` | signed out either at the verifier or at Cognito; `message` says where. 401: Cognito refuses, for instance because the token's own session was revoked there; the user's other sessions may continue, and the same request again gets the same answer; also while another logout with this token is under way: ask again when that has ended. 500: the pool or the app client does not exist. 503: Cognito could not be reached, or the sign-out was not recorded by the verifier |
/// | 503 | `logout_failed` | signed out at neither |
///
/// # Put a rate limit in front
///
/// The endpoints have no rate limit, and each request causes a call to Cognito, on quotas that all users
/// of the AWS account share in a Region (Developer Guide, "Quotas"; the numbers are the defaults, in
/// requests a second):
///
/// | endpoint | who can cause a call | call | quota |
/// |---|---|---|---|
/// | `POST /auth/sign-in` | any client: every text is sent as a code | `/oauth2/token`, at times `/oauth2/revoke` | that of code exchanges, 120; of the domain, 300 from one address |
/// | `GET /auth/me` | a client with a valid token | GetUser, or `/oauth2/userInfo` | `UserRead`, 120, 10 for one user; of the domain, 300 from one address |
/// | `/auth/logout` | a client with a genuine token | GlobalSignOut | `UserUpdate`, 25 |
///
/// Limit by the client's address, in a proxy or a middleware. When a quota is exceeded, the response is
/// the 503 below, for all users.
///
/// # Responses of all endpoints
///
/// | status | body | when |
/// |---|---|---|
/// | 404 | `not_found` | another path, for example with a slash at its end |
/// | 405, `Allow` | `method_not_allowed` | another method, such as `HEAD` or `OPTIONS` |
/// | 500 | `server_error` | a setting is missing or wrong: see the log |
/// | 503, `Retry-After` | `temporarily_unavailable` | Cognito, the keys or the revocation store cannot be reached |
///
/// Errors are `{"error":"<code>","message":"<one sentence>"}`; the words in the tables are the codes.
/// Responses with 401 and 403 have `WWW-Authenticate` as in [`bearer`](crate::bearer#what-is-answered).
/// Every response has `Cache-Control: no-store`, `Content-Type: application/json` and
/// `X-Content-Type-Options: nosniff`. An error does not depend on which user it is about. The reason of a
/// refusal is written to `tracing`, targets `cognito_auth::endpoints` and `cognito_auth::verify`, in the
/// field `code`.
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
enum AuthEndpoint {
    SignIn,
    Me,
    Logout,
}

impl AuthEndpoints {
    /// Builds endpoints that sign in with this provider, and accept the tokens that this verifier accepts.
    ///
    /// Pass a clone of the verifier that verifies requests, or one with the same revocation store: a
    /// verifier with another store does not see the sign-outs.
    ///
    /// An `Arc` of a provider or of a verifier can be passed too.
    pub fn builder(
        identity_provider: impl IdentityProvider + 'static,
        verifier: impl TokenVerifier + 'static,
    ) -> AuthEndpointsBuilder {
        AuthEndpointsBuilder::new(Arc::new(identity_provider), Arc::new(verifier))
    }

    /// Answers a request, of any method and path.
    ///
    /// The caller reads the body, and has to limit its size and the time that reading takes; a body of more
    /// than 16 KiB is refused here. The `tower::Service` reads the body with both limits.
    pub async fn handle(&self, request: Request<Vec<u8>>) -> Response<String> {
        match self.endpoint(request.method(), request.uri().path()) {
            Ok(AuthEndpoint::SignIn) => self.sign_in(request.headers(), request.body()).await,
            Ok(AuthEndpoint::Me) => self.me(request.headers()).await,
            Ok(AuthEndpoint::Logout) => self.logout(request.headers()).await,
            Err(response) => *response,
        }
    }

    /// Which endpoint it is; else the answer, 404 or 405.
    fn endpoint(&self, method: &Method, path: &str) -> Result<AuthEndpoint, Box<Response<String>>> {
        let (endpoint, allow) = match path.strip_prefix(&*self.0.base_path) {
            Some("/sign-in") => (AuthEndpoint::SignIn, "POST"),
            Some("/me") => (AuthEndpoint::Me, "GET"),
            Some("/logout") => (AuthEndpoint::Logout, "GET, POST"),
            _ => return Err(Box::new(not_found())),
        };
        if allow.split(", ").any(|allowed| allowed == method.as_str()) {
            Ok(endpoint)
        } else {
            Err(Box::new(method_not_allowed(allow)))
        }
    }
}
