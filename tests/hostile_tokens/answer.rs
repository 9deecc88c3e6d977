//! The answer that a refused token gets on the wire: one for all of them.

use cognito_auth::VerifyError;
use cognito_auth::bearer::Challenge;

const INVALID_TOKEN: &str = r#"401
cache-control: no-store
content-type: application/json
www-authenticate: Bearer error="invalid_token"
x-content-type-options: nosniff

{"error":"invalid_token","message":"The token is not accepted."}"#;

const INSUFFICIENT_SCOPE: &str = r#"403
cache-control: no-store
content-type: application/json
www-authenticate: Bearer error="insufficient_scope"
x-content-type-options: nosniff

{"error":"insufficient_scope","message":"The token does not allow this."}"#;

const INSUFFICIENT_AUTHENTICATION: &str = r#"401
cache-control: no-store
content-type: application/json
www-authenticate: Bearer error="insufficient_user_authentication", PARAMETER
x-content-type-options: nosniff

{"error":"insufficient_user_authentication","message":"A newer or stronger sign-in is required."}"#;

const UNAVAILABLE: &str = r#"503
cache-control: no-store
content-type: application/json
retry-after: 5
x-content-type-options: nosniff

{"error":"temporarily_unavailable","message":"The token cannot be checked at the moment."}"#;

/// The status, every header and the body, where they are not those that are documented.
pub fn misanswered(error: &VerifyError) -> Option<String> {
    let parameter = match error {
        VerifyError::TooOld { limit, .. } => format!(r#"max_age="{}""#, limit.as_secs()),
        VerifyError::AcrInsufficient { acr_values } => format!(r#"acr_values="{acr_values}""#),
        _ => String::new(),
    };
    let answers = [
        error.is_insufficient().then_some(INSUFFICIENT_SCOPE),
        error.is_insufficient_authentication().then_some(INSUFFICIENT_AUTHENTICATION),
        error.is_unavailable().then_some(UNAVAILABLE),
    ];
    let mut answers = answers.into_iter().flatten();
    let expected = answers.next().unwrap_or(INVALID_TOKEN).replace("PARAMETER", &parameter);
    if answers.next().is_some() {
        return Some("two answers".to_owned());
    }
    let answer = written(Challenge::from(error));
    (answer != expected).then_some(answer)
}

fn written(challenge: Challenge) -> String {
    let response = challenge.into_response();
    let mut headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect();
    headers.sort_unstable();
    let status = response.status().as_u16();
    format!("{status}\n{}\n{}", headers.concat(), response.body())
}
