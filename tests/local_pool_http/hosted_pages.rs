//! The pages beside the login page: sign-up, forgotten passwords, what is asked for after a password.

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool, MfaConfiguration};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::local_http::{Browser, Reply};
use crate::{CALLBACK, PASSWORD, QUERY, SECRET, alice};

/// A browser with one page open.
struct Tab {
    pool: LocalUserPool,
    browser: Browser,
    query: String,
    page: Reply,
    cookie: String,
}

impl Tab {
    async fn open(pool: LocalUserPool, path: &str, query: &str) -> Self {
        let browser = Browser::at(&pool);
        let page = browser.get(&format!("{path}?{query}"), &[]).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        let cookie = page.cookie();
        Self { pool, browser, query: query.to_owned(), page, cookie }
    }

    /// Fills in the form of the page, and sends it where it says.
    async fn submit(&mut self, typed: &[(&str, &str)]) {
        self.send(typed, &[]).await;
    }

    /// The same, where a script has filled in hidden fields.
    async fn submit_scripted(&mut self, scripted: &[(&str, &str)]) {
        let names: Vec<&str> = scripted.iter().map(|(name, _)| *name).collect();
        self.send(scripted, &names).await;
    }

    async fn send(&mut self, typed: &[(&str, &str)], replaced: &[&str]) {
        let action = between(&self.page.body, "action=\"", "\"").replace("&amp;", "&");
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for hidden in self.page.body.split("<input type=\"hidden\"").skip(1) {
            let [name, value] = ["name=\"", "value=\""].map(|start| between(hidden, start, "\""));
            if !replaced.contains(&name.as_str()) {
                form.append_pair(&name, &value);
            }
        }
        form.extend_pairs(typed);
        let body = form.finish();
        self.page = self.browser.form(&action, &[("cookie", &self.cookie)], &body).await;
    }

    fn title(&self) -> String {
        between(&self.page.body, "<h1>", "</h1>")
    }

    fn error(&self) -> String {
        between(&self.page.body, "id=\"error\">", "</p>")
    }

    fn last_code(&self) -> String {
        self.pool.outbox().last().unwrap().code.clone()
    }

    /// The app gets a code.
    fn expect_signed_in(&self) {
        assert_eq!(self.page.status, 302, "{}", self.page.body);
        assert!(self.page.header("location").starts_with(&format!("{CALLBACK}?code=")));
        assert!(
            self.page.headers("set-cookie").iter().any(|cookie| cookie.starts_with("cognito="))
        );
    }
}

fn between(text: &str, start: &str, end: &str) -> String {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).unwrap().0.to_owned()
}

async fn tab(user: LocalUser, path: &str) -> Tab {
    let pool = LocalUserPool::builder().user(user).start().await.unwrap();
    Tab::open(pool, path, QUERY).await
}

const LOG_IN: [(&str, &str); 2] = [("username", "alice"), ("password", PASSWORD)];

#[tokio::test]
async fn a_user_signs_up_confirms_and_signs_in() {
    let client = LocalClient::confidential("web", SECRET).redirect_uri(CALLBACK);
    let builder = LocalUserPool::builder().client(client).required_attributes(["email", "name"]);
    let pool = builder.start().await.unwrap();
    let query = QUERY.replace("localclient", "web");
    let mut tab = Tab::open(pool, "/login", &query).await;
    let link = between(&tab.page.body, "<a href=\"", "\"").replace("&amp;", "&");
    assert_eq!(link, format!("/signup?{query}"));
    tab = Tab::open(tab.pool, "/signup", &query).await;
    assert_eq!(tab.title(), "Sign up");
    let bob = |password| {
        [
            ("username", "bob"),
            ("email", "bob@example.com"),
            ("name", "\"><b>Bob"),
            ("password", password),
        ]
    };
    tab.submit(&bob("Passw0rds")).await;
    assert_eq!(tab.page.status, 403);
    assert!(tab.error().ends_with("Password must have symbol characters"), "{}", tab.error());
    assert!(tab.page.body.contains("value=\"&quot;&gt;&lt;b&gt;Bob\""), "{}", tab.page.body);
    tab.submit(&bob(PASSWORD)).await;
    assert_eq!((tab.page.status, tab.title().as_str()), (200, "Confirm your sign-up"));
    tab.submit(&[("code", "x")]).await;
    assert_eq!(tab.error(), "Invalid verification code provided, please try again.");
    let code = tab.last_code();
    tab.submit(&[("code", &code)]).await;
    assert_eq!((tab.page.status, tab.title().as_str()), (200, "Sign in"));
    assert!(tab.page.body.contains("Your sign-up is confirmed."), "{}", tab.page.body);
    assert!(tab.page.body.contains("value=\"bob\""));
    tab.submit(&[("username", "bob"), ("password", PASSWORD)]).await;
    tab.expect_signed_in();
    assert_eq!(tab.query, query);
}

