//! The refresh by InitiateAuth, which every emulator has.

use cognito_auth::{AuthError, IdentityProvider, RefreshToken, Tokens};
use serde_json::json;

use super::{Emulator, absent, tokens};
use crate::administration::PASSWORD;
use crate::stories::{Stories, refused};

/// What an emulator says to a refresh token that Cognito refuses, and to another name in SECRET_HASH: a code, or
/// nothing where it hands out tokens.
pub(super) struct RefreshWords {
    pub unknown: &'static str,
    pub of_another_client: Option<&'static str>,
    pub of_another_name: Option<&'static str>,
}

fn code(outcome: Result<Tokens, AuthError>) -> Option<&'static str> {
    outcome.err().map(|error| error.code())
}

pub(super) async fn tell_of_a_refresh(
    emulator: &Emulator,
    words: RefreshWords,
    stories: &mut Stories,
) {
    stories.begin("a refresh by REFRESH_TOKEN_AUTH, of a client with a secret too");
    let (direct, name) = (&emulator.direct, emulator.user("nora").await);
    let refresh_token = tokens(emulator.start(&name, PASSWORD).await).refresh_token.unwrap();
    let refreshed = direct.refresh_by_initiate_auth(&refresh_token, &name, None).await.unwrap();
    assert_eq!(refreshed.refresh_token.as_ref(), Some(&refresh_token));
    direct.client().user_info_with_token(&refreshed.access_token).await.unwrap();
    // No emulator has devices.
    let device = absent::device();
    let key = Some(device.key());
    direct.refresh_by_initiate_auth(&refresh_token, &name, key).await.unwrap();
    let unknown = RefreshToken::new("a.refresh.token");
    let outcome = direct.refresh_by_initiate_auth(&unknown, &name, None).await;
    assert_eq!(refused(outcome), words.unknown);

    let app = emulator.app(&emulator.pool, json!({ "GenerateSecret": true })).await;
    let confidential = emulator.client(&emulator.pool, &app);
    let attempt = (emulator.manners.attempt)(name.clone(), PASSWORD);
    let refresh_token = tokens(confidential.start(attempt).await).refresh_token.unwrap();
    confidential.refresh_by_initiate_auth(&refresh_token, &name, None).await.unwrap();
    let outcome = confidential.refresh_by_initiate_auth(&refresh_token, "mallory", None).await;
    assert_eq!(code(outcome), words.of_another_name);
    let outcome = direct.refresh_by_initiate_auth(&refresh_token, &name, None).await;
    assert_eq!(code(outcome), words.of_another_client);
}
