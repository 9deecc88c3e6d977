//! With the settings of a pool: here another process's local pool.

use std::time::Duration;

use cognito_auth::CognitoClient;
use cognito_auth::direct::{DirectSignIn, SignInAttempt, Step};
use cognito_auth::testing::{
    DeviceTracking, Fault, LocalClient, LocalUser, LocalUserPool, LocalUserPoolBuilder,
    MfaConfiguration,
};

use super::{PASSWORD, Visitor, between, heading, said};
use crate::command;
use crate::example::Example;

pub(super) const SECRET: &str = "a-secret-of-a-site";

pub(super) async fn pool() -> LocalUserPool {
    pool_with(|pool| pool, |alice| alice).await
}

async fn pool_with(
    set: impl FnOnce(LocalUserPoolBuilder) -> LocalUserPoolBuilder,
    with: impl FnOnce(LocalUser) -> LocalUser,
) -> LocalUserPool {
    let client = LocalClient::confidential("2example23456789abcdefghij", SECRET);
    let alice = LocalUser::new("alice", PASSWORD).email("alice@example.com").email_verified(true);
    let builder = LocalUserPool::builder().client(client).user(with(alice));
    set(builder).start().await.unwrap()
}

pub(super) fn start(pool: &LocalUserPool, secret: &str) -> Option<(Example, Visitor)> {
    let mut command = command("login_page", pool)?;
    command.env("COGNITO_CLIENT_SECRET", secret);
    command.env("COGNITO_IDP_ENDPOINT", pool.user_pool().idp_endpoint().as_str());
    let example = Example::run(&mut command);
    let visitor = Visitor::new(&example.home);
    Some((example, visitor))
}

#[tokio::test]
async fn a_pool_by_settings_signs_users_in_and_has_no_outbox() {
    let pool = pool().await;
    let Some((_example, mut alice)) = start(&pool, SECRET) else { return };
    assert!(!alice.get("").await.body.contains("outbox"));
    let url = format!("{}outbox", alice.home);
    assert_eq!(alice.browser.get(&url).await.status, 404);
    let account = alice.sign_in("alice", PASSWORD).await;
    assert_eq!((account.url.path(), heading(&account)), ("/account", "Hello, alice"));
    let page = alice.get("forgot-password").await;
    alice.send(&page, "/forgot-password", &[("username", "alice")]).await;
    assert!(pool.last_code("alice").is_some());
}

/// A wrong secret, a quota and an outage are told apart, and none is the user's fault.
#[tokio::test]
async fn a_wrong_setting_a_quota_and_an_outage_do_not_blame_the_user() {
    let pool = pool().await;
    let Some((_example, mut alice)) = start(&pool, SECRET) else { return };
    let Some((_other, mut misled)) = start(&pool, "another-secret") else { return };
    let page = misled.sign_in("alice", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (500, "Sign in"));
    assert!(said(&page).contains("It is not your fault"), "{}", said(&page));
    pool.fail_next(10, Fault::Throttle);
    let page = alice.sign_in("alice", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (429, "Sign in"));
    assert!(said(&page).starts_with("There were too many attempts."), "{}", said(&page));
    pool.stop();
    let page = alice.sign_in("alice", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (503, "Sign in"));
    assert!(said(&page).contains("It is not your fault"), "{}", said(&page));
}

#[tokio::test]
async fn a_second_factor_that_the_pool_demands_is_set_up_within_the_sign_in() {
    let pool = pool_with(|pool| pool.mfa(MfaConfiguration::On), |alice| alice).await;
    let Some((_example, mut alice)) = start(&pool, SECRET) else { return };
    let page = alice.sign_in("alice", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (200, "Set up an authenticator app"));
    let key = between(&page.body, "<code class=\"key\">", "<").replace(' ', "");
    let code = pool.software_token_code(&key).unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let again = alice.send(&page, "/sign-in/challenge", &[("code", wrong)]).await;
    assert_eq!((again.status, heading(&again)), (422, "Set up an authenticator app"));
    assert_eq!(between(&again.body, "<code class=\"key\">", "<").replace(' ', ""), key);
    let account = alice.send(&again, "/sign-in/challenge", &[("code", &code)]).await;
    assert_eq!((account.url.path(), heading(&account)), ("/account", "Hello, alice"));
    assert!(account.body.contains("Switch it off"), "{}", account.body);
}

#[tokio::test]
async fn a_user_with_two_second_factors_chooses_one() {
    let with = |alice: LocalUser| {
        let number = alice.phone_number("+15555550100").phone_number_verified(true);
        number.sms_mfa().email_mfa()
    };
    let pool = pool_with(|pool| pool, with).await;
    let Some((_example, mut alice)) = start(&pool, SECRET) else { return };
    let page = alice.sign_in("alice", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (200, "Second step"));
    assert!(page.body.contains("Get a code by e-mail"), "{}", page.body);
    let page = alice.send(&page, "/sign-in/challenge", &[("choice", "SMS_MFA")]).await;
    assert!(page.body.contains("We sent it by text message to "), "{}", page.body);
    let code = pool.last_code("alice").unwrap();
    let account = alice.send(&page, "/sign-in/challenge", &[("code", &code)]).await;
    assert_eq!(heading(&account), "Hello, alice");
}

/// The tokens are dead, and the session does not know it yet: it ends, and the sign-in page is shown.
#[tokio::test]
async fn a_user_whom_the_pool_signed_out_signs_in_again() {
    let pool = pool().await;
    let Some((_example, mut alice)) = start(&pool, SECRET) else { return };
    for (action, fields) in [
        ("/account/password", &[("password", PASSWORD), ("new_password", "An0ther-Passw0rd")][..]),
        ("/account/authenticator-app", &[]),
        ("/account/passkeys/add", &[]),
    ] {
        let account = alice.sign_in("alice", PASSWORD).await;
        assert_eq!(heading(&account), "Hello, alice", "{action}");
        pool.advance(Duration::from_secs(1));
        assert!(pool.sign_out("alice"));
        let page = alice.send(&account, action, fields).await;
        assert_eq!((page.url.path(), heading(&page)), ("/sign-in", "Sign in"), "{action}");
    }
}

/// Another app of the same pool registered it.
#[tokio::test]
async fn remembered_devices_are_listed_and_forgotten() {
    let tracking = |pool: LocalUserPoolBuilder| pool.device_tracking(DeviceTracking::Always);
    let pool = pool_with(tracking, |alice| alice).await;
    let client = CognitoClient::builder(&pool.user_pool(), pool.client_id());
    let direct = DirectSignIn::new(&client.client_secret(SECRET).build().unwrap());
    let attempt = SignInAttempt::with_password("alice", PASSWORD);
    let Step::Done(tokens) = direct.start(attempt).await.unwrap() else { panic!("a challenge") };
    let (token, new) = (&tokens.access_token, tokens.new_device.as_ref().unwrap());
    direct.register_device(token, new, Some("<Alice's> laptop")).await.unwrap();

    let Some((_example, mut alice)) = start(&pool, SECRET) else { return };
    let account = alice.sign_in("alice", PASSWORD).await;
    assert!(account.body.contains("&lt;Alice&#39;s&gt; laptop"), "{}", account.body);
    let account = alice.send(&account, "/account/devices/forget", &[]).await;
    assert_eq!(said(&account), "The device is forgotten.");
    assert!(!account.body.contains("laptop"), "{}", account.body);
    assert_eq!(direct.devices(token).await.unwrap(), []);
}
