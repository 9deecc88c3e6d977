//! The JSON API's refusals: exception and message, word for word.
//!
//! Source: API reference, "Common Error Types" and the `Errors` of each operation; messages as they
//! are seen on the wire. Where no message was recorded, the one here is made up, and no client
//! should depend on it.

mod accounts;
mod devices;
mod sign_in;
mod web_authn;

use crate::error::{Refusal, RefusalCode};
use crate::testing::client::LocalClient;
use crate::testing::pool::sessions::RefreshRefusal;
use crate::testing::tokens::holder::AccessTokenRefusal;

/// Why an operation was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    /// `__type`, without a namespace.
    pub(crate) exception: &'static str,
    pub(crate) message: String,
    /// What the HTTP client makes of it.
    code: RefusalCode,
}

const MOST_MESSAGE_CHARACTERS: usize = 512;

/// What is quoted of a value in a message, which is a header too.
fn beginning(value: &str) -> String {
    value.chars().take(128).collect()
}

/// The exception that stands for most refusals: they differ by message only.
const NOT_AUTHORIZED: &str = "NotAuthorizedException";
const INVALID_PARAMETER: &str = "InvalidParameterException";

impl ApiError {
    fn new(exception: &'static str, code: RefusalCode, message: impl Into<String>) -> Self {
        let message: String = message.into();
        // It is a header too, and may quote what a client sent.
        let message = message.chars().take(MOST_MESSAGE_CHARACTERS).collect();
        Self { exception, message, code }
    }

    /// The same refusal as the in-memory pool gives it.
    pub(crate) fn refusal(&self) -> Refusal {
        Refusal::new(self.code).with_description(&self.message)
    }

    pub(crate) fn token_revoked() -> Self {
        Self::new(NOT_AUTHORIZED, RefusalCode::TokenRevoked, "Access Token has been revoked")
    }

    fn token_expired() -> Self {
        Self::new(NOT_AUTHORIZED, RefusalCode::TokenExpired, "Access Token has expired")
    }

    pub(crate) fn scope_missing() -> Self {
        let message = "Access Token does not have required scopes";
        Self::new(NOT_AUTHORIZED, RefusalCode::InsufficientScope, message)
    }

    fn token_invalid() -> Self {
        Self::new(NOT_AUTHORIZED, RefusalCode::InvalidToken, "Invalid Access Token")
    }

    fn signature_invalid() -> Self {
        let message = "Could not verify signature for Access Token";
        Self::new(NOT_AUTHORIZED, RefusalCode::InvalidToken, message)
    }

    pub(crate) fn refresh_token_invalid() -> Self {
        let code = RefusalCode::InvalidRefreshToken;
        Self::new(NOT_AUTHORIZED, code, "Invalid Refresh Token.")
    }

    fn refresh_token_revoked() -> Self {
        let code = RefusalCode::InvalidRefreshToken;
        Self::new(NOT_AUTHORIZED, code, "Refresh Token has been revoked")
    }

    fn refresh_token_expired() -> Self {
        let code = RefusalCode::InvalidRefreshToken;
        Self::new(NOT_AUTHORIZED, code, "Refresh Token has expired")
    }

    fn refresh_token_reused() -> Self {
        let code = RefusalCode::RefreshTokenReused;
        let message = "Refresh Token was used after it had been rotated";
        Self::new("RefreshTokenReuseException", code, message)
    }

    pub(crate) fn secret_hash_wrong(client: &LocalClient) -> Self {
        let message = format!("Unable to verify secret hash for client {}", client.id);
        Self::new(NOT_AUTHORIZED, RefusalCode::InvalidClient, message)
    }

    pub(crate) fn secret_hash_wrong_at_refresh(client: &LocalClient) -> Self {
        let message = format!("SecretHash does not match for the client: {}", client.id);
        Self::new(NOT_AUTHORIZED, RefusalCode::InvalidClient, message)
    }

    pub(crate) fn secret_hash_missing(client: &LocalClient) -> Self {
        let id = &client.id;
        let message =
            format!("Client {id} is configured with secret but SECRET_HASH was not received");
        Self::new(NOT_AUTHORIZED, RefusalCode::InvalidClient, message)
    }

