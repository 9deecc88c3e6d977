//! Tokens that a real server signed and that are not to be believed; and keys that change.

use std::time::Duration;

use cognito_auth::keys::RemoteKeySet;
use cognito_auth::{AccessToken, JwtVerifier};
use serde_json::{Value, json};

use super::{CLIENT, Mock};
use crate::stories::{Stories, bad};

pub(super) async fn tell(mock: &Mock, stories: &mut Stories) {
    let wait = Duration::from_secs(1);
    let keys = RemoteKeySet::builder(&mock.pool).cool_down(wait).build().unwrap();
    let verifier = JwtVerifier::builder(&mock.pool).client_id(CLIENT).keys(keys);
    let verifier = verifier.build().unwrap();
    let token =
        async |order: Value| -> AccessToken { mock.sign_in(order).await.unwrap().access_token };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();

    stories.begin("an access token of another issuer, client, use or time");
    for (claims, word) in [
        (json!({"iss": "https://issuer.example"}), "issuer_not_allowed"),
        (json!({"client_id": "another"}), "client_not_allowed"),
        (json!({"token_use": "id"}), "token_use_mismatch"),
        (json!({"exp": now - 1, "iat": now - 3600}), "expired"),
        (json!({"nbf": now + 3000}), "not_yet_valid"),
        (json!({"iat": now + 3000}), "issued_in_future"),
        (json!({"exp": now + 90_000}), "lifetime_too_long"),
        (json!({"sub": null}), "claim_missing"),
        (json!({"exp": "never"}), "claim_malformed"),
    ] {
        let token = token(json!({"access_token": claims})).await;
        assert_eq!(bad(verifier.verify_access(token.expose()).await), word);
    }

    stories.begin("keys of other algorithms beside ours, and tokens that they signed");
    for alg in ["PS256", "RS512", "ES256", "EdDSA"] {
        let token = token(json!({"key": {"alg": alg, "kid": alg}})).await;
        assert_eq!(bad(verifier.verify_access(token.expose()).await), "algorithm_not_allowed");
        assert_eq!(
            bad(mock.verifier().verify_access(token.expose()).await),
            "algorithm_not_allowed"
        );
    }
    let ours = token(json!({"sign_with": "k1"})).await;
    mock.verifier().verify_access(ours.expose()).await.unwrap();

    stories.begin("a new key: fetched when its first token comes");
    let new = token(json!({"key": {"alg": "RS256", "kid": "k2"}})).await;
    assert_eq!(verdict(&verifier, &ours).await, "accepted");
    tokio::time::sleep(wait).await;
    assert_eq!(verdict(&verifier, &new).await, "accepted");

    stories.begin("another key under an id that is known");
    let changed = token(json!({"key": {"alg": "RS256", "kid": "k2"}})).await;
    assert_eq!(verdict(&verifier, &changed).await, "signature_invalid");
    assert_eq!(verdict(&mock.verifier(), &changed).await, "accepted");
}

async fn verdict(verifier: &JwtVerifier, token: &AccessToken) -> &'static str {
    match verifier.verify_access(token.expose()).await {
        Ok(_) => "accepted",
        refused => bad(refused),
    }
}
