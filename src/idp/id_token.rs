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
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const NOW: u64 = 1_767_225_600;

    fn checked(payload: &str, nonce: Option<&str>, max_age: Option<u64>) -> Result<(), AuthError> {
        let token = format!("e30.{}.", URL_SAFE_NO_PAD.encode(payload));
        let issuers = ["https://i.example/1".to_owned(), "https://i.example/2".to_owned()];
        let expected = Expected {
            client_id: "client1",
            issuers: &issuers,
            nonce,
            max_age: max_age.map(Duration::from_secs),
            required: true,
            leeway: LEEWAY,
        };
        check(Some(&IdToken::new(token)), &expected, NOW)
    }

    fn outcome(payload: &str, nonce: Option<&str>, max_age: Option<u64>) -> String {
        // With good times.
        let times = format!(r#"{{"exp":{},"iat":{NOW},"#, NOW + 300);
        outcome_as_it_is(&payload.replacen('{', &times, 1), nonce, max_age)
    }

    fn outcome_as_it_is(payload: &str, nonce: Option<&str>, max_age: Option<u64>) -> String {
        match checked(payload, nonce, max_age) {
            Ok(()) => "ok".to_owned(),
            Err(AuthError::IdTokenMismatch { claim }) => claim.to_owned(),
            Err(AuthError::Clock { claim, ahead, by }) => {
                let way = if ahead { "ahead" } else { "behind" };
                format!("{claim}: {} s {way}", by.as_secs())
            }
            Err(error) => error.code().to_owned(),
        }
    }

    fn good(more: &str) -> String {
        format!(r#"{{"iss":"https:\/\/i.example\/2","aud":"client1","sub":"u"{more}}}"#)
    }

    #[test]
    fn nonce_sent_and_received() {
        for (sent, received, result) in [
            (None, "", "ok"),
            (None, r#","nonce":"made up""#, "ok"),
            (Some("n1"), "", "nonce"),
            (Some("n1"), r#","nonce":"n1""#, "ok"),
            (Some("n1"), r#","nonce":"n2""#, "nonce"),
            (Some("n1"), r#","nonce":"n11""#, "nonce"),
            (Some("n1"), r#","nonce":["n1"]"#, "nonce"),
            (Some("n1"), r#","nonce":null"#, "nonce"),
            (Some("n1"), r#","nonce":"n2","nonce":"n1""#, "undecodable"),
            (Some("n1"), r#","nonce":"n1","\u006eonce":"n2""#, "undecodable"),
        ] {
            assert_eq!(outcome(&good(received), sent, None), result, "{sent:?} {received}");
        }
    }

    #[test]
    fn issuer_audience_use_and_subject() {
        for (payload, result) in [
            (r#"{"iss":"https://i.example/1","aud":["client1"],"sub":"u","token_use":"id"}"#, "ok"),
            (r#"{"aud":"client1","sub":"u"}"#, "iss"),
            (r#"{"iss":"https://i.example/1/","aud":"client1","sub":"u"}"#, "iss"),
            (r#"{"iss":"https://i.example","aud":"client1","sub":"u"}"#, "iss"),
            (r#"{"iss":["https://i.example/1"],"aud":"client1","sub":"u"}"#, "iss"),
            (r#"{"iss":"https://i.example/1","sub":"u"}"#, "aud"),
            (r#"{"iss":"https://i.example/1","aud":"client2","sub":"u"}"#, "aud"),
            (r#"{"iss":"https://i.example/1","aud":[],"sub":"u"}"#, "aud"),
            (r#"{"iss":"https://i.example/1","aud":["client1","client2"],"sub":"u"}"#, "aud"),
            (r#"{"iss":"https://i.example/1","aud":[["client1"]],"sub":"u"}"#, "aud"),
            (r#"{"iss":"https://i.example/1","aud":1,"sub":"u"}"#, "aud"),
            (
                r#"{"iss":"https://i.example/1","aud":"client1","sub":"u","token_use":"access"}"#,
                "token_use",
            ),
            (
                r#"{"iss":"https://i.example/1","aud":"client1","sub":"u","token_use":["id"]}"#,
                "token_use",
            ),
            (r#"{"iss":"https://i.example/1","aud":"client1"}"#, "sub"),
            (r#"{"iss":"https://i.example/1","aud":"client1","sub":""}"#, "sub"),
            ("[]", "undecodable"),
            ("", "undecodable"),
        ] {
            assert_eq!(outcome(payload, None, None), result, "{payload}");
        }
    }

    /// OpenID Connect Core §3.1.3.7, items 4, 5, 9 and 10.
    #[test]
    fn times_and_authorized_party() {
        let (past, ahead) = (NOW - 60, NOW + 60);
        for (members, result) in [
            (format!(r#""exp":{ahead},"iat":{NOW}"#), "ok"),
            (format!(r#""exp":{},"iat":0"#, past + 1), "ok"),
            (format!(r#""exp":{past},"iat":{}"#, NOW - 3660), "exp: 3660 s ahead"),
            (format!(r#""exp":{past},"iat":{NOW}"#), "exp: 60 s ahead"),
            (format!(r#""exp":"{ahead}","iat":{NOW}"#), "exp"),
            (format!(r#""exp":null,"iat":{NOW}"#), "exp"),
            (format!(r#""iat":{NOW}"#), "exp"),
            (format!(r#""exp":{},"iat":{ahead}"#, u64::MAX), "ok"),
            (format!(r#""exp":{},"iat":{}"#, ahead + 9, ahead + 1), "iat: 61 s behind"),
            // What is refused for another reason is refused.
            (r#""exp":0,"iat":0,"azp":"client2""#.to_owned(), "azp"),
            (format!(r#""exp":{ahead},"iat":-1"#), "iat"),
            (format!(r#""exp":{ahead}"#), "iat"),
            (format!(r#""exp":{ahead},"iat":{NOW},"azp":"client1""#), "ok"),
            (format!(r#""exp":{ahead},"iat":{NOW},"azp":"client2""#), "azp"),
            (format!(r#""exp":{ahead},"iat":{NOW},"azp":["client1"]"#), "azp"),
        ] {
            let payload = good(&format!(",{members}"));
            assert_eq!(outcome_as_it_is(&payload, None, None), result, "{members}");
        }
    }

    #[test]
    fn the_age_of_the_sign_in_where_one_was_asked_for() {
        let at = |seconds: u64| good(&format!(r#","auth_time":{seconds}"#));
        assert_eq!(outcome(&at(NOW - 360), None, Some(300)), "ok");
        assert_eq!(outcome(&at(NOW - 361), None, Some(300)), "auth_time");
        assert_eq!(outcome(&at(NOW + 10), None, Some(0)), "ok");
        assert_eq!(outcome(&at(0), None, Some(u64::MAX)), "ok");
        assert_eq!(outcome(&good(""), None, Some(300)), "auth_time");
        assert_eq!(outcome(&good(r#","auth_time":"1""#), None, Some(300)), "auth_time");
        assert_eq!(outcome(&at(0), None, None), "ok");
    }

    #[test]
    fn an_id_token_that_is_missing() {
        for (required, max_age, result) in [
            (false, None, Ok(())),
            (false, Some(Duration::ZERO), Err("auth_time")),
            (true, None, Err("nonce")),
            (true, Some(Duration::ZERO), Err("nonce")),
        ] {
            let nonce = Some("n");
            let (client_id, issuers, leeway) = ("c", &[][..], LEEWAY);
            let expected = Expected { client_id, issuers, nonce, max_age, required, leeway };
            let told = check(None, &expected, NOW);
            let result = result.map_err(|claim| AuthError::IdTokenMismatch { claim });
            assert_eq!(told, result, "{required} {max_age:?}");
        }
    }
}
