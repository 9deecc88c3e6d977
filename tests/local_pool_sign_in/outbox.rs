//! The outbox: in Rust, and at `GET /_local/outbox` for a program of this machine.

use cognito_auth::testing::{LocalUserPool, MessagePurpose};
use serde_json::{Value, json};

use crate::{Api, CLIENT, alice};

async fn two_messages() -> Api {
    let api = Api::with(alice()).await;
    let forgot = json!({ "ClientId": CLIENT, "Username": "alice" });
    api.ok("ForgotPassword", forgot).await;
    let attributes = json!([{ "Name": "phone_number", "Value": "+15555550100" }]);
    let up = json!({ "ClientId": CLIENT, "Username": "bob", "Password": "Passw0rd!", "UserAttributes": attributes });
    api.ok("SignUp", up).await;
    api
}

#[tokio::test]
async fn messages_are_listed_the_oldest_first() {
    let api = two_messages().await;
    let messages = api.pool.outbox();
    let shown: Vec<_> = messages
        .iter()
        .map(|message| (message.username.as_str(), message.destination.as_str(), message.purpose))
        .collect();
    assert_eq!(
        shown,
        [
            ("alice", "alice@example.com", MessagePurpose::ForgotPassword),
            ("bob", "+15555550100", MessagePurpose::SignUp),
        ]
    );
    assert_eq!(api.pool.last_code("alice").as_ref(), Some(&messages[0].code));
    assert_eq!(api.pool.last_code("carol"), None);

    let reply = api.browser.get("/_local/outbox", &[]).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let listed: Value = reply.json();
    assert_eq!(
        listed,
        json!([
            {
                "username": "alice",
                "destination": "alice@example.com",
                "purpose": "ForgotPassword",
                "code": messages[0].code,
            },
            {
                "username": "bob",
                "destination": "+15555550100",
                "purpose": "SignUp",
                "code": messages[1].code,
            },
        ])
    );
}

#[tokio::test]
async fn only_a_program_of_this_machine_reads_it() {
    let api = two_messages().await;
    for (host, status) in [
        ("attacker.example", 403),
        ("localhost.attacker.example", 403),
        ("10.0.0.1", 403),
        ("0.0.0.0", 403),
        ("localhost:1234", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
    ] {
        let reply = api.browser.get("/_local/outbox", &[("host", host)]).await;
        assert_eq!(reply.status, status, "{host}: {}", reply.body);
        assert_eq!(reply.header("access-control-allow-origin"), "", "{host}");
    }
    for method in ["POST", "DELETE", "OPTIONS"] {
        let origin = [("origin", "https://attacker.example"), ("content-type", "application/json")];
        let reply = api.browser.send(method, "/_local/outbox", &origin, "").await;
        assert_eq!((reply.status, reply.header("allow")), (405, "GET"), "{method}");
        assert_eq!(reply.header("access-control-allow-origin"), "", "{method}");
    }
}

#[tokio::test]
async fn it_is_empty_at_first() {
    let api = Api::start(LocalUserPool::builder()).await;
    assert_eq!(api.browser.get("/_local/outbox", &[]).await.json(), json!([]));
    assert_eq!(api.pool.outbox(), []);
}
