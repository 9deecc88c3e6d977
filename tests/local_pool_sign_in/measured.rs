//! What was measured at Amazon Cognito for SRP and passwords, row by row.

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use serde_json::{Value, json};

use crate::{Api, CLIENT, PASSWORD, WRONG_PASSWORD, access_token, alice, auth, by_password};

const DISABLED: (&str, &str) = ("NotAuthorized", "User is disabled.");
const NOT_FOUND: (&str, &str) = ("UserNotFound", "User does not exist.");

fn by_srp(username: &str) -> Value {
    auth("USER_SRP_AUTH", json!({ "USERNAME": username, "SRP_A": "9".repeat(768) }))
}

fn claim(given: &Value) -> Value {
    json!({
        "USERNAME": "alice",
        "TIMESTAMP": "Sun Nov 29 05:12:23 UTC 2026",
        "PASSWORD_CLAIM_SIGNATURE": "AAAA",
        "PASSWORD_CLAIM_SECRET_BLOCK": given["ChallengeParameters"]["SECRET_BLOCK"],
    })
}

fn verifier(responses: Value) -> Value {
    json!({
        "ClientId": CLIENT,
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeResponses": responses,
    })
}

#[tokio::test]
async fn an_alias_signs_in_and_the_challenge_names_the_user() {
    let api = Api::start(LocalUserPool::builder().user(alice()).aliases()).await;
    let email = "alice@example.com";
    let token = access_token(&api.sign_in(email, PASSWORD).await);
    let user = api.ok("GetUser", json!({ "AccessToken": token })).await;
    assert_eq!(user["Username"], "alice");
    let given = api.ok("InitiateAuth", by_srp(email)).await;
    assert_eq!(given["ChallengeParameters"]["USER_ID_FOR_SRP"], "alice");
    assert_eq!(given["ChallengeParameters"]["USERNAME"], "alice");
    // An address that is not verified is no alias; nor is any where the pool has none.
    api.pool.add_user(LocalUser::new("bob", PASSWORD).email("bob@example.com"));
    api.expect_refused("InitiateAuth", by_password("bob@example.com", PASSWORD), WRONG_PASSWORD)
        .await;
    let api = Api::with(alice()).await;
    api.expect_refused("InitiateAuth", by_password(email, PASSWORD), WRONG_PASSWORD).await;
}

#[tokio::test]
async fn a_sub_is_no_name() {
    let client = LocalClient::public(CLIENT).prevent_user_existence_errors(false);
    let api = Api::start(LocalUserPool::builder().client(client).user(alice())).await;
    let sub = api.pool.sub("alice").unwrap();
    api.expect_refused("InitiateAuth", by_srp(&sub), NOT_FOUND).await;
    api.expect_refused("InitiateAuth", by_password("unknown", PASSWORD), NOT_FOUND).await;
}

#[tokio::test]
async fn disabled_and_unconfirmed_users_are_refused_before_their_password_is_looked_at() {
    let api = Api::with(alice()).await;
    api.pool.add_user(LocalUser::new("bob", PASSWORD).unconfirmed());
    api.pool.disable_user("alice");
    let unconfirmed = ("UserNotConfirmed", "User is not confirmed.");
    for password in [PASSWORD, "wrong"] {
        api.expect_refused("InitiateAuth", by_password("alice", password), DISABLED).await;
        api.expect_refused("InitiateAuth", by_password("bob", password), unconfirmed).await;
    }
    api.expect_refused("InitiateAuth", by_srp("alice"), DISABLED).await;
    api.expect_refused("InitiateAuth", by_srp("bob"), unconfirmed).await;
    let choice = |username| auth("USER_AUTH", json!({ "USERNAME": username }));
    api.expect_refused("InitiateAuth", choice("alice"), DISABLED).await;
    api.expect_refused("InitiateAuth", choice("bob"), unconfirmed).await;
}

#[tokio::test]
async fn a_reset_is_told_after_the_right_password_only() {
    let api = Api::with(alice().reset_required()).await;
    api.expect_refused("InitiateAuth", by_password("alice", "wrong"), WRONG_PASSWORD).await;
    let reset = ("PasswordResetRequired", "Password reset required for the user");
    api.expect_refused("InitiateAuth", by_password("alice", PASSWORD), reset).await;
    let given = api.ok("InitiateAuth", by_srp("alice")).await;
    assert_eq!(given["ChallengeName"], "PASSWORD_VERIFIER");
}

#[tokio::test]
async fn a_flow_that_is_not_allowed_has_two_texts() {
    let client = LocalClient::public(CLIENT).auth_flows(["ALLOW_USER_AUTH"]);
    let api = Api::start(LocalUserPool::builder().client(client).user(alice())).await;
    let message = "USER_SRP_AUTH is not enabled for the client.";
    api.expect_refused("InitiateAuth", by_srp("alice"), ("InvalidParameter", message)).await;
    let message = "USER_PASSWORD_AUTH flow not enabled for this client";
    let refused = ("InvalidParameter", message);
    api.expect_refused("InitiateAuth", by_password("alice", PASSWORD), refused).await;
    let admin = auth("ADMIN_USER_PASSWORD_AUTH", json!({}));
    let refused = ("InvalidParameter", "Initiate Auth method not supported.");
    api.expect_refused("InitiateAuth", admin, refused).await;
    let (exception, message) = api.refused("InitiateAuth", auth("NO_SUCH_AUTH", json!({}))).await;
    assert_eq!(exception, "InvalidParameter");
    assert!(message.contains("Value 'NO_SUCH_AUTH' at 'authFlow'"), "{message}");
}

