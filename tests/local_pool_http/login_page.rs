//! The authorize endpoint and the login page, as a browser meets them.

use std::time::Duration;

use crate::local_http::{Reply, claims};
use crate::{CALLBACK, PASSWORD, QUERY, code_form, served};

#[tokio::test]
async fn a_browser_is_asked_once_an_hour() {
    let (pool, browser) = served().await;
    let authorize = format!("/oauth2/authorize?{QUERY}&state=s1");
    let first = browser.get(&authorize, &[]).await;
    assert_eq!(first.status, 302);
    assert_eq!(first.header("location"), format!("/login?{QUERY}&state=s1"));
    assert_eq!(first.header("cache-control"), "no-cache, no-store, max-age=0, must-revalidate");
    assert_eq!(first.header("x-amz-cognito-request-id").len(), 36);

    let back = browser.log_in(&format!("{QUERY}&state=s1"), "alice", PASSWORD).await;
    assert_eq!(back.status, 302);
    assert!(back.header("location").starts_with(&format!("{CALLBACK}?code=")));
    assert_eq!(back.sent("code").unwrap().len(), 36);
    assert_eq!(back.sent("state").as_deref(), Some("s1"));
    let set = back.header("set-cookie");
    assert!(set.starts_with("cognito="), "{set}");
    assert!(set.ends_with("; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax"), "{set}");

    let cookie = back.cookie();
    let with_cookie = |path: String| {
        let (browser, cookie) = (&browser, cookie.as_str());
        async move { browser.get(&path, &[("cookie", cookie)]).await }
    };
    let auth_time = |reply: &Reply| reply.sent("code").is_some();
    assert!(auth_time(&with_cookie(authorize.clone()).await));
    assert!(auth_time(&with_cookie(format!("{authorize}&prompt=none")).await));
    let again = with_cookie(format!("{authorize}&prompt=login")).await;
    assert!(again.header("location").starts_with("/login?"));
    pool.advance(Duration::from_secs(120));
    let too_old = with_cookie(format!("{authorize}&max_age=60")).await;
    assert!(too_old.header("location").starts_with("/login?"));
    assert!(auth_time(&with_cookie(format!("{authorize}&max_age=300")).await));

    pool.sign_out("alice");
    assert!(auth_time(&with_cookie(authorize.clone()).await), "the cookie outlives the tokens");
    pool.advance(Duration::from_secs(3600));
    let none = with_cookie(format!("{authorize}&prompt=none")).await;
    assert_eq!(none.header("location"), format!("{CALLBACK}?error=login_required&state=s1"));
}

#[tokio::test]
async fn a_silent_sign_in_keeps_the_time_of_the_password() {
    let (pool, browser) = served().await;
    let back = browser.log_in(QUERY, "alice", PASSWORD).await;
    let first = browser.form("/oauth2/token", &[], &code_form(&back.sent("code").unwrap())).await;
    pool.advance(Duration::from_secs(600));
    let cookie = back.cookie();
    let silent = browser.get(&format!("/oauth2/authorize?{QUERY}"), &[("cookie", &cookie)]).await;
    let second =
        browser.form("/oauth2/token", &[], &code_form(&silent.sent("code").unwrap())).await;
    let [first, second] =
        [first, second].map(|reply| claims(reply.json()["access_token"].as_str().unwrap()));
    assert_eq!(first["auth_time"], second["auth_time"]);
    assert_ne!(first["origin_jti"], second["origin_jti"]);
}

