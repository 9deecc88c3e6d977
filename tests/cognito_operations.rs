//! Operations of Cognito alone: token exchange, and a user's sessions at Cognito. The requests to the member, and what
//! each answer means.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use cognito_auth::{
    AccessOrIdToken, AccessToken, AuthError, CognitoClient, CognitoSessionKind, IdToken,
    LinkedSessions, RefreshToken, RefusalCode, TokenExchange, Unreachable, UserPool,
};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const CLIENT: &str = "1example23456789abcdefghij";
const SECRET: &str = "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12";
const SESSION: &str = "tkn0123456789abcdefghijklmno";

/// A server with one answer, and a client whose every request goes there.
async fn peer(status: u16, body: Value) -> (MockServer, CognitoClient) {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_string(body.to_string());
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let pool = pool.with_idp_endpoint(&server.uri()).unwrap();
    let client = CognitoClient::builder(&pool, CLIENT).client_secret(SECRET).build().unwrap();
    (server, client)
}

/// The operation and the body of each request.
async fn sent(server: &MockServer) -> Vec<(String, Value)> {
    let requests = server.received_requests().await.unwrap();
    let read = |request: &wiremock::Request| {
        let target = request.headers["x-amz-target"].to_str().unwrap();
        let operation = target.strip_prefix("AWSCognitoIdentityProviderService.").unwrap();
        assert!(!request.headers.contains_key("authorization"));
        (operation.to_owned(), serde_json::from_slice(&request.body).unwrap())
    };
    requests.iter().map(read).collect()
}

fn token() -> AccessToken {
    AccessToken::new("an.access.token")
}

fn issued(kind: &str, token_type: &str) -> Value {
    json!({ "IssuedToken": "a.new.token", "IssuedTokenType": kind, "TokenType": token_type,
        "ExpiresIn": 3600, "Scopes": ["invoices/read"] })
}