#[tokio::test]
async fn a_user_who_did_not_confirm_is_asked_for_the_code() {
    let user = alice().unconfirmed();
    let mut tab = tab(user, "/login").await;
    tab.submit(&[("username", "alice"), ("password", "wrong")]).await;
    assert_eq!(tab.error(), "Incorrect username or password.");
    tab.submit(&LOG_IN).await;
    assert_eq!(
        (tab.title().as_str(), tab.error().as_str()),
        ("Confirm your sign-up", "User is not confirmed.")
    );
}

#[tokio::test]
async fn a_forgotten_password_is_replaced() {
    let mut tab = tab(alice().reset_required(), "/login").await;
    tab.submit(&LOG_IN).await;
    assert_eq!(tab.title(), "Forgot your password?");
    assert_eq!(tab.error(), "Password reset required for the user");
    tab.submit(&[("username", "alice")]).await;
    assert_eq!(tab.title(), "Choose a new password");
    assert!(tab.page.body.contains("A code was sent to <b>a***@e***</b>."), "{}", tab.page.body);
    let code = tab.last_code();
    tab.submit(&[("code", &code), ("password", "weakpassword")]).await;
    assert!(tab.error().starts_with("Password did not conform"), "{}", tab.error());
    tab.submit(&[("code", &code), ("password", "N3w-Password")]).await;
    assert!(tab.page.body.contains("Your password is changed."), "{}", tab.page.body);
    tab.submit(&[("username", "alice"), ("password", "N3w-Password")]).await;
    tab.expect_signed_in();
    // A name that no user has is told the same.
    let mut tab = Tab::open(tab.pool, "/forgotPassword", QUERY).await;
    tab.submit(&[("username", "unknown")]).await;
    assert_eq!(tab.title(), "Choose a new password");
}

#[tokio::test]
async fn second_factors_are_asked_for() {
    let totp = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let mut tab = tab(alice().email_mfa().software_token_mfa(totp), "/login").await;
    tab.submit(&LOG_IN).await;
    assert_eq!((tab.page.status, tab.title().as_str()), (200, "Confirm that it is you"));
    assert!(tab.page.body.contains("<option value=\"EMAIL_OTP\">E-mail</option>"));
    assert!(tab.page.headers("set-cookie").iter().all(|cookie| !cookie.starts_with("cognito=")));
    tab.submit(&[("answer", "EMAIL_OTP")]).await;
    assert!(tab.page.body.contains("A code was sent to <b>a***@e***</b>."), "{}", tab.page.body);
    tab.submit(&[("code", "000")]).await;
    assert_eq!(tab.error(), "Invalid verification code provided, please try again.");
    let code = tab.last_code();
    tab.submit(&[("code", &code)]).await;
    tab.expect_signed_in();

    let mut tab = Tab::open(tab.pool, "/login", QUERY).await;
    tab.submit(&LOG_IN).await;
    tab.submit(&[("answer", "SOFTWARE_TOKEN_MFA")]).await;
    let code = tab.pool.software_token_code(totp).unwrap();
    tab.submit(&[("code", &code)]).await;
    tab.expect_signed_in();
}

#[tokio::test]
async fn a_new_password_and_an_app_are_set_up_on_the_way() {
    let builder = LocalUserPool::builder().user(alice().force_change_password());
    let pool = builder.mfa(MfaConfiguration::On).start().await.unwrap();
    let mut tab = Tab::open(pool, "/login", QUERY).await;
    tab.submit(&LOG_IN).await;
    tab.submit(&[("password", "weakpassword")]).await;
    assert!(tab.error().starts_with("Password did not conform"), "{}", tab.error());
    tab.submit(&[("password", "N3w-Password")]).await;
    let secret = between(&tab.page.body, "app: <code>", "</code>");
    tab.submit(&[("code", "000000")]).await;
    assert_eq!(tab.error(), "Code mismatch");
    assert_eq!(between(&tab.page.body, "app: <code>", "</code>"), secret);
    let code = tab.pool.software_token_code(&secret).unwrap();
    tab.submit(&[("code", &code)]).await;
    tab.expect_signed_in();
}

