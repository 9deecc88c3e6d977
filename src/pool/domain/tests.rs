//! Tests of `pool::domain`.

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
