//! Where keys are fetched, and what is asked: the address that is configured, and nothing of a
//! token's own.

use cognito_auth::keys::RemoteKeySet;
use cognito_auth::{IssuerKind, UserPool, VerifyError};
use serde_json::json;
use tokio::time::advance;

use super::support::{self, Answer, FrozenTime, KeyServer, Signer, access_payload, jwks, with};
use super::{COOL_DOWN, setup, token, verifier_of};

fn lines(server: &KeyServer) -> Vec<String> {
    server.heads().iter().map(|head| head.lines().next().unwrap().to_owned()).collect()
}

/// The keys are at one address, whichever issuer a token names: the updated one serves none here.
#[tokio::test]
async fn tokens_of_both_issuers_of_a_pool_are_one_request_at_the_address_of_the_keys() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let (verifier, _) = setup(&server);
    let [original, updated] = [IssuerKind::Original, IssuerKind::Updated].map(|kind| {
        let pool = UserPool::new(support::POOL_ID).unwrap().with_issuer_kind(kind);
        let [issuer] = pool.issuers() else { panic!("{:?}", pool.issuers()) };
        signer.sign(&with(access_payload(), "iss", Some(json!(issuer))))
    });
    assert_ne!(original, updated);
    for token in [&updated, &original, &updated] {
        verifier.verify_access(token).await.unwrap();
    }
    assert_eq!(lines(&server), ["GET /keys HTTP/1.1"]);
}

/// The address of a replica's keys in place of the primary's; what is accepted stays.
#[tokio::test]
async fn keys_come_from_a_replica_for_tokens_that_name_the_primary_region() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let address = format!("http://{}/{}/.well-known/jwks.json", server.address, support::POOL_ID);
    let pool = UserPool::new(support::POOL_ID)
        .unwrap()
        .with_issuer_kind(IssuerKind::Updated)
        .with_jwks_uri(&address)
        .unwrap();
    let keys = RemoteKeySet::new(&pool).unwrap();
    let verifier = verifier_of(&pool, keys);
    let issued_by = |region: &str| {
        let issuer =
            format!("https://issuer-cognito-idp.{region}.amazonaws.com/{}", support::POOL_ID);
        signer.sign(&with(access_payload(), "iss", Some(json!(issuer))))
    };
    let replica = verifier.verify_access(&issued_by("eu-central-1")).await;
    assert_eq!(replica, Err(VerifyError::IssuerNotAllowed));
    assert_eq!(server.requests(), 0);
    verifier.verify_access(&issued_by("eu-west-1")).await.unwrap();
    let expected = format!("GET /{}/.well-known/jwks.json HTTP/1.1", support::POOL_ID);
    assert_eq!(lines(&server), [expected]);
}

#[tokio::test]
async fn nothing_of_a_key_id_goes_into_a_request() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let (verifier, _) = setup(&server);
    let _frozen = FrozenTime::start();
    verifier.verify_access(&token(&signer)).await.unwrap();
    let first = server.heads().remove(0);
    assert!(first.starts_with("GET /keys HTTP/1.1\r\n"), "{first}");
    let mut asked = 1;
    for (key_id, expected) in [
        ("../../../etc/passwd", VerifyError::UnknownKey),
        ("/other-pool/.well-known/jwks.json", VerifyError::UnknownKey),
        ("?x=1", VerifyError::UnknownKey),
        ("#x", VerifyError::UnknownKey),
        ("k1/../k2", VerifyError::UnknownKey),
        ("%2e%2e%2f", VerifyError::UnknownKey),
        ("%0d%0aHost:%20evil.example", VerifyError::UnknownKey),
        ("https://evil.example/keys", VerifyError::UnknownKey),
        ("@evil.example", VerifyError::UnknownKey),
        ("file:///dev/zero", VerifyError::UnknownKey),
        ("$(id)`id`;|'\"", VerifyError::UnknownKey),
    ] {
        advance(COOL_DOWN).await;
        let header = json!({"kid": key_id, "alg": "RS256"}).to_string();
        let unknown = signer.sign_raw(header, access_payload().to_string());
        assert_eq!(verifier.verify_access(&unknown).await, Err(expected), "{key_id}");
        asked += 1;
        let heads = server.heads();
        assert_eq!(heads.len(), asked, "{key_id}");
        // The same bytes as when a key was asked for that is there.
        assert_eq!(heads[asked - 1], first, "{key_id}");
    }
    // What is no key id is refused before a key set is asked.
    for key_id in ["a\r\nHost: evil.example", "a b", "", "\0"] {
        advance(COOL_DOWN).await;
        let header = json!({"kid": key_id, "alg": "RS256"}).to_string();
        let token = signer.sign_raw(header, access_payload().to_string());
        let error = verifier.verify_access(&token).await.unwrap_err();
        assert_ne!(error, VerifyError::UnknownKey, "{key_id:?}");
        assert!(!error.is_unavailable(), "{key_id:?}");
    }
    assert_eq!(server.requests(), asked);
}
