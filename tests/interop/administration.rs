//! The operations of Cognito that need an AWS account: pools, app clients and users, set up at the
//! emulators as they would be there. The crate has none of them.

use serde_json::{Value, json};

use crate::pages::REDIRECT_URI;

pub const PASSWORD: &str = "Passw0rd!23";
pub const SIGN_OUT_URI: &str = "http://127.0.0.1:9/signed-out";

pub struct Administration {
    http: reqwest::Client,
    endpoint: String,
    region: &'static str,
}

/// An app client, as its pool made it.
#[derive(Debug, Clone)]
pub struct App {
    pub id: String,
    pub secret: Option<String>,
}

impl Administration {
    pub fn new(endpoint: &str, region: &'static str) -> Self {
        Self::with(reqwest::Client::builder(), endpoint, region)
    }

    pub fn with(http: reqwest::ClientBuilder, endpoint: &str, region: &'static str) -> Self {
        let http = http.no_proxy().build().unwrap();
        Self { http, endpoint: endpoint.to_owned(), region }
    }

    /// What came back, whatever its status.
    pub async fn send(&self, operation: &str, body: Value) -> (u16, String) {
        let response = self.response(operation, body).await;
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub async fn response(&self, operation: &str, body: Value) -> reqwest::Response {
        let request = self.request("cognito-idp", "");
        let request = request.header("content-type", "application/x-amz-json-1.1");
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        request.header("x-amz-target", target).body(body.to_string()).send().await.unwrap()
    }

    /// A signed POST. The emulators look at the form of an AWS signature where they look at all.
    fn request(&self, service: &str, path: &str) -> reqwest::RequestBuilder {
        let credential = format!("test/20260101/{}/{service}/aws4_request", self.region);
        let signature = "0".repeat(64);
        self.http.post(format!("{}{path}", self.endpoint)).header(
            "authorization",
            format!(
                "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature={signature}"
            ),
        )
    }

    /// A POST to another service of the emulator, which has to succeed.
    pub async fn post(&self, service: &str, path: &str, body: Value) -> Value {
        let request = self.request(service, path).header("content-type", "application/json");
        let response = request.body(body.to_string()).send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// What the emulator shows at an address of its own.
    pub async fn get(&self, path: &str) -> Value {
        let response = self.http.get(format!("{}{path}", self.endpoint)).send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn call(&self, operation: &str, body: Value) -> Value {
        let (status, text) = self.send(operation, body).await;
        assert_eq!(status, 200, "{operation}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub async fn create_pool(&self) -> String {
        self.create_pool_with(json!({})).await
    }

    /// Members of `more` are added to the request.
    pub async fn create_pool_with(&self, more: Value) -> String {
        let mut pool = json!({"PoolName": "interop", "UsernameAttributes": []});
        pool.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let pool = self.call("CreateUserPool", pool).await;
        pool["UserPool"]["Id"].as_str().unwrap().to_owned()
    }

    /// A client for the hosted pages. Members of `more` are added to the request, or take the place
    /// of those in it.
    pub async fn create_app(&self, pool: &str, more: Value) -> App {
        let mut body = json!({
            "UserPoolId": pool,
            "ClientName": "interop",
            "SupportedIdentityProviders": ["COGNITO"],
            "CallbackURLs": [REDIRECT_URI],
            "LogoutURLs": [SIGN_OUT_URI],
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthFlowsUserPoolClient": true,
            "AllowedOAuthScopes": ["openid", "email", "profile", "aws.cognito.signin.user.admin"],
            "EnableTokenRevocation": true,
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.call("CreateUserPoolClient", body).await;
        let text = |name: &str| made["UserPoolClient"][name].as_str().map(str::to_owned);
        App { id: text("ClientId").unwrap(), secret: text("ClientSecret") }
    }

    pub async fn create_user(&self, pool: &str, username: &str, email: &str) {
        let attributes = json!([
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
        ]);
        let user = json!({
            "UserPoolId": pool, "Username": username, "MessageAction": "SUPPRESS",
            "UserAttributes": attributes,
        });
        self.call("AdminCreateUser", user).await;
        let password = json!({
            "UserPoolId": pool, "Username": username, "Password": PASSWORD, "Permanent": true,
        });
        self.call("AdminSetUserPassword", password).await;
    }
}
