//! Lambda authorizers: the events of API Gateway, and the policies.
#![allow(clippy::unwrap_used)]

#[path = "support/local_pool.rs"]
mod local_pool;
#[path = "lambda_authorizer/policy.rs"]
mod policy;

use cognito_auth::bearer::{CsrfRules, JwtBearer};
use cognito_auth::lambda_authorizer::{
    AuthorizerError, AuthorizerRequest, LambdaAuthorizer, PolicyAnswer,
};
use cognito_auth::testing::{LocalUserPool, TokenSpec};
use http::HeaderName;
use serde_json::{Value, json};

use local_pool::{pool, verifier, verifier_builder};

const API: &str = "arn:aws:execute-api:eu-west-1:123456789012:abcdef123";

fn request(event: Value) -> AuthorizerRequest {
    serde_json::from_value(event).unwrap()
}

fn token_event(token: &str, path: &str) -> AuthorizerRequest {
    let arn = format!("{API}/test/{path}");
    let token = format!("Bearer {token}");
    request(json!({ "type": "TOKEN", "authorizationToken": token, "methodArn": arn }))
}

fn bearer(pool: &LocalUserPool) -> JwtBearer {
    JwtBearer::new(verifier(pool))
}

fn json_of(answer: &PolicyAnswer) -> Value {
    serde_json::to_value(answer).unwrap()
}

fn resources(answer: &PolicyAnswer) -> (String, Vec<String>) {
    let answer = json_of(answer);
    let [statement] = answer["policyDocument"]["Statement"].as_array().unwrap().as_slice() else {
        panic!("{answer}")
    };
    assert_eq!(statement["Action"], "execute-api:Invoke");
    let effect = statement["Effect"].as_str().unwrap().to_owned();
    (effect, serde_json::from_value(statement["Resource"].clone()).unwrap())
}

#[tokio::test]
async fn the_answers_are_what_api_gateway_reads() {
    let pool = pool();
    let spec = TokenSpec::access("alice").scopes(["openid", "orders/read"]);
    let token = pool.token(&spec);
    let authorizer = LambdaAuthorizer::new(bearer(&pool));
    let event = token_event(&token, "GET/orders");
    let mut answer = authorizer.policy(&event).await.unwrap();
    let sub = pool.sub("alice").unwrap();
    let claims = bearer(&pool).access_of(&token).await.unwrap();
    let end = claims.expires_at().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let context = json!({
        "sub": sub, "username": "alice", "client_id": pool.client_id(), "groups": r#"["admins"]"#,
        "scope": "openid orders/read", "exp": end.to_string(),
    });
    assert_eq!(
        json_of(&answer),
        json!({
            "principalId": sub,
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": "execute-api:Invoke", "Effect": "Allow",
                    "Resource": [format!("{API}/test/*")],
                }],
            },
            "context": context,
        })
    );
    let simple = authorizer.simple(&event).await.unwrap();
    assert_eq!(
        serde_json::to_value(&simple).unwrap(),
        json!({ "isAuthorized": true, "context": context })
    );
    answer.usage_identifier_key = Some("a-key".to_owned());
    answer.context.insert("tenant".to_owned(), "acme".to_owned());
    assert_eq!(json_of(&answer)["usageIdentifierKey"], "a-key");
    assert_eq!(json_of(&answer)["context"]["tenant"], "acme");
    for shown in [format!("{event:?}"), format!("{answer:?}"), format!("{authorizer:?}")] {
        assert!(!shown.contains(&token[token.len() - 20..]), "{shown}");
    }
    assert_eq!(AuthorizerError::Unauthorized.to_string(), "Unauthorized");
}

