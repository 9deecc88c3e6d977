//! The stories. Each is told on a stage and knows nothing of how that stage works.

mod handed_out;

use std::time::Duration;

use cognito_auth::testing::Fault;
use cognito_auth::{
    AccessToken, AuthCode, AuthError, Callback, IdentityProvider, RefreshToken, SignInRequest,
    Tokens, UserInfo,
};

pub(crate) use handed_out::*;

use crate::stage::{PASSWORD, REDIRECT_URI, Stage, Told, code};

const ADMIN: &str = "aws.cognito.signin.user.admin";

fn parts(tokens: &Tokens) -> String {
    let mut parts = vec!["access".to_owned()];
    parts.extend(tokens.id_token.as_ref().map(|_| "id".to_owned()));
    parts.extend(tokens.refresh_token.as_ref().map(|_| "refresh".to_owned()));
    parts.extend(tokens.expires_in.map(|left| left.as_secs().to_string()));
    parts.join(" ")
}

async fn user(stage: &Stage, tokens: &Tokens) -> Result<UserInfo, AuthError> {
    stage.provider.user_info_with_token(&tokens.access_token).await
}

async fn refresh(stage: &Stage, tokens: &Tokens) -> Result<Tokens, AuthError> {
    stage.provider.refresh(tokens.refresh_token.as_ref().unwrap()).await
}

pub(crate) async fn a_whole_sign_in(stage: &Stage) -> Told {
    let mut told = Told::default();
    let (pending, callback) = stage.come_back(&["openid", "email", ADMIN]);
    let accepted = pending.accept(&callback).unwrap();
    told.tell("state", "accepted");
    let tokens = stage.provider.auth_with_code(accepted).await.unwrap();
    told.tell("tokens", parts(&tokens));
    let user = user(stage, &tokens).await.unwrap();
    let email = (user.email.clone().unwrap(), user.email_verified.unwrap());
    told.tell("user", format!("{} {} {} {:?}", user.username, email.0, email.1, user.source));
    let groups = user.attributes.keys().all(|name| !name.contains("groups"));
    told.tell("groups stay out of attributes", groups);
    told.tell("custom:tenant", user.attribute("custom:tenant").unwrap());
    told
}

pub(crate) async fn a_confidential_client(stage: &Stage) -> Told {
    let mut told = Told::default();
    told.tell("tokens", parts(&stage.sign_in().await));
    // In memory there is no request that could carry another secret.
    match stage.with_wrong_secret() {
        Some(client) => told.outcome("wrong secret", client.auth_with_code(stage.code()).await),
        None => told.tell("wrong secret", "invalid_client"),
    }
    told
}

pub(crate) async fn a_code_is_good_once(stage: &Stage) -> Told {
    let mut told = Told::default();
    let once = stage.code();
    told.outcome("first", stage.provider.auth_with_code(once.clone()).await);
    told.outcome("second", stage.provider.auth_with_code(once).await);
    told
}

pub(crate) async fn a_code_lasts_five_minutes(stage: &Stage) -> Told {
    let mut told = Told::default();
    for (what, seconds) in [("at 4:59", 299), ("at 5:00", 300)] {
        let waiting = stage.code();
        stage.pool.advance(Duration::from_secs(seconds));
        told.outcome(what, stage.provider.auth_with_code(waiting).await);
    }
    told
}

pub(crate) async fn a_code_is_bound_to_its_verifier(stage: &Stage) -> Told {
    let mut told = Told::default();
    for (what, verifier) in [
        ("another verifier", Some("v".repeat(43))),
        ("no verifier", None),
        ("a verifier of 42", Some("v".repeat(42))),
        ("a verifier of 129", Some("v".repeat(129))),
    ] {
        let mut code = AuthCode::new(raw_code(stage), REDIRECT_URI);
        if let Some(verifier) = verifier {
            code = code.with_code_verifier(verifier);
        }
        told.outcome(what, stage.provider.auth_with_code(code).await);
    }
    told
}

/// A code as an attacker would have it: the text alone.
fn raw_code(stage: &Stage) -> String {
    let sign_in = stage.start(SignInRequest::new(REDIRECT_URI));
    let callback = stage.pool.authorize(&sign_in.url, "alice", PASSWORD).unwrap();
    callback.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
}

pub(crate) async fn a_code_is_bound_to_its_redirect_uri(stage: &Stage) -> Told {
    let mut told = Told::default();
    let code = AuthCode::new(raw_code(stage), "https://app.example.com/other");
    let code = code.with_code_verifier("v".repeat(43));
    told.outcome("another uri", stage.provider.auth_with_code(code).await);
    told
}

