//! A forgotten password: ForgotPassword, ConfirmForgotPassword.

use serde::Serialize;

use super::{CodeDelivery, PublicBody, hides_user, operation, wrong_code_for_unknown_user};
use crate::direct::{DirectSignIn, input};
use crate::error::AuthError;
use crate::idp::json_api::{self, Operation};
use crate::secret::{OneTimeCode, Password};

const FORGOT_PASSWORD: Operation = operation!("ForgotPassword" once);
const CONFIRM_FORGOT_PASSWORD: Operation = operation!("ConfirmForgotPassword" once);

impl DirectSignIn {
    /// Sends the user a code to set a new password with. It lives for an hour.
    ///
    /// Where the pool hides whether a user exists, the answer for an unknown user is one with a made-up
    /// destination. Where it tells, and for a user without a verified address or telephone number, the result is
    /// `None`. Show the same text for every name: the page is open to anyone.
    ///
    /// # Errors
    /// [`AuthError::RateLimited`], and [`AuthError::Refused`] for what Cognito refuses of any name
    /// ([`LimitExceeded`](crate::RefusalCode::LimitExceeded) is
    /// [`SlowDown`](crate::direct::SignInFailure::SlowDown)).
    pub async fn forgot_password(&self, username: &str) -> Result<Option<CodeDelivery>, AuthError> {
        let body = |public: PublicBody<'_>| json_api::body(&public);
        let read = CodeDelivery::of;
        match self.without_token(FORGOT_PASSWORD, username, &self.context, body, read).await {
            Err(error) if hides_user(&error) => Ok(None),
            result => result,
        }
    }

    /// Sets a new password by the code. Whether Cognito ends the user's sessions is not documented: sign the user in
    /// with the new password, and [end the others](crate::guide::direct_sign_in#after-a-new-password).
    ///
    /// # Errors
    /// [`AuthError::Refused`] for a wrong code or one that has expired, as for a user who does not exist, and for a
    /// password that the policy does not allow; [`AuthError::Input`].
    pub async fn confirm_forgot_password(
        &self,
        username: &str,
        code: &OneTimeCode,
        new_password: &Password,
    ) -> Result<(), AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct ConfirmForgotBody<'a> {
            #[serde(flatten)]
            public: PublicBody<'a>,
            confirmation_code: &'a str,
            password: &'a str,
        }
        input::code(code)?;
        input::new_password(new_password)?;
        let (confirmation_code, password) = (code.expose(), new_password.expose());
        let body = |public: PublicBody<'_>| {
            json_api::body(&ConfirmForgotBody { public, confirmation_code, password })
        };
        let (operation, read) = (CONFIRM_FORGOT_PASSWORD, json_api::done);
        let result = self.without_token(operation, username, &self.context, body, read).await;
        result.map_err(wrong_code_for_unknown_user)
    }
}
