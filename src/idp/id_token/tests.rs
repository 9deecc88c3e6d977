//! Tests of `idp::id_token`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

const NOW: u64 = 1_767_225_600;

fn checked(payload: &str, nonce: Option<&str>, max_age: Option<u64>) -> Result<(), AuthError> {
    let token = format!("e30.{}.", URL_SAFE_NO_PAD.encode(payload));
    let issuers = ["https://i.example/1".to_owned(), "https://i.example/2".to_owned()];
    let expected = Expected {
        client_id: "client1",
        issuers: &issuers,
        nonce,
        max_age: max_age.map(Duration::from_secs),
        required: true,
        leeway: LEEWAY,
    };
    check(Some(&IdToken::new(token)), &expected, NOW)
}

fn outcome(payload: &str, nonce: Option<&str>, max_age: Option<u64>) -> String {
    // With good times.
    let times = format!(r#"{{"exp":{},"iat":{NOW},"#, NOW + 300);
    outcome_as_it_is(&payload.replacen('{', &times, 1), nonce, max_age)
}

fn outcome_as_it_is(payload: &str, nonce: Option<&str>, max_age: Option<u64>) -> String {
    match checked(payload, nonce, max_age) {
        Ok(()) => "ok".to_owned(),
        Err(AuthError::IdTokenMismatch { claim }) => claim.to_owned(),
        Err(AuthError::Clock { claim, ahead, by }) => {
            let way = if ahead { "ahead" } else { "behind" };
            format!("{claim}: {} s {way}", by.as_secs())
        }
        Err(error) => error.code().to_owned(),
    }
}

fn good(more: &str) -> String {
    format!(r#"{{"iss":"https:\/\/i.example\/2","aud":"client1","sub":"u"{more}}}"#)
}

#[test]
fn nonce_sent_and_received() {
    for (sent, received, result) in [
        (None, "", "ok"),
        (None, r#","nonce":"made up""#, "ok"),
        (Some("n1"), "", "nonce"),
        (Some("n1"), r#","nonce":"n1""#, "ok"),
        (Some("n1"), r#","nonce":"n2""#, "nonce"),
        (Some("n1"), r#","nonce":"n11""#, "nonce"),
        (Some("n1"), r#","nonce":["n1"]"#, "nonce"),
        (Some("n1"), r#","nonce":null"#, "nonce"),
        (Some("n1"), r#","nonce":"n2","nonce":"n1""#, "undecodable"),
        (Some("n1"), r#","nonce":"n1","\u006eonce":"n2""#, "undecodable"),
    ] {
        assert_eq!(outcome(&good(received), sent, None), result, "{sent:?} {received}");
    }
}

#[test]
fn issuer_audience_use_and_subject() {
    for (payload, result) in [
        (r#"{"iss":"https://i.example/1","aud":["client1"],"sub":"u","token_use":"id"}"#, "ok"),
        (r#"{"aud":"client1","sub":"u"}"#, "iss"),
        (r#"{"iss":"https://i.example/1/","aud":"client1","sub":"u"}"#, "iss"),
        (r#"{"iss":"https://i.example","aud":"client1","sub":"u"}"#, "iss"),
        (r#"{"iss":["https://i.example/1"],"aud":"client1","sub":"u"}"#, "iss"),
        (r#"{"iss":"https://i.example/1","sub":"u"}"#, "aud"),
        (r#"{"iss":"https://i.example/1","aud":"client2","sub":"u"}"#, "aud"),
        (r#"{"iss":"https://i.example/1","aud":[],"sub":"u"}"#, "aud"),
        (r#"{"iss":"https://i.example/1","aud":["client1","client2"],"sub":"u"}"#, "aud"),
        (r#"{"iss":"https://i.example/1","aud":[["client1"]],"sub":"u"}"#, "aud"),
        (r#"{"iss":"https://i.example/1","aud":1,"sub":"u"}"#, "aud"),
        (
            r#"{"iss":"https://i.example/1","aud":"client1","sub":"u","token_use":"access"}"#,
            "token_use",
        ),
        (
            r#"{"iss":"https://i.example/1","aud":"client1","sub":"u","token_use":["id"]}"#,
            "token_use",
        ),
        (r#"{"iss":"https://i.example/1","aud":"client1"}"#, "sub"),
        (r#"{"iss":"https://i.example/1","aud":"client1","sub":""}"#, "sub"),
        ("[]", "undecodable"),
        ("", "undecodable"),
    ] {
        assert_eq!(outcome(payload, None, None), result, "{payload}");
    }
}

/// OpenID Connect Core §3.1.3.7, items 4, 5, 9 and 10.
#[test]
fn times_and_authorized_party() {
    let (past, ahead) = (NOW - 60, NOW + 60);
    for (members, result) in [
        (format!(r#""exp":{ahead},"iat":{NOW}"#), "ok"),
        (format!(r#""exp":{},"iat":0"#, past + 1), "ok"),
        (format!(r#""exp":{past},"iat":{}"#, NOW - 3660), "exp: 3660 s ahead"),
        (format!(r#""exp":{past},"iat":{NOW}"#), "exp: 60 s ahead"),
        (format!(r#""exp":"{ahead}","iat":{NOW}"#), "exp"),
        (format!(r#""exp":null,"iat":{NOW}"#), "exp"),
        (format!(r#""iat":{NOW}"#), "exp"),
        (format!(r#""exp":{},"iat":{ahead}"#, u64::MAX), "ok"),
        (format!(r#""exp":{},"iat":{}"#, ahead + 9, ahead + 1), "iat: 61 s behind"),
        // What is refused for another reason is refused.
        (r#""exp":0,"iat":0,"azp":"client2""#.to_owned(), "azp"),
        (format!(r#""exp":{ahead},"iat":-1"#), "iat"),
        (format!(r#""exp":{ahead}"#), "iat"),
        (format!(r#""exp":{ahead},"iat":{NOW},"azp":"client1""#), "ok"),
        (format!(r#""exp":{ahead},"iat":{NOW},"azp":"client2""#), "azp"),
        (format!(r#""exp":{ahead},"iat":{NOW},"azp":["client1"]"#), "azp"),
    ] {
        let payload = good(&format!(",{members}"));
        assert_eq!(outcome_as_it_is(&payload, None, None), result, "{members}");
    }
}

#[test]
fn the_age_of_the_sign_in_where_one_was_asked_for() {
    let at = |seconds: u64| good(&format!(r#","auth_time":{seconds}"#));
    assert_eq!(outcome(&at(NOW - 360), None, Some(300)), "ok");
    assert_eq!(outcome(&at(NOW - 361), None, Some(300)), "auth_time");
    assert_eq!(outcome(&at(NOW + 10), None, Some(0)), "ok");
    assert_eq!(outcome(&at(0), None, Some(u64::MAX)), "ok");
    assert_eq!(outcome(&good(""), None, Some(300)), "auth_time");
    assert_eq!(outcome(&good(r#","auth_time":"1""#), None, Some(300)), "auth_time");
    assert_eq!(outcome(&at(0), None, None), "ok");
}

#[test]
fn an_id_token_that_is_missing() {
    for (required, max_age, result) in [
        (false, None, Ok(())),
        (false, Some(Duration::ZERO), Err("auth_time")),
        (true, None, Err("nonce")),
        (true, Some(Duration::ZERO), Err("nonce")),
    ] {
        let nonce = Some("n");
        let (client_id, issuers, leeway) = ("c", &[][..], LEEWAY);
        let expected = Expected { client_id, issuers, nonce, max_age, required, leeway };
        let told = check(None, &expected, NOW);
        let result = result.map_err(|claim| AuthError::IdTokenMismatch { claim });
        assert_eq!(told, result, "{required} {max_age:?}");
    }
}
