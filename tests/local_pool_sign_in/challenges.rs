//! Challenges that are not a second factor, and what a `Session` is good for.

use std::time::Duration;

use cognito_auth::testing::{LocalClient, LocalUserPool};
use serde_json::json;

use crate::{
    Api, CLIENT, OTHER_SESSION, OVER, PASSWORD, SPENT, WRONG_PASSWORD, access_token, alice, answer,
    auth, by_password,
};

#[tokio::test]
async fn a_new_password_is_chosen() {
    let api = Api::start(
        LocalUserPool::builder().user(alice().force_change_password()).required_attributes([
            "email",
            "name",
            "custom:tenant",
        ]),
    )
    .await;
    api.expect_refused("InitiateAuth", by_password("alice", "wrong"), WRONG_PASSWORD).await;
    let given = api.sign_in("alice", PASSWORD).await;
    assert_eq!(given["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let parameters = &given["ChallengeParameters"];
    assert_eq!(parameters["USER_ID_FOR_SRP"], "alice");
    assert_eq!(
        parameters["requiredAttributes"],
        r#"["userAttributes.name","userAttributes.custom:tenant"]"#
    );
    assert_eq!(
        parameters["userAttributes"],
        r#"{"email":"alice@example.com","email_verified":"true"}"#
    );
    let with = |name: Option<&str>, value: &str, password: &str| {
        let mut responses =
            json!({ "NEW_PASSWORD": password, "userAttributes.custom:tenant": "acme" });
        if let Some(name) = name {
            responses[format!("userAttributes.{name}")] = value.into();
        }
        answer(&given, responses)
    };
    let policy = "Password did not conform with policy: Password must have symbol characters";
    for (input, exception, message) in [
        (with(Some("name"), "Alice", "N3wPassword"), "InvalidPassword", policy),
        (
            with(Some("email"), "other@example.com", "N3w-Password"),
            "NotAuthorized",
            "Cannot modify an already provided email",
        ),
        (
            with(None, "", "N3w-Password"),
            "InvalidParameter",
            "Invalid attributes given, name is missing",
        ),
    ] {
        api.expect_refused("RespondToAuthChallenge", input, (exception, message)).await;
    }
    let input = with(Some("name"), "Alice", "N3w-Password");
    let token = access_token(&api.ok("RespondToAuthChallenge", input).await);
    let user = api.ok("GetUser", json!({ "AccessToken": token })).await;
    let attributes = user["UserAttributes"].as_array().unwrap();
    for (name, value) in [("name", "Alice"), ("custom:tenant", "acme")] {
        assert!(attributes.contains(&json!({ "Name": name, "Value": value })), "{user}");
    }
    api.expect_refused("InitiateAuth", by_password("alice", PASSWORD), WRONG_PASSWORD).await;
    api.access_token("alice", "N3w-Password").await;
}

#[tokio::test]
async fn a_session_is_good_for_one_answer_to_its_challenge_in_time() {
    let clients = LocalUserPool::builder()
        .client(LocalClient::public(CLIENT))
        .client(LocalClient::public("otherclient"))
        .user(alice().force_change_password());
    let api = Api::start(clients).await;
    let given = api.sign_in("alice", PASSWORD).await;
    let good = || answer(&given, json!({ "NEW_PASSWORD": "N3w-Password" }));

    let mut of_other_client = good();
    of_other_client["ClientId"] = "otherclient".into();
    api.expect_refused("RespondToAuthChallenge", of_other_client, OTHER_SESSION).await;
    let of_other_user =
        answer(&given, json!({ "NEW_PASSWORD": "N3w-Password", "USERNAME": "bob" }));
    api.expect_refused("RespondToAuthChallenge", of_other_user, OTHER_SESSION).await;
    let mut unknown = good();
    unknown["Session"] = "x".repeat(40).into();
    api.expect_refused("RespondToAuthChallenge", unknown, OTHER_SESSION).await;
    let mut to_other = good();
    to_other["ChallengeName"] = "SMS_MFA".into();
    let refused = ("CodeMismatch", "Invalid code or auth state for the user.");
    api.expect_refused("RespondToAuthChallenge", to_other, refused).await;
    let mut without = good();
    without.as_object_mut().unwrap().remove("Session");
    let refused = ("InvalidParameter", "Missing required parameter Session");
    api.expect_refused("RespondToAuthChallenge", without, refused).await;
    let mut short = good();
    short["Session"] = "x".into();
    let (exception, message) = api.refused("RespondToAuthChallenge", short).await;
    assert_eq!(exception, "InvalidParameter");
    assert!(message.contains("at 'session'"), "{message}");
    let mut named = good();
    named["ChallengeName"] = "NO_SUCH_CHALLENGE".into();
    let (exception, _) = api.refused("RespondToAuthChallenge", named).await;
    assert_eq!(exception, "InvalidParameter");

    api.ok("RespondToAuthChallenge", good()).await;
    api.expect_refused("RespondToAuthChallenge", good(), SPENT).await;

    api.pool.add_user(alice().force_change_password());
    let given = api.sign_in("alice", PASSWORD).await;
    let late = || answer(&given, json!({ "NEW_PASSWORD": "N3w-Password" }));
    api.pool.disable_user("alice");
    let disabled = ("NotAuthorized", "User is disabled.");
    api.expect_refused("RespondToAuthChallenge", late(), disabled).await;
    api.pool.enable_user("alice");
    api.pool.advance(Duration::from_secs(180));
    api.expect_refused("RespondToAuthChallenge", late(), OVER).await;
}

#[tokio::test]
async fn a_session_lives_as_long_as_the_client_says() {
    let builder = LocalUserPool::builder()
        .user(alice().force_change_password())
        .auth_session_validity(Duration::from_secs(900));
    let api = Api::start(builder).await;
    let given = api.sign_in("alice", PASSWORD).await;
    api.pool.advance(Duration::from_secs(840));
    access_token(&api.answer(&given, json!({ "NEW_PASSWORD": "N3w-Password" })).await);
    for seconds in [179, 901] {
        let builder = LocalUserPool::builder().in_memory();
        let error =
            builder.auth_session_validity(Duration::from_secs(seconds)).build().unwrap_err();
        assert_eq!(
            error.to_string(),
            "auth_session_validity is out of range: 3 minutes to 15 minutes",
            "{seconds}"
        );
    }
}

#[tokio::test]
async fn a_custom_challenge_is_asked_three_times() {
    let builder = LocalUserPool::builder()
        .user(alice())
        .custom_challenge([("question", "The first pet?")], "Rex");
    let api = Api::start(builder).await;
    let start = || auth("CUSTOM_AUTH", json!({ "USERNAME": "alice" }));
    let first = api.ok("InitiateAuth", start()).await;
    assert_eq!(first["ChallengeName"], "CUSTOM_CHALLENGE");
    assert_eq!(
        first["ChallengeParameters"],
        json!({ "USERNAME": "alice", "question": "The first pet?" })
    );
    let wrong = json!({ "ANSWER": "Tom" });
    let second = api.answer(&first, wrong.clone()).await;
    assert_eq!(second["ChallengeName"], "CUSTOM_CHALLENGE");
    assert_ne!(second["Session"], first["Session"]);
    api.expect_refused("RespondToAuthChallenge", answer(&first, wrong.clone()), SPENT).await;
    access_token(&api.answer(&second, json!({ "ANSWER": "Rex" })).await);

    let mut given = api.ok("InitiateAuth", start()).await;
    for _ in 0..2 {
        given = api.answer(&given, wrong.clone()).await;
    }
    let input = answer(&given, wrong);
    api.expect_refused("RespondToAuthChallenge", input, WRONG_PASSWORD).await;

    // SRP before it, and a name that no user has.
    let parameters =
        json!({ "USERNAME": "alice", "CHALLENGE_NAME": "SRP_A", "SRP_A": "9".repeat(768) });
    let given = api.ok("InitiateAuth", auth("CUSTOM_AUTH", parameters)).await;
    assert_eq!(given["ChallengeName"], "PASSWORD_VERIFIER");
    let given = api.ok("InitiateAuth", auth("CUSTOM_AUTH", json!({ "USERNAME": "bob" }))).await;
    let right = answer(&given, json!({ "USERNAME": "bob", "ANSWER": "Rex" }));
    let again = api.ok("RespondToAuthChallenge", right).await;
    assert_eq!(again["ChallengeName"], "CUSTOM_CHALLENGE");
}
