//! What the middleware of Actix Web leaves to the extractors behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::get;
use actix_web::{App, FromRequest, Handler, Responder, ResponseError};
use async_trait::async_trait;
use cognito_auth::bearer::{Credentials, JwtBearer};
use cognito_auth::revocation::{Revocation, RevocationStatus, RevocationStore, TokenIdentity};
use cognito_auth::testing::{LocalUserPool, TokenSpec};
use cognito_auth::web::{ActixAuthError, IdTokenBearer, OptionalBearer};
use cognito_auth::{AccessClaims, IdClaims, RevocationError};

use crate::answer::NO_USER;
use crate::local_pool::{pool, verifier_builder};

/// It can be asked once, and never again.
#[derive(Debug, Default)]
struct Once(AtomicUsize);

#[async_trait]
impl RevocationStore for Once {
    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        RevocationStatus::Unknown
    }

    async fn is_revoked(&self, _: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(false),
            _ => Err(RevocationError::new("it was asked before")),
        }
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Ok(())
    }
}

struct Service {
    pool: LocalUserPool,
    bearer: JwtBearer,
    store: Arc<Once>,
}

impl Service {
    fn new() -> Self {
        let pool = pool();
        let store = Arc::new(Once::default());
        let verifier = verifier_builder(&pool).revocations(store.clone());
        Self { bearer: JwtBearer::new(verifier.build().unwrap()), pool, store }
    }

    async fn ask<F, A>(&self, handler: F, ids: bool, token: Option<&TokenSpec>) -> (u16, String)
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let mut request = TestRequest::get().uri("/");
        if let Some(token) = token {
            let value = format!("Bearer {}", self.pool.token(token));
            request = request.append_header(("authorization", value));
        }
        let (app, request) = (App::new().route("/", get().to(handler)), request.to_request());
        let (status, body) = if ids {
            let app = init_service(app.wrap(IdTokenBearer(self.bearer.clone()))).await;
            let response = call_service(&app, request).await;
            (response.status(), read_body(response).await)
        } else {
            let app = init_service(app.wrap(self.bearer.clone())).await;
            let response = call_service(&app, request).await;
            (response.status(), read_body(response).await)
        };
        (status.as_u16(), String::from_utf8(body.to_vec()).unwrap())
    }
}

/// A second time the answer may be another one, which Actix Web's own `Option` makes `None` of.
#[tokio::test]
async fn behind_the_middleware_a_token_is_verified_once() {
    async fn access(
        option: Option<Credentials<AccessClaims>>,
        optional: OptionalBearer<Credentials<AccessClaims>>,
        claims: Option<AccessClaims>,
    ) -> String {
        let subs = [
            option.map(|credentials| credentials.claims().sub().to_owned()),
            optional.0.map(|credentials| credentials.claims().sub().to_owned()),
            claims.map(|claims| claims.sub().to_owned()),
        ];
        subs.map(|sub| sub.unwrap_or(NO_USER.to_owned())).join(" ")
    }
    async fn id(option: Option<Credentials<IdClaims>>, claims: Option<IdClaims>) -> String {
        let sub = option.map(|credentials| credentials.claims().sub().to_owned());
        let subs = [sub, claims.map(|claims| claims.sub().to_owned())];
        subs.map(|sub| sub.unwrap_or(NO_USER.to_owned())).join(" ")
    }

    let service = Service::new();
    let alice = service.pool.sub("alice").unwrap();
    let answer = service.ask(access, false, Some(&TokenSpec::access("alice"))).await;
    assert_eq!(answer, (200, format!("{alice} {alice} {alice}")));
    assert_eq!(service.store.0.load(Ordering::SeqCst), 1);
    let service = Service::new();
    let alice = service.pool.sub("alice").unwrap();
    let answer = service.ask(id, true, Some(&TokenSpec::id("alice"))).await;
    assert_eq!(answer, (200, format!("{alice} {alice}")));
    assert_eq!(service.store.0.load(Ordering::SeqCst), 1);
}

/// Behind the middleware of the other kind no token can be the right one: that is a mistake in the
/// app, and no request's.
#[tokio::test]
async fn an_extractor_of_the_other_kind_answers_500() {
    async fn access(_: AccessClaims) -> &'static str {
        "let in"
    }
    async fn id(_: OptionalBearer<IdClaims>) -> &'static str {
        "let in"
    }
    async fn id_credentials(_: Credentials<IdClaims>) -> &'static str {
        "let in"
    }

    let service = Service::new();
    let body = r#"{"error":"server_error","message":"The server is not set up to check tokens."}"#;
    let not_set_up = (500, body.to_owned());
    assert_eq!(service.ask(access, true, None).await, not_set_up);
    assert_eq!(service.ask(id, false, None).await, not_set_up);
    assert_eq!(service.ask(id_credentials, false, None).await, not_set_up);
    let token = TokenSpec::access("alice");
    assert_eq!(service.ask(id, false, Some(&token)).await, not_set_up);
    let error = ActixAuthError::OtherKind;
    assert_eq!(error.status_code().as_u16(), 500);
    let text = "the middleware around the route takes tokens of the other kind: wrap(bearer) is for \
                access tokens, wrap(IdTokenBearer(bearer)) for ID tokens";
    assert_eq!(error.to_string(), text);
}
