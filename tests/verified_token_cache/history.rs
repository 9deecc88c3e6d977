//! Any history of requests, of the clock, of the keys and of sign-outs: a verifier that remembers
//! tokens and one that does not never differ.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use cognito_auth::keys::{CachedKey, KeySet, StaticKeySet, VerifyingKey};
use cognito_auth::revocation::{
    Revocation, RevocationStatus, RevocationStore, TokenIdentity, TokenKind,
};
use cognito_auth::{
    AccessToken, IdTokenChecks, JwtVerifier, KeysUnavailable, RevocationError, TokenVerifier,
    Unreachable, UserPool,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{
    CLIENT_ID, NOW, POOL_ID, Signer, access_payload, encode, id_payload, jwks, with,
};

#[derive(Debug, Clone)]
enum Event {
    /// A request with one of the tokens, at one of the entry points.
    Request { token: usize, entry: usize },
    /// The clock is set, forwards or backwards, to a moment around those that matter.
    Clock { moment: usize },
    /// One of the key sets is published.
    Keys { set: usize },
    /// A token, a session or a user is signed out.
    SignOut { which: usize },
    /// The revocation store says this of tokens that were not signed out.
    Store { state: usize },
    /// The caller's own check changes its mind.
    OwnCheck { refuses: bool },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        12 => (0..TOKENS, 0..5_usize).prop_map(|(token, entry)| Event::Request { token, entry }),
        2 => (0..MOMENTS.len()).prop_map(|moment| Event::Clock { moment }),
        2 => (0..KEY_SETS).prop_map(|set| Event::Keys { set }),
        1 => (0..4_usize).prop_map(|which| Event::SignOut { which }),
        1 => (0..4_usize).prop_map(|state| Event::Store { state }),
        1 => any::<bool>().prop_map(|refuses| Event::OwnCheck { refuses }),
    ]
}

const LEEWAY: u64 = 5;
/// `exp` of the tokens that end soon.
const SOON: u64 = NOW + 100;
const MOMENTS: [u64; 9] = [
    NOW,
    NOW - 700,
    NOW + 50,
    SOON - 1,
    SOON + LEEWAY - 1,
    SOON + LEEWAY,
    NOW + 3000 + LEEWAY,
    NOW + 100_000,
    0,
];
const KEY_SETS: usize = 6;
const TOKENS: usize = 14;

struct Material {
    tokens: Vec<String>,
    key_sets: Vec<Option<StaticKeySet>>,
}

fn material() -> &'static Material {
    static MATERIAL: OnceLock<Material> = OnceLock::new();
    MATERIAL.get_or_init(|| {
        let (one, two, changed) = (Signer::new("one"), Signer::new("two"), Signer::new("one"));
        let set = |signers: &[&Signer]| StaticKeySet::from_jwks_json(&jwks(signers)).ok();
        let change = |name: &str, value: Value| with(access_payload(), name, Some(value));
        let good = one.sign(&access_payload());
        let (signing_input, signature) = good.rsplit_once('.').unwrap();
        let mut spoiled = crate::support::decode(signature);
        spoiled[0] ^= 1;
        let tokens = vec![
            good.clone(),
            two.sign(&access_payload()),
            changed.sign(&access_payload()),
            one.sign(&change("exp", SOON.into())),
            two.sign(&change("exp", SOON.into())),
            one.sign(&change("nbf", (NOW + 60).into())),
            one.sign(&change("auth_time", (NOW - 7000).into())),
            one.sign(&change("client_id", "another".into())),
            one.sign(&with(change("scope", "openid".into()), "jti", None)),
            one.sign(&change("sub", CLIENT_ID.into())),
            one.sign(&id_payload()),
            two.sign(&with(id_payload(), "at_hash", Some("no-hash".into()))),
            format!("{signing_input}.{}", encode(spoiled)),
            format!("{good}A"),
        ];
        assert_eq!(tokens.len(), TOKENS);
        let key_sets = vec![
            set(&[&one, &two]),
            set(&[&one]),
            set(&[&two]),
            set(&[&changed, &two]),
            set(&[&one, &two]),
            None,
        ];
        assert_eq!(key_sets.len(), KEY_SETS);
        Material { tokens, key_sets }
    })
}

/// The world that both verifiers are in.
#[derive(Debug)]
struct World {
    now: AtomicU64,
    /// `None`: the keys are not to be had.
    keys: Mutex<Option<StaticKeySet>>,
    signed_out: Mutex<Vec<usize>>,
    store: Mutex<usize>,
    own_check_refuses: Mutex<bool>,
}

#[derive(Debug, Clone)]
struct Shared(Arc<World>);

#[async_trait]
impl KeySet for Shared {
    fn cached(&self, key_id: &str) -> CachedKey {
        match &*self.0.keys.lock().unwrap() {
            Some(keys) => keys.cached(key_id),
            None => CachedKey::NeedsFetch(KeysUnavailable::NotFetched),
        }
    }

