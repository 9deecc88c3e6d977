//! The choice-based flow, `USER_AUTH`: one-time passwords, and passwords by choice.

use cognito_auth::testing::MessagePurpose;
use serde_json::{Value, json};

use crate::{
    Api, PASSWORD, SPENT, WRONG_CODE, WRONG_PASSWORD, access_token, alice, answer, auth, other_code,
};

fn start(more: Value) -> Value {
    let mut parameters = more;
    parameters["USERNAME"] = "alice".into();
    auth("USER_AUTH", parameters)
}

fn alice_with_phone() -> cognito_auth::testing::LocalUser {
    alice().phone_number("+15555550100").phone_number_verified(true)
}

#[tokio::test]
async fn the_factors_of_the_user_are_offered() {
    let api = Api::with(alice_with_phone()).await;
    let given = api.ok("InitiateAuth", start(json!({}))).await;
    assert_eq!(given["ChallengeName"], "SELECT_CHALLENGE");
    assert_eq!(given["ChallengeParameters"], json!({}));
    assert_eq!(
        given["AvailableChallenges"],
        json!(["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP"])
    );
    assert!(given["Session"].is_string());

    // One that the user does not have, and one that does not exist.
    api.pool.add_user(alice());
    let given = api.ok("InitiateAuth", start(json!({ "PREFERRED_CHALLENGE": "SMS_OTP" }))).await;
    assert_eq!(given["ChallengeName"], "SELECT_CHALLENGE");
    let input = answer(&given, json!({ "ANSWER": "SMS_OTP" }));
    let refused = ("InvalidParameter", "ANSWER is not one of the choices");
    api.expect_refused("RespondToAuthChallenge", input, refused).await;
    let input = start(json!({ "PREFERRED_CHALLENGE": "SMS_MFA" }));
    assert_eq!(api.refused("InitiateAuth", input).await.0, "InvalidParameter");
}

#[tokio::test]
async fn one_time_passwords_sign_in() {
    let api = Api::with(alice_with_phone()).await;
    for (challenge, medium, masked, destination) in [
        ("EMAIL_OTP", "EMAIL", "a***@e***", "alice@example.com"),
        ("SMS_OTP", "SMS", "+*******0100", "+15555550100"),
    ] {
        let chosen = api.ok("InitiateAuth", start(json!({}))).await;
        let chosen = api.answer(&chosen, json!({ "ANSWER": challenge })).await;
        let preferred = start(json!({ "PREFERRED_CHALLENGE": challenge }));
        for given in [chosen, api.ok("InitiateAuth", preferred).await] {
            assert_eq!(given["ChallengeName"], challenge);
            assert_eq!(
                given["ChallengeParameters"],
                json!({
                    "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
                    "CODE_DELIVERY_DESTINATION": masked,
                })
            );
        }
        let given =
            api.ok("InitiateAuth", start(json!({ "PREFERRED_CHALLENGE": challenge }))).await;
        let message = api.pool.outbox().pop().unwrap();
        assert_eq!(message.purpose, MessagePurpose::Authentication);
        assert_eq!((message.destination.as_str(), message.code.len()), (destination, 8));
        let with = |code: &str| {
            let mut responses = json!({});
            responses[format!("{challenge}_CODE")] = code.into();
            answer(&given, responses)
        };
        // A slip leaves the challenge standing.
        let wrong = with(&other_code(&message.code));
        api.expect_refused("RespondToAuthChallenge", wrong, WRONG_CODE).await;
        access_token(&api.ok("RespondToAuthChallenge", with(&message.code)).await);
        api.expect_refused("RespondToAuthChallenge", with(&message.code), SPENT).await;
    }
}

#[tokio::test]
async fn passwords_sign_in_by_choice() {
    let api = Api::with(alice()).await;
    let by = |password| start(json!({ "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": password }));
    access_token(&api.ok("InitiateAuth", by(PASSWORD)).await);
    api.expect_refused("InitiateAuth", by("wrong"), WRONG_PASSWORD).await;
    let missing = start(json!({ "PREFERRED_CHALLENGE": "PASSWORD" }));
    let refused = ("InvalidParameter", "Missing required parameter PASSWORD");
    api.expect_refused("InitiateAuth", missing, refused).await;

    // In the answer to SELECT_CHALLENGE, or after it.
    let given = api.ok("InitiateAuth", start(json!({}))).await;
    let at_once = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    access_token(&api.answer(&given, at_once).await);
    let given = api.ok("InitiateAuth", start(json!({}))).await;
    let given = api.answer(&given, json!({ "ANSWER": "PASSWORD" })).await;
    assert_eq!(given["ChallengeName"], "PASSWORD");
    let wrong = answer(&given, json!({ "PASSWORD": "wrong" }));
    api.expect_refused("RespondToAuthChallenge", wrong, WRONG_PASSWORD).await;
    access_token(&api.answer(&given, json!({ "PASSWORD": PASSWORD })).await);
}

#[tokio::test]
async fn srp_by_choice_has_a_session() {
    let api = Api::with(alice()).await;
    let a = "9".repeat(768);
    let given = api.ok("InitiateAuth", start(json!({}))).await;
    let at_once = api.answer(&given, json!({ "ANSWER": "PASSWORD_SRP", "SRP_A": a })).await;
    let given = api.ok("InitiateAuth", start(json!({}))).await;
    let given = api.answer(&given, json!({ "ANSWER": "PASSWORD_SRP" })).await;
    assert_eq!(given["ChallengeName"], "PASSWORD_SRP");
    let after = api.answer(&given, json!({ "SRP_A": a })).await;
    let preferred = start(json!({ "PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": a }));
    let preferred = api.ok("InitiateAuth", preferred).await;
    for given in [at_once, after, preferred] {
        assert_eq!(given["ChallengeName"], "PASSWORD_VERIFIER");
        assert_eq!(given["ChallengeParameters"]["USER_ID_FOR_SRP"], "alice");
        let claim = json!({
            "TIMESTAMP": "Sun Nov 29 05:12:23 UTC 2026",
            "PASSWORD_CLAIM_SIGNATURE": "AAAA",
            "PASSWORD_CLAIM_SECRET_BLOCK": given["ChallengeParameters"]["SECRET_BLOCK"],
        });
        let mut without = answer(&given, claim.clone());
        without.as_object_mut().unwrap().remove("Session");
        api.expect_refused("RespondToAuthChallenge", without, crate::OTHER_SESSION).await;
        let with = answer(&given, claim);
        api.expect_refused("RespondToAuthChallenge", with, WRONG_PASSWORD).await;
    }
}
