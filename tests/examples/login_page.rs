//! `login_page`: each of its pages over HTTP, without scripts.

#[path = "login_page/account.rs"]
mod account;
#[path = "login_page/attempts.rs"]
mod attempts;
#[path = "login_page/challenges.rs"]
mod challenges;
#[path = "login_page/other_sites.rs"]
mod other_sites;
#[path = "login_page/real_pool.rs"]
mod real_pool;
#[path = "login_page/recent.rs"]
mod recent;
#[path = "login_page/resets.rs"]
mod resets;
#[path = "login_page/same_for_all.rs"]
mod same_for_all;
#[path = "login_page/sign_up.rs"]
mod sign_up;

use super::browser::{Browser, Page};
use super::example::Example;

const PASSWORD: &str = "Passw0rd!23";

/// A browser at the site. Every page that it is shown is checked.
struct Visitor {
    home: String,
    browser: Browser,
}

impl Visitor {
    fn new(home: &str) -> Self {
        Self { home: home.to_owned(), browser: Browser::new() }
    }

    /// The site, and a first visitor.
    fn start() -> Option<(Example, Self)> {
        let example = Example::start_named("login_page")?;
        let visitor = Self::new(&example.home);
        Some((example, visitor))
    }

    async fn get(&mut self, path: &str) -> Page {
        let page = self.browser.get(&format!("{}{path}", self.home)).await;
        check(&page);
        page
    }

    /// Sends the form of a page that has this action, with its hidden fields and these.
    async fn send(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.browser.submit(&with_form(page, action), fields).await;
        check(&page);
        page
    }

    /// Presses a button of the form that sends it elsewhere.
    async fn send_to(&mut self, page: &Page, (action, to): (&str, &str), name: &str) -> Page {
        assert!(page.body.contains(&format!("formaction=\"{to}\"")), "{}", page.body);
        let form = with_form(page, action);
        let old = format!("action=\"{action}\"");
        let body = form.body.replacen(&old, &format!("action=\"{to}\""), 1);
        let page = self.browser.submit(&Page { body, ..form }, &[("username", name)]).await;
        check(&page);
        page
    }

    async fn sign_in(&mut self, name: &str, password: &str) -> Page {
        let page = self.get("sign-in?return_to=/account").await;
        self.send(&page, "/sign-in", &[("username", name), ("password", password)]).await
    }

    /// The newest code that was sent to an address.
    async fn code_sent_to(&mut self, address: &str) -> String {
        let outbox = self.get("outbox").await;
        let mut messages = outbox.body.split("<article>").skip(1);
        let message = messages.find(|message| message.contains(&format!("to {address}<")));
        between(message.expect("a message"), "<code class=\"digits\">", "<").to_owned()
    }

    /// The code that the user's authenticator app shows.
    async fn app_code(&mut self, name: &str) -> String {
        let outbox = self.get("outbox").await;
        let apps = outbox.body.split("id=\"apps\"").nth(1).unwrap();
        let row = apps.split(&format!("<span>{name}</span>")).nth(1).expect("an app");
        between(row, "<code class=\"digits\">", "<").to_owned()
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, text) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    text.split_once(after).unwrap().0
}

/// The page, cut down to one of its forms.
fn with_form(page: &Page, action: &str) -> Page {
    let start = format!("<form method=\"post\" action=\"{action}\"");
    // Some have a class before the method.
    let forms = page.body.split("<form").skip(1).map(|form| format!("<form{form}"));
    let mut forms = forms.filter(|form| {
        let tag = form.split('>').next().unwrap();
        form.starts_with(&start) || tag.contains(&format!(" action=\"{action}\""))
    });
    let body = forms.next().unwrap_or_else(|| panic!("no form for {action}: {}", page.body));
    let (url, headers) = (page.url.clone(), page.headers.clone());
    Page { url, status: page.status, body, headers, visited: Vec::new() }
}

fn heading(page: &Page) -> &str {
    between(&page.body, "<h1>", "</h1>")
}

/// What the page says above its content.
fn said(page: &Page) -> &str {
    between(page.body.split_once("id=\"said\"").expect("a message").1, ">", "</p>")
}

/// What every page keeps to: no inline script or style, nothing for caches, a label and a purpose for each field,
/// and no place of a template that was not filled.
fn check(page: &Page) {
    let (body, at) = (&page.body, &page.url);
    for mark in ["<style", " style=", " onclick=", "javascript:", "{{"] {
        assert!(!body.contains(mark), "{at}: {mark}");
    }
    for script in body.split("<script").skip(1) {
        assert!(script.starts_with(" type=\"module\" src=\"/passkey.js\"></script>"), "{at}");
    }
    for field in body.split("<input").skip(1).map(|field| field.split('>').next().unwrap()) {
        if field.contains("type=\"hidden\"") || field.ends_with(" hidden") {
            continue;
        }
        let id = between(field, "id=\"", "\"");
        assert!(body.contains(&format!("<label for=\"{id}\">")), "{at}: {id}");
        assert!(field.contains("autocomplete=\""), "{at}: {id}");
    }
    assert_eq!(body.matches("<h1>").count(), 1, "{at}: {body}");
    assert!(body.contains("<html lang=\"en\">") && body.contains("name=\"viewport\""), "{at}");
    let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap());
    assert!(header("cache-control").contains("no-store"), "{at}");
    let policy = header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    // The pages of the library have a policy of their own, and no script.
    let is_own = policy.contains("script-src 'self'") && !policy.contains("unsafe");
    assert!(is_own || !body.contains("<script"), "{at}: {policy}");
    let is_error = page.status >= 400;
    assert_eq!(body.contains("<title>Error: "), is_error, "{at}: {body}");
    assert_eq!(body.contains("role=\"alert\">"), is_error || body.contains("<noscript>"), "{at}");
}
