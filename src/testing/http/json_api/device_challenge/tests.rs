//! Tests of `testing::http::json_api::device_challenge`.

use super::*;
use crate::srp::{ClientExchange, DeviceVerifier, SrpIdentity, new_device_password};
use crate::testing::pool::devices::DeviceSecretVerifier;
use crate::testing::{LocalUser, LocalUserPool};

fn identity<'a>(device: &'a TrackedDevice, password: &'a str) -> SrpIdentity<'a> {
    SrpIdentity { realm: &device.group_key, user_id: &device.key, password }
}

#[test]
fn a_device_comes_to_the_key_with_its_own_secret_only() {
    let pool = LocalUserPool::builder()
        .user(LocalUser::new("alice", "right"))
        .device_tracking(DeviceTracking::Always)
        .in_memory();
    let pool = pool.build().unwrap();
    let (mut state, now) = pool.core.enter();
    let state = &mut *state;
    let sub = state.users.get("alice").unwrap().sub.clone();
    let device = state.devices.add(&mut state.random, now, "eu-west-1", &sub).clone();
    let mut attempt = LocalAttempt::new("localclient", "alice");
    attempt.device_key = Some(device.key.clone());
    let refused = claimed_device(state, &attempt).err();
    assert_eq!(refused, Some(ApiError::device_not_found()), "it is not confirmed");

    let password = new_device_password().unwrap();
    let registered = DeviceVerifier::random(&identity(&device, &password)).unwrap();
    let [verifier, salt] = [&registered.password_verifier, &registered.salt];
    let [verifier, salt] = [verifier, salt].map(|text| STANDARD.decode(text).unwrap());
    let secret = DeviceSecretVerifier { verifier, salt };
    state.devices.get_mut(&sub, &device.key).unwrap().secret = Some(secret);

    let client = ClientExchange::random().unwrap();
    let output = device_password_verifier(state, now, attempt, &client.public()).unwrap();
    let given = &output["ChallengeParameters"];
    assert_eq!(given["DEVICE_KEY"], device.key);
    let session = output["Session"].as_str().unwrap();
    let AskedProof::DeviceVerifier { key, .. } = &state.challenges.get(now, session).unwrap().proof
    else {
        panic!("{output}")
    };
    let proof = |password: &str| {
        let text = |name: &str| given[name].as_str().unwrap();
        let key = client.shared_key(&identity(&device, password), text("SALT"), text("SRP_B"));
        key.unwrap().unwrap().signature(&device.group_key, &device.key, b"block", "now")
    };
    let own = key.signature(&device.group_key, &device.key, b"block", "now");
    assert_eq!(proof(&password), own);
    assert_ne!(proof("other"), own);
}
