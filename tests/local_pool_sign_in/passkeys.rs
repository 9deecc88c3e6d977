//! Passkeys: registered, listed, deleted, and proved at sign-in.

use std::time::Duration;

use cognito_auth::testing::{LocalClient, LocalUserPool};
use serde_json::{Value, json};

use crate::authenticator::{Authenticator, encode};
use crate::{Api, CLIENT, PASSWORD, WRONG_PASSWORD, access_token, alice, answer, auth};

async fn options(api: &Api, token: &str) -> Value {
    let output = api.ok("StartWebAuthnRegistration", json!({ "AccessToken": token })).await;
    output["CredentialCreationOptions"].clone()
}

fn complete(token: &str, credential: Value) -> Value {
    json!({ "AccessToken": token, "Credential": credential })
}

/// A pool whose user has a passkey, and an access token of that user.
async fn registered(passkey: &Authenticator) -> (Api, String) {
    let api = Api::with(alice()).await;
    let token = api.access_token("alice", PASSWORD).await;
    let credential = passkey.register(&options(&api, &token).await);
    let output = api.ok("CompleteWebAuthnRegistration", complete(&token, credential)).await;
    assert_eq!(output, json!({}));
    (api, token)
}

async fn challenge(api: &Api) -> (Value, Value) {
    let parameters = json!({ "USERNAME": "alice", "PREFERRED_CHALLENGE": "WEB_AUTHN" });
    let given = api.ok("InitiateAuth", auth("USER_AUTH", parameters)).await;
    assert_eq!(given["ChallengeName"], "WEB_AUTHN");
    let options = given["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"].as_str().unwrap();
    let options = serde_json::from_str(options).unwrap();
    (given, options)
}

fn proof(given: &Value, credential: &Value) -> Value {
    answer(given, json!({ "CREDENTIAL": credential.to_string() }))
}

