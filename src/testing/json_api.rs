//! `POST /`: the operations of the JSON API that need no AWS credentials (API reference).

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::answer::{Answer, api, api_error};
use super::api_error::ApiError;
use super::client::{LocalClient, USER_ADMIN};
use super::fault::Endpoint;
use super::issue::{Grant, Holder};
use super::json_input::Input;
use super::session::Door;
use super::state::State;
use crate::error::RefusalCode;

impl State {
    /// Answers an operation.
    pub(super) fn json_api(&mut self, now: Duration, operation: Endpoint, body: &[u8]) -> Answer {
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
            _ => Err(ApiError::unknown_operation()),
        }
    }

    /// The user of a token that may read and change its own user.
    pub(super) fn user_admin(&self, now: Duration, token: &str) -> Result<Holder<'_>, ApiError> {
        let holder = self.holder(now, token)?;
        if holder.has_scope(USER_ADMIN) { Ok(holder) } else { Err(ApiError::scope_missing()) }
    }

    /// Ends all sessions of the user; the login page's cookie stays. The operation knows no
    /// `UserNotFoundException`: the token of a user who is gone counts as revoked.
    pub(super) fn global_sign_out(&mut self, now: Duration, token: &str) -> Result<(), ApiError> {
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

    fn initiate_auth(&mut self, now: Duration, input: &Input) -> Result<Value, ApiError> {
        let flow = input.text("AuthFlow", "authFlow")?;
        let client = self.known_client(input)?;
        let parameters = input.object("AuthParameters");
        let grant = match flow {
            _ if !client.signs_users_in => return Err(ApiError::flow_not_enabled(flow)),
            "USER_PASSWORD_AUTH" => self.password_auth(now, &client, &parameters)?,
            "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => {
                self.refresh_auth(now, &client, &parameters)?
            }
            _ => return Err(ApiError::flow_not_enabled(flow)),
        };
        let mut output = authenticated(grant);
        output["ChallengeParameters"] = json!({});
        Ok(output)
    }

    fn password_auth(
        &mut self,
        now: Duration,
        client: &LocalClient,
        parameters: &Input,
    ) -> Result<Grant, ApiError> {
        let username = parameters.required("USERNAME")?;
        let password = parameters.required("PASSWORD")?;
        if client.secret.is_some() {
            let hash = parameters.get("SECRET_HASH");
            let hash = hash.ok_or_else(|| ApiError::secret_hash_missing(client))?;
            if !client.accepts_hash(username, hash) {
                return Err(ApiError::secret_hash_wrong(client));
            }
        }
        let user = self.user_with_password(username, password);
        if !user.ok_or_else(ApiError::wrong_password)?.enabled {
            return Err(ApiError::user_disabled());
        }
        let scopes = vec![USER_ADMIN.to_owned()];
        let session = self.session_for(now, username, &client.id, scopes, Door::Api);
        let origin_jti = self.open(session);
        let refresh_token = self.give_refresh_token(now, &origin_jti);
        self.grant(now, &origin_jti, None, Some(refresh_token)).ok_or_else(ApiError::wrong_password)
    }

    /// Shut while rotation is on (Developer Guide, "Refresh token rotation"). The user name in the
    /// hash is the one in the tokens.
    fn refresh_auth(
        &mut self,
        now: Duration,
        client: &LocalClient,
        parameters: &Input,
    ) -> Result<Grant, ApiError> {
        let token = parameters.required("REFRESH_TOKEN")?;
        if client.secret.is_some() {
            let hash = parameters.get("SECRET_HASH");
            let hash = hash.ok_or_else(|| ApiError::secret_hash_missing(client))?;
            let entry = self.refresh_tokens.get(token);
            let session = entry.and_then(|entry| self.sessions.get(&entry.origin_jti));
            let session = session.ok_or_else(ApiError::refresh_token_invalid)?;
            if !client.accepts_hash(&session.username, hash) {
                return Err(ApiError::secret_hash_wrong_at_refresh(client));
            }
        }
        if self.settings.rotation.is_some() {
            return Err(ApiError::refresh_token_invalid());
        }
        let refreshed = self.use_refresh_token(now, &client.id, token)?;
        let grant = self.grant(now, &refreshed.origin_jti, None, None);
        grant.ok_or_else(ApiError::refresh_token_invalid)
    }

    fn known_client(&self, input: &Input) -> Result<LocalClient, ApiError> {
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

fn authenticated(grant: Grant) -> Value {
    let mut result = json!({
        "AccessToken": grant.access_token,
        "ExpiresIn": grant.expires_in,
        "TokenType": grant.token_type,
    });
    for (name, token) in [("IdToken", grant.id_token), ("RefreshToken", grant.refresh_token)] {
        if let Some(token) = token {
            result[name] = Value::from(token);
        }
    }
    json!({ "AuthenticationResult": result })
}
