//! What the browser is told when it comes back without a sign-in.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cognito_auth::testing::{Endpoint, Fault};
use url::form_urlencoded;

use super::browser::Browser;
use super::{serve, serve_changed, sign_in};

/// The state of a sign-in that this browser has begun.
async fn state(browser: &mut Browser, home: &str) -> String {
    let away = browser.get_hops(&format!("{home}login"), 0).await;
    let location = url::Url::parse(away.headers["location"].to_str().unwrap()).unwrap();
    location.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
}

#[tokio::test]
async fn errors_of_the_authorize_endpoint() {
    const START_AGAIN: &str = "The sign-in was refused; start it again.";
    const LATER: &str = "The sign-in could not be finished; start it again later.";
    const NOT_SET_UP: &str = "This service is not set up correctly.";
    let served = serve().await;
    for (error, description, status, told) in [
        ("invalid_request", "", 400, START_AGAIN),
        ("unauthorized_client", "", 500, NOT_SET_UP),
        ("invalid_scope", "", 500, NOT_SET_UP),
        ("access_denied", "User denied access", 400, START_AGAIN),
        ("login_required", "", 400, START_AGAIN),
        ("server_error", "", 503, LATER),
        ("invalid_request", "Timeout occurred in calling IdP token endpoint", 503, LATER),
        ("invalid_request", "error_description=Timeout in calling jwks uri", 503, LATER),
        ("invalid_request", "Google Error - 400 error getting token", 400, START_AGAIN),
        ("invalid_request", "Google Error - 503 error getting token", 503, LATER),
        ("invalid_request", "Google Error - 503 invalid_client", 503, LATER),
        ("invalid_request", "Connection reset", 503, LATER),
        ("invalid_request", "Read timed out", 503, LATER),
        ("invalid_request", "PreTokenGeneration failed with error no <b>.", 400, START_AGAIN),
    ] {
        let mut browser = Browser::new();
        let state = state(&mut browser, &served.home).await;
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("error_description", description), ("error", error), ("state", &state)])
            .finish();
        let page = browser.get(&format!("{}callback?{query}", served.home)).await;
        assert_eq!(page.status, status, "{error} {description}");
        assert!(page.body.contains(told), "{error} {description}: {}", page.body);
        assert!(!page.body.contains("<b>"), "{error} {description}: {}", page.body);
        assert_eq!(browser.cookie("session"), None, "{error} {description}");
    }
    assert_eq!(served.pool.requests(Endpoint::Token), 0);
}

/// RFC 9700 §4.7.1: what was kept for the way back is good for one try, whatever comes back.
#[tokio::test]
async fn an_error_ends_the_sign_in_too() {
    let served = serve().await;
    let mut browser = Browser::new();
    let home = &served.home;
    let login = browser.get(&format!("{home}login")).await;
    let fields = [("username", super::USER), ("password", super::PASSWORD)];
    let back = browser.submit_hops(&login, &fields, 0).await;
    let callback = back.headers["location"].to_str().unwrap().to_owned();
    let url = url::Url::parse(&callback).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();

    let error = format!("{home}callback?error=access_denied&state={state}");
    assert_eq!(browser.get(&error).await.status, 400);
    assert_eq!(browser.get(&callback).await.status, 400);
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(served.pool.requests(Endpoint::Token), 0);
}

