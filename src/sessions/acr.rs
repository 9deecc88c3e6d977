//! `acr`: how a user was authenticated, compared with what was requested ([RFC
//! 9470](https://www.rfc-editor.org/rfc/rfc9470), OpenID Connect Core §2 and §3.1.2.1).

use http::HeaderValue;
use serde::Deserialize;
use serde_json::Value;

use super::hook::NewSignIn;

/// The code of a refusal for want of a class
/// ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
pub(super) const INSUFFICIENT: &str = "insufficient_user_authentication";

/// The longest list of classes that a sign-in may request, in bytes: it is sealed into a cookie.
const MAX_BYTES: usize = 256;

/// Cognito's classes, `urn:cognito:loa:1` to `4`, are levels of assurance: a higher level satisfies a
/// request for a lower one.
const COGNITO_LEVEL: &str = "urn:cognito:loa:";

#[derive(Deserialize)]
struct AcrClaim {
    acr: Option<Value>,
}

/// Whether this text can be requested: class names with spaces between, of characters without a meaning
/// in a challenge or in HTML.
pub(super) fn is_acr_values(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/#%+".contains(&b);
    let is_class = |class: &str| !class.is_empty() && class.bytes().all(fits);
    text.len() <= MAX_BYTES && text.split(' ').all(is_class)
}

/// The class of a sign-in, by its ID token or else by its access token.
pub(super) fn of(sign_in: &NewSignIn) -> Option<String> {
    let of_id = sign_in.id_claims.as_ref().map(|claims| claims.custom::<AcrClaim>());
    let of_id = of_id.and_then(Result::ok).and_then(|claims| claims.acr);
    let of_access = || sign_in.claims.custom::<AcrClaim>().ok()?.acr;
    match of_id.or_else(of_access)? {
        Value::String(acr) => Some(acr),
        _ => None,
    }
}

/// Whether the class of a sign-in is one of the requested ones. Lower feature tiers of Cognito ignore
/// `acr_values`, and a user can remove it from the address.
pub(super) fn is_satisfied(asked: &str, acr: Option<&str>) -> bool {
    acr.is_some_and(|acr| asked.split(' ').any(|asked| is_at_least(acr, asked)))
}

/// The challenge of a resource server to a token with too weak an authentication (RFC 9470 §3).
pub(super) fn challenge(asked: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(format!(r#"Bearer error="{INSUFFICIENT}", acr_values="{asked}""#)).ok()
}

fn is_at_least(acr: &str, asked: &str) -> bool {
    let levels = (cognito_level(acr), cognito_level(asked));
    acr == asked || matches!(levels, (Some(acr), Some(asked)) if acr >= asked)
}

fn cognito_level(class: &str) -> Option<u8> {
    match class.strip_prefix(COGNITO_LEVEL)?.as_bytes() {
        [digit @ b'1'..=b'9'] => Some(*digit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_asked_for() {
        let long = "a".repeat(256);
        for good in ["urn:cognito:loa:2", "a b", "https://x.example/loa#2", "phr", &long] {
            assert!(is_acr_values(good), "{good}");
        }
        let long = "a".repeat(257);
        for bad in ["", " ", "a ", " a", "a  b", "a\"b", "a\\b", "a\nb", "é", "<b>", "a,b", &long]
        {
            assert!(!is_acr_values(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_class_is_the_one_that_was_asked_for_or_a_higher_level_of_cognito() {
        let level = |level: &str| format!("urn:cognito:loa:{level}");
        for (acr, asked, expected) in [
            (level("2"), level("2"), true),
            (level("3"), level("2"), true),
            (level("1"), level("2"), false),
            (level("10"), level("2"), false),
            (level(""), level("2"), false),
            (level("0"), level("0"), true),
            ("urn:other:loa:3".to_owned(), level("2"), false),
            (level("3"), "urn:other:loa:2".to_owned(), false),
            ("phr".to_owned(), "phr".to_owned(), true),
            ("phr".to_owned(), "PHR".to_owned(), false),
        ] {
            assert_eq!(is_at_least(&acr, &asked), expected, "{acr} {asked}");
        }
    }
}
