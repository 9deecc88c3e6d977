//! R5: tokens that are large for good reasons, and one that is too large.

use std::time::Duration;

use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{
    AccessToken, AuthError, Callback, CognitoClient, IdentityProvider, SignIn, SignInRequest,
};

use crate::{CLIENT, Call, GOOD_TIMES, ISSUER, REDIRECT, jwt, peer};

/// 100 groups of 60 characters, and the roles that come with them: 19 KiB.
fn many_groups() -> String {
    let group = |n: usize| format!("\"{n:060}\"");
    let groups: Vec<String> = (0..100).map(group).collect();
    let role = |n: usize| format!("\"arn:aws:iam::111122223333:role/{n:048}\"");
    let roles: Vec<String> = (0..100).map(role).collect();
    format!(r#""cognito:groups":[{}],"cognito:roles":[{}]"#, groups.join(","), roles.join(","))
}

fn id_token(more: &str) -> String {
    jwt(&format!(
        r#"{{"iss":"{ISSUER}","aud":"{CLIENT}","sub":"u1","token_use":"id",{GOOD_TIMES},{more}}}"#
    ))
}

async fn outcome(call: Call, [access, id, refresh]: [&str; 3]) -> Result<String, AuthError> {
    let body = match call {
        Call::JsonRefresh => format!(
            r#"{{"AuthenticationResult":{{"AccessToken":"{access}","IdToken":"{id}","RefreshToken":"{refresh}"}}}}"#
        ),
        _ => format!(
            r#"{{"access_token":"{access}","id_token":"{id}","refresh_token":"{refresh}","token_type":"Bearer"}}"#
        ),
    };
    let server = peer(200, &[], &body).await;
    call.make(&call.client(&server.uri()).build().unwrap()).await
}

#[tokio::test]
async fn users_in_many_groups_sign_in() {
    let large = id_token(&many_groups());
    assert_eq!(large.len() / 1024, 19);
    let largest = id_token(&format!(r#""x":"{}""#, "a".repeat(48_900)));
    assert!(largest.len() < 64 * 1024);
    for call in [Call::Code, Call::Refresh, Call::JsonRefresh] {
        for id in [&large, &largest] {
            assert!(outcome(call, ["at", id, "rt"]).await.is_ok(), "{call:?}: {}", id.len());
        }
    }
}

#[tokio::test]
async fn a_token_over_the_bound_is_an_error_that_says_the_size() {
    let too_large = id_token(&format!(r#""x":"{}""#, "a".repeat(50_000)));
    let long = "a".repeat(64 * 1024 + 1);
    for call in [Call::Code, Call::Refresh, Call::JsonRefresh] {
        for (name, tokens) in [
            ("the access token", [&long, "", ""]),
            ("the ID token", ["at", &too_large, ""]),
            ("the refresh token", ["at", "", &long]),
        ] {
            let bytes = tokens.iter().map(|token| token.len()).max().unwrap();
            let error = outcome(call, tokens).await.unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "{name} that the identity provider issued has {bytes} bytes, more than the 65536 that are taken: fewer groups or claims make it smaller"
                ),
                "{call:?}"
            );
            assert_eq!(error.code(), "token_too_large");
            assert!(error.is_misconfiguration() && !error.is_refusal(), "{call:?}: {name}");
        }
    }
}

/// GetUser and userInfo are asked with what was issued, as large as it is.
#[tokio::test]
async fn a_large_access_token_can_be_asked_with() {
    let claims = format!(r#"{{"sub":"u1","scope":"openid","x":"{}"}}"#, "a".repeat(20_000));
    let server = peer(200, &[], r#"{"sub":"u1","username":"bob"}"#).await;
    let client = Call::UserInfo.client(&server.uri()).build().unwrap();
    let user = client.user_info_with_token(&AccessToken::new(jwt(&claims))).await.unwrap();
    assert_eq!(user.username, "bob");
}

/// The whole way, with tokens as the local pool makes them, over HTTP and in memory.
#[tokio::test]
async fn users_in_many_groups_sign_in_at_the_local_pool() {
    let mut alice = LocalUser::new("alice", "Passw0rd!23");
    for group in 0..100 {
        alice = alice.group(format!("{group:0120}"));
    }
    let pool = LocalUserPool::builder().user(alice).start().await.unwrap();
    pool.add_redirect_uri(REDIRECT).unwrap();
    let over_http = CognitoClient::builder(&pool.user_pool(), pool.client_id())
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    for provider in [&over_http as &dyn IdentityProvider, &pool] {
        let SignIn { url, pending, .. } = provider.sign_in(SignInRequest::new(REDIRECT)).unwrap();
        let callback = pool.authorize(&url, "alice", "Passw0rd!23").unwrap();
        let code = pending.accept(&Callback::from_url(&callback).unwrap()).unwrap();
        let tokens = provider.auth_with_code(code).await.unwrap();
        assert!(tokens.id_token.unwrap().expose().len() > 16 * 1024);
    }
}
