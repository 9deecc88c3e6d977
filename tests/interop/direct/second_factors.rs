//! Second factors: authenticator apps and text messages.

use cognito_auth::direct::{CodeChallenge, MfaPreference, MfaSetting, SignInChallenge, Step};
use serde_json::{Value, json};

use super::authenticator::Authenticator;
use super::{Emulator, tokens};
use crate::administration::PASSWORD;
use crate::stories::{Stories, refused};

/// Whether the pool asks for second factors: `OPTIONAL` or `ON`.
pub(super) async fn configure(emulator: &Emulator, pool: &str, configuration: &str) {
    let settings = json!({
        "UserPoolId": pool, "MfaConfiguration": configuration,
        "SoftwareTokenMfaConfiguration": { "Enabled": true },
        "SmsMfaConfiguration": { "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::1:role/sms" } },
    });
    let _: Value = emulator.administration.call("SetUserPoolMfaConfig", settings).await;
}

#[track_caller]
pub(super) fn totp_challenge(step: Step) -> CodeChallenge {
    match step {
        Step::Challenge(SignInChallenge::TotpMfa(challenge)) => challenge,
        step => panic!("not a challenge for an authenticator app: {step:?}"),
    }
}

#[track_caller]
pub(super) fn sms_challenge(step: Step) -> CodeChallenge {
    match step {
        Step::Challenge(SignInChallenge::SmsMfa(challenge)) => challenge,
        step => panic!("not a challenge for the code of a text message: {step:?}"),
    }
}

/// What an emulator says of an authenticator app.
pub(super) struct TotpWords {
    /// The answer to a wrong first code.
    pub wrong_first_code: &'static str,
    /// The name in the challenge, for one that was registered as `phone`.
    pub device_name: Option<&'static str>,
}

pub(super) async fn tell_of_an_authenticator_app(
    emulator: &Emulator,
    words: TotpWords,
    stories: &mut Stories,
) {
    stories.begin("an authenticator app is registered, asked for, and switched off");
    configure(emulator, &emulator.pool, "OPTIONAL").await;
    let (direct, (name, token)) = (&emulator.direct, emulator.signed_in("carol").await);
    let app = Authenticator::new(&direct.start_totp(&token).await.unwrap());
    let outcome = direct.verify_totp(&token, &app.wrong_code(), None).await;
    assert_eq!(refused(outcome), words.wrong_first_code);
    let verify = async |code| direct.verify_totp(&token, &code, Some("phone")).await;
    app.in_time(verify).await.unwrap();
    let preference = MfaPreference::new().totp(MfaSetting::Preferred);
    direct.set_mfa_preference(&token, &preference).await.unwrap();

    let challenge = totp_challenge(emulator.start(&name, PASSWORD).await.unwrap());
    assert_eq!((challenge.device_name(), challenge.destination()), (words.device_name, None));
    // The challenge stands after a wrong code.
    assert_eq!(refused(challenge.answer(&app.wrong_code()).await), "code_mismatch");
    tokens(app.in_time(async |code| challenge.answer(&code).await).await);

    let off = MfaPreference::new().totp(MfaSetting::Off);
    direct.set_mfa_preference(&token, &off).await.unwrap();
    tokens(emulator.start(&name, PASSWORD).await);
}
