//! Addresses in settings: absolute URLs with `https`, or `http` to loopback.

use url::Url;

use crate::error::{ConfigError, UrlProblem};
use crate::loopback::is_loopback_url;

/// Reads a base address. A path is kept; credentials, query and fragment are refused.
pub(crate) fn parse(setting: &'static str, text: &str) -> Result<Url, ConfigError> {
    let refused = |reason| ConfigError::Url { setting, reason };
    if text.len() > 1024 {
        return Err(refused(UrlProblem::TooLong));
    }
    let url = Url::parse(text).map_err(|_| refused(UrlProblem::NotAbsolute))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(UrlProblem::Credentials));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused(UrlProblem::QueryOrFragment));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback_url(&url) => Ok(url),
        "http" => Err(ConfigError::InsecureUrl { setting }),
        _ => Err(refused(UrlProblem::NotHttps)),
    }
}

/// `path` below `base`, which may end with a slash.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let joined = format!("{}{path}", base.path().trim_end_matches('/'));
    url.set_path(&joined);
    url
}
