//! What a pending sign-in and its code are good for: how long, and at which client (T16).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cognito_auth::testing::{Endpoint, LocalClient, LocalUserPool};
use cognito_auth::{
    AuthCode, AuthError, Callback, CognitoClient, IdentityProvider, PendingSignIn, SignInRequest,
    UserPool,
};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::{self, MapDeserializer, StrDeserializer};
use serde_json::{Value, json};

use super::REDIRECT;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const NOW: Duration = Duration::from_secs(1_767_225_600);

const NOT_STORED: &str = "this is no pending sign-in that this version of the crate has stored: \
                          treat it as no sign-in";

fn pool(id: &str) -> UserPool {
    UserPool::new(id).unwrap().with_domain("https://auth.example.com").unwrap()
}

fn started(request: SignInRequest) -> PendingSignIn {
    let pool = pool("eu-west-1_AbCdEf123");
    request.start_at(&pool, "client1", UNIX_EPOCH + NOW).unwrap().pending
}

fn accept(pending: &PendingSignIn, now: SystemTime) -> Result<AuthCode, AuthError> {
    let query = format!("code=c&state={}", pending.state());
    pending.clone().accept_at(&Callback::from_query(&query).unwrap(), now)
}

#[test]
fn a_sign_in_ends() {
    let request = || SignInRequest::new(REDIRECT);
    for (name, request, minutes) in [
        ("by default", request(), 15),
        ("the shortest", request().valid_for(MINUTE), 1),
        ("the longest", request().valid_for(60 * MINUTE), 60),
    ] {
        let pending = started(request);
        let end = UNIX_EPOCH + NOW + minutes * MINUTE;
        assert_eq!(pending.expires_at(), end, "{name}");
        let stored = serde_json::to_string(&pending).unwrap();
        for pending in [pending, serde_json::from_str(&stored).unwrap()] {
            accept(&pending, end - SECOND).unwrap();
            // By a machine whose clock is behind.
            accept(&pending, UNIX_EPOCH + NOW - 5 * MINUTE).unwrap();
            for now in [end, end + 86_400 * SECOND] {
                let error = accept(&pending, now).unwrap_err();
                assert_eq!((error.code(), error.is_refusal()), ("sign_in_expired", true));
                assert_eq!(
                    error.to_string(),
                    "the sign-in took longer than it may: start it again"
                );
            }
        }
    }
    // The state comes first: a stranger learns nothing of the age.
    let foreign = Callback::from_query("code=c&state=another").unwrap();
    let late = UNIX_EPOCH + NOW + 60 * MINUTE;
    let error = started(request()).accept_at(&foreign, late).unwrap_err();
    assert_eq!(error, AuthError::StateMismatch);

    let now = SystemTime::now();
    let pool = pool("eu-west-1_AbCdEf123");
    let pending = request().start(&pool, "client1").unwrap().pending;
    assert!(pending.expires_at() > now + 14 * MINUTE && pending.expires_at() < now + 16 * MINUTE);
    for bad in [Duration::ZERO, MINUTE - SECOND, 60 * MINUTE + SECOND, Duration::MAX] {
        let error = request().valid_for(bad).start(&pool, "client1").unwrap_err();
        assert_eq!(error.to_string(), "valid_for cannot be used: it is not 1 minute to 1 hour");
    }
}

#[test]
fn what_was_not_stored_like_this_is_no_sign_in() {
    let whole = serde_json::to_value(started(SignInRequest::new(REDIRECT))).unwrap();
    assert_eq!(whole["version"], 1);
    assert!(whole.to_string().len() < 800, "{whole}");
    let read = |change: &dyn Fn(&mut Value)| {
        let mut stored = whole.clone();
        change(&mut stored);
        serde_json::from_value::<PendingSignIn>(stored)
    };
    read(&|_| {}).unwrap();
    for name in [
        "version",
        "state",
        "code_verifier",
        "nonce",
        "redirect_uri",
        "issuers",
        "client_id",
        "expires_at",
        "openid",
    ] {
        read(&|stored| drop(stored.as_object_mut().unwrap().remove(name))).expect_err(name);
    }
    let long = "a".repeat(3000);
    for (name, value) in [
        ("version", json!(0)),
        ("version", json!(2)),
        ("of_a_later_version", json!(true)),
        ("state", json!("")),
        ("state", json!(long)),
        ("nonce", json!("")),
        ("nonce", json!(long)),
        ("code_verifier", json!("short")),
        ("code_verifier", json!(long)),
        ("redirect_uri", json!(long)),
        ("redirect_uri", json!("javascript:alert(1)")),
        ("issuers", json!([])),
        ("issuers", json!(vec!["https://issuer.example"; 33])),
        ("issuers", json!([long])),
        ("client_id", json!("")),
        ("client_id", json!(long)),
        ("expires_at", json!(-1)),
    ] {
        let error = read(&|stored| stored[name] = value.clone()).expect_err(name);
        assert!(!error.to_string().contains(&long), "{name}: {error}");
    }
    // However far away, it is a moment.
    let far = read(&|stored| stored["expires_at"] = json!(u64::MAX)).unwrap();
    accept(&far, SystemTime::now()).unwrap();
}