#[tokio::test]
async fn an_exchange_sends_what_it_was_given() {
    let (server, client) = peer(200, issued("ACCESS_TOKEN", "Bearer")).await;
    let exchange = TokenExchange::of_access_token(&token())
        .actor(&AccessToken::new("the.services.token"))
        .scopes(["invoices/read"])
        .audience("https://invoices.example.com")
        .resource("invoices")
        .request_access_token();
    let exchanged = client.exchange_token(&exchange).await.unwrap();
    assert_eq!(exchanged.token, AccessOrIdToken::Access("a.new.token".into()));
    assert_eq!(exchanged.expires_in, Some(Duration::from_secs(3600)));
    assert_eq!(exchanged.scopes, ["invoices/read"]);
    let of_id_token = TokenExchange::of_id_token(&IdToken::new("an.id.token")).request_id_token();
    client.exchange_token(&of_id_token).await.unwrap();
    assert_eq!(
        sent(&server).await,
        [
            (
                "GetDerivedToken".to_owned(),
                json!({
                    "ClientId": CLIENT, "ClientSecret": SECRET,
                    "SubjectToken": "an.access.token", "SubjectTokenType": "ACCESS_TOKEN",
                    "ActorToken": "the.services.token", "ActorTokenType": "ACCESS_TOKEN",
                    "Scopes": ["invoices/read"], "Audiences": ["https://invoices.example.com"],
                    "Resources": ["invoices"], "RequestedTokenType": "ACCESS_TOKEN",
                })
            ),
            (
                "GetDerivedToken".to_owned(),
                json!({
                    "ClientId": CLIENT, "ClientSecret": SECRET, "SubjectToken": "an.id.token",
                    "SubjectTokenType": "ID_TOKEN", "RequestedTokenType": "ID_TOKEN",
                })
            ),
        ]
    );
    for shown in [format!("{exchange:?}"), format!("{exchanged:?}")] {
        assert!(!shown.contains(".token\""), "{shown}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_not() {
    let (server, client) = peer(200, issued("ACCESS_TOKEN", "Bearer")).await;
    let exchange = || TokenExchange::of_access_token(&token());
    let many: Vec<_> = (0..51).map(|number| format!("api/{number}")).collect();
    for wrong in [
        TokenExchange::of_access_token(&AccessToken::new("")),
        TokenExchange::of_id_token(&IdToken::new("a b")),
        exchange().actor(&AccessToken::new("a\nb")),
        exchange().scopes(["a b"]),
        exchange().scopes(many),
        exchange().audience(""),
        exchange().audience("a".repeat(257)),
        exchange().resource("a\"b"),
    ] {
        assert_eq!(client.exchange_token(&wrong).await.unwrap_err().code(), "input", "{wrong:?}");
    }
    for id in ["", "a b", &"a".repeat(129)] {
        let revoked = client.revoke_user_session(&token(), id, LinkedSessions::Keep).await;
        assert_eq!(revoked.unwrap_err().code(), "input", "{id}");
    }
    let empty = AccessToken::new("");
    assert_eq!(client.user_sessions(&empty).await.unwrap_err().code(), "input");
    assert_eq!(sent(&server).await, []);
}

#[tokio::test]
async fn the_answer_to_an_exchange() {
    let exchange = TokenExchange::of_access_token(&token());
    let (_server, client) = peer(200, issued("ID_TOKEN", "N_A")).await;
    let exchanged = client.exchange_token(&exchange).await.unwrap();
    assert_eq!(exchanged.token, AccessOrIdToken::Id("a.new.token".into()));
    let without = |name: &str| {
        let mut answer = issued("ACCESS_TOKEN", "Bearer");
        answer.as_object_mut().unwrap().remove(name);
        answer
    };
    let with = |name: &str, value: Value| {
        let mut answer = issued("ACCESS_TOKEN", "Bearer");
        answer[name] = value;
        answer
    };
    for fine in [without("ExpiresIn"), without("Scopes"), with("Scopes", Value::Null)] {
        let (_server, client) = peer(200, fine.clone()).await;
        client.exchange_token(&exchange).await.unwrap_or_else(|error| panic!("{fine}: {error}"));
    }
    for (wrong, code) in [
        (without("IssuedToken"), "undecodable"),
        (without("IssuedTokenType"), "undecodable"),
        (without("TokenType"), "undecodable"),
        (with("IssuedToken", json!("")), "undecodable"),
        (with("IssuedToken", json!("a".repeat(64 * 1024 + 1))), "token_too_large"),
        (with("IssuedTokenType", json!("SAML2")), "undecodable"),
        (with("TokenType", json!("mac")), "undecodable"),
        (with("ExpiresIn", json!(-1)), "undecodable"),
        (with("ExpiresIn", json!(400_000_000)), "undecodable"),
        (with("Scopes", json!("invoices/read")), "undecodable"),
        (with("Scopes", json!([1])), "undecodable"),
        (json!([]), "undecodable"),
    ] {
        let (_server, client) = peer(200, wrong.clone()).await;
        let error = client.exchange_token(&exchange).await.unwrap_err();
        assert_eq!(error.code(), code, "{wrong}");
    }
}

fn session(id: &str, current: bool) -> Value {
    json!({ "SessionId": id, "SessionType": "TOKEN", "ClientId": CLIENT, "CreateDate": 1_764_400_000.5,
        "LastActiveDate": 1_764_400_100, "DeviceType": "Desktop", "LastIPAddress": "192.0.2.1",
        "LastLocation": { "City": "Hull", "Country": "GB" }, "OriginSessionId": "sso0",
        "IsCurrentSession": current })
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let server = MockServer::start().await;
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let pool = pool.with_idp_endpoint(&server.uri()).unwrap();
    let client = CognitoClient::builder(&pool, CLIENT).client_secret(SECRET).build().unwrap();
    let first = json!({ "Sessions": [session(SESSION, true)], "NextToken": "more" });
    let sso = json!({ "SessionId": "sso1", "SessionType": "SSO" });
    let other = json!({ "SessionId": "new1", "SessionType": "A_NEW_KIND", "More": {} });
    let last = json!({ "Sessions": [sso, other] });
    for (times, body) in [(1, first), (1, last), (9, json!({}))] {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        let mock = Mock::given(any()).respond_with(answer).up_to_n_times(times);
        mock.mount(&server).await;
    }
    let list = client.user_sessions(&token()).await.unwrap();
    assert!(list.is_complete);
    let sessions = list.sessions;
    let [tokens, login_page, unknown] = sessions.as_slice() else { panic!("{sessions:?}") };
    assert_eq!((tokens.id.as_str(), tokens.kind), (SESSION, CognitoSessionKind::Tokens));
    assert!(tokens.is_current && tokens.client_id.as_deref() == Some(CLIENT));
    let age = tokens.last_active_at.unwrap().duration_since(tokens.created_at.unwrap()).unwrap();
    assert_eq!(age, Duration::from_millis(99_500));
    assert_eq!((tokens.city.as_deref(), tokens.country.as_deref()), (Some("Hull"), Some("GB")));
    assert_eq!(tokens.ip_address.as_deref(), Some("192.0.2.1"));
    assert_eq!(tokens.origin_session_id.as_deref(), Some("sso0"));
    assert_eq!((login_page.kind, login_page.is_current), (CognitoSessionKind::LoginPage, false));
    assert_eq!((unknown.kind, unknown.created_at), (CognitoSessionKind::Other, None));
    assert!(!format!("{sessions:?}").contains("192.0.2.1"));

    client.revoke_user_session(&token(), "sso1", LinkedSessions::End).await.unwrap();
    client.revoke_user_session(&token(), SESSION, LinkedSessions::Keep).await.unwrap();
    client.revoke_with_linked_sessions(&RefreshToken::new("a-refresh-token")).await.unwrap();
    let list = |next: Option<&str>| {
        let mut body = json!({ "AccessToken": "an.access.token" });
        if let Some(next) = next {
            body["NextToken"] = json!(next);
        }
        ("ListUserSessions".to_owned(), body)
    };
    let revoke = |id: &str, linked: &str| {
        let body = json!({ "AccessToken": "an.access.token", "SessionId": id,
            "RevokeAssociatedSessions": linked });
        ("RevokeUserSession".to_owned(), body)
    };
    let linked = json!({ "Token": "a-refresh-token", "ClientId": CLIENT, "ClientSecret": SECRET,
        "RevokeAssociatedSessions": "LINKED" });
    assert_eq!(
        sent(&server).await,
        [
            list(None),
            list(Some("more")),
            revoke("sso1", "LINKED"),
            revoke(SESSION, "NONE"),
            ("RevokeToken".to_owned(), linked),
        ]
    );
}

/// A list that never ends.
#[tokio::test]
async fn the_pages_are_bounded() {
    let page = json!({ "Sessions": [session(SESSION, false)], "NextToken": "more" });
    let (server, client) = peer(200, page).await;
    let list = client.user_sessions(&token()).await.unwrap();
    assert_eq!((list.sessions.len(), list.is_complete), (20, false));
    assert_eq!(sent(&server).await.len(), 20);
    for wrong in [
        json!({ "Sessions": {} }),
        json!({ "Sessions": [{}] }),
        json!({ "Sessions": [{ "SessionId": 1 }] }),
        json!({ "Sessions": [], "NextToken": 1 }),
        json!("text"),
    ] {
        let (_server, client) = peer(200, wrong.clone()).await;
        let error = client.user_sessions(&token()).await.unwrap_err();
        assert_eq!(error.code(), "undecodable", "{wrong}");
    }
}

/// Each page in time, and all together not.
#[tokio::test]
async fn all_pages_have_one_time_limit() {
    let server = MockServer::start().await;
    let page = json!({ "Sessions": [session(SESSION, false)], "NextToken": "more" });
    let answer = ResponseTemplate::new(200).set_body_json(page);
    let answer = answer.set_delay(Duration::from_millis(400));
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let pool = pool.with_idp_endpoint(&server.uri()).unwrap();
    let client = CognitoClient::builder(&pool, CLIENT).timeout(Duration::from_secs(2));
    let listed = client.build().unwrap().user_sessions(&token()).await;
    assert_eq!(listed, Err(AuthError::Unreachable(Unreachable::Timeout)));
    assert!(sent(&server).await.len() <= 5);
}

/// Where the pool does not have an operation: an answer of its own, which ends no session.
#[tokio::test]
async fn pools_without_these_operations() {
    for (name, code) in [
        ("OperationNotEnabledException", RefusalCode::OperationNotEnabled),
        ("FeatureUnavailableInTierException", RefusalCode::FeatureUnavailable),
    ] {
        let (_server, client) = peer(400, json!({ "__type": name, "message": "no" })).await;
        let exchange = TokenExchange::of_access_token(&token());
        let refresh_token = RefreshToken::new("a-refresh-token");
        let errors = [
            client.exchange_token(&exchange).await.unwrap_err(),
            client.user_sessions(&token()).await.unwrap_err(),
            client.revoke_user_session(&token(), SESSION, LinkedSessions::Keep).await.unwrap_err(),
            client.revoke_with_linked_sessions(&refresh_token).await.unwrap_err(),
        ];
        for error in errors {
            let AuthError::Refused(refusal) = &error else { panic!("{error}") };
            assert_eq!(refusal.code(), code);
            assert!(!error.is_refusal(), "{name}: a session would end");
        }
    }
}
