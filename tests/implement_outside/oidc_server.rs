//! The OpenID provider that is asked, played on loopback.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::oidc_provider::OidcProvider;
use crate::support::{CLIENT_ID, Signer, access_payload, id_payload, with};
use cognito_auth::UserPool;

pub(crate) const REFRESH_TOKEN: &str = "the-refresh-token";

pub(crate) struct OidcServer {
    pub(crate) http: MockServer,
    pub(crate) signer: Signer,
    pub(crate) access_token: String,
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

impl OidcServer {
    pub(crate) async fn start() -> Self {
        let (http, signer) = (MockServer::start().await, Signer::new("k1"));
        let access_token = signer.sign(&issued(&http, access_payload()));
        let server = Self { http, signer, access_token };
        let bearer = format!("Bearer {}", server.access_token);
        for (verb, at, answer) in [
            (
                "GET",
                "/userinfo",
                json!({"sub": access_payload()["sub"], "preferred_username": "bob", "email": "bob@example.com"}),
            ),
            ("POST", "/logout", json!({})),
        ] {
            Mock::given(method(verb))
                .and(path(at))
                .and(header("authorization", &*bearer))
                .respond_with(ResponseTemplate::new(200).set_body_json(answer))
                .mount(&server.http)
                .await;
        }
        Mock::given(method("POST"))
            .and(path("/revoke"))
            .and(body_string_contains(REFRESH_TOKEN))
            .respond_with(ResponseTemplate::new(200))
            .mount(&server.http)
            .await;
        server
    }

    /// The next exchange is answered with an ID token of this nonce.
    pub(crate) async fn answer_code(&self, code: &str, nonce: Option<&str>) {
        let id_token = with(id_payload(), "nonce", nonce.map(Value::from));
        let answer = json!({
            "access_token": self.access_token, "token_type": "Bearer",
            "id_token": self.signer.sign(&issued(&self.http, id_token)),
            "refresh_token": REFRESH_TOKEN,
        });
        Mock::given(method("POST"))
            .and(path("/token"))
            .and(body_string_contains(format!("code={code}")))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .mount(&self.http)
            .await;
    }

    pub(crate) fn provider(&self) -> OidcProvider {
        let at = |path: &str| format!("{}{path}", self.http.uri()).parse().unwrap();
        let http = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        OidcProvider {
            http,
            pool: self.pool(),
            client_id: CLIENT_ID.to_owned(),
            authorization_endpoint: at("/authorize"),
            token_endpoint: at("/token"),
            userinfo_endpoint: at("/userinfo"),
            revocation_endpoint: at("/revoke"),
            logout_endpoint: at("/logout"),
        }
    }

    pub(crate) fn pool(&self) -> UserPool {
        let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
        let pool = pool.with_issuers([self.http.uri()]).unwrap();
        pool.with_domain(&self.http.uri()).unwrap()
    }

    /// The bodies that arrived at a path.
    pub(crate) async fn arrived(&self, at: &str) -> Vec<String> {
        let requests = self.http.received_requests().await.unwrap();
        let at_path = requests.iter().filter(|request| request.url.path() == at);
        at_path.map(|request| String::from_utf8(request.body.clone()).unwrap()).collect()
    }
}

/// Of this issuer, a moment ago.
fn issued(http: &MockServer, payload: Value) -> Value {
    let payload = with(payload, "iss", Some(http.uri().into()));
    let payload = with(payload, "iat", Some(now().into()));
    let payload = with(payload, "auth_time", Some(now().into()));
    with(payload, "exp", Some((now() + 3600).into()))
}
