//! [`TokenResponseChecks`]: the checks of tokens that the token endpoint has just issued.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::id_token::{self, Expected, LEEWAY};
use super::{AuthCode, Tokens, issued};
use crate::error::AuthError;
use crate::pool::UserPool;

/// The checks of the tokens that a token endpoint has just issued
/// ([OpenID Connect Core §3.1.3.5](https://openid.net/specs/openid-connect-core-1_0.html#TokenResponseValidation)).
///
/// [`CognitoClient`](crate::CognitoClient) makes them after every code exchange and refresh. They are public
/// for an [`IdentityProvider`](crate::IdentityProvider) of your own:
///
/// ```
/// use cognito_auth::{AuthCode, AuthError, TokenResponseChecks, Tokens, UserPool};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let client_id = "1example23456789abcdefghij";
/// let code = AuthCode::new("a1b2c3d4", "https://app.example.com/callback").with_nonce("n-0S6_WzA2Mj");
///
/// // The token endpoint has answered without an ID token; one with this nonce is required.
/// let tokens = Tokens::new("eyJraWQiOi…");
/// let error = TokenResponseChecks::for_code(&pool, client_id, &code).check(tokens).unwrap_err();
/// assert_eq!(error, AuthError::IdTokenMismatch { claim: "nonce" });
/// # Ok(())
/// # }
/// # example().unwrap();
/// ```
///
/// No token may be larger than 64 KiB. Of the ID token `iss`, `aud`, `azp`, `token_use` and `sub`, the
/// nonce, `exp`, `iat`, and the age of the sign-in are checked. Its signature is not: the token came from the
/// issuer over TLS, which may replace the check
/// ([§3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), item 6). Before
/// you store the token or pass it on, verify it with
/// [`JwtVerifier::verify_id`](crate::JwtVerifier::verify_id).
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct TokenResponseChecks<'a> {
    pool: &'a UserPool,
    client_id: &'a str,
    code: Option<&'a AuthCode>,
    id_token_required: bool,
    leeway: Duration,
}

impl<'a> TokenResponseChecks<'a> {
    /// For the tokens of a code exchange, at this pool and app client.
    pub fn for_code(pool: &'a UserPool, client_id: &'a str, code: &'a AuthCode) -> Self {
        Self { pool, client_id, code: Some(code), id_token_required: false, leeway: LEEWAY }
    }

    /// For the tokens of a refresh. The ID token may be missing, and need not have the nonce of the sign-in
    /// ([§12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
    pub fn for_refresh(pool: &'a UserPool, client_id: &'a str) -> Self {
        Self { pool, client_id, code: None, id_token_required: false, leeway: LEEWAY }
    }

    /// For the tokens of a direct sign-in, which always come with an ID token. There is no nonce.
    #[cfg(feature = "direct")]
    pub(crate) fn for_direct_sign_in(pool: &'a UserPool, client_id: &'a str) -> Self {
        Self { id_token_required: true, ..Self::for_refresh(pool, client_id) }
    }

    /// How far this machine's clock and the issuer's may differ. Default: one minute, more than a clock that
    /// is synchronised over the network differs.
    pub fn leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }

    /// Checks the tokens by this machine's clock, and returns them.
    ///
    /// # Errors
    /// [`AuthError::IdTokenMismatch`] when the ID token does not belong to this sign-in, or is missing
    /// although the sign-in requested `openid`; [`AuthError::Clock`] when its times do not fit the clock (a
    /// warning is logged too); [`AuthError::TokenTooLarge`]; [`AuthError::Undecodable`] when the ID token is
    /// not a JWT. The error contains the issued refresh token ([`AuthError::new_refresh_token`]): store it
    /// after a refresh, revoke it after a code exchange.
    pub fn check(self, tokens: Tokens) -> Result<Tokens, AuthError> {
        self.check_at(tokens, SystemTime::now())
    }

    /// As [`check`](Self::check), at this time: for a provider with a clock of its own.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn check_at(self, tokens: Tokens, now: SystemTime) -> Result<Tokens, AuthError> {
        self.verdict(&tokens, now)
            .inspect_err(id_token::warn_of_clock)
            .map_err(|error| error.with_new_refresh_token(tokens.refresh_token.clone()))?;
        Ok(tokens)
    }

    fn verdict(self, tokens: &Tokens, now: SystemTime) -> Result<(), AuthError> {
        issued::check_size("the access token", tokens.access_token.expose())?;
        let refresh_token = tokens.refresh_token.as_ref().map_or("", |token| token.expose());
        issued::check_size("the refresh token", refresh_token)?;
        let issuers = self.pool.issuers();
        let mut expected = Expected::of(self.client_id, issuers, self.code).leeway(self.leeway);
        expected.required |= self.id_token_required;
        let now = now.duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        id_token::check(tokens.id_token.as_ref(), &expected, now)
    }
}
