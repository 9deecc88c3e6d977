//! What a refused token leaves behind: no request, no word of it in a log or an error.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::bearer::{Challenge, JwtBearer, unverified_token};
use cognito_auth::keys::RemoteKeySet;
use cognito_auth::{IdTokenChecks, JwtVerifier, UserPool, VerifyError};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use crate::forge::{Forge, Kind};
use crate::log::Log;
use crate::row::{default_rules, set_with, verdicts};
use crate::support::{Answer, ISSUER, KeyServer, POOL_ID};
use crate::table;
use crate::world::world;

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
    let ends = ends.filter(|text: &String| !text.trim().is_empty());
    ends.chain(claims).chain(unverified_names(token)).collect()
}

/// Longer tokens are not read here: the ends of their parts tell.
const LONGEST_READ: usize = 64 * 1024;

/// What a token says that it is, decoded: its algorithm, its key id, its issuer. Without what the
/// pool says itself, what is too short to tell, and what a log would write in another way (a line
/// break, say): the pieces between are looked for.
fn unverified_names(token: &str) -> Vec<String> {
    if token.len() > LONGEST_READ {
        return Vec::new();
    }
    let parts: Vec<Value> = token
        .split('.')
        .map(|part| {
            let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
            serde_json::from_slice(&bytes).unwrap_or_default()
        })
        .collect();
    let names = parts.iter().flat_map(|part| ["alg", "kid", "iss"].map(|name| part[name].as_str()));
    let pieces = names.flatten().flat_map(|name| name.split(char::is_control));
    pieces
        .filter(|piece| piece.trim().len() >= 5)
        .filter(|piece| !ISSUER.contains(piece) && !world().jwks.contains(piece))
        .map(str::to_owned)
        .collect()
}

/// The headers of a request with this token; `None` where no request can have it.
fn request(token: &str) -> Option<HeaderMap> {
    let value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    Some(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}

/// What a request with this token is answered; `None`: it is let in.
async fn answered(bearer: &JwtBearer, kind: Kind, headers: &HeaderMap) -> Option<Challenge> {
    match kind {
        Kind::Access => bearer.access(headers).await.err(),
        Kind::Id => bearer.id(headers).await.err(),
    }
}

async fn refusal(verifier: &JwtVerifier, kind: Kind, token: &str) -> Option<VerifyError> {
    match kind {
        Kind::Access => verifier.verify_access(token).await.err(),
        Kind::Id => verifier.verify_id(token, IdTokenChecks::new()).await.err(),
    }
}

#[tokio::test]
async fn one_request_for_keys_and_nothing_of_a_token_in_the_log() {
    let (log, _listening) = crate::log::listen();

    let server = KeyServer::start(Answer::Jwks(world().jwks.clone())).await;
    let pool = UserPool::new(POOL_ID).unwrap().with_jwks_uri(&server.uri()).unwrap();
    let day = Duration::from_secs(86_400);
    let keys = RemoteKeySet::builder(&pool).cool_down(day).refresh_after(day).max_stale(day);
    let keys = keys.build().unwrap();
    let verifier = default_rules().keys(keys).build().unwrap();
    let pools = set_with(&verifier);
    let bearer = JwtBearer::new(verifier.clone());

    // The token of another issuer first: it causes no request.
    for kind in [Kind::Access, Kind::Id] {
        let stranger = Forge::good(kind).claim("iss", "https://evil.example").token();
        verdicts(kind, &verifier, &pools, &stranger, IdTokenChecks::new()).await;
        answered(&bearer, kind, &request(&stranger).unwrap()).await.unwrap();
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
                if let Some(headers) = request(&token) {
                    answered(&bearer, *kind, &headers).await;
                }
                secrets_seen.extend(secrets(&token));
            }
        }
    }
    assert_eq!(server.requests(), 1);
    assert!(!world().trap_was_called());

    let log = log.take();
    for expected in ["keys fetched", r#"a token was refused code="key_id_unusable""#] {
        assert!(log.contains(expected), "{expected} was not logged: {log}");
    }
    assert!(!log.contains(|c: char| c.is_control() && c != '\n'), "a control character: {log:?}");
    for expected in ["../../../dev/null", "x-injected: 1", "[31mkey"] {
        assert!(secrets_seen.iter().any(|secret| secret == expected), "{expected}: no row");
    }
    secrets_seen.sort_unstable();
    secrets_seen.dedup();
    for secret in secrets_seen {
        assert!(!log.contains(&secret), "{secret:?} is in the log");
    }
}

