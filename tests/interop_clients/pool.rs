//! The pool that every client is sent to, and how it is told where.

use std::io::Write;
use std::time::Duration;

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool, LocalUserPoolBuilder};

pub const CLIENT_ID: &str = "1example23456789abcdefghij";
pub const CONFIDENTIAL_ID: &str = "2example23456789abcdefghij";
/// With characters that HTTP Basic has to encode (RFC 6749 §2.3.1); Cognito's own have none.
pub const CONFIDENTIAL_SECRET: &str = "s3cr+t/with=odd:chars%&";
pub const MACHINE_ID: &str = "3example23456789abcdefghij";
pub const MACHINE_SECRET: &str = "machine0123456789abcdefghijklmnopqrstuvwxyz12345678";
pub const USER_NAME: &str = "alice";
pub const USER_PASSWORD: &str = "Passw0rd!";
/// No server listens there; the scripts stop at this address.
pub const REDIRECT_URI: &str = "http://127.0.0.1:9999/callback";
pub const LOGOUT_URI: &str = "http://127.0.0.1:9999/goodbye";

pub fn pool(rotation: Option<Duration>) -> LocalUserPool {
    let registered = |client: LocalClient| client.redirect_uri(REDIRECT_URI).logout_uri(LOGOUT_URI);
    let alice = LocalUser::new(USER_NAME, USER_PASSWORD)
        .email("alice@example.com")
        .email_verified(true)
        .attribute("custom:tenant", "acme")
        .group("admins");
    let builder = LocalUserPool::builder()
        .client(registered(LocalClient::public(CLIENT_ID)))
        .client(registered(LocalClient::confidential(CONFIDENTIAL_ID, CONFIDENTIAL_SECRET)))
        .client(LocalClient::machine(MACHINE_ID, MACHINE_SECRET).scopes(["api/read", "api/write"]))
        .user(alice);
    match rotation {
        Some(grace) => builder.rotation(grace).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

/// A pool whose users have second factors, an unverified password, and so on: one for each flow.
pub fn direct_pool(
    configure: impl Fn(LocalUserPoolBuilder) -> LocalUserPoolBuilder,
) -> LocalUserPool {
    let user = |name: &str| {
        LocalUser::new(name, USER_PASSWORD)
            .email(format!("{name}@example.com"))
            .email_verified(true)
            .phone_number("+15555550100")
    };
    let builder = LocalUserPool::builder()
        .client(LocalClient::public(CLIENT_ID).redirect_uri(REDIRECT_URI))
        .client(LocalClient::confidential(CONFIDENTIAL_ID, CONFIDENTIAL_SECRET))
        .user(user(USER_NAME))
        .user(user("sms").phone_number_verified(true).sms_mfa())
        .user(user("invited").force_change_password());
    configure(builder).build().unwrap()
}

pub fn endpoint(pool: &LocalUserPool) -> String {
    format!("http://{}", pool.address().unwrap())
}

pub fn settings(pool: &LocalUserPool) -> Vec<(&'static str, String)> {
    let texts = [
        ("CLIENT_ID", CLIENT_ID),
        ("CONFIDENTIAL_ID", CONFIDENTIAL_ID),
        ("CONFIDENTIAL_SECRET", CONFIDENTIAL_SECRET),
        ("MACHINE_ID", MACHINE_ID),
        ("MACHINE_SECRET", MACHINE_SECRET),
        ("USER_NAME", USER_NAME),
        ("USER_PASSWORD", USER_PASSWORD),
        ("REDIRECT_URI", REDIRECT_URI),
        ("LOGOUT_URI", LOGOUT_URI),
        ("FLOWS", "USER_PASSWORD_AUTH,USER_SRP_AUTH"),
    ];
    let mut settings: Vec<_> = texts.map(|(name, value)| (name, value.to_owned())).into();
    settings.push(("ENDPOINT", endpoint(pool)));
    settings.push(("POOL_ID", pool.user_pool().id().to_string()));
    settings
}

/// The stories are these, in this order.
pub fn expect(peer: &str, said: &str, stories: &[&str]) {
    let told: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("ok ")).collect();
    assert_eq!(told, stories, "{peer}");
    say(&format!("{peer}: {} stories passed", told.len()));
}

/// Past the test harness, which keeps what a passing test prints to itself.
pub fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
