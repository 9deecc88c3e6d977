//! Passwords that change (R9).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use cognito_auth::revocation::RedisCredentials;

use super::server::Server;
use super::*;

fn set_password(server: &Server, password: &str) {
    let password = format!(">{password}");
    let command = ["ACL", "SETUSER", "app", "on", "resetpass", &password, "~*", "+@all"];
    assert_eq!(server.text(&command), "OK");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_provider_is_asked_before_each_connection() {
    let Some(server) = Server::start(&[]) else { return };
    set_password(&server, "first");
    let current = Arc::new(Mutex::new("first"));
    let (asked, failing) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(false)));
    let provider = {
        let (current, asked, failing) = (current.clone(), asked.clone(), failing.clone());
        move || {
            asked.fetch_add(1, Ordering::SeqCst);
            let (password, failing) = (*current.lock().unwrap(), *failing.lock().unwrap());
            async move {
                match failing {
                    true => Err("the store of secrets is away"),
                    false => Ok(RedisCredentials::user("app", password)),
                }
            }
        }
    };
    // What the URL says is replaced.
    let url = format!("redis://another:one@127.0.0.1:{}", server.port);
    let store = builder(&url).credentials(provider).build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    sign_out(&store, 1).await;
    assert_eq!(asked.load(Ordering::SeqCst), 2, "the reader and the writer");

    // The password changes, and the connections are cut, before the provider knows.
    set_password(&server, "second");
    assert!(server.number(&["CLIENT", "KILL", "USER", "app"]) > 0);
    let reason = async |reason: &str| {
        eventually(reason, async || {
            store.health().last_error.is_some_and(|error| error.reason() == reason)
        })
        .await;
    };
    reason("Redis does not accept the user name and password").await;
    *failing.lock().unwrap() = true;
    reason("the provider of Redis credentials failed").await;
    assert_eq!(accepted(&store, 2).await, None);
    *current.lock().unwrap() = "second";
    *failing.lock().unwrap() = false;
    in_step(&store).await;
    sign_out(&store, 2).await;
    let other = connected(&server.url()).await;
    assert_eq!(status_now(&other, 2), RevocationStatus::Revoked);
}

#[tokio::test]
async fn a_provider_that_never_answers_delays_no_caller() {
    let Some(server) = Server::start(&[]) else { return };
    let never = || std::future::pending::<Result<RedisCredentials, &str>>();
    let store = builder(&server.url()).credentials(never).build().unwrap();
    let began = Instant::now();
    let failed =
        store.revoke(&Revocation::session(pool_name(), session(1), now())).await.unwrap_err();
    assert!(failed.reason().contains("Redis"), "{failed}");
    assert!(began.elapsed() < Duration::from_secs(2), "one timeout, and a little");
    let waited = store.wait_until_in_step(Duration::from_secs(1)).await.unwrap_err();
    assert_eq!(waited.reason(), "the provider of Redis credentials failed");
    assert_eq!(status_now(&store, 1), RevocationStatus::Revoked);
}
