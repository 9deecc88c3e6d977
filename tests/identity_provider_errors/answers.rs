//! What is read of the answers that are good, and of the waits and words of those that are not.

use std::time::Duration;

use cognito_auth::{
    AccessToken, AuthCode, AuthError, Callback, IdentityProvider, PendingSignIn, RefreshToken,
    SignIn, SignInRequest, UserInfo, UserInfoSource,
};

use crate::{CLIENT, Call, GOOD_TIMES, ISSUER, REDIRECT, REFRESH, access_token, fixed, jwt, peer};

async fn user(call: Call, body: &str) -> Result<UserInfo, AuthError> {
    let server = peer(200, &[], body).await;
    let client = call.client(&server.uri()).build().unwrap();
    client.user_info_with_token(&access_token(call)).await
}

#[tokio::test]
async fn both_sources_give_the_same_user() {
    let get_user = user(
        Call::GetUser,
        r#"{"Username":"bob","UserAttributes":[{"Name":"sub","Value":"u1"},{"Name":"email_verified","Value":"true"},
            {"Name":"email","Value":"bob@example.com"},{"Name":"custom:tenant","Value":"acme"},
            {"Name":"identities","Value":"[{\"primary\":false,\"dateCreated\":1701125599632}]"}],
            "PreferredMfaSetting":"SOFTWARE_TOKEN_MFA","UserMFASettingList":["SOFTWARE_TOKEN_MFA"]}"#,
    );
    let user_info = user(
        Call::UserInfo,
        r#"{"sub":"u1","email_verified":"true","custom:tenant":"acme","email":"bob@example.com","username":"bob",
            "identities":"[{\"primary\":false,\"dateCreated\":1701125599632}]"}"#,
    );
    let (get_user, mut user_info) = (get_user.await.unwrap(), user_info.await.unwrap());
    assert_eq!(get_user.source, UserInfoSource::GetUser);
    assert_eq!(user_info.source, UserInfoSource::UserInfo);
    user_info.source = UserInfoSource::GetUser;
    assert_eq!(get_user, user_info);
    assert_eq!((get_user.sub.as_str(), get_user.username.as_str()), ("u1", "bob"));
    assert_eq!(get_user.email.as_deref(), Some("bob@example.com"));
    assert_eq!(get_user.email_verified, Some(true));
    assert_eq!(get_user.attribute("custom:tenant"), Some("acme"));
    assert_eq!(
        get_user.attribute("identities"),
        Some(r#"[{"primary":false,"dateCreated":1701125599632}]"#)
    );
}

