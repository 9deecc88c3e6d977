//! Whether an ID token is the answer to this sign-in.

use std::time::Duration;

use super::{AuthCode, issued};
use crate::claims::rules;
use crate::error::{AnswerProblem, AuthError};
use crate::json::Members;
use crate::secret::IdToken;

/// How far this machine's clock and the issuer's may differ, unless a setting says otherwise.
pub(crate) const LEEWAY: Duration = Duration::from_secs(60);

/// What an ID token has to say.
pub(crate) struct Expected<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) issuers: &'a [String],
    pub(crate) nonce: Option<&'a str>,
    pub(crate) max_age: Option<Duration>,
    /// Whether there has to be one: `openid` was asked for.
    pub(crate) required: bool,
    /// How far the clocks may differ.
    pub(crate) leeway: Duration,
}

impl<'a> Expected<'a> {
    /// In exchange for a code; without one, for a refresh token: that ID token need not carry the
    /// nonce ([OpenID Connect Core §12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
    pub(crate) fn of(
        client_id: &'a str,
        issuers: &'a [String],
        code: Option<&'a AuthCode>,
    ) -> Self {
        Self {
            client_id,
            issuers,
            nonce: code.and_then(|code| code.nonce.as_deref()),
            max_age: code.and_then(|code| code.max_age),
            required: code.is_some_and(|code| code.id_token_required),
            leeway: LEEWAY,
        }
    }

    pub(crate) fn leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }
}

/// Compares the claims of an ID token that came from the token endpoint itself.
///
/// Its signature is not checked here: it came over TLS from the issuer, which counts instead
/// ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation),
/// item 6). A service that it is passed on to checks the signature:
/// [`JwtVerifier::verify_id`](crate::JwtVerifier::verify_id).
///
/// It was issued a moment ago: where everything else holds and its times do not, this machine's
/// clock is off ([`AuthError::Clock`]), and the user is not refused.
///
/// `now` is in seconds since 1970.
pub(crate) fn check(
    token: Option<&IdToken>,
    expected: &Expected<'_>,
    now: u64,
) -> Result<(), AuthError> {
    let differs = |claim| AuthError::IdTokenMismatch { claim };
    let Some(token) = token else {
        // Leaving the token out must not pass for a nonce that matches.
        if expected.required {
            return Err(differs("nonce"));
        }
        // `openid` was not asked for. Where an age was, it cannot be told.
        return expected.max_age.map_or(Ok(()), |_| Err(differs("auth_time")));
    };
    issued::check_size("the ID token", token.expose())?;
    let checked =
        issued::read_unverified(token.expose(), |claims| check_claims(claims, expected, now));
    checked.ok_or(AuthError::Undecodable { status: 200, reason: AnswerProblem::IdTokenNotAJwt })?
}

fn check_claims(claims: &Members<'_>, expected: &Expected<'_>, now: u64) -> Result<(), AuthError> {
    let differs = |claim| AuthError::IdTokenMismatch { claim };
    let text = |name| claims.text(name).ok().flatten();

    if !text("iss").is_some_and(|issuer| expected.issuers.iter().any(|known| *known == issuer)) {
        return Err(differs("iss"));
    }
    let is_audience = match claims.texts("aud") {
        Ok(Some(values)) => values.len() == 1 && values[0] == expected.client_id,
        _ => text("aud").is_some_and(|audience| audience == expected.client_id),
    };
    if !is_audience {
        return Err(differs("aud"));
    }
    if claims.has("token_use") && text("token_use").is_none_or(|token_use| token_use != "id") {
        return Err(differs("token_use"));
    }
    // Items 4 and 5: whom it is for, where it says so apart from `aud`.
    let authorized_party = claims.has("azp").then(|| text("azp").unwrap_or_default());
    if !rules::is_authorized_party(expected.client_id, authorized_party.as_deref()) {
        return Err(differs("azp"));
    }
    if text("sub").is_none_or(|sub| sub.is_empty()) {
        return Err(differs("sub"));
    }
    // Cognito makes up a nonce for some external providers where none was sent: one that was not
    // asked for says nothing.
    if expected.nonce.is_some_and(|sent| !rules::is_nonce(sent, text("nonce").as_deref())) {
        return Err(differs("nonce"));
    }
    // Digits alone: JSON has no other form of a whole number from 0 on.
    let seconds = |name| claims.raw(name).and_then(|raw| raw.parse::<u64>().ok());
    let (Some(expires_at), Some(issued_at)) = (seconds("exp"), seconds("iat")) else {
        return Err(differs(if seconds("exp").is_none() { "exp" } else { "iat" }));
    };
    let leeway = expected.leeway.as_secs();
    check_clock(issued_at, expires_at, now, leeway)?;
    if let Some(max_age) = expected.max_age {
        let is_too_old = |at| rules::is_too_old(at, max_age.as_secs(), now, leeway);
        if seconds("auth_time").is_none_or(is_too_old) {
            return Err(differs("auth_time"));
        }
    }
    Ok(())
}

/// The times of a token that was issued a moment ago, by this machine's clock.
fn check_clock(issued_at: u64, expires_at: u64, now: u64, leeway: u64) -> Result<(), AuthError> {
    if rules::is_ahead(issued_at, now, leeway) {
        let by = Duration::from_secs(issued_at - now);
        return Err(AuthError::Clock { claim: "iat", ahead: false, by });
    }
    if rules::is_expired(expires_at, now, leeway) {
        // Issued a moment ago, so that the clocks differ by its whole age.
        let by = Duration::from_secs(now - issued_at.min(expires_at));
        return Err(AuthError::Clock { claim: "exp", ahead: true, by });
    }
    Ok(())
}

/// Names the clock in the log: nothing else tells the operator, and every sign-in fails for it.
pub(crate) fn warn_of_clock(error: &AuthError) {
    if let AuthError::Clock { .. } = error {
        let code = error.code();
        tracing::warn!(target: "cognito_auth::idp", code, %error, "the times of a token that was just issued do not fit this machine's clock");
    }
}

#[cfg(test)]
mod tests;
