//! An answer to a challenge: its request, and what comes back.

use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::advance::{is_about_the_device, secret_hash};
use super::answer::{self, AuthAnswer};
use super::body::{RESPOND_TO_AUTH_CHALLENGE, RespondToAuthChallenge, TextMap};
use super::date::time_of_proof;
use super::remembered_device::RememberedDevice;
use super::state::ChallengeState;
use super::{DirectSignIn, input};
use crate::error::{AnswerProblem, AuthError, Refusal, RefusalCode};
use crate::idp::HandsOut;
use crate::idp::form::Client;
use crate::srp::{ClientExchange, SrpIdentity, timestamp};

impl DirectSignIn {
    /// Answers a challenge of SRP.
    pub(super) async fn prove(
        &self,
        state: &ChallengeState,
        exchange: &ClientExchange,
        identity: &SrpIdentity<'_>,
        date: Option<u64>,
        device: Option<&RememberedDevice>,
    ) -> Result<AuthAnswer, AuthError> {
        let undecodable = |reason| AuthError::Undecodable { status: 200, reason };
        let problem = || undecodable(AnswerProblem::ChallengeParameters);
        let secret_block = state.parameter("SECRET_BLOCK")?;
        let octets = STANDARD.decode(secret_block).map_err(|_| problem())?;
        let (salt, server_public) = (state.parameter("SALT")?, state.parameter("SRP_B")?);
        let key = exchange.shared_key(identity, salt, server_public).ok_or_else(problem)?;
        let key = key.map_err(|_| undecodable(AnswerProblem::DishonestSrp))?;
        let own = self.client.now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let timestamp = timestamp(time_of_proof(own, date));
        let signature = key.signature(identity.realm, identity.user_id, &octets, &timestamp);
        let mut responses = vec![
            ("PASSWORD_CLAIM_SIGNATURE", signature.as_str()),
            ("PASSWORD_CLAIM_SECRET_BLOCK", secret_block),
            ("TIMESTAMP", &timestamp),
        ];
        responses.extend(device.map(|device| ("DEVICE_KEY", device.key())));
        self.respond(state, &responses).await
    }

    /// Sends these responses, with those that each challenge takes.
    pub(super) async fn respond(
        &self,
        state: &ChallengeState,
        responses: &[(&str, &str)],
    ) -> Result<AuthAnswer, AuthError> {
        for text in responses.iter().flat_map(|(name, value)| [name, value]) {
            input::text("the answer", text)?;
        }
        self.context.check()?;
        // Another page may have asked than now answers: its browser's address is the newer one.
        let mut context = state.context.over(&self.context);
        let of_this_call = self.context.user_context.clone();
        context.user_context = of_this_call.or(context.user_context);
        let body = |client: Client<'_>| {
            let hash = secret_hash(client, &state.username);
            let mut map = TextMap::default();
            map.put("USERNAME", &state.username);
            map.put_some("SECRET_HASH", hash.as_deref());
            responses.iter().for_each(|(name, value)| map.put(name, value));
            if !responses.iter().any(|(name, _)| *name == "DEVICE_KEY") {
                map.put_some("DEVICE_KEY", state.device_key.as_deref());
            }
            RespondToAuthChallenge {
                challenge: &state.name,
                client_id: client.id,
                responses: map,
                session: state.session.as_ref().map(|session| session.expose()),
                context: &context,
            }
            .body()
        };
        let (operation, hands_out) = (RESPOND_TO_AUTH_CHALLENGE, HandsOut::RefreshToken);
        let call = self.client.json_call_as_client(operation, body, hands_out, answer::read).await;
        let call = call.map_err(|error| of_the_device(error, state));
        self.or_revoked(call).await
    }
}

/// The app client exists, or the sign-in would not have come so far: it is the device that does not. And the
/// proof that Cognito refuses at the device's own challenge is the device's, not the user's.
fn of_the_device(error: AuthError, state: &ChallengeState) -> AuthError {
    let is_devices_own = state.name.starts_with("DEVICE_");
    let has_device = is_devices_own || state.device_key.is_some();
    let is_refused = matches!(&error, AuthError::Refused(refusal)
        if refusal.code() == RefusalCode::NotAuthorized);
    if has_device && is_about_the_device(&error) || is_devices_own && is_refused {
        return Refusal::new(RefusalCode::DeviceNotFound).into();
    }
    error
}
