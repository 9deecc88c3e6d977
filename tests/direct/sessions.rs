//! Tokens of a direct sign-in become a session.

use cognito_auth::direct::{DirectSignIn, SignInAttempt, Step};
use cognito_auth::sessions::{
    BrowserSessions, BrowserSessionsBuilder, MemorySessions, SessionKeys,
};
use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{CognitoClient, IdentityProvider, JwtVerifier, Tokens};
use http::request::Builder;
use http::{Request, Response};

const SITE: &str = "http://localhost:3000";

struct TestSite {
    client: CognitoClient,
    sessions: BrowserSessions,
}

impl TestSite {
    async fn start(
        pool: &LocalUserPool,
        set: impl FnOnce(BrowserSessionsBuilder) -> BrowserSessionsBuilder,
    ) -> Self {
        let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
        let verifier = JwtVerifier::new(&pool.user_pool(), pool.client_id()).unwrap();
        let store = MemorySessions::new();
        let builder = BrowserSessions::builder(&pool.user_pool(), client.clone(), verifier, store);
        let builder = builder.redirect_uri(format!("{SITE}/callback"));
        let sessions = set(builder.keys(SessionKeys::random().unwrap())).build().unwrap();
        Self { client, sessions }
    }

    async fn tokens(&self, name: &str) -> Tokens {
        let direct = DirectSignIn::new(&self.client);
        match direct.start(SignInAttempt::with_password(name, "Passw0rd!")).await.unwrap() {
            Step::Done(tokens) => tokens,
            step => panic!("{step:?}"),
        }
    }

    async fn begin(&self, request: Builder, tokens: Tokens) -> Response<String> {
        let (request, ()) = request.body(()).unwrap().into_parts();
        self.sessions.begin(&request, tokens, Some("/orders")).await
    }

    async fn user(&self, cookie: &str) -> Option<String> {
        let request = Request::get("/").header("cookie", cookie).body(()).unwrap();
        let signed_in = self.sessions.current(&request.into_parts().0).await.unwrap()?;
        signed_in.claims().username().map(str::to_owned)
    }
}

async fn pool() -> LocalUserPool {
    let users = ["alice", "bob"].map(|name| LocalUser::new(name, "Passw0rd!"));
    let builder = users.into_iter().fold(LocalUserPool::builder(), |pool, user| pool.user(user));
    let pool = builder.start().await.unwrap();
    pool.add_redirect_uri(format!("{SITE}/callback")).unwrap();
    pool
}

fn post() -> Builder {
    Request::post("/sign-in").header("origin", SITE).header("accept", "text/html")
}

/// The session cookie of a response, as the browser sends it back.
fn cookie(response: &Response<String>) -> Option<String> {
    let mut fields = response.headers().get_all("set-cookie").iter();
    let field = fields.find_map(|field| field.to_str().unwrap().split_once("session="))?;
    Some(format!("session={}", field.1.split(';').next().unwrap()))
}

#[tokio::test]
async fn a_sign_in_becomes_a_session_with_an_id_of_its_own() {
    let pool = pool().await;
    let site = TestSite::start(&pool, |builder| builder).await;
    let response = site.begin(post(), site.tokens("alice").await).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (303, &"/orders".parse().unwrap())
    );
    let first = cookie(&response).unwrap();
    assert_eq!(site.user(&first).await.as_deref(), Some("alice"));

    // A cookie that was there before the sign-in opens nothing afterwards.
    let response = site.begin(post().header("cookie", &first), site.tokens("bob").await).await;
    let second = cookie(&response).unwrap();
    assert_ne!(first, second);
    assert_eq!(site.user(&second).await.as_deref(), Some("bob"));
    assert_eq!(site.user(&first).await, None);

    // A script gets an answer that it can read.
    let script =
        Request::post("/sign-in").header("origin", SITE).header("accept", "application/json");
    let response = site.begin(script, site.tokens("alice").await).await;
    assert_eq!(
        (response.status().as_u16(), response.body().as_str()),
        (200, r#"{"return_to":"/orders"}"#)
    );
    assert_eq!(site.user(&cookie(&response).unwrap()).await.as_deref(), Some("alice"));
}

#[tokio::test]
async fn another_site_cannot_sign_the_browser_in() {
    let pool = pool().await;
    let site = TestSite::start(&pool, |builder| builder).await;
    for request in [
        Request::post("/sign-in").header("origin", "https://evil.example"),
        Request::post("/sign-in").header("sec-fetch-site", "cross-site"),
        Request::post("/sign-in"),
        Request::get("/sign-in").header("origin", SITE),
    ] {
        let tokens = site.tokens("alice").await;
        let refresh_token = tokens.refresh_token.clone().unwrap();
        let response = site.begin(request, tokens).await;
        assert_eq!((response.status().as_u16(), cookie(&response)), (403, None));
        let error = site.client.refresh(&refresh_token).await.unwrap_err();
        assert!(error.is_refusal(), "the tokens are revoked: {error}");
    }
}

