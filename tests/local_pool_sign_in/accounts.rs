//! Sign-up, forgotten and changed passwords, the end of an account.

use std::time::Duration;

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool, MessagePurpose};
use serde_json::{Value, json};

use crate::{
    Api, CLIENT, OTHER_SESSION, PASSWORD, WRONG_CODE, WRONG_PASSWORD, access_token, alice, auth,
    by_password, other_code,
};

/// An input with client and user name.
fn of(username: &str, more: Value) -> Value {
    let mut input = more;
    input["ClientId"] = CLIENT.into();
    input["Username"] = username.into();
    input
}

fn sign_up(username: &str) -> Value {
    let attributes = json!([{ "Name": "email", "Value": "bob@example.com" }]);
    of(username, json!({ "Password": PASSWORD, "UserAttributes": attributes }))
}

fn confirm(code: &str) -> Value {
    of("bob", json!({ "ConfirmationCode": code }))
}

const DELIVERY: &str =
    r#"{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"b***@e***"}"#;

#[tokio::test]
async fn a_user_signs_up_confirms_and_signs_in() {
    let api = Api::start(LocalUserPool::builder()).await;
    let output = api.ok("SignUp", sign_up("bob")).await;
    assert_eq!(output["UserConfirmed"], false);
    assert_eq!(output["UserSub"].as_str().map(str::to_owned), api.pool.sub("bob"));
    assert_eq!(output["CodeDeliveryDetails"].to_string(), DELIVERY);
    let exists = ("UsernameExists", "User already exists");
    api.expect_refused("SignUp", sign_up("bob"), exists).await;
    let unconfirmed = ("UserNotConfirmed", "User is not confirmed.");
    api.expect_refused("InitiateAuth", by_password("bob", PASSWORD), unconfirmed).await;

    let first = api.last_code();
    let again = api.ok("ResendConfirmationCode", of("bob", json!({}))).await;
    assert_eq!(again["CodeDeliveryDetails"].to_string(), DELIVERY);
    assert_eq!(api.pool.outbox()[1].purpose, MessagePurpose::ResendCode);
    let code = api.last_code();
    if first != code {
        api.expect_refused("ConfirmSignUp", confirm(&first), WRONG_CODE).await;
    }
    let output = api.ok("ConfirmSignUp", confirm(&code)).await;
    let start = |session: &Value| {
        let mut input = auth("USER_AUTH", json!({ "USERNAME": "bob" }));
        input["Session"] = session.clone();
        input
    };
    access_token(&api.ok("InitiateAuth", start(&output["Session"])).await);
    let confirmed = ("NotAuthorized", "User cannot be confirmed. Current status is CONFIRMED");
    api.expect_refused("ConfirmSignUp", confirm(&code), confirmed).await;
    let confirmed = ("InvalidParameter", "User is already confirmed.");
    api.expect_refused("ResendConfirmationCode", of("bob", json!({})), confirmed).await;

    let token = api.access_token("bob", PASSWORD).await;
    let user = api.ok("GetUser", json!({ "AccessToken": token })).await;
    let verified = json!({ "Name": "email_verified", "Value": "true" });
    assert!(user["UserAttributes"].as_array().unwrap().contains(&verified), "{user}");
}

#[tokio::test]
async fn the_session_of_a_sign_up_signs_in_without_another_code() {
    let api = Api::start(LocalUserPool::builder()).await;
    let attributes = json!([{ "Name": "email", "Value": "bob@example.com" }]);
    // Without a password, for a client that signs in by one-time passwords.
    let up = api.ok("SignUp", of("bob", json!({ "UserAttributes": attributes }))).await;
    let start = |session: &Value| {
        let mut input = auth("USER_AUTH", json!({ "USERNAME": "bob" }));
        input["Session"] = session.clone();
        input
    };
    let mut input = confirm(&api.last_code());
    input["Session"] = "x".repeat(40).into();
    api.expect_refused("ConfirmSignUp", input.clone(), OTHER_SESSION).await;
    input["Session"] = up["Session"].clone();
    let confirmed = api.ok("ConfirmSignUp", input).await;
    assert_eq!(api.refused("InitiateAuth", start(&up["Session"])).await.0, "NotAuthorized");
    access_token(&api.ok("InitiateAuth", start(&confirmed["Session"])).await);
    api.expect_refused("InitiateAuth", start(&confirmed["Session"]), crate::SPENT).await;
    // No password is right, and the factors are those that are left.
    api.expect_refused("InitiateAuth", by_password("bob", PASSWORD), WRONG_PASSWORD).await;
    let given = api.ok("InitiateAuth", auth("USER_AUTH", json!({ "USERNAME": "bob" }))).await;
    assert_eq!(given["AvailableChallenges"], json!(["EMAIL_OTP"]));
}

