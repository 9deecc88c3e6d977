//! The histories of `tests/revocation_model.rs`, at two processes on one Redis.

use cognito_auth::UserPool;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

use super::server::Server;
use super::*;
use revocation_model::{Model, history};

#[path = "../support/revocation_model.rs"]
mod revocation_model;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_agree_with_the_model() {
    let Some(server) = Server::start(&[]) else { return };
    let mut runner = TestRunner::new(Config::default());
    for case in 0..24 {
        let steps = history(2000).new_tree(&mut runner).unwrap().current();
        // A pool of its own. All of it is today's: Redis goes by its own clock.
        let pool = UserPool::new(&format!("eu-west-1_Case{case}")).unwrap();
        let (one, two) = (
            RedisRevocations::new(&pool, &server.url()).unwrap(),
            RedisRevocations::new(&pool, &server.url()).unwrap(),
        );
        one.wait_until_in_step(PATIENCE).await.unwrap();
        two.wait_until_in_step(PATIENCE).await.unwrap();
        let mut model = Model::new(now() - 23 * 3600);
        for (number, step) in steps.iter().enumerate() {
            if let Some(revocation) = model.take(step) {
                let writer = if number % 2 == 0 { &one } else { &two };
                writer.revoke(&revocation).await.unwrap();
            }
            for token in model.alive() {
                for store in [&one, &two] {
                    let refused = || store.peek(&token.identity()) == RevocationStatus::Revoked;
                    if token.revoked {
                        eventually("refused, as the model says", async || refused()).await;
                    }
                    assert_eq!(refused(), token.revoked, "after {number} of {steps:?}");
                }
            }
        }
        // Who comes later is told the same.
        let three = RedisRevocations::new(&pool, &server.url()).unwrap();
        three.wait_until_in_step(PATIENCE).await.unwrap();
        for token in model.alive() {
            let refused = three.peek(&token.identity()) == RevocationStatus::Revoked;
            assert_eq!(refused, token.revoked, "at the end of {steps:?}");
        }
        assert_eq!((one.len(), two.len()), (three.len(), three.len()));
    }
}
