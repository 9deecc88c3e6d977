//! The calls of a sign-in: from its start, or from an answer, to tokens or to the next challenge that the user
//! has to answer.

use zeroize::Zeroizing;

use super::DirectSignIn;
use super::answer::{self, AuthAnswer, AuthOutcome};
use super::attempt::{AttemptFlow, Preferred, SignInAttempt};
use super::body::{INITIATE_AUTH, INITIATE_SRP_AUTH, InitiateAuth, TextMap};
use super::remembered_device::RememberedDevice;
use super::state::{AnsweredBy, ChallengeState};
use crate::error::{AnswerProblem, AuthError, InputProblem, Refusal, RefusalCode};
use crate::hmac;
use crate::idp::form::Client;
use crate::idp::{HandsOut, Tokens};
use crate::metrics;
use crate::secret::Password;
use crate::srp::{ClientExchange, SrpIdentity};
use crate::task::Work;

/// What is there to prove, and is never stored.
#[derive(Default)]
pub(super) struct InHand {
    pub(super) password: Option<(Password, ClientExchange)>,
    pub(super) device: Option<RememberedDevice>,
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

fn ended(step: Result<Advanced, AuthError>) -> Result<Advanced, AuthError> {
    let step = step.map_err(hide_unknown_user);
    match &step {
        Ok(Advanced::Done(_)) => metrics::signed_in(None),
        Ok(Advanced::Asked(_)) => {}
        Err(error) => metrics::signed_in(Some(error.code())),
    }
    step
}

impl DirectSignIn {
    /// Runs a part of a sign-in whether the caller waits for it or not, and counts a sign-in that has come to
    /// its end. The session of tokens that the caller does not receive is ended.
    pub(super) async fn hand_over(
        &self,
        part: Work<'static, Result<Advanced, AuthError>>,
    ) -> Result<Advanced, AuthError> {
        let refresh_token = |advanced| match advanced {
            Advanced::Done(tokens) => tokens.refresh_token,
            Advanced::Asked(_) => None,
        };
        self.client.hand_over(Box::pin(async { ended(part.await) }), refresh_token).await
    }

    pub(super) async fn begin(
        &self,
        attempt: &SignInAttempt,
        device: Option<&RememberedDevice>,
    ) -> Result<Advanced, AuthError> {
        attempt.check()?;
        self.context.check()?;
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
        let context = attempt.context.over(&self.context);
        let body = |client: Client<'_>| {
            let (client_id, context) = (client.id, &context);
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
        let state = ChallengeState::new(username, device_key, context);
        let password = attempt.srp_password().cloned().zip(exchange);
        let hand = InHand { password, device: device.cloned(), device_exchange: None };
        self.advance(state, received, AnsweredBy::Client, hand).await
    }

    /// Sends the answer to a challenge, and goes on with what comes back.
    pub(super) async fn respond_and_advance(
        &self,
        state: &ChallengeState,
        responses: &[(&str, &str)],
        hand: InHand,
    ) -> Result<Advanced, AuthError> {
        let owned =
            |(name, text): &(&str, &str)| ((*name).to_owned(), Zeroizing::new((*text).to_owned()));
        let responses: Vec<_> = responses.iter().map(owned).collect();
        let (direct, state) = (self.clone(), state.clone());
        let part = Box::pin(async move {
            let responses: Vec<_> =
                responses.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            let received = direct.respond(&state, &responses).await?;
            direct.advance(state, received, AnsweredBy::User, hand).await
        });
        self.hand_over(part).await
    }

    /// Answers what can be answered without the user.
    async fn advance(
        &self,
        mut state: ChallengeState,
        mut received: AuthAnswer,
        mut answered_by: AnsweredBy,
        mut hand: InHand,
    ) -> Result<Advanced, AuthError> {
        loop {
            let challenge = match received.outcome {
                AuthOutcome::Tokens(tokens) => {
                    let checked = self.client.check_direct_sign_in(*tokens);
                    return self.or_revoked(checked).await.map(Box::new).map(Advanced::Done);
                }
                AuthOutcome::Challenge(challenge) => challenge,
            };
            state.go_on(challenge, answered_by)?;
            answered_by = AnsweredBy::Client;
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
                    let device = hand.device.as_ref().ok_or_else(unexpected)?;
                    let exchange = hand.device_exchange.insert(new_exchange()?);
                    let public = exchange.public();
                    let responses = [("DEVICE_KEY", device.key()), ("SRP_A", &public)];
                    self.respond(&state, &responses).await?
                }
                "DEVICE_PASSWORD_VERIFIER" => {
                    let exchange = hand.device_exchange.take();
                    let (Some(device), Some(exchange)) = (&hand.device, exchange) else {
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

    /// Ends the session of tokens that cannot be used.
    pub(super) async fn or_revoked<T>(&self, result: Result<T, AuthError>) -> Result<T, AuthError> {
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