/// The policy of one request is used for the next one, of another method and path.
#[tokio::test]
async fn a_policy_names_the_routes_of_the_token_and_not_of_the_request() {
    let pool = pool();
    let bearer = bearer(&pool);
    let authorizer = LambdaAuthorizer::new(bearer.clone())
        .route("GET", "/orders/*", bearer.require_scope("orders/read"))
        .unwrap()
        .route("POST", "/orders", bearer.require_scope("orders/write"))
        .unwrap()
        .route("*", "/admin/*", bearer.require_group("clerks"))
        .unwrap();
    let (reads, writes) = (format!("{API}/test/GET/orders/*"), format!("{API}/test/POST/orders"));
    let everything = format!("{API}/test/*");
    for (scopes, effect, expected) in [
        (vec!["orders/read"], "Allow", vec![reads.clone()]),
        (vec!["orders/write"], "Allow", vec![writes.clone()]),
        (vec!["orders/read", "orders/write"], "Allow", vec![reads, writes]),
        (vec!["openid"], "Deny", vec![everything]),
    ] {
        let token = pool.token(&TokenSpec::access("alice").scopes(scopes));
        // What the client asks for changes nothing, whatever it is: `*` would be a wild card.
        for path in ["GET/orders/7", "POST/orders", "DELETE/orders/7", "GET/*", "*/*", "GET/"] {
            let answer = authorizer.policy(&token_event(&token, path)).await.unwrap();
            assert_eq!(resources(&answer), (effect.to_owned(), expected.clone()), "{path}");
            assert_eq!(answer.principal_id, pool.sub("alice").unwrap());
        }
    }
}

/// The verifier's own requirement: no claims are known, and the principal must not be empty.
#[tokio::test]
async fn a_token_that_lacks_what_all_routes_need_is_denied() {
    let pool = pool();
    let strict = verifier_builder(&pool).require_scope("orders/read").build().unwrap();
    let event = token_event(pool.access_token("alice").expose(), "GET/orders");
    let answer = LambdaAuthorizer::new(JwtBearer::new(strict)).policy(&event).await.unwrap();
    assert_eq!(resources(&answer), ("Deny".to_owned(), vec![format!("{API}/test/*")]));
    assert_eq!(answer.principal_id, "refused");
}

/// The request is refused, and not the token: a cached answer would count for the site's own pages.
#[tokio::test]
async fn a_cross_site_request_is_not_answered_with_a_policy() {
    let pool = pool();
    let rules = CsrfRules::new("https://app.example.com").unwrap();
    let bearer = bearer(&pool).token_in_cookie("__Host-token", rules).unwrap();
    let authorizer = LambdaAuthorizer::new(bearer.clone()).route("GET", "/*", bearer.clone());
    let authorizer = authorizer.unwrap().route("POST", "/*", bearer).unwrap();
    let token = pool.access_token("alice");
    let cookie = format!("__Host-token={}", token.expose());
    let event = |method: &str, origin: &str| {
        request(json!({
            "version": "2.0", "type": "REQUEST", "routeArn": format!("{API}/$default/{method}/orders"),
            "cookies": ["theme=dark", cookie], "headers": { "origin": origin },
            "requestContext": { "http": { "method": method } },
        }))
    };
    let (own, evil) = ("https://app.example.com", "https://evil.example");
    for event in [event("GET", evil), event("POST", own)] {
        let answer = authorizer.policy(&event).await.unwrap();
        let expected = ["GET", "POST"].map(|method| format!("{API}/$default/{method}/*")).to_vec();
        assert_eq!(resources(&answer), ("Allow".to_owned(), expected));
    }
    let refused = authorizer.policy(&event("POST", evil)).await;
    assert_eq!(refused, Err(AuthorizerError::Unauthorized));
}

