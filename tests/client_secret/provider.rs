//! Providers that are slow, fail, hang, or return something else than a secret.

use std::time::Duration;

use cognito_auth::{
    AuthError, ClientSecret, ClientSecretProvider, CognitoClient, ConfigError, IdentityProvider,
    Refusal, RefusalCode, UserPool, async_trait,
};

use crate::{CLIENT, FIRST, SEALED, SECOND, Vault, builder, client, pass, pool};

fn unreachable_pool() -> UserPool {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    pool.with_domain("http://127.0.0.1:1").unwrap()
}

async fn ask(client: &CognitoClient) -> Result<(), AuthError> {
    client.client_credentials(&["orders/read"]).await.map(drop)
}

#[tokio::test]
async fn a_provider_that_fails_is_asked_again_after_a_second() {
    let (pool, vault) = (pool().await, Vault::new(FIRST));
    vault.set(None);
    let client = client(&pool, &vault);
    for _ in 0..10 {
        let error = ask(&client).await.unwrap_err();
        assert_eq!(error, SEALED);
        assert!(error.is_unavailable());
    }
    assert_eq!(vault.asked(), 1);
    vault.set(Some(FIRST));
    pass(2).await;
    ask(&client).await.unwrap();
    assert_eq!(vault.asked(), 2);

    // With a secret that was good so far, an outage of the provider is seen only when it is refused.
    vault.set(None);
    ask(&client).await.unwrap();
    pool.add_client_secret(SECOND);
    pool.delete_old_client_secret();
    assert_eq!((ask(&client).await, vault.asked()), (Err(SEALED), 3));
    // It stays an outage, and ends a second after the provider's.
    for seconds in [2, 11, 2] {
        pass(seconds).await;
        assert_eq!(ask(&client).await, Err(SEALED));
    }
    assert_eq!(vault.asked(), 6);
    vault.set(Some(SECOND));
    pass(2).await;
    ask(&client).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_hangs_has_ten_seconds() {
    let vault = Vault::slow(FIRST, Duration::from_secs(3600));
    let client = builder(&unreachable_pool(), &vault).build().unwrap();
    let began = tokio::time::Instant::now();
    let (one, other) = tokio::join!(ask(&client), ask(&client));
    let reason = "the provider did not answer in time";
    assert_eq!(one, Err(AuthError::ClientSecretUnavailable { reason }));
    assert_eq!(other, one);
    assert_eq!((began.elapsed().as_secs(), vault.asked()), (10, 1));
}

/// The question goes on when the call has no time left.
#[tokio::test(start_paused = true)]
async fn asking_the_provider_is_part_of_the_time_of_a_call() {
    let vault = Vault::slow(FIRST, Duration::from_secs(3));
    let two_seconds = builder(&unreachable_pool(), &vault).timeout(Duration::from_secs(2));
    let client = two_seconds.build().unwrap();
    let began = tokio::time::Instant::now();
    let reason = "the provider did not answer in time";
    assert_eq!(ask(&client).await, Err(AuthError::ClientSecretUnavailable { reason }));
    assert_eq!(began.elapsed().as_secs(), 2);
    assert_eq!(ask(&client).await.unwrap_err().code(), "unreachable", "the secret is there");
    assert_eq!((began.elapsed().as_secs(), vault.asked()), (3, 1));
}

/// The question goes on when its caller is gone.
#[tokio::test(start_paused = true)]
async fn a_caller_that_leaves_takes_the_question_away_from_no_other() {
    let vault = Vault::slow(FIRST, Duration::from_secs(3));
    let client = builder(&unreachable_pool(), &vault).build().unwrap();
    let left = tokio::time::timeout(Duration::from_secs(1), ask(&client)).await;
    assert!(left.is_err());
    let began = tokio::time::Instant::now();
    assert_eq!(ask(&client).await.unwrap_err().code(), "unreachable");
    assert_eq!((began.elapsed().as_secs(), vault.asked()), (2, 1));
}

#[tokio::test]
async fn a_provider_that_panics_fails() {
    async fn panic() -> Result<ClientSecret, std::io::Error> {
        panic!("a provider's own fault")
    }
    let client =
        CognitoClient::builder(&unreachable_pool(), CLIENT).client_secret_from(panic).build();
    let client = client.unwrap();
    let reason = "the provider panicked";
    assert_eq!(ask(&client).await, Err(AuthError::ClientSecretUnavailable { reason }));
    assert_eq!(ask(&client).await, Err(AuthError::ClientSecretUnavailable { reason }));
}

#[tokio::test]
async fn what_is_no_secret_is_a_wrong_setting() {
    for text in ["", r#"{"client_secret":"x"}"#, "two words", "\u{feff}secret", "\"quoted\""] {
        let pool = unreachable_pool();
        let provider = move || async move { Ok::<_, std::io::Error>(ClientSecret::from(text)) };
        let client =
            CognitoClient::builder(&pool, CLIENT).client_secret_from(provider).build().unwrap();
        let error = ask(&client).await.unwrap_err();
        assert!(error.is_misconfiguration(), "{text}: {error}");
        let setting =
            matches!(error, AuthError::Config(ConfigError::Value { setting: "client_secret", .. }));
        assert!(setting, "{text}: {error}");
    }
}

/// The call that was set last counts.
#[tokio::test]
async fn a_fixed_secret_and_a_provider_replace_each_other() {
    let (pool, vault) = (pool().await, Vault::new(SECOND));
    let fixed = builder(&pool.user_pool(), &vault).client_secret(FIRST).build().unwrap();
    ask(&fixed).await.unwrap();
    assert_eq!(vault.asked(), 0);
    let provided = CognitoClient::builder(&pool.user_pool(), CLIENT)
        .client_secret(SECOND)
        .client_secret_from(Vault::new(FIRST))
        .build()
        .unwrap();
    ask(&provided).await.unwrap();
    for shown in [format!("{fixed:?}"), format!("{provided:?}")] {
        assert!(shown.contains("confidential: true") && !shown.contains("secret-of"), "{shown}");
    }
}

/// An error that would end sessions, from a provider that asks Cognito for something.
#[tokio::test]
async fn no_error_of_a_provider_is_a_refusal_of_the_user() {
    struct Confused;
    #[async_trait]
    impl ClientSecretProvider for Confused {
        async fn client_secret(&self) -> Result<ClientSecret, AuthError> {
            Err(Refusal::new(RefusalCode::InvalidGrant).into())
        }
    }
    let builder = CognitoClient::builder(&unreachable_pool(), CLIENT).client_secret_from(Confused);
    let error = ask(&builder.build().unwrap()).await.unwrap_err();
    assert!(error.is_unavailable() && error.code() == "client_secret_unavailable", "{error}");
}
