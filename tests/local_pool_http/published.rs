//! userInfo, the JWKS, the discovery document, and what scripts of other origins may read.

use cognito_auth::testing::TokenSpec;
use serde_json::json;

use crate::{expect, expect_exception, served};

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
async fn scripts_of_other_origins_reach_the_json_api_and_three_endpoints() {
    let (_pool, browser) = served().await;
    let preflight =
        browser.send("OPTIONS", "/", &[("origin", "https://app.example.com")], "").await;
    let header = |name: &str| preflight.header(&format!("access-control-allow-{name}")).to_owned();
    assert_eq!(preflight.status, 200);
    assert_eq!(["origin", "methods", "headers"].map(header), ["*", "POST", "*, Authorization"]);
    let unknown = browser.send("POST", "/", &[("x-amz-target", "a.B")], "{}").await;
    assert_eq!((unknown.status, unknown.header("access-control-allow-origin")), (400, "*"));
    let exposed = unknown.header("access-control-expose-headers");
    assert!(exposed.contains("x-amzn-ErrorType"), "{exposed}");
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
