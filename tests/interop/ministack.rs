//! ministack, an emulator of AWS with the most complete Cognito of those we know: hosted pages,
//! token endpoint, userInfo, JSON API, and a refusal of revoked tokens in Cognito's own words.
//!
//! With `AUTH=true`: without it, it takes tokens that were tampered with.

mod sign_in;
mod sign_out;
mod site;
mod tls;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::revocation::LiveCheck;
use cognito_auth::{
    AuthError, CognitoClient, IdentityProvider, JwtVerifier, SignInRequest, Tokens, UserPool,
};
use serde_json::json;

use crate::administration::{Administration, App, PASSWORD};
use crate::pages::Person;
use crate::peer::Peer;
use crate::stories::Stories;

const REGION: &str = "us-east-1";

/// `IOT_MTLS_ENABLED`: it would listen on all interfaces otherwise.
pub const VARIABLES: [(&str, &str); 6] = [
    ("AUTH", "true"),
    ("BIND_HOST", "127.0.0.1"),
    ("GATEWAY_PORT", "{port}"),
    ("SERVICES", "cognito-idp"),
    ("IOT_MTLS_ENABLED", "0"),
    ("STATE_DIR", "{folder}"),
];

/// A pool at ministack, with three app clients and a user.
struct Pool {
    administration: Administration,
    id: String,
    public: App,
    confidential: App,
    machine: App,
    settings: UserPool,
}

impl Pool {
    async fn create(
        administration: Administration,
        address: impl Fn(UserPool) -> UserPool,
    ) -> Self {
        let id = administration.create_pool().await;
        let scopes = json!([{"ScopeName": "read", "ScopeDescription": "read"}]);
        let server = json!({
            "UserPoolId": id, "Identifier": "orders", "Name": "orders", "Scopes": scopes,
        });
        administration.call("CreateResourceServer", server).await;
        let public = administration.create_app(&id, json!({})).await;
        let secret = json!({"GenerateSecret": true});
        let confidential = administration.create_app(&id, secret).await;
        let machine = json!({
            "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": ["orders/read"],
        });
        let machine = administration.create_app(&id, machine).await;
        let domain = json!({"UserPoolId": id, "Domain": "interop"});
        administration.call("CreateUserPoolDomain", domain).await;
        administration.create_user(&id, "alice", "alice@example.com").await;
        administration.call("CreateGroup", json!({"UserPoolId": id, "GroupName": "admins"})).await;
        let member = json!({"UserPoolId": id, "Username": "alice", "GroupName": "admins"});
        administration.call("AdminAddUserToGroup", member).await;
        let settings = address(UserPool::new(&id).unwrap());
        Self { administration, id, public, confidential, machine, settings }
    }

    /// A pool at a plain peer: three of its addresses are ministack's, the issuer is Cognito's.
    async fn at(peer: &Peer) -> Self {
        let url = peer.url();
        let address = |pool: UserPool| {
            let jwks_uri = format!("{url}/{}/.well-known/jwks.json", pool.id());
            let pool = pool.with_domain(&url).unwrap().with_idp_endpoint(&url).unwrap();
            pool.with_jwks_uri(&jwks_uri).unwrap()
        };
        Self::create(Administration::new(&url, REGION), address).await
    }

    fn client(&self, app: &App) -> CognitoClient {
        client(&self.settings, app)
    }

    /// As a service that knows no domain has it: the JSON API is asked for what it can do.
    fn client_without_domain(&self, app: &App) -> CognitoClient {
        let pool = UserPool::new(&self.id).unwrap();
        client(&pool.with_idp_endpoint(self.settings.idp_endpoint().as_str()).unwrap(), app)
    }

    fn verifier(&self) -> JwtVerifier {
        JwtVerifier::new(&self.settings, &self.public.id).unwrap()
    }

    /// One that asks ministack about every token, every time.
    fn live_verifier(&self, client: &CognitoClient) -> JwtVerifier {
        let live = LiveCheck::builder(Arc::new(client.clone())).keep_for(Duration::ZERO);
        self.verifier_with(live.build().unwrap())
    }

    fn verifier_with(&self, live: LiveCheck) -> JwtVerifier {
        let builder = JwtVerifier::builder(&self.settings).client_id(&self.public.id);
        builder.revocations(Arc::new(live)).build().unwrap()
    }

    async fn administer(&self, operation: &str, username: &str) {
        let user = json!({"UserPoolId": self.id, "Username": username});
        self.administration.call(operation, user).await;
    }
}

fn client(pool: &UserPool, app: &App) -> CognitoClient {
    let mut builder = CognitoClient::builder(pool, &app.id);
    if let Some(secret) = &app.secret {
        builder = builder.client_secret(secret.as_str());
    }
    builder.build().unwrap()
}

fn alice(provider: &dyn IdentityProvider) -> Person<'_> {
    Person { provider, fields: &[("username", "alice"), ("password", PASSWORD)] }
}

fn request() -> SignInRequest {
    SignInRequest::new(crate::pages::REDIRECT_URI)
}

async fn sign_in(client: &CognitoClient) -> Result<Tokens, AuthError> {
    client.auth_with_code(alice(client).code(request()).await).await
}

#[tokio::test]
async fn ministack() {
    let program = ["{peers}/venv/bin/python", "-m", "ministack"];
    let Some(mut peer) = Peer::start("ministack", &program, &VARIABLES) else { return };
    let pool = Pool::at(&peer).await;
    let mut stories = Stories::with("ministack");
    sign_in::tell(&pool, &mut stories).await;
    tokens::tell(&pool, &mut stories).await;
    sign_out::tell(&pool, &mut stories).await;
    sign_out::tell_after_its_end(&pool, &mut peer, &mut stories).await;
    stories.end();
}

#[tokio::test]
async fn ministack_under_the_host_names_of_aws() {
    tls::tell().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_site_with_ministack() {
    site::tell().await;
}
