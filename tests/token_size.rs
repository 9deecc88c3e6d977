//! R5: the bound on tokens that are presented is a setting, and what reads them out of requests goes
//! by it.
#![allow(clippy::unwrap_used)]

mod support;

use cognito_auth::bearer::JwtBearer;
use cognito_auth::unverified::{DEFAULT_MAX_TOKEN_BYTES, LARGEST_TOKEN_BYTES, UnverifiedJwt};
use cognito_auth::{JwtVerifier, PoolSet, TokenVerifier, UserPool, VerifyError};
use http::HeaderMap;
use support::{CLIENT_ID, Signer, access_payload, static_keys, verifier_builder, with};

/// In 100 groups with names of 60 characters, and in roles of as long names beside.
fn large(signer: &Signer) -> String {
    let names = |prefix: &str| -> Vec<_> {
        (0..100).map(|number| format!("{prefix}{number:0length$}", length = 60)).collect()
    };
    let payload = with(access_payload(), "cognito:groups", Some(names("g").into()));
    signer.sign(&with(payload, "cognito:roles", Some(names("r").into())))
}

async fn bearer(verifier: impl TokenVerifier + 'static, token: &str) -> Result<usize, u16> {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    let credentials = JwtBearer::new(verifier).access(&headers).await;
    let credentials = credentials.map_err(|challenge| challenge.status().as_u16())?;
    Ok(credentials.claims().groups().count())
}

#[tokio::test]
async fn a_token_of_a_user_in_many_groups_is_accepted_where_the_bound_allows_it() {
    let signer = Signer::new("k1");
    let token = large(&signer);
    assert!(token.len() > DEFAULT_MAX_TOKEN_BYTES && token.len() < 20 * 1024, "{}", token.len());
    let by_default = verifier_builder(static_keys(&signer)).build().unwrap();
    let limit = DEFAULT_MAX_TOKEN_BYTES;
    assert_eq!(by_default.max_token_bytes(), limit);
    assert_eq!(by_default.verify_access(&token).await, Err(VerifyError::TooLarge { limit }));
    assert_eq!(bearer(by_default.clone(), &token).await, Err(401));

    let large = verifier_builder(static_keys(&signer)).max_token_bytes(20 * 1024).build().unwrap();
    for _ in 0..2 {
        let claims = large.verify_access(&token).await.unwrap();
        assert_eq!(claims.groups().count(), 100);
        assert!(claims.in_group(&format!("g{:060}", 99)));
    }
    assert_eq!(bearer(large.clone(), &token).await, Ok(100));

    // The largest bound of a set lets the token be read; its own verifier decides.
    let pools = PoolSet::new();
    assert_eq!(TokenVerifier::max_token_bytes(&pools), limit);
    pools.add(by_default).unwrap();
    assert_eq!(bearer(pools.clone(), &token).await, Err(401));
    pools.replace(large).unwrap();
    assert_eq!(TokenVerifier::max_token_bytes(&pools), 20 * 1024);
    assert_eq!(bearer(pools, &token).await, Ok(100));
}

#[tokio::test]
async fn the_bound_is_exact() {
    let signer = Signer::new("k1");
    let small = signer.sign(&access_payload());
    let padded = |bytes: usize| {
        let token = signer.sign(&with(access_payload(), "pad", Some("".into())));
        // Three characters of the payload are four of the token.
        let pad = (bytes - token.len()) / 4 * 3;
        signer.sign(&with(access_payload(), "pad", Some("x".repeat(pad).into())))
    };
    for bytes in [2048, 16 * 1024, 17 * 1024, LARGEST_TOKEN_BYTES] {
        let token = padded(bytes);
        let verifier =
            |limit| verifier_builder(static_keys(&signer)).max_token_bytes(limit).build().unwrap();
        assert!(token.len() > bytes - 8 && token.len() <= bytes);
        assert!(verifier(bytes).verify_access(&token).await.is_ok(), "{bytes}");
        assert!(UnverifiedJwt::parse_within(&token, bytes).is_ok());
        if token.len() > 2048 {
            let limit = token.len() - 1;
            let refused = Err(VerifyError::TooLarge { limit });
            assert_eq!(verifier(limit).verify_access(&token).await, refused);
            assert_eq!(bearer(verifier(limit), &token).await, Err(401));
            assert!(bearer(verifier(limit), &small).await.is_ok());
        }
    }
}

/// Claims with escapes are kept beside the payload as it was signed: more than 64 KiB in all.
#[tokio::test]
async fn the_longest_token_may_be_written_with_escapes() {
    let signer = Signer::new("k1");
    // Base64url turns 48 KiB into 64: header, signature and the other claims take some of it.
    let name = format!("\u{1}{}", "n".repeat(46 * 1024));
    let token = signer.sign(&with(access_payload(), "username", Some(name.as_str().into())));
    assert!(token.len() > 60 * 1024 && token.len() <= LARGEST_TOKEN_BYTES, "{}", token.len());
    let verifier = verifier_builder(static_keys(&signer))
        .max_token_bytes(LARGEST_TOKEN_BYTES)
        .build()
        .unwrap();
    let claims = verifier.verify_access(&token).await.unwrap();
    assert_eq!(claims.username(), Some(name.as_str()));
}

#[test]
fn the_bound_of_a_set_is_the_largest_of_the_pools_that_it_has_now() {
    let (signer, pools) = (Signer::new("k1"), PoolSet::new());
    let add = |id: &str, bytes| {
        let pool = UserPool::new(id).unwrap();
        let builder = JwtVerifier::builder(&pool).client_id(CLIENT_ID).keys(static_keys(&signer));
        pools.add(builder.max_token_bytes(bytes).build().unwrap()).unwrap();
        pool.issuers()[0].clone()
    };
    let ids = ["eu-west-1_Small1234", "eu-west-1_Large1234", "eu-west-1_Another12"];
    let issuers = [2048, 50_000, 50_000].into_iter().zip(ids).map(|(bytes, id)| add(id, bytes));
    let issuers: Vec<_> = issuers.collect();
    for (issuer, left) in issuers.iter().rev().zip([50_000, 2048, DEFAULT_MAX_TOKEN_BYTES]) {
        assert!(pools.remove(issuer));
        assert_eq!(pools.max_token_bytes(), left);
    }
}

#[test]
fn the_setting_has_a_range() {
    let signer = Signer::new("k1");
    for (bytes, is_good) in
        [(0, false), (2047, false), (2048, true), (65_536, true), (65_537, false)]
    {
        let built = verifier_builder(static_keys(&signer)).max_token_bytes(bytes).build();
        assert_eq!(built.is_ok(), is_good, "{bytes}");
        if let Err(error) = built {
            let text = "max_token_bytes is out of range: 2 KiB to 64 KiB";
            assert_eq!(error.to_string(), text);
        }
    }
}
