//! Operations that an emulator does not have, and what becomes of a call.

use cognito_auth::direct::{
    DirectSignIn, MfaPreference, OneTimeCode, Password, RememberedDevice, SignInFailure, SignUp,
};
use cognito_auth::{
    AccessToken, AuthError, IdentityProvider, LinkedSessions, NewDevice, RefreshToken,
    TokenExchange,
};

use super::table;
use crate::stories::Stories;

const DEVICE: &str = "us-east-1_a1b2c3d4-5678-90ab-cdef-000000000001";

pub(super) async fn tell(
    emulator: &str,
    direct: &DirectSignIn,
    token: &AccessToken,
    report: impl Fn(&str) -> AuthError,
    stories: &mut Stories,
) {
    stories.begin(table::STORY_OF_DASHES);
    let operations = table::operations_without(emulator);
    assert!(operations.len() >= 10, "{operations:?}");
    for operation in operations {
        let error = call(operation, direct, token).await.expect_err(operation);
        // `Debug` leaves out the words.
        let words = |error: &AuthError| match error {
            AuthError::Refused(refusal) => refusal.description().map(str::to_owned),
            _ => None,
        };
        let expected = report(operation);
        assert_eq!((&error, words(&error)), (&expected, words(&expected)), "{operation}");
        assert_eq!(SignInFailure::of(&error), SignInFailure::Fault, "{operation}");
    }
}

/// Calls an operation, with the token where it takes one.
async fn call(
    operation: &str,
    direct: &DirectSignIn,
    token: &AccessToken,
) -> Result<(), AuthError> {
    let (client, name, code) = (direct.client(), "alice", OneTimeCode::new("123456"));
    let refresh_token = RefreshToken::new("a.refresh.token");
    let password = Password::new("Passw0rd!23");
    match operation {
        "AssociateSoftwareToken" => direct.start_totp(token).await.map(drop),
        "ChangePassword" => direct.change_password(token, Some(&password), &password).await,
        "CompleteWebAuthnRegistration" => direct.complete_passkey_registration(token, "{}").await,
        "ConfirmDevice" => {
            let new = NewDevice::new(DEVICE, "-group");
            direct.register_device(token, &new, None).await.map(drop)
        }
        "ConfirmForgotPassword" => direct.confirm_forgot_password(name, &code, &password).await,
        "ConfirmSignUp" => direct.confirm_sign_up(name, &code, None).await.map(drop),
        "DeleteUser" => direct.delete_user(token).await,
        "DeleteUserAttributes" => direct.delete_attributes(token, &["name"]).await,
        "DeleteWebAuthnCredential" => direct.delete_passkey(token, "id").await,
        "ForgetDevice" => direct.forget_device(token, DEVICE).await,
        "ForgotPassword" => direct.forgot_password(name).await.map(drop),
        "GetDerivedToken" => {
            client.exchange_token(&TokenExchange::of_access_token(token)).await.map(drop)
        }
        "GetTokensFromRefreshToken" => {
            let by_client = client.refresh(&refresh_token).await.unwrap_err();
            let with_device = direct.refresh_with_device(&refresh_token, DEVICE).await;
            assert_eq!(with_device.as_ref().err(), Some(&by_client));
            with_device.map(drop)
        }
        "GetUser" => client.user_info_with_token(token).await.map(drop),
        "GetUserAttributeVerificationCode" => {
            direct.send_attribute_code(token, "email").await.map(drop)
        }
        "GetUserAuthFactors" => direct.auth_factors(token).await.map(drop),
        "GlobalSignOut" => client.logout_with_token(token).await,
        "ListDevices" => direct.devices(token).await.map(drop),
        "ListUserSessions" => client.user_sessions(token).await.map(drop),
        "ListWebAuthnCredentials" => direct.passkeys(token).await.map(drop),
        "ResendConfirmationCode" => direct.resend_confirmation_code(name).await.map(drop),
        "RevokeToken" => client.revoke(&refresh_token).await,
        "RevokeUserSession" => {
            let id = "tkn0123456789abcdefghijklmno";
            client.revoke_user_session(token, id, LinkedSessions::Keep).await
        }
        "SetUserMFAPreference" => direct.set_mfa_preference(token, &MfaPreference::new()).await,
        "SignUp" => direct.sign_up(&SignUp::new(name)).await.map(drop),
        "StartWebAuthnRegistration" => direct.start_passkey_registration(token).await.map(drop),
        "UpdateDeviceStatus" => direct.remember_device(token, DEVICE, true).await,
        "UpdateUserAttributes" => direct.update_attributes(token, &[("name", "A")]).await.map(drop),
        "VerifySoftwareToken" => direct.verify_totp(token, &code, None).await,
        "VerifyUserAttribute" => direct.verify_attribute(token, "email", &code).await,
        other => panic!("no call for {other}"),
    }
}

/// A device that no emulator knows.
pub(super) fn device() -> RememberedDevice {
    RememberedDevice::new(DEVICE, "-group", "AAECAwQFBgcICQ==")
}
