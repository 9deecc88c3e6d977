//! Two `BrowserSessions` in one router.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use cognito_auth::sessions::{CurrentUser, SessionLayer};
use tower::ServiceExt as _;

use super::app::App;
use super::browser::Browser;

async fn staff(user: CurrentUser) -> String {
    user.username().unwrap_or_default().to_owned()
}

async fn maybe_staff(user: Option<CurrentUser>) -> &'static str {
    if user.is_some() { "staff" } else { "a visitor" }
}

#[tokio::test]
async fn a_layer_of_one_site_signs_no_user_in_to_another() {
    let (customers, staff_site) = (App::new(), App::new());
    let router = || {
        Router::new()
            .route("/staff", get(staff))
            .route("/maybe", get(maybe_staff))
            .with_state(staff_site.sessions.clone())
            .layer(SessionLayer::new(customers.sessions.clone()))
    };
    let customer = customers.sign_in("alice").await;
    let ask = async |browser: &Browser, path: &str| {
        let request = browser.visit(path).body(Body::empty()).unwrap();
        let response = router().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    assert_eq!(ask(&customer, "/staff").await.0, 303);
    assert_eq!(ask(&customer, "/maybe").await.1, "a visitor");
    let member = staff_site.sign_in("bob").await;
    assert_eq!(ask(&member, "/staff").await, (200, "bob".to_owned()));
    assert_eq!(ask(&member, "/maybe").await.1, "staff");
}
