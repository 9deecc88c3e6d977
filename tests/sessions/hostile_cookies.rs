//! Cookies that were changed, swapped and moved, and records that a writer to the store has moved.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::sessions::{Replaced, SessionKey};
use http::HeaderValue;
use sha2::{Digest as _, Sha256};

use super::app::App;
use super::browser::{Browser, SESSION, location};

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

fn octets(cookie: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(cookie.strip_prefix("v1.").unwrap()).unwrap()
}

fn text(octets: &[u8]) -> String {
    format!("v1.{}", URL_SAFE_NO_PAD.encode(octets))
}

fn key_of(cookie: &str) -> SessionKey {
    SessionKey::from_bytes(Sha256::digest(&octets(cookie)[..32]).into())
}

fn flipped(octets: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = octets.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

/// As a client of the store that has no cookie.
async fn write(app: &App, key: &SessionKey, record: &[u8]) {
    let version = app.store.load(key).await.unwrap().unwrap().version;
    let written = app.store.replace(key, version, record, HOUR).await.unwrap();
    assert!(matches!(written, Replaced::Done(_)), "{written:?}");
}

async fn opens(app: &App, value: &[u8]) -> bool {
    let Ok(field) = HeaderValue::from_bytes(&[SESSION.as_bytes(), b"=", value].concat()) else {
        return false;
    };
    let request = Browser::default().visit("/orders").header("cookie", field);
    let (request, ()) = request.body(()).unwrap().into_parts();
    app.sessions.current(&request).await.unwrap().is_some()
}

#[tokio::test]
async fn no_bit_of_a_session_cookie_can_be_flipped() {
    let app = App::new();
    let cookie = app.sign_in("alice").await.session().unwrap().clone();
    // Of the text, and of the octets that it is written for.
    for bit in 0..cookie.len() * 8 {
        assert!(!opens(&app, &flipped(cookie.as_bytes(), bit)).await, "bit {bit} of the text");
    }
    let octets = octets(&cookie);
    for bit in 0..octets.len() * 8 {
        let changed = text(&flipped(&octets, bit));
        assert!(!opens(&app, changed.as_bytes()).await, "bit {bit} of the octets");
    }
    assert!(opens(&app, cookie.as_bytes()).await);
}

#[tokio::test]
async fn no_bit_of_a_sign_ins_cookie_can_be_flipped() {
    let app = App::new();
    let mut browser = Browser::default();
    let answer = browser.send(&app.sessions, browser.visit("/login?return_to=/a")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    let (name, value) = browser.cookies.first_key_value().unwrap();
    let octets = octets(value);
    for bit in 0..octets.len() * 8 {
        let mut other = Browser::default();
        other.cookies.insert(name.clone(), text(&flipped(&octets, bit)));
        let answer = other.send(&app.sessions, other.visit(&callback)).await;
        assert_eq!(answer.status(), 400, "bit {bit}");
        assert!(answer.body().contains("sign_in_not_started"), "bit {bit}: {}", answer.body());
    }
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(location(&answer), "/a");
}

/// In the store; one bit of each octet.
#[tokio::test]
async fn no_octet_of_a_record_or_a_note_can_be_changed() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let user = app.current(&browser).await.unwrap().unwrap();
    let key = key_of(browser.session().unwrap());
    let stored = app.store.load(&key).await.unwrap().unwrap();
    let bits = |octets: &[u8]| (0..octets.len()).map(|octet| octet * 8 + octet % 8);
    for bit in bits(&stored.record) {
        write(&app, &key, &flipped(&stored.record, bit)).await;
        assert!(!app.is_signed_in(&browser).await, "bit {bit}");
    }
    write(&app, &key, &stored.record).await;
    assert!(app.is_signed_in(&browser).await);

    let is_read = async || app.sessions.sessions_of(&user).await.unwrap()[0].seen_at.is_some();
    let note = app.store.list(&stored.user).await.unwrap().remove(0).note;
    assert!(is_read().await);
    // Two seals; what the list shows is the second one.
    let first = 8..8 * (1 + usize::from(note[0]));
    for bit in bits(&note).filter(|bit| !first.contains(bit)) {
        assert!(app.store.touch(&key, HOUR, &flipped(&note, bit)).await.unwrap());
        assert!(!is_read().await, "bit {bit}");
    }
}

/// What is one user's, or one cookie's, is nothing under another name.
#[tokio::test]
async fn cookies_swapped_between_names_and_users_open_nothing() {
    let app = App::new();
    let (alice, bob) = (app.sign_in("alice").await, app.sign_in("bob").await);
    let (alices, bobs) = (alice.session().unwrap(), bob.session().unwrap());
    let halves =
        |id: &str, secret: &str| text(&[&octets(id)[..32], &octets(secret)[32..]].concat());
    assert!(!opens(&app, halves(alices, bobs).as_bytes()).await, "Alice's id, Bob's secret");
    assert!(!opens(&app, halves(bobs, alices).as_bytes()).await, "Bob's id, Alice's secret");
    let swapped = [&octets(alices)[32..], &octets(alices)[..32]].concat();
    assert!(!opens(&app, text(&swapped).as_bytes()).await, "secret and id");

    // Two sign-ins under way, each with the other's cookie.
    let mut browser = Browser::default();
    let mut callbacks = Vec::new();
    for user in ["alice", "bob"] {
        let answer = browser.send(&app.sessions, browser.visit("/login")).await;
        callbacks.push(app.at_login_page(&location(&answer), user));
    }
    let pending: Vec<_> = browser.cookies.clone().into_iter().collect();
    let [(one, of_one), (other, of_other)] = &pending[..] else { panic!("{pending:?}") };
    let is_refused = async |cookies: &[(&String, &String)]| {
        let own = cookies.iter().map(|(n, v)| ((*n).clone(), (*v).clone())).collect();
        let mut browser = Browser { cookies: own };
        for callback in &callbacks {
            let answer = browser.send(&app.sessions, browser.visit(callback)).await;
            assert_eq!(answer.status(), 400, "{cookies:?}");
            assert!(answer.body().contains("sign_in_not_started"), "{cookies:?}");
        }
    };
    is_refused(&[(one, of_other), (other, of_one)]).await;
    is_refused(&[(one, alices), (other, alices)]).await;
    is_refused(&[(&SESSION.to_owned(), of_one)]).await;
    assert!(!opens(&app, of_one.as_bytes()).await, "a sign-in's cookie as a session");
    // Without the prefix they are another host's, or a script's.
    let bare = |name: &String| name.trim_start_matches("__Host-").to_owned();
    is_refused(&[(&bare(one), of_one), (&bare(other), of_other)]).await;
    let mut planted = Browser::default();
    planted.cookies.insert(bare(&SESSION.to_owned()), alices.clone());
    assert!(!app.is_signed_in(&planted).await);
    // Nothing was spent on all this.
    for callback in &callbacks {
        let answer = browser.send(&app.sessions, browser.visit(callback)).await;
        assert_eq!(location(&answer), "/");
    }
    assert!(app.is_signed_in(&alice).await && app.is_signed_in(&bob).await);
}

/// Who writes to the store without a cookie ends sessions, and makes none.
#[tokio::test]
async fn records_swapped_between_users_and_sessions_open_nothing() {
    let app = App::new();
    let (alice, bob) = (app.sign_in("alice").await, app.sign_in("bob").await);
    let second = app.sign_in("alice").await;
    let keys = [&alice, &bob, &second].map(|browser| key_of(browser.session().unwrap()));
    let mut stored = Vec::new();
    for key in &keys {
        stored.push(app.store.load(key).await.unwrap().unwrap());
    }
    for (to, from) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2)] {
        write(&app, &keys[to], &stored[from].record).await;
        let browser = [&alice, &bob, &second][to];
        assert!(!app.is_signed_in(browser).await, "the record of {from} under the key of {to}");
        write(&app, &keys[to], &stored[to].record).await;
        assert!(app.is_signed_in(browser).await);
    }
}
