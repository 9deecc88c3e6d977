//! `LocalUserPool` over real sockets: every endpoint, and every literal of Cognito's contract that it
//! can produce.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used)]

#[path = "support/local_http.rs"]
mod local_http;

use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault, LocalClient, LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{
    AuthCode, AuthError, Callback, CognitoClient, IdTokenChecks, IdentityProvider, JwtVerifier,
    SignInRequest, Unreachable,
};
use local_http::{Browser, Reply, claims};
use serde_json::{Value, json};

const CALLBACK: &str = "http://localhost:3000/auth/callback";
const QUERY: &str = "response_type=code&client_id=localclient\
                     &redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fauth%2Fcallback";
const PASSWORD: &str = "Passw0rd!";

fn alice() -> LocalUser {
    LocalUser::new("alice", PASSWORD)
        .email("alice@example.com")
        .email_verified(true)
        .group("admins")
        .attribute("custom:tenant", "acme")
}

async fn served() -> (LocalUserPool, Browser) {
    let pool = LocalUserPool::start().await.unwrap();
    pool.add_user(alice());
    let browser = Browser::at(&pool);
    (pool, browser)
}

async fn served_with(client: LocalClient) -> (LocalUserPool, Browser) {
    let client = client.redirect_uri(CALLBACK);
    let pool = LocalUserPool::builder().client(client).user(alice()).start().await.unwrap();
    let browser = Browser::at(&pool);
    (pool, browser)
}

fn expect(reply: &Reply, status: u16, body: Value, what: &str) {
    assert_eq!((reply.status, reply.json()), (status, body), "{what}");
}

