//! The stories. Each is told on a stage and knows nothing of how that stage works.

mod handed_out;
mod sessions;
mod sign_in;

use std::time::Duration;

use cognito_auth::testing::Fault;
use cognito_auth::{AccessToken, AuthError, Tokens, UserInfo};

pub(crate) use handed_out::*;
pub(crate) use sessions::*;
pub(crate) use sign_in::*;

use crate::stage::{Stage, Told, code};

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

pub(crate) async fn a_token_without_a_user_is_refused(stage: &Stage) -> Told {
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
