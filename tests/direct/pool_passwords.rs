//! Sign-ins at the local pool.

use cognito_auth::direct::{DirectSignIn, SignInAttempt, Step};
use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{CognitoClient, IdTokenChecks, JwtVerifier};

use crate::{SECRET, code};

async fn pool() -> LocalUserPool {
    let users =
        [LocalUser::new("alice", "Passw0rd!"), LocalUser::new("bob", "pässwörd😀 with spaces")];
    let builder = users.into_iter().fold(LocalUserPool::builder(), |pool, user| pool.user(user));
    builder.start().await.unwrap()
}

fn direct(pool: &LocalUserPool) -> DirectSignIn {
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    DirectSignIn::new(&client)
}

#[tokio::test]
async fn a_password_signs_in_and_the_verifier_accepts_both_tokens() {
    let pool = pool().await;
    let verifier = JwtVerifier::new(&pool.user_pool(), pool.client_id()).unwrap();
    for (name, password) in [("alice", "Passw0rd!"), ("bob", "pässwörd😀 with spaces")] {
        for attempt in [
            SignInAttempt::with_password(name, password),
            SignInAttempt::with_plain_password(name, password),
        ] {
            let Step::Done(tokens) = direct(&pool).start(attempt).await.unwrap() else {
                panic!("a challenge for {name}");
            };
            let claims = verifier.verify_access(tokens.access_token.expose()).await.unwrap();
            assert_eq!(claims.username(), Some(name));
            let checks = IdTokenChecks::new().subject(claims.sub());
            let id_token = tokens.id_token.unwrap();
            verifier.verify_id(id_token.expose(), checks).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_are_the_same() {
    let pool = pool().await;
    let mut told = Vec::new();
    for (name, password) in [("alice", "wrong"), ("mallory", "Passw0rd!")] {
        for attempt in [
            SignInAttempt::with_password(name, password),
            SignInAttempt::with_plain_password(name, password),
        ] {
            let error = direct(&pool).start(attempt).await.map(|_| ()).unwrap_err();
            told.push((error.code(), error.to_string(), format!("{error:?}")));
        }
    }
    assert!(told.iter().all(|error| *error == told[0]), "{told:?}");
    assert_eq!(told[0].0, "not_authorized");
}

#[tokio::test]
async fn a_client_with_a_secret_hashes_the_name_of_each_call() {
    let pool = LocalUserPool::builder()
        .user(LocalUser::new("alice", "Passw0rd!"))
        .client(LocalClient::confidential("confidential", SECRET))
        .start()
        .await
        .unwrap();
    let builder = CognitoClient::builder(&pool.user_pool(), "confidential");
    let right = builder.clone().client_secret(SECRET);
    let attempt = || SignInAttempt::with_password("alice", "Passw0rd!");
    let step = DirectSignIn::new(&right.build().unwrap()).start(attempt()).await;
    assert!(matches!(step.unwrap(), Step::Done(_)));
    for wrong in [builder.clone().client_secret("anotherSecret0123456789"), builder] {
        let error = DirectSignIn::new(&wrong.build().unwrap()).start(attempt()).await;
        assert_eq!(code(error), "invalid_client");
    }
}