/// What another format says of a lone text, and of a table with this name for a field.
fn other_format(text: &str) -> [String; 2] {
    let lone: StrDeserializer<'_, value::Error> = text.into_deserializer();
    let table = MapDeserializer::<_, value::Error>::new([(text, 1)].into_iter());
    [PendingSignIn::deserialize(lone), PendingSignIn::deserialize(table)]
        .map(|read| read.unwrap_err().to_string())
}

#[test]
fn what_does_not_read_back_is_not_quoted() {
    let pending = started(SignInRequest::new(REDIRECT));
    let whole = serde_json::to_value(&pending).unwrap();
    let secrets = ["state", "code_verifier", "nonce"].map(|name| whole[name].as_str().unwrap());
    let state = pending.state();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut stored = whole.clone();
        change(&mut stored);
        stored
    };
    for (name, stored) in [
        ("encoded twice", json!(whole.to_string())),
        ("a table by state", json!({ state: whole })),
        ("the state alone", json!(state)),
        ("a list", json!([state, whole["code_verifier"], whole["nonce"]])),
        ("in a list", json!([whole])),
        ("a state for a version", changed(&|stored| stored["version"] = json!(state))),
        ("a state for a moment", changed(&|stored| stored["expires_at"] = json!(state))),
        ("a state for the issuers", changed(&|stored| stored["issuers"] = json!(state))),
        ("a state for a flag", changed(&|stored| stored["openid"] = json!(state))),
        ("a state for an age", changed(&|stored| stored["max_age"] = json!(state))),
        ("a field of an age", changed(&|stored| stored["max_age"] = json!({ state: 1 }))),
        ("one more field", changed(&|stored| stored[state] = json!(1))),
        ("another version", changed(&|stored| stored["version"] = json!(2))),
        ("nothing", json!(null)),
    ] {
        let text = stored.to_string();
        let [lone, table] = other_format(&text);
        let read = serde_json::from_str::<PendingSignIn>(&text).expect_err(name);
        let value = serde_json::from_value::<PendingSignIn>(stored).expect_err(name);
        for error in [lone, table, read.to_string(), value.to_string()] {
            assert!(!secrets.iter().any(|secret| error.contains(secret)), "{name}: {error}");
            assert!(error.starts_with(NOT_STORED), "{name}: {error}");
        }
    }
}

#[tokio::test]
async fn a_code_is_sent_by_the_client_that_it_was_asked_for() {
    let client = |id: &str| LocalClient::public(id).redirect_uri(REDIRECT);
    let local = LocalUserPool::builder().client(client("client1")).start().await.unwrap();
    let other = LocalUserPool::builder().pool_id("eu-west-1_Another").client(client("client1"));
    let other = other.own_keys().start().await.unwrap();
    let same = CognitoClient::new(&local.user_pool(), "client1").unwrap();
    let another_client = CognitoClient::new(&local.user_pool(), "client2").unwrap();
    let another_pool = CognitoClient::new(&other.user_pool(), "client1").unwrap();

    let code = || {
        let pending = same.sign_in(SignInRequest::new(REDIRECT)).unwrap().pending;
        accept(&pending, SystemTime::now()).unwrap()
    };
    let refused = "the authorization code cannot be used: it is of a sign-in at another user pool \
                   or app client";
    for (name, provider) in [
        ("another client", &another_client as &dyn IdentityProvider),
        ("another pool", &another_pool),
        ("another pool in memory", &other),
    ] {
        let bound = AuthCode::new("c", REDIRECT).issued_to(&local.user_pool(), "client1");
        for code in [code(), bound] {
            let error = provider.auth_with_code(code).await.unwrap_err();
            assert_eq!(error.to_string(), refused, "{name}");
        }
    }
    let sent = || local.requests(Endpoint::Token) + other.requests(Endpoint::Token);
    assert_eq!(sent(), 0);
    // The right one sends it, and one that is bound to no client may go anywhere.
    assert_eq!(same.auth_with_code(code()).await.unwrap_err().code(), "invalid_grant");
    let loose = AuthCode::new("c", REDIRECT);
    assert_eq!(another_pool.auth_with_code(loose).await.unwrap_err().code(), "invalid_grant");
    assert_eq!(sent(), 2);
}