/// An error of the JSON API, in all its three places.
fn expect_exception(reply: &Reply, exception: &str, message: &str) {
    expect(reply, 400, json!({"__type": exception, "message": message}), message);
    assert_eq!(reply.header("x-amzn-errortype"), format!("{exception}:"));
    assert_eq!(reply.header("x-amzn-errormessage"), message);
    assert_eq!(reply.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(reply.header("x-amzn-requestid").len(), 36);
}

async fn code(browser: &Browser, query: &str) -> String {
    browser.log_in(query, "alice", PASSWORD).await.sent("code").unwrap()
}

fn code_form(code: &str) -> String {
    let uri = "http%3A%2F%2Flocalhost%3A3000%2Fauth%2Fcallback";
    format!("grant_type=authorization_code&client_id=localclient&code={code}&redirect_uri={uri}")
}

#[tokio::test]
async fn the_http_client_and_a_fetching_verifier_work_against_it() {
    let (pool, _) = served().await;
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    let sign_in = client.sign_in(SignInRequest::new(CALLBACK)).unwrap();
    let callback = pool.authorize(&sign_in.url, "alice", PASSWORD).unwrap();
    let code = sign_in.pending.accept(&Callback::from_url(&callback).unwrap()).unwrap();
    let tokens = client.auth_with_code(code).await.unwrap();

    let verifier = JwtVerifier::new(&pool.user_pool(), &pool.client_id()).unwrap();
    let access = verifier.verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!(access.username(), Some("alice"));
    verifier
        .verify_id(tokens.id_token.as_ref().unwrap().expose(), IdTokenChecks::new())
        .await
        .unwrap();
    assert_eq!(pool.requests(Endpoint::Jwks), 1);

    let user = client.user_info_with_token(&tokens.access_token).await.unwrap();
    assert_eq!(user, pool.user_info_with_token(&tokens.access_token).await.unwrap());
    let tokens = client.refresh(tokens.refresh_token.as_ref().unwrap()).await.unwrap();
    client.logout_with_token(&tokens.access_token).await.unwrap();
    let error = client.user_info_with_token(&tokens.access_token).await.unwrap_err();
    assert_eq!(error, pool.user_info_with_token(&tokens.access_token).await.unwrap_err());
}

#[tokio::test]
async fn a_browser_is_asked_once_an_hour() {
    let (pool, browser) = served().await;
    let authorize = format!("/oauth2/authorize?{QUERY}&state=s1");
    let first = browser.get(&authorize, &[]).await;
    assert_eq!(first.status, 302);
    assert_eq!(first.header("location"), format!("/login?{QUERY}&state=s1"));
    assert_eq!(first.header("cache-control"), "no-cache, no-store, max-age=0, must-revalidate");
    assert_eq!(first.header("x-amz-cognito-request-id").len(), 36);

    let back = browser.log_in(&format!("{QUERY}&state=s1"), "alice", PASSWORD).await;
    assert_eq!(back.status, 302);
    assert!(back.header("location").starts_with(&format!("{CALLBACK}?code=")));
    assert_eq!(back.sent("code").unwrap().len(), 36);
    assert_eq!(back.sent("state").as_deref(), Some("s1"));
    let set = back.header("set-cookie");
    assert!(set.starts_with("cognito="), "{set}");
    assert!(set.ends_with("; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax"), "{set}");

    let cookie = back.cookie();
    let with_cookie = |path: String| {
        let (browser, cookie) = (&browser, cookie.as_str());
        async move { browser.get(&path, &[("cookie", cookie)]).await }
    };
    let auth_time = |reply: &Reply| reply.sent("code").is_some();
    assert!(auth_time(&with_cookie(authorize.clone()).await));
    assert!(auth_time(&with_cookie(format!("{authorize}&prompt=none")).await));
    let again = with_cookie(format!("{authorize}&prompt=login")).await;
    assert!(again.header("location").starts_with("/login?"));
    pool.advance(Duration::from_secs(120));
    let too_old = with_cookie(format!("{authorize}&max_age=60")).await;
    assert!(too_old.header("location").starts_with("/login?"));
    assert!(auth_time(&with_cookie(format!("{authorize}&max_age=300")).await));

    pool.sign_out("alice");
    assert!(auth_time(&with_cookie(authorize.clone()).await), "the cookie outlives the tokens");
    pool.advance(Duration::from_secs(3600));
    let none = with_cookie(format!("{authorize}&prompt=none")).await;
    assert_eq!(none.header("location"), format!("{CALLBACK}?error=login_required&state=s1"));
}

#[tokio::test]
async fn a_silent_sign_in_keeps_the_time_of_the_password() {
    let (pool, browser) = served().await;
    let back = browser.log_in(QUERY, "alice", PASSWORD).await;
    let first = browser.form("/oauth2/token", &[], &code_form(&back.sent("code").unwrap())).await;
    pool.advance(Duration::from_secs(600));
    let cookie = back.cookie();
    let silent = browser.get(&format!("/oauth2/authorize?{QUERY}"), &[("cookie", &cookie)]).await;
    let second =
        browser.form("/oauth2/token", &[], &code_form(&silent.sent("code").unwrap())).await;
    let [first, second] =
        [first, second].map(|reply| claims(reply.json()["access_token"].as_str().unwrap()));
    assert_eq!(first["auth_time"], second["auth_time"]);
    assert_ne!(first["origin_jti"], second["origin_jti"]);
}

#[tokio::test]
async fn requests_that_cannot_go_back_end_on_a_page() {
    let (_pool, browser) = served().await;
    let elsewhere = "/oauth2/authorize?response_type=code&client_id=localclient\
                     &redirect_uri=https://evil.example/";
    let reply = browser.get(elsewhere, &[]).await;
    let target = "/error?error=redirect_mismatch&client_id=localclient";
    assert_eq!((reply.status, reply.header("location")), (302, target));
    let page = browser.get(target, &[]).await;
    assert_eq!(page.status, 400);
    assert!(page.body.contains("An error was encountered with the requested page."));
    assert!(page.body.contains("redirect_mismatch"));

    let unknown = browser.get("/oauth2/authorize?response_type=code&client_id=no", &[]).await;
    assert_eq!(unknown.header("location"), "/error?error=invalid_request");
    let page = browser.get("/error?error=%3Cscript%3E", &[]).await;
    assert!(page.body.contains("invalid_request") && !page.body.contains("<script"));

    // The login page reads the same parameters as strictly.
    let login = browser.get("/login?response_type=code&client_id=no", &[]).await;
    assert_eq!(login.header("location"), "/error?error=invalid_request");
    let scope = browser.get(&format!("/login?{QUERY}&scope=offline_access&state=s"), &[]).await;
    assert_eq!(scope.header("location"), format!("{CALLBACK}?error=invalid_scope&state=s"));
    let post = browser.send("POST", &format!("/oauth2/authorize?{QUERY}"), &[], "").await;
    assert_eq!((post.status, post.header("allow")), (405, "GET"));
}

#[tokio::test]
async fn the_login_page_is_safe_to_look_at() {
    let (_pool, browser) = served().await;
    let hint = "login_hint=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let page = browser.get(&format!("/login?{QUERY}&{hint}&state='%22%3E"), &[]).await;
    assert_eq!(page.status, 200);
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert!(!page.body.contains("<script"));
    assert!(page.body.contains(r#"value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;""#));
    for part in [
        "This is a local user pool on this computer",
        r#"<label for="username">Username</label>"#,
        r#"<label for="password">Password</label>"#,
        r#"autocomplete="username""#,
        r#"autocomplete="current-password""#,
        r#"<button type="submit">Sign in</button>"#,
    ] {
        assert_eq!(page.body.matches(part).count(), 1, "{part}");
    }
    assert_eq!(page.body.matches("<button").count(), 1);
    assert!(page.header("set-cookie").ends_with("; Path=/; HttpOnly; SameSite=Lax"));

    let filled = browser.get(&format!("/login?{QUERY}&login_hint=alice%40example.com"), &[]).await;
    assert!(filled.body.contains(r#"value="alice@example.com""#));
}

#[tokio::test]
async fn wrong_passwords_are_shown_in_place() {
    let (pool, browser) = served().await;
    let alert = r#"role="alert" id="error">Incorrect username or password.</p>"#;
    for (username, password) in [("alice", "wrong"), ("<nobody>", PASSWORD), ("alice", "")] {
        let page = browser.log_in(QUERY, username, password).await;
        assert_eq!(page.status, 403, "{username}");
        assert!(page.body.contains(alert), "{username}");
        assert!(!page.body.contains(PASSWORD) && !page.body.contains("<nobody>"));
        assert!(page.headers("set-cookie").iter().all(|cookie| !cookie.starts_with("cognito")));
    }
    pool.disable_user("alice");
    let page = browser.log_in(QUERY, "alice", PASSWORD).await;
    assert!(page.status == 403 && page.body.contains(alert), "disabled: no word about it");
}

#[tokio::test]
async fn the_form_belongs_to_the_browser_that_loaded_it() {
    let (_pool, browser) = served().await;
    let login = format!("/login?{QUERY}");
    let cookie = browser.get(&login, &[]).await.cookie();
    let csrf = cookie.split_once('=').unwrap().1;
    let body = |csrf: &str| format!("_csrf={csrf}&username=alice&password=Passw0rd%21");
    let strange = format!("XSRF-TOKEN={}", "a".repeat(43));
    for (cookie, csrf) in [
        (None, csrf),
        (Some(strange.as_str()), csrf),
        (Some(cookie.as_str()), ""),
        (Some("XSRF-TOKEN="), ""),
    ] {
        let headers: Vec<(&str, &str)> =
            cookie.map(|cookie| ("cookie", cookie)).into_iter().collect();
        let page = browser.form(&login, &headers, &body(csrf)).await;
        assert_eq!(page.status, 403, "{cookie:?} {csrf}");
        assert!(page.body.contains("This form does not belong to this browser"));
    }
    // A second tab keeps the first one's form good.
    let second = browser.get(&login, &[("cookie", &cookie)]).await;
    assert_eq!(second.cookie(), cookie);
    let good = browser.form(&login, &[("cookie", &cookie)], &body(csrf)).await;
    assert_eq!(good.status, 302);
}

#[tokio::test]
async fn the_token_endpoint_gives_tokens() {
    let (pool, browser) = served().await;
    let code = code(&browser, &format!("{QUERY}&nonce=n1")).await;
    let reply = browser.form("/oauth2/token", &[], &code_form(&code)).await;
    assert_eq!(reply.status, 200);
    for (name, value) in [
        ("content-type", "application/json;charset=UTF-8"),
        ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
        ("pragma", "no-cache"),
        ("expires", "0"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("x-xss-protection", "1; mode=block"),
        ("access-control-allow-origin", "*"),
        ("server", "Server"),
    ] {
        assert_eq!(reply.header(name), value, "{name}");
    }
    let grant = reply.json();
    let text = |name: &str| grant[name].as_str().unwrap().to_owned();
    let (access, refresh) = (text("access_token"), text("refresh_token"));
    assert_eq!(
        reply.body,
        format!(
            r#"{{"id_token":"{}","access_token":"{access}","refresh_token":"{refresh}","expires_in":3600,"token_type":"Bearer"}}"#,
            text("id_token")
        )
    );
    let id = claims(&text("id_token"));
    assert_eq!((&id["nonce"], id["at_hash"].as_str().unwrap().len()), (&json!("n1"), 22));
    assert_eq!(id["iss"], pool.user_pool().issuers()[0]);
    assert_eq!(id["sub"].as_str().map(str::to_owned), pool.sub("alice"));
    assert_eq!(claims(&access)["version"], 2);

    let body = format!("grant_type=refresh_token&client_id=localclient&refresh_token={refresh}");
    let again = browser.form("/oauth2/token", &[], &body).await.json();
    let names: Vec<&String> = again.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 4, "no refresh token without rotation: {names:?}");

    let no_openid = format!("{QUERY}&scope=aws.cognito.signin.user.admin");
    let code = browser.log_in(&no_openid, "alice", PASSWORD).await.sent("code").unwrap();
    let reply = browser.form("/oauth2/token", &[], &code_form(&code)).await;
    assert_eq!(reply.json().get("id_token"), None);
}

#[tokio::test]
async fn the_token_endpoint_refuses_with_400_and_a_word() {
    let (pool, browser) = served().await;
    let error = |word: &str| json!({ "error": word });
    let good = code(&browser, QUERY).await;
    let bound = format!(
        "{QUERY}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
         &code_challenge_method=S256"
    );
    let (no_verifier, wrong_verifier) =
        (code(&browser, &bound).await, code(&browser, &bound).await);
    let wrong_uri = code(&browser, QUERY).await;
    let wrong_verifier = code_form(&wrong_verifier) + "&code_verifier=" + &"a".repeat(43);
    for (body, status, answer) in [
        ("".to_owned(), 400, error("invalid_request")),
        ("client_id=localclient".into(), 400, error("invalid_request")),
        ("grant_type=authorization_code".into(), 400, error("invalid_request")),
        (
            "grant_type=authorization_code&client_id=localclient&code=x".into(),
            400,
            error("invalid_request"),
        ),
        ("grant_type=refresh_token&client_id=localclient".into(), 400, error("invalid_request")),
        (code_form(&good) + "&client_id=localclient", 400, error("invalid_request")),
        (
            "grant_type=refresh_token&client_id=no&refresh_token=x".into(),
            400,
            error("invalid_client"),
        ),
        (code_form(&good) + "&client_secret=x", 400, error("invalid_client")),
        ("grant_type=password&client_id=localclient".into(), 400, error("unsupported_grant_type")),
        (code_form("00000000-0000-0000-0000-000000000000"), 400, error("invalid_grant")),
        (
            "grant_type=refresh_token&client_id=localclient&refresh_token=x".into(),
            400,
            error("invalid_grant"),
        ),
        (code_form(&no_verifier), 400, error("invalid_grant")),
        (wrong_verifier, 400, error("invalid_grant")),
        (
            code_form(&wrong_uri) + "%2F",
            400,
            json!({"error": "unauthorized_client", "error_description": "invalid_redirect"}),
        ),
        (
            "grant_type=client_credentials&client_id=localclient".into(),
            400,
            error("unauthorized_client"),
        ),
    ] {
        let reply = browser.form("/oauth2/token", &[], &body).await;
        expect(&reply, status, answer, &body);
        assert_eq!(reply.header("content-type"), "application/json;charset=UTF-8");
    }
    let json_body = [("content-type", "application/json")];
    let reply = browser.send("POST", "/oauth2/token", &json_body, "{}").await;
    expect(&reply, 400, error("invalid_request"), "JSON");
    assert_eq!(browser.form("/oauth2/token", &[], &code_form(&good)).await.status, 200);
    let twice = browser.form("/oauth2/token", &[], &code_form(&good)).await;
    expect(&twice, 400, error("invalid_grant"), "used before");
    let get = browser.get("/oauth2/token", &[]).await;
    assert_eq!((get.status, get.body.as_str()), (405, ""));
    assert_eq!(pool.requests(Endpoint::Token), 19);
}

#[tokio::test]
async fn a_client_with_a_secret_shows_it() {
    let client = LocalClient::confidential("1example23456789abcdefghij", SECRET).scopes([
        "openid",
        "api/read",
        "api/write",
    ]);
    let (_pool, browser) = served_with(client).await;
    let basic = "Basic MWV4YW1wbGUyMzQ1Njc4OWFiY2RlZmdoaWo6ZXhhbXBsZVNlY3JldDAxMjM0NTY3ODlhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejEy";
    let token = "/oauth2/token";
    let grant = "grant_type=client_credentials&scope=api%2Fread";
    let reply = browser.form(token, &[("authorization", basic)], grant).await;
    assert_eq!(reply.status, 200);
    let access = reply.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        reply.body,
        format!(r#"{{"access_token":"{access}","expires_in":3600,"token_type":"Bearer"}}"#)
    );
    let in_body = format!("{grant}&client_id=1example23456789abcdefghij&client_secret={SECRET}");
    assert_eq!(browser.form(token, &[], &in_body).await.status, 200);

    let scope = browser.form(token, &[("authorization", basic)], &format!("{grant}+openid")).await;
    expect(&scope, 400, json!({"error": "invalid_scope"}), "OIDC scopes are not for machines");
    let refused = json!({"error": "invalid_client"});
    let no_secret = format!("{grant}&client_id=1example23456789abcdefghij");
    expect(&browser.form(token, &[], &no_secret).await, 400, refused.clone(), "no secret");
    let twice = "Basic TVdWNFlXMXdiR1V5TXpRMU5qYzRPV0ZpWTJSbFptZG9hV286";
    let reply = browser.form(token, &[("authorization", twice)], grant).await;
    expect(&reply, 400, refused.clone(), "base64 twice");
    let revoke = browser.form("/oauth2/revoke", &[("authorization", twice)], "token=x").await;
    expect(&revoke, 401, refused, "401 at the revocation endpoint");
}

const SECRET: &str = "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12";

#[tokio::test]
async fn user_info_answers_in_texts() {
    let (pool, browser) = served().await;
    let bearer = |token: &str| format!("Bearer {token}");
    let all = pool.token(&TokenSpec::access("alice").scopes(["openid"]));
    let reply = browser.get("/oauth2/userInfo", &[("authorization", &bearer(&all))]).await;
    let sub = pool.sub("alice").unwrap();
    let body = json!({
        "sub": sub, "email_verified": "true", "email": "alice@example.com",
        "custom:tenant": "acme", "username": "alice",
    });
    expect(&reply, 200, body, "openid alone shows every attribute");
    assert_eq!(reply.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    let phone = pool.token(&TokenSpec::access("alice").scopes(["openid", "phone"]));
    let reply = browser.get("/oauth2/userInfo", &[("authorization", &bearer(&phone))]).await;
    expect(&reply, 200, json!({"sub": sub, "username": "alice"}), "phone");
    let authorization = [("authorization", &*bearer(&all))];
    assert_eq!(browser.send("POST", "/oauth2/userInfo", &authorization, "").await.status, 200);

    let dead = "error=\"invalid_token\", error_description=\"Access token is expired, disabled, \
                or deleted, or the user has globally signed out.\"";
    let no_openid = "error=\"invalid_token\", \
                     error_description=\"Access token does not contain openid scope\"";
    let bad_request = "error=\"invalid_request\", \
                       error_description=\"Bad OAuth2 request at UserInfo Endpoint\"";
    let expired = bearer(&pool.token(&TokenSpec::access("alice").expired()));
    let id = bearer(pool.id_token("alice").expose());
    let admin = TokenSpec::access("alice").scopes(["aws.cognito.signin.user.admin"]);
    let admin = bearer(&pool.token(&admin));
    let all = bearer(&all);
    let check = |authorization: Option<String>, status, challenge: &'static str| {
        let browser = &browser;
        async move {
            let value = authorization.unwrap_or_default();
            let headers = [("authorization", value.as_str())];
            let headers = if value.is_empty() { &headers[..0] } else { &headers[..] };
            let reply = browser.get("/oauth2/userInfo", headers).await;
            let seen = (reply.status, reply.header("www-authenticate"), reply.body.as_str());
            assert_eq!(seen, (status, challenge, ""));
        }
    };
    check(None, 400, bad_request).await;
    check(Some("Basic abc".to_owned()), 400, bad_request).await;
    check(Some("Bearer".to_owned()), 400, bad_request).await;
    check(Some("Bearer nonsense".to_owned()), 401, dead).await;
    check(Some(expired), 401, dead).await;
    check(Some(id), 401, dead).await;
    check(Some(admin), 401, no_openid).await;
    pool.sign_out("alice");
    check(Some(all), 401, dead).await;
}

#[tokio::test]
async fn revocation_ends_one_session() {
    let (pool, browser) = served().await;
    let grant = async || {
        let form = code_form(&code(&browser, QUERY).await);
        let grant = browser.form("/oauth2/token", &[], &form).await.json();
        let text = |name: &str| grant[name].as_str().unwrap().to_owned();
        (text("access_token"), text("refresh_token"))
    };
    let ((access, refresh), (other, _)) = (grant().await, grant().await);
    let revoke = |token: &str| format!("client_id=localclient&token={token}");
    for token in [&refresh, &refresh, "unknown"] {
        let reply = browser.form("/oauth2/revoke", &[], &revoke(token)).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, ""));
        assert_eq!(reply.header("access-control-allow-origin"), "*");
    }
    let reply = browser.call("GetUser", &json!({"AccessToken": access})).await;
    expect_exception(&reply, "NotAuthorizedException", "Access Token has been revoked");
    assert_eq!(browser.call("GetUser", &json!({"AccessToken": other})).await.status, 200);

    let reply = browser.form("/oauth2/revoke", &[], "client_id=localclient").await;
    expect(&reply, 400, json!({"error": "invalid_request"}), "no token");
    let reply = browser.form("/oauth2/revoke", &[], &revoke(&other)).await;
    expect(&reply, 400, json!({"error": "unsupported_token_type"}), "an access token");
    let reply = browser.form("/oauth2/revoke", &[], "client_id=no&token=x").await;
    expect(&reply, 401, json!({"error": "invalid_client"}), "unknown client");
    assert_eq!(pool.requests(Endpoint::Revoke), 6);
}

#[tokio::test]
async fn another_client_can_do_nothing_with_a_token_or_a_code() {
    let client = LocalClient::public("localclient").redirect_uri(CALLBACK);
    let other = LocalClient::public("other").redirect_uri(CALLBACK);
    let builder = LocalUserPool::builder().client(client).client(other).user(alice());
    let pool = builder.start().await.unwrap();
    let browser = Browser::at(&pool);
    let back = browser.log_in(QUERY, "alice", PASSWORD).await;
    let (code, cookie) = (back.sent("code").unwrap(), back.cookie());
    let stolen = code_form(&code).replace("client_id=localclient", "client_id=other");
    let refused = json!({"error": "invalid_grant"});
    expect(&browser.form("/oauth2/token", &[], &stolen).await, 400, refused.clone(), "code");
    let grant = browser.form("/oauth2/token", &[], &code_form(&code)).await;
    let refresh = grant.json()["refresh_token"].as_str().unwrap().to_owned();

    let stolen = format!("grant_type=refresh_token&client_id=other&refresh_token={refresh}");
    expect(&browser.form("/oauth2/token", &[], &stolen).await, 400, refused.clone(), "refresh");
    let stolen = format!("client_id=other&token={refresh}");
    expect(&browser.form("/oauth2/revoke", &[], &stolen).await, 400, refused, "revoke");
    let stolen = json!({"RefreshToken": refresh, "ClientId": "other"});
    let reply = browser.call("GetTokensFromRefreshToken", &stolen).await;
    expect_exception(&reply, "NotAuthorizedException", "Invalid Refresh Token.");
    let stolen = json!({"Token": refresh, "ClientId": "other"});
    let reply = browser.call("RevokeToken", &stolen).await;
    let message = "Client or client secret is not the one the token was issued to";
    expect_exception(&reply, "UnauthorizedException", message);

    // LINKED ends the browser's sign-in too; without it the browser stays signed in.
    let silent = format!("/oauth2/authorize?{QUERY}&prompt=none");
    for (linked, signed_in) in [("NONE", true), ("LINKED", false)] {
        let input = json!({
            "Token": refresh, "ClientId": "localclient", "RevokeAssociatedSessions": linked,
        });
        expect(&browser.call("RevokeToken", &input).await, 200, json!({}), linked);
        let after = browser.get(&silent, &[("cookie", &cookie)]).await;
        assert_eq!(after.sent("code").is_some(), signed_in, "{linked}");
    }
}

#[tokio::test]
async fn logout_clears_the_cookie_and_nothing_else() {
    let (pool, browser) = served().await;
    let cookie = browser.log_in(QUERY, "alice", PASSWORD).await.cookie();
    let token = pool.access_token("alice");
    let good = "/logout?client_id=localclient&logout_uri=http%3A%2F%2Flocalhost%3A3000%2F";
    let reply = browser.get(good, &[("cookie", &cookie)]).await;
    assert_eq!((reply.status, reply.header("location")), (302, "http://localhost:3000/"));
    assert!(reply.header("set-cookie").starts_with("cognito=; Max-Age=0; Path=/"));
    let silent = format!("/oauth2/authorize?{QUERY}&prompt=none");
    let after = browser.get(&silent, &[("cookie", &cookie)]).await;
    assert_eq!(after.sent("error").as_deref(), Some("login_required"));
    let user = browser.call("GetUser", &json!({"AccessToken": token.expose()})).await;
    assert_eq!(user.status, 200, "tokens stay alive");

    let anew = browser.get(&format!("/logout?{QUERY}&id_token_hint=x&scope=openid"), &[]).await;
    assert_eq!(
        anew.header("location"),
        "/login?client_id=localclient&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fauth%2Fcallback\
         &response_type=code&scope=openid"
    );

    let missing = "Required String parameter &#39;redirect_uri&#39; is not present";
    for (query, text) in [
        ("client_id=localclient&logout_uri=https://evil.example/", missing),
        ("client_id=localclient&logout_uri=http%3A%2F%2Flocalhost%3A3000", missing),
        (
            "client_id=localclient&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F",
            missing,
        ),
        ("client_id=localclient", missing),
        ("client_id=other&logout_uri=http%3A%2F%2Flocalhost%3A3000%2F", missing),
        (
            "logout_uri=http%3A%2F%2Flocalhost%3A3000%2F",
            "Missing required parameter client_id in request URL",
        ),
    ] {
        let cookie = browser.log_in(QUERY, "alice", PASSWORD).await.cookie();
        let reply = browser.get(&format!("/logout?{query}"), &[("cookie", &cookie)]).await;
        assert_eq!(reply.status, 400, "{query}");
        assert!(reply.body.contains(text), "{query}");
        assert!(reply.header("set-cookie").starts_with("cognito=; Max-Age=0"), "{query}");
        let after = browser.get(&silent, &[("cookie", &cookie)]).await;
        assert_eq!(after.sent("error").as_deref(), Some("login_required"), "{query}");
    }
}

#[tokio::test]
async fn keys_and_discovery_are_published() {
    let (pool, browser) = served().await;
    let jwks = browser.get("/eu-west-1_LocalPool/.well-known/jwks.json", &[]).await;
    assert_eq!((jwks.status, jwks.body.as_str()), (200, pool.jwks().as_str()));
    let keys = jwks.json()["keys"].as_array().unwrap().clone();
    assert_eq!(keys.len(), 2);
    for key in &keys {
        assert_eq!(
            (&key["alg"], &key["e"], &key["use"]),
            (&json!("RS256"), &json!("AQAB"), &json!("sig"))
        );
        assert_eq!(
            (key["n"].as_str().unwrap().len(), key["kid"].as_str().unwrap().len()),
            (342, 44)
        );
    }
    let base = format!("http://{}", pool.address().unwrap());
    let issuer = format!("{base}/eu-west-1_LocalPool");
    let document = browser.get("/eu-west-1_LocalPool/.well-known/openid-configuration", &[]).await;
    expect(
        &document,
        200,
        json!({
            "authorization_endpoint": format!("{base}/oauth2/authorize"),
            "end_session_endpoint": format!("{base}/logout"),
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "response_types_supported": ["code", "token"],
            "revocation_endpoint": format!("{base}/oauth2/revoke"),
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
            "token_endpoint": format!("{base}/oauth2/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "userinfo_endpoint": format!("{base}/oauth2/userInfo"),
        }),
        "discovery",
    );
    let unknown = browser.get("/eu-west-1_Other/.well-known/jwks.json", &[]).await;
    let message = "User pool eu-west-1_Other does not exist.";
    expect_exception(&unknown, "ResourceNotFoundException", message);
    for path in ["/.well-known/openid-configuration", "/.well-known/jwks.json"] {
        assert_eq!(browser.get(path, &[]).await.status, 404, "{path}: not on the domain");
    }
}

#[tokio::test]
async fn get_user_and_global_sign_out() {
    let (pool, browser) = served().await;
    let token = pool.access_token("alice");
    let input = json!({"AccessToken": token.expose()});
    let reply = browser.call("GetUser", &input).await;
    let attribute = |name: &str, value: &str| json!({"Name": name, "Value": value});
    let body = json!({
        "Username": "alice",
        "UserAttributes": [
            attribute("sub", &pool.sub("alice").unwrap()),
            attribute("custom:tenant", "acme"),
            attribute("email", "alice@example.com"),
            attribute("email_verified", "true"),
        ],
    });
    expect(&reply, 200, body, "GetUser");
    assert_eq!(reply.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(reply.header("x-amzn-requestid").len(), 36);
    assert_eq!(reply.header("access-control-allow-origin"), "");

    expect(&browser.call("GlobalSignOut", &input).await, 200, json!({}), "GlobalSignOut");
    for operation in ["GlobalSignOut", "GetUser"] {
        let reply = browser.call(operation, &input).await;
        expect_exception(&reply, "NotAuthorizedException", "Access Token has been revoked");
    }

    let access = || TokenSpec::access("alice");
    let token = |spec: TokenSpec| pool.token(&spec);
    let pattern = "1 validation error detected: Value at 'accessToken' failed to satisfy \
                   constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-_=.]+";
    for (token, exception, message) in [
        (token(access().expired()), "NotAuthorizedException", "Access Token has expired"),
        (
            token(access().scopes(["openid"])),
            "NotAuthorizedException",
            "Access Token does not have required scopes",
        ),
        (token(TokenSpec::id("alice")), "NotAuthorizedException", "Invalid Access Token"),
        ("nonsense".to_owned(), "NotAuthorizedException", "Invalid Access Token"),
        (
            token(access().with_broken_signature()),
            "NotAuthorizedException",
            "Could not verify signature for Access Token",
        ),
        (token(TokenSpec::access("ghost")), "UserNotFoundException", "User does not exist."),
        ("a b+".to_owned(), "InvalidParameterException", pattern),
    ] {
        let reply = browser.call("GetUser", &json!({"AccessToken": token})).await;
        expect_exception(&reply, exception, message);
    }
    let null = "1 validation error detected: Value null at 'accessToken' failed to satisfy \
                constraint: Member must not be null";
    expect_exception(&browser.call("GetUser", &json!({})).await, "InvalidParameterException", null);
    let ghost = json!({"AccessToken": token(TokenSpec::access("ghost"))});
    let reply = browser.call("GlobalSignOut", &ghost).await;
    expect_exception(&reply, "NotAuthorizedException", "Access Token has been revoked");
    pool.disable_user("alice");
    let reply = browser.call("GetUser", &json!({"AccessToken": token(access())})).await;
    expect_exception(&reply, "NotAuthorizedException", "User is disabled.");

    let reply = browser.call("AdminGetUser", &json!({})).await;
    expect_exception(&reply, "UnknownOperationException", "Unknown operation");
    let reply = browser.call("GetUser", &json!([])).await;
    expect_exception(&reply, "SerializationException", "The body is not a JSON object");
}

/// tests/interop_clients has clients that go through with it.
#[tokio::test]
async fn srp_is_a_challenge_and_its_answer() {
    let (pool, browser) = served().await;
    let auth = |username: &str, a: &str| {
        let parameters = json!({"USERNAME": username, "SRP_A": a});
        json!({"AuthFlow": "USER_SRP_AUTH", "ClientId": "localclient", "AuthParameters": parameters})
    };
    let a = "9".repeat(768);
    for username in ["alice", "nobody"] {
        let reply = browser.call("InitiateAuth", &auth(username, &a)).await;
        assert_eq!(
            (reply.status, &reply.json()["ChallengeName"]),
            (200, &json!("PASSWORD_VERIFIER"))
        );
        let given = reply.json()["ChallengeParameters"].clone();
        assert_eq!(
            (&given["USERNAME"], &given["USER_ID_FOR_SRP"]),
            (&json!(username), &json!(username))
        );
        let answer = |challenge: &str| {
            json!({"ChallengeName": challenge, "ClientId": "localclient", "ChallengeResponses": {
                "USERNAME": username, "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
                "PASSWORD_CLAIM_SIGNATURE": "AAAA", "TIMESTAMP": "Thu Jan 1 00:00:00 UTC 2026",
            }})
        };
        let reply = browser.call("RespondToAuthChallenge", &answer("SMS_MFA")).await;
        let over = "Invalid session for the user, session is expired.";
        expect_exception(&reply, "NotAuthorizedException", over);
        let reply = browser.call("RespondToAuthChallenge", &answer("PASSWORD_VERIFIER")).await;
        expect_exception(&reply, "NotAuthorizedException", "Incorrect username or password.");
    }
    let bad = [
        (auth("alice", "0"), "SRP_A is not a number of the group"),
        (auth("alice", &"9".repeat(769)), "SRP_A is not a number of the group"),
        (auth("alice", "0x12"), "SRP_A is not a number of the group"),
    ];
    for (input, message) in bad {
        let reply = browser.call("InitiateAuth", &input).await;
        expect_exception(&reply, "InvalidParameterException", message);
    }
    for missing in ["USERNAME", "SRP_A"] {
        let mut input = auth("alice", &a);
        input["AuthParameters"].as_object_mut().unwrap().remove(missing);
        let reply = browser.call("InitiateAuth", &input).await;
        let message = format!("Missing required parameter {missing}");
        expect_exception(&reply, "InvalidParameterException", &message);
    }
    assert_eq!(pool.requests(Endpoint::RespondToAuthChallenge), 4);
}

#[tokio::test]
async fn initiate_auth_and_the_refresh_flows() {
    let (pool, browser) = served().await;
    let auth = |flow: &str, parameters: Value| json!({"AuthFlow": flow, "ClientId": "localclient", "AuthParameters": parameters});
    let password = |username: &str, password: &str| {
        auth("USER_PASSWORD_AUTH", json!({"USERNAME": username, "PASSWORD": password}))
    };
    let reply = browser.call("InitiateAuth", &password("alice", PASSWORD)).await;
    assert_eq!((reply.status, &reply.json()["ChallengeParameters"]), (200, &json!({})));
    let result = reply.json()["AuthenticationResult"].clone();
    assert_eq!((&result["ExpiresIn"], &result["TokenType"]), (&json!(3600), &json!("Bearer")));
    let access = claims(result["AccessToken"].as_str().unwrap());
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    assert_eq!(access.get("version"), None);
    let id = claims(result["IdToken"].as_str().unwrap());
    assert_eq!((id.get("at_hash"), &id["email"]), (None, &json!("alice@example.com")));

    let refresh = result["RefreshToken"].as_str().unwrap();
    let by_auth = auth("REFRESH_TOKEN_AUTH", json!({"REFRESH_TOKEN": refresh}));
    let by_operation = json!({"RefreshToken": refresh, "ClientId": "localclient"});
    for (operation, input) in
        [("InitiateAuth", &by_auth), ("GetTokensFromRefreshToken", &by_operation)]
    {
        let reply = browser.call(operation, input).await;
        let result = reply.json()["AuthenticationResult"].clone();
        assert!(result["AccessToken"].is_string() && result["IdToken"].is_string(), "{operation}");
        assert_eq!(result.get("RefreshToken"), None, "{operation}");
        let again = claims(result["AccessToken"].as_str().unwrap());
        assert_eq!(again["origin_jti"], access["origin_jti"]);
    }

    let not_authorized = "NotAuthorizedException";
    let wrong = browser.call("InitiateAuth", &password("alice", "wrong")).await;
    expect_exception(&wrong, not_authorized, "Incorrect username or password.");
    let wrong = browser.call("InitiateAuth", &password("nobody", PASSWORD)).await;
    expect_exception(&wrong, not_authorized, "Incorrect username or password.");
    let unknown = json!({"RefreshToken": "x", "ClientId": "localclient"});
    let reply = browser.call("GetTokensFromRefreshToken", &unknown).await;
    expect_exception(&reply, not_authorized, "Invalid Refresh Token.");
    for (input, exception, message) in [
        (
            json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "nosuchclient"}),
            "ResourceNotFoundException",
            "User pool client nosuchclient does not exist.",
        ),
        (
            json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "a b"}),
            "InvalidParameterException",
            "1 validation error detected: Value 'a b' at 'clientId' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [\\w+]+",
        ),
        (
            auth("CUSTOM_AUTH", json!({})),
            "InvalidParameterException",
            "CUSTOM_AUTH flow not enabled for this client",
        ),
        (
            auth("USER_PASSWORD_AUTH", json!({})),
            "InvalidParameterException",
            "Missing required parameter USERNAME",
        ),
        (
            auth("REFRESH_TOKEN_AUTH", json!({})),
            "InvalidParameterException",
            "Missing required parameter REFRESH_TOKEN",
        ),
    ] {
        expect_exception(&browser.call("InitiateAuth", &input).await, exception, message);
    }

    let revoke = |token: &str, client: &str| json!({"Token": token, "ClientId": client});
    let reply = browser.call("RevokeToken", &revoke(refresh, "other")).await;
    let message = "Client or client secret is not the one the token was issued to";
    expect_exception(&reply, "UnauthorizedException", message);
    let an_access_token = result["AccessToken"].as_str().unwrap();
    let reply = browser.call("RevokeToken", &revoke(an_access_token, "localclient")).await;
    let message = "Only refresh tokens can be revoked";
    expect_exception(&reply, "UnsupportedTokenTypeException", message);
    let reply = browser.call("RevokeToken", &revoke(refresh, "localclient")).await;
    expect(&reply, 200, json!({}), "RevokeToken");
    let reply = browser.call("GetTokensFromRefreshToken", &by_operation).await;
    expect_exception(&reply, not_authorized, "Refresh Token has been revoked");

    let fresh = browser.call("InitiateAuth", &password("alice", PASSWORD)).await.json();
    let refresh = &fresh["AuthenticationResult"]["RefreshToken"];
    pool.advance(Duration::from_secs(31 * 24 * 3600));
    let input = json!({"RefreshToken": refresh, "ClientId": "localclient"});
    let reply = browser.call("GetTokensFromRefreshToken", &input).await;
    expect_exception(&reply, not_authorized, "Refresh Token has expired");
    pool.disable_user("alice");
    let disabled = browser.call("InitiateAuth", &password("alice", PASSWORD)).await;
    expect_exception(&disabled, not_authorized, "User is disabled.");
}

#[tokio::test]
async fn rotation_shuts_one_door_and_names_the_reuse() {
    let builder = LocalUserPool::builder().user(alice()).rotation(Duration::ZERO);
    let pool = builder.start().await.unwrap();
    let browser = Browser::at(&pool);
    let form = code_form(&code(&browser, QUERY).await);
    let first = browser.form("/oauth2/token", &[], &form).await.json()["refresh_token"].clone();
    let auth = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "localclient",
        "AuthParameters": {"REFRESH_TOKEN": first},
    });
    let reply = browser.call("InitiateAuth", &auth).await;
    expect_exception(&reply, "NotAuthorizedException", "Invalid Refresh Token.");
    let input = json!({"RefreshToken": first, "ClientId": "localclient"});
    let reply = browser.call("GetTokensFromRefreshToken", &input).await;
    assert!(reply.json()["AuthenticationResult"]["RefreshToken"].is_string());
    let reply = browser.call("GetTokensFromRefreshToken", &input).await;
    let message = "Refresh Token was used after it had been rotated";
    expect_exception(&reply, "RefreshTokenReuseException", message);
}

