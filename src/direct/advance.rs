//! The calls of a sign-in: from its start, or from an answer, to tokens or to the next challenge that the user
//! has to answer.

use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::DirectSignIn;
use super::answer::{self, AuthAnswer, AuthOutcome};
use super::attempt::{AttemptFlow, Preferred, SignInAttempt};
use super::body::{
    INITIATE_AUTH, INITIATE_SRP_AUTH, InitiateAuth, RESPOND_TO_AUTH_CHALLENGE,
    RespondToAuthChallenge, TextMap,
};
use super::date::time_of_proof;
use super::remembered_device::RememberedDevice;
use super::state::ChallengeState;
use crate::error::{AnswerProblem, AuthError, InputProblem, Refusal, RefusalCode};
use crate::hmac;
use crate::idp::form::Client;
use crate::idp::{HandsOut, Tokens};
use crate::metrics;
use crate::secret::Password;
use crate::srp::{ClientExchange, SrpIdentity, timestamp};

/// What is there to prove, and is never stored.
#[derive(Default)]
pub(super) struct InHand<'a> {
    pub(super) password: Option<(&'a Password, ClientExchange)>,
    pub(super) device: Option<&'a RememberedDevice>,
    pub(super) device_exchange: Option<ClientExchange>,
}

/// How far a sign-in has come, by what the user has given.
pub(super) enum Advanced {
    Done(Box<Tokens>),
    Asked(Box<ChallengeState>),
}

/// The client's half of SRP.
pub(super) fn new_exchange() -> Result<ClientExchange, AuthError> {
    let reason = InputProblem::NoRandomness;
    ClientExchange::random().ok_or(AuthError::Input { what: "the number for SRP", reason })
}

/// Whether a sign-in with a device was refused because of something that does not exist: the device, if the
/// same without it is accepted.
pub(super) fn is_about_the_device(error: &AuthError) -> bool {
    let codes = [RefusalCode::ResourceNotFound, RefusalCode::DeviceNotFound];
    matches!(error, AuthError::Refused(refusal) if codes.contains(&refusal.code()))
}

/// Where the pool tells that a user does not exist, a login page must not.
fn hide_unknown_user(error: AuthError) -> AuthError {
    match error {
        AuthError::Refused(refusal) if refusal.code() == RefusalCode::UserNotFound => {
            Refusal::new(RefusalCode::NotAuthorized).into()
        }
        error => error,
    }
}

impl DirectSignIn {
    /// Counts a sign-in that has come to its end.
    pub(super) fn ended(&self, step: Result<Advanced, AuthError>) -> Result<Advanced, AuthError> {
        let step = step.map_err(hide_unknown_user);
        match &step {
            Ok(Advanced::Done(_)) => metrics::signed_in(None),
            Ok(Advanced::Asked(_)) => {}
            Err(error) => metrics::signed_in(Some(error.code())),
        }
        step
    }

