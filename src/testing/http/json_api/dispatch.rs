//! `POST /`: the operations of the JSON API that need no AWS credentials (API reference).

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::testing::http::response::{Answer, api, api_error};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::client::{LocalClient, USER_ADMIN};
use crate::testing::fault::Endpoint;
use crate::testing::http::json_api::initiate_auth::authenticated;
use crate::testing::tokens::issue::Holder;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::state::State;
use crate::error::RefusalCode;

impl State {
    /// Answers an operation.
    pub(crate) fn json_api(&mut self, now: Duration, operation: Endpoint, body: &[u8]) -> Answer {
        match self.operate(now, operation, body) {
            Ok(output) => api(&output),
            Err(error) => api_error(&error),
        }
    }

    fn operate(
        &mut self,
        now: Duration,
        operation: Endpoint,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let input = Input::read(body)?;
        match operation {
            Endpoint::GetUser => {
                let holder = self.user_admin(now, input.token("AccessToken", "accessToken")?)?;
                Ok(user_output(&holder))
            }
            Endpoint::GlobalSignOut => {
                self.global_sign_out(now, input.token("AccessToken", "accessToken")?)?;
                Ok(json!({}))
            }
            Endpoint::RevokeToken => self.revoke_token(&input),
            Endpoint::GetTokensFromRefreshToken => self.refreshed_tokens(now, &input),
            Endpoint::InitiateAuth => self.initiate_auth(now, &input),
            Endpoint::RespondToAuthChallenge => self.respond_to_auth_challenge(now, &input),
            _ => Err(ApiError::unknown_operation()),
        }
    }

    /// The user of a token that may read and change its own user.
    pub(crate) fn user_admin(&self, now: Duration, token: &str) -> Result<Holder<'_>, ApiError> {
        let holder = self.holder(now, token)?;
        if holder.has_scope(USER_ADMIN) { Ok(holder) } else { Err(ApiError::scope_missing()) }
    }

    /// Ends all sessions of the user; the login page's cookie stays. The operation knows no
    /// `UserNotFoundException`: the token of a user who is gone counts as revoked.
    pub(crate) fn global_sign_out(&mut self, now: Duration, token: &str) -> Result<(), ApiError> {
        let sub = match self.user_admin(now, token) {
            Ok(holder) => holder.user.sub.clone(),
            Err(error) if error == ApiError::user_not_found() => {
                return Err(ApiError::token_revoked());
            }
            Err(error) => return Err(error),
        };
        self.sign_out_everywhere(now, &sub);
        Ok(())
    }

    fn revoke_token(&mut self, input: &Input) -> Result<Value, ApiError> {
        let token = input.text("Token", "token")?;
        let client = self.client(input.client_id()?).ok_or_else(ApiError::unauthorized)?.clone();
        if !client.accepts(input.get("ClientSecret")) {
            return Err(ApiError::unauthorized());
        }
        match self.revoke(&client, token) {
            Ok(()) => {}
            Err(RefusalCode::UnsupportedTokenType) => {
                return Err(ApiError::unsupported_token_type());
            }
            Err(_) => return Err(ApiError::unauthorized()),
        }
        if input.get("RevokeAssociatedSessions") == Some("LINKED") {
            self.close_hosted_of(token);
        }
        Ok(json!({}))
    }

    /// Forgets the browsers of the user of a refresh token.
    fn close_hosted_of(&mut self, refresh_token: &str) {
        let entry = self.refresh_tokens.get(refresh_token);
        let session = entry.and_then(|entry| self.sessions.get(&entry.origin_jti));
        if let Some(sub) = session.map(|session| session.sub.clone()) {
            self.hosted.retain(|_, hosted| hosted.sub != sub);
        }
    }

    fn refreshed_tokens(&mut self, now: Duration, input: &Input) -> Result<Value, ApiError> {
        let token = input.text("RefreshToken", "refreshToken")?;
        let client = self.known_client(input)?;
        match input.get("ClientSecret") {
            None if client.secret.is_some() => return Err(ApiError::secret_missing(&client)),
            secret if !client.accepts(secret) => return Err(ApiError::secret_hash_wrong(&client)),
            _ => {}
        }
        let refreshed = self.use_refresh_token(now, &client.id, token)?;
        let grant = self.grant(now, &refreshed.origin_jti, None, refreshed.refresh_token);
        Ok(authenticated(grant.ok_or_else(ApiError::refresh_token_invalid)?))
    }

    pub(crate) fn known_client(&self, input: &Input) -> Result<LocalClient, ApiError> {
        let id = input.client_id()?;
        self.client(id).cloned().ok_or_else(|| ApiError::client_not_found(id))
    }
}

/// GetUser's output: every value a text, `sub` among them, no groups.
fn user_output(holder: &Holder<'_>) -> Value {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Attribute<'a> {
        name: &'a str,
        value: &'a str,
    }

    let mut attributes = vec![Attribute { name: "sub", value: &holder.user.sub }];
    let others = holder.user.details.attributes();
    attributes.extend(others.map(|(name, value)| Attribute { name, value }));
    json!({ "Username": holder.user.details.username, "UserAttributes": attributes })
}
