//! `POST /oauth2/token`: each grant, and each refusal.

use cognito_auth::testing::{Endpoint, LocalClient, LocalUserPool};
use serde_json::json;

use crate::local_http::{Browser, claims};
use crate::{
    CALLBACK, PASSWORD, QUERY, SECRET, alice, code, code_form, expect, expect_exception, served,
    served_with,
};

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
