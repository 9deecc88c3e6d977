//! The extractors of Actix Web.

use actix_web::body::to_bytes;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::{Data, get};
use actix_web::{App, FromRequest, Handler, Responder, ResponseError};
use cognito_auth::bearer::Credentials;
use cognito_auth::web::{ActixAuthError, OptionalBearer};
use cognito_auth::{AccessClaims, IdClaims, VerifyError};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::answer::{Answer, FORBIDDEN, NOBODY};
use crate::cases::{EVERY_ENTRY, Entry, Question, Stage};
use crate::check;

/// `data` puts the bearer into the app, or does not.
async fn ask_handler<F, A>(handler: F, question: &Question, data: AppData) -> Answer
where
    F: Handler<A>,
    A: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let app = App::new().route("/", get().to(handler));
    let app = match data {
        AppData::Plain => app.app_data(question.bearer.clone()),
        AppData::Shared => app.app_data(Data::new(question.bearer.clone())),
        AppData::Nothing => app,
    };
    let app = init_service(app).await;
    let mut request = TestRequest::get().uri("/");
    for value in &question.authorization {
        request = request.append_header(("authorization", value.as_bytes()));
    }
    let response = call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), headers(response.headers()));
    Answer::of(status, &headers, &to_bytes(response.into_body()).await.unwrap())
}

#[derive(Clone, Copy)]
enum AppData {
    Plain,
    Shared,
    Nothing,
}

fn headers(theirs: &actix_web::http::header::HeaderMap) -> HeaderMap {
    let ours = theirs.iter().map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).unwrap();
        (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
    });
    HeaderMap::from_iter(ours)
}

async fn access(claims: AccessClaims) -> String {
    claims.sub().to_owned()
}

async fn id(claims: IdClaims) -> String {
    claims.sub().to_owned()
}

async fn optional_access(OptionalBearer(claims): OptionalBearer<AccessClaims>) -> String {
    claims.map_or(NOBODY.to_owned(), |claims| claims.sub().to_owned())
}

async fn optional_id(OptionalBearer(claims): OptionalBearer<IdClaims>) -> String {
    claims.map_or(NOBODY.to_owned(), |claims| claims.sub().to_owned())
}

async fn ask(question: &Question, data: AppData) -> Answer {
    match question.entry {
        Entry::Access => ask_handler(access, question, data).await,
        Entry::OptionalAccess => ask_handler(optional_access, question, data).await,
        Entry::Id => ask_handler(id, question, data).await,
        Entry::OptionalId => ask_handler(optional_id, question, data).await,
    }
}

async fn access_credentials(credentials: Credentials<AccessClaims>) -> String {
    credentials.claims().sub().to_owned()
}

async fn id_credentials(credentials: Credentials<IdClaims>) -> String {
    credentials.claims().sub().to_owned()
}

async fn optional_credentials(
    OptionalBearer(credentials): OptionalBearer<Credentials<AccessClaims>>,
) -> String {
    credentials.map_or(NOBODY.to_owned(), |credentials| credentials.claims().sub().to_owned())
}

async fn optional_id_credentials(
    OptionalBearer(credentials): OptionalBearer<Credentials<IdClaims>>,
) -> String {
    credentials.map_or(NOBODY.to_owned(), |credentials| credentials.claims().sub().to_owned())
}

async fn ask_for_credentials(question: &Question) -> Answer {
    let data = AppData::Shared;
    match question.entry {
        Entry::Access => ask_handler(access_credentials, question, data).await,
        Entry::OptionalAccess => ask_handler(optional_credentials, question, data).await,
        Entry::Id => ask_handler(id_credentials, question, data).await,
        Entry::OptionalId => ask_handler(optional_id_credentials, question, data).await,
    }
}

#[tokio::test]
async fn every_case() {
    check(async |question| ask(question, AppData::Plain).await, &EVERY_ENTRY).await;
}

#[tokio::test]
async fn every_case_with_credentials_and_shared_data() {
    check(ask_for_credentials, &EVERY_ENTRY).await;
}

#[tokio::test]
async fn without_a_bearer_in_the_app_nobody_is_let_in() {
    let stage = Stage::set().await;
    let body = r#"{"error":"server_error","message":"The server is not set up to check tokens."}"#;
    for entry in EVERY_ENTRY {
        for case in stage.cases(entry) {
            let answer = ask(&case.question, AppData::Nothing).await;
            assert_eq!(answer, Answer::server_error(body), "{entry:?}, {}", case.name);
        }
    }
    assert_eq!(ActixAuthError::NoJwtBearer.to_string(), "there is no JwtBearer in the app's data");
}

/// Why there is an `OptionalBearer`. Should this ever fail, `Option` may have become safe.
#[tokio::test]
async fn an_option_hides_every_error() {
    async fn option(claims: Option<AccessClaims>) -> String {
        claims.map_or(NOBODY.to_owned(), |claims| claims.sub().to_owned())
    }

    let stage = Stage::set().await;
    let expired = |case: &crate::cases::Case| case.name == "an expired token";
    let case = stage.cases(Entry::OptionalAccess).into_iter().find(expired).unwrap();
    let answer = ask_handler(option, &case.question, AppData::Plain).await;
    assert_eq!(answer, Answer::said(NOBODY));
}

#[tokio::test]
async fn a_handler_refuses_in_the_same_words() {
    let error = ActixAuthError::from(VerifyError::ScopeMissing);
    assert_eq!(error.to_string(), "the token lacks a scope or group");
    assert_eq!(error.status_code().as_u16(), 403);
    let response = error.error_response();
    let headers = headers(response.headers());
    assert_eq!(
        Answer::of(403, &headers, &to_bytes(response.into_body()).await.unwrap()),
        Answer::challenge(403, r#"Bearer error="insufficient_scope""#, FORBIDDEN)
    );
}
