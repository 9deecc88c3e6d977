//! InitiateAuth and RespondToAuthChallenge: a user name and a password become tokens, and a refresh
//! token does.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::http::json_api::error::ApiError;
use crate::testing::client::{LocalClient, USER_ADMIN};
use crate::testing::tokens::issue::Grant;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::sessions::Door;
use crate::testing::pool::state::State;

impl State {
    pub(crate) fn initiate_auth(
        &mut self,
        now: Duration,
        input: &Input,
    ) -> Result<Value, ApiError> {
        let flow = input.text("AuthFlow", "authFlow")?;
        let client = self.known_client(input)?;
        let parameters = input.object("AuthParameters");
        let grant = match flow {
            _ if !client.signs_users_in => return Err(ApiError::flow_not_enabled(flow)),
            "USER_PASSWORD_AUTH" => self.password_auth(now, &client, &parameters)?,
            "USER_SRP_AUTH" => return self.srp_auth(now, &client, &parameters),
            "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => {
                self.refresh_auth(now, &client, &parameters)?
            }
            _ => return Err(ApiError::flow_not_enabled(flow)),
        };
        Ok(signed_in(grant))
    }

    fn password_auth(
        &mut self,
        now: Duration,
        client: &LocalClient,
        parameters: &Input,
    ) -> Result<Grant, ApiError> {
        let username = parameters.required("USERNAME")?;
        let password = parameters.required("PASSWORD")?;
        check_secret_hash(client, parameters, username)?;
        if self.user_with_password(username, password).is_none() {
            return Err(ApiError::wrong_password());
        }
        self.sign_in_by_api(now, client, username)
    }

    fn srp_auth(
        &mut self,
        now: Duration,
        client: &LocalClient,
        parameters: &Input,
    ) -> Result<Value, ApiError> {
        let username = parameters.required("USERNAME")?;
        let client_public = parameters.required("SRP_A")?;
        check_secret_hash(client, parameters, username)?;
        let parameters = self.give_challenge(now, &client.id, username, client_public)?;
        Ok(json!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters }))
    }

    /// There is one challenge: the second half of USER_SRP_AUTH.
    pub(crate) fn respond_to_auth_challenge(
        &mut self,
        now: Duration,
        input: &Input,
    ) -> Result<Value, ApiError> {
        let challenge = input.text("ChallengeName", "challengeName")?;
        let client = self.known_client(input)?;
        if challenge != "PASSWORD_VERIFIER" {
            return Err(ApiError::challenge_over());
        }
        let responses = input.object("ChallengeResponses");
        let username = responses.required("USERNAME")?;
        check_secret_hash(&client, &responses, username)?;
        self.take_challenge(now, &client.id, username, &responses)?;
        self.sign_in_by_api(now, &client, username).map(signed_in)
    }

    /// Whoever has shown the password of this user.
    fn sign_in_by_api(
        &mut self,
        now: Duration,
        client: &LocalClient,
        username: &str,
    ) -> Result<Grant, ApiError> {
        let user = self.users.get(username).ok_or_else(ApiError::wrong_password)?;
        if !user.enabled {
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
}

/// A client with a secret shows it with every user name.
fn check_secret_hash(
    client: &LocalClient,
    parameters: &Input,
    username: &str,
) -> Result<(), ApiError> {
    if client.secret.is_none() {
        return Ok(());
    }
    let hash = parameters.get("SECRET_HASH");
    let hash = hash.ok_or_else(|| ApiError::secret_hash_missing(client))?;
    let accepted = client.accepts_hash(username, hash);
    if accepted { Ok(()) } else { Err(ApiError::secret_hash_wrong(client)) }
}

fn signed_in(grant: Grant) -> Value {
    let mut output = authenticated(grant);
    output["ChallengeParameters"] = json!({});
    output
}

pub(crate) fn authenticated(grant: Grant) -> Value {
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
