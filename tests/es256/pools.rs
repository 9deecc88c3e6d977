//! One set, a pool of each algorithm: the issuer chooses, and with it the algorithm.

use cognito_auth::keys::Algorithm;
use cognito_auth::{PoolSet, UserPool};
use serde_json::{Value, json};

use crate::elliptic::EllipticSigner;
use crate::support::{Signer, access_payload, encode, with};
use crate::{builder_for, keys};

const COGNITO: &str = "eu-west-1_Staff1234";
const ELSEWHERE: &str = "https://issuer.example.com";

struct World {
    rsa: Signer,
    elliptic: EllipticSigner,
    pools: PoolSet,
    cognito: String,
}

impl World {
    /// The key of either has the same id, and each issuer publishes both.
    fn new() -> Self {
        let (rsa, elliptic) = (Signer::new("k1"), EllipticSigner::new("k1"));
        let jwks = [rsa.jwk(), elliptic.jwk()];
        let cognito = UserPool::new(COGNITO).unwrap();
        let elsewhere =
            UserPool::new("eu-west-1_Elsewhere").unwrap().with_issuers([ELSEWHERE]).unwrap();
        let pools = PoolSet::new();
        for (pool, algorithm) in [(&cognito, Algorithm::Rs256), (&elsewhere, Algorithm::Es256)] {
            let builder = builder_for(pool, algorithm).keys(keys(algorithm, &jwks));
            pools.add(builder.build().unwrap()).unwrap();
        }
        Self { rsa, elliptic, pools, cognito: cognito.issuers()[0].clone() }
    }

    fn rs256(&self, issuer: &str) -> String {
        self.rsa.sign(&payload(issuer))
    }

    fn es256(&self, issuer: &str) -> String {
        self.elliptic.sign(&payload(issuer))
    }

    async fn code(&self, token: &str) -> &'static str {
        let waited = self.pools.verify_access(token).await;
        let now = self.pools.verify_access_now(token);
        assert_eq!(waited.as_ref().err(), now.as_ref().err());
        waited.map_or_else(|error| error.code(), |_| "accepted")
    }
}

fn payload(issuer: &str) -> Value {
    with(access_payload(), "iss", Some(issuer.into()))
}

#[tokio::test]
async fn each_pool_keeps_its_own_algorithm() {
    let world = World::new();
    let cognito = world.cognito.clone();
    for _ in 0..2 {
        assert_eq!(world.code(&world.rs256(&cognito)).await, "accepted");
        assert_eq!(world.code(&world.es256(ELSEWHERE)).await, "accepted");
        // Well signed by a key that the issuer has: not the algorithm of its pool.
        assert_eq!(world.code(&world.es256(&cognito)).await, "algorithm_not_allowed");
        assert_eq!(world.code(&world.rs256(ELSEWHERE)).await, "algorithm_not_allowed");
    }
}

/// A token of no pool gets the code that a pool of its algorithm would give it.
#[tokio::test]
async fn the_codes_of_a_token_of_no_pool_are_those_of_a_verifier() {
    let world = World::new();
    let unknown = "https://unknown.example.com";
    let header = |alg: &str, more: &str| format!(r#"{{"alg":"{alg}","kid":"k1"{more}}}"#);
    let token =
        |header: &str, payload: &str| format!("{}.{}.AAAA", encode(header), encode(payload));
    let strange = payload(unknown).to_string();
    for alg in ["RS256", "ES256"] {
        for (header, payload, code) in [
            (header(alg, ""), strange.as_str(), "issuer_not_allowed"),
            (header(alg, ""), "[]", "payload_not_object"),
            (header(alg, r#","crit":[]"#), &strange, "critical_header"),
            (header(alg, r#","jwk":{}"#), &strange, "embedded_key"),
        ] {
            assert_eq!(world.code(&token(&header, payload)).await, code, "{alg}: {header}");
        }
    }
    for alg in ["HS256", "none", "ES384", ""] {
        let token = token(&header(alg, ""), &strange);
        assert_eq!(world.code(&token).await, "algorithm_not_allowed", "{alg}");
    }
}

/// What no pool of the set has is not allowed: from the moment that the last one of it is gone.
#[tokio::test]
async fn the_algorithms_of_a_set_are_those_of_its_pools() {
    let world = World::new();
    let unknown = "https://unknown.example.com";
    let codes = async |expected: [&str; 2]| {
        let said =
            [world.code(&world.rs256(unknown)).await, world.code(&world.es256(unknown)).await];
        assert_eq!(said, expected);
    };
    codes(["issuer_not_allowed", "issuer_not_allowed"]).await;
    // One of two goes, and its algorithm stays.
    let another = "https://another.example.com";
    let pool = UserPool::new("eu-west-1_Another12").unwrap().with_issuers([another]).unwrap();
    let second = builder_for(&pool, Algorithm::Es256)
        .keys(keys(Algorithm::Es256, &[world.elliptic.jwk()]))
        .build()
        .unwrap();
    world.pools.add(second).unwrap();
    assert!(world.pools.remove(another));
    codes(["issuer_not_allowed", "issuer_not_allowed"]).await;
    assert!(world.pools.remove(ELSEWHERE));
    codes(["issuer_not_allowed", "algorithm_not_allowed"]).await;
    assert_eq!(world.code(&world.es256(ELSEWHERE)).await, "algorithm_not_allowed");
    assert!(world.pools.remove(&world.cognito));
    // Without any pool the set refuses as one of Cognito's pools would.
    codes(["issuer_not_allowed", "algorithm_not_allowed"]).await;

    let pool = UserPool::new("eu-west-1_Elsewhere").unwrap().with_issuers([ELSEWHERE]).unwrap();
    let only = builder_for(&pool, Algorithm::Es256)
        .keys(keys(Algorithm::Es256, &[world.elliptic.jwk()]))
        .build()
        .unwrap();
    assert_eq!(only.algorithm(), Algorithm::Es256);
    world.pools.add(only).unwrap();
    codes(["algorithm_not_allowed", "issuer_not_allowed"]).await;
    let refused = json!({"alg": "RS256", "kid": "k1"}).to_string();
    let token = format!("{}.{}.AAAA", encode(refused), encode("[]"));
    assert_eq!(world.code(&token).await, "algorithm_not_allowed");
}
