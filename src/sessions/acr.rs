//! `acr`: how a user was authenticated, compared with what was requested ([RFC
//! 9470](https://www.rfc-editor.org/rfc/rfc9470), OpenID Connect Core §2 and §3.1.2.1).

use http::HeaderValue;

use super::hook::NewSignIn;
use crate::claims::IdClaims;
pub(super) use crate::claims::acr::is_satisfied;

/// The code of a refusal for want of a class
/// ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
pub(super) const INSUFFICIENT: &str = "insufficient_user_authentication";

/// The longest list of classes that a sign-in may request, in bytes: it is sealed into a cookie.
const MAX_BYTES: usize = 256;

/// Whether this text can be requested: class names with spaces between, of characters without a meaning
/// in a challenge or in HTML.
pub(super) fn is_acr_values(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/#%+".contains(&b);
    let is_class = |class: &str| !class.is_empty() && class.bytes().all(fits);
    text.len() <= MAX_BYTES && text.split(' ').all(is_class)
}

/// The class of a sign-in, by its ID token or else by its access token.
pub(super) fn of(sign_in: &NewSignIn) -> Option<String> {
    let of_id = sign_in.id_claims.as_ref().and_then(IdClaims::acr);
    of_id.or_else(|| sign_in.claims.acr())
}

/// The challenge of a resource server to a token with too weak an authentication (RFC 9470 §3).
pub(super) fn challenge(asked: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(format!(r#"Bearer error="{INSUFFICIENT}", acr_values="{asked}""#)).ok()
}

#[cfg(test)]
mod tests;
