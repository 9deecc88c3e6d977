//! Direct sign-in at the local pool, over its JSON API: every flow and challenge, sign-up, passwords,
//! attributes, second factors, devices, passkeys, and the outbox that codes go to.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used)]

mod accounts;
mod attributes;
#[path = "../support/authenticator.rs"]
mod authenticator;
mod challenges;
mod choice;
mod devices;
#[path = "../support/local_http.rs"]
mod local_http;
mod lockout;
mod measured;
mod outbox;
mod passkeys;
mod second_factors;

use cognito_auth::testing::{LocalUser, LocalUserPool, LocalUserPoolBuilder};
use local_http::Browser;
use serde_json::{Value, json};

const PASSWORD: &str = "Passw0rd!";
const CLIENT: &str = "localclient";
/// Base32 of "12345678901234567890", as in RFC 6238.
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn alice() -> LocalUser {
    LocalUser::new("alice", PASSWORD).email("alice@example.com").email_verified(true)
}

/// A pool, and a client that calls its operations.
struct Api {
    pool: LocalUserPool,
    browser: Browser,
}

impl Api {
    async fn start(builder: LocalUserPoolBuilder) -> Self {
        let pool = builder.start().await.unwrap();
        let browser = Browser::at(&pool);
        Self { pool, browser }
    }

    async fn with(user: LocalUser) -> Self {
        Self::start(LocalUserPool::builder().user(user)).await
    }

    /// The output of an operation that has to succeed.
    async fn ok(&self, operation: &str, input: Value) -> Value {
        let reply = self.browser.call(operation, &input).await;
        assert_eq!(reply.status, 200, "{operation}: {}", reply.body);
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    /// The exception of an operation that has to be refused, without its suffix, and the message.
    async fn refused(&self, operation: &str, input: Value) -> (String, String) {
        let reply = self.browser.call(operation, &input).await;
        assert_eq!(reply.status, 400, "{operation}: {}", reply.body);
        let body = reply.json();
        let exception = body["__type"].as_str().unwrap().strip_suffix("Exception").unwrap();
        (exception.to_owned(), body["message"].as_str().unwrap().to_owned())
    }

    async fn expect_refused(
        &self,
        operation: &str,
        input: Value,
        (exception, message): (&str, &str),
    ) {
        let refused = self.refused(operation, input).await;
        assert_eq!(refused, (exception.to_owned(), message.to_owned()), "{operation}");
    }

    async fn sign_in(&self, username: &str, password: &str) -> Value {
        self.ok("InitiateAuth", by_password(username, password)).await
    }

    /// The access token of a user who signs in without a challenge.
    async fn access_token(&self, username: &str, password: &str) -> String {
        access_token(&self.sign_in(username, password).await)
    }

    async fn answer(&self, given: &Value, responses: Value) -> Value {
        self.ok("RespondToAuthChallenge", answer(given, responses)).await
    }

    fn last_code(&self) -> String {
        self.pool.outbox().last().unwrap().code.clone()
    }
}

fn auth(flow: &str, parameters: Value) -> Value {
    json!({ "AuthFlow": flow, "ClientId": CLIENT, "AuthParameters": parameters })
}

fn by_password(username: &str, password: &str) -> Value {
    auth("USER_PASSWORD_AUTH", json!({ "USERNAME": username, "PASSWORD": password }))
}

/// The answer of `alice` to the challenge of an output.
fn answer(given: &Value, responses: Value) -> Value {
    let mut responses = responses;
    if responses.get("USERNAME").is_none() {
        responses["USERNAME"] = "alice".into();
    }
    json!({
        "ClientId": CLIENT,
        "ChallengeName": given["ChallengeName"],
        "Session": given["Session"],
        "ChallengeResponses": responses,
    })
}

fn access_token(output: &Value) -> String {
    assert_eq!(output.get("ChallengeName"), None, "{output}");
    output["AuthenticationResult"]["AccessToken"].as_str().unwrap().to_owned()
}

/// A code of as many digits that is not this one.
fn other_code(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
}

const WRONG_PASSWORD: (&str, &str) = ("NotAuthorized", "Incorrect username or password.");
const WRONG_CODE: (&str, &str) =
    ("CodeMismatch", "Invalid verification code provided, please try again.");
const SPENT: (&str, &str) =
    ("NotAuthorized", "Invalid session for the user, session can only be used once.");
const OVER: (&str, &str) = ("NotAuthorized", "Invalid session for the user, session is expired.");
const OTHER_SESSION: (&str, &str) = ("NotAuthorized", "Invalid session for the user.");