/// RFC 9700 §4.2 and §4.16: nothing is loaded from elsewhere, no other site is told the address or
/// frames the page.
#[tokio::test]
async fn every_page_keeps_to_itself() {
    let served = serve().await;
    let mut browser = Browser::new();
    let home = &served.home;
    let signed_out = browser.get(home).await;
    let failed = browser.get(&format!("{home}callback?code=a&state=b")).await;
    let signed_in = sign_in(&mut browser, home).await;
    for (page, status) in [(signed_out, 200), (failed, 400), (signed_in, 200)] {
        assert_eq!(page.status, status, "{}", page.url);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        // A form may be answered with the way to the login page's logout. Nothing else comes from elsewhere.
        let (sources, _) = policy.split_once("form-action").unwrap_or((policy, ""));
        assert!(!sources.contains("http"), "{policy}");
        assert_eq!(page.headers["referrer-policy"], "same-origin");
        assert_eq!(page.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn tokens_that_cannot_be_verified_now_are_not_bad_ones() {
    let served = serve().await;
    let mut browser = Browser::new();
    served.pool.fail_next_at(Endpoint::Jwks, 1, Fault::Status(500));
    let page = sign_in(&mut browser, &served.home).await;
    assert_eq!(page.status, 503, "{}", page.body);
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(served.pool.requests(Endpoint::Revoke), 1, "its refresh token is good for days");
}

/// The token was issued a moment ago: this machine's clock is off, and the user did nothing wrong.
#[tokio::test]
async fn a_fresh_token_that_does_not_fit_the_clock_is_not_a_bad_one() {
    // Longer than a token lives, and shorter than a sign-in may take.
    const AHEAD: Duration = Duration::from_secs(2 * 3600);
    const BEHIND: Duration = Duration::from_secs(5 * 60);
    let shifts: [fn(SystemTime) -> SystemTime; 2] = [|now| now + AHEAD, |now| now - BEHIND];
    for shift in shifts {
        let served = serve_changed(|provider| {
            // Without `openid` there is no ID token: the client has nothing to compare its clock with.
            provider.scopes = vec!["aws.cognito.signin.user.admin".to_owned()];
            let clock = provider.clock.take().unwrap();
            provider.clock = Some(Arc::new(move || shift(clock())));
        });
        let served = served.await;
        let mut browser = Browser::new();
        let page = sign_in(&mut browser, &served.home).await;
        assert_eq!(page.status, 503, "{}", page.body);
        assert_eq!(browser.cookie("session"), None);
        assert_eq!(served.pool.requests(Endpoint::Revoke), 1);
    }
}

#[tokio::test]
async fn nothing_on_the_way_is_kept_or_passed_on() {
    let served = serve().await;
    let mut browser = Browser::new();
    let home = &served.home;
    let login = browser.get_hops(&format!("{home}login"), 0).await;
    let page = browser.get(login.headers["location"].to_str().unwrap()).await;
    let fields = [("username", super::USER), ("password", super::PASSWORD)];
    let callback = browser.submit_hops(&page, &fields, 0).await;
    let callback = callback.headers["location"].to_str().unwrap().to_owned();
    let back = browser.get_hops(&callback, 0).await;
    let page = browser.get(home).await;
    let out = browser.submit_hops(&page, &[], 0).await;
    // Without a session, too.
    let again = browser.submit_hops(&page, &[], 0).await;
    for redirect in [login, back, out, again] {
        assert_eq!(redirect.status, 303, "{}", redirect.url);
        assert_eq!(redirect.headers["cache-control"], "no-store", "{}", redirect.url);
        assert_eq!(redirect.headers["referrer-policy"], "same-origin", "{}", redirect.url);
    }
}

#[tokio::test]
async fn another_name_of_this_machine_leads_to_the_one_of_the_redirect_uri() {
    let served = serve().await;
    let port = url::Url::parse(&served.home).unwrap().port().unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let ask = async |path: &str, host: String| {
        let url = format!("{}{path}", served.home);
        let response = client
            .get(url)
            .header("host", host)
            .header("accept", "text/html")
            .send()
            .await
            .unwrap();
        let location = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (location, response.headers().contains_key("set-cookie"))
    };
    for host in [format!("localhost:{port}"), format!("[::1]:{port}"), format!("127.0.0.2:{port}")]
    {
        let expected = (Some(format!("{}login?moved=1", served.home)), false);
        assert_eq!(ask("login", host.clone()).await, expected, "{host}");
        // A page leads there too, by way of the sign-in.
        let (location, _) = ask("account", host.clone()).await;
        assert_eq!(location.as_deref(), Some("/login?return_to=%2Faccount"), "{host}");
    }
    // A proxy's choice, and nonsense: a redirect would go round in circles.
    for host in ["app.example.com", "localhost:1", "localhost", "10.0.0.1:3000", "::"] {
        let (location, begun) = ask("login", host.to_owned()).await;
        assert!(location.unwrap().contains("/oauth2/authorize?") && begun, "{host}");
    }
}