#[tokio::test]
async fn a_session_that_does_not_begin_leaves_no_tokens_behind() {
    use cognito_auth::sessions::SignInDecision;
    let pool = pool().await;
    let refuse = |builder: BrowserSessionsBuilder| {
        builder.on_sign_in(|_| async { SignInDecision::Refuse("tenant_closed") })
    };
    let site = TestSite::start(&pool, refuse).await;
    let tokens = site.tokens("alice").await;
    let refresh_token = tokens.refresh_token.clone().unwrap();
    let response = site.begin(post(), tokens).await;
    assert_eq!((response.status().as_u16(), cookie(&response)), (403, None));
    assert!(site.client.refresh(&refresh_token).await.unwrap_err().is_refusal());

    // Tokens of another pool do not pass the verifier.
    let site = TestSite::start(&pool, |builder| builder).await;
    let response = site.begin(post(), Tokens::new("e30.e30.c2ln")).await;
    assert!(response.status().is_server_error() || response.status().is_client_error());
    assert_eq!(cookie(&response), None);
}

#[tokio::test]
async fn the_login_leads_to_the_applications_own_page() {
    let pool = pool().await;
    let own = |path: &'static str| {
        let client_id = pool.client_id();
        move |builder: BrowserSessionsBuilder| builder.own_sign_in_page(client_id, path)
    };
    let site = TestSite::start(&pool, own("/sign-in")).await;
    for (asked, location) in [
        ("/login", "/sign-in"),
        ("/login?return_to=/orders", "/sign-in?return_to=%2Forders"),
        ("/login?return_to=https://evil.example/", "/sign-in?return_to=%2F"),
        ("/login?max_age=0&prompt=login", "/sign-in?max_age=0"),
        ("/login?acr=urn:cognito:loa:2", "/sign-in?acr=urn%3Acognito%3Aloa%3A2"),
    ] {
        let request = Request::get(asked).header("sec-fetch-mode", "navigate");
        let response = site.sessions.handle(request.body(Vec::new()).unwrap()).await;
        let found = response.headers()["location"].to_str().unwrap();
        assert_eq!((response.status().as_u16(), found), (303, location), "{asked}");
    }
    // To leave a malformed one out would let an older or weaker sign-in pass.
    for malformed in ["/login?max_age=x", "/login?max_age=1&max_age=2", "/login?acr=%22"] {
        let request = Request::get(malformed).header("sec-fetch-mode", "navigate");
        let response = site.sessions.handle(request.body(Vec::new()).unwrap()).await;
        assert_eq!(response.status(), 400, "{malformed}");
    }
    // There is no login page to go through.
    let error = pool.signed_in_cookie(&site.sessions, "alice", "Passw0rd!").await.unwrap_err();
    assert_eq!(error.to_string(), "the site answered /login with 303 See Other (no_cookie)");
    let begun = site.begin(post(), site.tokens("alice").await).await;
    let cookie = cookie(&begun).unwrap();
    let logout = Request::post("/logout")
        .header("origin", SITE)
        .header("accept", "text/html")
        .header("cookie", &cookie);
    let response = site.sessions.handle(logout.body(Vec::new()).unwrap()).await;
    assert_eq!(response.headers()["location"], "/logged-out");
    assert_eq!(site.user(&cookie).await, None);
}

#[tokio::test]
async fn a_pool_without_a_domain_will_do_for_own_pages() {
    let pool = cognito_auth::UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let client = CognitoClient::new(&pool, "1example23456789abcdefghij").unwrap();
    let build = |set: fn(BrowserSessionsBuilder) -> BrowserSessionsBuilder| {
        let verifier = JwtVerifier::new(&pool, "1example23456789abcdefghij").unwrap();
        let builder =
            BrowserSessions::builder(&pool, client.clone(), verifier, MemorySessions::new());
        set(builder.redirect_uri("https://app.example.com/callback")).build().map(|_| ())
    };
    assert_eq!(build(|builder| builder).unwrap_err().code(), "missing");
    build(|builder| builder.own_sign_in_page("1example23456789abcdefghij", "/sign-in")).unwrap();
    for set in [
        (|builder: BrowserSessionsBuilder| builder.own_sign_in_page("1example", "/login"))
            as fn(BrowserSessionsBuilder) -> BrowserSessionsBuilder,
        |builder| builder.own_sign_in_page("1example", "https://a.example"),
        |builder| builder.own_sign_in_page("1example", "//a.example"),
        |builder| builder.own_sign_in_page("1example", "/"),
        |builder| builder.own_sign_in_page("1 example", "/sign-in"),
    ] {
        build(set).unwrap_err();
    }
}
