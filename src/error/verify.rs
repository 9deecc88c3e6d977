//! [`VerifyError`]: why a token is refused, or could not be checked. The list has everything about each
//! error: its code, its text, the response, and what to check.

mod answers;
mod list;
#[cfg(any(test, feature = "testing"))]
mod sample;

use std::time::Duration;

use super::{KeysUnavailable, Part, RevocationError};
pub(crate) use list::RefusedAs;
use list::{verify_errors, word_of};

verify_errors! {

/// Why a token is refused, or could not be checked ([`is_unavailable`](Self::is_unavailable)).
///
/// Use the reason for logs and metrics, and give clients the same response for every refusal
/// ([`Challenge`](crate::bearer::Challenge) does). An error contains no part of the token, so it can be
/// logged.
pub enum VerifyError;

InvalidToken, genuine: false {
    /// The token is longer than the verifier accepts.
    TooLarge {
        /// The bound, in bytes.
        limit: usize,
    } = "token_too_large",
        "the token is longer than {limit} bytes",
        "size: send the token alone; if it is Cognito's, write fewer claims or groups into it, or \
         raise max_token_bytes()";

    /// The header is longer than the verifier accepts. A header with an algorithm and a key id is never as
    /// long.
    HeaderTooLarge {
        /// The bound, in bytes of base64url.
        limit: usize,
    } = "header_too_large",
        "the header is longer than {limit} bytes",
        "form: Cognito makes no such token; see who sends it";

    /// The token does not have three parts with dots between them. Five parts are an encrypted token, such
    /// as Cognito's refresh tokens.
    NotThreeParts = "not_three_parts",
        "the token does not have three parts",
        "form: a JWT has three parts, a refresh token has five; send the access token";

    /// The text is the whole value of `Authorization`, with the scheme `Bearer` before the token.
    SchemeIncluded = "scheme_included",
        "the scheme `Bearer` is still before the token: pass only what follows it",
        "Authorization: send `Bearer` once, then the token";

    /// A part that is not canonical base64url without padding
    /// ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)).
    NotBase64Url {
        /// Which part.
        part: Part,
    } = "header_not_base64url" | "payload_not_base64url" | "signature_not_base64url" of part,
        "the {part} is not canonical base64url",
        "form: send the token whole, unchanged and without quotes";

    /// A part that is not one JSON object in UTF-8, or has a member with one of the names that
    /// serde_json keeps for itself (`$serde_json::private::…`): callers would read another value
    /// than was signed.
    NotJsonObject {
        /// Which part.
        part: Part,
    } = "header_not_object" | "payload_not_object" of part,
        "the {part} is not a JSON object",
        "form: send the token whole, unchanged and without quotes";

    /// An object has two members of the same name, at any depth
    /// ([RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4), [RFC 7519 §4](https://www.rfc-editor.org/rfc/rfc7519#section-4)).
    DuplicateMember {
        /// Which part.
        part: Part,
    } = "header_duplicate_member" | "payload_duplicate_member" of part,
        "the {part} has a member twice",
        "form: Cognito makes no such token; see who sends it";

    /// `alg` is missing, or is not the algorithm that was configured
    /// ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)).
    AlgorithmNotAllowed = "algorithm_not_allowed",
        "the algorithm is not the configured one",
        "alg: Cognito signs with RS256, so take a token from the pool's own token endpoint; another \
         issuer's algorithm is set at the verifier";

    /// `crit` or `b64` in the header: no extension is supported.
    CriticalHeader = "critical_header",
        "the header asks for an extension",
        "form: Cognito makes no such token; see who sends it";

    /// `jwk`, `jku`, `x5u`, `x5c`, `x5t` or `x5t#S256` in the header: the key is chosen by `kid` alone, and a
    /// token cannot name or contain another.
    EmbeddedKey = "embedded_key",
        "the header brings a key of its own",
        "form: Cognito makes no such token; see who sends it";

    /// `kid` is missing, or not 1 to 256 printable ASCII characters; for an `AlbVerifier`, not a UUID.
    KeyIdUnusable = "key_id_unusable",
        "the header has no usable key id",
        "form: Cognito makes no such token; see who sends it";

    /// `iss` is not exactly one of the accepted issuers.
    IssuerNotAllowed = "issuer_not_allowed",
        "the issuer is not accepted",
        "iss: the user pool that the token is from, and the id and Region of the verifier's pool";

    /// `signer` in the header is missing, or is not a load balancer or Verified Access instance that the
    /// `AlbVerifier` accepts.
    SignerNotAllowed = "signer_not_allowed",
        "the signer is not accepted",
        "signer: the ARN of the load balancer that the request came through, and the verifier's";

    /// The issuer has no key of this id.
    UnknownKey = "unknown_key",
        "the issuer has no key of this id",
        "kid: the pool has published no such key; an emulator was restarted, or the token is old";

    /// The key set returned a key for another algorithm, or with another key id, than the token's.
    KeyMismatch = "key_mismatch",
        "the key is not for this algorithm",
        "keys: the key set has a key of this kid for another algorithm than the verifier's";

    /// The signature does not hold.
    SignatureInvalid = "signature_invalid",
        "the signature does not hold",
        "signature: the token was changed or cut, or another issuer signed it";

    /// A required claim is missing.
    ClaimMissing {
        /// Its name.
        claim: &'static str,
    } = "claim_missing",
        "the claim {claim} is missing",
        "claims: what the pre token generation trigger changes; max_age needs auth_time";

    /// A claim has the wrong type, or is outside its range.
    ClaimMalformed {
        /// Its name.
        claim: &'static str,
    } = "claim_malformed",
        "the claim {claim} is malformed",
        "claims: what the pre token generation trigger changes; max_age needs auth_time";

    /// An ID token was passed where an access token is expected, or the reverse.
    TokenUseMismatch = "token_use_mismatch",
        "the token is for another use",
        "token_use: an ID token is no access token, and the reverse";

    /// The token was issued to another app client.
    ClientNotAllowed = "client_not_allowed",
        "the token was issued to another client",
        "client_id of an access token, aud of an ID token: the app client that signs in, and the \
         ones that the verifier accepts";

    /// `exp` has passed.
    Expired {
        /// The time since `exp`, in whole seconds; leeway not counted.
        ago: Duration,
    } = "expired",
        "the token expired {} seconds ago" seconds(ago),
        "exp: refresh the token; if it is new, set this machine's clock or leeway()";

    /// The time from `iat` to `exp` is longer than the longest lifetime that Cognito allows.
    LifetimeTooLong {
        /// The bound.
        limit: Duration,
    } = "lifetime_too_long",
        "the token was made to live longer than {} seconds" seconds(limit),
        "exp and iat: Cognito's tokens live for a day at most; see who made this one";

    /// `nbf` is in the future.
    NotYetValid {
        /// The time until `nbf`, in whole seconds; leeway not counted.
        ahead: Duration,
    } = "not_yet_valid",
        "the token is not valid yet, for another {} seconds" seconds(ahead),
        "nbf and iat: this machine's clock is behind; set it, or leeway()";

    /// `iat` is further in the future than the tolerance, one minute, and the leeway allow.
    IssuedInFuture {
        /// The time until `iat`, in whole seconds.
        ahead: Duration,
    } = "issued_in_future",
        "the token was issued {} seconds in the future" seconds(ahead),
        "nbf and iat: this machine's clock is behind; set it, or leeway()";

    /// `aud` is not one that was configured: the token is for another service. It is not genuine here, so
    /// its user is not signed out with it.
    AudienceNotAllowed = "audience_not_allowed",
        "the audience is not accepted",
        "aud of an access token: the resource that it was asked for, and resource() of the verifier";

    /// The token was issued to an app client without a user (client credentials), and the verifier requires
    /// a user.
    UserRequired = "user_required",
        "the token is a machine's, and a user's is required",
        "the token is from client credentials; accept_client_credentials() lets machines in";

    /// `nonce` is not the one that was sent.
    NonceMismatch = "nonce_mismatch",
        "the nonce differs",
        "nonce: the ID token belongs to another sign-in than the one it is compared with";

    /// `at_hash` does not fit the access token.
    AccessTokenHashMismatch = "access_token_hash_mismatch",
        "the access token hash differs",
        "at_hash and sub: the tokens of one answer belong together";

    /// `sub` is not the user that the caller expects.
    SubjectMismatch = "subject_mismatch",
        "the token is about another user",
        "at_hash and sub: the tokens of one answer belong together";
}

InsufficientAuthentication, genuine: true {
    /// The user signed in longer ago than [`max_age`](crate::JwtVerifierBuilder::max_age) or
    /// [`require_auth_within`](crate::AccessClaims::require_auth_within) allows.
    TooOld {
        /// The time since `auth_time`, in whole seconds.
        age: Duration,
        /// The bound, in whole seconds.
        limit: Duration,
    } = "too_old",
        "the sign-in is {} seconds old, more than the allowed {}" seconds(age, limit),
        "auth_time: the user has to sign in again; a refresh does not count";

    /// The user was not authenticated by a required class
    /// ([`require_acr`](crate::AccessClaims::require_acr)).
    AcrInsufficient {
        /// The classes that are required, with spaces between them.
        acr_values: Box<str>,
    } = "acr_insufficient",
        "the sign-in is not of the required authentication context class {acr_values}",
        "acr: sign in with acr_values; only some feature tiers of Cognito write the claim";
}

InvalidToken, genuine: true {
    /// The caller's own check refused the token.
    CustomCheck {
        /// The word that the check returned.
        code: &'static str,
    } = "custom_check",
        "refused by the application's own check: {code}",
        "check_access() or check_id() of this application: its word is in the error";

    /// The user was signed out, or the token or its session was revoked.
    Revoked = "revoked",
        "the token has been revoked",
        "revocation: the user signed out, or the token was revoked";
}

InsufficientScope, genuine: true {
    /// The token lacks a required scope.
    ScopeMissing = "scope_missing",
        "the token lacks a required scope",
        "scope: the scopes that the sign-in asks for and the app client allows, and those that are \
         required here";

    /// The user is not in a required group.
    GroupMissing = "group_missing",
        "the user is not in a required group",
        "cognito:groups: the user's groups when the token was issued, and those that are required \
         here";

    /// The token is a user's, and the route is for machines (client credentials).
    MachineRequired = "machine_required",
        "the token is a user's, and a machine's is required",
        "the token is from a user's sign-in; this route takes tokens from client credentials";

    /// The ID token does not say that the user's e-mail address is verified, which the verifier requires.
    EmailNotVerified = "email_not_verified",
        "the user's e-mail address is not verified",
        "email_verified of an ID token: the user has to verify the address, then sign in again or \
         refresh; the app client needs read permission for it";
}

Unavailable, genuine: false {
    /// The issuer's keys are not available.
    KeysUnavailable(KeysUnavailable) = "keys_unavailable",
        "the issuer's keys are not available: {0}",
        "keys: let this machine reach the address of the pool's keys; the error says what failed";
}

// Every rule before the revocations held.
Unavailable, genuine: true {
    /// A revocation store cannot say whether the token was revoked.
    RevocationUnavailable(RevocationError) = "revocation_unavailable",
        "revocation cannot be checked: {0}",
        "revocation: see that the revocation store can be reached";
}

}

debug_in_words!(VerifyError);

#[cfg(test)]
mod tests;