/// As AWS documents them, and as the tests of the crate `aws_lambda_events` have recorded them.
#[tokio::test]
async fn the_events_of_every_api() {
    let pool = pool();
    let token = pool.access_token("alice");
    let authorization = format!("Bearer {}", token.expose());
    let authorizer = LambdaAuthorizer::new(bearer(&pool));
    let arn = format!("{API}/test/GET/request");
    for (name, event) in [
        (
            "TOKEN",
            json!({ "type": "TOKEN", "authorizationToken": authorization, "methodArn": arn }),
        ),
        (
            "TOKEN of the console's test",
            json!({ "type": "TOKEN", "authorizationToken": authorization,
                "methodArn": format!("{API}/*/GET/") }),
        ),
        (
            "REQUEST of a REST API",
            json!({ "type": "REQUEST", "methodArn": arn, "resource": "/request", "path": "/request",
                "httpMethod": "GET", "headers": { "Authorization": authorization },
                "multiValueHeaders": { "Authorization": [authorization], "Accept": null },
                "queryStringParameters": null, "pathParameters": null, "stageVariables": null,
                "requestContext": { "stage": "test", "identity": { "sourceIp": "192.0.2.1" } } }),
        ),
        (
            "format 1.0",
            json!({ "version": "1.0", "type": "REQUEST", "methodArn": arn, "httpMethod": "GET",
                "identitySource": "user1,123", "authorizationToken": "user1,123",
                "headers": { "Authorization": authorization, "X-Null": null },
                "requestContext": { "http": { "method": "POST" }, "timeEpoch": 1_583_348_638_390_i64 } }),
        ),
        (
            "format 2.0",
            json!({ "version": "2.0", "type": "REQUEST", "routeArn": arn, "identitySource": ["a"],
                "routeKey": "$default", "rawPath": "/my/path", "rawQueryString": "a=1",
                "cookies": ["cookie1", "cookie2"], "headers": { "authorization": authorization },
                "queryStringParameters": null, "pathParameters": null, "stageVariables": null,
                "requestContext": { "http": { "method": "POST" }, "authentication": null } }),
        ),
        (
            "a WebSocket API",
            json!({ "version": "$LATEST", "type": "REQUEST", "methodArn": format!("{API}/test/$connect"),
                "headers": { "Authorization": authorization },
                "multiValueHeaders": { "Authorization": [authorization] },
                "requestContext": { "eventType": "CONNECT", "routeKey": "$connect" } }),
        ),
        (
            "China",
            json!({ "type": "TOKEN", "authorizationToken": authorization,
                "methodArn": "arn:aws-cn:execute-api:cn-north-1:123456789012:abcdef123/prod/GET/" }),
        ),
    ] {
        let answer = authorizer.policy(&request(event)).await.unwrap_or_else(|_| panic!("{name}"));
        assert_eq!(resources(&answer).0, "Allow", "{name}");
    }
}

#[test]
fn other_events_are_none_of_an_authorizer() {
    for event in [
        json!({}),
        json!({ "type": "REQUEST", "methodArn": null }),
        json!({ "type": "TOKEN", "methodArn": "" }),
        json!({ "type": "TOKEN", "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:abcdef123" }),
        json!({ "type": "TOKEN", "methodArn": format!("{API}/test") }),
        json!({ "type": "TOKEN", "methodArn": format!("{API}//GET/") }),
        json!({ "type": "TOKEN", "methodArn": format!("{API}/a b/GET/") }),
        json!({ "type": "TOKEN", "methodArn": "arn:aws:lambda:eu-west-1:123456789012:function/test/GET/" }),
        json!({ "version": "2.0", "routeKey": "GET /", "rawPath": "/", "headers": {} }),
        json!([]),
        json!("text"),
    ] {
        assert!(serde_json::from_value::<AuthorizerRequest>(event.clone()).is_err(), "{event}");
    }
}

/// The last of several fields is in `headers`: another part of the system may read the first.
#[tokio::test]
async fn a_second_field_is_seen() {
    let pool = pool();
    let token = format!("Bearer {}", pool.access_token("alice").expose());
    let arn = format!("{API}/test/GET/request");
    let authorizer = LambdaAuthorizer::new(bearer(&pool));
    for (fields, cased) in [
        (json!({ "Authorization": ["Bearer x", token] }), "one name"),
        (json!({ "Authorization": ["Bearer x"], "authorization": [token] }), "two cases"),
    ] {
        let event = json!({ "type": "REQUEST", "methodArn": arn, "httpMethod": "GET",
            "headers": { "Authorization": token }, "multiValueHeaders": fields });
        let refused = authorizer.policy(&request(event)).await;
        assert_eq!(refused, Err(AuthorizerError::Unauthorized), "{cased}");
    }
    // What no header has is malformed, and not absent.
    let event = json!({ "type": "REQUEST", "methodArn": arn, "headers": { "authorization": "Bearer a\n" } });
    let optional = LambdaAuthorizer::new(bearer(&pool)).policy(&request(event)).await;
    assert_eq!(optional, Err(AuthorizerError::Unauthorized));
    // The field that the bearer reads.
    let field = HeaderName::from_static("x-access-token");
    let authorizer = LambdaAuthorizer::new(bearer(&pool).token_in_header(field));
    let token = pool.access_token("alice");
    let event = json!({ "type": "REQUEST", "methodArn": arn,
        "headers": { "X-Access-Token": token.expose() } });
    authorizer.policy(&request(event)).await.unwrap();
}
