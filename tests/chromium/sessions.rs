//! Sessions as a person with several tabs, and with other sites open, meets them.

use axum::Router;
use axum::response::Html;

use super::example::{Example, skip};
use super::webdriver::WebDriver;

async fn start() -> Option<(Example, WebDriver, String)> {
    let example = Example::start()?;
    let account = format!("{}account", example.home);
    match WebDriver::start().await {
        Some(browser) => Some((example, browser, account)),
        None => {
            skip("there is no chromedriver: install Debian's chromium and chromium-driver");
            None
        }
    }
}

async fn fill_in(browser: &WebDriver) {
    browser.until("the login page", async |b| b.has("[name=password]").await).await;
    browser.write("[name=username]", "alice").await;
    browser.write("[name=password]", "Passw0rd!23").await;
    browser.click("button[type=submit]").await;
    browser.until("the account", async |b| b.text().await.contains("Hello, Alice Liddell")).await;
}

#[tokio::test]
async fn two_tabs_sign_in_at_once_and_one_signs_both_out() {
    let Some((_example, browser, account)) = start().await else { return };
    let first = browser.tab().await;
    browser.open(&account).await;
    let second = browser.open_tab().await;
    browser.open(&format!("{account}?tab=2")).await;
    // The one that began first comes back last.
    fill_in(&browser).await;
    assert_eq!(browser.url().await, format!("{account}?tab=2"));
    browser.show_tab(&first).await;
    fill_in(&browser).await;
    assert_eq!(browser.url().await, account);
    browser.reload().await;
    assert!(browser.text().await.contains("Hello, Alice Liddell"));

    browser.click("form[action='/logout'] button").await;
    browser.until("the farewell", async |b| b.text().await.contains("You are signed out")).await;
    browser.show_tab(&second).await;
    assert!(browser.text().await.contains("Hello"), "it was open all the time");
    browser.reload().await;
    browser.until("the login page", async |b| b.has("[name=password]").await).await;
    browser.stop().await;
}

/// The port of another site, whose only page is a form.
async fn another_site(target: &str) -> u16 {
    let form = format!("<form method=post action={target}><button>Win a prize</button></form>");
    let site = Router::new().fallback(async move || Html(form.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, site).await });
    port
}

#[tokio::test]
async fn a_form_of_another_site_or_a_sibling_signs_no_user_out() {
    let Some((example, browser, account)) = start().await else { return };
    browser.open(&account).await;
    fill_in(&browser).await;
    for path in ["logout", "account/end-session"] {
        let port = another_site(&format!("{}{path}", example.home)).await;
        // The second has the site's own name and another port: its cookies come along.
        for name in ["localhost", "127.0.0.1"] {
            browser.open(&format!("http://{name}:{port}/")).await;
            browser.click("button").await;
            browser.until("an answer", async |b| !b.text().await.contains("prize")).await;
            let text = browser.text().await;
            assert!(!text.contains("You are signed out"), "{name} {path}: {text}");
            browser.open(&account).await;
            let text = browser.text().await;
            assert!(text.contains("Hello, Alice Liddell"), "{name} {path}: {text}");
        }
    }
    browser.stop().await;
}

#[tokio::test]
async fn reload_and_back_on_the_callback_send_no_code_twice() {
    let Some((example, browser, account)) = start().await else { return };
    browser.open(&account).await;
    fill_in(&browser).await;
    // Back at the login page, and once more through it.
    browser.back().await;
    browser.until("the login page", async |b| b.has("[name=password]").await).await;
    browser.write("[name=username]", "alice").await;
    browser.write("[name=password]", "Passw0rd!23").await;
    browser.click("button[type=submit]").await;
    browser.until("the front page", async |b| b.text().await.contains("Hello, alice")).await;
    assert_eq!(browser.url().await, example.home);
    let code = format!("{}callback?code=used&state=of-a-sign-in-that-is-over", example.home);
    browser.open(&code).await;
    assert_eq!(browser.url().await, example.home, "with a session it goes to the front page");
    browser.stop().await;
}

/// The local pool's clock goes thirteen hours on, which is longer than a session lasts.
#[tokio::test]
async fn a_session_that_ends_while_a_page_is_open_asks_for_the_sign_in() {
    let Some((example, browser, account)) = start().await else { return };
    browser.open(&account).await;
    fill_in(&browser).await;
    let pool = example.said.iter().find_map(|line| line.strip_prefix("the local user pool is at "));
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let clock = client.post(format!("{}/_local/clock", pool.unwrap()));
    let clock = clock.header("content-type", "application/json");
    let moved = clock.body(r#"{"advance_seconds": 46800}"#).send().await.unwrap();
    assert_eq!(moved.status(), 200);
    browser.reload().await;
    fill_in(&browser).await;
    assert_eq!(browser.url().await, account);
    browser.stop().await;
}
