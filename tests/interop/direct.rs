//! Direct sign-in at the emulators: passwords, temporary passwords, sign-ups, authenticator apps.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use cognito_auth::direct::{
    DirectSignIn, MfaPreference, MfaSetting, OneTimeCode, SignInAttempt, SignInChallenge, SignUp,
    Step, TotpSecret,
};
use cognito_auth::{AuthError, CognitoClient, Tokens, UserPool};
use serde_json::json;

use crate::administration::{Administration, App, PASSWORD};
use crate::peer::Peer;
use crate::stories::{Stories, refused};

const NEW_PASSWORD: &str = "N3w-Passw0rd!23";

/// What an emulator can do of this.
struct Emulator {
    administration: Administration,
    pool: String,
    settings: UserPool,
    /// What is added to a name, where names have to be addresses.
    name_suffix: &'static str,
    /// The code for a wrong password.
    wrong_password: &'static str,
}

impl Emulator {
    fn name(&self, name: &str) -> String {
        format!("{name}{}", self.name_suffix)
    }

    async fn app(&self, has_secret: bool) -> App {
        let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        let more = json!({ "ExplicitAuthFlows": flows, "GenerateSecret": has_secret });
        self.administration.create_app(&self.pool, more).await
    }

    async fn user(&self, name: &str) -> String {
        let name = self.name(name);
        let email = if name.contains('@') { name.clone() } else { format!("{name}@example.com") };
        self.administration.create_user(&self.pool, &name, &email).await;
        name
    }

    fn direct(&self, app: &App) -> DirectSignIn {
        let mut builder = CognitoClient::builder(&self.settings, &app.id);
        if let Some(secret) = &app.secret {
            builder = builder.client_secret(secret.as_str());
        }
        DirectSignIn::new(&builder.build().unwrap())
    }
}

fn tokens(step: Result<Step, AuthError>) -> Tokens {
    match step {
        Ok(Step::Done(tokens)) => tokens,
        other => panic!("no tokens: {other:?}"),
    }
}

