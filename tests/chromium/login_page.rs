//! The example `login_page`: passkeys, which need a browser, and how the pages look.

use super::deep;
use super::example::{Example, skip};
use super::webdriver::WebDriver;

const PASSWORD: &str = "Passw0rd!23";

async fn start() -> Option<(Example, WebDriver)> {
    let example = Example::start_named("login_page")?;
    match WebDriver::start().await {
        Some(browser) => Some((example, browser)),
        None => {
            skip("there is no chromedriver: install Debian's chromium and chromium-driver");
            None
        }
    }
}

async fn until_text(browser: &WebDriver, text: &str) {
    browser.until(text, async |b| b.text().await.contains(text)).await;
}

async fn sign_in(browser: &WebDriver, home: &str, name: &str) {
    browser.open(&format!("{home}sign-in?return_to=/account")).await;
    browser.write("#username", name).await;
    browser.write("#password", PASSWORD).await;
    browser.click("button[value=password]").await;
}

async fn choose_passkey(browser: &WebDriver, home: &str, name: &str) {
    browser.open(&format!("{home}sign-in?return_to=/account")).await;
    browser.write("#username", name).await;
    browser.click("button[value=passkey]").await;
}

#[tokio::test]
async fn a_passkey_is_added_signs_in_and_is_deleted() {
    let Some((example, browser)) = start().await else { return };
    let home = &example.home;
    let authenticator = browser.add_authenticator().await;
    sign_in(&browser, home, "alice").await;
    until_text(&browser, "Hello, alice").await;
    browser.click("form[action='/account/passkeys/add'] button").await;
    until_text(&browser, "Add a passkey").await;
    browser.click("form[data-passkey=create] button").await;
    until_text(&browser, "Your passkey is saved.").await;
    assert_eq!(browser.url().await, format!("{home}account?notice=passkey"));

    // This authenticator has it already.
    browser.click("form[action='/account/passkeys/add'] button").await;
    browser.until("the button", async |b| b.has("form[data-passkey=create]").await).await;
    browser.click("form[data-passkey=create] button").await;
    until_text(&browser, "This device has a passkey for this account already.").await;
    browser.open(&format!("{home}account")).await;
    browser.click("form[action='/logout'] button").await;
    until_text(&browser, "You are signed out").await;

    // The wrong finger, then the right one.
    choose_passkey(&browser, home, "alice").await;
    browser.until("the passkey", async |b| b.has("form[data-passkey=get]").await).await;
    browser.verify_user(&authenticator, false).await;
    browser.click("form[data-passkey=get] button").await;
    until_text(&browser, "There was no passkey, or it was cancelled.").await;
    browser.verify_user(&authenticator, true).await;
    browser.click("form[data-passkey=get] button").await;
    until_text(&browser, "Hello, alice").await;
    assert_eq!(browser.url().await, format!("{home}account"));

    browser.click("form[action='/account/passkeys/delete'] button").await;
    until_text(&browser, "The passkey is deleted here.").await;
    browser.click("form[action='/logout'] button").await;
    until_text(&browser, "You are signed out").await;
    choose_passkey(&browser, home, "alice").await;
    browser.until("the choice", async |b| b.has("button[value=EMAIL_OTP]").await).await;
    browser.stop().await;
}

/// The lowest contrast of a text of the page with what is behind it (WCAG 2, success criterion 1.4.3), and the
/// text.
const CONTRAST: &str = r#"
const channel = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const parse = (text) => text.match(/[\d.]+/g).map(Number);
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const behind = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
let lowest = [21, ''];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !node.checkVisibility()) continue;
  const pair = [luminance(parse(getComputedStyle(node).color)), luminance(behind(node))].sort((a, b) => b - a);
  const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
  if (contrast < lowest[0]) lowest = [contrast, walker.currentNode.data.trim()];
}
return lowest;
"#;

/// Each field without a name for assistive software, and each button that is lower than a finger is wide.
const MISSED: &str = r#"
const fields = [...document.querySelectorAll('input:not([type=hidden], [hidden])')].filter((field) => !field.labels.length);
const buttons = [...document.querySelectorAll('button')].filter((button) => button.offsetHeight < 24);
return [...fields, ...buttons].map((node) => node.outerHTML);
"#;

