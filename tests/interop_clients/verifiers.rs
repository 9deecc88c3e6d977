//! The stories of other people's verifiers: the pool's tokens through its JWKS, good ones and bad.

use cognito_auth::testing::{Endpoint, LocalUserPool, TokenSpec};
use serde_json::{Map, Value};

use crate::certificate::Certificate;
use crate::peers::Peers;
use crate::pool::{CONFIDENTIAL_ID, MACHINE_ID, USER_NAME, expect, pool, settings};

#[tokio::test]
async fn aws_jwt_verify() {
    let Some(peers) = Peers::installed() else { return };
    let Some(certificate) = Certificate::made() else { return };
    let pool = pool(None);
    let aws = format!("https://cognito-idp.eu-west-1.amazonaws.com/{}", pool.user_pool().id());
    let mut settings = settings(&pool);
    settings.extend([
        ("TOKENS", tokens(&pool, None)),
        ("COGNITOS_TOKENS", tokens(&pool, Some(&aws))),
        ("TLS_KEY", certificate.key.display().to_string()),
        ("NODE_EXTRA_CA_CERTS", certificate.certificate.display().to_string()),
    ]);
    let said = peers.run("aws_jwt_verify.mjs", &settings).await;
    expect(
        "aws-jwt-verify",
        &said,
        &[
            "CognitoJwtVerifier: accepts access, ID and machines' tokens",
            "CognitoJwtVerifier: refuses wrong client, wrong use, tampered, forged, expired, no signature, unknown key",
            "CognitoJwtVerifier: needs no network, with keys put there by hand",
            "CognitoJwtVerifier: finds groups and scopes where they are demanded",
            "JwtVerifier: fetches the keys over https, in the form and with the type that it wants",
            "JwtVerifier: accepts access, ID and machines' tokens",
            "JwtVerifier: refuses wrong client, wrong use, tampered, forged, expired, no signature, unknown key",
        ],
    );
}

#[tokio::test]
async fn pyjwt() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let mut settings = settings(&pool);
    settings.push(("TOKENS", tokens(&pool, None)));
    let said = peers.run("pyjwt.py", &settings).await;
    assert!(pool.requests(Endpoint::Jwks) > 0);
    expect(
        "PyJWT",
        &said,
        &[
            "accepts an access token, with the pool's JWKS address",
            "accepts an ID token, which another key has signed",
            "accepts a machine's token",
            "refuses tokens of another client",
            "refuses tokens of the other use",
            "refuses tampered and forged tokens",
            "refuses an expired token",
            "refuses a token of another pool",
            "refuses a token without a signature",
            "refuses a token of an unknown key",
        ],
    );
}

/// Good tokens and bad ones, by name. `issuer` stands in for the pool's own.
fn tokens(pool: &LocalUserPool, issuer: Option<&str>) -> String {
    let access = || TokenSpec::access(USER_NAME);
    let id = || TokenSpec::id(USER_NAME);
    let machine = TokenSpec::machine().client_id(MACHINE_ID).scopes(["api/read"]);
    let tokens = [
        ("access", access()),
        ("id", id()),
        ("machine", machine.claim("sub", MACHINE_ID)),
        ("access of another client", access().client_id(CONFIDENTIAL_ID)),
        ("id of another client", id().client_id(CONFIDENTIAL_ID)),
        ("tampered", access().with_broken_signature()),
        ("signed by a stranger", access().signed_by_stranger()),
        ("expired", access().expired()),
        ("without a signature", access().algorithm_text("none").without_signature()),
        ("with the algorithm HS256", access().algorithm_text("HS256")),
        ("of an unknown key", access().kid("unknown")),
    ];
    let token = |spec: TokenSpec| {
        Value::from(pool.token(&match issuer {
            Some(issuer) => spec.issuer(issuer),
            None => spec,
        }))
    };
    let mut tokens: Map<String, Value> =
        tokens.map(|(name, spec)| (name.to_owned(), token(spec))).into_iter().collect();
    let elsewhere = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Elsewhere";
    let other = pool.token(&access().issuer(elsewhere));
    tokens.insert("of another pool".to_owned(), other.into());
    Value::from(tokens).to_string()
}
