//! `web_site`: as a browser goes through it.

use std::process::Stdio;

use super::browser::{Browser, Page};
use super::example::Example;

const PASSWORD: (&str, &str) = ("password", "Passw0rd!23");

async fn sign_in(browser: &mut Browser, home: &str, user: &str) -> Page {
    let login = browser.get(&format!("{home}account")).await;
    browser.submit(&login, &[("username", user), PASSWORD]).await
}

#[tokio::test]
async fn a_page_leads_to_the_sign_in_and_back() {
    let Some(example) = Example::start_named("web_site") else { return };
    let (home, mut browser) = (example.home.as_str(), Browser::new());
    let front = browser.get(home).await;
    assert!(front.status == 200 && front.body.contains("Sign in"), "{}", front.body);

    let away = browser.get_hops(&format!("{home}account?tab=2"), 0).await;
    assert_eq!(away.status, 303);
    assert_eq!(away.headers["location"], "/login?return_to=%2Faccount%3Ftab%3D2");

    let login = browser.get(&format!("{home}account?tab=2")).await;
    assert_ne!(login.url.port(), front.url.port(), "the local pool's page");
    let page = browser.submit(&login, &[("username", "alice"), PASSWORD]).await;
    assert_eq!((page.status, page.url.as_str()), (200, &*format!("{home}account?tab=2")));
    assert!(page.body.contains("Signed in as alice."), "{}", page.body);
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    assert!(browser.get(home).await.body.contains("Sign out"));

    // The form of the page, as a browser sends it.
    let out = browser.submit(&page, &[]).await;
    assert_eq!((out.status, out.url.path()), (200, "/logged-out"), "{:?}", out.visited);
    assert_eq!(browser.cookie("session"), None);
    let again = browser.get(&format!("{home}account")).await;
    assert!(again.body.contains("name=\"password\""), "{}", again.body);
}

#[tokio::test]
async fn the_admins_page_is_for_the_group() {
    let Some(example) = Example::start_named("web_site") else { return };
    let admin = format!("{}admin", example.home);
    for (user, status) in [("bob", 403), ("alice", 200)] {
        let mut browser = Browser::new();
        sign_in(&mut browser, &example.home, user).await;
        let page = browser.get(&admin).await;
        assert_eq!((page.status, page.url.as_str()), (status, admin.as_str()), "{user}");
    }
}

#[tokio::test]
async fn a_form_of_another_site_signs_no_user_out() {
    let Some(example) = Example::start_named("web_site") else { return };
    let mut browser = Browser::new();
    let mut page = sign_in(&mut browser, &example.home, "alice").await;
    let account = page.url.clone();
    page.body = format!("<form method=\"post\" action=\"{}logout\">", example.home);
    page.url = "https://evil.example/".parse().unwrap();
    let refused = browser.submit(&page, &[]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("<small>csrf</small>"), "{}", refused.body);
    assert_eq!(browser.get(account.as_str()).await.url, account);
}

#[tokio::test]
async fn on_all_devices_ends_the_session_of_another_browser() {
    let Some(example) = Example::start_named("web_site") else { return };
    let (mut laptop, mut phone) = (Browser::new(), Browser::new());
    let page = sign_in(&mut laptop, &example.home, "alice").await;
    let other = sign_in(&mut phone, &example.home, "alice").await;
    assert!(page.body.contains("name=\"everywhere\" value=\"true\""), "{}", page.body);
    let out = laptop.submit(&page, &[("everywhere", "true")]).await;
    assert_eq!(out.url.path(), "/logged-out");
    // The login page's own session in the other browser goes on: the next click may sign in again.
    let away = phone.get_hops(other.url.as_str(), 0).await;
    assert_eq!(
        (away.status, away.headers["location"].to_str().unwrap()),
        (303, "/login?return_to=%2Faccount")
    );
}

#[test]
fn machines_that_share_sessions_need_keys() {
    let Some(program) = Example::named("web_site") else { return };
    let mut command = Example::command(&program);
    let command = command.env("REDIS_URL", "redis://127.0.0.1:1").stdin(Stdio::null());
    let (code, _, err) = super::run(command, "");
    assert_eq!((code, err.as_str()), (2, "missing: SESSION_KEYS\n"));
}

/// As the guide promises.
#[test]
fn it_has_at_most_sixty_lines() {
    let program = include_str!("../../examples/web_site.rs");
    let lines = program.lines().filter(|line| !line.trim().is_empty()).count();
    assert!(lines <= 60, "{lines} lines");
}

/// From the first constant to the program's start; the guide has comments beside.
#[test]
fn the_guide_shows_the_same_pages() {
    let pages = |text: &str, end: &str| {
        let (_, text) = text.split_once("\nconst SIGN_IN").unwrap();
        let (text, _) = text.split_once(end).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with("///"));
        lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
    };
    let example = pages(include_str!("../../examples/web_site.rs"), "async fn run");
    let guide = pages(include_str!("../../src/guide/browser_sessions.md"), "#[tokio::main]");
    assert_eq!(example, guide);
}
