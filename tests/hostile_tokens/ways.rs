//! The table once more, on the other ways to a verdict: with keys that have to be fetched, with keys
//! that cannot be had, and with nothing remembered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use cognito_auth::keys::{CachedKey, KeySet, VerifyingKey};
use cognito_auth::{KeysUnavailable, Unreachable};

use crate::answer::misanswered;
use crate::row::{Row, set_with, verdicts};
use crate::world::world;
use crate::{FORM, table};

/// Keys that are never cached.
#[derive(Debug, Clone, Default)]
struct Fetched {
    unreachable: bool,
    fetches: Arc<AtomicUsize>,
}

#[async_trait]
impl KeySet for Fetched {
    fn cached(&self, _: &str) -> CachedKey {
        CachedKey::NeedsFetch(KeysUnavailable::NotFetched)
    }

    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        if self.unreachable {
            return Err(KeysUnavailable::Unreachable(Unreachable::Connect));
        }
        world().keys.fetch(key_id).await
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}

/// Whether a verifier has to have the key to say this. What comes before, a stranger can cause
/// without a fetch.
fn takes_a_key(verdict: Option<&str>) -> bool {
    const BEFORE: [&str; 5] = [
        "algorithm_not_allowed",
        "critical_header",
        "embedded_key",
        "key_id_unusable",
        "issuer_not_allowed",
    ];
    verdict.is_none_or(|code| !FORM.contains(&code) && !BEFORE.contains(&code))
}

/// Every row with these keys: a verification that needs a key gets `told` of the row.
async fn with(keys: Fetched, told: impl Fn(&Row) -> Option<&'static str>) {
    let mut failures = Vec::new();
    for (group, rows) in table() {
        for row in rows {
            let verifier = row.verifier_with(|rules| rules.keys(keys.clone()));
            let pools = set_with(&verifier);
            let takes_a_key = takes_a_key(row.expected);
            for kind in row.kinds {
                let token = row.token(*kind);
                keys.fetches.store(0, Ordering::SeqCst);
                let mut waiting = 0;
                for (entry, verdict) in
                    verdicts(*kind, &verifier, &pools, &token, row.checks()).await
                {
                    let waits = !entry.ends_with("_now");
                    waiting += usize::from(waits);
                    let expected = match (takes_a_key, waits) {
                        (false, _) => row.expected,
                        (true, true) => told(&row),
                        (true, false) => Some("keys_unavailable"),
                    };
                    let error = verdict.err();
                    let code = error.as_ref().map(|error| error.code());
                    let answer = error.as_ref().and_then(misanswered);
                    if code != expected || answer.is_some() {
                        failures.push(format!(
                            "{group}: {} ({kind:?} at {entry}): {code:?} and not {expected:?} {}",
                            row.name,
                            answer.unwrap_or_default(),
                        ));
                    }
                }
                let fetches = keys.fetches.load(Ordering::SeqCst);
                if fetches != if takes_a_key { waiting } else { 0 } {
                    failures.push(format!("{group}: {} ({kind:?}): {fetches} fetches", row.name));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[tokio::test]
async fn a_key_that_is_fetched_changes_no_verdict() {
    with(Fetched::default(), |row| row.expected).await;
}

#[tokio::test]
async fn without_a_key_nothing_is_accepted_and_nothing_refused_that_takes_one() {
    let keys = Fetched { unreachable: true, ..Fetched::default() };
    with(keys, |_| Some("keys_unavailable")).await;
}

/// With the memory of tokens, the whole checklist runs at the first entry point only.
#[tokio::test]
async fn a_memory_of_tokens_changes_no_verdict() {
    let mut failures = Vec::new();
    for (group, rows) in table() {
        for row in rows {
            let verifier = row.verifier_with(|rules| rules.without_cache());
            let pools = set_with(&verifier);
            for kind in row.kinds {
                let token = row.token(*kind);
                for (entry, verdict) in
                    verdicts(*kind, &verifier, &pools, &token, row.checks()).await
                {
                    let code = verdict.err().map(|error| error.code());
                    if code != row.expected {
                        let name = &row.name;
                        failures.push(format!("{group}: {name} ({kind:?} at {entry}): {code:?}"));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