    pub(crate) fn secret_missing(client: &LocalClient) -> Self {
        let id = &client.id;
        let message = format!("Client {id} is configured for secret but secret was not received");
        Self::new(NOT_AUTHORIZED, RefusalCode::InvalidClient, message)
    }

    pub(crate) fn client_not_found(id: &str) -> Self {
        let message = format!("User pool client {} does not exist.", beginning(id));
        Self::new("ResourceNotFoundException", RefusalCode::ResourceNotFound, message)
    }

    pub(crate) fn pool_not_found(id: &str) -> Self {
        let message = format!("User pool {} does not exist.", beginning(id));
        Self::new("ResourceNotFoundException", RefusalCode::ResourceNotFound, message)
    }

    /// A member that is missing.
    pub(crate) fn null_member(name: &str) -> Self {
        let message = format!(
            "1 validation error detected: Value null at '{name}' failed to satisfy constraint: \
             Member must not be null"
        );
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    /// A member outside its pattern. The beginning of the value is quoted where it is no secret.
    pub(crate) fn member_pattern(name: &str, value: Option<&str>, pattern: &str) -> Self {
        let quoted = |value: &str| format!("'{}' ", beginning(value));
        let value = value.map(quoted).unwrap_or_default();
        let message = format!(
            "1 validation error detected: Value {value}at '{name}' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: {pattern}"
        );
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    /// A member that is too short or too long. The value is not quoted.
    pub(crate) fn member_length(name: &str, (least, most): (usize, usize), length: usize) -> Self {
        let bound = match length < least {
            true => format!("greater than or equal to {least}"),
            false => format!("less than or equal to {most}"),
        };
        let message = format!(
            "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must have \
             length {bound}"
        );
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    /// A member that is none of the words that it may be.
    pub(crate) fn member_enum(name: &str, value: &str, words: &[&str]) -> Self {
        let quoted = beginning(value);
        let message = format!(
            "1 validation error detected: Value '{quoted}' at '{name}' failed to satisfy constraint: Member \
             must satisfy enum value set: [{}]",
            words.join(", ")
        );
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        let message = format!("Missing required parameter {name}");
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    pub(crate) fn unsupported_token_type() -> Self {
        let code = RefusalCode::UnsupportedTokenType;
        Self::new("UnsupportedTokenTypeException", code, "Only refresh tokens can be revoked")
    }

    pub(crate) fn unauthorized() -> Self {
        let message = "Client or client secret is not the one the token was issued to";
        Self::new("UnauthorizedException", RefusalCode::InvalidClient, message)
    }

    pub(crate) fn unknown_operation() -> Self {
        Self::new("UnknownOperationException", RefusalCode::Other, "Unknown operation")
    }

    pub(crate) fn not_json() -> Self {
        Self::new("SerializationException", RefusalCode::Other, "The body is not a JSON object")
    }

    pub(crate) fn throttled() -> Self {
        Self::new("TooManyRequestsException", RefusalCode::Other, "Rate exceeded")
    }
}

impl From<AccessTokenRefusal> for ApiError {
    fn from(refusal: AccessTokenRefusal) -> Self {
        match refusal {
            AccessTokenRefusal::Invalid => Self::token_invalid(),
            AccessTokenRefusal::SignatureInvalid => Self::signature_invalid(),
            AccessTokenRefusal::Expired => Self::token_expired(),
            AccessTokenRefusal::NoUser => Self::scope_missing(),
            AccessTokenRefusal::UserNotFound => Self::user_not_found(),
            AccessTokenRefusal::UserDisabled => Self::user_disabled(),
            AccessTokenRefusal::Revoked => Self::token_revoked(),
        }
    }
}

impl From<RefreshRefusal> for ApiError {
    fn from(refusal: RefreshRefusal) -> Self {
        match refusal {
            RefreshRefusal::Unknown => Self::refresh_token_invalid(),
            RefreshRefusal::UserNotFound => Self::user_not_found(),
            RefreshRefusal::UserDisabled => Self::user_disabled(),
            RefreshRefusal::Revoked => Self::refresh_token_revoked(),
            RefreshRefusal::Expired => Self::refresh_token_expired(),
            RefreshRefusal::Reused => Self::refresh_token_reused(),
        }
    }
}
