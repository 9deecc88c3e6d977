//! Direct sign-in: the requests to the byte, the flows, and answers that lie.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod accounts;
#[path = "../support/authenticator.rs"]
mod authenticator;
mod authenticator_keys;
mod bounds;
mod confirmations;
mod context;
mod devices;
mod failures;
mod flows;
mod hostile;
#[path = "../support/later.rs"]
mod later;
mod left;
#[path = "../support/log.rs"]
mod log;
mod logs;
mod operations;
mod pool_accounts;
mod pool_challenges;
mod pool_passwords;
mod refresh;
mod requests;
#[path = "../support/retried.rs"]
mod retried;
mod revoked_late;
mod sealed;
mod sessions;
mod shown;
mod sizes;

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::direct::{DirectSignIn, SignInChallenge, Step};
use cognito_auth::{AuthError, CognitoClient, CognitoClientBuilder, UserPool};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(crate) const POOL: &str = "eu-west-1_AbCdEf123";
pub(crate) const CLIENT: &str = "1example23456789abcdefghij";
pub(crate) const SECRET: &str = "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12";
pub(crate) const ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123";
pub(crate) const SUB: &str = "a33408e2-2071-70ef-04ae-70f524b3b6c6";
/// 2026-11-04T08:05:09Z.
pub(crate) const NOW: u64 = 1_793_779_509;
const DATE: &str = "Wed, 04 Nov 2026 08:05:09 GMT";
pub(crate) const SESSION: &str =
    "AYABeC1-y8qooiuysEv0uM4wAqQAHQABAAdTZXJ2aWNlABBDb2duaXRvVXNlclBvb2xz";

pub(crate) fn jwt(payload: &Value) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload.to_string()))
}

pub(crate) fn access_token() -> String {
    jwt(&json!({
        "sub": SUB, "client_id": CLIENT, "token_use": "access", "iss": ISSUER,
        "scope": "aws.cognito.signin.user.admin", "exp": NOW + 3600, "iat": NOW,
    }))
}

pub(crate) fn id_token() -> String {
    jwt(&json!({
        "sub": SUB, "aud": CLIENT, "token_use": "id", "iss": ISSUER, "exp": NOW + 3600, "iat": NOW,
    }))
}

/// The answer that ends a sign-in.
pub(crate) fn tokens() -> Value {
    json!({
        "ChallengeParameters": {},
        "AuthenticationResult": {
            "AccessToken": access_token(), "IdToken": id_token(), "RefreshToken": "refresh.me",
            "ExpiresIn": 3600, "TokenType": "Bearer",
        },
    })
}

/// An answer with a challenge.
pub(crate) fn challenge(name: &str, parameters: Value) -> Value {
    json!({ "ChallengeName": name, "Session": SESSION, "ChallengeParameters": parameters })
}

/// An answer of Cognito.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    delay: Duration,
}

impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self::new(200, body.to_string())
    }
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), delay: Duration::ZERO }
    }

    /// Comes a while after the request.
    pub(crate) fn late(self) -> Self {
        Self { delay: Duration::from_millis(200), ..self }
    }

    /// Comes when nothing waits for it any more.
    pub(crate) fn never(self) -> Self {
        Self { delay: Duration::from_secs(3600), ..self }
    }

    pub(crate) fn exception(name: &str, message: &str) -> Self {
        Self::new(400, json!({ "__type": name, "message": message }).to_string())
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Gives its answers one after the other, and the last one again and again.
struct Script(Arc<Mutex<Vec<Answer>>>);

impl Respond for Script {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        let mut template = ResponseTemplate::new(answer.status)
            .set_body_raw(answer.body, "application/x-amz-json-1.1")
            .set_delay(answer.delay)
            .insert_header("date", DATE);
        for (name, value) in answer.headers {
            template = template.insert_header(name, value);
        }
        template
    }
}

/// Cognito, with a script.
pub(crate) struct Peer {
    server: MockServer,
    answers: Arc<Mutex<Vec<Answer>>>,
}

impl Peer {
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        let answers = Arc::new(Mutex::new(vec![Answer::new(500, "")]));
        let script = Script(Arc::clone(&answers));
        Mock::given(any()).respond_with(script).mount(&server).await;
        Self { server, answers }
    }

    pub(crate) async fn with(answers: impl IntoIterator<Item = Answer>) -> Self {
        let peer = Self::start().await;
        peer.script(answers);
        peer
    }

    pub(crate) fn script(&self, answers: impl IntoIterator<Item = Answer>) {
        *self.answers.lock().unwrap() = answers.into_iter().collect();
    }

    pub(crate) fn builder(&self) -> CognitoClientBuilder {
        let pool = UserPool::new(POOL).unwrap().with_idp_endpoint(&self.server.uri()).unwrap();
        CognitoClient::builder(&pool, CLIENT)
            .timeout(Duration::from_secs(20))
            .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
    }

    pub(crate) fn direct(&self) -> DirectSignIn {
        DirectSignIn::new(&self.builder().build().unwrap())
    }

    /// With a secret.
    pub(crate) fn confidential(&self) -> DirectSignIn {
        DirectSignIn::new(&self.builder().client_secret(SECRET).build().unwrap())
    }

    /// What was sent: operation and body.
    pub(crate) async fn sent(&self) -> Vec<(String, Value)> {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().map(|request| (operation(request), body(request))).collect()
    }

    pub(crate) async fn forget(&self) {
        self.server.reset().await;
        let script = Script(Arc::clone(&self.answers));
        Mock::given(any()).respond_with(script).mount(&self.server).await;
    }
}

fn operation(request: &Request) -> String {
    let target = request.headers["x-amz-target"].to_str().unwrap();
    assert_eq!(request.headers["content-type"], "application/x-amz-json-1.1");
    assert!(!request.headers.contains_key("authorization"), "unsigned");
    target.strip_prefix("AWSCognitoIdentityProviderService.").unwrap().to_owned()
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// The challenge of a step.
pub(crate) fn asked(step: Result<Step, AuthError>) -> SignInChallenge {
    match step.unwrap() {
        Step::Challenge(challenge) => challenge,
        other => panic!("{other:?}"),
    }
}

/// The refresh token of a sign-in that has come to its end.
pub(crate) fn done(step: Result<Step, AuthError>) -> String {
    match step.unwrap() {
        Step::Done(tokens) => tokens.refresh_token.unwrap().expose().to_owned(),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn code(step: Result<Step, AuthError>) -> &'static str {
    step.map(|step| format!("{step:?}")).unwrap_err().code()
}