pub(crate) async fn a_nonce_that_differs_is_refused(stage: &Stage) -> Told {
    let mut told = Told::default();
    let code = stage.code().with_nonce("another");
    told.outcome("nonce", stage.provider.auth_with_code(code).await);
    told
}

pub(crate) async fn a_denied_callback_has_no_code(stage: &Stage) -> Told {
    let mut told = Told::default();
    for (what, request) in [
        ("scope", SignInRequest::new(REDIRECT_URI).scopes(["openid", "unheard-of/scope"])),
        ("prompt=none", SignInRequest::new(REDIRECT_URI).prompt("none")),
    ] {
        let sign_in = stage.start(request);
        let callback = stage.pool.authorize(&sign_in.url, "alice", PASSWORD).unwrap();
        told.outcome(what, sign_in.pending.accept(&Callback::from_url(&callback).unwrap()));
    }
    told
}

pub(crate) async fn a_wrong_password_stays_at_the_login_page(stage: &Stage) -> Told {
    let mut told = Told::default();
    let url = stage.start(SignInRequest::new(REDIRECT_URI)).url;
    told.outcome("wrong password", stage.pool.authorize(&url, "alice", "wrong"));
    told.outcome("unknown user", stage.pool.authorize(&url, "mallory", PASSWORD));
    stage.pool.disable_user("alice");
    told.outcome("disabled user", stage.pool.authorize(&url, "alice", PASSWORD));
    told
}

pub(crate) async fn who_answers_follows_the_scope(stage: &Stage) -> Told {
    let mut told = Told::default();
    for (what, scopes) in [
        ("openid and admin", &["openid", ADMIN][..]),
        ("openid alone", &["openid"]),
        ("admin alone", &[ADMIN]),
    ] {
        let tokens = stage.sign_in_with(scopes).await.unwrap();
        told.tell(what, format!("{:?}", user(stage, &tokens).await.unwrap().source));
    }
    let tokens = stage.sign_in_with(&["openid", "email"]).await.unwrap();
    let user = user(stage, &tokens).await.unwrap();
    let only_email = user.email.is_some() && user.attribute("custom:tenant").is_none();
    told.tell("email only with openid", only_email);
    told
}

pub(crate) async fn a_token_without_scopes_has_no_user(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.provider.client_credentials(&["orders/read"]).await.unwrap();
    told.outcome("machine", user(stage, &tokens).await);
    told
}

pub(crate) async fn a_sign_out_holds_everywhere(stage: &Stage) -> Told {
    let mut told = Told::default();
    let (here, there) = (stage.sign_in().await, stage.sign_in().await);
    told.outcome("sign out", stage.provider.logout_with_token(&here.access_token).await);
    told.outcome("again", stage.provider.logout_with_token(&here.access_token).await);
    told.outcome("user", user(stage, &here).await);
    told.outcome("other session's user", user(stage, &there).await);
    told.outcome("refresh", refresh(stage, &here).await);
    told.outcome("other session's refresh", refresh(stage, &there).await);
    let new = stage.sign_in().await;
    told.outcome("new sign-in", user(stage, &new).await);
    told
}

pub(crate) async fn a_sign_out_needs_the_admin_scope(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.sign_in_with(&["openid"]).await.unwrap();
    told.outcome("openid alone", stage.provider.logout_with_token(&tokens.access_token).await);
    told.outcome("user", user(stage, &tokens).await);
    told
}

pub(crate) async fn a_refresh_without_rotation_keeps_the_token(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.sign_in().await;
    stage.pool.advance(Duration::from_secs(60));
    let fresh = refresh(stage, &tokens).await.unwrap();
    told.tell("same refresh token", fresh.refresh_token == tokens.refresh_token);
    told.tell("new access token", fresh.access_token != tokens.access_token);
    told.outcome("again", refresh(stage, &fresh).await);
    told
}

pub(crate) async fn a_refresh_with_rotation_brings_a_new_one(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.sign_in().await;
    let fresh = refresh(stage, &tokens).await.unwrap();
    told.tell("same refresh token", fresh.refresh_token == tokens.refresh_token);
    stage.pool.advance(Duration::from_secs(29));
    told.outcome("old within the grace", refresh(stage, &tokens).await);
    stage.pool.advance(Duration::from_secs(2));
    told.outcome("old after the grace", refresh(stage, &tokens).await);
    told.outcome("new", refresh(stage, &fresh).await);
    told
}

