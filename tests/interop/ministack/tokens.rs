//! Tokens in use: verified here, refreshed there, and those of machines.

use std::time::{Duration, SystemTime};

use cognito_auth::{
    AccessToken, IdTokenChecks, IdentityProvider, JwtVerifier, RefreshToken, UserPool,
};
use serde_json::json;

use super::{Pool, alice, client, request, sign_in};
use crate::administration::App;
use crate::stories::{Stories, bad, ours, refused, words};

pub(super) async fn tell(pool: &Pool, stories: &mut Stories) {
    let public = pool.client(&pool.public);
    let verifier = pool.verifier();
    let tokens = sign_in(&public).await.unwrap();
    let access_token = tokens.access_token.expose();
    let id_token = tokens.id_token.as_ref().unwrap();
    let refresh_token = tokens.refresh_token.as_ref().unwrap();

    stories.begin("a token that was tampered with");
    let (head, signature) = access_token.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let tampered = AccessToken::new(format!("{head}.{first}{}", &signature[1..]));
    assert_eq!(bad(verifier.verify_access(tampered.expose()).await), "signature_invalid");
    let asked = public.user_info_with_token(&tampered).await;
    assert_eq!(words(asked.clone()), "Could not verify signature for Access Token");
    assert_eq!(refused(asked), "invalid_token");

    stories.begin("an ID token where an access token is due, and the reverse");
    assert_eq!(bad(verifier.verify_access(id_token.expose()).await), "token_use_mismatch");
    assert_eq!(
        bad(verifier.verify_id(access_token, IdTokenChecks::new()).await),
        "token_use_mismatch"
    );
    let asked = public.user_info_with_token(&AccessToken::new(id_token.expose())).await;
    assert_eq!(ours(asked), "no_user_scope");

    stories.begin("a refresh token is no JWT of ours");
    let outcome = verifier.verify_access(refresh_token.expose()).await;
    assert_eq!(bad(outcome), "token_use_mismatch");

    stories.begin("a token of another pool");
    let other = pool.administration.create_pool().await;
    let other = UserPool::new(&other).unwrap();
    let stranger = JwtVerifier::new(&other, &pool.public.id).unwrap();
    assert_eq!(bad(stranger.verify_access(access_token).await), "issuer_not_allowed");

    stories.begin("keys where there are none: cannot tell");
    let jwks_uri =
        format!("{}us-east-1_nosuch123/.well-known/jwks.json", pool.settings.idp_endpoint());
    let keyless = pool.settings.clone().with_jwks_uri(&jwks_uri).unwrap();
    let keyless = JwtVerifier::new(&keyless, &pool.public.id).unwrap();
    let error = keyless.verify_access(access_token).await.unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(
        error.to_string(),
        "the issuer's keys are not available: status 400: there may be no such user pool; check its id and the Region in it"
    );

    stories.begin("a token after its time");
    let later = || SystemTime::now() + Duration::from_secs(3601);
    let late = JwtVerifier::builder(&pool.settings).client_id(&pool.public.id).clock(later);
    assert_eq!(bad(late.build().unwrap().verify_access(access_token).await), "expired");

    stories.begin("a refresh: new tokens, the old refresh token");
    let refreshed = public.refresh(refresh_token).await.unwrap();
    assert_ne!(refreshed.access_token.expose(), access_token);
    assert_eq!(refreshed.refresh_token.unwrap().expose(), refresh_token.expose());
    verifier.verify_access(refreshed.access_token.expose()).await.unwrap();
    verifier.verify_id(refreshed.id_token.unwrap().expose(), IdTokenChecks::new()).await.unwrap();

    stories.begin("a refresh at the JSON API");
    let bare = pool.client_without_domain(&pool.public);
    let refreshed = bare.refresh(refresh_token).await.unwrap();
    assert_eq!(refreshed.refresh_token.unwrap().expose(), refresh_token.expose());
    verifier.verify_access(refreshed.access_token.expose()).await.unwrap();

    stories.begin("a refresh with a token that is none");
    let none = RefreshToken::new("none");
    assert_eq!(refused(public.refresh(&none).await), "invalid_grant");
    assert_eq!(refused(bare.refresh(&none).await), "invalid_refresh_token");

    stories.begin("a refresh with a wrong secret");
    let confidential = pool.client(&pool.confidential);
    let theirs = sign_in(&confidential).await.unwrap().refresh_token.unwrap();
    let wrong = App { secret: Some("wrong".to_owned()), ..pool.confidential.clone() };
    assert_eq!(ours(client(&pool.settings, &wrong).refresh(&theirs).await), "invalid_client");
    confidential.refresh(&theirs).await.unwrap();

    stories.begin("a refresh without the secret, which ministack allows");
    let without = App { secret: None, ..pool.confidential.clone() };
    let stolen = client(&pool.settings, &without).refresh(&theirs).await.unwrap();
    let own = JwtVerifier::new(&pool.settings, &pool.confidential.id).unwrap();
    own.verify_access(stolen.access_token.expose()).await.unwrap();

    stories
        .begin("a refresh takes the groups away: what asks for one is refused, and not signed out");
    let before = verifier.verify_access(access_token).await.unwrap();
    let refreshed = public.refresh(refresh_token).await.unwrap();
    let after = verifier.verify_access(refreshed.access_token.expose()).await.unwrap();
    assert!(before.in_group("admins") && !after.in_group("admins"));
    assert_eq!(after.sub(), before.sub());
    let admins = JwtVerifier::builder(&pool.settings).client_id(&pool.public.id);
    let admins = admins.require_group("admins").build().unwrap();
    admins.verify_access(access_token).await.unwrap();
    let error = admins.verify_access(refreshed.access_token.expose()).await.unwrap_err();
    assert!(error.is_insufficient());

    stories.begin("RevokeToken, which takes anything: 200 does not say that something has ended");
    bare.revoke(&none).await.unwrap();
    let access = RefreshToken::new(refreshed.access_token.expose());
    bare.revoke(&access).await.unwrap();
    public.user_info_with_token(&refreshed.access_token).await.unwrap();
    let another = sign_in(&confidential).await.unwrap();
    bare.revoke(another.refresh_token.as_ref().unwrap()).await.unwrap();
    let asked = confidential.user_info_with_token(&another.access_token).await;
    assert_eq!(refused(asked), "token_revoked");

    stories.begin("a refresh at another client, which ministack allows");
    let moved = confidential.refresh(refresh_token).await.unwrap();
    assert_eq!(
        bad(verifier.verify_access(moved.access_token.expose()).await),
        "client_not_allowed"
    );

    stories.begin("a token of a machine");
    let machine = pool.client(&pool.machine);
    let token = machine.client_credentials(&["orders/read"]).await.unwrap();
    assert!(token.id_token.is_none() && token.refresh_token.is_none());
    let user_only = JwtVerifier::new(&pool.settings, &pool.machine.id).unwrap();
    assert_eq!(bad(user_only.verify_access(token.access_token.expose()).await), "user_required");
    let machines = JwtVerifier::builder(&pool.settings).client_id(&pool.machine.id);
    let machines =
        machines.accept_client_credentials().require_scope("orders/read").build().unwrap();
    assert!(machines.verify_access(token.access_token.expose()).await.unwrap().is_machine());
    assert_eq!(ours(machine.user_info_with_token(&token.access_token).await), "no_user_scope");

    stories.begin("a machine with a wrong secret, and with a scope that is not its own");
    let wrong = App { secret: Some("wrong".to_owned()), ..pool.machine.clone() };
    let outcome = client(&pool.settings, &wrong).client_credentials(&[]).await;
    assert_eq!(ours(outcome), "invalid_client");
    assert_eq!(ours(machine.client_credentials(&["orders/write"]).await), "invalid_scope");

    stories.begin("a grant that the client may not use");
    let outcome = confidential.client_credentials(&[]).await;
    assert_eq!(ours(outcome), "invalid_scope");

    stories.begin("a token that expires there, too");
    let brief = json!({"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "seconds"}});
    let brief = pool.client(&pool.administration.create_app(&pool.id, brief).await);
    let code = alice(&brief).code(request()).await;
    let token = brief.auth_with_code(code).await.unwrap().access_token;
    let outcome = loop {
        match brief.user_info_with_token(&token).await {
            Ok(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            outcome => break outcome,
        }
    };
    assert_eq!(words(outcome.clone()), "Access Token has expired");
    assert_eq!(refused(outcome), "token_expired");
    assert_eq!(refused(brief.logout_with_token(&token).await), "token_expired");
}