#[tokio::test]
async fn what_is_missing_in_an_answer_is_named_in_one_order() {
    let api = Api::with(alice()).await;
    let given = api.ok("InitiateAuth", by_srp("alice")).await;
    assert_eq!(given.get("Session"), None);
    let missing = |name| format!("Missing required parameter {name}");
    let nothing = missing("challenge responses.");
    api.expect_refused(
        "RespondToAuthChallenge",
        verifier(json!({})),
        ("InvalidParameter", &nothing),
    )
    .await;
    let order =
        ["USERNAME", "TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK"];
    for (at, first) in order.iter().enumerate() {
        // This one and those after it are missing; one more keeps the object from being empty.
        let mut responses = claim(&given);
        let members = responses.as_object_mut().unwrap();
        order[at..].iter().for_each(|name| drop(members.remove(*name)));
        members.insert("DEVICE_KEY".to_owned(), "x".into());
        let message = missing(first);
        let refused = ("InvalidParameter", message.as_str());
        api.expect_refused("RespondToAuthChallenge", verifier(responses), refused).await;
    }
}

#[tokio::test]
async fn time_stamp_and_signature_have_a_form() {
    let api = Api::with(alice()).await;
    let given = api.ok("InitiateAuth", by_srp("alice")).await;
    let with = |name: &str, value: &str| {
        let mut responses = claim(&given);
        responses[name] = value.into();
        verifier(responses)
    };
    let form = "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.";
    for timestamp in [
        "Sun Nov 29 05:12:23 +0000 2026",
        "Sun Nov 29 05:12:23 IST 2026",
        "Sun Nov 29 05:12:23 utc 2026",
        "søn. nov. 29 05:12:23 UTC 2026",
        "2026-11-29T05:12:23Z",
    ] {
        let refused = ("InvalidParameter", form);
        api.expect_refused("RespondToAuthChallenge", with("TIMESTAMP", timestamp), refused).await;
    }
    for timestamp in ["SUN nov 29 05:12:23 GMT 2026", "Mon Nov 9 05:12:23 UTC 2026"] {
        let input = with("TIMESTAMP", timestamp);
        api.expect_refused("RespondToAuthChallenge", input, WRONG_PASSWORD).await;
    }
    let form = "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.";
    let input = with("PASSWORD_CLAIM_SIGNATURE", "not base64!");
    api.expect_refused("RespondToAuthChallenge", input, ("InvalidParameter", form)).await;
    let input = with("PASSWORD_CLAIM_SECRET_BLOCK", "AAAA");
    api.expect_refused("RespondToAuthChallenge", input, WRONG_PASSWORD).await;
}

#[tokio::test]
async fn srp_a_is_hexadecimal() {
    let api = Api::with(alice()).await;
    for bad in ["0x12", "ä", "12 "] {
        let input = auth("USER_SRP_AUTH", json!({ "USERNAME": "alice", "SRP_A": bad }));
        let (exception, message) = api.refused("InitiateAuth", input).await;
        assert_eq!(exception, "InvalidParameter");
        assert!(message.contains("at 'sRPA'") && message.contains("^[0-9a-fA-F]+$"), "{message}");
    }
}

#[tokio::test]
async fn a_user_who_does_not_exist_cannot_be_told_by_the_answers() {
    let api = Api::with(alice()).await;
    let shape = |output: &Value| {
        let parameters = output["ChallengeParameters"].as_object().unwrap();
        let names: Vec<_> = parameters.keys().cloned().collect();
        (output["ChallengeName"].clone(), output["AvailableChallenges"].clone(), names)
    };
    let start = |username: &str, preferred: Option<&str>| {
        let mut parameters = json!({ "USERNAME": username });
        if let Some(preferred) = preferred {
            parameters["PREFERRED_CHALLENGE"] = preferred.into();
            parameters["SRP_A"] = "9".repeat(768).into();
        }
        auth("USER_AUTH", parameters)
    };
    for preferred in [None, Some("PASSWORD_SRP"), Some("EMAIL_OTP")] {
        let known = api.ok("InitiateAuth", start("alice", preferred)).await;
        let unknown = api.ok("InitiateAuth", start("unknown", preferred)).await;
        assert_eq!(shape(&known), shape(&unknown), "{preferred:?}");
    }
    let input = |username: &str| {
        let parameters =
            json!({ "USERNAME": username, "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": "wrong" });
        auth("USER_AUTH", parameters)
    };
    for username in ["alice", "unknown"] {
        api.expect_refused("InitiateAuth", input(username), WRONG_PASSWORD).await;
    }
    // The code of a name that no user has goes nowhere.
    let given = api.ok("InitiateAuth", start("unknown", Some("EMAIL_OTP"))).await;
    assert!(api.pool.outbox().iter().all(|message| message.username == "alice"));
    let answer =
        crate::answer(&given, json!({ "USERNAME": "unknown", "EMAIL_OTP_CODE": "00000000" }));
    api.expect_refused("RespondToAuthChallenge", answer, crate::WRONG_CODE).await;
}
