//! A person with a browser, from the address that a sign-in starts at to the redirect URI.

use cognito_auth::{
    AuthCode, Callback, CodeVerifier, IdentityProvider, PendingSignIn, SignIn, SignInRequest,
    code_challenge,
};
use url::Url;

use crate::browser::{Browser, Page};

/// No server listens there; the browser stops at this address.
pub const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";

/// What a person types, by the names of the fields.
pub type Fields<'a> = &'a [(&'a str, &'a str)];

pub fn browser() -> Browser {
    Browser::new().stop_at("http://127.0.0.1:9/")
}

/// Fills in every form on the way, until the browser is back at the app.
pub async fn walk(browser: &mut Browser, url: &Url, fields: Fields<'_>) -> Url {
    let mut page = browser.get(url.as_str()).await;
    for _ in 0..6 {
        if page.url.as_str().starts_with(REDIRECT_URI) {
            return page.url;
        }
        page = submit(browser, &page, fields).await;
    }
    panic!("still not back, but at {} with {}", page.url, page.body);
}

/// Sends the form with those of the fields that it has.
pub async fn submit(browser: &mut Browser, page: &Page, fields: Fields<'_>) -> Page {
    let has = |name: &str| page.body.contains(&format!("name=\"{name}\""));
    let asked: Vec<_> = fields.iter().copied().filter(|(name, _)| has(name)).collect();
    browser.submit(page, &asked).await
}

/// A user of this provider, who signs in with a new browser each time.
pub struct Person<'a> {
    pub provider: &'a dyn IdentityProvider,
    pub fields: Fields<'a>,
}

impl Person<'_> {
    pub async fn come_back(&self, request: SignInRequest) -> (PendingSignIn, Url) {
        let SignIn { url, pending, .. } = self.provider.sign_in(request).unwrap();
        let callback = walk(&mut browser(), &url, self.fields).await;
        (pending, callback)
    }

    pub async fn code(&self, request: SignInRequest) -> AuthCode {
        let (pending, callback) = self.come_back(request).await;
        pending.accept(&Callback::from_url(&callback).unwrap()).unwrap()
    }
}

/// A code as a thief would have it: the text alone.
pub fn stolen(callback: &Url) -> AuthCode {
    let code = callback.query_pairs().find(|(name, _)| name == "code").unwrap().1;
    AuthCode::new(code, REDIRECT_URI)
}

/// The address with the challenge of this verifier and no nonce, as a front end makes one that keeps
/// its verifier itself.
pub fn with_verifier_of_ours(url: &Url, verifier: &str) -> Url {
    let challenge = code_challenge(&CodeVerifier::new(verifier));
    let mut changed = url.clone();
    let kept = url.query_pairs().filter(|(name, _)| name != "code_challenge" && name != "nonce");
    changed.query_pairs_mut().clear().extend_pairs(kept);
    changed.query_pairs_mut().append_pair("code_challenge", &challenge);
    changed
}

/// The callback with a parameter of another value, or without it.
pub fn with_parameter(callback: &Url, name: &str, value: Option<&str>) -> Callback {
    let mut changed = callback.clone();
    let kept = callback.query_pairs().filter(|(known, _)| known != name);
    let added = value.map(|value| (name.into(), value.into()));
    changed.query_pairs_mut().clear().extend_pairs(kept.chain(added));
    Callback::from_url(&changed).unwrap()
}