#[tokio::test]
async fn the_json_api_wants_the_secret_or_its_hash() {
    let (_pool, browser) = served_with(LocalClient::confidential("web", SECRET)).await;
    let auth = |hash: Option<&str>| {
        let mut parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
        if let Some(hash) = hash {
            parameters["SECRET_HASH"] = hash.into();
        }
        json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "web", "AuthParameters": parameters})
    };
    let not_authorized = "NotAuthorizedException";
    let reply = browser.call("InitiateAuth", &auth(None)).await;
    let message = "Client web is configured with secret but SECRET_HASH was not received";
    expect_exception(&reply, not_authorized, message);
    let reply = browser.call("InitiateAuth", &auth(Some("wrong"))).await;
    expect_exception(&reply, not_authorized, "Unable to verify secret hash for client web");
    // base64(HMAC-SHA256(SECRET, "aliceweb")), computed apart from this crate.
    let reply = browser.call("InitiateAuth", &auth(Some(HASH_OF_ALICE))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let refresh = reply.json()["AuthenticationResult"]["RefreshToken"].clone();

    let flow = |hash: &str| {
        let parameters = json!({"REFRESH_TOKEN": refresh, "SECRET_HASH": hash});
        json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "web", "AuthParameters": parameters})
    };
    let reply = browser.call("InitiateAuth", &flow("wrong")).await;
    expect_exception(&reply, not_authorized, "SecretHash does not match for the client: web");
    assert_eq!(browser.call("InitiateAuth", &flow(HASH_OF_ALICE)).await.status, 200);

    let input = json!({"RefreshToken": refresh, "ClientId": "web"});
    let reply = browser.call("GetTokensFromRefreshToken", &input).await;
    let message = "Client web is configured for secret but secret was not received";
    expect_exception(&reply, not_authorized, message);
    let input = json!({"RefreshToken": refresh, "ClientId": "web", "ClientSecret": SECRET});
    assert_eq!(browser.call("GetTokensFromRefreshToken", &input).await.status, 200);
}

