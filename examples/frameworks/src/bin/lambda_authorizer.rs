//! An AWS Lambda authorizer for an HTTP API of Amazon API Gateway: payload format 2.0, simple
//! responses (API Gateway Developer Guide, "Control access to HTTP APIs with AWS Lambda
//! authorizers").
//!
//! API Gateway answers 403 to a request that is not authorized, and 500 when this function fails, so
//! "cannot tell" has a status of its own. The function behind it finds the claims in the request's
//! context.
//!
//! API Gateway can cache an authorizer's answer, and does not see a sign-out during that time. Set the
//! cache time to zero where sign-outs have to hold at once.

use cognito_auth::bearer::JwtBearer;
use frameworks::settings::{Problem, Settings};
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2CustomAuthorizerV2Request;
use lambda_http::lambda_runtime::{self, Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

async fn authorize(
    bearer: &JwtBearer,
    request: &ApiGatewayV2CustomAuthorizerV2Request,
) -> Result<Value, Error> {
    match bearer.access(&request.headers).await {
        Ok(credentials) => {
            let claims = credentials.claims();
            let scopes: Vec<&str> = claims.scopes().collect();
            let context = json!({
                "sub": claims.sub(), "username": claims.username(), "scope": scopes.join(" "),
            });
            Ok(json!({ "isAuthorized": true, "context": context }))
        }
        Err(challenge) if challenge.is_unavailable() => Err(challenge.into()),
        Err(_) => Ok(json!({ "isAuthorized": false })),
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    // Built once for all invocations of this instance, so that the keys stay cached.
    let bearer = settings.bearer().map_err(Problem::from)?;
    let bearer = &bearer;
    lambda_runtime::run(service_fn(
        async move |event: LambdaEvent<ApiGatewayV2CustomAuthorizerV2Request>| {
            authorize(bearer, &event.payload).await
        },
    ))
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use cognito_auth::testing::{Endpoint, Fault, TokenSpec};

    fn request(authorization: &str) -> ApiGatewayV2CustomAuthorizerV2Request {
        serde_json::from_value(json!({
            "version": "2.0", "type": "REQUEST", "identitySource": [authorization],
            "routeArn": "arn:aws:execute-api:eu-west-1:123456789012:abcdef123/test/GET/request",
            "routeKey": "$default", "rawPath": "/request", "rawQueryString": "",
            "headers": { "authorization": authorization },
            "requestContext": {
                "accountId": "123456789012", "apiId": "api-id", "domainName": "id.example.com",
                "domainPrefix": "id", "requestId": "id", "routeKey": "$default", "stage": "$default",
                "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1583348638390_i64,
                "http": {
                    "method": "GET", "path": "/request", "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "agent",
                },
            },
        }))
        .unwrap()
    }

    #[tokio::test]
    async fn yes_no_and_cannot_tell() {
        let settings = Settings::from_environment(|_| None).await.unwrap();
        let pool = settings.local.clone().unwrap();
        let bearer = settings.bearer().unwrap();
        let good = format!("Bearer {}", pool.access_token("alice").expose());
        let expired = format!("Bearer {}", pool.token(&TokenSpec::access("alice").expired()));

        pool.fail_next_at(Endpoint::Jwks, 1, Fault::Status(500));
        let cannot_tell = authorize(&bearer, &request(&good)).await.unwrap_err();
        assert_eq!(cannot_tell.to_string(), "the token cannot be checked at the moment");

        // A new bearer, since the first one's key set is cooling down for ten seconds.
        let bearer = settings.bearer().unwrap();
        let yes = authorize(&bearer, &request(&good)).await.unwrap();
        assert_eq!(yes["isAuthorized"], true);
        assert_eq!(yes["context"]["username"], "alice");
        assert_eq!(yes["context"]["sub"], pool.sub("alice").unwrap());
        for no in [expired.as_str(), "Basic YTpi", "Bearer a b"] {
            let answer = authorize(&bearer, &request(no)).await.unwrap();
            assert_eq!(answer, json!({ "isAuthorized": false }));
        }
    }
}
