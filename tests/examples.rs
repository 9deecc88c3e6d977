//! Every example but the server, which has a test of its own, as the program that it is.
#![allow(clippy::unwrap_used)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/example.rs"]
mod example;
#[path = "examples/excerpts.rs"]
mod excerpts;
#[path = "examples/explain.rs"]
mod explain;
#[path = "examples/login_page.rs"]
mod login_page;
#[path = "examples/protect.rs"]
mod protect;
#[allow(dead_code, unreachable_pub)]
#[path = "redis/server.rs"]
mod redis_server;
#[path = "examples/services.rs"]
mod services;
/// Its tests run here.
#[allow(dead_code)]
#[path = "../examples/test_your_app.rs"]
mod test_your_app;
#[path = "examples/verify_token.rs"]
mod verify_token;
#[path = "examples/web_site.rs"]
mod web_site;

use std::io::Write;
use std::process::{Command, Stdio};

use cognito_auth::testing::LocalUserPool;
use example::Example;

/// With the settings that lead to a pool of the test's own.
fn command(name: &str, pool: &LocalUserPool) -> Option<Command> {
    let mut command = Example::command(&Example::named(name)?);
    let user_pool = pool.user_pool();
    command
        .env("COGNITO_USER_POOL_ID", user_pool.id().to_string())
        .env("COGNITO_CLIENT_ID", pool.client_id())
        .env("COGNITO_ISSUER", &user_pool.issuers()[0])
        .env("COGNITO_JWKS_URI", user_pool.jwks_uri().as_str());
    Some(command)
}

/// What it ended with, and what it printed, when it was given this to read.
fn run(command: &mut Command, input: &str) -> (i32, String, String) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const NAMES: [&str; 7] = [
    "protect_axum",
    "protect_actix",
    "verify_token",
    "explain",
    "machine_to_machine",
    "web_site",
    "login_page",
];

#[test]
fn settings_that_are_not_enough_say_which_are_missing() {
    for name in NAMES {
        let Some(program) = Example::named(name) else { return };
        let mut command = Example::command(&program);
        command.env("COGNITO_CLIENT_ID", "1example23456789abcdefghij");
        let (code, out, err) = run(&mut command, "");
        assert_eq!((code, out.as_str()), (2, ""), "{name}");
        assert_eq!(err, "missing: COGNITO_USER_POOL_ID\n", "{name}");
    }
}
