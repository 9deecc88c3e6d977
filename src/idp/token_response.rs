//! Validation of what the token endpoint has just issued.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::id_token::{self, Expected, LEEWAY};
use super::{AuthCode, Tokens, issued};
use crate::error::AuthError;
use crate::pool::UserPool;

/// What the tokens that a token endpoint has just issued have to agree with
/// ([OpenID Connect Core §3.1.3.5](https://openid.net/specs/openid-connect-core-1_0.html#TokenResponseValidation)).
///
/// [`CognitoClient`](crate::CognitoClient) applies it to every exchange and refresh. It is public for an
/// [`IdentityProvider`](crate::IdentityProvider) of your own:
///
/// ```
/// use cognito_auth::{AuthCode, AuthError, TokenResponseChecks, Tokens, UserPool};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let client_id = "1example23456789abcdefghij";
/// let code = AuthCode::new("a1b2c3d4", "https://app.example.com/callback").with_nonce("n-0S6_WzA2Mj");
///
/// // The token endpoint has answered. An ID token has to be there, with this nonce.
/// let tokens = Tokens::new("eyJraWQiOi…");
/// let error = TokenResponseChecks::for_code(&pool, client_id, &code).check(tokens).unwrap_err();
/// assert_eq!(error, AuthError::IdTokenMismatch { claim: "nonce" });
/// # Ok(())
/// # }
/// # example().unwrap();
/// ```
///
/// No token may be larger than 64 KiB. Of the ID token it checks `iss`, `aud`, `azp`, `token_use` and
/// `sub`, the nonce, `exp`, `iat`, and the age of the sign-in. Its signature is not checked: it came over
/// TLS from the issuer, which counts instead
/// ([§3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), item 6). Before
/// the token goes anywhere else, [`JwtVerifier::verify_id`](crate::JwtVerifier::verify_id) has to check it.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct TokenResponseChecks<'a> {
    pool: &'a UserPool,
    client_id: &'a str,
    code: Option<&'a AuthCode>,
    leeway: Duration,
}

impl<'a> TokenResponseChecks<'a> {
    /// For tokens that came in exchange for this code, at this pool and app client.
    pub fn for_code(pool: &'a UserPool, client_id: &'a str, code: &'a AuthCode) -> Self {
        Self { pool, client_id, code: Some(code), leeway: LEEWAY }
    }

    /// For tokens that came for a refresh token. An ID token need not be among them, nor carry the nonce
    /// of the sign-in
    /// ([§12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
    pub fn for_refresh(pool: &'a UserPool, client_id: &'a str) -> Self {
        Self { pool, client_id, code: None, leeway: LEEWAY }
    }

    /// How far this machine's clock and the issuer's may differ. Default: a minute, more than any clock is
    /// off that is set over the network.
    pub fn leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }

    /// The tokens, where they agree, by this machine's clock.
    ///
    /// # Errors
    /// [`AuthError::IdTokenMismatch`] when the ID token is not the answer to this sign-in, or is missing
    /// where one has to come; [`AuthError::Clock`] when its times do not fit the clock, which is in the
    /// log, too; [`AuthError::TokenTooLarge`]; [`AuthError::Undecodable`] when the ID token is no JWT.
    /// The refresh token that was issued is in the error
    /// ([`AuthError::new_refresh_token`]): after a refresh keep it, after an exchange revoke it.
    pub fn check(self, tokens: Tokens) -> Result<Tokens, AuthError> {
        self.check_at(tokens, SystemTime::now())
    }

    /// [`check`](Self::check) at a moment: for a provider with a clock of its own.
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
        let expected = Expected::of(self.client_id, issuers, self.code).leeway(self.leeway);
        let now = now.duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        id_token::check(tokens.id_token.as_ref(), &expected, now)
    }
}
