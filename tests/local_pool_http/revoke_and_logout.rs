//! `POST /oauth2/revoke` and `GET /logout`.

use cognito_auth::testing::Endpoint;
use serde_json::json;

use crate::{PASSWORD, QUERY, code, code_form, expect, expect_exception, served};

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
