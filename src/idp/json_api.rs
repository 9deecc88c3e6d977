//! The JSON API of `cognito-idp`: one address, the operation in a header, errors by type and
//! message (API reference, "Common errors"; Developer Guide, "User pool API").

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use serde::Serialize;
use zeroize::Zeroizing;

use super::response::{ProviderResponse, refused};
use super::trigger::{self, Trigger};
use crate::error::{AnswerProblem, AuthError, InputProblem, Refusal, RefusalCode};

/// The media type of requests and answers.
pub(crate) const MEDIA_TYPE: &str = "application/x-amz-json-1.1";

/// An operation. None of those here needs an AWS signature: the token in the body is the authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// The value of `X-Amz-Target`.
    pub(crate) target: &'static str,
    /// A second arrival changes nothing, so the request may be sent twice.
    pub(crate) is_idempotent: bool,
}

/// A request body.
pub(crate) fn body(members: &impl Serialize) -> Result<Zeroizing<String>, AuthError> {
    let refused = AuthError::Input { what: "the request", reason: InputProblem::NotJson };
    serde_json::to_string(members).map(Zeroizing::new).map_err(|_| refused)
}

/// An answer that only has to be 200: `{}`, or nothing at all.
pub(crate) fn done(answer: &ProviderResponse) -> Result<(), AuthError> {
    if answer.status != 200 {
        return Err(error(answer));
    }
    if answer.body.is_empty() || answer.members().is_some() {
        return Ok(());
    }
    Err(answer.undecodable(AnswerProblem::NotJsonObject))
}