#[tokio::test]
async fn attributes_of_other_types_are_kept_as_texts() {
    let user = user(
        Call::UserInfo,
        r#"{"sub":"u1","username":"bob","email_verified":false,"updated_at":1767225600,"n":1.50,
            "address":{"locality": "Bern"},"gone":null}"#,
    );
    let user = user.await.unwrap();
    assert_eq!(user.email_verified, Some(false));
    assert_eq!(user.email, None);
    assert_eq!(user.attribute("updated_at"), Some("1767225600"));
    assert_eq!(user.attribute("n"), Some("1.50"));
    assert_eq!(user.attribute("address"), Some(r#"{"locality": "Bern"}"#));
    assert_eq!(user.attribute("gone"), None);
}

#[tokio::test]
async fn a_verified_address_is_one_that_is_said_to_be() {
    for (value, verified) in [
        (r#""true""#, Some(true)),
        ("true", Some(true)),
        (r#""True""#, Some(true)),
        (r#""false""#, Some(false)),
        ("false", Some(false)),
        (r#""1""#, None),
        ("1", None),
        (r#""yes""#, None),
        (r#""""#, None),
        ("null", None),
        ("[true]", None),
    ] {
        let body = format!(r#"{{"sub":"u1","username":"bob","email_verified":{value}}}"#);
        let user = user(Call::UserInfo, &body).await.unwrap();
        assert_eq!(user.email_verified, verified, "{value}");
    }
}

#[tokio::test]
async fn what_is_no_user_is_no_answer() {
    for (call, body) in [
        (Call::GetUser, "{}"),
        (Call::GetUser, r#"{"Username":"bob"}"#),
        (Call::GetUser, r#"{"Username":"bob","UserAttributes":[]}"#),
        (Call::GetUser, r#"{"Username":"","UserAttributes":[{"Name":"sub","Value":"u1"}]}"#),
        (Call::GetUser, r#"{"UserAttributes":[{"Name":"sub","Value":"u1"}]}"#),
        (Call::GetUser, r#"{"Username":"bob","UserAttributes":[{"Name":"sub"}]}"#),
        (
            Call::GetUser,
            r#"{"Username":"bob","UserAttributes":[{"Name":"sub","Value":"u1"},{"Name":"sub","Value":"u1"}]}"#,
        ),
        (Call::GetUser, r#"{"Username":"bob","UserAttributes":[{"Name":"sub","Value":"u2"}]}"#),
        (Call::UserInfo, "{}"),
        (Call::UserInfo, r#"{"username":"bob"}"#),
        (Call::UserInfo, r#"{"sub":"u1"}"#),
        (Call::UserInfo, r#"{"sub":"","username":"bob"}"#),
        (Call::UserInfo, r#"{"sub":null,"username":"bob"}"#),
        (Call::UserInfo, r#"{"sub":"u1","sub":"u1","username":"bob"}"#),
        // The user of another token (OpenID Connect Core §5.3.2).
        (Call::UserInfo, r#"{"sub":"u2","username":"bob"}"#),
    ] {
        let error = user(call, body).await.expect_err(body);
        assert_eq!(error.code(), "undecodable", "{call:?} {body}");
    }
}

#[tokio::test]
async fn the_scope_decides_who_is_asked_unless_the_caller_does() {
    let server = peer(200, &[], r#"{"sub":"u1","username":"bob"}"#).await;
    let client = Call::UserInfo.client(&server.uri()).build().unwrap();
    for (token, code) in [
        (jwt(r#"{"sub":"u1","scope":"api/read openidx"}"#), "no_user_scope"),
        (jwt(r#"{"sub":"u1"}"#), "no_user_scope"),
        (jwt(r#"{"sub":"u1","scope":["openid"]}"#), "no_user_scope"),
        ("opaque".to_owned(), "input"),
        (String::new(), "input"),
        ("a b".to_owned(), "input"),
        (REFRESH.to_owned(), "input"),
    ] {
        let error = client.user_info_with_token(&AccessToken::new(&token)).await.unwrap_err();
        assert_eq!(error.code(), code, "{token}");
        // What was asked for at the sign-in is a setting; what the token is, the caller's (R2).
        let scope = code == "no_user_scope";
        assert_eq!((error.is_refusal(), error.is_misconfiguration()), (!scope, scope), "{token}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());

    let client = fixed(Call::UserInfo, &server.uri(), UserInfoSource::UserInfo);
    client.user_info_with_token(&AccessToken::new("opaque")).await.unwrap();
    assert_eq!(server.received_requests().await.unwrap()[0].url.path(), "/oauth2/userInfo");

    let no_domain = fixed(Call::JsonRevoke, &server.uri(), UserInfoSource::UserInfo);
    let error = no_domain.user_info_with_token(&AccessToken::new("opaque")).await.unwrap_err();
    assert_eq!(error.code(), "config");

    // userInfo is at the domain: without one, the user of a token with `openid` cannot be asked for.
    let asked = server.received_requests().await.unwrap().len();
    let no_domain = Call::JsonRevoke.client(&server.uri()).build().unwrap();
    let openid = access_token(Call::UserInfo);
    assert_eq!(
        no_domain.user_info_with_token(&openid).await.unwrap_err().to_string(),
        "the access token has no scope to look its user up with: aws.cognito.signin.user.admin, or openid at a pool with a domain"
    );
    assert_eq!(server.received_requests().await.unwrap().len(), asked);
}

#[tokio::test]
async fn tokens_are_read_whatever_the_case_of_their_type() {
    for kind in ["Bearer", "bearer", "BEARER"] {
        let body = format!(
            r#"{{"access_token":"at","refresh_token":null,"token_type":"{kind}","scope":"x","more":[{{}}]}}"#
        );
        let server = peer(200, &[], &body).await;
        let told = Call::Code.make(&Call::Code.client(&server.uri()).build().unwrap()).await;
        assert_eq!(told.unwrap(), "at none None");
    }
}

#[tokio::test]
async fn the_refresh_token_to_keep_is_the_new_one_or_the_old() {
    for (call, body, kept) in [
        (
            Call::Refresh,
            r#"{"access_token":"at","token_type":"Bearer","expires_in":3600}"#,
            REFRESH,
        ),
        (
            Call::Refresh,
            r#"{"access_token":"at","token_type":"Bearer","expires_in":3600,"refresh_token":"new"}"#,
            "new",
        ),
        (
            Call::Refresh,
            r#"{"access_token":"at","token_type":"Bearer","expires_in":3600,"refresh_token":""}"#,
            REFRESH,
        ),
        (
            Call::JsonRefresh,
            r#"{"AuthenticationResult":{"AccessToken":"at","ExpiresIn":3600,"TokenType":"Bearer"}}"#,
            REFRESH,
        ),
        (
            Call::JsonRefresh,
            r#"{"AuthenticationResult":{"AccessToken":"at","ExpiresIn":3600,"RefreshToken":"new"},"ChallengeParameters":{}}"#,
            "new",
        ),
    ] {
        let server = peer(200, &[], body).await;
        let told = call.make(&call.client(&server.uri()).build().unwrap()).await.unwrap();
        assert_eq!(told, format!("at {kept} Some(3600s)"), "{body}");
    }
    for body in [
        r#"{"AuthenticationResult":null}"#,
        r#"{"AuthenticationResult":{}}"#,
        r#"{"AuthenticationResult":{"AccessToken":"at","TokenType":"mac"}}"#,
        r#"{"ChallengeName":"NEW_PASSWORD_REQUIRED"}"#,
    ] {
        let server = peer(200, &[], body).await;
        let client = Call::JsonRefresh.client(&server.uri()).build().unwrap();
        assert_eq!(Call::JsonRefresh.make(&client).await.unwrap_err().code(), "undecodable");
    }
}

#[tokio::test]
async fn the_id_token_has_to_answer_this_sign_in() {
    let claims = |more: &str| {
        format!(
            r#"{{"iss":"{ISSUER}","aud":"{CLIENT}","sub":"u1","token_use":"id",{GOOD_TIMES}{more}}}"#
        )
    };
    for (id_token, claim) in [
        (jwt(&claims(r#","nonce":"n1""#)), None),
        (jwt(&claims(r#","nonce":"n2""#)), Some("nonce")),
        (jwt(&claims("")), Some("nonce")),
        (jwt(&claims(r#","nonce":"n1""#).replace(CLIENT, "another")), Some("aud")),
        (jwt(&claims(r#","nonce":"n1""#).replace("AbCdEf123", "Another99")), Some("iss")),
        (jwt(&claims(r#","nonce":"n1""#).replace("\"id\"", "\"access\"")), Some("token_use")),
        (jwt(&claims(r#","nonce":"n1""#).replace("\"exp\"", "\"later\"")), Some("exp")),
        (jwt(&claims(r#","nonce":"n1""#).replace("\"iat\"", "\"later\"")), Some("iat")),
    ] {
        let body =
            format!(r#"{{"id_token":"{id_token}","access_token":"at","token_type":"Bearer"}}"#);
        let server = peer(200, &[], &body).await;
        let client = Call::Code.client(&server.uri()).build().unwrap();
        let result = client.auth_with_code(AuthCode::new("c", REDIRECT).with_nonce("n1")).await;
        match claim {
            None => assert!(result.unwrap().id_token.is_some()),
            Some(claim) => assert_eq!(result.unwrap_err(), AuthError::IdTokenMismatch { claim }),
        }
    }
}

#[tokio::test]
async fn an_id_token_has_to_come_where_openid_was_asked_for() {
    let body = r#"{"access_token":"at","token_type":"Bearer"}"#;
    let server = peer(200, &[], body).await;
    let client = Call::Code.client(&server.uri()).build().unwrap();
    let accepted = |request: SignInRequest| {
        let SignIn { pending, .. } = client.sign_in(request).unwrap();
        // As it comes out of a session.
        let stored = serde_json::to_string(&pending).unwrap();
        let pending: PendingSignIn = serde_json::from_str(&stored).unwrap();
        let query = format!("code=c&state={}", pending.state());
        pending.accept(&Callback::from_query(&query).unwrap()).unwrap()
    };
    let new = || SignInRequest::new(REDIRECT);
    for (name, code, missed) in [
        ("the default scopes", accepted(new()), Some("nonce")),
        ("openid alone", accepted(new().scopes(["openid"])), Some("nonce")),
        ("without openid", accepted(new().scopes(["api/read"])), None),
        ("the client's own scopes", accepted(new().scopes([""; 0])), None),
        ("an age", accepted(new().scopes([""; 0]).max_age(Duration::ZERO)), Some("auth_time")),
        ("a code alone", AuthCode::new("c", REDIRECT), None),
        ("a code and a nonce", AuthCode::new("c", REDIRECT).with_nonce("n1"), Some("nonce")),
    ] {
        let error = client.auth_with_code(code).await.err();
        let expected = missed.map(|claim| AuthError::IdTokenMismatch { claim });
        assert_eq!(error, expected, "{name}");
    }
}

#[tokio::test]
async fn how_long_to_wait_is_passed_on_within_bounds() {
    for (retry_after, wait) in [("7", Some(7)), ("86400", Some(300)), ("soon", None)] {
        let server = peer(429, &[("retry-after", retry_after)], "").await;
        let client = Call::Refresh.client(&server.uri()).build().unwrap();
        let error = client.refresh(&RefreshToken::new(REFRESH)).await.unwrap_err();
        assert_eq!(error, AuthError::RateLimited { retry_after: wait.map(Duration::from_secs) });
    }
}

#[tokio::test]
async fn words_of_the_provider_reach_the_operator_without_the_token_in_them() {
    let token = access_token(Call::GetUser);
    let body = format!(
        r#"{{"__type":"InvalidParameterException","message":"1 validation error detected: Value '{}' at 'accessToken'"}}"#,
        token.expose()
    );
    let server = peer(400, &[], &body).await;
    let client = Call::GetUser.client(&server.uri()).build().unwrap();
    let error = client.user_info_with_token(&token).await.unwrap_err();
    let AuthError::Refused(refusal) = &error else { panic!("{error:?}") };
    assert_eq!(
        refusal.description(),
        Some("1 validation error detected: Value '[left out]' at 'accessToken'")
    );
    assert_eq!(error.to_string(), "refused by the identity provider: invalid_parameter");
}
