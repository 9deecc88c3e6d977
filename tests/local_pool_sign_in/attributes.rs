//! A signed-in user's attributes, and the verification of addresses.

use cognito_auth::testing::{LocalUser, LocalUserPool, MessagePurpose};
use serde_json::{Value, json};

use crate::{Api, PASSWORD, WRONG_CODE, alice, other_code};

async fn signed_in() -> (Api, String) {
    let api = Api::with(alice().attribute("name", "Alice")).await;
    let token = api.access_token("alice", PASSWORD).await;
    (api, token)
}

fn of(token: &str, more: Value) -> Value {
    let mut input = more;
    input["AccessToken"] = token.into();
    input
}

fn update(token: &str, name: &str, value: &str) -> Value {
    of(token, json!({ "UserAttributes": [{ "Name": name, "Value": value }] }))
}

/// The value of an attribute.
async fn get(api: &Api, token: &str, name: &str) -> Option<String> {
    let user = api.ok("GetUser", of(token, json!({}))).await;
    let attributes = user["UserAttributes"].as_array().unwrap().clone();
    let found = attributes.iter().find(|attribute| attribute["Name"] == name)?;
    found["Value"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_new_address_is_verified_by_a_code() {
    let (api, token) = signed_in().await;
    let output = api.ok("UpdateUserAttributes", update(&token, "email", "a@example.org")).await;
    let delivery =
        json!({ "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!(output, json!({ "CodeDeliveryDetailsList": [delivery] }));
    let message = api.pool.outbox().pop().unwrap();
    assert_eq!(message.purpose, MessagePurpose::UpdateUserAttribute);
    assert_eq!(message.destination, "a@example.org");
    assert_eq!(get(&api, &token, "email_verified").await.as_deref(), Some("false"));

    let verify = |code: &str| of(&token, json!({ "AttributeName": "email", "Code": code }));
    let wrong = verify(&other_code(&message.code));
    api.expect_refused("VerifyUserAttribute", wrong, WRONG_CODE).await;
    let of_phone = of(&token, json!({ "AttributeName": "phone_number", "Code": message.code }));
    assert_eq!(api.refused("VerifyUserAttribute", of_phone).await.0, "InvalidParameter");
    assert_eq!(api.ok("VerifyUserAttribute", verify(&message.code)).await, json!({}));
    assert_eq!(get(&api, &token, "email_verified").await.as_deref(), Some("true"));
    api.expect_refused("VerifyUserAttribute", verify(&message.code), WRONG_CODE).await;
    // The same address again is no new one.
    let output = api.ok("UpdateUserAttributes", update(&token, "email", "a@example.org")).await;
    assert_eq!(output, json!({ "CodeDeliveryDetailsList": [] }));
}

#[tokio::test]
async fn a_code_is_sent_on_request() {
    let (api, token) = signed_in().await;
    let input = |name: &str| of(&token, json!({ "AttributeName": name }));
    let output = api.ok("GetUserAttributeVerificationCode", input("email")).await;
    assert_eq!(output["CodeDeliveryDetails"]["AttributeName"], "email");
    assert_eq!(api.pool.outbox()[0].purpose, MessagePurpose::VerifyUserAttribute);
    for name in ["phone_number", "name"] {
        let refused = api.refused("GetUserAttributeVerificationCode", input(name)).await;
        assert_eq!(refused.0, "InvalidParameter", "{name}");
    }
    // A code for an address that is gone verifies nothing.
    let code = api.last_code();
    let names = of(&token, json!({ "UserAttributeNames": ["email"] }));
    api.ok("DeleteUserAttributes", names).await;
    let verify = of(&token, json!({ "AttributeName": "email", "Code": code }));
    assert_eq!(api.refused("VerifyUserAttribute", verify).await.0, "InvalidParameter");
    assert_eq!(get(&api, &token, "email_verified").await, None);
}

#[tokio::test]
async fn attributes_are_written_and_removed() {
    let (api, token) = signed_in().await;
    let output = api.ok("UpdateUserAttributes", update(&token, "custom:tenant", "acme")).await;
    assert_eq!(output, json!({ "CodeDeliveryDetailsList": [] }));
    assert_eq!(get(&api, &token, "custom:tenant").await.as_deref(), Some("acme"));
    api.ok("UpdateUserAttributes", update(&token, "name", "")).await;
    assert_eq!(get(&api, &token, "name").await, None);
    let names = of(&token, json!({ "UserAttributeNames": ["custom:tenant", "nickname"] }));
    assert_eq!(api.ok("DeleteUserAttributes", names).await, json!({}));
    assert_eq!(get(&api, &token, "custom:tenant").await, None);

    for (name, input, exception) in [
        ("sub", update(&token, "sub", "1"), "InvalidParameter"),
        ("verified", update(&token, "email_verified", "true"), "NotAuthorized"),
        ("unknown", update(&token, "tenant", "acme"), "InvalidParameter"),
        ("number", update(&token, "phone_number", "5550100"), "InvalidParameter"),
        ("none", of(&token, json!({})), "InvalidParameter"),
        ("token", update("x", "name", "Bob"), "NotAuthorized"),
    ] {
        assert_eq!(api.refused("UpdateUserAttributes", input).await.0, exception, "{name}");
    }
    for (names, exception) in [
        (json!(["sub"]), "InvalidParameter"),
        (json!([1]), "Serialization"),
        (Value::Null, "InvalidParameter"),
    ] {
        let input = of(&token, json!({ "UserAttributeNames": names }));
        assert_eq!(api.refused("DeleteUserAttributes", input).await.0, exception, "{names}");
    }
}

#[tokio::test]
async fn an_address_of_another_user_is_not_verified_where_it_is_an_alias() {
    let bob = LocalUser::new("bob", PASSWORD).email("bob@example.com").email_verified(true);
    let builder = LocalUserPool::builder().user(alice()).user(bob);
    let api = Api::start(builder.aliases().required_attributes(["email"])).await;
    let token = api.access_token("alice", PASSWORD).await;
    api.ok("UpdateUserAttributes", update(&token, "email", "bob@example.com")).await;
    let verify = of(&token, json!({ "AttributeName": "email", "Code": api.last_code() }));
    let taken = ("AliasExists", "An account with the given email already exists.");
    api.expect_refused("VerifyUserAttribute", verify, taken).await;
    let names = of(&token, json!({ "UserAttributeNames": ["email"] }));
    assert_eq!(api.refused("DeleteUserAttributes", names).await.0, "InvalidParameter");
}