#[tokio::test]
async fn requests_that_cannot_go_back_end_on_a_page() {
    let (_pool, browser) = served().await;
    let elsewhere = "/oauth2/authorize?response_type=code&client_id=localclient\
                     &redirect_uri=https://evil.example/";
    let reply = browser.get(elsewhere, &[]).await;
    let target = "/error?error=redirect_mismatch&client_id=localclient";
    assert_eq!((reply.status, reply.header("location")), (302, target));
    let page = browser.get(target, &[]).await;
    assert_eq!(page.status, 400);
    assert!(page.body.contains("An error was encountered with the requested page."));
    assert!(page.body.contains("redirect_mismatch"));

    let unknown = browser.get("/oauth2/authorize?response_type=code&client_id=no", &[]).await;
    assert_eq!(unknown.header("location"), "/error?error=invalid_request");
    let page = browser.get("/error?error=%3Cscript%3E", &[]).await;
    assert!(page.body.contains("invalid_request") && !page.body.contains("<script"));

    // The login page reads the same parameters as strictly.
    let login = browser.get("/login?response_type=code&client_id=no", &[]).await;
    assert_eq!(login.header("location"), "/error?error=invalid_request");
    let scope = browser.get(&format!("/login?{QUERY}&scope=offline_access&state=s"), &[]).await;
    assert_eq!(scope.header("location"), format!("{CALLBACK}?error=invalid_scope&state=s"));
    let post = browser.send("POST", &format!("/oauth2/authorize?{QUERY}"), &[], "").await;
    assert_eq!((post.status, post.header("allow")), (405, "GET"));
}

#[tokio::test]
async fn the_login_page_is_safe_to_look_at() {
    let (_pool, browser) = served().await;
    let hint = "login_hint=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let page = browser.get(&format!("/login?{QUERY}&{hint}&state='%22%3E"), &[]).await;
    assert_eq!(page.status, 200);
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert!(!page.body.contains("<script"));
    assert!(page.body.contains(r#"value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;""#));
    for part in [
        "This is a local user pool on this computer",
        r#"<label for="username">Username</label>"#,
        r#"<label for="password">Password</label>"#,
        r#"autocomplete="username""#,
        r#"autocomplete="current-password""#,
        r#"<button type="submit">Sign in</button>"#,
    ] {
        assert_eq!(page.body.matches(part).count(), 1, "{part}");
    }
    assert_eq!(page.body.matches("<button").count(), 1);
    assert!(page.header("set-cookie").ends_with("; Path=/; HttpOnly; SameSite=Lax"));

    let filled = browser.get(&format!("/login?{QUERY}&login_hint=alice%40example.com"), &[]).await;
    assert!(filled.body.contains(r#"value="alice@example.com""#));
}

#[tokio::test]
async fn wrong_passwords_are_shown_in_place() {
    let (pool, browser) = served().await;
    let alert = r#"role="alert" id="error">Incorrect username or password.</p>"#;
    for (username, password) in [("alice", "wrong"), ("<unknown>", PASSWORD), ("alice", "")] {
        let page = browser.log_in(QUERY, username, password).await;
        assert_eq!(page.status, 403, "{username}");
        assert!(page.body.contains(alert), "{username}");
        assert!(!page.body.contains(PASSWORD) && !page.body.contains("<unknown>"));
        assert!(page.headers("set-cookie").iter().all(|cookie| !cookie.starts_with("cognito")));
    }
    pool.disable_user("alice");
    let page = browser.log_in(QUERY, "alice", PASSWORD).await;
    assert!(page.status == 403 && page.body.contains(alert), "disabled: no word about it");
}

#[tokio::test]
async fn the_form_belongs_to_the_browser_that_loaded_it() {
    let (_pool, browser) = served().await;
    let login = format!("/login?{QUERY}");
    let cookie = browser.get(&login, &[]).await.cookie();
    let csrf = cookie.split_once('=').unwrap().1;
    let body = |csrf: &str| format!("_csrf={csrf}&username=alice&password=Passw0rd%21");
    let strange = format!("XSRF-TOKEN={}", "a".repeat(43));
    for (cookie, csrf) in [
        (None, csrf),
        (Some(strange.as_str()), csrf),
        (Some(cookie.as_str()), ""),
        (Some("XSRF-TOKEN="), ""),
    ] {
        let headers: Vec<(&str, &str)> =
            cookie.map(|cookie| ("cookie", cookie)).into_iter().collect();
        let page = browser.form(&login, &headers, &body(csrf)).await;
        assert_eq!(page.status, 403, "{cookie:?} {csrf}");
        assert!(page.body.contains("This form does not belong to this browser"));
    }
    // A second tab keeps the first one's form good.
    let second = browser.get(&login, &[("cookie", &cookie)]).await;
    assert_eq!(second.cookie(), cookie);
    let good = browser.form(&login, &[("cookie", &cookie)], &body(csrf)).await;
    assert_eq!(good.status, 302);
}
