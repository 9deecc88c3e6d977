//! Sessions whose notes do not open any more: the server's keys were replaced, and they were not used since.

use cognito_auth::sessions::{BrowserSessions, SessionKeys};

use super::app::{App, current, pool};
use super::browser::Browser;

/// A machine with other keys, over the same store.
fn with_other_keys(app: &App) -> BrowserSessions {
    let keys = SessionKeys::random().unwrap();
    app.builder().keys(keys).most_sessions_per_user(2).build().unwrap()
}

/// What another service was handed is refused, whatever ended the session.
#[tokio::test]
async fn their_tokens_are_revoked_all_the_same() {
    for how in ["one", "everywhere", "all of the user", "the limit"] {
        let app = App::of(pool(), |builder| builder.most_sessions_per_user(2));
        let (one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
        let token = app.current(&one).await.unwrap().unwrap().access_token().clone();
        app.verifier.verify_access(token.expose()).await.unwrap();
        let sessions = with_other_keys(&app);
        let this = current(&sessions, &two).await.unwrap().unwrap();
        let listed = sessions.sessions_of(&this).await.unwrap();
        assert_eq!((listed.len(), listed[0].device.as_ref()), (2, None), "{how}");
        match how {
            "one" => assert!(sessions.end_one(&this, &listed[0].public_id).await.unwrap()),
            "everywhere" => sessions.end_everywhere(&this).await.unwrap(),
            "all of the user" => {
                sessions.end_all_of(this.claims().issuer(), this.sub()).await.unwrap();
            }
            _ => {
                let mut three = Browser::default();
                let answer = three.send(&sessions, three.visit("/login")).await;
                let callback = app.at_login_page(&super::browser::location(&answer), "alice");
                three.send(&sessions, three.visit(&callback)).await;
            }
        }
        let error = app.verifier.verify_access(token.expose()).await.unwrap_err();
        assert_eq!(error.code(), "revoked", "{how}");
        assert!(!app.is_signed_in(&one).await, "{how}");
    }
}

/// In front of the old key, the new one seals and both open; without the old one it fails cleanly.
#[tokio::test]
async fn a_sign_in_under_way_goes_on_while_its_key_is_in_the_ring() {
    let text = |octet: u8| {
        use base64::Engine as _;
        let mut key = [octet; 32];
        key[0] = octet.wrapping_add(1);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key)
    };
    let app = App::new();
    let with =
        |keys: String| app.builder().keys(SessionKeys::parse(&keys).unwrap()).build().unwrap();
    let old = with(text(1));
    for (ring, status) in [
        (with(format!("{},{}", text(2), text(1))), 303),
        (with(text(2)), 400),
        (with(text(1)), 303),
    ] {
        let mut browser = Browser::default();
        let answer = browser.send(&old, browser.visit("/login?return_to=/a")).await;
        let callback = app.at_login_page(&super::browser::location(&answer), "alice");
        let answer = browser.send(&ring, browser.visit(&callback)).await;
        assert_eq!(answer.status().as_u16(), status, "{}", answer.body());
        assert_eq!(browser.session().is_some(), status == 303);
    }
}