const HASH_OF_ALICE: &str = "6LM41TRy37V06I8h+ybvpPAvBwnVrjnuoQJAaSwhu5A=";

#[tokio::test]
async fn scripts_of_other_origins_reach_three_endpoints() {
    let (_pool, browser) = served().await;
    for path in ["/oauth2/token", "/oauth2/revoke", "/oauth2/userInfo"] {
        let reply =
            browser.send("OPTIONS", path, &[("origin", "https://app.example.com")], "").await;
        assert_eq!(
            (reply.status, reply.header("access-control-allow-origin")),
            (200, "*"),
            "{path}"
        );
        let allowed = reply.header("access-control-allow-headers");
        assert_eq!(allowed, "Authorization, Content-Type", "{path}");
    }
    for path in ["/oauth2/authorize", "/login", "/logout"] {
        let reply = browser.send("OPTIONS", path, &[], "").await;
        assert_eq!(
            (reply.status, reply.header("access-control-allow-origin")),
            (405, ""),
            "{path}"
        );
    }
    let reply = browser.get("/oauth2/nothing", &[]).await;
    let body = json!({
        "code": "BadRequest",
        "message": "The server did not understand the operation that was requested.",
        "type": "client",
    });
    expect(&reply, 400, body, "an unknown path");
}

#[tokio::test]
async fn input_is_bounded() {
    let (_pool, browser) = served().await;
    let large = browser.form("/oauth2/token", &[], &"a".repeat(64 * 1024 + 1)).await;
    assert_eq!(large.status, 413);
    let long = format!("/oauth2/authorize?{}", "a".repeat(8 * 1024 + 1));
    assert_eq!(browser.get(&long, &[]).await.status, 414);
}

