//! A real browser: Chromium, driven by chromedriver over the W3C WebDriver protocol.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,760",
];

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub struct WebDriver {
    driver: Child,
    client: reqwest::Client,
    base: String,
}

impl WebDriver {
    /// `None` where there is no chromedriver.
    pub async fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let client = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        let mut this = Self { driver, client, base: format!("http://127.0.0.1:{port}") };
        this.until("chromedriver is ready", async |this| {
            this.try_call("GET", "/status", None).await.is_some()
        })
        .await;
        let options = json!({"args": ARGUMENTS});
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}});
        let session = this.call("POST", "/session", Some(wanted)).await;
        this.base = format!("{}/session/{}", this.base, session["sessionId"].as_str().unwrap());
        Some(this)
    }

    async fn try_call(&self, method: &str, path: &str, body: Option<Value>) -> Option<Value> {
        let method = method.parse().unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.ok()?;
        let ok = response.status().is_success();
        let mut answer: Value = serde_json::from_str(&response.text().await.ok()?).ok()?;
        ok.then(|| answer["value"].take())
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let answer = self.try_call(method, path, body).await;
        answer.unwrap_or_else(|| panic!("chromedriver refused {method} {path}"))
    }

    pub async fn open(&self, url: &str) {
        self.call("POST", "/url", Some(json!({ "url": url }))).await;
    }

    pub async fn back(&self) {
        self.call("POST", "/back", Some(json!({}))).await;
    }

    pub async fn reload(&self) {
        self.call("POST", "/refresh", Some(json!({}))).await;
    }

    /// The tab that is shown.
    pub async fn tab(&self) -> Value {
        self.call("GET", "/window", None).await
    }

    /// Opens a tab and shows it.
    pub async fn open_tab(&self) -> Value {
        let new = self.call("POST", "/window/new", Some(json!({"type": "tab"}))).await;
        self.show_tab(&new["handle"]).await;
        new["handle"].clone()
    }

    /// Closes the tab that is shown. Another one has to be shown next.
    pub async fn close_tab(&self) {
        self.call("DELETE", "/window", None).await;
    }

    pub async fn show_tab(&self, tab: &Value) {
        self.call("POST", "/window", Some(json!({ "handle": tab }))).await;
    }

    pub async fn url(&self) -> String {
        self.call("GET", "/url", None).await.as_str().unwrap().to_owned()
    }

    /// The text that a person sees.
    pub async fn text(&self) -> String {
        let script = json!({"script": "return document.body.innerText", "args": []});
        self.call("POST", "/execute/sync", Some(script)).await.as_str().unwrap().to_owned()
    }

    async fn element(&self, selector: &str) -> String {
        let query = json!({"using": "css selector", "value": selector});
        let element = self.call("POST", "/element", Some(query)).await;
        format!("/element/{}", element[ELEMENT].as_str().unwrap())
    }

    pub async fn has(&self, selector: &str) -> bool {
        let query = json!({"using": "css selector", "value": selector});
        self.try_call("POST", "/element", Some(query)).await.is_some()
    }

    pub async fn write(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        self.call("POST", &format!("{element}/clear"), Some(json!({}))).await;
        self.call("POST", &format!("{element}/value"), Some(json!({ "text": text }))).await;
    }

    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.call("POST", &format!("{element}/click"), Some(json!({}))).await;
    }

    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height});
        self.call("POST", "/window/rect", Some(size)).await;
    }

    /// Whether anything sticks out to the side.
    pub async fn scrolls_sideways(&self) -> bool {
        let script =
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        let script = json!({"script": script, "args": []});
        self.call("POST", "/execute/sync", Some(script)).await.as_bool().unwrap()
    }

    /// Whether the page and all that it shows has been fetched.
    pub async fn is_loaded(&self) -> bool {
        let script = json!({"script": "return document.readyState === 'complete'", "args": []});
        self.call("POST", "/execute/sync", Some(script)).await.as_bool().unwrap()
    }

    /// Whether every field has a label, as assistive software would compute it.
    pub async fn is_labelled(&self, selector: &str) -> bool {
        let element = self.element(selector).await;
        let label = self.call("GET", &format!("{element}/computedlabel"), None).await;
        !label.as_str().unwrap().is_empty()
    }

    /// An authenticator with no passkey, which proves its user by itself.
    pub async fn add_authenticator(&self) -> String {
        let authenticator = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
        });
        let id = self.call("POST", "/webauthn/authenticator", Some(authenticator)).await;
        id.as_str().unwrap().to_owned()
    }

    /// Whether its user proves to be the owner.
    pub async fn verify_user(&self, authenticator: &str, is_verified: bool) {
        let path = format!("/webauthn/authenticator/{authenticator}/uv");
        self.call("POST", &path, Some(json!({ "isUserVerified": is_verified }))).await;
    }

    pub async fn remove_authenticator(&self, authenticator: &str) {
        self.call("DELETE", &format!("/webauthn/authenticator/{authenticator}"), None).await;
    }

    /// `dark` or `light`, as the user has set it in the system.
    pub async fn prefer_colours(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        let command = json!({
            "cmd": "Emulation.setEmulatedMedia",
            "params": {"features": [feature]},
        });
        self.call("POST", "/goog/cdp/execute", Some(command)).await;
    }

    /// What a script returns.
    pub async fn script(&self, script: &str) -> Value {
        let script = json!({"script": script, "args": []});
        self.call("POST", "/execute/sync", Some(script)).await
    }

    /// Keeps a picture among the build's files.
    pub async fn screenshot(&self, name: &str) {
        let picture = self.call("GET", "/screenshot", None).await;
        let picture =
            base64::engine::general_purpose::STANDARD.decode(picture.as_str().unwrap()).unwrap();
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    /// Waits for something that is about to be so.
    pub async fn until(&self, what: &str, holds: impl AsyncFn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self).await {
            assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain: {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn stop(self) {
        self.try_call("DELETE", "", None).await;
    }
}

impl Drop for WebDriver {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
