//! The table where the token is elsewhere than in `Authorization`: in another header field, among the
//! protocols of a WebSocket handshake, or read by the caller.

use cognito_auth::AccessClaims;
use cognito_auth::bearer::{Challenge, JwtBearer};
use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::{HeaderMap, HeaderName, HeaderValue, Response};

use crate::answer::{Answer, MALFORMED, MISSING, NO_USER};
use crate::cases::{Case, EVERY_ENTRY, Entry, Stage};

const FIELD: HeaderName = HeaderName::from_static("x-access-token");

/// The tokens of a case, where its `Authorization` has nothing else: what is only about that field and its
/// schemes is no case elsewhere.
pub(crate) fn tokens(case: &Case) -> Option<Vec<&str>> {
    let fields = case.question.authorization.iter();
    fields.map(|field| field.to_str().ok()?.strip_prefix("Bearer ")).collect()
}

async fn ask(bearer: &JwtBearer, entry: Entry, headers: &HeaderMap) -> Answer {
    let sub = |claims: Option<String>| claims.unwrap_or_else(|| NO_USER.to_owned());
    let said = match entry {
        Entry::Access => bearer.access(headers).await.map(|one| Some(one.claims().sub().into())),
        Entry::Id => bearer.id(headers).await.map(|one| Some(one.claims().sub().into())),
        Entry::OptionalAccess => {
            let credentials = bearer.optional_access(headers).await;
            credentials.map(|one| one.map(|one| one.claims().sub().into()))
        }
        Entry::OptionalId => {
            let credentials = bearer.optional_id(headers).await;
            credentials.map(|one| one.map(|one| one.claims().sub().into()))
        }
    };
    answer(said.map(sub))
}

pub(crate) fn answer(said: Result<String, Challenge>) -> Answer {
    let response = match said {
        Ok(said) => Response::new(said),
        Err(challenge) => challenge.into_response(),
    };
    let (parts, body) = response.into_parts();
    Answer::of(parts.status.as_u16(), &parts.headers, body.as_bytes())
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).unwrap()
}

/// Asks every case that has a token alone, or none, by these headers.
pub(crate) async fn every_case(
    headers: impl Fn(&[&str]) -> HeaderMap,
    reading: fn(&JwtBearer) -> JwtBearer,
) {
    let stage = Stage::set().await;
    for entry in EVERY_ENTRY {
        let mut asked = 0;
        for case in stage.cases(entry) {
            let Some(tokens) = tokens(&case) else { continue };
            asked += 1;
            let bearer = reading(&case.question.bearer);
            let answer = ask(&bearer, entry, &headers(&tokens)).await;
            assert_eq!(answer, case.expected, "{entry:?}, {}", case.name);
        }
        assert!(asked > 35, "{asked}");
    }
}

#[tokio::test]
async fn every_case_in_another_field() {
    let headers = |tokens: &[&str]| tokens.iter().map(|token| (FIELD, value(token))).collect();
    every_case(headers, |bearer| bearer.token_in_header(FIELD)).await;
}

#[tokio::test]
async fn every_case_among_the_protocols_of_a_websocket() {
    let headers = |tokens: &[&str]| {
        let offered = tokens.iter().map(|token| format!("bearer.{token}"));
        let offered: Vec<_> = std::iter::once("orders.v1".to_owned()).chain(offered).collect();
        HeaderMap::from_iter([(SEC_WEBSOCKET_PROTOCOL, value(&offered.join(", ")))])
    };
    every_case(headers, JwtBearer::token_in_websocket_protocol).await;
}

/// A list may be split over several fields.
#[tokio::test]
async fn the_forms_of_the_other_fields() {
    let stage = Stage::set().await;
    let token = stage.pool.access_token("alice");
    let token = token.expose();
    let alice = || Answer::said(stage.pool.sub("alice").unwrap());
    let malformed = || Answer::challenge(400, r#"Bearer error="invalid_request""#, MALFORMED);
    let missing = || Answer::challenge(401, "Bearer", MISSING);
    let of = |name: HeaderName, values: &[&str]| -> HeaderMap {
        values.iter().map(|text| (name.clone(), value(text))).collect()
    };
    let field = stage.machines.token_in_header(FIELD);
    let bearer = format!("Bearer {token}");
    for (values, expected) in [
        (vec![token], alice()),
        (vec![bearer.as_str()], malformed()),
        (vec![""], malformed()),
        (vec![token, token], malformed()),
        (vec!["a,b"], malformed()),
    ] {
        let answer = ask(&field, Entry::Access, &of(FIELD, &values)).await;
        assert_eq!(answer, expected, "{values:?}");
    }
    let authorization = of(http::header::AUTHORIZATION, &[bearer.as_str()]);
    assert_eq!(ask(&field, Entry::Access, &authorization).await, missing());

    let websocket = stage.machines.token_in_websocket_protocol();
    let offered = format!("bearer.{token}");
    let listed = format!("orders.v1,{offered}");
    let twice = format!("{offered}, {offered}");
    for (values, expected) in [
        (vec![offered.as_str()], alice()),
        (vec![listed.as_str()], alice()),
        (vec!["orders.v1", offered.as_str()], alice()),
        (vec!["orders.v1"], missing()),
        (vec![token], missing()),
        (vec!["bearer."], malformed()),
        (vec!["bearer.a b"], malformed()),
        (vec![twice.as_str()], malformed()),
    ] {
        let answer = ask(&websocket, Entry::Access, &of(SEC_WEBSOCKET_PROTOCOL, &values)).await;
        assert_eq!(answer, expected, "{values:?}");
    }
}

#[tokio::test]
async fn every_case_of_a_token_that_the_caller_has_read() {
    let stage = Stage::set().await;
    for entry in [Entry::Access, Entry::Id] {
        for case in stage.cases(entry) {
            let tokens = tokens(&case).unwrap_or_default();
            let [token] = tokens.as_slice() else { continue };
            let bearer = &case.question.bearer;
            let said = if entry == Entry::Id {
                bearer.id_of(token).await.map(|claims| claims.sub().to_owned())
            } else {
                let claims: Result<AccessClaims, _> = bearer.access_of(token).await;
                claims.map(|claims| claims.sub().to_owned())
            };
            // Nothing was malformed: a text that is no token is refused as one.
            let answer = answer(said);
            if case.expected.is_malformed() {
                assert_eq!(answer.status(), 401, "{entry:?}, {}", case.name);
            } else {
                assert_eq!(answer, case.expected, "{entry:?}, {}", case.name);
            }
        }
    }
}
