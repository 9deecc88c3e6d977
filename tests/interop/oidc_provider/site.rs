//! A web site with browser sessions whose users sign in at oidc-provider, which rotates its refresh tokens
//! and gives no grace time.

use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::peer::Peer;
use crate::site::{Address, Site};
use crate::stories::Stories;

use super::ALICE;

const REFRESHED: &str = "granted refresh_token";

struct Provider {
    peer: Peer,
    issuer: String,
}

impl Provider {
    async fn control(&self, query: &str) {
        let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        let answer = client.get(format!("{}/control?{query}", self.peer.url())).send().await;
        assert_eq!(answer.unwrap().status(), 200);
    }

    /// Both clocks go on.
    async fn advance(&self, site: &Site, seconds: u64) {
        self.control(&format!("ahead={}", site.advance(seconds))).await;
    }

    fn count(&self, line: &str) -> usize {
        self.peer.printed().lines().filter(|printed| *printed == line).count()
    }
}

pub(super) async fn tell() {
    let address = Address::bind().await;
    let variables = [
        ("PEERS", "{peers}"),
        ("PORT", "{port}"),
        ("REDIRECT_URI", crate::pages::REDIRECT_URI),
        ("SITE", address.home.as_str()),
    ];
    let program = ["node", "{here}/oidc_provider.mjs"];
    let Some(peer) = Peer::start("oidc-provider-site", &program, &variables) else { return };
    let issuer = format!("{}/pool1", peer.url());
    let settings = [
        ("USER_POOL_ID", "local_pool1".to_owned()),
        ("CLIENT_ID", "site".to_owned()),
        ("CLIENT_SECRET", "a-secret-of-a-site".to_owned()),
        ("DOMAIN", issuer.clone()),
        ("ISSUER", issuer.clone()),
        ("JWKS_URI", format!("{issuer}/.well-known/jwks.json")),
        ("IDP_ENDPOINT", issuer.clone()),
        ("SCOPES", "openid email".to_owned()),
    ];
    let site = address.serve(&settings).await;
    let provider = Provider { peer, issuer };
    let mut stories = Stories::with("a web site with oidc-provider");
    let mut browser = tell_of_refreshes(&site, &provider, &mut stories).await;
    tell_of_the_end(&site, &provider, &mut browser, &mut stories).await;
    stories.end();
}

async fn tell_of_refreshes(site: &Site, provider: &Provider, stories: &mut Stories) -> Browser {
    let mut browser = Browser::new();

    stories.begin("from /account through login and consent, and back there");
    let page = site.sign_in(&mut browser, ALICE).await;
    assert_eq!((page.status, page.url.as_str()), (200, site.url("account").as_str()));
    assert!(page.body.contains("Hello, alice"), "{}", page.body);
    assert!(page.body.contains("alice@example.com"), "{}", page.body);
    let callback = page.visited.iter().find(|url| url.path() == "/callback").unwrap();
    let issuer = callback.query_pairs().find(|(name, _)| name == "iss").unwrap().1;
    assert_eq!(issuer, provider.issuer);
    let cookie = browser.cookie("session").unwrap().to_owned();
    assert_eq!(cookie.len(), 89);

    stories.begin("refreshed by rotation, each time with the newest token: the cookie stays");
    for times in 1..=3 {
        provider.advance(site, 3700).await;
        let page = browser.get(&site.url("account")).await;
        assert!(page.body.contains("Hello, alice"), "{}", page.body);
        assert_eq!(provider.count(REFRESHED), times);
    }
    assert_eq!(browser.cookie("session"), Some(cookie.as_str()));

    stories.begin("thirty requests at once with a token that has expired: one refresh");
    provider.advance(site, 3700).await;
    assert_eq!(site.ask_at_once(&browser, 30).await, [200; 30]);
    assert_eq!(provider.count(REFRESHED), 4);
    assert_eq!(provider.count("a refresh token was rotated"), 4);

    stories.begin("the provider is away: cannot tell, and the session is there afterwards");
    provider.advance(site, 3700).await;
    provider.control("away=true").await;
    let page = browser.get(&site.url("account")).await;
    assert_eq!((page.status, page.headers["retry-after"].to_str().unwrap()), (503, "5"));
    assert_eq!(browser.cookie("session"), Some(cookie.as_str()));
    provider.control("away=false").await;
    // It is not asked again at once.
    let deadline = Instant::now() + Duration::from_secs(60);
    while browser.get(&site.url("account")).await.status != 200 {
        assert!(Instant::now() < deadline, "it does not come back");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(provider.count(REFRESHED), 5);
    browser
}

async fn tell_of_the_end(
    site: &Site,
    provider: &Provider,
    browser: &mut Browser,
    stories: &mut Stories,
) {
    stories.begin("signed out: the refresh token there, the session here, and the hosted page");
    let cookie = browser.cookie("session").unwrap().to_owned();
    let page = browser.get(&site.url("account")).await;
    let hosted = browser.submit(&page, &[]).await;
    assert!(hosted.visited.iter().any(|url| url.path() == "/pool1/logout"), "{hosted:?}");
    assert_eq!(provider.count("a sign-in was revoked"), 1, "before the page was answered");
    assert!(!site.accepts(&cookie).await);
    let out = browser.submit(&hosted, &[("logout", "yes")]).await;
    assert_eq!((out.status, out.url.as_str()), (200, site.url("logged-out").as_str()));
    assert_eq!(browser.cookie("session"), None);

    stories.begin("the next sign-in asks for the password");
    let page = browser.get(&site.url("account")).await;
    assert!(page.body.contains("name=\"password\""), "{}", page.body);
    let page = site.come_back(browser, page, ALICE).await;
    assert!(page.body.contains("Hello, alice"), "{}", page.body);

    stories.begin("signed out at the provider: out here when the token has expired");
    let there = format!("{}/session/end", provider.issuer);
    let hosted = browser.get(&there).await;
    browser.submit(&hosted, &[("logout", "yes")]).await;
    assert!(browser.get(&site.url("account")).await.body.contains("Hello, alice"));
    provider.advance(site, 3700).await;
    let page = browser.get(&site.url("account")).await;
    assert!(page.url.as_str().starts_with(&provider.issuer), "{}", page.url);
    assert_eq!(provider.count("refused invalid_grant"), 1);

    stories.begin("consent is denied: an error page with the code, and a way on");
    let cancel = page.body.split("href=\"").find(|link| link.contains("/abort\"")).unwrap();
    let cancel = page.url.join(cancel.split('"').next().unwrap()).unwrap();
    let page = browser.get(cancel.as_str()).await;
    assert_eq!((page.status, page.url.path()), (400, "/callback"));
    assert!(page.body.contains("access_denied"), "{}", page.body);
    assert!(page.body.contains("href=\"/login?return_to=%2Faccount\""), "{}", page.body);
}
