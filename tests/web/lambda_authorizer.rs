//! The table through the events of Lambda authorizers: HTTP APIs (format 2.0 and 1.0), REST APIs (TOKEN and REQUEST).

use cognito_auth::lambda_authorizer::{AuthorizerError, AuthorizerRequest, LambdaAuthorizer};
use serde_json::{Value, json};

use crate::cases::{Case, Entry, Stage};

const API: &str = "arn:aws:execute-api:eu-west-1:123456789012:abcdef123/test";

fn fields(case: &Case) -> Option<Vec<&str>> {
    // API Gateway's events are text.
    case.question.authorization.iter().map(|field| field.to_str().ok()).collect()
}

/// The events of a case, each as the API would send it. A TOKEN event has one field at most.
fn events(fields: &[&str]) -> Vec<(&'static str, Value)> {
    let arn = format!("{API}/GET/orders/7");
    let mut headers = json!({ "accept": "*/*" });
    let mut all = json!({ "Accept": ["*/*"] });
    // HTTP APIs join several fields, REST APIs have the last one, and all of them beside it.
    if let Some(last) = fields.last() {
        headers["authorization"] = json!(fields.join(","));
        all["Authorization"] = json!(fields);
        let rest = json!({ "Authorization": last });
        let mut events = vec![(
            "REQUEST",
            json!({ "type": "REQUEST", "methodArn": arn, "httpMethod": "GET", "headers": rest,
                "multiValueHeaders": all }),
        )];
        if fields.len() == 1 {
            events.push((
                "TOKEN",
                json!({ "type": "TOKEN", "methodArn": arn, "authorizationToken": last }),
            ));
        }
        events.extend(of_http_apis(&arn, &headers));
        return events;
    }
    of_http_apis(&arn, &headers)
}

fn of_http_apis(arn: &str, headers: &Value) -> Vec<(&'static str, Value)> {
    vec![
        (
            "format 2.0",
            json!({ "version": "2.0", "type": "REQUEST", "routeArn": arn, "headers": headers,
                "requestContext": { "http": { "method": "GET" } } }),
        ),
        (
            "format 1.0",
            json!({ "version": "1.0", "type": "REQUEST", "methodArn": arn, "httpMethod": "GET",
                "headers": headers, "authorizationToken": "not the client's" }),
        ),
    ]
}

#[tokio::test]
async fn every_case() {
    let stage = Stage::set().await;
    let mut asked = 0;
    for case in stage.cases(Entry::Access) {
        let Some(fields) = fields(&case) else { continue };
        let authorizer = LambdaAuthorizer::new(case.question.bearer.clone());
        for (kind, event) in events(&fields) {
            asked += 1;
            let request: AuthorizerRequest = serde_json::from_value(event).unwrap();
            let policy = authorizer.policy(&request).await;
            let simple = authorizer.simple(&request).await;
            let policy = policy.map(|answer| serde_json::to_value(answer).unwrap());
            let simple = simple.map(|answer| serde_json::to_value(answer).unwrap());
            let name = format!("{}, {kind}", case.name);
            match case.expected.status() {
                200 => {
                    let (policy, simple) = (policy.unwrap(), simple.unwrap());
                    let statement = &policy["policyDocument"]["Statement"][0];
                    assert_eq!(statement["Effect"], "Allow", "{name}");
                    assert_eq!(statement["Resource"], json!([format!("{API}/*")]), "{name}");
                    assert_eq!(policy["principalId"], policy["context"]["sub"], "{name}");
                    assert_eq!(simple["isAuthorized"], true, "{name}");
                    assert_eq!(simple["context"], policy["context"], "{name}");
                }
                400 | 401 => {
                    assert_eq!(policy, Err(AuthorizerError::Unauthorized), "{name}");
                    assert_eq!(simple.unwrap(), json!({ "isAuthorized": false }), "{name}");
                }
                403 => {
                    let policy = policy.unwrap();
                    let statement = &policy["policyDocument"]["Statement"][0];
                    assert_eq!(statement["Effect"], "Deny", "{name}");
                    assert_eq!(statement["Resource"], json!([format!("{API}/*")]), "{name}");
                    assert_eq!(policy.get("context"), None, "{name}");
                    assert_eq!(simple.unwrap(), json!({ "isAuthorized": false }), "{name}");
                }
                503 => {
                    assert_eq!(policy, Err(AuthorizerError::Unavailable), "{name}");
                    assert_eq!(simple, Err(AuthorizerError::Unavailable), "{name}");
                }
                other => panic!("{name}: {other}"),
            }
        }
    }
    assert!(asked > 150, "{asked}");
}
