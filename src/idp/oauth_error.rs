//! The error answer of the token and revocation endpoints
//! ([RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2),
//! [RFC 7009 §2.2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1)).

use super::response::{ProviderResponse, refused};
use super::trigger::{self, Trigger};
use crate::error::{AnswerProblem, AuthError, Refusal, RefusalCode};

/// What an answer other than 200 means. A refusal is a 400, or the 401 of a client that could not
/// authenticate, whose body says so: a JSON object with a text `error`. Everything else, an HTML
/// page, another API's error or a proxy's 404, is no answer.
pub(super) fn read(answer: &ProviderResponse) -> AuthError {
    if let Some(error) = answer.error_by_status() {
        return error;
    }
    let Some(members) = answer.members() else {
        return answer.undecodable(AnswerProblem::NotJsonObject);
    };
    let text = |name| members.text(name).ok().flatten();
    let (error, description) = (text("error"), text("error_description"));
    let words = description.as_deref();
    let said = [words, text("message").as_deref(), error.as_deref()]
        .iter()
        .any(|words| answer.is_throttled(text("__type").as_deref(), *words));
    if said {
        return answer.rate_limited();
    }
    if !matches!(answer.status, 400 | 401) {
        return answer.undecodable(AnswerProblem::Status);
    }
    let by_trigger = trigger::of(words.unwrap_or_default());
    let code = match error.as_deref() {
        None | Some("") => return answer.undecodable(AnswerProblem::NoError),
        Some("invalid_grant" | "invalid_request" | "access_denied") if by_trigger.is_some() => {
            match by_trigger {
                Some(Trigger::Crashed) => return AuthError::ServerError { status: answer.status },
                _ => RefusalCode::TriggerFailed,
            }
        }
        Some("server_error" | "temporarily_unavailable") => {
            return AuthError::ServerError { status: answer.status };
        }
        // The redirect URI's own refusal has the code of another one and differs in the words.
        Some("unauthorized_client") if words == Some("invalid_redirect") => {
            RefusalCode::InvalidRedirect
        }
        Some("invalid_request") => RefusalCode::InvalidRequest,
        Some("invalid_client") => RefusalCode::InvalidClient,
        Some("invalid_grant") => RefusalCode::InvalidGrant,
        Some("unauthorized_client") => RefusalCode::UnauthorizedClient,
        Some("unsupported_grant_type") => RefusalCode::UnsupportedGrantType,
        Some("invalid_scope") => RefusalCode::InvalidScope,
        Some("unsupported_token_type") => RefusalCode::UnsupportedTokenType,
        Some(code) if is_error_code(code) => RefusalCode::Other,
        Some(_) => return answer.undecodable(AnswerProblem::NotAnError),
    };
    let words = words.or_else(|| error.as_deref().filter(|_| code == RefusalCode::Other));
    refused(Refusal::new(code), words)
}

/// The form of every code that is registered ([RFC 6749 §11.4](https://www.rfc-editor.org/rfc/rfc6749#section-11.4)).
/// The grammar allows more, but other texts come from gateways and frameworks: `{"error":"Bad Request"}` is
/// no refusal of the user.
fn is_error_code(error: &str) -> bool {
    let fits =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.');
    error.bytes().all(fits)
}