    async fn fetch(&self, _: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        Err(KeysUnavailable::Unreachable(Unreachable::Connect))
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}

impl World {
    fn hits(&self, token: &TokenIdentity<'_>) -> bool {
        self.signed_out.lock().unwrap().iter().any(|which| match which {
            0 => token.jti == Some("5e0d9a1b-0000-4000-8000-000000000003"),
            1 => token.origin_jti == Some("7c5f0f0e-0000-4000-8000-000000000001"),
            2 => token.issued_at < NOW && token.kind == TokenKind::Id,
            _ => token.sub == CLIENT_ID,
        })
    }
}

#[async_trait]
impl RevocationStore for Shared {
    fn status_now(&self, token: &TokenIdentity<'_>) -> RevocationStatus {
        if self.0.hits(token) {
            return RevocationStatus::Revoked;
        }
        match *self.0.store.lock().unwrap() {
            0 | 1 => RevocationStatus::Live,
            _ => RevocationStatus::Unknown,
        }
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        match *self.0.store.lock().unwrap() {
            2 => Err(RevocationError::new("out of reach")),
            _ => Ok(token.scope == "openid"),
        }
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Ok(())
    }
}

fn verifiers(world: &Arc<World>) -> [JwtVerifier; 2] {
    let shared = Shared(Arc::clone(world));
    let clock = Arc::clone(world);
    let (access, id) = (Arc::clone(world), Arc::clone(world));
    let refuses =
        |world: &World| if *world.own_check_refuses.lock().unwrap() { Err("no") } else { Ok(()) };
    let builder = JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap())
        .client_id(CLIENT_ID)
        .require_any_scope(["openid", "orders/read"])
        .max_age(Duration::from_secs(7100))
        .leeway(Duration::from_secs(LEEWAY))
        .keys(shared.clone())
        .revocations(Arc::new(shared))
        .check_access(move |_| refuses(&access))
        .check_id(move |_| refuses(&id))
        .clock(move || UNIX_EPOCH + Duration::from_secs(clock.now.load(Ordering::SeqCst)));
    [builder.clone().build().unwrap(), builder.without_cache().build().unwrap()]
}

/// What a verifier says at one of its entry points; for an accepted token, all that it knows of it.
async fn verdict(verifier: &JwtVerifier, token: &str, entry: usize) -> String {
    let access_token = AccessToken::new(material().tokens[0].as_str());
    let checks = IdTokenChecks::new().nonce("n1");
    match entry {
        0 => format!("{:?}", verifier.verify_access_now(token)),
        1 => format!("{:?}", verifier.verify_access(token).await),
        2 => format!("{:?}", verifier.verify_id_now(token, checks)),
        // As `JwtBearer` asks.
        4 => match verifier.verify_access_if_cached(token.as_bytes()) {
            Some(verdict) => format!("{verdict:?}"),
            None => format!("{:?}", verifier.verify_access(token).await),
        },
        _ => {
            let checks = checks.access_token(&access_token);
            format!("{:?}", verifier.verify_id(token, checks).await)
        }
    }
}

/// The verdicts of a history, each given four times.
async fn live(history: &[Event]) -> (Vec<(String, String)>, usize) {
    let world = Arc::new(World {
        now: AtomicU64::new(NOW),
        keys: Mutex::new(material().key_sets[0].clone()),
        signed_out: Mutex::default(),
        store: Mutex::default(),
        own_check_refuses: Mutex::default(),
    });
    let [cached, plain] = verifiers(&world);
    let (mut verdicts, mut remembered) = (Vec::new(), 0);
    for event in history {
        match *event {
            Event::Request { token, entry } => {
                let token = &material().tokens[token];
                // A token that is found again is copied for this thread: four times lead there.
                for _ in 0..4 {
                    let one = verdict(&cached, token, entry).await;
                    verdicts.push((one, verdict(&plain, token, entry).await));
                }
                remembered = remembered.max(crate::entries(&cached));
            }
            Event::Clock { moment } => world.now.store(MOMENTS[moment], Ordering::SeqCst),
            Event::Keys { set } => *world.keys.lock().unwrap() = material().key_sets[set].clone(),
            Event::SignOut { which } => world.signed_out.lock().unwrap().push(which),
            Event::Store { state } => *world.store.lock().unwrap() = state,
            Event::OwnCheck { refuses } => *world.own_check_refuses.lock().unwrap() = refuses,
        }
    }
    (verdicts, remembered)
}

fn run(history: &[Event]) -> (Vec<(String, String)>, usize) {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(live(history))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    #[test]
    fn with_and_without_a_cache_no_history_differs(
        history in prop::collection::vec(event(), 1..120)
    ) {
        for (number, (cached, plain)) in run(&history).0.into_iter().enumerate() {
            prop_assert_eq!(cached, plain, "request {} of {:?}", number, history);
        }
    }
}

/// The property would hold of a cache that is never used, and of tokens that are never accepted.
#[test]
fn the_histories_reach_the_cache() {
    let request = |token, entry| Event::Request { token, entry };
    let accepted: Vec<_> = [(0, 0), (0, 1), (1, 0), (3, 0), (10, 2), (10, 3)]
        .map(|(token, entry)| request(token, entry))
        .into();
    let (verdicts, remembered) = run(&accepted);
    assert!(verdicts.iter().all(|(verdict, _)| verdict.starts_with("Ok(")), "{verdicts:?}");
    assert_eq!(remembered, 4);
    for (change, code) in [
        (Event::Clock { moment: 7 }, "expired"),
        (Event::Keys { set: 2 }, "unknown_key"),
        (Event::Keys { set: 3 }, "signature_invalid"),
        (Event::Keys { set: 5 }, "keys_unavailable"),
        (Event::SignOut { which: 0 }, "revoked"),
        (Event::Store { state: 2 }, "revocation_unavailable"),
        (Event::OwnCheck { refuses: true }, "custom_check"),
    ] {
        for entry in [1, 4] {
            let (verdicts, _) = run(&[request(0, 1), change.clone(), request(0, entry)]);
            let (cached, plain) = &verdicts[4];
            let expected = format!("[{code}])");
            assert!(cached.starts_with("Err(") && cached.ends_with(&expected), "{cached}");
            assert_eq!(cached, plain);
        }
    }
}
