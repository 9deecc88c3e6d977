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
        let mut model = Model::new(pool.name(), now() - 23 * 3600);
        for (number, step) in steps.iter().enumerate() {
            if let Some(revocation) = model.take(step) {
                let writer = if number % 2 == 0 { &one } else { &two };
                writer.revoke(&revocation).await.unwrap();
            }
            for token in model.alive() {
                for store in [&one, &two] {
                    let refused =
                        || store.status_now(&token.identity()) == RevocationStatus::Revoked;
                    // Also where an entry takes something back: that of a sign-out at Cognito, which lets
                    // later sign-ins by the cookie in again, has its way to the other process, too.
                    let what = format!("{} after {number} of {steps:?}", token.revoked);
                    eventually(&what, async || refused() == token.revoked).await;
                }
            }
        }
        // A process that starts later answers the same.
        let three = RedisRevocations::new(&pool, &server.url()).unwrap();
        three.wait_until_in_step(PATIENCE).await.unwrap();
        for token in model.alive() {
            let refused = three.status_now(&token.identity()) == RevocationStatus::Revoked;
            assert_eq!(refused, token.revoked, "at the end of {steps:?}");
        }
        // An entry that hits none of the tokens alive was not waited for above.
        let number = entries(&three);
        for store in [&one, &two] {
            eventually("as many entries", async || entries(store) == number).await;
        }
    }
}

/// Whether it is the copy that answers or Redis that is asked, the second of the sign-out is seen
/// alike.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_second_of_the_sign_out_a_new_sign_in_is_not_hit() {
    let Some(server) = Server::start(&[]) else { return };
    let (there, here) = (connected(&server.url()).await, connected(&server.url()).await);
    // The log cannot be followed any more; a question can still be asked.
    server.text(&["ACL", "SETUSER", "default", "-xread"]);
    assert!(server.number(&["CLIENT", "KILL", "TYPE", "normal"]) > 0);
    behind(&here).await;
    behind(&there).await;
    let at = now();
    there.revoke(&Revocation::user(pool_name(), "a-user", at)).await.unwrap();
    for (issued_at, auth_time, refused) in [
        (at - 1, Some(at - 1), true),
        (at, Some(at - 1), true),
        (at, None, true),
        (at, Some(at), false),
        (at + 1, Some(at - 1), true), // refreshed
        (at + 1, Some(at), true),
        (at + 1, Some(at + 1), false),
        (at + 1, None, false),
    ] {
        let mut token =
            TokenIdentity::new(pool_name(), "t", TokenKind::Access, "a-user", issued_at);
        token.auth_time = auth_time;
        let row = format!("{issued_at} {auth_time:?}");
        assert_eq!(
            there.status_now(&token) == RevocationStatus::Revoked,
            refused,
            "the copy: {row}"
        );
        assert_eq!(here.status_now(&token), RevocationStatus::Unknown, "{row}");
        assert_eq!(here.is_revoked(&token).await.unwrap(), refused, "Redis: {row}");
        // Redis is not asked for the moment; the earliest that it can be is this one.
        let earliest = if issued_at <= at { Some(issued_at) } else { auth_time };
        let user = |at| Revocation::user(pool_name(), "a-user", at);
        let entry = refused.then(|| user(earliest.unwrap()));
        assert_eq!(here.find_entry(&token).await.unwrap(), entry, "{row}");
    }
    // A session of that user's name is none of it: an application may take its id from a request.
    for id in ["a-user", "GlobalSignOut of a-user"] {
        there.revoke(&Revocation::session(pool_name(), id, at + 1)).await.unwrap();
    }
    let mut token = TokenIdentity::new(pool_name(), "t", TokenKind::Access, "a-user", at + 2);
    token.auth_time = Some(at - 1);
    assert_eq!(there.status_now(&token), RevocationStatus::Revoked);
    assert!(here.is_revoked(&token).await.unwrap());
    // Once Cognito was told, what is issued later is of a new sign-in, by the login page's cookie.
    there.revoke(&Revocation::global_sign_out(pool_name(), "a-user", at + 1)).await.unwrap();
    for (issued_at, refused) in [(at, true), (at + 1, true), (at + 2, false)] {
        let mut token =
            TokenIdentity::new(pool_name(), "t", TokenKind::Access, "a-user", issued_at);
        token.auth_time = Some(at - 1);
        let known = there.status_now(&token) == RevocationStatus::Revoked;
        assert_eq!(known, refused, "the copy: {issued_at}");
        assert_eq!(here.is_revoked(&token).await.unwrap(), refused, "Redis: {issued_at}");
    }
}