#[tokio::test]
async fn a_passkey_is_registered_and_signs_in() {
    let mut passkey = Authenticator::new(b"credential");
    let (api, token) = registered(&passkey).await;
    let sub = api.pool.sub("alice").unwrap();
    let factors = api.ok("GetUserAuthFactors", json!({ "AccessToken": token })).await;
    assert_eq!(factors["ConfiguredUserAuthFactors"], json!(["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]));
    for count in [0, 0, 5, 6] {
        passkey.signature_count = count;
        let (given, options) = challenge(&api).await;
        assert_eq!(options["rpId"], "localhost");
        assert_eq!(options["allowCredentials"][0]["id"], encode(b"credential"));
        let credential = passkey.assert(&options, &sub);
        access_token(&api.ok("RespondToAuthChallenge", proof(&given, &credential)).await);
        api.expect_refused("RespondToAuthChallenge", proof(&given, &credential), crate::SPENT)
            .await;
    }
    // By choice.
    let given = api.ok("InitiateAuth", auth("USER_AUTH", json!({ "USERNAME": "alice" }))).await;
    assert_eq!(
        given["AvailableChallenges"],
        json!(["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "WEB_AUTHN"])
    );
    let given = api.answer(&given, json!({ "ANSWER": "WEB_AUTHN" })).await;
    assert_eq!(given["ChallengeName"], "WEB_AUTHN");
}

#[tokio::test]
async fn only_the_proof_of_this_challenge_and_this_key_signs_in() {
    let passkey = Authenticator::new(b"credential");
    let (api, _) = registered(&passkey).await;
    let sub = api.pool.sub("alice").unwrap();
    let (_, old_options) = challenge(&api).await;
    type Change = fn(&mut Authenticator);
    let changes: [(&str, Change); 5] = [
        ("another origin", |key| key.origin = "https://attacker.example".to_owned()),
        ("no https", |key| key.origin = "http://127.0.0.1".to_owned()),
        ("another relying party", |key| key.relying_party = "attacker.example".to_owned()),
        ("no user", |key| key.flags = 0x04),
        ("another credential", |key| key.id = b"other".to_vec()),
    ];
    let mut passkey = passkey;
    for (name, change) in changes {
        let (origin, relying_party) = (passkey.origin.clone(), passkey.relying_party.clone());
        change(&mut passkey);
        let (given, options) = challenge(&api).await;
        let input = proof(&given, &passkey.assert(&options, &sub));
        let refused = api.refused("RespondToAuthChallenge", input).await;
        assert_eq!(refused.0, "NotAuthorized", "{name}");
        (passkey.origin, passkey.relying_party) = (origin, relying_party);
        (passkey.flags, passkey.id) = (0x05, b"credential".to_vec());
    }
    let stranger = Authenticator::new(b"credential");
    for name in ["another key", "another user", "an old challenge", "changed data"] {
        let (given, options) = challenge(&api).await;
        let credential = match name {
            "another key" => stranger.assert(&options, &sub),
            "another user" => passkey.assert(&options, "other"),
            "an old challenge" => passkey.assert(&old_options, &sub),
            _ => {
                // User verified, which was not signed.
                passkey.flags = 0x01;
                let mut credential = passkey.assert(&options, &sub);
                passkey.flags = 0x05;
                let other = passkey.assert(&options, &sub);
                credential["response"]["authenticatorData"] =
                    other["response"]["authenticatorData"].clone();
                credential
            }
        };
        let input = proof(&given, &credential);
        let refused = api.refused("RespondToAuthChallenge", input).await;
        assert_eq!(refused, (WRONG_PASSWORD.0.to_owned(), WRONG_PASSWORD.1.to_owned()), "{name}");
    }
    for bad in [json!({}), json!("x"), json!({ "id": "AA", "rawId": "AA", "type": "public-key" })] {
        let (given, _) = challenge(&api).await;
        let refused = api.refused("RespondToAuthChallenge", proof(&given, &bad)).await;
        assert_eq!(refused.0, "InvalidParameter", "{bad}");
    }
}

/// A copy of an authenticator shows by its counter.
#[tokio::test]
async fn a_counter_that_stands_still_is_refused() {
    let mut passkey = Authenticator::new(b"credential");
    passkey.signature_count = 7;
    let (api, _) = registered(&passkey).await;
    let sub = api.pool.sub("alice").unwrap();
    for (count, accepted) in [(8, true), (8, false), (3, false), (0, false), (9, true)] {
        passkey.signature_count = count;
        let (given, options) = challenge(&api).await;
        let input = proof(&given, &passkey.assert(&options, &sub));
        if accepted {
            api.ok("RespondToAuthChallenge", input).await;
        } else {
            api.expect_refused("RespondToAuthChallenge", input, WRONG_PASSWORD).await;
        }
    }
}

#[tokio::test]
async fn registrations_that_do_not_hold() {
    let clients = LocalUserPool::builder()
        .client(LocalClient::public(CLIENT))
        .client(LocalClient::public("otherclient"))
        .user(alice())
        .relying_party("example.com");
    let api = Api::start(clients).await;
    let token = api.access_token("alice", PASSWORD).await;
    let mut other =
        auth("USER_PASSWORD_AUTH", json!({ "USERNAME": "alice", "PASSWORD": PASSWORD }));
    other["ClientId"] = "otherclient".into();
    let other = access_token(&api.ok("InitiateAuth", other).await);

    let mut passkey = Authenticator::new(b"credential");
    passkey.relying_party = "example.com".to_owned();
    passkey.origin = "https://app.example.com".to_owned();
    let early = complete(&token, passkey.register(&json!({ "challenge": "AAAA" })));
    let refused = api.refused("CompleteWebAuthnRegistration", early).await;
    assert_eq!(refused.0, "WebAuthnChallengeNotFound");
    type Change = fn(&mut Authenticator);
    let changes: [(&str, Change); 4] = [
        ("WebAuthnOriginNotAllowed", |key| key.origin = "http://app.example.com".to_owned()),
        ("WebAuthnRelyingPartyMismatch", |key| key.relying_party = "localhost".to_owned()),
        ("WebAuthnCredentialNotSupported", |key| key.algorithm = -8),
        ("InvalidParameter", |key| key.flags = 0),
    ];
    for (exception, change) in changes {
        let kept = (passkey.origin.clone(), passkey.relying_party.clone());
        change(&mut passkey);
        let credential = passkey.register(&options(&api, &token).await);
        let input = complete(&token, credential);
        let refused = api.refused("CompleteWebAuthnRegistration", input).await;
        assert_eq!(refused.0, exception);
        (passkey.origin, passkey.relying_party) = kept;
        (passkey.algorithm, passkey.flags) = (-7, 0x05);
    }
    let credential = passkey.register(&options(&api, &token).await);
    let refused = api.refused("CompleteWebAuthnRegistration", complete(&other, credential)).await;
    assert_eq!(refused.0, "WebAuthnClientMismatch");
    let old = options(&api, &token).await;
    options(&api, &token).await;
    let refused =
        api.refused("CompleteWebAuthnRegistration", complete(&token, passkey.register(&old)));
    assert_eq!(refused.await.0, "WebAuthnChallengeNotFound");
    let late = passkey.register(&options(&api, &token).await);
    api.pool.advance(Duration::from_secs(300));
    let refused = api.refused("CompleteWebAuthnRegistration", complete(&token, late)).await;
    assert_eq!(refused.0, "WebAuthnChallengeNotFound");
    let mut other_id = passkey.register(&options(&api, &token).await);
    (other_id["id"], other_id["rawId"]) = ("AAAA".into(), "AAAA".into());
    for credential in [other_id, json!({}), json!("text"), Value::Null] {
        let refused =
            api.refused("CompleteWebAuthnRegistration", complete(&token, credential)).await;
        assert_eq!(refused.0, "InvalidParameter");
    }
}

#[tokio::test]
async fn passkeys_are_listed_in_pages_and_deleted() {
    let passkey = Authenticator::new(b"first");
    let (api, token) = registered(&passkey).await;
    let options = options(&api, &token).await;
    let excluded =
        json!([{ "type": "public-key", "id": encode(b"first"), "transports": ["internal"] }]);
    assert_eq!(options["excludeCredentials"], excluded);
    assert_eq!(options["user"]["id"], encode(api.pool.sub("alice").unwrap()));
    let second = Authenticator::new(b"second").register(&options);
    api.ok("CompleteWebAuthnRegistration", complete(&token, second)).await;
    // A credential has one user.
    let options = crate::passkeys::options(&api, &token).await;
    let again = complete(&token, passkey.register(&options));
    assert_eq!(api.refused("CompleteWebAuthnRegistration", again).await.0, "InvalidParameter");

    let list = |more: Value| {
        let mut input = more;
        input["AccessToken"] = token.as_str().into();
        input
    };
    let page = api.ok("ListWebAuthnCredentials", list(json!({ "MaxResults": 1 }))).await;
    let shown = &page["Credentials"][0];
    assert_eq!(shown["CredentialId"], encode(b"first"));
    assert_eq!(shown["FriendlyCredentialName"], "Passkey 1");
    assert_eq!(shown["RelyingPartyId"], "localhost");
    assert_eq!(shown["AuthenticatorAttachment"], "platform");
    assert_eq!(shown["AuthenticatorTransports"], json!(["internal"]));
    assert!(shown["CreatedAt"].as_f64().unwrap() > 1.0e9, "{shown}");
    let page =
        api.ok("ListWebAuthnCredentials", list(json!({ "NextToken": page["NextToken"] }))).await;
    assert_eq!(page["Credentials"][0]["CredentialId"], encode(b"second"));
    assert_eq!((page["Credentials"].as_array().unwrap().len(), page.get("NextToken")), (1, None));
    let bad = list(json!({ "NextToken": "x" }));
    assert_eq!(api.refused("ListWebAuthnCredentials", bad).await.0, "InvalidParameter");

    let delete = || list(json!({ "CredentialId": encode(b"first") }));
    assert_eq!(api.ok("DeleteWebAuthnCredential", delete()).await, json!({}));
    assert_eq!(api.refused("DeleteWebAuthnCredential", delete()).await.0, "ResourceNotFound");
    let (given, options) = challenge(&api).await;
    let credential = passkey.assert(&options, &api.pool.sub("alice").unwrap());
    api.expect_refused("RespondToAuthChallenge", proof(&given, &credential), WRONG_PASSWORD).await;
}
