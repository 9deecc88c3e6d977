//! The extractors of Actix Web.

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::DefaultHeaders;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::{Data, get, scope};
use actix_web::{App, Error, FromRequest, Handler, Responder, ResponseError};
use cognito_auth::bearer::{Credentials, JwtBearer};
use cognito_auth::web::{ActixAuthError, IdTokenBearer, OptionalBearer};
use cognito_auth::{AccessClaims, IdClaims, VerifyError};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::answer::{Answer, FORBIDDEN, NO_USER, REFUSED};
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
    let bearer = question.bearer.clone();
    match data {
        AppData::Plain => call(app.app_data(bearer), question).await,
        AppData::Shared => call(app.app_data(Data::new(bearer)), question).await,
        AppData::Nothing => call(app, question).await,
        AppData::Wrapped if question.entry.takes_id() => {
            call(app.wrap(IdTokenBearer(bearer)), question).await
        }
        AppData::Wrapped => call(app.wrap(bearer), question).await,
    }
}

async fn call<T, B>(app: App<T>, question: &Question) -> Answer
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
    B::Error: std::fmt::Debug,
{
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
    /// Not in the app's data: around the route.
    Wrapped,
    Plain,
    Shared,
    Nothing,
}

/// A request of this method with these headers, to a route behind the middleware.
pub(crate) async fn ask_by(bearer: &JwtBearer, method: &Method, headers: &HeaderMap) -> Answer {
    let app = App::new().wrap(bearer.clone()).route("/", actix_web::web::to(access));
    let app = init_service(app).await;
    let method = actix_web::http::Method::from_bytes(method.as_str().as_bytes()).unwrap();
    let mut request = TestRequest::with_uri("/").method(method);
    for (name, value) in headers {
        request = request.append_header((name.as_str(), value.as_bytes()));
    }
    let response = call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), self::headers(response.headers()));
    Answer::of(status, &headers, &to_bytes(response.into_body()).await.unwrap())
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
    claims.map_or(NO_USER.to_owned(), |claims| claims.sub().to_owned())
}

async fn optional_id(OptionalBearer(claims): OptionalBearer<IdClaims>) -> String {
    claims.map_or(NO_USER.to_owned(), |claims| claims.sub().to_owned())
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
    credentials.map_or(NO_USER.to_owned(), |credentials| credentials.claims().sub().to_owned())
}

async fn optional_id_credentials(
    OptionalBearer(credentials): OptionalBearer<Credentials<IdClaims>>,
) -> String {
    credentials.map_or(NO_USER.to_owned(), |credentials| credentials.claims().sub().to_owned())
}

async fn ask_for_credentials(question: &Question, data: AppData) -> Answer {
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
    check(async |question| ask_for_credentials(question, AppData::Shared).await, &EVERY_ENTRY)
        .await;
}

#[tokio::test]
async fn every_case_behind_the_middleware() {
    check(async |question| ask(question, AppData::Wrapped).await, &EVERY_ENTRY).await;
    check(async |question| ask_for_credentials(question, AppData::Wrapped).await, &EVERY_ENTRY)
        .await;
}

/// Actix Web's own `Option` hides every error, and behind the middleware there is none to hide: it
/// comes out as `OptionalBearer` does, for every case (N10).
#[tokio::test]
async fn behind_the_middleware_an_option_hides_nothing() {
    async fn access(claims: Option<AccessClaims>) -> String {
        claims.map_or(NO_USER.to_owned(), |claims| claims.sub().to_owned())
    }
    async fn id(claims: Option<IdClaims>) -> String {
        claims.map_or(NO_USER.to_owned(), |claims| claims.sub().to_owned())
    }

    let entries = [Entry::OptionalAccess, Entry::OptionalId];
    check(
        async |question| match question.entry {
            Entry::OptionalAccess => ask_handler(access, question, AppData::Wrapped).await,
            _ => ask_handler(id, question, AppData::Wrapped).await,
        },
        &entries,
    )
    .await;
}

