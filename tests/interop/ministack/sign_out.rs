//! The end of sessions: ours, an administrator's, a user's; and the end of the peer.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::revocation::LiveCheck;
use cognito_auth::{
    AuthEndpoints, IdentityProvider, JwtVerifier, TokenVerifier, Tokens, UserInfoSource,
    VerifyError,
};
use http::Request;
use serde_json::Value;

use super::{Pool, alice, request, sign_in};
use crate::administration::SIGN_OUT_URI;
use crate::pages::{browser, stolen, with_verifier_of_ours};
use crate::peer::Peer;
use crate::stories::{Stories, bad, cannot_tell, refused, words};

const REVOKED: &str = "Access Token has been revoked";

async fn accepted(verifier: &JwtVerifier, tokens: &Tokens) -> Result<(), VerifyError> {
    verifier.verify_access(tokens.access_token.expose()).await.map(|_| ())
}

pub(super) async fn tell(pool: &Pool, stories: &mut Stories) {
    let public = pool.client(&pool.public);
    let (verifier, live) = (pool.verifier(), pool.live_verifier(&public));

    stories.begin("revocation at the domain, which ministack does not have: cannot tell");
    let session = sign_in(&public).await.unwrap();
    let refresh_token = session.refresh_token.as_ref().unwrap();
    assert_eq!(
        cannot_tell(public.revoke(refresh_token).await),
        "the identity provider's answer cannot be read (status 400): it has no text named error"
    );
    public.refresh(refresh_token).await.unwrap();

    stories.begin("one session is revoked, in Cognito's own words, and the other goes on");
    let other = sign_in(&public).await.unwrap();
    let bare = pool.client_without_domain(&pool.public);
    bare.revoke(refresh_token).await.unwrap();
    let asked = public.user_info_with_token(&session.access_token).await;
    assert_eq!(words(asked.clone()), REVOKED);
    assert_eq!(refused(asked), "token_revoked");
    assert_eq!(refused(public.refresh(refresh_token).await), "invalid_grant");
    let again = bare.refresh(refresh_token).await;
    assert_eq!(words(again.clone()), "Refresh Token has been revoked");
    assert_eq!(refused(again), "invalid_refresh_token");
    public.user_info_with_token(&other.access_token).await.unwrap();

    stories.begin("a live check refuses the revoked session, signature and time notwithstanding");
    accepted(&verifier, &session).await.unwrap();
    assert_eq!(bad(accepted(&live, &session).await), "revoked");
    accepted(&live, &other).await.unwrap();

    stories.begin("a live check by userInfo, where the token may ask nothing else");
    let code = alice(&public).code(request().scopes(["openid", "email"])).await;
    let reader = public.auth_with_code(code).await.unwrap();
    accepted(&live, &reader).await.unwrap();
    bare.revoke(reader.refresh_token.as_ref().unwrap()).await.unwrap();
    let asked = public.user_info_with_token(&reader.access_token).await;
    assert_eq!(refused(asked), "invalid_token");
    assert_eq!(bad(accepted(&live, &reader).await), "revoked");

    stories.begin("a user signs out everywhere");
    public.logout_with_token(&other.access_token).await.unwrap();
    let again = public.logout_with_token(&other.access_token).await;
    assert_eq!(refused(again), "token_revoked");
    let asked = public.user_info_with_token(&other.access_token).await;
    assert_eq!((words(asked.clone()).as_str(), refused(asked)), (REVOKED, "token_revoked"));
    let refresh_token = other.refresh_token.as_ref().unwrap();
    assert_eq!(refused(public.refresh(refresh_token).await), "invalid_grant");
    accepted(&verifier, &other).await.expect("a verifier has to be told");
    assert_eq!(bad(accepted(&live, &other).await), "revoked");

    stories.begin("a new sign-in after that");
    let session = sign_in(&public).await.unwrap();
    accepted(&live, &session).await.unwrap();

    stories.begin("userInfo knows of it, too");
    let builder = cognito_auth::CognitoClient::builder(&pool.settings, &pool.public.id);
    let by_user_info = builder.user_info_source(UserInfoSource::UserInfo).build().unwrap();
    let user = by_user_info.user_info_with_token(&session.access_token).await.unwrap();
    assert_eq!((user.source, user.username.as_str()), (UserInfoSource::UserInfo, "alice"));
    let asked = by_user_info.user_info_with_token(&other.access_token).await;
    assert_eq!(refused(asked), "invalid_token");

    stories.begin("an administrator signs a user out");
    pool.administer("AdminUserGlobalSignOut", "alice").await;
    assert_eq!(words(public.user_info_with_token(&session.access_token).await), REVOKED);
    assert_eq!(bad(accepted(&live, &session).await), "revoked");

    stories.begin("a user is disabled");
    let session = sign_in(&public).await.unwrap();
    accepted(&live, &session).await.unwrap();
    pool.administer("AdminDisableUser", "alice").await;
    let asked = public.user_info_with_token(&session.access_token).await;
    assert_eq!(words(asked.clone()), "User is disabled.");
    assert_eq!(refused(asked), "user_disabled");
    assert_eq!(bad(accepted(&live, &session).await), "revoked");
    pool.administer("AdminEnableUser", "alice").await;
    let session = sign_in(&public).await.unwrap();
    accepted(&live, &session).await.unwrap();

    stories.begin("a user is deleted");
    pool.administration.create_user(&pool.id, "carol", "carol@example.com").await;
    let carol = crate::pages::Person {
        provider: &public,
        fields: &[("username", "carol"), ("password", crate::administration::PASSWORD)],
    };
    let gone = public.auth_with_code(carol.code(request()).await).await.unwrap();
    pool.administer("AdminDeleteUser", "carol").await;
    let asked = public.user_info_with_token(&gone.access_token).await;
    assert_eq!(refused(asked), "user_not_found");
    assert_eq!(bad(accepted(&live, &gone).await), "revoked");

    stories.begin("the page forgets who was there");
    let url = pool.settings.logout_url(&pool.public.id, SIGN_OUT_URI).unwrap();
    assert_eq!(browser().get(url.as_str()).await.url.as_str(), SIGN_OUT_URI);

    stories.begin("the three endpoints of an app: sign-in, me, logout");
    endpoints(pool).await;
}

