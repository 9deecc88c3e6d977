//! `acr`: how a user was authenticated, compared with what is required (OpenID Connect Core §2,
//! [RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).

use serde::Deserialize;
use serde::de::IgnoredAny;

/// Cognito's classes, `urn:cognito:loa:1` to `4`, are levels of assurance: a higher level satisfies a
/// request for a lower one.
const COGNITO_LEVEL: &str = "urn:cognito:loa:";

/// The claim, where it is a string.
#[derive(Deserialize)]
pub(super) struct AcrClaim {
    pub(super) acr: Option<StringOrOther>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum StringOrOther {
    String(String),
    Other(IgnoredAny),
}

/// Whether the class of a sign-in is one of the required ones, which have spaces between them. Lower
/// feature tiers of Cognito write no class.
pub(crate) fn is_satisfied(required: &str, acr: Option<&str>) -> bool {
    acr.is_some_and(|acr| required.split(' ').any(|required| is_at_least(acr, required)))
}

fn is_at_least(acr: &str, required: &str) -> bool {
    let levels = (cognito_level(acr), cognito_level(required));
    acr == required || matches!(levels, (Some(acr), Some(required)) if acr >= required)
}

fn cognito_level(class: &str) -> Option<u8> {
    match class.strip_prefix(COGNITO_LEVEL)?.as_bytes() {
        [digit @ b'1'..=b'9'] => Some(*digit),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
