//! The example server in this process, as a web site whose users sign in at a peer. Its clock is moved
//! from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use reqwest::header::COOKIE;

use crate::browser::{Browser, Page};
use crate::pages::{Fields, submit};
use crate::server::App;
use crate::server::settings::Settings;

/// A port that is known before there is a site: the peer has to register the redirect URI.
pub struct Address {
    listener: tokio::net::TcpListener,
    pub home: String,
}

pub struct Site {
    pub home: String,
    ahead: Arc<AtomicU64>,
}

impl Address {
    pub async fn bind() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let home = format!("http://{}/", listener.local_addr().unwrap());
        Self { listener, home }
    }

    /// With these settings of the example's environment, all of which begin with `COGNITO_`.
    pub async fn serve(self, settings: &[(&str, String)]) -> Site {
        let find = |name: &str| settings.iter().find(|(known, _)| name == *known);
        let settings = Settings::from_environment(|name| {
            find(name.strip_prefix("COGNITO_")?).map(|(_, value)| value.clone())
        });
        let address = self.listener.local_addr().unwrap();
        let (mut provider, _) = settings.unwrap().provider(address).await.unwrap();
        let ahead = Arc::new(AtomicU64::new(0));
        let of_site = Arc::clone(&ahead);
        provider.clock = Some(Arc::new(move || {
            SystemTime::now() + Duration::from_secs(of_site.load(Ordering::SeqCst))
        }));
        let router = App::new(&provider).unwrap().router().unwrap();
        tokio::spawn(async move { axum::serve(self.listener, router).await });
        Site { home: self.home, ahead }
    }
}

impl Site {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.home)
    }

    /// Time passes, for this site.
    pub fn advance(&self, seconds: u64) -> u64 {
        self.ahead.fetch_add(seconds, Ordering::SeqCst) + seconds
    }

    /// Fills in every form on the way from this page, until the browser is back at the site.
    pub async fn come_back(&self, browser: &mut Browser, page: Page, fields: Fields<'_>) -> Page {
        let mut page = page;
        for _ in 0..6 {
            if page.url.as_str().starts_with(&self.home) {
                return page;
            }
            page = submit(browser, &page, fields).await;
        }
        panic!("still not back, but at {} with {}", page.url, page.body);
    }

    /// From the account's page through the peer's pages.
    pub async fn sign_in(&self, browser: &mut Browser, fields: Fields<'_>) -> Page {
        let page = browser.get(&self.url("account")).await;
        assert!(!page.url.as_str().starts_with(&self.home), "{}", page.url);
        self.come_back(browser, page, fields).await
    }

    /// So many requests at once with the session of this browser: their statuses.
    pub async fn ask_at_once(&self, browser: &Browser, times: usize) -> Vec<u16> {
        let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        let cookie = format!("session={}", browser.cookie("session").unwrap());
        let request = || client.get(self.url("session")).header(COOKIE, &cookie).send();
        let asked: Vec<_> = (0..times).map(|_| tokio::spawn(request())).collect();
        let mut statuses = Vec::new();
        for answer in asked {
            statuses.push(answer.await.unwrap().unwrap().status().as_u16());
        }
        statuses
    }

    /// Whether this value of the session cookie is one of a user who is signed in.
    pub async fn accepts(&self, cookie: &str) -> bool {
        let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        let request = client.get(self.url("session")).header(COOKIE, format!("session={cookie}"));
        match request.send().await.unwrap().status().as_u16() {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }
}
