//! Every operation, each with one request: how it is called, and a good answer to it.

use std::pin::Pin;

use cognito_auth::direct::{
    DirectSignIn, MfaPreference, MfaSetting, SignInAttempt, SignInChallenge, SignUp, Step,
};
use cognito_auth::{
    AccessToken, AuthError, IdentityProvider as _, LinkedSessions, NewDevice, RefreshToken,
    TokenExchange,
};
use serde_json::{Value, json};

use crate::{Answer, Peer, asked, challenge, tokens};

type Outcome<'a> = Pin<Box<dyn Future<Output = Result<String, AuthError>> + Send + 'a>>;

/// An operation of Cognito's.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// A challenge that is answered, before the call that is told of.
    pub(crate) first: Option<fn() -> Value>,
    pub(crate) good: fn() -> Value,
    pub(crate) call: for<'a> fn(&'a DirectSignIn, Option<SignInChallenge>) -> Outcome<'a>,
    /// Whether any JSON object will do, and an empty body.
    pub(crate) is_empty: bool,
}

fn token() -> AccessToken {
    AccessToken::new(crate::access_token())
}

fn told<T: std::fmt::Debug>(result: Result<T, AuthError>) -> Result<String, AuthError> {
    result.map(|value| format!("{value:?}"))
}

fn step(step: Result<Step, AuthError>) -> Result<String, AuthError> {
    step.map(|step| match step {
        Step::Done(_) => "done".to_owned(),
        Step::Challenge(challenge) => challenge.name().to_owned(),
        other => panic!("{other:?}"),
    })
}

fn mfa() -> Value {
    challenge("SMS_MFA", json!({}))
}

fn setup() -> Value {
    challenge("MFA_SETUP", json!({ "MFAS_CAN_SETUP": "[]" }))
}

