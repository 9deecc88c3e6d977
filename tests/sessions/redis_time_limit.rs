//! The time limit of a call to Redis, where each part of it takes long. Time is paused: it passes while all wait.

use std::convert::Infallible;
use std::time::Duration;

use cognito_auth::revocation::RedisCredentials;
use cognito_auth::sessions::{
    PublicSessionId, RedisSessions, SessionKey, SessionStore as _, UserIndex,
};
use tokio::time::{Instant, sleep};

use super::scripted::{bind, list, serve, slots};

const TIMEOUT: Duration = Duration::from_secs(20);

/// What a server does when most of the time has passed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Late {
    /// Each command is sent to another server, which is this one.
    SendsElsewhere,
    /// It says where the slots are, and nothing after that.
    IsSilent,
}

/// The one node of a cluster.
async fn node(late: Late, member: String) -> RedisSessions {
    let (port, listener) = bind().await;
    serve(listener, move |words| {
        let member = member.clone();
        async move {
            let word = words[0].as_str();
            match (late, word) {
                (Late::SendsElsewhere, "CLUSTER") => return slots(port),
                // The list of a user's sessions; what follows is for each of them.
                (Late::SendsElsewhere, "EVAL") => return list(&[&member]),
                // Two commands come together, and the second answer with the first.
                (Late::SendsElsewhere, "PTTL" | "GET") => {}
                (Late::SendsElsewhere, _) | (Late::IsSilent, "CLUSTER") => {
                    sleep(TIMEOUT * 3 / 4).await;
                }
                (Late::IsSilent, _) => return String::new(),
            }
            match word {
                "CLUSTER" => slots(port),
                _ => format!("-MOVED 1 127.0.0.1:{port}\r\n"),
            }
        }
    });
    let store = RedisSessions::builder(&format!("redis+cluster://127.0.0.1:{port}"));
    store.timeout(TIMEOUT).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn redirections_a_search_and_further_attempts_share_one_time_limit() {
    let (key, user) = (SessionKey::from_bytes([1; 32]), UserIndex::from_bytes([2; 32]));
    let id = PublicSessionId::from_bytes([3; 16]);
    for (late, call) in [
        (Late::SendsElsewhere, "load"),
        (Late::SendsElsewhere, "list"),
        (Late::IsSilent, "load"),
        (Late::IsSilent, "list"),
    ] {
        let store = node(late, format!("{key}:{id}:1800000000")).await;
        let began = Instant::now();
        let failed = match call {
            "load" => store.load(&key).await.map(drop),
            _ => store.list(&user).await.map(drop),
        };
        assert_eq!(
            failed.unwrap_err().to_string(),
            "the session store is not available: no answer from Redis in time",
            "{late:?} {call}"
        );
        let took = began.elapsed();
        assert!(took <= 2 * TIMEOUT + Duration::from_millis(10), "{late:?} {call}: {took:?}");
    }
}

/// Each step takes less than its limit, and both together more than one.
#[tokio::test(start_paused = true)]
async fn credentials_and_a_connection_may_each_take_almost_their_whole_time() {
    let (port, listener) = bind().await;
    serve(listener, |words| async move {
        match words[0].as_str() {
            "GETEX" => "$-1\r\n:-2\r\n".to_owned(),
            // It comes together with the command before it.
            "PTTL" => String::new(),
            _ => {
                sleep(TIMEOUT * 3 / 4).await;
                "+OK\r\n".to_owned()
            }
        }
    });
    let store = RedisSessions::builder(&format!("redis://127.0.0.1:{port}"));
    let store = store.timeout(TIMEOUT).credentials(|| async {
        sleep(TIMEOUT * 3 / 4).await;
        Ok::<_, Infallible>(RedisCredentials::user("user", "password"))
    });
    let store = store.build().unwrap();
    let key = SessionKey::from_bytes([1; 32]);
    // Two calls wait for the same connection.
    let (one, other) = tokio::join!(store.load(&key), store.load(&key));
    assert!(one.unwrap().is_none() && other.unwrap().is_none());
}