#[tokio::test]
async fn faults_come_in_the_order_they_were_asked_for() {
    let (pool, browser) = served().await;
    let jwks = "/eu-west-1_LocalPool/.well-known/jwks.json";
    pool.fail_next_at(Endpoint::Jwks, 2, Fault::Status(500));
    pool.fail_next(1, Fault::Html(502));
    pool.fail_next_at(Endpoint::Jwks, 1, Fault::CutOff);
    let page = browser.get("/login", &[]).await;
    assert_eq!((page.status, page.header("content-type")), (502, "text/html; charset=utf-8"));
    for _ in 0..2 {
        assert_eq!(browser.get(jwks, &[]).await.status, 500);
    }
    browser.try_get(jwks).await.unwrap_err();
    assert_eq!(browser.get(jwks, &[]).await.status, 200);
    assert_eq!((pool.requests(Endpoint::Jwks), pool.requests(Endpoint::Login)), (4, 1));

    pool.fail_next_at(Endpoint::GetUser, 1, Fault::Throttle);
    let reply = browser.call("GetUser", &json!({})).await;
    expect_exception(&reply, "TooManyRequestsException", "Rate exceeded");
    pool.fail_next_at(Endpoint::Token, 1, Fault::Throttle);
    assert_eq!(browser.form("/oauth2/token", &[], "").await.status, 429);
    pool.fail_next(1, Fault::Slow(Duration::from_millis(5)));
    assert_eq!(browser.get(jwks, &[]).await.status, 200);
}

