//! A sign-in that is too old for the verifier: everything leads to one with the password.

use std::time::Duration;

use super::app::App;
use super::browser::{Browser, location};

const LOGIN: &str = "/login?prompt=login&max_age=0";

#[tokio::test(start_paused = true)]
async fn a_page_a_form_and_a_script_are_led_to_the_password() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let sessions = app.with_max_age(Duration::from_secs(600));
    app.advance(900).await;
    let ask = async |request: http::request::Builder| {
        let (request, ()) = request.body(()).unwrap().into_parts();
        *sessions.require(&request).await.unwrap_err()
    };
    let page = ask(browser.visit("/pay")).await;
    assert_eq!(location(&page), "/login?return_to=%2Fpay&prompt=login&max_age=0");
    let form = ask(browser.submit("/pay")).await;
    assert_eq!(form.status(), 401);
    assert!(form.body().contains("sign_in_too_old"), "{}", form.body());
    assert!(form.body().contains(&LOGIN.replace('&', "&amp;")), "{}", form.body());
    // Plain `/login` would sign the user in silently, and be too old again.
    let expected = format!(r#"{{"error":"sign_in_too_old","login":"{LOGIN}"}}"#);
    let script = ask(browser.request("GET", "/pay")).await;
    assert_eq!((script.status().as_u16(), script.body()), (401, &expected));
    let who = browser.request("GET", "/session").body(Vec::new()).unwrap();
    assert_eq!(sessions.handle(who).await.body(), &expected);
}

#[tokio::test]
async fn the_page_about_a_loop_leads_back_to_where_the_user_was() {
    let app = App::new();
    let mut browser = Browser::default();
    browser.cookies.insert("__Host-signed-in".to_owned(), "3".to_owned());
    let (request, ()) = browser.visit("/orders?page=2").body(()).unwrap().into_parts();
    let answer = app.sessions.require(&request).await.unwrap_err();
    let link = "href=\"/login?return_to=%2Forders%3Fpage%3D2\"";
    assert!(answer.body().contains(link), "{}", answer.body());
}