/// A route that asks for nothing is public, and a bad token is refused there all the same: before
/// any handler.
#[tokio::test]
async fn behind_the_middleware_a_bad_token_comes_to_no_handler() {
    let entries = [Entry::OptionalAccess, Entry::OptionalId];
    for entry in entries {
        let stage = Stage::set().await;
        for case in stage.cases(entry) {
            let reached = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
            let counter = reached.clone();
            let public = move || {
                counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                std::future::ready("public")
            };
            let answer = ask_handler(public, &case.question, AppData::Wrapped).await;
            let let_in = case.expected.is_success();
            assert_eq!(answer == Answer::said("public"), let_in, "{entry:?}, {}", case.name);
            let reached = reached.load(std::sync::atomic::Ordering::SeqCst);
            assert_eq!(reached, usize::from(let_in), "{entry:?}, {}", case.name);
        }
    }
}

/// The token of one kind is none of the other's: a route behind the middleware for access tokens
/// that asks for an ID token is reached by no request.
#[tokio::test]
async fn the_middleware_of_the_other_kind_refuses() {
    let stage = Stage::set().await;
    let good = |case: &crate::cases::Case| case.name == "a good token";
    let case = stage.cases(Entry::Id).into_iter().find(good).unwrap();
    let app = App::new().route("/", get().to(optional_id)).wrap(case.question.bearer.clone());
    let answer = call(app, &case.question).await;
    assert_eq!(answer, Answer::challenge(401, r#"Bearer error="invalid_token""#, REFUSED));
    let case = stage.cases(Entry::Access).into_iter().find(good).unwrap();
    let app = App::new().route("/", get().to(optional_access));
    let answer = call(app.wrap(IdTokenBearer(case.question.bearer.clone())), &case.question).await;
    assert_eq!(answer, Answer::challenge(401, r#"Bearer error="invalid_token""#, REFUSED));
}

/// What is around the middleware gets an answer and no error: it adds its headers to it.
#[tokio::test]
async fn what_is_around_the_middleware_sees_its_answer() {
    let stage = Stage::set().await;
    let expired = |case: &crate::cases::Case| case.name == "an expired token";
    let case = stage.cases(Entry::Access).into_iter().find(expired).unwrap();
    let headers = DefaultHeaders::new().add(("access-control-allow-origin", "https://app.example"));
    let app = App::new().route("/", get().to(access));
    let app = init_service(app.wrap(case.question.bearer.clone()).wrap(headers)).await;
    let request = TestRequest::get().uri("/");
    let request =
        request.append_header(("authorization", case.question.authorization[0].as_bytes()));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status().as_u16(), 401);
    assert_eq!(
        response.headers().get("access-control-allow-origin").unwrap(),
        "https://app.example"
    );
}

/// A handler's own rule on top of the middleware's.
#[tokio::test]
async fn an_inner_bearer_has_the_last_word() {
    let stage = Stage::set().await;
    let missing = |case: &crate::cases::Case| case.name == "a scope or group is missing";
    let case = stage.cases(Entry::Access).into_iter().find(missing).unwrap();
    let good = |case: &crate::cases::Case| case.name == "a good token";
    let plain = stage.cases(Entry::Access).into_iter().find(good).unwrap().question.bearer;
    let inner = scope("").route("/", get().to(access)).wrap(case.question.bearer.clone());
    let answer = call(App::new().service(inner).wrap(plain), &case.question).await;
    assert_eq!(answer, case.expected);
}

#[tokio::test]
async fn without_a_bearer_in_the_app_no_request_is_let_in() {
    let stage = Stage::set().await;
    let body = r#"{"error":"server_error","message":"The server is not set up to check tokens."}"#;
    for entry in EVERY_ENTRY {
        for case in stage.cases(entry) {
            let answer = ask(&case.question, AppData::Nothing).await;
            assert_eq!(answer, Answer::server_error(body), "{entry:?}, {}", case.name);
        }
    }
    let text = "there is no JwtBearer: mount it with wrap(bearer)";
    assert_eq!(ActixAuthError::NoJwtBearer.to_string(), text);
}

/// Why there are an `OptionalBearer` and a middleware. Should this ever fail, `Option` may have become
/// safe.
#[tokio::test]
async fn an_option_hides_every_error() {
    async fn option(claims: Option<AccessClaims>) -> String {
        claims.map_or(NO_USER.to_owned(), |claims| claims.sub().to_owned())
    }

    let stage = Stage::set().await;
    let expired = |case: &crate::cases::Case| case.name == "an expired token";
    let case = stage.cases(Entry::OptionalAccess).into_iter().find(expired).unwrap();
    let answer = ask_handler(option, &case.question, AppData::Plain).await;
    assert_eq!(answer, Answer::said(NO_USER));
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
