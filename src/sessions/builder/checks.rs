//! The checks of the settings.

use url::Url;

use crate::error::{AuthError, ConfigError, RequiredSetting, UrlProblem, ValueProblem};
use crate::idp::sign_in::check_redirect_uri;
use crate::idp::{IdentityProvider, SignInRequest};

/// Parses the redirect URI, whose origin is the site's.
pub(super) fn site(redirect_uri: &str) -> Result<Url, ConfigError> {
    if redirect_uri.is_empty() {
        return Err(ConfigError::Missing { setting: RequiredSetting::RedirectUri });
    }
    let refused = |reason| ConfigError::Url { setting: "redirect_uri", reason };
    check_redirect_uri(redirect_uri).map_err(refused)?;
    let url = Url::parse(redirect_uri).map_err(|_| refused(UrlProblem::CallbackNotAbsolute))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(refused(UrlProblem::NotAWebSite));
    }
    if url.query().is_some() {
        return Err(refused(UrlProblem::CallbackQuery));
    }
    Ok(url)
}

/// The app client's id, from a sign-in that the provider begins. So a provider that cannot begin a
/// sign-in fails here, and not at the first sign-in of a user.
pub(super) fn client_id(
    identity_provider: &dyn IdentityProvider,
    redirect_uri: &str,
) -> Result<String, ConfigError> {
    let sign_in = identity_provider.sign_in(SignInRequest::new(redirect_uri));
    let sign_in = sign_in.map_err(|error| match error {
        AuthError::Config(error) => error,
        _ => {
            ConfigError::Value { setting: "the identity provider", reason: ValueProblem::NoSignIn }
        }
    })?;
    let client_id = sign_in.url.query_pairs().find(|(name, _)| name == "client_id");
    let client_id = client_id.map(|(_, value)| value.into_owned());
    client_id.filter(|id| !id.is_empty()).ok_or(ConfigError::Value {
        setting: "the identity provider",
        reason: ValueProblem::NoClientId,
    })
}

/// Checks for a token of RFC 9110 §5.6.2 that is not the name of another cookie of this crate.
pub(super) fn cookie_name(name: &str) -> Result<(), ConfigError> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let is_ours = name.starts_with("signin-") || name == "signed-in";
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) && !is_ours {
        return Ok(());
    }
    Err(ConfigError::Value { setting: "cookie_name", reason: ValueProblem::NotACookieName })
}

#[cfg(test)]
mod tests;