/// Checks a page in light and in dark, on a large and on a small screen, and keeps pictures of it.
async fn look(browser: &WebDriver, name: &str) {
    for colours in ["light", "dark"] {
        browser.prefer_colours(colours).await;
        let lowest = browser.script(CONTRAST).await;
        assert!(lowest[0].as_f64().unwrap() >= 4.5, "{name}, {colours}: {lowest}");
        for (width, height) in [(1000, 760), (320, 640)] {
            browser.resize(width, height).await;
            assert!(!browser.scrolls_sideways().await, "{name}, {colours}, {width}");
            browser.screenshot(&format!("login-page-{name}-{colours}-{width}")).await;
        }
    }
    browser.resize(1000, 760).await;
    assert_eq!(browser.script(MISSED).await, serde_json::json!([]), "{name}");
    let styled = "return getComputedStyle(document.querySelector('main')).borderTopLeftRadius";
    assert_eq!(browser.script(styled).await, "16px", "{name}: the style sheet is there");
}

/// The code of the newest message, which another tab shows.
async fn code(browser: &WebDriver, home: &str) -> String {
    let tab = browser.tab().await;
    let outbox = browser.open_tab().await;
    browser.open(&format!("{home}outbox")).await;
    let script = "return document.querySelector('article code').textContent";
    let code = browser.script(script).await.as_str().unwrap().to_owned();
    look(browser, "outbox").await;
    browser.close_tab().await;
    assert_ne!(outbox, tab);
    browser.show_tab(&tab).await;
    code
}

#[tokio::test]
async fn every_page_can_be_read_in_light_and_dark_and_on_a_small_screen() {
    if !deep::is_asked_for("chromium::login_page::every_page_can_be_read") {
        return;
    }
    let Some((example, browser)) = start().await else { return };
    let home = &example.home;
    browser.add_authenticator().await;
    for (path, name) in [
        ("", "home"),
        ("sign-in", "sign-in"),
        ("sign-up", "sign-up"),
        ("forgot-password", "forgot-password"),
        ("logged-out", "logged-out"),
    ] {
        browser.open(&format!("{home}{path}")).await;
        look(&browser, name).await;
    }
    browser.open(&format!("{home}sign-in")).await;
    browser.write("#username", "alice").await;
    browser.write("#password", "wrong").await;
    browser.click("button[value=password]").await;
    browser.until("the refusal", async |b| b.has("[role=alert]").await).await;
    look(&browser, "refused").await;
    for (user, name) in [("bob", "app-code"), ("carol", "code"), ("dave", "new-password")] {
        sign_in(&browser, home, user).await;
        browser.until(name, async |b| b.has("[name=challenge]").await).await;
        look(&browser, name).await;
    }
    choose_passkey(&browser, home, "alice").await;
    browser.until("the choice", async |b| b.has("button[value=EMAIL_OTP]").await).await;
    look(&browser, "choice").await;
    browser.click("button[value=EMAIL_OTP]").await;
    browser.until("the code", async |b| b.has("[name=code]").await).await;
    let code = code(&browser, home).await;
    browser.write("#code", &code).await;
    browser.click("main button").await;
    until_text(&browser, "Hello, alice").await;
    look(&browser, "welcome").await;
    browser.open(&format!("{home}account")).await;
    browser.click("form[action='/account/passkeys/add'] button").await;
    until_text(&browser, "Add a passkey").await;
    look(&browser, "add-passkey").await;
    browser.click("form[data-passkey=create] button").await;
    until_text(&browser, "Your passkey is saved.").await;
    look(&browser, "account").await;
    browser.click("form[action='/account/authenticator-app'] button").await;
    until_text(&browser, "Set up an authenticator app").await;
    look(&browser, "set-up-app").await;
    browser.open(&format!("{home}account")).await;
    browser.click("form[action='/logout'] button").await;
    until_text(&browser, "You are signed out").await;
    choose_passkey(&browser, home, "alice").await;
    browser.until("the passkey", async |b| b.has("form[data-passkey=get]").await).await;
    look(&browser, "passkey").await;
    browser.open(&format!("{home}sign-up")).await;
    for (field, value) in
        [("#username", "erin"), ("#email", "erin@example.com"), ("#password", PASSWORD)]
    {
        browser.write(field, value).await;
    }
    browser.click("main button").await;
    until_text(&browser, "Confirm your account").await;
    look(&browser, "confirm").await;
    browser.open(&format!("{home}forgot-password")).await;
    browser.write("#username", "alice").await;
    browser.click("main button").await;
    until_text(&browser, "Choose a new password").await;
    look(&browser, "reset-password").await;
    browser.stop().await;
}
