//! As much of a browser as a sign-in needs: cookies, redirects, forms.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::collections::BTreeMap;

use reqwest::header::{ACCEPT, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use url::Url;

/// Cookies are kept by host, whatever the port, as browsers do.
pub struct Browser {
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
    /// Addresses that begin so are not fetched: the way ends there.
    stop_at: Option<String>,
}

/// The page that the redirects ended at.
#[derive(Debug)]
pub struct Page {
    pub url: Url,
    pub status: u16,
    pub body: String,
    pub headers: reqwest::header::HeaderMap,
    /// Every address on the way.
    pub visited: Vec<Url>,
}

impl Browser {
    pub fn new() -> Self {
        Self::with(reqwest::Client::builder())
    }

    /// With settings of the connection: certificates, addresses of hosts.
    pub fn with(builder: reqwest::ClientBuilder) -> Self {
        let builder = builder.redirect(reqwest::redirect::Policy::none()).no_proxy();
        // A machine may have no root certificates.
        let builder = builder.tls_certs_only([]);
        let client = builder.build().unwrap();
        Self { client, cookies: BTreeMap::new(), stop_at: None }
    }

    /// Where nothing listens: a redirect to an address that begins so is the last page, unfetched.
    pub fn stop_at(mut self, beginning: &str) -> Self {
        self.stop_at = Some(beginning.to_owned());
        self
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub async fn get(&mut self, url: &str) -> Page {
        self.follow(Url::parse(url).unwrap(), None, usize::MAX).await
    }

    /// Follows so many redirects and no more.
    pub async fn get_hops(&mut self, url: &str, hops: usize) -> Page {
        self.follow(Url::parse(url).unwrap(), None, hops).await
    }

    /// Sends the form of a page, with its hidden fields and these.
    pub async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        self.submit_hops(page, fields, usize::MAX).await
    }

    pub async fn submit_hops(&mut self, page: &Page, fields: &[(&str, &str)], hops: usize) -> Page {
        let form = page.body.split("<form").nth(1).expect("a form on the page");
        let form = form.split("</form>").next().unwrap();
        let action = attribute(form.split('>').next().unwrap(), "action");
        let target = action.map_or(page.url.clone(), |action| page.url.join(&action).unwrap());
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for input in form.split("<input").skip(1).map(|input| input.split('>').next().unwrap()) {
            if attribute(input, "type").as_deref() == Some("hidden") {
                let value = attribute(input, "value").unwrap_or_default();
                body.append_pair(&attribute(input, "name").unwrap(), &value);
            }
        }
        fields.iter().for_each(|(name, value)| {
            body.append_pair(name, value);
        });
        self.follow(target, Some((page, body.finish())), hops).await
    }

    /// A form comes with the origin of its page.
    async fn follow(&mut self, mut url: Url, form: Option<(&Page, String)>, hops: usize) -> Page {
        let origin = form.as_ref().map(|(page, _)| page.url.origin().ascii_serialization());
        let origin = origin.unwrap_or_default();
        let mut form = form.map(|(_, body)| body);
        let mut visited = Vec::new();
        loop {
            assert!(visited.len() < 12, "redirected in circles: {visited:?}");
            visited.push(url.clone());
            let request = match form.take() {
                Some(body) => self
                    .client
                    .post(url.clone())
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header(ORIGIN, &origin)
                    .body(body),
                None => self.client.get(url.clone()),
            };
            let cookies: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = request.header(ACCEPT, "text/html,*/*;q=0.8");
            let response = request.header(COOKIE, cookies.join("; ")).send().await.unwrap();
            for cookie in response.headers().get_all(SET_COOKIE) {
                self.set_cookie(cookie.to_str().unwrap());
            }
            let status = response.status().as_u16();
            let location =
                response.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
            if let (Some(location), true) = (&location, visited.len() <= hops) {
                assert!([302, 303].contains(&status), "a redirect of status {status}");
                url = url.join(location).unwrap();
                let stop = self.stop_at.as_ref().is_some_and(|at| url.as_str().starts_with(at));
                if !stop {
                    continue;
                }
            }
            let headers = response.headers().clone();
            return Page { url, status, headers, body: response.text().await.unwrap(), visited };
        }
    }

    fn set_cookie(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let gone = value.is_empty() || attributes.to_ascii_lowercase().contains("max-age=0");
        if gone {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}
