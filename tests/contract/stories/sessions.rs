//! What ends a session, and what keeps it: sign-out, refresh, revocation.

use std::time::Duration;

use cognito_auth::RefreshToken;

use super::{refresh, user};
use crate::stage::{Stage, Told};

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
