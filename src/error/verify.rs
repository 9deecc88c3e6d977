//! [`VerifyError`]: why a token is not accepted, or why that cannot be told.

use super::{KeysUnavailable, RevocationError};

/// Which of the three parts of a compact JWS ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Part {
    Header,
    Payload,
    Signature,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Why a token is not accepted.
///
/// For the outside all refusals are one answer; the reason is for logs and metrics.
/// [`is_unavailable`](Self::is_unavailable) tells "this token is bad" from "we cannot tell".
/// Nothing of the token is in here, so an error can be logged as it is.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Longer than the verifier reads.
    #[error("the token is longer than {limit} bytes")]
    TooLarge {
        /// The bound, in bytes.
        limit: usize,
    },
    /// The header is longer than the verifier reads: longer than a header that names an algorithm
    /// and a key ever is.
    #[error("the header is longer than {limit} bytes")]
    HeaderTooLarge {
        /// The bound, in bytes of base64url.
        limit: usize,
    },
    /// Not three parts with dots between them. Five parts are an encrypted token, such as
    /// Cognito's refresh tokens.
    #[error("the token does not have three parts")]
    NotThreeParts,
    /// The field `Authorization` as a whole, with the scheme `Bearer` still before the token.
    #[error("the scheme `Bearer` is still before the token: pass only what follows it")]
    SchemeIncluded,
    /// A part that is not canonical base64url without padding
    /// ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)).
    #[error("the {part} is not canonical base64url")]
    NotBase64Url {
        /// Which part.
        part: Part,
    },
    /// A part that is not one JSON object in UTF-8, or has a member with one of the names that
    /// serde_json keeps for itself (`$serde_json::private::…`): callers would read another value
    /// than was signed.
    #[error("the {part} is not a JSON object")]
    NotJsonObject {
        /// Which part.
        part: Part,
    },
    /// A member name that stands twice, at any depth
    /// ([RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4), [RFC 7519 §4](https://www.rfc-editor.org/rfc/rfc7519#section-4)).
    #[error("the {part} has a member twice")]
    DuplicateMember {
        /// Which part.
        part: Part,
    },
    /// `alg` is missing, or is not the algorithm that was configured
    /// ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)).
    #[error("the algorithm is not the configured one")]
    AlgorithmNotAllowed,
    /// `crit` or `b64` in the header: no extension is supported.
    #[error("the header asks for an extension")]
    CriticalHeader,
    /// `jwk`, `jku`, `x5u`, `x5c`, `x5t` or `x5t#S256` in the header: the key is chosen by `kid` alone, and a
    /// token cannot name or contain another.
    #[error("the header brings a key of its own")]
    EmbeddedKey,
    /// `kid` is missing, not a string, or not 1 to 256 printable ASCII characters.
    #[error("the header has no usable key id")]
    KeyIdUnusable,
    /// `iss` is not exactly one of the accepted issuers.
    #[error("the issuer is not accepted")]
    IssuerNotAllowed,
    /// The issuer has no key of this id.
    #[error("the issuer has no key of this id")]
    UnknownKey,
    /// The key that was handed over is for something else: another algorithm, another key id.
    #[error("the key is not for this algorithm")]
    KeyMismatch,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    SignatureInvalid,
    /// A claim that must be there is missing.
    #[error("the claim {claim} is missing")]
    ClaimMissing {
        /// Its name.
        claim: &'static str,
    },
    /// A claim of the wrong type or outside its range.
    #[error("the claim {claim} is malformed")]
    ClaimMalformed {
        /// Its name.
        claim: &'static str,
    },
    /// An ID token where an access token is due, or the reverse.
    #[error("the token is for another use")]
    TokenUseMismatch,
    /// The token was issued to another app client.
    #[error("the token was issued to another client")]
    ClientNotAllowed,
    /// `exp` has passed.
    #[error("the token expired {ago} seconds ago")]
    Expired {
        /// Seconds since `exp`, leeway not counted.
        ago: u64,
    },
    /// `exp` lies further after `iat` than Cognito lets a token live.
    #[error("the token was made to live longer than {limit} seconds")]
    LifetimeTooLong {
        /// The bound, in seconds.
        limit: u64,
    },
    /// `nbf` is still to come.
    #[error("the token is not valid yet, for another {ahead} seconds")]
    NotYetValid {
        /// Seconds until `nbf`, leeway not counted.
        ahead: u64,
    },
    /// `iat` lies further ahead than clocks differ.
    #[error("the token was issued {ahead} seconds in the future")]
    IssuedInFuture {
        /// Seconds until `iat`.
        ahead: u64,
    },
    /// `aud` is not the one that was configured.
    #[error("the audience is not accepted")]
    AudienceNotAllowed,
    /// A client-credentials token where a user is required.
    #[error("the token is a machine's, and a user's is required")]
    UserRequired,
    /// A scope that the caller asked for is not in the token.
    #[error("the token lacks a required scope")]
    ScopeMissing,
    /// The user is not in a group that the caller asked for.
    #[error("the user is not in a required group")]
    GroupMissing,
    /// The user typed a password too long ago.
    #[error("the sign-in is {age} seconds old, more than the allowed {limit}")]
    TooOld {
        /// Seconds since `auth_time`.
        age: u64,
        /// The bound, in seconds.
        limit: u64,
    },
    /// `nonce` is not the one that was sent.
    #[error("the nonce differs")]
    NonceMismatch,
    /// `at_hash` does not fit the access token.
    #[error("the access token hash differs")]
    AccessTokenHashMismatch,
    /// `sub` is another user than the caller expects.
    #[error("the token is about another user")]
    SubjectMismatch,
    /// The caller's own check said no.
    #[error("refused by the application's own check: {code}")]
    CustomCheck {
        /// The word that the check gave.
        code: &'static str,
    },
    /// Signed out or revoked.
    #[error("the token has been revoked")]
    Revoked,
    /// The issuer's keys are not at hand.
    #[error("the issuer's keys are not available: {0}")]
    KeysUnavailable(KeysUnavailable),
    /// It cannot be told whether the token was revoked.
    #[error("revocation cannot be checked: {0}")]
    RevocationUnavailable(RevocationError),
}

