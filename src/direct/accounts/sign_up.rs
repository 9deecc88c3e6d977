//! A new account: SignUp, ConfirmSignUp, ResendConfirmationCode.

use std::fmt;

use serde::Serialize;

use super::{
    AttributeBody, CodeDelivery, PublicBody, attribute_bodies, hides_user, members, missing,
    operation, wrong_code_for_unknown_user,
};
use crate::direct::body::{CallContext, UserContext};
use crate::direct::{DirectSignIn, input, state};
use crate::error::AuthError;
use crate::idp::json_api::{self, Operation};
use crate::idp::response::ProviderResponse;
use crate::secret::{ChallengeSession, OneTimeCode, Password};
use crate::sessions::keys::SessionKeys;

const SIGN_UP: Operation = operation!("SignUp" once);
const CONFIRM_SIGN_UP: Operation = operation!("ConfirmSignUp" once);
const RESEND_CONFIRMATION_CODE: Operation = operation!("ResendConfirmationCode" once);

/// A new account: an argument of [`DirectSignIn::sign_up`].
///
/// ```
/// use cognito_auth::direct::SignUp;
///
/// let sign_up = SignUp::new("alice")
///     .password("correct horse")
///     .attribute("email", "alice@example.com");
/// assert!(!format!("{sign_up:?}").contains("horse"));
/// ```
///
/// `Debug` shows no name and no value.
#[derive(Clone)]
#[must_use]
pub struct SignUp {
    username: String,
    password: Option<Password>,
    attributes: Vec<(String, String)>,
    validation_data: Vec<(String, String)>,
    context: CallContext,
}

impl fmt::Debug for SignUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignUp").finish_non_exhaustive()
    }
}

impl SignUp {
    /// An account of this name. Without a password, the pool has to allow sign-in by codes.
    pub fn new(username: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            password: None,
            attributes: Vec::new(),
            validation_data: Vec::new(),
            context: CallContext::default(),
        }
    }

    /// The password. Cognito sees it.
    pub fn password(self, password: impl Into<Password>) -> Self {
        Self { password: Some(password.into()), ..self }
    }

    /// Adds an attribute, such as `email` or `custom:tenant`. The app client has to be allowed to write it.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// Adds a text for the trigger that judges sign-ups (`ValidationData`).
    pub fn validation_data(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.validation_data.push((name.into(), value.into()));
        self
    }

    /// Adds a text for the pool's triggers (`ClientMetadata`).
    pub fn client_metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.context.client_metadata.insert(name.into(), value.into());
        self
    }

    /// Where the request comes from, in place of the one of
    /// [`DirectSignIn::with_user_context`](crate::direct::DirectSignIn::with_user_context).
    pub fn user_context(mut self, context: UserContext) -> Self {
        self.context.user_context = Some(context);
        self
    }
}

/// A new account.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignedUp {
    /// The user's id, which never changes and is never reused.
    pub sub: String,
    /// Whether the account is confirmed already: by a trigger, or by the pool's settings.
    pub is_confirmed: bool,
    /// Where the code went. `None` if none was sent.
    pub delivery: Option<CodeDelivery>,
    /// What signs the user in after the confirmation, if the app client allows USER_AUTH. It goes to the next page
    /// sealed ([`DirectSignIn::seal_sign_up`]).
    pub session: Option<ChallengeSession>,
}