#[tokio::test]
async fn what_a_sign_up_needs() {
    let client = LocalClient::public(CLIENT).auth_flows(["ALLOW_USER_PASSWORD_AUTH"]);
    let builder = LocalUserPool::builder().client(client).required_attributes(["email"]);
    let api = Api::start(builder).await;
    let with = |member: &str, value: Value| {
        let mut input = sign_up("bob");
        input[member] = value;
        input
    };
    let attribute = |name: &str, value: &str| json!([{ "Name": name, "Value": value }]);
    for (name, input, exception) in [
        ("a weak password", with("Password", "Passw0rds".into()), "InvalidPassword"),
        ("a short password", with("Password", "P0rd!".into()), "InvalidParameter"),
        ("a password with a space", with("Password", "Passw0rd !".into()), "InvalidParameter"),
        ("no password", with("Password", Value::Null), "InvalidParameter"),
        ("a name with a space", with("Username", "b b".into()), "InvalidParameter"),
        ("no e-mail", with("UserAttributes", json!([])), "InvalidParameter"),
        ("attributes as text", with("UserAttributes", "email".into()), "Serialization"),
        ("no name", with("UserAttributes", json!([{ "Value": "x" }])), "InvalidParameter"),
        ("an address", with("UserAttributes", attribute("email", "bob")), "InvalidParameter"),
        ("a sub", with("UserAttributes", attribute("sub", "1")), "InvalidParameter"),
        (
            "a verified address",
            with("UserAttributes", attribute("email_verified", "true")),
            "NotAuthorized",
        ),
        ("another client", with("ClientId", "other".into()), "ResourceNotFound"),
    ] {
        assert_eq!(api.refused("SignUp", input).await.0, exception, "{name}");
    }
    assert_eq!(api.pool.outbox(), []);
    assert_eq!(api.pool.sub("bob"), None);
    let output = api.ok("SignUp", sign_up("bob")).await;
    assert_eq!(output.get("Session"), None);
    assert_eq!(api.ok("ConfirmSignUp", confirm(&api.last_code())).await, json!({}));
    assert!(api.pool.confirm_user("bob") && !api.pool.confirm_user("carol"));
    api.access_token("bob", PASSWORD).await;
}