#[tokio::test]
async fn the_http_client_meets_the_faults_that_the_memory_tells_of() {
    let (pool, _) = served().await;
    let client = CognitoClient::builder(&pool.user_pool(), pool.client_id())
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let token = pool.access_token("alice");
    for fault in [
        Fault::Status(500),
        Fault::Html(503),
        Fault::Status(403),
        Fault::Status(405),
        Fault::Throttle,
        Fault::Hang,
        Fault::CutOff,
    ] {
        pool.fail_next(1, fault);
        let over_http = client.user_info_with_token(&token).await.unwrap_err();
        pool.fail_next(1, fault);
        let in_memory = pool.user_info_with_token(&token).await.unwrap_err();
        assert_eq!(over_http, in_memory, "{fault:?}");
    }
    let error = client.auth_with_code(AuthCode::new("x", CALLBACK)).await.unwrap_err();
    assert_eq!(error, pool.auth_with_code(AuthCode::new("x", CALLBACK)).await.unwrap_err());
}

#[tokio::test]
async fn it_stops_when_told_and_when_the_last_handle_goes() {
    let (pool, browser) = served().await;
    let clone = pool.clone();
    drop(pool);
    assert_eq!(browser.get("/login", &[]).await.status, 302);
    // A request that hangs does not keep it from stopping.
    clone.fail_next(1, Fault::Hang);
    let hanging = browser.try_get("/login");
    let address = clone.address().unwrap();
    let stop = async {
        while clone.requests(Endpoint::Login) < 2 {
            tokio::task::yield_now().await;
        }
        tokio::task::spawn_blocking({
            let clone = clone.clone();
            move || clone.stop()
        })
        .await
        .unwrap();
    };
    let (hung, ()) = tokio::join!(hanging, stop);
    assert!(hung.is_err() || hung.is_ok_and(|body| body.is_empty()));
    // The port is free again: a listener gets it at once.
    std::net::TcpListener::bind(address).unwrap();
    clone.stop();

    let client = CognitoClient::new(&clone.user_pool(), clone.client_id()).unwrap();
    let error = client.user_info_with_token(&clone.access_token("alice")).await.unwrap_err();
    assert_eq!(error, AuthError::Unreachable(Unreachable::Connect));
}