debug_in_words!(VerifyError);

impl VerifyError {
    /// A stable word for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "token_too_large",
            Self::HeaderTooLarge { .. } => "header_too_large",
            Self::NotThreeParts => "not_three_parts",
            Self::SchemeIncluded => "scheme_included",
            Self::NotBase64Url { part: Part::Header } => "header_not_base64url",
            Self::NotBase64Url { part: Part::Payload } => "payload_not_base64url",
            Self::NotBase64Url { part: Part::Signature } => "signature_not_base64url",
            Self::NotJsonObject { part: Part::Header } => "header_not_object",
            Self::NotJsonObject { .. } => "payload_not_object",
            Self::DuplicateMember { part: Part::Header } => "header_duplicate_member",
            Self::DuplicateMember { .. } => "payload_duplicate_member",
            Self::AlgorithmNotAllowed => "algorithm_not_allowed",
            Self::CriticalHeader => "critical_header",
            Self::EmbeddedKey => "embedded_key",
            Self::KeyIdUnusable => "key_id_unusable",
            Self::IssuerNotAllowed => "issuer_not_allowed",
            Self::UnknownKey => "unknown_key",
            Self::KeyMismatch => "key_mismatch",
            Self::SignatureInvalid => "signature_invalid",
            Self::ClaimMissing { .. } => "claim_missing",
            Self::ClaimMalformed { .. } => "claim_malformed",
            Self::TokenUseMismatch => "token_use_mismatch",
            Self::ClientNotAllowed => "client_not_allowed",
            Self::Expired { .. } => "expired",
            Self::LifetimeTooLong { .. } => "lifetime_too_long",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::IssuedInFuture { .. } => "issued_in_future",
            Self::AudienceNotAllowed => "audience_not_allowed",
            Self::UserRequired => "user_required",
            Self::ScopeMissing => "scope_missing",
            Self::GroupMissing => "group_missing",
            Self::TooOld { .. } => "too_old",
            Self::NonceMismatch => "nonce_mismatch",
            Self::AccessTokenHashMismatch => "access_token_hash_mismatch",
            Self::SubjectMismatch => "subject_mismatch",
            Self::CustomCheck { .. } => "custom_check",
            Self::Revoked => "revoked",
            Self::KeysUnavailable(_) => "keys_unavailable",
            Self::RevocationUnavailable(_) => "revocation_unavailable",
        }
    }

    /// "We cannot tell" (a 503), as opposed to "this token is bad" (401 or 403).
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::KeysUnavailable(_) | Self::RevocationUnavailable(_))
    }

    /// The token is good, but not for this: a scope or group is missing (a 403).
    pub fn is_insufficient(&self) -> bool {
        matches!(self, Self::ScopeMissing | Self::GroupMissing)
    }
}