#[tokio::test]
async fn an_alias_belongs_to_one_user() {
    let bob = LocalUser::new("bobby", PASSWORD).email("bob@example.com").email_verified(true);
    let api = Api::start(LocalUserPool::builder().user(bob).aliases()).await;
    api.ok("SignUp", sign_up("bob")).await;
    let input = confirm(&api.last_code());
    let taken = ("AliasExists", "An account with the given email already exists.");
    api.expect_refused("ConfirmSignUp", input.clone(), taken).await;
    let mut forced = input;
    forced["ForceAliasCreation"] = true.into();
    api.ok("ConfirmSignUp", forced).await;
    let token = api.access_token("bob@example.com", PASSWORD).await;
    let user = api.ok("GetUser", json!({ "AccessToken": token })).await;
    assert_eq!(user["Username"], "bob");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced() {
    let api = Api::with(alice().reset_required()).await;
    let delivery = api.ok("ForgotPassword", of("alice", json!({}))).await;
    assert_eq!(delivery["CodeDeliveryDetails"]["Destination"], "a***@e***");
    let code = api.last_code();
    let with = |code: &str, password: &str| {
        of("alice", json!({ "ConfirmationCode": code, "Password": password }))
    };
    let wrong = with(&other_code(&code), "N3w-Password");
    api.expect_refused("ConfirmForgotPassword", wrong, WRONG_CODE).await;
    let weak = with(&code, "newpassword");
    assert_eq!(api.refused("ConfirmForgotPassword", weak).await.0, "InvalidPassword");
    assert_eq!(api.ok("ConfirmForgotPassword", with(&code, "N3w-Password")).await, json!({}));
    let again = with(&code, "N3w-Password2");
    api.expect_refused("ConfirmForgotPassword", again, WRONG_CODE).await;
    api.access_token("alice", "N3w-Password").await;
    api.expect_refused("InitiateAuth", by_password("alice", PASSWORD), WRONG_PASSWORD).await;

    api.ok("ForgotPassword", of("alice", json!({}))).await;
    api.pool.advance(Duration::from_secs(3600));
    let late = with(&api.last_code(), "N3w-Password2");
    let expired = ("ExpiredCode", "Invalid code provided, please request a code again.");
    api.expect_refused("ConfirmForgotPassword", late, expired).await;

    api.ok("ForgotPassword", of("alice", json!({}))).await;
    let code = api.last_code();
    for _ in 0..5 {
        let wrong = with(&other_code(&code), "N3w-Password2");
        api.expect_refused("ConfirmForgotPassword", wrong, WRONG_CODE).await;
    }
    let limit = ("LimitExceeded", "Attempt limit exceeded, please try after some time.");
    api.expect_refused("ConfirmForgotPassword", with(&code, "N3w-Password2"), limit).await;
}

#[tokio::test]
async fn who_gets_no_code() {
    let api = Api::with(alice()).await;
    api.pool.add_user(LocalUser::new("bob", PASSWORD).email("bob@example.com"));
    let message = "Cannot reset password for the user as there is no registered/verified email or \
                   phone_number";
    let refused = ("InvalidParameter", message);
    api.expect_refused("ForgotPassword", of("bob", json!({})), refused).await;
    api.pool.disable_user("alice");
    let refused = ("NotAuthorized", "User is disabled.");
    api.expect_refused("ForgotPassword", of("alice", json!({})), refused).await;

    // A user who does not exist: made up, the same each time, and nothing is sent.
    let made_up = api.ok("ForgotPassword", of("carol", json!({}))).await;
    assert_eq!(made_up, api.ok("ForgotPassword", of("carol", json!({}))).await);
    assert_eq!(made_up, api.ok("ResendConfirmationCode", of("carol", json!({}))).await);
    assert_eq!(made_up["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    assert_eq!(api.pool.outbox(), []);
    let input = of("carol", json!({ "ConfirmationCode": "123456", "Password": "N3w-Password" }));
    api.expect_refused("ConfirmForgotPassword", input.clone(), WRONG_CODE).await;
    api.expect_refused("ConfirmSignUp", input.clone(), WRONG_CODE).await;

    let client = LocalClient::public(CLIENT).prevent_user_existence_errors(false);
    let api = Api::start(LocalUserPool::builder().client(client)).await;
    let refused = ("UserNotFound", "Username/client id combination not found.");
    for operation in
        ["ForgotPassword", "ResendConfirmationCode", "ConfirmForgotPassword", "ConfirmSignUp"]
    {
        api.expect_refused(operation, input.clone(), refused).await;
    }
}

#[tokio::test]
async fn a_password_is_changed() {
    let api = Api::with(alice()).await;
    let token = api.access_token("alice", PASSWORD).await;
    let with = |previous: Option<&str>, proposed: &str| {
        json!({
            "AccessToken": token,
            "PreviousPassword": previous,
            "ProposedPassword": proposed,
        })
    };
    let missing = ("InvalidParameter", "Missing required parameter OldPassword");
    api.expect_refused("ChangePassword", with(None, "N3w-Password"), missing).await;
    // Before the new one is looked at.
    api.expect_refused("ChangePassword", with(Some("wrong"), "weakpassword"), WRONG_PASSWORD).await;
    let weak = with(Some(PASSWORD), "weakpassword");
    assert_eq!(api.refused("ChangePassword", weak).await.0, "InvalidPassword");
    assert_eq!(api.ok("ChangePassword", with(Some(PASSWORD), "N3w-Password")).await, json!({}));
    api.access_token("alice", "N3w-Password").await;
    // Other sessions live on.
    api.ok("GetUser", json!({ "AccessToken": token })).await;
}

#[tokio::test]
async fn an_account_ends() {
    let api = Api::with(alice()).await;
    let token = api.access_token("alice", PASSWORD).await;
    let input = json!({ "AccessToken": token });
    assert_eq!(api.ok("DeleteUser", input.clone()).await, Value::Null);
    assert_eq!(api.refused("DeleteUser", input).await.0, "UserNotFound");
    api.expect_refused("InitiateAuth", by_password("alice", PASSWORD), WRONG_PASSWORD).await;
    assert_eq!(api.pool.sub("alice"), None);
}

#[tokio::test]
async fn a_client_with_a_secret_shows_its_hash_everywhere() {
    const SECRET: &str = "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12";
    let client = LocalClient::confidential("web", SECRET);
    let api = Api::start(LocalUserPool::builder().client(client).user(alice())).await;
    let missing = "Client web is configured with secret but SECRET_HASH was not received";
    let wrong = "Unable to verify secret hash for client web";
    for operation in [
        "SignUp",
        "ConfirmSignUp",
        "ResendConfirmationCode",
        "ForgotPassword",
        "ConfirmForgotPassword",
    ] {
        let mut input = json!({
            "ClientId": "web",
            "Username": "alice",
            "Password": "N3w-Password",
            "ConfirmationCode": "123456",
        });
        api.expect_refused(operation, input.clone(), ("NotAuthorized", missing)).await;
        input["SecretHash"] = "wrong".into();
        api.expect_refused(operation, input, ("NotAuthorized", wrong)).await;
    }
    // base64(HMAC-SHA256(SECRET, "aliceweb")), computed apart from this crate.
    let input = json!({
        "ClientId": "web",
        "Username": "alice",
        "SecretHash": "6LM41TRy37V06I8h+ybvpPAvBwnVrjnuoQJAaSwhu5A=",
    });
    api.ok("ForgotPassword", input).await;
}
