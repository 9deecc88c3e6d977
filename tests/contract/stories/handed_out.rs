//! What happens to a refresh token that was handed out with an answer that cannot be used.

use std::time::Duration;

use cognito_auth::testing::{Endpoint, LocalUser};

use super::refresh;
use crate::stage::{PASSWORD, Stage, Told};

/// R1.
pub(crate) async fn a_refused_sign_in_leaves_no_session(stage: &Stage) -> Told {
    let mut told = Told::default();
    let code = stage.code().with_nonce("another");
    told.outcome("nonce", stage.provider.auth_with_code(code).await);
    told.tell("revocations", stage.pool.requests(Endpoint::Revoke));
    told
}

/// R1. More groups than a token from the token endpoint may have.
pub(crate) async fn a_refresh_that_cannot_be_used_hands_over_the_new_token(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tokens = stage.sign_in().await;
    let groups = (0..90).map(|number| format!("{number:0700}"));
    let alice = || LocalUser::new("alice", PASSWORD);
    stage.pool.add_user(groups.fold(alice(), |alice, group| alice.group(group)));
    let error = refresh(stage, &tokens).await.unwrap_err();
    told.tell("refresh", error.code());
    let new = error.new_refresh_token().cloned().unwrap();
    told.tell("another refresh token", Some(&new) != tokens.refresh_token.as_ref());
    stage.pool.add_user(alice());
    told.outcome("in fewer groups, with it", stage.provider.refresh(&new).await);
    stage.pool.advance(Duration::from_secs(31));
    told.outcome("old after the grace", refresh(stage, &tokens).await);
    told
}
