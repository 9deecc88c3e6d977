//! Tokens and sessions that are revoked alone: what else they have in common is not hit.

use cognito_auth::testing::TokenSpec;
use cognito_auth::{
    AccessClaims, JwtVerifier, RevocationError, SignOut, TokenVerifier, VerifyError,
};

use super::local::Local;

async fn verdict(verifier: &JwtVerifier, token: &str) -> Result<(), VerifyError> {
    verifier.verify_access(token).await.map(drop)
}

/// A logout with a token that was revoked by itself leaves the rest of its session as it was.
#[tokio::test]
async fn the_session_of_a_token_that_was_revoked_alone_goes_on() {
    for (name, of_session) in [("token", false), ("session", true), ("both", true)] {
        let local = Local::start().await;
        let verifier = local.verifier().build().unwrap();
        let spec = || TokenSpec::access("alice").claim("origin_jti", "one-session");
        let (token, refreshed) = (local.pool.token(&spec()), local.pool.token(&spec()));
        let claims = verifier.verify_access(&token).await.unwrap();
        if name != "token" {
            verifier.sign_out_session(&claims).await.unwrap();
        }
        if name != "session" {
            verifier.sign_out_token_only(&claims).await.unwrap();
        }
        let expected = if of_session { Err(VerifyError::Revoked) } else { Ok(()) };
        for _ in 0..2 {
            assert_eq!(verifier.sign_out(&claims).await, Ok(SignOut::TokenOnly), "{name}");
            assert_eq!(verifier.repeat_sign_out(&claims).await, Ok(SignOut::TokenOnly));
            assert_eq!(verdict(&verifier, &token).await, Err(VerifyError::Revoked), "{name}");
            assert_eq!(verdict(&verifier, &refreshed).await, expected, "{name}");
        }
    }
}

/// The `sub` of a machine's token is the client id, which its other instances have too.
#[tokio::test]
async fn one_instance_of_a_machine_is_revoked_and_not_the_others() {
    let local = Local::start().await;
    let verifier = local.verifier().accept_client_credentials().build().unwrap();
    let machine = || TokenSpec::machine().without_claim("origin_jti");
    let other = local.pool.token(&machine());
    let by_jti = local.pool.token(&machine().claim("jti", "an-instance"));
    let nameless = local.pool.token(&machine().without_claim("jti"));
    let claims =
        async |token: &str| -> AccessClaims { verifier.verify_access(token).await.unwrap() };
    let (one, none) = (claims(&by_jti).await, claims(&nameless).await);
    let error = RevocationError::NoTokenId;
    let text = "a machine's token without `jti` cannot be revoked alone: nothing was written";
    assert_eq!(error.to_string(), text);
    assert_eq!(verifier.sign_out_session(&none).await, Err(error.clone()));
    assert_eq!(verifier.sign_out_token_only(&none).await, Err(error.clone()));
    assert_eq!(verifier.sign_out_session(&none).await, Err(error.clone()));
    assert_eq!(verifier.sign_out(&none).await, Err(error.clone()));
    assert_eq!(verifier.record_global_sign_out(&none).await, Err(error.clone()));
    assert_eq!(verdict(&verifier, &nameless).await, Ok(()));

    verifier.sign_out_session(&one).await.unwrap();
    assert_eq!(verdict(&verifier, &by_jti).await, Err(VerifyError::Revoked));
    for token in [&other, &nameless] {
        assert_eq!(verdict(&verifier, token).await, Ok(()));
    }
}