/// At every level, for every row, whatever rules it has.
#[tokio::test]
async fn of_a_refused_token_the_log_has_the_code_and_no_more() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let (mut read, mut not_read) = (0, 0);
    for (group, rows) in table() {
        for row in rows {
            let verifier = row.verifier();
            let bearer = JwtBearer::new(verifier.clone());
            for kind in row.kinds {
                let name = format!("{group}: {} ({kind:?})", row.name);
                let Some(headers) = request(&row.token(*kind)) else { continue };
                // Blanks around a token are the header's; what is read is what counts.
                let (challenge, line) = match unverified_token(&headers) {
                    Ok(token) => {
                        read += 1;
                        let error = refusal(&verifier, *kind, token.unwrap()).await;
                        assert_eq!(log.take(), "", "{name}: a verifier logs no refusal");
                        let line = error
                            .as_ref()
                            .map_or(String::new(), |error| refusal_line(error.code()));
                        (error.map(Challenge::from), line)
                    }
                    Err(challenge) => {
                        not_read += 1;
                        let line = debug_lines(&log.take(), &headers);
                        assert!(
                            line == refusal_line("token_too_large") || line.starts_with(UNUSABLE),
                            "{name}: {line}"
                        );
                        (Some(challenge), line)
                    }
                };
                // To turn an error into an answer is logged, as the answer itself is.
                assert!(
                    ["", &line].contains(&debug_lines(&log.take(), &headers).as_str()),
                    "{name}"
                );
                assert_eq!(answered(&bearer, *kind, &headers).await, challenge, "{name}");
                assert_eq!(debug_lines(&log.take(), &headers), line, "{name}");
            }
        }
    }
    assert!(read > 1_000 && not_read > 20, "{read} read, {not_read} not");
}

/// What is logged at `debug`. The first refusal of a reason is shown at `info` as well, and has nothing
/// of the token in it.
fn debug_lines(log: &str, headers: &HeaderMap) -> String {
    let (shown, other): (Vec<_>, Vec<_>) =
        log.split_inclusive('\n').partition(|line| line.contains(" INFO "));
    let token = headers[AUTHORIZATION].as_bytes();
    for line in shown {
        assert!(line.contains("a request was refused: "), "{line}");
        let part = token.get(..24).unwrap_or(token);
        assert!(!line.as_bytes().windows(part.len().max(1)).any(|bytes| bytes == part), "{line}");
    }
    other.concat()
}

const UNUSABLE: &str = "DEBUG cognito_auth::verify: a request without a usable token was refused \
                        code=\"invalid_request\" check=";

fn refusal_line(code: &str) -> String {
    format!("DEBUG cognito_auth::verify: a token was refused code=\"{code}\"\n")
}

#[tokio::test]
async fn no_answer_has_anything_of_the_token() {
    for (group, rows) in table() {
        for row in rows {
            let verifier = row.verifier();
            let pools = set_with(&verifier);
            for kind in row.kinds {
                let token = row.token(*kind);
                let secrets = secrets(&token);
                for (entry, verdict) in
                    verdicts(*kind, &verifier, &pools, &token, row.checks()).await
                {
                    let Err(error) = verdict else { continue };
                    let shown = format!("{error} {error:?} {:?}", row.checks());
                    assert!(
                        shown.len() < 250
                            && !shown.chars().any(char::is_control)
                            && !secrets.iter().any(|secret| shown.contains(secret)),
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
