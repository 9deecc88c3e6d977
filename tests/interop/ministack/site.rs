//! A web site with browser sessions whose users sign in at ministack, which does not rotate refresh tokens.

use serde_json::{Value, json};

use super::{Pool, VARIABLES};
use crate::administration::PASSWORD;
use crate::browser::Browser;
use crate::pages::Fields;
use crate::peer::Peer;
use crate::site::{Address, Site};
use crate::stories::Stories;

const ALICE: Fields<'static> = &[("username", "alice"), ("password", PASSWORD)];

/// What the app client of the site has, with tokens that live for so many minutes.
fn app(home: &str, minutes: u32) -> Value {
    json!({
        "GenerateSecret": true,
        "CallbackURLs": [format!("{home}callback")],
        "LogoutURLs": [format!("{home}logged-out")],
        "AccessTokenValidity": minutes,
        "IdTokenValidity": minutes,
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes"},
    })
}

pub(super) async fn tell() {
    let program = ["{peers}/venv/bin/python", "-m", "ministack"];
    let Some(peer) = Peer::start("ministack-site", &program, &VARIABLES) else { return };
    let pool = Pool::at(&peer).await;
    let address = Address::bind().await;
    let client = pool.administration.create_app(&pool.id, app(&address.home, 5)).await;
    let url = peer.url();
    let settings = [
        ("USER_POOL_ID", pool.id.clone()),
        ("CLIENT_ID", client.id.clone()),
        ("CLIENT_SECRET", client.secret.clone().unwrap()),
        ("DOMAIN", url.clone()),
        ("JWKS_URI", format!("{url}/{}/.well-known/jwks.json", pool.id)),
        ("IDP_ENDPOINT", url),
    ];
    let site = address.serve(&settings).await;
    let mut stories = Stories::with("a web site with ministack");
    let mut browser = tell_of_a_session(&site, &pool, &client.id, &mut stories).await;
    tell_of_the_end(&site, &pool, &mut browser, &mut stories).await;
    stories.end();
}

async fn tell_of_a_session(
    site: &Site,
    pool: &Pool,
    client_id: &str,
    stories: &mut Stories,
) -> Browser {
    let mut browser = Browser::new();

    stories.begin("from /account through the hosted page, and back there");
    let page = site.sign_in(&mut browser, ALICE).await;
    assert_eq!((page.status, page.url.as_str()), (200, site.url("account").as_str()));
    assert!(page.body.contains("Hello, alice"), "{}", page.body);
    assert!(page.body.contains("alice@example.com (verified)"), "{}", page.body);
    assert_eq!(browser.get(&site.url("admin")).await.status, 200);

    stories.begin("refreshed: the session outlives its first token");
    let mut change = app(&site.home, 60);
    change["UserPoolId"] = pool.id.clone().into();
    change["ClientId"] = client_id.into();
    change.as_object_mut().unwrap().remove("GenerateSecret");
    pool.administration.call("UpdateUserPoolClient", change).await;
    site.advance(600);
    let page = browser.get(&site.url("account")).await;
    assert!(page.body.contains("Hello, alice"), "{}", page.body);

    stories.begin("the refreshed token has no groups there, and opens no page for them");
    assert_eq!(browser.get(&site.url("admin")).await.status, 403);
    browser
}

async fn tell_of_the_end(site: &Site, pool: &Pool, browser: &mut Browser, stories: &mut Stories) {
    stories.begin("signed out here and at the hosted page, where no refresh token can be revoked");
    let cookie = browser.cookie("session").unwrap().to_owned();
    let page = browser.get(&site.url("account")).await;
    let out = browser.submit(&page, &[]).await;
    assert!(out.visited.iter().any(|url| url.path() == "/logout"), "{out:?}");
    assert_eq!((out.status, out.url.as_str()), (200, site.url("logged-out").as_str()));
    assert_eq!(browser.cookie("session"), None);
    assert!(!site.accepts(&cookie).await);

    stories.begin("on all devices: the other browser is out at once");
    let mut other = Browser::new();
    let page = site.sign_in(browser, ALICE).await;
    site.sign_in(&mut other, ALICE).await;
    let cookies = [&*browser, &other].map(|one| one.cookie("session").unwrap().to_owned());
    assert!(site.accepts(&cookies[0]).await && site.accepts(&cookies[1]).await);
    browser.submit(&page, &[("everywhere", "true")]).await;
    assert!(!site.accepts(&cookies[0]).await && !site.accepts(&cookies[1]).await);

    stories.begin("a user who is disabled there is out at the next refresh");
    let mut browser = Browser::new();
    pool.administration.create_user(&pool.id, "bob", "bob@example.com").await;
    site.sign_in(&mut browser, &[("username", "bob"), ("password", PASSWORD)]).await;
    pool.administer("AdminDisableUser", "bob").await;
    let cookie = browser.cookie("session").unwrap().to_owned();
    assert!(site.accepts(&cookie).await);
    site.advance(3700);
    assert!(!site.accepts(&cookie).await);
}