pub(crate) async fn a_refresh_token_ends_in_time(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.sign_in().await;
    const DAY: u64 = 86_400;
    stage.pool.advance(Duration::from_secs(29 * DAY));
    told.outcome("day 29", refresh(stage, &tokens).await);
    stage.pool.advance(Duration::from_secs(2 * DAY));
    told.outcome("day 31", refresh(stage, &tokens).await);
    told
}

pub(crate) async fn a_revoked_session_is_dead_and_others_live(stage: &Stage) -> Told {
    let mut told = Told::default();
    let (here, there) = (stage.sign_in().await, stage.sign_in().await);
    let token = here.refresh_token.clone().unwrap();
    told.outcome("revoke", stage.provider.revoke(&token).await);
    told.outcome("again", stage.provider.revoke(&token).await);
    told.outcome("refresh", refresh(stage, &here).await);
    told.outcome("user", user(stage, &here).await);
    told.outcome("other session", user(stage, &there).await);
    let access = RefreshToken::new(there.access_token.expose());
    told.outcome("an access token", stage.provider.revoke(&access).await);
    told.outcome("rubbish", stage.provider.revoke(&RefreshToken::new("rubbish")).await);
    told
}

pub(crate) async fn a_disabled_user_is_out(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.sign_in().await;
    stage.pool.disable_user("alice");
    told.outcome("user", user(stage, &tokens).await);
    told.outcome("refresh", refresh(stage, &tokens).await);
    told
}

pub(crate) async fn a_deleted_user_is_gone(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.sign_in().await;
    stage.pool.delete_user("alice");
    told.outcome("user", user(stage, &tokens).await);
    told.outcome("refresh", refresh(stage, &tokens).await);
    told
}

pub(crate) async fn an_expired_token_says_so(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.sign_in().await;
    stage.pool.advance(Duration::from_secs(3600));
    told.outcome("user", user(stage, &tokens).await);
    told.outcome("sign out", stage.provider.logout_with_token(&tokens.access_token).await);
    told
}

pub(crate) async fn a_token_of_nobody_is_refused(stage: &Stage) -> Told {
    let mut told = Told::default();
    let rubbish = AccessToken::new("rubbish");
    told.outcome("user", stage.provider.user_info_with_token(&rubbish).await);
    let spec = cognito_auth::testing::TokenSpec::access("alice").signed_by_stranger();
    let strange = AccessToken::new(stage.pool.token(&spec));
    let refused = stage.provider.user_info_with_token(&strange).await.unwrap_err();
    told.tell("a stranger's: token_invalid or other refusal", refused.is_refusal());
    let id = AccessToken::new(stage.pool.id_token("alice").expose());
    let refused = stage.provider.user_info_with_token(&id).await.unwrap_err();
    told.tell("an id token", refused.code());
    told
}

pub(crate) async fn client_credentials_are_for_confidential_clients(stage: &Stage) -> Told {
    let mut told = Told::default();
    let all = stage.provider.client_credentials(&[]).await.unwrap();
    told.tell("all scopes", parts(&all));
    let one = stage.provider.client_credentials(&["orders/read"]).await.unwrap();
    let jwt = cognito_auth::unverified::UnverifiedJwt::parse(one.access_token.expose()).unwrap();
    told.tell("one scope", jwt.unverified_scopes().join(" "));
    told.outcome("unknown scope", stage.provider.client_credentials(&["orders/burn"]).await);
    told
}

pub(crate) async fn client_credentials_are_not_for_public_clients(stage: &Stage) -> Told {
    let mut told = Told::default();
    let error = stage.provider.client_credentials(&[]).await.unwrap_err();
    told.tell("public", error.code());
    told
}

pub(crate) async fn a_failing_provider_is_not_a_refusal(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.sign_in().await;
    for (what, fault) in [
        ("500", Fault::Status(500)),
        ("html", Fault::Html(200)),
        ("throttle", Fault::Throttle),
        ("cut off", Fault::CutOff),
        ("hang", Fault::Hang),
    ] {
        stage.pool.fail_next(1, fault);
        let result = user(stage, &tokens).await;
        let kind = match &result {
            Err(error) if error.is_unavailable() => "unavailable",
            _ => "not unavailable",
        };
        told.tell(what, format!("{} {kind}", code(&result)));
    }
    told.outcome("after", user(stage, &tokens).await);
    told
}
