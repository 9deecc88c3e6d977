//! A question whose runtime ends, or is not driven any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cognito_auth::testing::Endpoint;
use cognito_auth::{
    AuthError, ClientSecret, ClientSecretProvider, CognitoClient, IdentityProvider, async_trait,
};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

use crate::{CLIENT, FIRST, SECOND, pass, pool};

/// The first question reads the secret and answers late; each later one has the next secret.
#[derive(Clone, Default)]
struct Late {
    asked: Arc<AtomicUsize>,
    answer: Arc<Notify>,
    answered: Arc<AtomicUsize>,
}

#[async_trait]
impl ClientSecretProvider for Late {
    async fn client_secret(&self) -> Result<ClientSecret, AuthError> {
        if self.asked.fetch_add(1, Ordering::SeqCst) > 0 {
            return Ok(ClientSecret::from(SECOND));
        }
        self.answer.notified().await;
        self.answered.fetch_add(1, Ordering::SeqCst);
        Ok(ClientSecret::from(FIRST))
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Begins the first question, and leaves it.
fn begin(runtime: &Runtime, client: &CognitoClient) {
    runtime.block_on(async {
        let wait = Duration::from_millis(20);
        tokio::time::timeout(wait, client.client_credentials(&["orders/read"])).await.unwrap_err();
    });
}

#[test]
fn an_answer_that_comes_too_late_replaces_no_newer_secret() {
    let (first, second) = (runtime(), runtime());
    let pool = second.block_on(pool());
    pool.add_client_secret(SECOND);
    pool.delete_old_client_secret();
    let late = Late::default();
    let client = CognitoClient::builder(&pool.user_pool(), CLIENT).client_secret_from(late.clone());
    let client = client.build().unwrap();
    begin(&first, &client);
    second.block_on(async {
        pass(12).await;
        client.client_credentials(&["orders/read"]).await.unwrap();
    });
    late.answer.notify_one();
    first.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
    assert_eq!(late.answered.load(Ordering::SeqCst), 1);
    second.block_on(client.client_credentials(&["orders/read"])).unwrap();
    let requests = pool.requests(Endpoint::Token);
    assert_eq!((late.asked.load(Ordering::SeqCst), requests), (2, 2), "no secret is refused");
}

#[test]
fn the_end_of_a_runtime_is_no_failure_of_the_provider() {
    let (first, second) = (runtime(), runtime());
    let pool = second.block_on(pool());
    pool.add_client_secret(SECOND);
    let late = Late::default();
    let client = CognitoClient::builder(&pool.user_pool(), CLIENT).client_secret_from(late.clone());
    let client = client.build().unwrap();
    begin(&first, &client);
    drop(first);
    second.block_on(client.client_credentials(&["orders/read"])).unwrap();
    assert_eq!(late.asked.load(Ordering::SeqCst), 2);
}
