//! What a token leaves behind in the log and in errors: codes, and nothing of the token.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::bearer::Challenge;
use serde_json::Value;
use tokio::time::advance;

use crate::budget::key_id;
use crate::forge::{Forge, Service};
use crate::keys::{ALB, forbidden};
use crate::row::verifier;
use crate::support::{FrozenTime, KeyServer};
use crate::table;
use crate::world::world;

thread_local! {
    /// What this thread has logged, if it is listened to.
    static LOGGED: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// One subscriber for the whole process, for all threads: tracing may take a subscriber of one thread for the only
/// one there is, and then forgets events that another thread came to first.
struct OfThisThread;

impl Write for OfThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| {
            if let Some(logged) = logged {
                logged.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was logged since the last call.
fn take() -> String {
    let logged = LOGGED.with_borrow_mut(|logged| logged.replace(Vec::new()));
    String::from_utf8(logged.unwrap_or_default()).unwrap()
}

/// Texts of a token that stand nowhere else: the ends of its parts, and what it says of itself.
fn secrets(token: &str) -> Vec<String> {
    let mut secrets = Vec::new();
    let parts = token.split('.').map(|part| part.trim_end_matches('='));
    for part in parts.filter(|part| (24..20_000).contains(&part.chars().count())) {
        let characters: Vec<char> = part.chars().collect();
        secrets.push(characters.iter().take(16).collect::<String>());
        secrets.push(characters[characters.len() - 16..].iter().collect());
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
        let json: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        for name in ["kid", "signer", "sub", "email"] {
            let text = json[name].as_str().unwrap_or_default();
            secrets.extend(text.split(char::is_control).map(str::to_owned));
        }
    }
    secrets.retain(|text| text.trim().len() >= 5);
    secrets
}

/// Longer tokens are refused for their length alone, and take long to search for.
const LONGEST: usize = 100_000;

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(|| OfThisThread)
            .init();
    });
    take();
}

/// Made-up key ids cause a failed fetch each second, where the server fails.
#[tokio::test]
async fn of_fetches_that_fail_there_is_a_warning_a_minute() {
    listen();
    let _frozen = FrozenTime::start();
    let server = KeyServer::start(forbidden()).await;
    let verifier = crate::keys::verifier(&server);
    let mut warnings = Vec::new();
    for second in 0..150 {
        let token = Forge::good(ALB).header("kid", key_id(second)).token();
        assert_eq!(crate::keys::code(&verifier, &token).await, Err("keys_unavailable"));
        let logged = take();
        let failures = ["keys not fetched code=", "keys not fetched again code="]
            .map(|text| logged.matches(text).count());
        assert_eq!(failures.iter().sum::<usize>(), 1, "{logged}");
        assert_eq!(logged.matches(" WARN ").count(), failures[0], "{logged}");
        if failures[0] == 1 {
            warnings.push(second);
        }
        advance(Duration::from_secs(1)).await;
    }
    assert_eq!(warnings, [0, 60, 120]);
}

#[tokio::test]
async fn of_a_token_the_log_has_the_code_and_no_more() {
    listen();
    for service in Service::ALL {
        let server = world().serve(service).await;
        let verifier = verifier(service, &server).build().unwrap();
        verifier.verify(Forge::good(service).token()).await.unwrap();
        let fetched = take();
        assert!(fetched.contains(r#"keys fetched code="ok""#), "{fetched}");
        assert!(!fetched.contains(crate::forge::KEY_ID), "{fetched}");
        for (group, rows) in table() {
            for row in rows.iter().filter(|row| row.services.contains(&service)) {
                let token = row.token(service);
                if token.len() > LONGEST {
                    continue;
                }
                let verdict = verifier.verify(&token).await;
                let name = format!("{group}: {} ({service:?})", row.name);
                let logged = take();
                let allowed = logged.lines().all(|line| {
                    line.contains("the signer has no key of this id code=\"unknown_key\"")
                        || line.contains("keys fetched")
                        || line.contains(" TRACE ")
                        || line.contains(": hyper")
                        || line.contains(": reqwest")
                });
                assert!(allowed, "{name}: a verifier logs no refusal: {logged}");
                let Err(error) = verdict else { continue };
                let shown = format!("{error} {error:?}");
                let challenge = Challenge::from(&error);
                let answered = take();
                let line = format!("a token was refused code=\"{}\"", error.code());
                assert!(answered.contains(&line) || error.is_unavailable(), "{name}: {answered}");
                let body = challenge.into_response().into_body();
                for secret in secrets(&token) {
                    for text in [&shown, &answered, &body] {
                        assert!(!text.contains(&secret), "{name}: {secret:?} in {text}");
                    }
                }
            }
        }
    }
}