/// The options that the script of a page has.
fn options(page: &Reply) -> Value {
    let options = between(&page.body, "data-options=\"", "\"").replace("&quot;", "\"");
    serde_json::from_str(&options).unwrap()
}

#[tokio::test]
async fn a_passkey_is_added_and_signs_in() {
    let mut tab = tab(alice(), "/login").await;
    let sub = tab.pool.sub("alice").unwrap();
    let passkey = Authenticator::new(b"credential");
    // A passkey belongs to a name, and the browser came by an address.
    for path in ["/passkey", "/passkeys/add"] {
        let reply = tab.browser.get(&format!("{path}?{QUERY}"), &[]).await;
        let port = tab.pool.address().unwrap().port();
        let moved = format!("http://localhost:{port}{path}?{QUERY}");
        assert_eq!((reply.status, reply.header("location")), (302, moved.as_str()));
    }
    let host = ("host", "localhost:1");
    let stranger = tab.browser.get(&format!("/passkeys/add?{QUERY}"), &[host]).await;
    assert_eq!(stranger.header("location"), format!("/login?{QUERY}"));

    tab.submit(&LOG_IN).await;
    tab.expect_signed_in();
    let cookies = format!("{}; {}", tab.cookie, tab.page.cookie());
    let add = format!("/passkeys/add?{QUERY}");
    tab.page = tab.browser.get(&add, &[host, ("cookie", &cookies)]).await;
    assert_eq!(tab.title(), "Add a passkey");
    let policy = tab.page.header("content-security-policy").to_owned();
    let nonce = between(&policy, "script-src 'nonce-", "'");
    assert!(tab.page.body.contains(&format!("<script nonce=\"{nonce}\">")), "{policy}");
    assert_eq!(tab.page.body.matches("<script").count(), 1);
    tab.cookie = cookies;
    let of_other = passkey.register(&json!({ "challenge": "AAAA" })).to_string();
    let made = passkey.register(&options(&tab.page)).to_string();
    tab.submit_scripted(&[("credential", &made)]).await;
    assert_eq!((tab.page.status, tab.page.header("location")), (302, CALLBACK));
    tab.page = tab.browser.get(&add, &[host, ("cookie", &tab.cookie)]).await;
    tab.submit_scripted(&[("credential", &of_other)]).await;
    assert_eq!(tab.title(), "Add a passkey");

    let sign_in = format!("/passkey?{QUERY}");
    for (username, proved) in [("alice", true), ("alice", false), ("unknown", false)] {
        tab.page = tab.browser.get(&sign_in, &[host, ("cookie", &tab.cookie)]).await;
        tab.submit(&[("username", username)]).await;
        assert_eq!(tab.title(), "Sign in with a passkey");
        let user = if proved { sub.as_str() } else { "other" };
        let proof = passkey.assert(&options(&tab.page), user).to_string();
        tab.submit_scripted(&[("credential", &proof)]).await;
        if proved {
            tab.expect_signed_in();
        } else {
            assert_eq!((tab.page.status, tab.title().as_str()), (403, "Sign in"), "{username}");
        }
    }
}

#[tokio::test]
async fn a_page_that_goes_on_needs_what_it_goes_on_from() {
    let mut tab = tab(alice().email_mfa(), "/login").await;
    for path in ["/confirm", "/confirmForgotPassword", "/challenge"] {
        let reply = tab.browser.get(&format!("{path}?{QUERY}"), &[]).await;
        assert_eq!(
            (reply.status, reply.header("location")),
            (302, format!("/login?{QUERY}").as_str())
        );
    }
    for path in ["/signup", "/confirm", "/forgotPassword", "/confirmForgotPassword", "/challenge"] {
        // A form that another site sends, and a request that is no app's.
        let reply = tab.browser.form(&format!("{path}?{QUERY}"), &[], "username=alice").await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(reply.body.contains("This form does not belong to this browser"), "{path}");
        assert!(!reply.body.contains("<script"), "{path}");
        let reply = tab.browser.get(&format!("{path}?client_id=no"), &[]).await;
        assert_eq!(reply.header("location"), "/error?error=invalid_request", "{path}");
        let reply = tab.browser.send("PUT", path, &[], "").await;
        assert_eq!(reply.status, 405, "{path}");
    }
    tab.submit(&LOG_IN).await;
    tab.pool.advance(std::time::Duration::from_secs(180));
    let code = tab.last_code();
    tab.submit(&[("code", &code)]).await;
    assert_eq!(tab.title(), "Sign in");
    assert_eq!(tab.error(), "Invalid session for the user, session is expired.");
}
