//! The tokens and key sets of two pools. Their keys have the same ids, and their tokens the same headers.

use std::sync::OnceLock;

use cognito_auth::UserPool;
use cognito_auth::keys::StaticKeySet;
use serde_json::Value;

use crate::support::{
    CLIENT_ID, NOW, POOL_ID, Signer, access_payload, encode, id_payload, jwks, with,
};

pub(super) const POOLS: usize = 2;
pub(super) const KEY_SETS: usize = 6;
pub(super) const TOKENS: usize = 22;
/// The first of those that the second pool's issuer is in.
pub(super) const OF_SECOND_POOL: usize = 14;
/// `exp` of the tokens that end soon.
pub(super) const SOON: u64 = NOW + 100;

pub(super) struct Material {
    pub(super) pools: [UserPool; POOLS],
    pub(super) tokens: Vec<String>,
    /// Of each pool. `None`: the keys are not to be had.
    pub(super) key_sets: [Vec<Option<StaticKeySet>>; POOLS],
}

pub(super) fn material() -> &'static Material {
    static MATERIAL: OnceLock<Material> = OnceLock::new();
    MATERIAL.get_or_init(|| {
        let pools = [POOL_ID, "us-east-1_Customers"].map(|id| UserPool::new(id).unwrap());
        let [first, second] = [(); POOLS].map(|()| Signers::new());
        let mut tokens = of_first_pool(&first);
        assert_eq!(tokens.len(), OF_SECOND_POOL);
        tokens.extend(of_second_pool(&second, &first, &pools[1].issuers()[0]));
        assert_eq!(tokens.len(), TOKENS);
        Material { pools, tokens, key_sets: [first.key_sets(), second.key_sets()] }
    })
}

struct Signers {
    one: Signer,
    two: Signer,
    /// With the id of `one`.
    changed: Signer,
}

impl Signers {
    fn new() -> Self {
        let [one, two, changed] = ["one", "two", "one"].map(Signer::new);
        Self { one, two, changed }
    }

    fn key_sets(&self) -> Vec<Option<StaticKeySet>> {
        let Self { one, two, changed } = self;
        let set = |signers: &[&Signer]| StaticKeySet::from_jwks_json(&jwks(signers)).ok();
        let sets = vec![
            set(&[one, two]),
            set(&[one]),
            set(&[two]),
            set(&[changed, two]),
            set(&[one, two]),
            None,
        ];
        assert_eq!(sets.len(), KEY_SETS);
        sets
    }
}

fn change(name: &str, value: impl Into<Value>) -> Value {
    with(access_payload(), name, Some(value.into()))
}

fn of_first_pool(Signers { one, two, changed }: &Signers) -> Vec<String> {
    let good = one.sign(&access_payload());
    let (signing_input, signature) = good.rsplit_once('.').unwrap();
    let mut spoiled = crate::support::decode(signature);
    spoiled[0] ^= 1;
    vec![
        good.clone(),
        two.sign(&access_payload()),
        changed.sign(&access_payload()),
        one.sign(&change("exp", SOON)),
        two.sign(&change("exp", SOON)),
        one.sign(&change("nbf", NOW + 60)),
        one.sign(&change("auth_time", NOW - 7000)),
        one.sign(&change("client_id", "another")),
        one.sign(&with(change("scope", "openid"), "jti", None)),
        one.sign(&change("sub", CLIENT_ID)),
        one.sign(&id_payload()),
        two.sign(&with(id_payload(), "at_hash", Some("no-hash".into()))),
        format!("{signing_input}.{}", encode(spoiled)),
        format!("{good}A"),
    ]
}

fn of_second_pool(
    Signers { one, two, .. }: &Signers,
    other: &Signers,
    issuer: &str,
) -> Vec<String> {
    let issued = |payload: Value| with(payload, "iss", Some(issuer.into()));
    // So large that a small cache evicts one for the other.
    let large = |jti: &str| {
        let payload = with(change("custom", "x".repeat(11_000)), "jti", Some(jti.into()));
        one.sign(&issued(payload))
    };
    vec![
        one.sign(&issued(access_payload())),
        two.sign(&issued(access_payload())),
        one.sign(&issued(change("exp", SOON))),
        one.sign(&issued(change("cognito:groups", vec!["clerks"]))),
        one.sign(&issued(id_payload())),
        other.one.sign(&issued(access_payload())),
        large("large-1"),
        large("large-2"),
    ]
}
