//! oauth2-mock-server, whose hooks let it fail on order: each answer that a client must not
//! believe, from a real server over a real connection. `oauth2_mock_server.mjs` takes the orders.

mod answers;
mod keys;

use cognito_auth::{
    AuthError, Callback, CognitoClient, IdentityProvider, JwtVerifier, SignInRequest, Tokens,
    UserInfoSource, UserPool,
};
use serde_json::Value;

use crate::pages::{Person, REDIRECT_URI};
use crate::peer::Peer;
use crate::stories::Stories;

const CLIENT: &str = "client1";

struct Mock {
    http: reqwest::Client,
    url: String,
    pool: UserPool,
    client: CognitoClient,
}

impl Mock {
    fn at(peer: &Peer) -> Self {
        let url = peer.url();
        let pool = UserPool::new("local_mock").unwrap().with_issuers([&url]).unwrap();
        let pool = pool.with_domain(&url).unwrap().with_idp_endpoint(&url).unwrap();
        let pool = pool.with_jwks_uri(&format!("{url}/.well-known/jwks.json")).unwrap();
        let client = CognitoClient::builder(&pool, CLIENT);
        let client = client.user_info_source(UserInfoSource::UserInfo).build().unwrap();
        let http = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        Self { http, url, pool, client }
    }

    /// For the next answer.
    async fn order(&self, order: Value) {
        let post = self.http.post(format!("{}/order", self.url));
        let post = post.header("content-type", "application/json").body(order.to_string());
        assert_eq!(post.send().await.unwrap().status().as_u16(), 200);
    }

    fn request() -> SignInRequest {
        SignInRequest::new(REDIRECT_URI).scopes(["openid"])
    }

    fn user(&self) -> Person<'_> {
        Person { provider: &self.client, fields: &[] }
    }

    /// The sign-in of which one answer is ordered.
    async fn sign_in(&self, order: Value) -> Result<Tokens, AuthError> {
        let code = self.user().code(Self::request()).await;
        self.order(order).await;
        self.client.auth_with_code(code).await
    }

    /// What becomes of a callback with these parameters changed.
    async fn callback(&self, changes: Value) -> Result<(), AuthError> {
        let sign_in = self.client.sign_in(Self::request()).unwrap();
        self.order(serde_json::json!({"authorize": changes})).await;
        let mut browser = crate::pages::browser();
        let url = crate::pages::walk(&mut browser, &sign_in.url, &[]).await;
        sign_in.pending.accept(&Callback::from_url(&url)?).map(|_| ())
    }

    fn verifier(&self) -> JwtVerifier {
        JwtVerifier::new(&self.pool, CLIENT).unwrap()
    }
}

#[tokio::test]
async fn oauth2_mock_server() {
    let variables = [("PEERS", "{peers}"), ("PORT", "{port}")];
    let program = ["node", "{here}/oauth2_mock_server.mjs"];
    let Some(peer) = Peer::start("oauth2-mock-server", &program, &variables) else { return };
    let mock = Mock::at(&peer);
    let mut stories = Stories::with("oauth2-mock-server");
    answers::tell(&mock, &mut stories).await;
    keys::tell(&mock, &mut stories).await;
    stories.end();
}
