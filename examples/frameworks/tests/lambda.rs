//! The programs for AWS Lambda, run by `lambda_runtime` and `lambda_http` against a server that has the interface of
//! Lambda's runtime, with events as API Gateway sends them.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};

const API: &str = "arn:aws:execute-api:eu-west-1:123456789012:abcdef123/test";

/// The function's next event, and what it said to the last one.
struct Runtime {
    events: Mutex<mpsc::UnboundedReceiver<Value>>,
    said: mpsc::UnboundedSender<(&'static str, Value)>,
}

type Shared = State<Arc<Runtime>>;

async fn next(State(runtime): Shared) -> impl IntoResponse {
    let event = runtime.events.lock().await.recv().await;
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-1:123456789012:function:f"),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"),
    ];
    (headers, event.unwrap_or_default().to_string())
}

async fn hear(State(runtime): Shared, Path((_, kind)): Path<(String, String)>, body: String) {
    let kind = if kind == "response" { "response" } else { "error" };
    let _ = runtime.said.send((kind, serde_json::from_str(&body).unwrap()));
}

/// A function that runs until it is dropped.
struct Function {
    program: Child,
    events: mpsc::UnboundedSender<Value>,
    said: mpsc::UnboundedReceiver<(&'static str, Value)>,
}

impl Function {
    async fn start(program: &str, pool: &LocalUserPool, answer: &str) -> Self {
        let (events, receiver) = mpsc::unbounded_channel();
        let (sender, said) = mpsc::unbounded_channel();
        let runtime = Runtime { events: Mutex::new(receiver), said: sender };
        let server = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(hear))
            .with_state(Arc::new(runtime));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, server).await });
        let users = pool.user_pool();
        let program = Command::new(program)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "f")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("COGNITO_USER_POOL_ID", users.id().as_str())
            .env("COGNITO_CLIENT_ID", pool.client_id())
            .env("COGNITO_ISSUER", &users.issuers()[0])
            .env("COGNITO_JWKS_URI", users.jwks_uri().as_str())
            .env("AUTHORIZER_ANSWER", answer)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { program, events, said }
    }

    async fn call(&mut self, event: Value) -> (&'static str, Value) {
        self.events.send(event).unwrap();
        self.said.recv().await.unwrap()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

async fn pool() -> LocalUserPool {
    let alice = LocalUser::new("alice", "Passw0rd!23");
    LocalUserPool::builder().user(alice).start().await.unwrap()
}

fn recorded(text: &str, authorization: &str) -> Value {
    serde_json::from_str(&text.replace("{authorization}", authorization)).unwrap()
}

const TOKEN: &str = include_str!("lambda/rest_token.json");
const REQUEST: &str = include_str!("lambda/rest_request.json");
const FORMAT_1: &str = include_str!("lambda/http_1_0.json");
const FORMAT_2: &str = include_str!("lambda/http_2_0.json");
const WEB_SOCKET: &str = include_str!("lambda/websocket.json");
const PROXY_1: &str = include_str!("lambda/rest_proxy.json");
const PROXY_2: &str = include_str!("lambda/http_proxy.json");

#[tokio::test]
async fn the_authorizer_answers_with_policies() {
    let pool = pool().await;
    let spec = TokenSpec::access("alice").scopes(["orders/read"]);
    let good = format!("Bearer {}", pool.token(&spec));
    let expired = format!("Bearer {}", pool.token(&spec.clone().expired()));
    let other = format!("Bearer {}", pool.token(&TokenSpec::access("alice").scopes(["openid"])));
    let program = env!("CARGO_BIN_EXE_lambda_authorizer");
    let mut function = Function::start(program, &pool, "").await;
    for text in [TOKEN, REQUEST, FORMAT_1, FORMAT_2, WEB_SOCKET] {
        let (kind, answer) = function.call(recorded(text, &good)).await;
        assert_eq!(kind, "response", "{answer}");
        assert_eq!(answer["principalId"], pool.sub("alice").unwrap());
        assert_eq!(
            answer["policyDocument"]["Statement"],
            json!([{
                "Action": "execute-api:Invoke", "Effect": "Allow",
                "Resource": [format!("{API}/GET/orders/*")],
            }])
        );
        // The types of the events' crate read it.
        let read: lambda_http::aws_lambda_events::apigw::ApiGatewayCustomAuthorizerResponse<Value> =
            serde_json::from_value(answer.clone()).unwrap();
        assert_eq!(read.context["username"], "alice");
        assert_eq!(read.policy_document.statement.len(), 1);

        for refused in [expired.as_str(), "Basic YTpi", "Bearer a b"] {
            let (kind, answer) = function.call(recorded(text, refused)).await;
            // What API Gateway compares to answer 401.
            assert_eq!((kind, &answer["errorMessage"]), ("error", &json!("Unauthorized")));
        }
        let (kind, answer) = function.call(recorded(text, &other)).await;
        assert_eq!(kind, "response");
        assert_eq!(answer["policyDocument"]["Statement"][0]["Effect"], "Deny");
    }
}

#[tokio::test]
async fn the_authorizer_answers_simply() {
    let pool = pool().await;
    let good = format!("Bearer {}", pool.access_token("alice").expose());
    let program = env!("CARGO_BIN_EXE_lambda_authorizer");
    let mut function = Function::start(program, &pool, "simple").await;
    let (kind, answer) = function.call(recorded(FORMAT_2, &good)).await;
    assert_eq!((kind, &answer["isAuthorized"]), ("response", &json!(true)));
    assert_eq!(answer["context"]["username"], "alice");
    let read: lambda_http::aws_lambda_events::apigw::ApiGatewayV2CustomAuthorizerSimpleResponse<
        Value,
    > = serde_json::from_value(answer).unwrap();
    assert!(read.is_authorized);
    let answer = function.call(recorded(FORMAT_2, "Bearer rubbish")).await;
    assert_eq!(answer, ("response", json!({ "isAuthorized": false })));
}

/// The keys cannot be fetched: the function fails, and API Gateway caches nothing.
#[tokio::test]
async fn what_cannot_be_checked_is_an_error() {
    let pool = pool().await;
    let good = format!("Bearer {}", pool.access_token("alice").expose());
    pool.stop();
    for answer in ["", "simple"] {
        let program = env!("CARGO_BIN_EXE_lambda_authorizer");
        let mut function = Function::start(program, &pool, answer).await;
        let (kind, answer) = function.call(recorded(FORMAT_2, &good)).await;
        let message = json!("the token cannot be checked at the moment");
        assert_eq!((kind, &answer["errorMessage"]), ("error", &message));
    }
}

#[tokio::test]
async fn a_function_behind_an_api_needs_a_token() {
    let pool = pool().await;
    let good = format!("Bearer {}", pool.access_token("alice").expose());
    let mut function = Function::start(env!("CARGO_BIN_EXE_protect_lambda"), &pool, "").await;
    for text in [PROXY_1, PROXY_2] {
        let (kind, answer) = function.call(recorded(text, &good)).await;
        assert_eq!((kind, &answer["statusCode"]), ("response", &json!(200)), "{answer}");
        assert_eq!(answer["body"], "hello alice");
        let (_, answer) = function.call(recorded(text, "Bearer rubbish")).await;
        assert_eq!(answer["statusCode"], 401);
        let challenge = json!([r#"Bearer error="invalid_token""#]);
        let of_rest = &answer["multiValueHeaders"]["www-authenticate"];
        let of_http = &answer["headers"]["www-authenticate"];
        assert!(of_rest == &challenge || of_http == &challenge[0], "{answer}");
    }
}
