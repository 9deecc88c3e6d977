//! `machine_to_machine`.

use cognito_auth::testing::{LocalUserPool, TokenSpec};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::example::Example;
use super::{command, run};

#[test]
fn one_token_does_for_two_calls() {
    let Some(program) = Example::named("machine_to_machine") else { return };
    let (code, out, err) = run(&mut Example::command(&program), "");
    assert_eq!(
        out,
        "no COGNITO_… is set: started a local user pool\n\
         first call as local1example1machine1, scopes: orders/read\n\
         second call as local1example1machine1, scopes: orders/read\n\
         tokens fetched: 1\n"
    );
    assert_eq!((code, err.as_str()), (0, ""));
}

/// Two calls follow each other at once. What differs is how long the token is said to be good.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_fetched_once_while_it_is_good() {
    let pool = LocalUserPool::start().await.unwrap();
    let token = TokenSpec::machine().client_id("1machine").claim("sub", "1machine");
    let token = pool.token(&token.scopes(["orders/read"]));
    for (expires_in, fetched) in [(None, 2), (Some(60), 1), (Some(3600), 1)] {
        let mut answer = json!({"access_token": token, "token_type": "Bearer"});
        if let Some(seconds) = expires_in {
            answer["expires_in"] = json!(seconds);
        }
        let domain = MockServer::start().await;
        let token_endpoint = Mock::given(method("POST")).and(path("/oauth2/token"));
        let answer = ResponseTemplate::new(200).set_body_json(answer);
        token_endpoint.respond_with(answer).mount(&domain).await;
        let Some(mut command) = command("machine_to_machine", &pool) else { return };
        command
            .env("COGNITO_CLIENT_ID", "1machine")
            .env("COGNITO_CLIENT_SECRET", "secret")
            .env("COGNITO_DOMAIN", domain.uri());
        let (code, out, err) = run(&mut command, "");
        assert_eq!((code, err.as_str()), (0, ""), "{expires_in:?}");
        let said = "first call as 1machine, scopes: orders/read\n\
                    second call as 1machine, scopes: orders/read\n";
        assert_eq!(out, said, "{expires_in:?}");
        assert_eq!(domain.received_requests().await.unwrap().len(), fetched, "{expires_in:?}");
    }
}

#[tokio::test]
async fn a_client_without_a_secret_cannot_have_one() {
    let pool = LocalUserPool::start().await.unwrap();
    let Some(mut command) = command("machine_to_machine", &pool) else { return };
    let (code, out, err) = run(&mut command, "");
    assert_eq!((code, out.as_str(), err.as_str()), (2, "", "missing: COGNITO_CLIENT_SECRET\n"));
}