fn delivery() -> Value {
    json!({ "CodeDeliveryDetails": {
        "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    }})
}

macro_rules! operations {
    ($($name:literal $kind:ident [$($first:expr)?] $good:expr, $call:expr;)*) => {
        /// Every operation.
        pub(crate) fn all() -> Vec<Operation> {
            vec![$(Operation {
                name: $name,
                first: first!($($first)?),
                good: || $good,
                call: $call,
                is_empty: kind!($kind),
            }),*]
        }
    };
}

macro_rules! first {
    () => {
        None
    };
    ($first:expr) => {
        Some($first)
    };
}

macro_rules! kind {
    (empty) => {
        true
    };
    (answered) => {
        false
    };
}

operations! {
    "InitiateAuth" answered [] tokens(), |direct, _| Box::pin(async {
        step(direct.start(SignInAttempt::with_plain_password("alice", "Passw0rd!")).await)
    });
    "InitiateAuth" answered [] tokens(), |direct, _| Box::pin(async {
        let (token, device) = (RefreshToken::new("refresh.me"), Some("eu-west-1_a1b2"));
        told(direct.refresh_by_initiate_auth(&token, crate::SUB, device).await)
    });
    "RespondToAuthChallenge" answered [mfa] tokens(), |_, challenge| Box::pin(async {
        let Some(SignInChallenge::SmsMfa(challenge)) = challenge else { panic!() };
        step(challenge.answer(&"123456".into()).await)
    });
    "AssociateSoftwareToken" answered [setup] json!({ "SecretCode": "JBSWY3DPEHPK3PXP" }),
    |_, challenge| Box::pin(async {
        let Some(SignInChallenge::MfaSetup(challenge)) = challenge else { panic!() };
        told(challenge.start_totp().await.map(|setup| setup.secret().clone()))
    });
    "AssociateSoftwareToken" answered [] json!({ "SecretCode": "JBSWY3DPEHPK3PXP" }),
    |direct, _| Box::pin(async { told(direct.start_totp(&token()).await) });
    "VerifySoftwareToken" answered [] json!({ "Status": "SUCCESS" }), |direct, _| Box::pin(async {
        told(direct.verify_totp(&token(), &"123456".into(), None).await)
    });
    "SignUp" answered [] json!({ "UserConfirmed": false, "UserSub": "u1" }),
    |direct, _| Box::pin(async {
        let sign_up = SignUp::new("alice").password("Passw0rd!").attribute("email", "a@e.example");
        told(direct.sign_up(&sign_up).await)
    });
    "ConfirmSignUp" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.confirm_sign_up("alice", &"123456".into(), None).await)
    });
    "ResendConfirmationCode" answered [] delivery(), |direct, _| Box::pin(async {
        told(direct.resend_confirmation_code("alice").await)
    });
    "ForgotPassword" answered [] delivery(), |direct, _| Box::pin(async {
        told(direct.forgot_password("alice").await)
    });
    "ConfirmForgotPassword" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.confirm_forgot_password("alice", &"123456".into(), &"N3w-Passw0rd".into()).await)
    });
    "ChangePassword" empty [] json!({}), |direct, _| Box::pin(async {
        let old = "Passw0rd!".into();
        told(direct.change_password(&token(), Some(&old), &"N3w-Passw0rd".into()).await)
    });
    "UpdateUserAttributes" answered [] json!({ "CodeDeliveryDetailsList": [] }),
    |direct, _| Box::pin(async {
        told(direct.update_attributes(&token(), &[("name", "Alice")]).await)
    });
    "DeleteUserAttributes" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.delete_attributes(&token(), &["name"]).await)
    });
    "GetUserAttributeVerificationCode" answered [] delivery(), |direct, _| Box::pin(async {
        told(direct.send_attribute_code(&token(), "email").await)
    });
    "VerifyUserAttribute" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.verify_attribute(&token(), "email", &"123456".into()).await)
    });
    "SetUserMFAPreference" empty [] json!({}), |direct, _| Box::pin(async {
        let preference = MfaPreference::new().totp(MfaSetting::Preferred);
        told(direct.set_mfa_preference(&token(), &preference).await)
    });
    "GetUserAuthFactors" answered [] json!({ "Username": "alice" }), |direct, _| Box::pin(async {
        told(direct.auth_factors(&token()).await)
    });
    "DeleteUser" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.delete_user(&token()).await)
    });
    "StartWebAuthnRegistration" answered [] json!({ "CredentialCreationOptions": { "rp": {} } }),
    |direct, _| Box::pin(async { told(direct.start_passkey_registration(&token()).await) });
    "CompleteWebAuthnRegistration" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.complete_passkey_registration(&token(), r#"{"id":"x"}"#).await)
    });
    "ListWebAuthnCredentials" answered [] json!({ "Credentials": [] }), |direct, _| Box::pin(async {
        told(direct.passkeys(&token()).await)
    });
    "DeleteWebAuthnCredential" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.delete_passkey(&token(), "x").await)
    });
    "ConfirmDevice" answered [] json!({ "UserConfirmationNecessary": true }),
    |direct, _| Box::pin(async {
        let device = NewDevice::new("eu-west-1_a1b2", "-wt2ha1Zd");
        told(direct.register_device(&token(), &device, Some("laptop")).await)
    });
    "UpdateDeviceStatus" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.remember_device(&token(), "eu-west-1_a1b2", true).await)
    });
    "ListDevices" answered [] json!({ "Devices": [] }), |direct, _| Box::pin(async {
        told(direct.devices(&token()).await)
    });
    "ForgetDevice" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.forget_device(&token(), "eu-west-1_a1b2").await)
    });
    "GetTokensFromRefreshToken" answered [] tokens(), |direct, _| Box::pin(async {
        let refreshed =
            direct.refresh_with_device(&RefreshToken::new("refresh.me"), "eu-west-1_a1b2").await;
        told(refreshed)
    });
    // Those of the client that direct sign-in is made of.
    "GetUser" answered []
    json!({ "Username": "alice", "UserAttributes": [{ "Name": "sub", "Value": crate::SUB }] }),
    |direct, _| Box::pin(async { told(direct.client().user_info_with_token(&token()).await) });
    "GlobalSignOut" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.client().logout_with_token(&token()).await)
    });
    "ListUserSessions" answered [] json!({ "Sessions": [] }), |direct, _| Box::pin(async {
        told(direct.client().user_sessions(&token()).await)
    });
    "RevokeUserSession" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.client().revoke_user_session(&token(), "sso1", LinkedSessions::Keep).await)
    });
    "GetDerivedToken" answered [] json!({
        "IssuedToken": "a.new.token", "IssuedTokenType": "ACCESS_TOKEN", "TokenType": "Bearer",
    }), |direct, _| Box::pin(async {
        told(direct.client().exchange_token(&TokenExchange::of_access_token(&token())).await)
    });
    "RevokeToken" empty [] json!({}), |direct, _| Box::pin(async {
        told(direct.client().revoke(&RefreshToken::new("refresh.me")).await)
    });
}

impl Operation {
    /// Calls it, and gives it this answer.
    pub(crate) async fn outcome(
        &self,
        peer: &Peer,
        direct: &DirectSignIn,
        answer: Answer,
    ) -> Result<String, AuthError> {
        let challenge = match self.first {
            Some(first) => {
                peer.script([first().into()]);
                let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!");
                Some(asked(direct.start(attempt).await))
            }
            None => None,
        };
        peer.script([answer, Answer::new(200, "{}")]);
        (self.call)(direct, challenge).await
    }
}
