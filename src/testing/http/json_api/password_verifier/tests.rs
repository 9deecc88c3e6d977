//! Tests of `testing::http::json_api::password_verifier`.

use super::*;
use crate::srp::ClientExchange;
use crate::testing::{LocalUser, LocalUserPool};

const TIMESTAMP: &str = "Thu Jan 1 00:00:00 UTC 2026";

fn pool() -> LocalUserPool {
    let pool = LocalUserPool::builder().user(LocalUser::new("alice", "right")).in_memory();
    pool.build().unwrap()
}

fn parameters(pool: &LocalUserPool, username: &str, client: &ClientExchange) -> Value {
    let (mut state, now) = pool.core.enter();
    let attempt = LocalAttempt::new("localclient", username);
    let output = issue(&mut state, now, attempt, &client.public(), SrpFlow::Direct).unwrap();
    output["ChallengeParameters"].clone()
}

/// Whether a client that believes in this password proves it.
fn proves(password: &str, timestamp: &str) -> bool {
    let (pool, client) = (pool(), ClientExchange::random().unwrap());
    let given = parameters(&pool, "alice", &client);
    let text = |name: &str| given[name].as_str().unwrap();
    let alice = SrpIdentity { realm: "LocalPool", user_id: "alice", password };
    let key = client.shared_key(&alice, text("SALT"), text("SRP_B")).unwrap().unwrap();
    let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
    let responses = json!({
        "USERNAME": "alice",
        "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
        "PASSWORD_CLAIM_SIGNATURE": key.signature("LocalPool", "alice", &block, timestamp),
        "TIMESTAMP": timestamp,
    });
    let responses = Input::read(responses.to_string().as_bytes()).unwrap();
    let claim = PasswordClaim::read(&responses).unwrap();
    let (state, now) = pool.core.enter();
    let challenge = state.challenges.get(now, claim.secret_block).unwrap();
    let AskedProof::PasswordVerifier { key, .. } = &challenge.proof else { panic!() };
    claim.fits(key, "LocalPool", "alice")
}

#[test]
fn the_right_password_is_proved_over_the_canonical_time_stamp_only() {
    assert!(proves("right", TIMESTAMP));
    assert!(!proves("wrong", TIMESTAMP));
    for other in ["Thu Jan 01 00:00:00 UTC 2026", "Mon Jan 1 00:00:00 UTC 2026"] {
        assert!(!proves("right", other), "{other}");
    }
}

#[test]
fn an_unknown_user_gets_a_challenge_in_the_same_form() {
    let (pool, client) = (pool(), ClientExchange::random().unwrap());
    let [alice, unknown] = ["alice", "unknown"].map(|name| parameters(&pool, name, &client));
    let salt = |given: &Value| given["SALT"].as_str().unwrap().to_owned();
    let members = |given: &Value| given.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&alice), members(&unknown));
    assert_ne!(salt(&alice), salt(&unknown));
    assert_eq!(salt(&parameters(&pool, "alice", &client)), salt(&alice));
    assert_eq!(salt(&parameters(&pool, "unknown", &client)), salt(&unknown));
}

#[test]
fn salts_do_not_begin_with_an_octet_of_zero() {
    for at in 0..2_000 {
        assert_ne!(salt("local_1", &format!("user{at}"))[0], 0, "{at}");
    }
}