/// A time stamp: seconds since 1970, with a fraction.
pub(crate) fn moment(seconds: f64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

/// What an answer other than 200 means. Modelled exceptions are 400 whatever they say, so the type
/// counts before the status, and the message where the type does not tell enough.
pub(crate) fn error(answer: &ProviderResponse) -> AuthError {
    let members = answer.members();
    let text = |name| members.as_ref().and_then(|members| members.text(name).ok().flatten());
    let (body_type, header_type) = (text("__type"), header(&answer.headers, "x-amzn-errortype"));
    let kind = body_type.as_deref().or(header_type).map(bare);
    let message = text("message").or_else(|| text("Message"));
    let message = message.as_deref().or(header(&answer.headers, "x-amzn-errormessage"));
    let status = answer.status;

    if answer.is_throttled(kind, message) && (400..500).contains(&status) {
        return answer.rate_limited();
    }
    match kind {
        Some("ForbiddenException") => return answer.blocked(),
        // A Lambda trigger that crashed has refused no user; one that refuses has a type of its own.
        Some(
            "InternalErrorException"
            | "UnexpectedLambdaException"
            | "InvalidLambdaResponseException",
        ) => return AuthError::ServerError { status },
        Some("UserLambdaValidationException")
            if trigger::of(message.unwrap_or_default()) == Some(Trigger::Crashed) =>
        {
            return AuthError::ServerError { status };
        }
        _ => {}
    }
    if let Some(error) = answer.error_by_status() {
        return error;
    }
    if status != 400 {
        return answer.undecodable(AnswerProblem::Status);
    }
    let Some(kind) = kind.filter(|kind| !kind.is_empty()) else {
        return answer.undecodable(AnswerProblem::NoErrorType);
    };
    let code = code_of(kind, message.unwrap_or_default());
    let words = message.or((code == RefusalCode::Other).then_some(kind));
    refused(Refusal::new(code), words)
}

/// The type as other AWS services write it has a namespace in front (`…#Type`), the header has a
/// colon behind, with or without an address (`Type:http://…`).
fn bare(kind: &str) -> &str {
    let before_colon = kind.split(':').next().unwrap_or_default();
    before_colon.rsplit('#').next().unwrap_or_default().trim()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn code_of(kind: &str, message: &str) -> RefusalCode {
    match kind {
        "NotAuthorizedException" => not_authorized(message),
        "UserNotFoundException" => RefusalCode::UserNotFound,
        "UserNotConfirmedException" => RefusalCode::UserNotConfirmed,
        "PasswordResetRequiredException" => RefusalCode::PasswordResetRequired,
        "ResourceNotFoundException" => RefusalCode::ResourceNotFound,
        "InvalidParameterException" => RefusalCode::InvalidParameter,
        "UserLambdaValidationException" => RefusalCode::TriggerFailed,
        "RefreshTokenReuseException" => RefusalCode::RefreshTokenReused,
        "UnsupportedTokenTypeException" => RefusalCode::UnsupportedTokenType,
        "UnauthorizedException" => RefusalCode::InvalidClient,
        "UnsupportedOperationException" => RefusalCode::UnsupportedOperation,
        "OperationNotEnabledException" => RefusalCode::OperationNotEnabled,
        "CodeMismatchException" => RefusalCode::CodeMismatch,
        "ExpiredCodeException" => RefusalCode::ExpiredCode,
        "InvalidPasswordException" => RefusalCode::InvalidPassword,
        "PasswordHistoryPolicyViolationException" => RefusalCode::PasswordInHistory,
        "UsernameExistsException" => RefusalCode::UsernameExists,
        "AliasExistsException" => RefusalCode::AliasExists,
        "MFAMethodNotFoundException" | "SoftwareTokenMFANotFoundException" => {
            RefusalCode::MfaMethodNotFound
        }
        "EnableSoftwareTokenMFAException" => RefusalCode::SoftwareTokenRejected,
        "LimitExceededException" => RefusalCode::LimitExceeded,
        "TooManyFailedAttemptsException" => RefusalCode::TooManyFailedAttempts,
        "ConcurrentModificationException" | "DeviceKeyExistsException" => {
            RefusalCode::ConcurrentModification
        }
        "CodeDeliveryFailureException" => RefusalCode::CodeDeliveryFailed,
        "InvalidUserPoolConfigurationException"
        | "InvalidSmsRoleAccessPolicyException"
        | "InvalidSmsRoleTrustRelationshipException"
        | "InvalidEmailRoleAccessPolicyException" => RefusalCode::PoolConfiguration,
        "FeatureUnavailableInTierException"
        | "UserPoolAddOnNotEnabledException"
        | "WebAuthnNotEnabledException"
        | "WebAuthnConfigurationMissingException" => RefusalCode::FeatureUnavailable,
        "WebAuthnOriginNotAllowedException" | "WebAuthnRelyingPartyMismatchException" => {
            RefusalCode::PasskeyOrigin
        }
        "WebAuthnChallengeNotFoundException" => RefusalCode::PasskeyChallengeOver,
        "WebAuthnClientMismatchException" | "WebAuthnCredentialNotSupportedException" => {
            RefusalCode::PasskeyRejected
        }
        _ => RefusalCode::Other,
    }
}

/// One type for everything that is wrong with a token, a user or a client: the message decides.
/// Some messages end with a full stop, some do not.
fn not_authorized(message: &str) -> RefusalCode {
    match message.trim().trim_end_matches('.') {
        "Access Token has been revoked" => RefusalCode::TokenRevoked,
        "Access Token has expired" => RefusalCode::TokenExpired,
        "Access Token does not have required scopes" => RefusalCode::InsufficientScope,
        "Invalid Access Token" | "Could not verify signature for Access Token" => {
            RefusalCode::InvalidToken
        }
        "User is disabled" => RefusalCode::UserDisabled,
        "Invalid Refresh Token"
        | "Refresh Token has been revoked"
        | "Refresh Token has expired" => RefusalCode::InvalidRefreshToken,
        // No other name tells a spent `Session` from a wrong password.
        message if message.starts_with("Invalid session for the user") => {
            RefusalCode::ChallengeOver
        }
        message if is_about_the_secret(message) => RefusalCode::InvalidClient,
        _ => RefusalCode::NotAuthorized,
    }
}

fn is_about_the_secret(message: &str) -> bool {
    message.starts_with("Unable to verify secret hash for client ")
        || message.starts_with("SecretHash does not match for the client")
        || (message.starts_with("Client ")
            && (message.contains(" is configured with secret ")
                || message.contains(" is configured for secret ")))
}
