//! Forms of other sites, and requests by other names.

use super::{Browser, Page, Visitor, heading};
use reqwest::header::HeaderMap;

/// Every form of the site.
const FORMS: [&str; 19] = [
    "sign-in",
    "sign-in/challenge",
    "sign-up",
    "confirm",
    "confirm/resend",
    "forgot-password",
    "forgot-password/reset",
    "account/password",
    "account/sessions/end",
    "account/devices/forget",
    "account/authenticator-app",
    "account/authenticator-app/confirm",
    "account/authenticator-app/off",
    "account/passkeys/add",
    "account/passkeys",
    "account/passkeys/delete",
    "logout",
    "",
    "outbox",
];

fn form_of(origin: &str, target: &str) -> Page {
    Page {
        url: origin.parse().unwrap(),
        status: 200,
        body: format!("<form method=\"post\" action=\"{target}\">"),
        headers: HeaderMap::new(),
        visited: Vec::new(),
    }
}

#[tokio::test]
async fn no_form_of_another_site_is_taken() {
    let Some((_example, mut alice)) = Visitor::start() else { return };
    alice.sign_in("alice", super::PASSWORD).await;
    // The last one has the site's own name, and another port.
    for origin in ["https://evil.example/", "http://evil.localhost/", "http://localhost/"] {
        for path in FORMS {
            let form = form_of(origin, &format!("{}{path}", alice.home));
            // With the session's cookie, and as a new visitor.
            for browser in [&mut alice.browser, &mut Browser::new()] {
                let fields = [("username", "alice"), ("password", super::PASSWORD)];
                let refused = browser.submit(&form, &fields).await;
                assert_eq!((refused.status, refused.visited.len()), (403, 1), "{origin} {path}");
                assert!(refused.headers.get("set-cookie").is_none(), "{origin} {path}");
            }
        }
    }
    let outbox = alice.get("outbox").await;
    assert!(outbox.body.contains("There is no message yet."), "{}", outbox.body);
    let account = alice.get("account").await;
    assert_eq!((account.url.path(), heading(&account)), ("/account", "Hello, alice"));
}

/// Every route that takes a form is in the list above.
#[test]
fn the_list_of_forms_is_complete() {
    let program = include_str!("../../../examples/login_page.rs");
    let routes = program.split(".route(\"/").skip(1);
    let posted = routes.filter(|route| route.split('\n').next().unwrap().contains("post("));
    let paths: Vec<_> = posted.map(|route| route.split('"').next().unwrap()).collect();
    assert!(paths.len() > 12, "{paths:?}");
    for path in paths {
        assert!(FORMS.contains(&path), "{path}");
    }
}

/// A name that a site points to this machine after its page was loaded (DNS rebinding).
#[tokio::test]
async fn the_outbox_is_for_names_of_this_machine() {
    let Some((example, _)) = Visitor::start() else { return };
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    for (host, status) in [("evil.example", 403), ("localhost", 200), ("127.0.0.1:3000", 200)] {
        let outbox = client.get(format!("{}outbox", example.home)).header("host", host);
        let response = outbox.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{host}");
        let body = response.text().await.unwrap();
        assert_eq!(body.contains("bob"), status == 200, "{host}: {body}");
    }
}
