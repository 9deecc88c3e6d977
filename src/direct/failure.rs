//! [`SignInFailure`]: what a login page does with an error.

use std::time::Duration;

use crate::error::{AuthError, InputProblem, RefusalCode, Verdict};

/// What a login page does with an error of a direct sign-in, or of an account. The name of Cognito's exception
/// decides, and not its text.
///
/// ```
/// use cognito_auth::direct::{NextStep, SignInFailure};
/// use cognito_auth::{AuthError, Refusal, RefusalCode};
///
/// let of = |code| SignInFailure::of(&AuthError::from(Refusal::new(code)));
/// assert_eq!(of(RefusalCode::NotAuthorized), SignInFailure::Refused);
/// assert_eq!(
///     of(RefusalCode::UserNotConfirmed),
///     SignInFailure::NextStep(NextStep::ConfirmSignUp)
/// );
/// assert_eq!(of(RefusalCode::PoolConfiguration), SignInFailure::Fault);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInFailure {
    /// What the user entered was refused, by Cognito or, as [`AuthError::Input`], before it was sent (`reason` says
    /// what is wrong with its form): show it on the form, with 401 or 422. A wrong password, an unknown
    /// user and a disabled one are the same text for the user. A sealed challenge that does not open is
    /// [`StartOver`](NextStep::StartOver).
    ///
    /// So is a user who is locked out after five wrong passwords or codes, for up to 15 minutes: Cognito answers
    /// the right password like a wrong one meanwhile, and only the [description](crate::Refusal::description)
    /// differs. The text for the user can say that one should wait after several attempts.
    Refused,
    /// The user goes on at another page.
    NextStep(NextStep),
    /// Too many requests, of this user for this operation or of the whole pool: ask the user to wait, with 429.
    /// A lockout is not among them: it is [`Refused`](Self::Refused).
    SlowDown {
        /// `Retry-After` of the response. Cognito usually sends none: choose a time.
        retry_after: Option<Duration>,
    },
    /// This service, the pool or the connection is at fault: 503, or 500 for
    /// [`is_misconfiguration`](AuthError::is_misconfiguration). It never means that the password is wrong. After
    /// an answer to a challenge the sign-in has to start again.
    Fault,
}

/// Where a user goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextStep {
    /// The account is not confirmed. Cognito says so of any password, so a page of its own would tell a stranger
    /// who has signed up: show the text of [`Refused`](SignInFailure::Refused), with a link to the page that asks
    /// for the code, and [sends another](crate::direct::DirectSignIn::resend_confirmation_code) for any name.
    ConfirmSignUp,
    /// A new password has to be set, as after a forgotten one.
    ResetPassword,
    /// The challenge is over or does not [open](crate::direct::DirectSignIn::open), or the access token that an
    /// account was changed with, or the refresh token, is no longer accepted: the sign-in starts again.
    StartOver,
    /// The device is not remembered any more: forget it, and start again without it.
    ForgetDevice,
}

impl SignInFailure {
    /// What to do with this error.
    pub fn of(error: &AuthError) -> Self {
        let code = match error {
            AuthError::Refused(refusal) => refusal.code(),
            AuthError::Refreshed { error, .. } => return Self::of(error),
            AuthError::RateLimited { retry_after } => {
                return Self::SlowDown { retry_after: *retry_after };
            }
            AuthError::SignInExpired
            | AuthError::Input { reason: InputProblem::NotASealedChallenge, .. } => {
                return Self::NextStep(NextStep::StartOver);
            }
            AuthError::Input { reason: InputProblem::NoRandomness, .. }
            | AuthError::IdTokenMismatch { .. } => return Self::Fault,
            _ if error.verdict() == Verdict::Refused => return Self::Refused,
            _ => return Self::Fault,
        };
        match code {
            RefusalCode::UserNotConfirmed => Self::NextStep(NextStep::ConfirmSignUp),
            RefusalCode::PasswordResetRequired => Self::NextStep(NextStep::ResetPassword),
            RefusalCode::ChallengeOver
            | RefusalCode::PasskeyChallengeOver
            | RefusalCode::InvalidGrant
            | RefusalCode::InvalidRefreshToken
            | RefusalCode::RefreshTokenReused
            | RefusalCode::InvalidToken
            | RefusalCode::TokenExpired
            | RefusalCode::TokenRevoked => Self::NextStep(NextStep::StartOver),
            RefusalCode::InsufficientScope => Self::Fault,
            RefusalCode::DeviceNotFound => Self::NextStep(NextStep::ForgetDevice),
            RefusalCode::LimitExceeded | RefusalCode::TooManyFailedAttempts => {
                Self::SlowDown { retry_after: None }
            }
            _ if error.verdict() == Verdict::Refused => Self::Refused,
            _ => Self::Fault,
        }
    }
}