impl DirectSignIn {
    /// Makes an account. It is confirmed by the code that the user gets ([`confirm_sign_up`]).
    ///
    /// A form tells with it that a user name is taken ([`UsernameExists`](crate::RefusalCode::UsernameExists)).
    /// When a response was lost, the next call may say so of the account that this one has made: go on with
    /// [`resend_confirmation_code`](Self::resend_confirmation_code).
    ///
    /// [`confirm_sign_up`]: Self::confirm_sign_up
    ///
    /// # Errors
    /// [`AuthError::Refused`] for a name that is taken, a password that the policy does not allow, and for what
    /// a trigger refused ([`TriggerFailed`](crate::RefusalCode::TriggerFailed), whose description is for the
    /// user); [`AuthError::Input`].
    pub async fn sign_up(&self, sign_up: &SignUp) -> Result<SignedUp, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct SignUpBody<'a> {
            #[serde(flatten)]
            public: PublicBody<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            password: Option<&'a str>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            user_attributes: Vec<AttributeBody<'a>>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            validation_data: Vec<AttributeBody<'a>>,
        }
        sign_up.password.as_ref().map_or(Ok(()), input::new_password)?;
        for (name, value) in sign_up.attributes.iter().chain(&sign_up.validation_data) {
            input::attribute(name, value)?;
        }
        let context = sign_up.context.over(&self.context);
        let body = |public: PublicBody<'_>| {
            json_api::body(&SignUpBody {
                public,
                password: sign_up.password.as_ref().map(Password::expose),
                user_attributes: attribute_bodies(&sign_up.attributes),
                validation_data: attribute_bodies(&sign_up.validation_data),
            })
        };
        self.without_token(SIGN_UP, &sign_up.username, &context, body, signed_up).await
    }

    /// Confirms a sign-up by its code. `session` is that of [`SignedUp`]; the one that is returned signs the
    /// user in without another code
    /// ([`SignInAttempt::after_sign_up`](crate::direct::SignInAttempt::after_sign_up)).
    ///
    /// An e-mail address or telephone number that another account has is not taken away from it
    /// (`ForceAliasCreation` is not sent).
    ///
    /// # Errors
    /// [`AuthError::Refused`] for a wrong code ([`CodeMismatch`](crate::RefusalCode::CodeMismatch)), one that has
    /// expired, and an account that is confirmed already.
    pub async fn confirm_sign_up(
        &self,
        username: &str,
        code: &OneTimeCode,
        session: Option<&ChallengeSession>,
    ) -> Result<Option<ChallengeSession>, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct ConfirmBody<'a> {
            #[serde(flatten)]
            public: PublicBody<'a>,
            confirmation_code: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            session: Option<&'a str>,
        }
        input::code(code)?;
        let (confirmation_code, session) = (code.expose(), session.map(ChallengeSession::expose));
        let body = |public: PublicBody<'_>| {
            json_api::body(&ConfirmBody { public, confirmation_code, session })
        };
        let result =
            self.without_token(CONFIRM_SIGN_UP, username, &self.context, body, confirmed).await;
        result.map_err(wrong_code_for_unknown_user)
    }

    /// Sends the code of a sign-up again.
    ///
    /// `None` also for a user who does not exist, where the pool tells, and for an account that is confirmed
    /// already: the page is open to anyone.
    ///
    /// # Errors
    /// [`AuthError::RateLimited`], and [`AuthError::Refused`] for what Cognito refuses of any name.
    pub async fn resend_confirmation_code(
        &self,
        username: &str,
    ) -> Result<Option<CodeDelivery>, AuthError> {
        let body = |public: PublicBody<'_>| json_api::body(&public);
        let (operation, read) = (RESEND_CONFIRMATION_CODE, CodeDelivery::of);
        match self.without_token(operation, username, &self.context, body, read).await {
            Err(error) if hides_user(&error) => Ok(None),
            result => result,
        }
    }
}

/// Between the page of a sign-up and the one that asks for its code.
impl DirectSignIn {
    /// The session of a sign-up ([`SignedUp::session`]) as a text of URL-safe characters, encrypted like a
    /// challenge ([`SignInChallenge::seal`](crate::direct::SignInChallenge::seal)): for a hidden field of the form
    /// that asks for the code. It opens for 15 minutes.
    ///
    /// # Errors
    /// As [`SignInChallenge::seal`](crate::direct::SignInChallenge::seal).
    pub fn seal_sign_up(
        &self,
        keys: &SessionKeys,
        session: &ChallengeSession,
    ) -> Result<String, AuthError> {
        let text = session.expose().as_bytes();
        state::seal(keys, &self.sign_up_place(), self.seconds(), text).ok_or_else(state::unsealed)
    }

    /// Opens the session of a sign-up. Without it the account can be confirmed all the same, and the user then
    /// signs in.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_sign_up(
        &self,
        keys: &SessionKeys,
        sealed: &str,
    ) -> Result<ChallengeSession, AuthError> {
        let text = state::open(keys, &self.sign_up_place(), self.seconds(), sealed);
        let text = text.ok_or_else(state::not_sealed)?;
        let text = std::str::from_utf8(&text).map_err(|_| state::not_sealed())?;
        Ok(ChallengeSession::new(text))
    }

    /// No challenge opens here, and no sign-up as a challenge.
    fn sign_up_place(&self) -> String {
        format!("{} sign-up", self.place())
    }
}

fn session(answer: &ProviderResponse) -> Result<Option<ChallengeSession>, AuthError> {
    let text = members(answer)?.optional_text("Session").map_err(|_| missing(answer))?;
    Ok(text.filter(|text| !text.is_empty()).map(|text| ChallengeSession::new(&*text)))
}

/// Reads the answer of SignUp.
pub(crate) fn signed_up(answer: &ProviderResponse) -> Result<SignedUp, AuthError> {
    let members = members(answer)?;
    let is_confirmed = match members.raw("UserConfirmed") {
        Some("true") => true,
        Some("false") | None => false,
        Some(_) => return Err(missing(answer)),
    };
    let sub = members.optional_text("UserSub").ok().flatten().filter(|sub| !sub.is_empty());
    let sub = sub.ok_or_else(|| missing(answer))?.into_owned();
    let (delivery, session) = (CodeDelivery::of(answer)?, session(answer)?);
    Ok(SignedUp { sub, is_confirmed, delivery, session })
}

/// Reads the answer of ConfirmSignUp: an empty body, or one with a session.
pub(crate) fn confirmed(answer: &ProviderResponse) -> Result<Option<ChallengeSession>, AuthError> {
    if answer.status == 200 && answer.body.is_empty() {
        return Ok(None);
    }
    session(answer)
}
