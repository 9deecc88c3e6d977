//! Addresses in settings: absolute URLs with `https`, or `http` to loopback.

use url::Url;

use crate::error::ConfigError;
use crate::loopback::is_loopback_url;

/// Reads a base address. A path is kept; credentials, query and fragment are refused.
pub(super) fn parse(setting: &'static str, text: &str) -> Result<Url, ConfigError> {
    let refused = |reason| ConfigError::Url { setting, reason };
    if text.len() > 1024 {
        return Err(refused("it is longer than 1024 characters"));
    }
    let url = Url::parse(text)
        .map_err(|_| refused("it is not an absolute URL, such as https://auth.example.com"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("it contains a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("it contains a query or a fragment"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback_url(&url) => Ok(url),
        "http" => Err(ConfigError::InsecureUrl { setting }),
        _ => Err(refused("its scheme is not https")),
    }
}

/// `path` below `base`, which may end with a slash.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let joined = format!("{}{path}", base.path().trim_end_matches('/'));
    url.set_path(&joined);
    url
}