#[tokio::test]
async fn a_late_callback_address_can_be_added_and_the_port_chosen() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let pool = LocalUserPool::builder().listen(free).user(alice()).start().await.unwrap();
    assert_eq!(pool.address(), Some(free));
    let taken = LocalUserPool::builder().listen(free).start().await.unwrap_err();
    assert_eq!(taken.to_string(), "the local user pool cannot listen");

    pool.add_redirect_uri("http://127.0.0.1:4123/cb?app=1").unwrap();
    pool.add_logout_uri("http://127.0.0.1:4123/bye").unwrap();
    assert_eq!(pool.add_redirect_uri("http://example.com").unwrap_err().code(), "insecure_url");
    let request = SignInRequest::new("http://127.0.0.1:4123/cb?app=1");
    let callback = pool.authorize(&pool.sign_in(request).unwrap().url, "alice", PASSWORD).unwrap();
    assert!(callback.as_str().starts_with("http://127.0.0.1:4123/cb?app=1&code="));
    let url = pool.user_pool().logout_url(&pool.client_id(), "http://127.0.0.1:4123/bye").unwrap();
    let path = &url[url::Position::BeforePath..];
    let reply = Browser::at(&pool).get(path, &[]).await;
    assert_eq!(reply.header("location"), "http://127.0.0.1:4123/bye");
}
