//! Addresses, issuers and settings of a pool.

use super::*;

#[test]
fn addresses_of_the_standard_partition() {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    assert_eq!(
        pool.issuers(),
        [
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
            "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
        ]
    );
    assert_eq!(pool.idp_endpoint().as_str(), "https://cognito-idp.eu-west-1.amazonaws.com/");
    assert_eq!(pool.token_endpoint().unwrap_err().code(), "missing");
}

#[test]
fn addresses_of_the_other_partitions() {
    for (id, region_and_suffix) in [
        ("us-gov-west-1_AbCdEf123", "us-gov-west-1.amazonaws.com"),
        ("cn-north-1_AbCdEf123", "cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1_AbCdEf123", "eusc-de-east-1.amazonaws.eu"),
    ] {
        let pool = UserPool::new(id).unwrap();
        let original = format!("https://cognito-idp.{region_and_suffix}");
        let updated = format!("https://issuer-cognito-idp.{region_and_suffix}");
        assert_eq!(pool.issuers(), [format!("{original}/{id}"), format!("{updated}/{id}")]);
        for (kind, issuer) in [(IssuerKind::Original, &original), (IssuerKind::Updated, &updated)] {
            let pool = pool.clone().with_issuer_kind(kind);
            assert_eq!(pool.issuers(), [format!("{issuer}/{id}")]);
        }
        let keys = format!("{original}/{id}/.well-known/jwks.json");
        assert_eq!(pool.jwks_uri().as_str(), keys);
        assert_eq!(pool.idp_endpoint().as_str(), format!("{original}/"));
    }
}

/// The id and the issuers name the primary Region, also in requests to a replica.
#[test]
fn a_replica_in_another_region_is_asked_at_its_addresses_about_the_same_issuers() {
    let primary = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let host = "https://cognito-idp.eu-central-1.amazonaws.com";
    let keys = format!("{host}/eu-west-1_AbCdEf123/.well-known/jwks.json");
    let replica = primary.clone().with_jwks_uri(&keys).unwrap().with_idp_endpoint(host).unwrap();
    assert_eq!(replica.id(), primary.id());
    assert_eq!(replica.issuers(), primary.issuers());
    assert_eq!(
        replica.clone().with_issuer_kind(IssuerKind::Updated).issuers(),
        ["https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"]
    );
    assert_eq!(replica.jwks_uri().as_str(), keys);
    assert_eq!(replica.idp_endpoint().as_str(), format!("{host}/"));
}

#[test]
fn a_domain_below_a_path_keeps_the_path() {
    let pool = UserPool::new("local_1").unwrap().with_domain("http://127.0.0.1:9100/pool1/");
    let url = pool.unwrap().token_endpoint().unwrap();
    assert_eq!(url.as_str(), "http://127.0.0.1:9100/pool1/oauth2/token");
}

#[test]
fn client_ids() {
    for good in ["a", "1example23456789abcdefghij", "A_b+c-d.e", &"a".repeat(128)] {
        check_client_id(good).unwrap();
    }
    for bad in ["", "a b", "a\n", "é", "a/b", &"a".repeat(129)] {
        assert_eq!(
            check_client_id(bad).unwrap_err().to_string(),
            "the client id is not 1 to 128 letters, digits, `_`, `+`, `-` or `.`: copy it from the app client's page",
        );
    }
}

#[test]
fn plain_http_is_for_loopback_only() {
    let pool = || UserPool::new("eu-west-1_AbCdEf123").unwrap();
    for good in ["http://127.0.0.1:1", "http://127.8.8.8", "http://[::1]:80", "http://localhost:9"]
    {
        pool().with_domain(good).unwrap();
        pool().with_jwks_uri(good).unwrap();
        pool().with_idp_endpoint(good).unwrap();
        pool().with_issuers([good]).unwrap();
    }
    for bad in ["http://example.com", "http://10.0.0.1", "http://localhost.example.com"] {
        let code = |result: Result<UserPool, ConfigError>| result.unwrap_err().code();
        assert_eq!(code(pool().with_domain(bad)), "insecure_url", "{bad}");
        assert_eq!(code(pool().with_jwks_uri(bad)), "insecure_url", "{bad}");
        assert_eq!(code(pool().with_idp_endpoint(bad)), "insecure_url", "{bad}");
        assert_eq!(code(pool().with_issuers([bad])), "insecure_url", "{bad}");
    }
    for bad in
        ["https://a\n", " https://a", "https://a/\tb", "https://a/é", "https://a b", "\u{feff}"]
    {
        assert_eq!(pool().with_issuers([bad]).unwrap_err().code(), "url", "{bad:?}");
    }
    for bad in ["", "example.com", "ftp://a", "https://u@a", "https://a/?q", "https://a/#f"] {
        assert_eq!(pool().with_domain(bad).unwrap_err().code(), "url", "{bad}");
    }
}
