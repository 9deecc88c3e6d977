//! An ACL user with the commands that the documentation lists, and no other.

use std::sync::Arc;

use cognito_auth::sessions::{RedisSessions, SessionStore};
use cognito_auth::testing::session_store;

use super::server::Server;

/// As the documentation of [`RedisSessions`] has them, in a code span that begins with `+`.
fn commands() -> Vec<&'static str> {
    let source = include_str!("../../src/sessions/redis.rs");
    let list = source.split("An ACL user needs `").nth(1).unwrap().split('`').next().unwrap();
    list.split_whitespace().filter(|word| *word != "///").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_documentation_are_enough_and_each_is_needed() {
    let Some(server) = Server::start(&[]) else { return };
    let listed = commands();
    assert!(listed.len() > 10 && listed.iter().all(|word| word.starts_with('+')), "{listed:?}");
    let allow = |user: &str, commands: &[&str]| {
        let rules =
            ["ACL", "SETUSER", user, "on", ">secret", "resetkeys", "~cognito-auth:*", "-@all"];
        assert_eq!(server.text(&[&rules, commands].concat()), "OK");
        let url = format!("redis://{user}:secret@127.0.0.1:{}", server.port);
        Arc::new(RedisSessions::new(&url).unwrap()) as Arc<dyn SessionStore>
    };
    let all = allow("all", &listed);
    session_store(|| std::future::ready(all.clone())).await.unwrap();
    for (number, left_out) in listed.iter().enumerate() {
        let others: Vec<_> = listed.iter().copied().filter(|other| other != left_out).collect();
        let user = allow(&format!("user{number}"), &others);
        let fault = session_store(|| std::future::ready(user.clone())).await;
        fault.expect_err(&format!("{left_out} is not needed"));
    }
}
