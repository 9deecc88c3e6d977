//! The extractors of axum.

use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use cognito_auth::bearer::{Challenge, Credentials, JwtBearer};
use cognito_auth::web::AuthRejection;
use cognito_auth::{AccessClaims, IdClaims, VerifyError};
use http::Request;
use tower::ServiceExt;

use crate::answer::{Answer, FORBIDDEN, NO_USER};
use crate::cases::{EVERY_ENTRY, Entry, Question};
use crate::check;

/// A state that has more in it than the bearer.
#[derive(Clone)]
struct AppState {
    bearer: JwtBearer,
    no_user: &'static str,
}

impl FromRef<AppState> for JwtBearer {
    fn from_ref(state: &AppState) -> Self {
        state.bearer.clone()
    }
}

type State = axum::extract::State<AppState>;

fn router(bearer: &JwtBearer) -> Router {
    Router::new()
        .route("/access", get(|claims: AccessClaims| async move { claims.sub().to_owned() }))
        .route("/id", get(|claims: IdClaims| async move { claims.sub().to_owned() }))
        .route(
            "/optional-access",
            get(|state: State, claims: Option<AccessClaims>| async move {
                claims.map_or_else(|| state.no_user.to_owned(), |claims| claims.sub().to_owned())
            }),
        )
        .route(
            "/optional-id",
            get(|state: State, claims: Option<IdClaims>| async move {
                claims.map_or_else(|| state.no_user.to_owned(), |claims| claims.sub().to_owned())
            }),
        )
        .with_state(AppState { bearer: bearer.clone(), no_user: NO_USER })
}

/// The same with the token kept, and the bearer itself for a state.
fn router_of_credentials(bearer: &JwtBearer) -> Router {
    type Access = Credentials<AccessClaims>;
    type Id = Credentials<IdClaims>;
    Router::new()
        .route("/access", get(|access: Access| async move { access.claims().sub().to_owned() }))
        .route("/id", get(|id: Id| async move { id.claims().sub().to_owned() }))
        .route(
            "/optional-access",
            get(|access: Option<Access>| async move {
                access.map_or(NO_USER.to_owned(), |access| access.claims().sub().to_owned())
            }),
        )
        .route(
            "/optional-id",
            get(|id: Option<Id>| async move {
                id.map_or(NO_USER.to_owned(), |id| id.claims().sub().to_owned())
            }),
        )
        .with_state(bearer.clone())
}

fn path(entry: Entry) -> &'static str {
    match entry {
        Entry::Access => "/access",
        Entry::OptionalAccess => "/optional-access",
        Entry::Id => "/id",
        Entry::OptionalId => "/optional-id",
    }
}

pub(crate) async fn ask_router(router: Router, path: &str, question: &Question) -> Answer {
    let mut request = Request::get(path).body(axum::body::Body::empty()).unwrap();
    *request.headers_mut() = question.headers();
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, 4096).await.unwrap();
    Answer::of(parts.status.as_u16(), &parts.headers, &body)
}

#[tokio::test]
async fn every_case() {
    check(
        async |question| ask_router(router(&question.bearer), path(question.entry), question).await,
        &EVERY_ENTRY,
    )
    .await;
}

#[tokio::test]
async fn every_case_with_credentials() {
    check(
        async |question| {
            let router = router_of_credentials(&question.bearer);
            ask_router(router, path(question.entry), question).await
        },
        &EVERY_ENTRY,
    )
    .await;
}

#[tokio::test]
async fn a_handler_refuses_in_the_same_words() {
    use axum::response::IntoResponse;

    let rejection = AuthRejection::from(VerifyError::ScopeMissing);
    assert_eq!(rejection.to_string(), "the token lacks a scope or group");
    assert_eq!(rejection.challenge(), &Challenge::from(VerifyError::ScopeMissing));
    assert_eq!(rejection, AuthRejection::from(rejection.challenge().clone()));
    let (parts, body) = rejection.into_response().into_parts();
    let body = axum::body::to_bytes(body, 4096).await.unwrap();
    assert_eq!(
        Answer::of(parts.status.as_u16(), &parts.headers, &body),
        Answer::challenge(403, r#"Bearer error="insufficient_scope""#, FORBIDDEN)
    );
}
