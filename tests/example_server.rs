//! The example server, driven over real sockets: its own `App` in this process, and the program
//! itself.
#![allow(clippy::unwrap_used)]

#[path = "example_server/account.rs"]
mod account;
#[path = "support/browser.rs"]
mod browser;
#[path = "example_server/callback.rs"]
mod callback;
#[path = "example_server/clocks.rs"]
mod clocks;
#[path = "support/example.rs"]
mod example;
#[path = "example_server/gate.rs"]
mod gate;
#[path = "example_server/killed.rs"]
mod killed;
#[path = "example_server/machines.rs"]
mod machines;
#[path = "example_server/metrics.rs"]
mod metrics;
#[path = "example_server/program.rs"]
mod program;
#[path = "example_server/redis_faults.rs"]
mod redis_faults;
#[allow(dead_code, unreachable_pub)]
#[path = "redis/server.rs"]
mod redis_server;
#[path = "example_server/refreshed_once.rs"]
mod refreshed_once;
#[allow(dead_code)]
#[path = "../examples/server.rs"]
mod server;
#[path = "example_server/sessions.rs"]
mod sessions;

use browser::{Browser, Page};
use serde_json::{Value, json};
use server::App;
use server::settings::{Problem, Provider, Settings};

const USER: &str = "alice";
const PASSWORD: &str = "Passw0rd!23";

/// The example's own router on a free port, beside its own local pool.
struct Served {
    home: String,
    pool: cognito_auth::testing::LocalUserPool,
    provider: Provider,
}

async fn serve() -> Served {
    serve_with(|_| None).await
}

/// With settings of its own.
async fn serve_with(setting: impl Fn(&str) -> Option<String>) -> Served {
    serve_both(setting, |_| {}).await
}

async fn serve_changed(change: impl Fn(&mut Provider)) -> Served {
    serve_both(|_| None, change).await
}