async fn endpoints(pool: &Pool) {
    let public = pool.client(&pool.public);
    let verifier: Arc<dyn TokenVerifier> = Arc::new(pool.verifier());
    let endpoints = AuthEndpoints::builder(Arc::new(public.clone()), verifier)
        .redirect_uri(crate::pages::REDIRECT_URI)
        .build()
        .unwrap();
    let handle = async |request: Request<Vec<u8>>| {
        let response = endpoints.handle(request).await;
        let body: Value = serde_json::from_str(response.body()).unwrap();
        (response.status().as_u16(), body)
    };
    let ask = |method: &str, path: &str, token: &str| {
        let bearer = format!("Bearer {token}");
        let request = Request::builder().method(method).uri(path).header("authorization", bearer);
        request.body(Vec::new()).unwrap()
    };

    let verifier = "v".repeat(43);
    let url = with_verifier_of_ours(&public.sign_in(request()).unwrap().url, &verifier);
    let callback = crate::pages::walk(&mut browser(), &url, alice(&public).fields).await;
    let code = callback.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let body = serde_json::json!({"code": code, "code_verifier": verifier}).to_string();
    let post = |body: &str| {
        let request = Request::post("/auth/sign-in").header("content-type", "application/json");
        request.body(body.as_bytes().to_vec()).unwrap()
    };
    let (status, signed_in) = handle(post(&body)).await;
    assert_eq!(status, 200, "{signed_in}");
    let token = signed_in["access_token"].as_str().unwrap();
    let (status, refusal) = handle(post(&body)).await;
    assert_eq!((status, refusal["error"].as_str()), (401, Some("sign_in_refused")));

    let (status, me) = handle(ask("GET", "/auth/me", token)).await;
    assert_eq!((status, me["email"].as_str()), (200, Some("alice@example.com")));
    assert_eq!(me["groups"], serde_json::json!(["admins"]));
    let (status, said) = handle(ask("POST", "/auth/logout", token)).await;
    assert_eq!((status, said["message"].as_str()), (200, Some("Logout successful.")));
    let (status, said) = handle(ask("GET", "/auth/me", token)).await;
    assert_eq!((status, said["error"].as_str()), (403, Some("not_authenticated")));
    let asked = public.user_info_with_token(&cognito_auth::AccessToken::new(token)).await;
    assert_eq!(refused(asked), "token_revoked");
}

/// What goes on when Cognito is away, and what does not.
pub(super) async fn tell_after_its_end(pool: &Pool, peer: &mut Peer, stories: &mut Stories) {
    let public = pool.client(&pool.public);
    let (verifier, live) = (pool.verifier(), pool.live_verifier(&public));
    let tolerant = LiveCheck::builder(Arc::new(public.clone())).keep_for(Duration::ZERO);
    let tolerant = tolerant.accept_while_unavailable(Duration::from_secs(60)).build().unwrap();
    let tolerant = pool.verifier_with(tolerant);
    let session = sign_in(&public).await.unwrap();
    let code = stolen(&alice(&public).come_back(request()).await.1);
    accepted(&verifier, &session).await.unwrap();
    accepted(&live, &session).await.unwrap();
    accepted(&tolerant, &session).await.unwrap();
    peer.kill();

    stories.begin("a peer that is gone refuses no user: cannot tell");
    let gone = |said: String| {
        // A connection of before breaks off, a new one is refused.
        let (what, how) = said.split_once(": ").unwrap();
        assert_eq!(what, "the identity provider cannot be reached");
        assert!(["no connection", "the answer was cut off"].contains(&how), "{how}");
    };
    gone(cannot_tell(public.user_info_with_token(&session.access_token).await));
    gone(cannot_tell(public.auth_with_code(code).await));
    gone(cannot_tell(public.logout_with_token(&session.access_token).await));
    let refresh_token = session.refresh_token.as_ref().unwrap();
    gone(cannot_tell(public.refresh(refresh_token).await));
    gone(cannot_tell(public.revoke(refresh_token).await));

    stories.begin("a verifier that has the keys goes on, one that has none cannot tell");
    accepted(&verifier, &session).await.unwrap();
    let error = accepted(&pool.verifier(), &session).await.unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(error.to_string(), "the issuer's keys are not available: no connection");

    stories.begin("a live check cannot tell, unless it was told to go by its last verdict");
    let error = accepted(&live, &session).await.unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(error.code(), "revocation_unavailable");
    accepted(&tolerant, &session).await.unwrap();
}
