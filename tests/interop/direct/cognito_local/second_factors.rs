//! Second factors at cognito-local. What no operation of it can set is in the files that it finds at its start:
//! that a user gets text messages, and that a password has to be set anew.

use std::path::Path;

use cognito_auth::direct::{MfaChoiceChallenge, MfaPreference, MfaSetting, SignInChallenge, Step};
use cognito_auth::{AuthError, IdentityProvider};
use serde_json::{Value, json};

use super::super::authenticator::Authenticator;
use super::super::second_factors::{configure, sms_challenge, totp_challenge};
use super::super::{Emulator, Outbox, another, tokens};
use super::MANNERS;
use crate::administration::{Administration, App, PASSWORD};
use crate::peer::Peer;
use crate::stories::{Stories, ours, refused};

const POOL: &str = "local_prepared";
const CLIENT: &str = "prepared";
const DATE: &str = "2026-01-01T00:00:00.000Z";
const TELEPHONE: &str = "+15550100";

fn user(name: &str, status: &str, more: Value) -> Value {
    let mut user = json!({
        "Username": name, "Password": PASSWORD, "UserStatus": status, "Enabled": true,
        "Attributes": [
            { "Name": "sub", "Value": name },
            { "Name": "email", "Value": format!("{name}@example.com") },
            { "Name": "phone_number", "Value": TELEPHONE },
        ],
        "RefreshTokens": [], "UserCreateDate": DATE, "UserLastModifiedDate": DATE,
    });
    user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    user
}

/// A pool with two users, and its app client, in the form of its README ("Editing").
pub(super) fn write_files(folder: &Path) {
    let text_messages =
        json!({ "MFAOptions": [{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }] });
    let pool = json!({
        "Options": {
            "Id": POOL, "UsernameAttributes": ["email"], "MfaConfiguration": "OPTIONAL",
            "CreationDate": DATE, "LastModifiedDate": DATE,
        },
        "Users": {
            "olivia": user("olivia", "RESET_REQUIRED", json!({})),
            "victor": user("victor", "CONFIRMED", text_messages),
        },
    });
    let client = json!({
        "ClientId": CLIENT, "ClientName": CLIENT, "UserPoolId": POOL, "CreationDate": DATE,
        "LastModifiedDate": DATE,
    });
    let folder = folder.join(".cognito/db");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{POOL}.json")), pool.to_string()).unwrap();
    let clients = json!({ "Clients": { CLIENT: client } });
    std::fs::write(folder.join("clients.json"), clients.to_string()).unwrap();
}

/// The pool of these files.
pub(super) fn prepared(peer: &Peer, outbox: Outbox) -> Emulator {
    let app = App { id: CLIENT.to_owned(), secret: None };
    Emulator {
        url: peer.url(),
        manners: MANNERS,
        administration: Administration::new(&peer.url(), MANNERS.region),
        pool: POOL.to_owned(),
        direct: MANNERS.client(&peer.url(), POOL, &app),
        outbox,
    }
}

fn choice(step: Step) -> MfaChoiceChallenge {
    match step {
        Step::Challenge(SignInChallenge::MfaChoice(challenge)) => challenge,
        step => panic!("no choice: {step:?}"),
    }
}

pub(super) async fn tell(emulator: &Emulator, prepared: &Emulator, stories: &mut Stories) {
    stories.begin("a text message as second factor");
    let victor = "victor@example.com";
    let challenge = sms_challenge(prepared.start(victor, PASSWORD).await.unwrap());
    assert_eq!(challenge.destination(), Some(TELEPHONE));
    let code = prepared.code(victor).await;
    assert_eq!(refused(challenge.answer(&another(&code)).await), "code_mismatch");
    let signed_in = tokens(challenge.answer(&code).await);
    let (token, refresh_token) = (signed_in.access_token, signed_in.refresh_token.unwrap());
    // It forgets the refresh token of a sign-in with a challenge.
    let direct = &prepared.direct;
    assert_eq!(refused(direct.client().revoke(&refresh_token).await), "not_authorized");
    let outcome = direct.refresh_by_initiate_auth(&refresh_token, victor, None).await;
    assert_eq!(refused(outcome), "not_authorized");

    stories.begin("two second factors, of which the user chooses one");
    let app = Authenticator::new(&direct.start_totp(&token).await.unwrap());
    app.in_time(async |code| direct.verify_totp(&token, &code, None).await).await.unwrap();
    let preference = MfaPreference::new().sms(MfaSetting::On).totp(MfaSetting::Preferred);
    direct.set_mfa_preference(&token, &preference).await.unwrap();
    let challenge = choice(prepared.start(victor, PASSWORD).await.unwrap());
    assert_eq!(challenge.choices(), ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]);
    let by_message = sms_challenge(challenge.choose("SMS_MFA").await.unwrap());
    tokens(by_message.answer(&prepared.code(victor).await).await);
    let by_app = totp_challenge(challenge.choose("SOFTWARE_TOKEN_MFA").await.unwrap());
    tokens(app.in_time(async |code| by_app.answer(&code).await).await);

    stories.begin("a text message as second factor, of which its operations alone know");
    let (name, token) = emulator.signed_in("peggy").await;
    let preference = MfaPreference::new().sms(MfaSetting::Preferred);
    emulator.direct.set_mfa_preference(&token, &preference).await.unwrap();
    let outcome = emulator.start(&name, PASSWORD).await;
    assert_eq!(outcome.unwrap_err(), AuthError::ServerError { status: 500 });

    stories.begin("an authenticator app that was not registered is not switched on");
    let (_, token) = emulator.signed_in("rupert").await;
    let preference = MfaPreference::new().totp(MfaSetting::On);
    let outcome = emulator.direct.set_mfa_preference(&token, &preference).await;
    assert_eq!(ours(outcome), "invalid_parameter");

    stories.begin("a pool that demands a second factor, and a user without one");
    let trent = emulator.user("trent").await;
    configure(emulator, &emulator.pool, "ON").await;
    assert_eq!(refused(emulator.start(&trent, PASSWORD).await), "not_authorized");
    configure(emulator, &emulator.pool, "OPTIONAL").await;
    tokens(emulator.start(&trent, PASSWORD).await);
}
