//! What a refused token leaves behind: no request, no word of it in a log or an error.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cognito_auth::keys::RemoteKeySet;
use cognito_auth::{IdTokenChecks, UserPool};
use tracing_subscriber::fmt::MakeWriter;

use crate::forge::{Forge, Kind, world};
use crate::row::{default_rules, set_with, verdicts};
use crate::support::{Answer, KeyServer, POOL_ID};
use crate::table;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Texts that stand in tokens here and must stand nowhere else.
fn secrets(token: &str) -> Vec<String> {
    let parts = token.split('.').filter(|part| part.len() >= 16);
    // The first and the last characters tell; a whole part of 10 MB takes long to search for.
    let ends = parts.flat_map(|part| {
        let characters: Vec<char> = part.chars().take(16).collect();
        let last: Vec<char> = part.chars().rev().take(16).collect();
        [characters.into_iter().collect(), last.into_iter().rev().collect::<String>()]
    });
    let claims = Kind::Access.payload();
    let claims = ["sub", "jti", "origin_jti", "event_id"]
        .map(|claim| claims[claim].as_str().unwrap().to_owned());
    ends.filter(|text: &String| !text.trim().is_empty()).chain(claims).collect()
}

#[tokio::test]
async fn one_request_for_keys_and_nothing_of_a_token_in_the_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let server = KeyServer::start(Answer::Jwks(world().jwks.clone())).await;
    let pool = UserPool::new(POOL_ID).unwrap().with_jwks_uri(&server.uri()).unwrap();
    let day = Duration::from_secs(86_400);
    let keys = RemoteKeySet::builder(&pool).cool_down(day).refresh_after(day).max_stale(day);
    let keys = keys.build().unwrap();
    let verifier = default_rules().keys(keys).build().unwrap();
    let pools = set_with(&verifier);

    // A stranger's token first: nobody is asked about it.
    for kind in [Kind::Access, Kind::Id] {
        let stranger = Forge::good(kind).claim("iss", "https://evil.example").token();
        verdicts(kind, &verifier, &pools, &stranger, IdTokenChecks::new()).await;
    }
    assert_eq!(server.requests(), 0);

    verifier.prefetch().await.unwrap();
    let mut secrets_seen = Vec::new();
    for (group, rows) in table() {
        for row in rows.iter().filter(|row| !row.has_rules_of_its_own()) {
            for kind in row.kinds {
                let token = row.token(*kind);
                for (entry, verdict) in
                    verdicts(*kind, &verifier, &pools, &token, IdTokenChecks::new()).await
                {
                    let code = verdict.err().map(|error| error.code());
                    assert_eq!(code, row.expected, "{group}: {} ({kind:?} at {entry})", row.name);
                }
                secrets_seen.extend(secrets(&token));
            }
        }
    }
    assert_eq!(server.requests(), 1);
    assert!(!world().trap_was_called());

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("keys fetched"), "nothing was logged: {log}");
    secrets_seen.sort_unstable();
    secrets_seen.dedup();
    for secret in secrets_seen {
        assert!(!log.contains(&secret), "{secret:?} is in the log");
    }
}

#[tokio::test]
async fn no_answer_has_anything_of_the_token() {
    for (group, rows) in table() {
        for row in rows {
            let verifier = row.verifier();
            let pools = set_with(&verifier);
            for kind in row.kinds {
                let token = row.token(*kind);
                for (entry, verdict) in
                    verdicts(*kind, &verifier, &pools, &token, row.checks()).await
                {
                    let Err(error) = verdict else { continue };
                    let shown = format!("{error} {error:?} {:?}", row.checks());
                    assert!(
                        shown.len() < 250
                            && !shown.chars().any(char::is_control)
                            && !secrets(&token).iter().any(|secret| shown.contains(secret)),
                        "{group}: {} ({kind:?} at {entry}): {shown}",
                        row.name
                    );
                    assert!(std::error::Error::source(&error).is_none());
                    assert!(!error.is_unavailable());
                }
            }
        }
    }
}
