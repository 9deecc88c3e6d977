//! The pool's domain: a prefix domain of Cognito or a custom one, without the path of a page.

use url::Url;

use super::address::parse;
use super::id::UserPoolId;
use crate::error::{ConfigError, UrlProblem};

/// Paths of the pages and endpoints of a domain (Developer Guide, "User pool endpoints and managed
/// login"). An address that ends with one was copied from a browser or a tutorial.
const PAGES: [&str; 16] = [
    "/login",
    "/logout",
    "/signup",
    "/error",
    "/oauth2",
    "/oauth2/authorize",
    "/oauth2/token",
    "/oauth2/userinfo",
    "/oauth2/revoke",
    "/oauth2/idpresponse",
    "/saml2/idpresponse",
    "/saml2/logout",
    "/.well-known/openid-configuration",
    "/.well-known/jwks.json",
    "/forgotpassword",
    "/passkeys/add",
];

pub(super) fn domain(id: &UserPoolId, text: &str) -> Result<Url, ConfigError> {
    let url = parse("domain", text)?;
    let refused = |reason| Err(ConfigError::Url { setting: "domain", reason });
    let host = url.host_str().unwrap_or_default();
    if host.starts_with("cognito-idp.")
        || host.starts_with("cognito-idp-fips.")
        || host.starts_with("issuer-cognito-idp.")
    {
        return refused(UrlProblem::ApiForDomain);
    }
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let prefix = Prefix::of(host);
    if PAGES.iter().any(|page| path.ends_with(page)) || prefix.is_some() && !path.is_empty() {
        return refused(UrlProblem::PageForDomain);
    }
    match prefix {
        Some(Prefix { region }) if id.region() != "local" && region != Some(id.region()) => {
            refused(UrlProblem::DomainOfOtherRegion)
        }
        _ => Ok(url),
    }
}

/// A prefix domain, which is one of Cognito's own, as opposed to a custom domain.
struct Prefix<'a> {
    region: Option<&'a str>,
}

impl<'a> Prefix<'a> {
    /// `<prefix>.auth.<region>.amazoncognito.<…>`; `auth-fips` in GovCloud.
    fn of(host: &'a str) -> Option<Self> {
        let (before, _) = host.split_once(".amazoncognito.")?;
        let mut labels = before.split('.');
        let region = match (labels.next(), labels.next(), labels.next(), labels.next()) {
            (Some(_), Some("auth" | "auth-fips"), Some(region), None) => Some(region),
            _ => None,
        };
        Some(Self { region })
    }
}

#[cfg(test)]
mod tests;
