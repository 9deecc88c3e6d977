//! The store keeps the rules of every revocation store, at two processes.

use std::sync::Arc;

use cognito_auth::testing::{StoreUnderTest, revocation_store};

use super::proxy::Proxy;
use super::server::Server;
use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_every_rule_of_revocation_stores() {
    let Some(server) = Server::start(&[]) else { return };
    revocation_store(async |pool| {
        let proxy = Proxy::start(server.port).await;
        let connected = async |url: &str| {
            let store = builder_of(&pool, url).build().unwrap();
            store.wait_until_in_step(PATIENCE).await.unwrap();
            store
        };
        let (one, two) = (connected(&proxy.url()).await, connected(&server.url()).await);
        let counted = one.clone();
        StoreUnderTest::new(Arc::new(one))
            .second_handle(Arc::new(two))
            .entries(move || entries(&counted))
            .disconnect(move || {
                proxy.refuse(true);
                proxy.cut();
            })
    })
    .await;
}