type Attempt = fn(String, &'static str) -> SignInAttempt;

fn plain(name: String, password: &'static str) -> SignInAttempt {
    SignInAttempt::with_plain_password(name, password)
}

fn srp(name: String, password: &'static str) -> SignInAttempt {
    SignInAttempt::with_password(name, password)
}

async fn tell_of_passwords(
    emulator: &Emulator,
    direct: &DirectSignIn,
    attempt: Attempt,
    stories: &mut Stories,
) {
    stories.begin("a right password, a wrong one, and an unknown user");
    let alice = emulator.user("alice").await;
    tokens(direct.start(attempt(alice.clone(), PASSWORD)).await);
    let wrong = direct.start(attempt(alice, "wrong-Passw0rd")).await;
    assert_eq!(refused(wrong), emulator.wrong_password);
    let unknown = emulator.name("mallory");
    assert_eq!(refused(direct.start(attempt(unknown, PASSWORD)).await), "not_authorized");
}

async fn tell_of_a_temporary_password(
    emulator: &Emulator,
    direct: &DirectSignIn,
    attempt: Attempt,
    stories: &mut Stories,
) {
    stories.begin("a temporary password, and a new one in its place");
    let name = emulator.name("temporary");
    let user = json!({
        "UserPoolId": emulator.pool, "Username": name, "MessageAction": "SUPPRESS",
        "TemporaryPassword": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": "temporary@example.com" }],
    });
    emulator.administration.call("AdminCreateUser", user).await;
    let step = direct.start(attempt(name.clone(), PASSWORD)).await.unwrap();
    let Step::Challenge(SignInChallenge::NewPassword(challenge)) = step else { panic!("{step:?}") };
    tokens(challenge.answer(&NEW_PASSWORD.into(), &[]).await);
    tokens(direct.start(attempt(name, NEW_PASSWORD)).await);
}

async fn tell_of_a_sign_up(
    emulator: &Emulator,
    direct: &DirectSignIn,
    attempt: Attempt,
    stories: &mut Stories,
) {
    stories.begin("a sign-up, which an administrator confirms, and a name that is taken");
    let name = emulator.name("bob");
    let sign_up = SignUp::new(&name).password(PASSWORD).attribute("email", "bob@example.com");
    let signed_up = direct.sign_up(&sign_up).await.unwrap();
    assert!(!signed_up.is_confirmed && !signed_up.sub.is_empty());
    assert_eq!(refused(direct.sign_up(&sign_up).await), "username_exists");
    let outcome = direct.start(attempt(name.clone(), PASSWORD)).await;
    assert_eq!(refused(outcome), "user_not_confirmed");
    let user = json!({ "UserPoolId": emulator.pool, "Username": name });
    emulator.administration.call("AdminConfirmSignUp", user).await;
    tokens(direct.start(attempt(name, PASSWORD)).await);
}

/// A code of an authenticator app at this moment (RFC 6238).
fn totp(secret: &TotpSecret) -> OneTimeCode {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30;
    let (mut bits, mut buffer, mut key) = (0, 0_u32, Vec::new());
    for digit in secret.expose().to_ascii_uppercase().bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == digit);
        (buffer, bits) = ((buffer << 5) | u32::try_from(value.unwrap()).unwrap(), bits + 5);
        if bits >= 8 {
            bits -= 8;
            key.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let mac = hmac::sign(&key, &now.to_be_bytes());
    let offset = usize::from(mac.as_ref()[19] & 0xf);
    let code = u32::from_be_bytes(mac.as_ref()[offset..offset + 4].try_into().unwrap());
    OneTimeCode::new(format!("{:06}", (code & 0x7fff_ffff) % 1_000_000))
}

async fn tell_of_an_authenticator_app(
    emulator: &Emulator,
    direct: &DirectSignIn,
    attempt: Attempt,
    stories: &mut Stories,
) {
    stories.begin("an authenticator app is registered, and asked for");
    let settings = json!({
        "UserPoolId": emulator.pool, "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    emulator.administration.call("SetUserPoolMfaConfig", settings).await;
    let name = emulator.user("carol").await;
    let signed_in = tokens(direct.start(attempt(name.clone(), PASSWORD)).await);
    let secret = direct.start_totp(&signed_in.access_token).await.unwrap();
    direct.verify_totp(&signed_in.access_token, &totp(&secret), Some("phone")).await.unwrap();
    let preference = MfaPreference::new().totp(MfaSetting::Preferred);
    direct.set_mfa_preference(&signed_in.access_token, &preference).await.unwrap();
    let step = direct.start(attempt(name, PASSWORD)).await.unwrap();
    let Step::Challenge(SignInChallenge::TotpMfa(challenge)) = step else { panic!("{step:?}") };
    tokens(challenge.answer(&totp(&secret)).await);
}

/// With ministack's codes, which are always the same; moto accepts any.
async fn tell_of_codes(
    emulator: &Emulator,
    direct: &DirectSignIn,
    attempt: Attempt,
    stories: &mut Stories,
) {
    stories.begin("a sign-up that its code confirms, and a forgotten password");
    let (name, code) = (emulator.name("frank"), OneTimeCode::new("123456"));
    let reset_code = OneTimeCode::new("654321");
    let sign_up = SignUp::new(&name).password(PASSWORD).attribute("email", "frank@example.com");
    direct.sign_up(&sign_up).await.unwrap();
    direct.confirm_sign_up(&name, &code, None).await.unwrap();
    tokens(direct.start(attempt(name.clone(), PASSWORD)).await);
    direct.forgot_password(&name).await.unwrap();
    direct.confirm_forgot_password(&name, &reset_code, &NEW_PASSWORD.into()).await.unwrap();
    assert_eq!(refused(direct.start(attempt(name.clone(), PASSWORD)).await), "not_authorized");
    tokens(direct.start(attempt(name, NEW_PASSWORD)).await);
}

async fn tell_of_a_change_of_password(
    emulator: &Emulator,
    direct: &DirectSignIn,
    attempt: Attempt,
    stories: &mut Stories,
) {
    stories.begin("a password is changed, and the account deleted");
    let name = emulator.user("dave").await;
    let token = tokens(direct.start(attempt(name.clone(), PASSWORD)).await).access_token;
    let (old, new) = (PASSWORD.into(), NEW_PASSWORD.into());
    direct.change_password(&token, Some(&old), &new).await.unwrap();
    assert_eq!(refused(direct.start(attempt(name.clone(), PASSWORD)).await), "not_authorized");
    let token = tokens(direct.start(attempt(name.clone(), NEW_PASSWORD)).await).access_token;
    direct.delete_user(&token).await.unwrap();
    assert_eq!(refused(direct.start(attempt(name, NEW_PASSWORD)).await), "not_authorized");
}

#[tokio::test]
async fn direct_sign_in_at_ministack() {
    let program = ["{peers}/venv/bin/python", "-m", "ministack"];
    let variables = &crate::ministack::VARIABLES;
    let Some(peer) = Peer::start("ministack", &program, variables) else { return };
    let administration = Administration::new(&peer.url(), "us-east-1");
    let pool = administration.create_pool().await;
    let settings = UserPool::new(&pool).unwrap().with_idp_endpoint(&peer.url()).unwrap();
    let (name_suffix, wrong_password) = ("", "not_authorized");
    let emulator = Emulator { administration, pool, settings, name_suffix, wrong_password };
    let mut stories = Stories::with("ministack, direct");
    let app = emulator.app(false).await;
    let direct = emulator.direct(&app);
    tell_of_passwords(&emulator, &direct, srp, &mut stories).await;
    tell_of_a_temporary_password(&emulator, &direct, srp, &mut stories).await;
    tell_of_a_sign_up(&emulator, &direct, srp, &mut stories).await;
    tell_of_an_authenticator_app(&emulator, &direct, srp, &mut stories).await;
    tell_of_a_change_of_password(&emulator, &direct, srp, &mut stories).await;
    tell_of_codes(&emulator, &direct, srp, &mut stories).await;
    stories.begin("a client with a secret");
    let confidential = emulator.app(true).await;
    let eve = emulator.user("eve").await;
    tokens(emulator.direct(&confidential).start(srp(eve.clone(), PASSWORD)).await);
    tokens(emulator.direct(&confidential).start(plain(eve, PASSWORD)).await);
    stories.end();
}

#[tokio::test]
async fn direct_sign_in_at_moto() {
    let program =
        ["{peers}/venv/bin/python", "-m", "moto.server", "-H", "127.0.0.1", "-p", "{port}"];
    let Some(peer) = Peer::start("moto", &program, &[]) else { return };
    let administration = Administration::new(&peer.url(), "us-east-1");
    let pool = administration.create_pool().await;
    let settings = UserPool::new(&pool).unwrap().with_idp_endpoint(&peer.url()).unwrap();
    let (name_suffix, wrong_password) = ("", "not_authorized");
    let emulator = Emulator { administration, pool, settings, name_suffix, wrong_password };
    let mut stories = Stories::with("moto, direct");
    let app = emulator.app(false).await;
    let direct = emulator.direct(&app);
    tell_of_passwords(&emulator, &direct, plain, &mut stories).await;
    tell_of_a_temporary_password(&emulator, &direct, plain, &mut stories).await;
    tell_of_a_sign_up(&emulator, &direct, plain, &mut stories).await;
    tell_of_an_authenticator_app(&emulator, &direct, plain, &mut stories).await;
    tell_of_codes(&emulator, &direct, plain, &mut stories).await;
    stories.end();
}

#[tokio::test]
async fn direct_sign_in_at_cognito_local() {
    let program = ["node", "{peers}/node_modules/cognito-local/lib/bin/start.js"];
    let variables = [("HOST", "127.0.0.1"), ("PORT", "{port}")];
    let Some(peer) = Peer::start("cognito-local", &program, &variables) else { return };
    let url = peer.url();
    let administration = Administration::new(&url, "local");
    let pool = administration.create_pool().await;
    let settings = UserPool::new(&pool).unwrap().with_idp_endpoint(&url).unwrap();
    let settings = settings.with_issuers([format!("{url}/{pool}")]).unwrap();
    let (name_suffix, wrong_password) = ("@example.com", "invalid_password");
    let emulator = Emulator { administration, pool, settings, name_suffix, wrong_password };
    let mut stories = Stories::with("cognito-local, direct");
    let app = emulator.app(false).await;
    let direct = emulator.direct(&app);
    tell_of_passwords(&emulator, &direct, plain, &mut stories).await;
    tell_of_a_temporary_password(&emulator, &direct, plain, &mut stories).await;
    tell_of_a_sign_up(&emulator, &direct, plain, &mut stories).await;
    stories.end();
}