    pub(super) async fn begin(
        &self,
        attempt: &SignInAttempt,
        device: Option<&RememberedDevice>,
    ) -> Result<Advanced, AuthError> {
        attempt.check()?;
        let exchange = attempt.srp_password().map(|_| new_exchange()).transpose()?;
        let public = exchange.as_ref().map(ClientExchange::public);
        let mut parameters = TextMap::default();
        parameters.put("USERNAME", &attempt.username);
        parameters.put_some("SRP_A", public.as_deref());
        parameters.put_some("DEVICE_KEY", device.map(RememberedDevice::key));
        let mut session = None;
        let flow = match &attempt.flow {
            AttemptFlow::Srp(_) => "USER_SRP_AUTH",
            AttemptFlow::PlainPassword(password) => {
                parameters.put("PASSWORD", password.expose());
                "USER_PASSWORD_AUTH"
            }
            AttemptFlow::Choice { preferred, session: of_sign_up } => {
                session = of_sign_up.as_ref().map(|session| session.expose());
                match preferred {
                    None => {}
                    Some(Preferred::PasswordSrp(_)) => {
                        parameters.put("PREFERRED_CHALLENGE", "PASSWORD_SRP");
                    }
                    Some(Preferred::Password(password)) => {
                        parameters.put("PREFERRED_CHALLENGE", "PASSWORD");
                        parameters.put("PASSWORD", password.expose());
                    }
                    Some(Preferred::Other(name)) => parameters.put("PREFERRED_CHALLENGE", name),
                }
                "USER_AUTH"
            }
            AttemptFlow::Custom(password) => {
                if password.is_some() {
                    parameters.put("CHALLENGE_NAME", "SRP_A");
                }
                "CUSTOM_AUTH"
            }
        };
        let body = |client: Client<'_>| {
            let (client_id, context) = (client.id, &attempt.context);
            let (hash, mut parameters) =
                (secret_hash(client, &attempt.username), parameters.clone());
            parameters.put_some("SECRET_HASH", hash.as_deref());
            InitiateAuth { flow, client_id, parameters, session, context }.body()
        };
        // Nothing happens to the user by the first call of SRP alone.
        let is_srp = matches!(attempt.flow, AttemptFlow::Srp(_));
        let operation = if is_srp { INITIATE_SRP_AUTH } else { INITIATE_AUTH };
        let (hands_out, read) = (HandsOut::RefreshToken, answer::read);
        let call = self.client.json_call_as_client(operation, body, hands_out, read).await;
        let received = self.or_revoked(call).await?;
        let device_key = device.map(|device| device.key().to_owned());
        let username = attempt.username.clone();
        let state = ChallengeState::new(username, device_key, attempt.context.clone());
        let password = attempt.srp_password().zip(exchange);
        self.advance(state, received, InHand { password, device, device_exchange: None }).await
    }

    /// Sends the answer to a challenge, and goes on with what comes back.
    pub(super) async fn respond_and_advance(
        &self,
        state: &ChallengeState,
        responses: &[(&str, &str)],
        hand: InHand<'_>,
    ) -> Result<Advanced, AuthError> {
        let step = match self.respond(state, responses).await {
            Ok(received) => self.advance(state.clone(), received, hand).await,
            Err(error) => Err(error),
        };
        self.ended(step)
    }

    /// Answers what can be answered without the user.
    async fn advance(
        &self,
        mut state: ChallengeState,
        mut received: AuthAnswer,
        mut hand: InHand<'_>,
    ) -> Result<Advanced, AuthError> {
        loop {
            let challenge = match received.outcome {
                AuthOutcome::Tokens(tokens) => {
                    let checked = self.client.check_direct_sign_in(*tokens);
                    return self.or_revoked(checked).await.map(Box::new).map(Advanced::Done);
                }
                AuthOutcome::Challenge(challenge) => challenge,
            };
            state.go_on(challenge)?;
            received = match state.name.as_str() {
                "PASSWORD_VERIFIER" => {
                    let Some((password, exchange)) = hand.password.take() else {
                        return Err(unexpected());
                    };
                    let (realm, user_id) = (self.pool_name(), state.username.as_str());
                    let password = password.expose();
                    let identity = SrpIdentity { realm, user_id, password };
                    self.prove(&state, &exchange, &identity, received.date, None).await?
                }
                "DEVICE_SRP_AUTH" if hand.device.is_some() => {
                    let device = hand.device.ok_or_else(unexpected)?;
                    let exchange = hand.device_exchange.insert(new_exchange()?);
                    let public = exchange.public();
                    let responses = [("DEVICE_KEY", device.key()), ("SRP_A", &public)];
                    self.respond(&state, &responses).await?
                }
                "DEVICE_PASSWORD_VERIFIER" => {
                    let exchange = hand.device_exchange.take();
                    let (Some(device), Some(exchange)) = (hand.device, exchange) else {
                        return Err(unexpected());
                    };
                    let identity = SrpIdentity {
                        realm: device.group_key(),
                        user_id: device.key(),
                        password: device.password().expose(),
                    };
                    self.prove(&state, &exchange, &identity, received.date, Some(device)).await?
                }
                _ => return Ok(Advanced::Asked(Box::new(state))),
            };
        }
    }

    /// Answers a challenge of SRP.
    async fn prove(
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

    async fn respond(
        &self,
        state: &ChallengeState,
        responses: &[(&str, &str)],
    ) -> Result<AuthAnswer, AuthError> {
        let body = |client: Client<'_>| {
            let hash = secret_hash(client, &state.username);
            let mut map = TextMap::default();
            map.put("USERNAME", &state.username);
            map.put_some("SECRET_HASH", hash.as_deref());
            responses.iter().for_each(|(name, value)| map.put(name, value));
            if !responses.iter().any(|(name, _)| *name == "DEVICE_KEY") {
                map.put_some("DEVICE_KEY", state.device_key.as_deref());
            }
            let request = RespondToAuthChallenge {
                challenge: &state.name,
                client_id: client.id,
                responses: map,
                session: state.session.as_ref().map(|session| session.expose()),
                context: &state.context,
            };
            request.body()
        };
        let (operation, hands_out) = (RESPOND_TO_AUTH_CHALLENGE, HandsOut::RefreshToken);
        let call = self.client.json_call_as_client(operation, body, hands_out, answer::read).await;
        let call = call.map_err(|error| of_the_device(error, state));
        self.or_revoked(call).await
    }

    /// Ends the session of tokens that cannot be used.
    async fn or_revoked<T>(&self, result: Result<T, AuthError>) -> Result<T, AuthError> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => Err(self.client.revoke_unused(error).await),
        }
    }

    /// What follows the first `_` of the pool's id.
    fn pool_name(&self) -> &str {
        let id = self.client.pool().id().as_str();
        id.split_once('_').map_or(id, |(_, name)| name)
    }
}

/// SECRET_HASH for a call with this user name, if the app client has a secret.
pub(super) fn secret_hash(client: Client<'_>, username: &str) -> Option<String> {
    client.secret.map(|secret| hmac::secret_hash(secret.expose(), username, client.id))
}

/// A challenge of SRP that no number was sent for.
fn unexpected() -> AuthError {
    AuthError::Undecodable { status: 200, reason: AnswerProblem::UnexpectedChallenge }
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
