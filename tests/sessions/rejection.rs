//! What a handler returns for a request that is not let in.

use axum::body::to_bytes;
use axum::response::IntoResponse;
use cognito_auth::sessions::CurrentUser;

use super::app::App;

/// Both ways to a response are there, each under a name of its own.
#[tokio::test]
async fn it_is_a_response_of_axum_and_of_the_crate_http() {
    let app = App::new();
    let browser = app.sign_in("bob").await;
    let (request, ()) = browser.request("GET", "/admin").body(()).unwrap().into_parts();
    let user = CurrentUser::of(&app.sessions, &request).await.unwrap();
    let rejection = user.require_group("admins").unwrap_err();
    let plain: http::Response<String> = rejection.clone().into_inner();
    let answer: axum::response::Response = rejection.into_response();
    assert_eq!((plain.status(), answer.status()), (http::StatusCode::FORBIDDEN, plain.status()));
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    assert_eq!(body, plain.into_body());
}

#[tokio::test]
async fn it_is_an_error_of_actix_web() {
    let app = App::new();
    let browser = app.sign_in("bob").await;
    let (request, ()) = browser.request("GET", "/admin").body(()).unwrap().into_parts();
    let user = CurrentUser::of(&app.sessions, &request).await.unwrap();
    let rejection = user.require_group("admins").unwrap_err();
    let error: &dyn actix_web::ResponseError = &rejection;
    assert_eq!(
        (error.status_code().as_u16(), error.error_response().status().as_u16()),
        (403, 403)
    );
    assert_eq!(error.to_string(), "the request is answered with status 403 Forbidden");
}
