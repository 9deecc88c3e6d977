//! The ID token that comes with a refresh.

use cognito_auth::{AuthError, IdentityProvider, RefreshToken};

use crate::{CLIENT, Call, GOOD_TIMES, ISSUER, REFRESH, jwt, peer};

async fn refreshed(call: Call, id_token: &str) -> Result<(), AuthError> {
    let body = match call {
        Call::Refresh => {
            format!(r#"{{"access_token":"at","id_token":"{id_token}","token_type":"Bearer"}}"#)
        }
        _ => {
            format!(r#"{{"AuthenticationResult":{{"AccessToken":"at","IdToken":"{id_token}"}}}}"#)
        }
    };
    let server = peer(200, &[], &body).await;
    let client = call.client(&server.uri()).build().unwrap();
    client.refresh(&RefreshToken::new(REFRESH)).await.map(drop)
}

/// OpenID Connect Core §12.2. The nonce may be left out; who the user was is known to the caller
/// alone (`IdTokenChecks::subject`).
#[tokio::test]
async fn it_has_to_be_of_this_pool_and_client() {
    let good = format!(
        r#"{{"iss":"{ISSUER}","aud":"{CLIENT}","sub":"u1","token_use":"id",{GOOD_TIMES}}}"#
    );
    for call in [Call::Refresh, Call::JsonRefresh] {
        for (name, payload, claim) in [
            ("good", good.clone(), None),
            ("with the nonce", good.replace("\"u1\"", r#""u1","nonce":"n1""#), None),
            ("another pool's", good.replace("AbCdEf123", "Another99"), Some("iss")),
            ("another client's", good.replace(CLIENT, "another"), Some("aud")),
            ("two clients'", good.replace(&format!("\"{CLIENT}\""), r#"["a","b"]"#), Some("aud")),
            ("an access token", good.replace("\"id\"", "\"access\""), Some("token_use")),
            ("without times", good.replace(GOOD_TIMES, r#""exp":null"#), Some("exp")),
            ("no user's", good.replace("\"u1\"", "\"\""), Some("sub")),
        ] {
            let error = refreshed(call, &jwt(&payload)).await.err();
            let expected = claim.map(|claim| AuthError::IdTokenMismatch { claim });
            assert_eq!(error, expected, "{call:?}: {name}");
        }
        let no_jwt = refreshed(call, "no-jwt").await.unwrap_err();
        assert_eq!(no_jwt.code(), "undecodable", "{call:?}");
    }
}
