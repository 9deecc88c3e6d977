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
mod tests {
    use super::*;
    use crate::pool::UserPool;

    fn reason(id: &str, domain: &str) -> Option<String> {
        match UserPool::new(id).unwrap().with_domain(domain) {
            Ok(_) => None,
            Err(ConfigError::Url { setting: "domain", reason }) => Some(reason.to_string()),
            Err(error) => panic!("{domain}: {error}"),
        }
    }

    #[test]
    fn domains_that_exist_are_taken() {
        for (id, domain) in [
            ("eu-west-1_AbCdEf123", "https://my-app.auth.eu-west-1.amazoncognito.com"),
            ("eu-west-1_AbCdEf123", "https://my-app.auth.eu-west-1.amazoncognito.com/"),
            ("eu-west-1_AbCdEf123", "https://login.example.com"),
            ("eu-west-1_AbCdEf123", "https://login.example.com/pool1"),
            ("eu-west-1_AbCdEf123", "https://auth.us-east-1.example.com"),
            ("us-gov-west-1_AbCdEf123", "https://my-app.auth-fips.us-gov-west-1.amazoncognito.com"),
            ("cn-north-1_AbCdEf123", "https://my-app.auth.cn-north-1.amazoncognito.com.cn"),
            ("eusc-de-east-1_AbCdEf123", "https://my-app.auth.eusc-de-east-1.amazoncognito.eu"),
            ("local_1", "http://127.0.0.1:9100/pool1/"),
            ("local_1", "https://my-app.auth.eu-west-1.amazoncognito.com"),
        ] {
            assert_eq!(reason(id, domain), None, "{domain}");
        }
    }

    /// R14
    #[test]
    fn what_is_no_domain_is_refused_with_what_to_write_instead() {
        let cognito = "https://my-app.auth.eu-west-1.amazoncognito.com";
        for (expected, domains) in [
            (
                "leads to a page of the domain: leave out the path",
                vec![
                    format!("{cognito}/login"),
                    format!("{cognito}/login/"),
                    format!("{cognito}/oauth2"),
                    format!("{cognito}/oauth2/authorize"),
                    format!("{cognito}/oauth2/token"),
                    format!("{cognito}/oauth2/userInfo"),
                    format!("{cognito}/eu-west-1_AbCdEf123"),
                    "https://login.example.com/login".to_owned(),
                    "https://login.example.com/oauth2/authorize".to_owned(),
                    "https://login.example.com/.well-known/openid-configuration".to_owned(),
                    "http://127.0.0.1:9100/pool1/oauth2/token".to_owned(),
                ],
            ),
            (
                "is not of the user pool's Region",
                vec![
                    "https://my-app.auth.eu-west-2.amazoncognito.com".to_owned(),
                    "https://my-app.auth.us-gov-west-1.amazoncognito.com".to_owned(),
                    "https://my-app.amazoncognito.com".to_owned(),
                    "https://auth.eu-west-1.amazoncognito.com".to_owned(),
                    "https://a.my-app.auth.eu-west-1.amazoncognito.com".to_owned(),
                ],
            ),
            (
                "is the address of Cognito's API: copy the domain from the Cognito console",
                vec![
                    "https://cognito-idp.eu-west-1.amazonaws.com".to_owned(),
                    "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123".to_owned(),
                    "https://issuer-cognito-idp.eu-west-1.amazonaws.com".to_owned(),
                    "https://cognito-idp-fips.us-east-1.amazonaws.com".to_owned(),
                ],
            ),
        ] {
            for domain in domains {
                let reason = reason("eu-west-1_AbCdEf123", &domain).expect(&domain);
                assert!(reason.contains(expected), "{domain}: {reason}");
                assert!(reason.contains("https://my-app.auth."), "{domain}: {reason}");
            }
        }
    }

    /// The reverse mistake: the API is not at the domain, and has no path.
    #[test]
    fn the_api_is_not_at_the_domain() {
        let endpoint =
            |text: &str| UserPool::new("eu-west-1_AbCdEf123").unwrap().with_idp_endpoint(text);
        for bad in [
            "https://my-app.auth.eu-west-1.amazoncognito.com",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
        ] {
            let error = endpoint(bad).unwrap_err().to_string();
            assert!(error.contains("https://cognito-idp.eu-west-1.amazonaws.com"), "{error}");
        }
        endpoint("https://cognito-idp-fips.us-east-1.amazonaws.com").unwrap();
        endpoint("http://127.0.0.1:4566/cognito").unwrap();
    }
}
