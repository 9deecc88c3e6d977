//! Direct sign-in by the clients of others: boto3, amazon-cognito-identity-js, pycognito.

use cognito_auth::testing::{DeviceTracking, LocalUser, LocalUserPool, MfaConfiguration};

use crate::deep;
use crate::peers::Peers;
use crate::pool::{USER_NAME, USER_PASSWORD, direct_pool, endpoint, expect, settings};
use crate::site::installed;

/// The pool of most stories; one that demands second factors; one that tracks devices.
struct DirectPools {
    plain: LocalUserPool,
    demanding: LocalUserPool,
    tracking: LocalUserPool,
}

impl DirectPools {
    fn start() -> Self {
        Self {
            plain: direct_pool(|builder| builder),
            demanding: direct_pool(|builder| builder.mfa(MfaConfiguration::On)),
            tracking: direct_pool(|builder| builder.device_tracking(DeviceTracking::Always)),
        }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = settings(&self.plain);
        settings.extend([
            ("AWS_DEFAULT_REGION", "eu-west-1".to_owned()),
            ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", endpoint(&self.plain)),
            ("MFA_ENDPOINT", endpoint(&self.demanding)),
            ("DEVICE_ENDPOINT", endpoint(&self.tracking)),
        ]);
        settings
    }
}

#[tokio::test]
async fn boto3() {
    let Some(peers) = Peers::installed() else { return };
    let pools = DirectPools::start();
    let said = peers.run("boto3_direct.py", &pools.settings()).await;
    expect(
        "boto3, direct sign-in",
        &said,
        &[
            "signs up, gets another code, confirms",
            "signs in with the session of the confirmation",
            "resets a forgotten password",
            "changes the password",
            "changes, verifies and deletes attributes",
            "sets up an authenticator app and prefers second factors",
            "chooses a second factor and signs in with the app's code",
            "signs in with a code by e-mail",
            "signs in with a code by SMS",
            "chooses a new password",
            "sets up an authenticator app within a sign-in",
            "signs in by a factor of its choice",
            "confirms, reads, lists and forgets a device",
            "begins to register a passkey",
            "deletes the user",
        ],
    );
}

#[tokio::test]
async fn amazon_cognito_identity_js() {
    let Some(peers) = Peers::installed() else { return };
    let pools = DirectPools::start();
    let user = LocalUser::new(USER_NAME, USER_PASSWORD).phone_number("+15555550100").sms_mfa();
    pools.tracking.add_user(user);
    let said = peers.run("amazon_cognito_identity_js_direct.js", &pools.settings()).await;
    expect(
        "amazon-cognito-identity-js, direct sign-in",
        &said,
        &[
            "signs up, gets another code, confirms and signs in by SRP",
            "resets and changes the password",
            "changes and verifies an attribute",
            "sets up an authenticator app and signs in with its code",
            "signs in with a code by SMS",
            "chooses a new password",
            "sets up an authenticator app within a sign-in",
            "signs in on a remembered device by its secret, without a code",
            "refreshes on the device",
            "lists and forgets the device, and is asked for a code again",
            "deletes the user",
        ],
    );
}

#[tokio::test]
async fn aws_amplify() {
    let Some(peers) = Peers::installed() else { return };
    let pools = DirectPools::start();
    let user = LocalUser::new(USER_NAME, USER_PASSWORD).phone_number("+15555550100").sms_mfa();
    pools.tracking.add_user(user);
    let said = peers.run("aws_amplify_direct.mjs", &pools.settings()).await;
    expect(
        "aws-amplify, direct sign-in",
        &said,
        &[
            "signs up, gets another code, confirms and is signed in",
            "changes and resets the password",
            "changes, verifies and deletes attributes",
            "signs in by a factor of its choice: codes, and passwords with and without SRP",
            "sets up an authenticator app, signs in with its code, deletes the user",
            "chooses a new password",
            "sets up an authenticator app within a sign-in",
            "signs in on a remembered device by its secret, without a code",
            "forgets the device, and is asked for a code again",
        ],
    );
}

/// Runs a script that drives Chromium, with `DEEP=1`.
async fn in_chromium(test: &str, script: &str, packages: &[&str], stories: &[&str]) {
    if !deep::is_asked_for(&format!("interop_clients::direct::{test}")) {
        return;
    }
    let Some(peers) = Peers::installed() else { return };
    if !packages.iter().all(|package| peers.have(package)) {
        return;
    }
    let Some(chromium) = installed("chromium") else { return };
    let pools = DirectPools::start();
    let mut settings = pools.settings();
    settings.push(("CHROMIUM", chromium.display().to_string()));
    settings.push(("HOME", std::env::temp_dir().display().to_string()));
    let said = peers.run(script, &settings).await;
    expect(test, &said, stories);
}

#[tokio::test]
async fn chromium_passkeys() {
    let stories = [
        "registers a passkey",
        "signs in with it, again and again",
        "is told that this authenticator has a passkey already",
        "adds a passkey at the login page",
        "signs in with it there",
    ];
    in_chromium("chromium_passkeys", "passkeys.mjs", &["playwright-core"], &stories).await;
}

#[tokio::test]
async fn aws_amplify_passkeys() {
    let stories = [
        "registers a passkey",
        "signs in with it, again and again",
        "chooses it among the factors",
        "goes on after a reload of the page",
        "is told that this authenticator has a passkey already",
        "deletes it",
    ];
    let packages = ["playwright-core", "esbuild", "aws-amplify"];
    in_chromium("aws_amplify_passkeys", "aws_amplify_passkeys.mjs", &packages, &stories).await;
}

/// 20 users; with `DEEP=1` 1,000. 200 sign-ins with its arithmetic are recorded: a unit test of `srp` compares them.
#[tokio::test]
async fn amazon_cognito_identity_js_by_srp() {
    let Some(peers) = Peers::installed() else { return };
    let pools = DirectPools::start();
    let mut settings = pools.settings();
    let deep = "interop_clients::direct::amazon_cognito_identity_js_by_srp with 1,000 users";
    let (runs, sign_ins) = if deep::is_asked_for(deep) { (10, 100) } else { (1, 20) };
    settings.push(("SIGN_INS", sign_ins.to_string()));
    for run in 0..runs {
        let first = ("FIRST", (run * sign_ins).to_string());
        let settings: Vec<_> = settings.iter().cloned().chain([first]).collect();
        let said = peers.run("amazon_cognito_identity_js_srp.js", &settings).await;
        let stories = ["signs in many users who signed up, each by SRP"];
        expect("amazon-cognito-identity-js, SRP", &said, &stories);
    }
}

/// 20 users; with `DEEP=1` 300, of which one in 256 has a padding that most implementations got wrong once.
#[tokio::test]
async fn pycognito() {
    let Some(peers) = Peers::installed() else { return };
    if !peers.have_python("pycognito") {
        return;
    }
    let pools = DirectPools::start();
    let mut settings = pools.settings();
    let sign_ins = if deep::is_asked_for("interop_clients::direct::pycognito with 300 users") {
        300
    } else {
        20
    };
    settings.push(("SIGN_INS", sign_ins.to_string()));
    let said = peers.run("pycognito_srp.py", &settings).await;
    expect(
        "pycognito",
        &said,
        &[
            "signs in by SRP",
            "is told the same after a wrong password and of a user who does not exist",
            "signs in with a client secret",
            "signs in many users who signed up, each by SRP",
        ],
    );
}
