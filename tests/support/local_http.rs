//! A plain HTTP client for the local pool: no redirects followed, no cookies kept.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use cognito_auth::testing::LocalUserPool;
use serde_json::Value;

/// An answer, read to the end.
pub struct Reply {
    pub status: u16,
    headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Reply {
    /// A header, or the empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// All values of a header.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let values = self.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// Name and value of the first cookie that is set.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    /// The value of a query parameter in `Location`.
    pub fn sent(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.header("location")).unwrap();
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

pub struct Browser {
    http: reqwest::Client,
    base: String,
}

impl Browser {
    pub fn at(pool: &LocalUserPool) -> Self {
        let http = reqwest::Client::builder()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { http, base: format!("http://{}", pool.address().unwrap()) }
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.body(body.to_owned()).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, body: response.text().await.unwrap() }
    }

    /// Like [`send`](Self::send), where no whole answer is expected.
    pub async fn try_get(&self, path: &str) -> Result<String, reqwest::Error> {
        self.http.get(format!("{}{path}", self.base)).send().await?.text().await
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send("GET", path, headers, "").await
    }

    pub async fn form(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, body).await
    }

    /// An operation of the JSON API.
    pub async fn call(&self, operation: &str, body: &Value) -> Reply {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &target)];
        self.send("POST", "/", &headers, &body.to_string()).await
    }

    /// Goes through the login page. Answers with the last reply: the redirect to the app, or the
    /// form again.
    pub async fn log_in(&self, query: &str, username: &str, password: &str) -> Reply {
        let login = format!("/login?{query}");
        let form = self.get(&login, &[]).await;
        let cookie = form.cookie();
        let (_, csrf) = cookie.split_once('=').unwrap();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("_csrf", csrf)
            .append_pair("username", username)
            .append_pair("password", password)
            .finish();
        self.form(&login, &[("cookie", &cookie)], &body).await
    }
}

/// The claims of a token.
pub fn claims(token: &str) -> Value {
    let jwt = cognito_auth::unverified::UnverifiedJwt::parse(token).unwrap();
    jwt.unverified_claims().unwrap()
}