async fn serve_both(
    setting: impl Fn(&str) -> Option<String>,
    change: impl Fn(&mut Provider),
) -> Served {
    let settings = Settings::from_environment(|name| match name {
        "LISTEN_ADDR" => Some("127.0.0.1:0".to_owned()),
        name => setting(name),
    })
    .unwrap();
    let listener = tokio::net::TcpListener::bind(settings.listen_address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (mut provider, pool) = settings.provider(address).await.unwrap();
    change(&mut provider);
    let router = App::new(&provider).unwrap().router().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Served { home: format!("http://{address}/"), pool: pool.unwrap(), provider }
}

/// From the account's page through the login page and back.
async fn sign_in(browser: &mut Browser, home: &str) -> Page {
    let login = browser.get(&format!("{home}account")).await;
    browser.submit(&login, &[("username", USER), ("password", PASSWORD)]).await
}

async fn call(
    method: reqwest::Method,
    url: &str,
    token: Option<&str>,
    body: Option<Value>,
) -> (u16, Value) {
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let mut request = client.request(method, url);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

#[tokio::test]
async fn a_person_signs_in_sees_who_they_are_and_signs_out() {
    let Served { home, pool, .. } = serve().await;
    let mut browser = Browser::new();

    let page = browser.get(&home).await;
    assert!(page.body.contains("You are signed out"));
    assert!(page.body.contains("href=\"/login?return_to=/account\""), "{}", page.body);

    let account = format!("{home}account");
    let login = browser.get(&account).await;
    assert!(login.url.path().ends_with("/login"), "{}", login.url);
    assert_ne!(login.url.port(), page.url.port());

    let wrong = browser.submit(&login, &[("username", USER), ("password", "wrong")]).await;
    assert!(wrong.body.contains("Incorrect username or password."));

    let page = browser.submit(&wrong, &[("username", USER), ("password", PASSWORD)]).await;
    assert_eq!((page.status, page.url.as_str()), (200, account.as_str()));
    assert!(page.body.contains("Hello, Alice Liddell"), "{}", page.body);
    assert!(page.body.contains("alice@example.com (verified)"));
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(browser.get(&home).await.body.contains("Hello, alice"));

    let used = browser.cookie("session").unwrap().to_owned();
    let out = browser.submit(&page, &[]).await;
    assert!(out.visited.iter().any(|url| url.path() == "/logout"), "{:?}", out.visited);
    assert_eq!(out.url.as_str(), format!("{home}logged-out"));
    assert!(out.body.contains("You are signed out"));
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(pool.requests(cognito_auth::testing::Endpoint::GlobalSignOut), 0);
    assert_eq!(pool.requests(cognito_auth::testing::Endpoint::Revoke), 1);

    // The old cookie is worth nothing, and the login page asks for the password again.
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let replay =
        client.get(&home).header("cookie", format!("session={used}")).send().await.unwrap();
    assert!(replay.text().await.unwrap().contains("You are signed out"));
    let again = browser.get(&format!("{home}login")).await;
    assert!(again.body.contains("name=\"password\""));
}

#[tokio::test]
async fn a_callback_counts_once_and_only_in_the_browser_that_began() {
    let Served { home, pool, .. } = serve().await;
    let (mut victim, mut attacker) = (Browser::new(), Browser::new());
    let login = attacker.get(&format!("{home}account")).await;
    let fields = [("username", USER), ("password", PASSWORD)];
    let callback = attacker.submit_hops(&login, &fields, 0).await;
    let location = callback.headers["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with(&format!("{home}callback?")), "{location}");

    // The attacker's code and state in a browser that began nothing, and in one that did.
    assert_eq!(victim.get(&location).await.status, 400);
    victim.get_hops(&format!("{home}login"), 0).await;
    assert_eq!(victim.get(&location).await.status, 400);
    assert_eq!(victim.cookie("session"), None);

    assert_eq!(attacker.get(&location).await.url.path(), "/account");
    // A reload, or the back button: the code is not sent again.
    assert_eq!(attacker.get(&location).await.url.as_str(), home);
    assert_eq!(pool.requests(cognito_auth::testing::Endpoint::Token), 1);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let Served { home, pool: _pool, .. } = serve().await;
    let mut browser = Browser::new();
    let mut page = sign_in(&mut browser, &home).await;
    page.url = "https://evil.example/".parse().unwrap();
    for path in ["logout", "account/end-session"] {
        page.body = format!("<form method=\"post\" action=\"{home}{path}\">");
        let forged = browser.submit(&page, &[("session", "guess")]).await;
        assert_eq!(forged.status, 403, "{path}");
        assert!(forged.body.contains("That did not work"), "{path}: {}", forged.body);
    }
    assert!(browser.get(&home).await.body.contains("Hello, alice"));
}

/// The code of a sign-in in another browser, exchanged at the mission endpoint.
async fn access_token(home: &str) -> String {
    let (status, body) = exchange(home).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3600);
    assert_eq!(body.as_object().unwrap().len(), 3);
    body["access_token"].as_str().unwrap().to_owned()
}

async fn exchange(home: &str) -> (u16, Value) {
    let mut browser = Browser::new();
    let away = browser.get_hops(&format!("{home}login"), 0).await;
    let mut authorize = url::Url::parse(away.headers["location"].to_str().unwrap()).unwrap();
    let kept: Vec<(String, String)> = authorize
        .query_pairs()
        .filter(|(name, _)| !name.starts_with("code_challenge"))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    authorize.query_pairs_mut().clear().extend_pairs(kept);
    let login = browser.get(authorize.as_str()).await;
    let fields = [("username", USER), ("password", PASSWORD)];
    let callback = browser.submit_hops(&login, &fields, 0).await;
    let location = url::Url::parse(callback.headers["location"].to_str().unwrap()).unwrap();
    let code = location.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let url = format!("{home}auth/sign-in");
    call(reqwest::Method::POST, &url, None, Some(json!({ "code": code }))).await
}

#[tokio::test]
async fn the_three_endpoints_are_mounted_beside_the_page() {
    let Served { home, pool: _pool, .. } = serve().await;
    let token = access_token(&home).await;
    let me = format!("{home}auth/me");
    let get = reqwest::Method::GET;

    let (status, user) = call(get.clone(), &me, Some(&token), None).await;
    assert_eq!(status, 200);
    assert_eq!(user["username"], "alice");
    assert_eq!(user["email_verified"], json!(true));
    assert_eq!(user["groups"], json!(["admins"]));
    assert_eq!(user["source"], "get_user");

    let (status, body) = call(get.clone(), &format!("{home}auth/logout"), Some(&token), None).await;
    assert_eq!((status, body), (200, json!({"message": "Logout successful."})));
    assert_eq!(call(get.clone(), &me, Some(&token), None).await.0, 403);
    assert_eq!(call(get, &me, None, None).await.0, 403);
}

#[tokio::test]
async fn a_real_pool_is_reached_with_settings_alone() {
    let Served { provider, pool, .. } = serve().await;
    let user_pool = pool.user_pool();
    let settings = Settings::from_environment(|name| {
        Some(match name {
            "LISTEN_ADDR" => "127.0.0.1:0".to_owned(),
            "COGNITO_USER_POOL_ID" => user_pool.id().to_string(),
            "COGNITO_CLIENT_ID" => provider.client_id.clone(),
            "COGNITO_DOMAIN" => user_pool.domain().unwrap().to_string(),
            "COGNITO_REDIRECT_URI" => provider.redirect_uri.clone(),
            "COGNITO_ISSUER" => user_pool.issuers()[0].clone(),
            "COGNITO_JWKS_URI" => user_pool.jwks_uri().to_string(),
            "COGNITO_IDP_ENDPOINT" => user_pool.idp_endpoint().to_string(),
            _ => return None,
        })
    })
    .unwrap();
    let (provider, local) = settings.provider("127.0.0.1:1".parse().unwrap()).await.unwrap();
    assert!(local.is_none());
    assert_eq!(provider.pool, user_pool.clone().with_issuers([&user_pool.issuers()[0]]).unwrap());
    assert!(App::new(&provider).unwrap().router().is_ok());
}

#[test]
fn settings_that_are_not_enough_say_which_are_missing() {
    let missing = |set: &'static [&'static str]| {
        let result = Settings::from_environment(|name| set.contains(&name).then(|| "x".to_owned()));
        match result {
            Err(Problem::Missing(names)) => names,
            _ => panic!("{set:?} was enough"),
        }
    };
    assert_eq!(
        missing(&["COGNITO_SCOPES"]),
        ["COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID", "COGNITO_DOMAIN"]
    );
    assert_eq!(missing(&["COGNITO_USER_POOL_ID", "COGNITO_DOMAIN"]), ["COGNITO_CLIENT_ID"]);
}
