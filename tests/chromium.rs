//! The examples with pages in a real Chromium: what a newcomer does by hand.
#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "redis/deep.rs"]
mod deep;
#[path = "support/example.rs"]
mod example;
#[path = "chromium/login_page.rs"]
mod login_page;
#[path = "chromium/sessions.rs"]
mod sessions;
#[path = "support/webdriver.rs"]
mod webdriver;

use example::{Example, skip};
use webdriver::WebDriver;

#[tokio::test]
async fn a_person_signs_in_and_out_and_the_back_button_brings_nothing_back() {
    let Some(example) = Example::start() else { return };
    let Some(browser) = WebDriver::start().await else {
        return skip("there is no chromedriver: install Debian's chromium and chromium-driver");
    };

    browser.open(&example.home).await;
    assert!(browser.text().await.contains("You are signed out"));
    browser.screenshot("signed-out").await;
    browser.click("a[href='/login?return_to=/account']").await;
    browser.until("the login page", async |b| b.has("[name=password]").await).await;
    assert!(browser.is_labelled("[name=username]").await);
    assert!(browser.is_labelled("[name=password]").await);
    browser.screenshot("login").await;

    browser.write("[name=username]", "alice").await;
    browser.write("[name=password]", "not this one").await;
    browser.click("button[type=submit]").await;
    browser.until("the refusal", async |b| b.has("[role=alert]").await).await;
    assert!(browser.text().await.contains("Incorrect username or password."));
    browser.screenshot("login-refused").await;

    browser.write("[name=password]", "Passw0rd!23").await;
    browser.click("button[type=submit]").await;
    browser.until("the name", async |b| b.text().await.contains("Hello, Alice Liddell")).await;
    let account = format!("{}account", example.home);
    assert_eq!(browser.url().await, account, "the code is out of the address bar");
    browser.screenshot("signed-in").await;

    browser.resize(320, 640).await;
    assert!(!browser.scrolls_sideways().await, "the signed-in page fits a small screen");
    browser.screenshot("signed-in-small").await;

    browser.click("button[type=submit]").await;
    browser.until("the farewell", async |b| b.text().await.contains("You are signed out")).await;
    // The page's image has to be there before the back button is pressed.
    browser.until("the image", async |b| b.is_loaded().await).await;
    browser.back().await;
    browser.until("a page", async |b| !b.text().await.is_empty()).await;
    assert!(!browser.text().await.contains("Alice"), "the back button brought it back");

    browser.open(&format!("{}login", example.home)).await;
    browser.until("the login page", async |b| b.has("[name=password]").await).await;
    assert!(!browser.scrolls_sideways().await, "the login page fits a small screen");
    browser.screenshot("login-small").await;
    browser.stop().await;
}
