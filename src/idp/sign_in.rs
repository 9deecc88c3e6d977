//! Starting a sign-in, and checking the callback with which the browser returns.
//!
//! The authorization code grant with PKCE ([RFC 6749 §4.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1),
//! [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636), [RFC 9700 §2.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1)),
//! and nothing else: no implicit grant, no PKCE challenge of the method `plain`, no sign-in without
//! `state`.

mod callback;
mod pending;
mod pkce;
mod redirect_uri;
mod request;

use std::fmt;

use url::Url;

pub use callback::Callback;
pub(crate) use callback::is_code;
pub use pending::PendingSignIn;
pub(crate) use pkce::check_code_verifier;
pub use pkce::code_challenge;
pub(crate) use redirect_uri::check_redirect_uri;
pub use request::SignInRequest;
pub(crate) use request::check_scopes;

/// A sign-in that was started: the address to redirect the browser to, and the [`PendingSignIn`] to store
/// until the browser returns.
///
/// ```
/// use cognito_auth::{Callback, SignInRequest, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?.with_domain("https://auth.example.com")?;
/// let request = SignInRequest::new("https://app.example.com/auth/callback");
/// let sign_in = request.start(&pool, "1example23456789abcdefghij")?;
///
/// // Respond with a redirect to `sign_in.url`, and store `sign_in.pending` in a session that is bound to
/// // this browser. Later, at the redirect URI:
/// let query = format!("code=a1b2c3d4&state={}", sign_in.pending.state());
/// let code = sign_in.pending.accept(&Callback::from_query(&query)?)?;
/// # let _ = code;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Where to go after the sign-in
///
/// Many applications return to the page that a visitor came from. That address comes from the visitor, so
/// following it unchecked is an open redirect
/// ([RFC 9700 §4.11.1](https://www.rfc-editor.org/rfc/rfc9700#section-4.11.1)): `//evil.example`,
/// `/\evil.example`, `/%09/evil.example` and `https:evil.example` all look like paths. Store the address in
/// the session beside the pending sign-in, resolve it against your own origin with [`Url::join`], and
/// redirect to the result only if its origin is still yours:
///
/// ```
/// use url::Url;
///
/// fn where_to_go(own: &Url, asked: &str) -> Url {
///     own.join(asked).ok().filter(|to| to.origin() == own.origin()).unwrap_or_else(|| own.clone())
/// }
///
/// let own = Url::parse("https://app.example.com/")?;
/// assert_eq!(where_to_go(&own, "/orders?page=2").as_str(), "https://app.example.com/orders?page=2");
/// for elsewhere in [
///     "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
///     "https:evil.example", "javascript:alert(1)", "https://app.example.com@evil.example/",
/// ] {
///     assert_eq!(where_to_go(&own, elsewhere).host_str(), Some("app.example.com"), "{elsewhere}");
/// }
/// # Ok::<(), url::ParseError>(())
/// ```
#[non_exhaustive]
pub struct SignIn {
    /// The address to redirect the browser to: the authorize endpoint with all parameters of the request.
    pub url: Url,
    /// The values to store, bound to this browser, until it returns.
    pub pending: PendingSignIn,
}

impl SignIn {
    /// For an [`IdentityProvider`](crate::IdentityProvider) of your own whose authorize endpoint has another
    /// path than Cognito's. The query has to be the one of the [started](SignInRequest::start_at) sign-in
    /// that `pending` belongs to:
    ///
    /// ```
    /// use cognito_auth::{AuthError, SignIn, SignInRequest, UserPool};
    /// use url::Url;
    ///
    /// fn sign_in(request: SignInRequest, pool: &UserPool, own: &Url) -> Result<SignIn, AuthError> {
    ///     let started = request.start(pool, "1example23456789abcdefghij")?;
    ///     let mut url = own.clone();
    ///     url.set_query(started.url.query());
    ///     Ok(SignIn::new(url, started.pending))
    /// }
    /// ```
    pub fn new(url: Url, pending: PendingSignIn) -> Self {
        Self { url, pending }
    }
}

// The query has state and nonce in it.
impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut endpoint = self.url.clone();
        endpoint.set_query(None);
        f.debug_struct("SignIn")
            .field("endpoint", &endpoint.as_str())
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}
