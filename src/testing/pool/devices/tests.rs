//! Tests of `testing::pool::devices`.

use super::*;

#[test]
fn a_device_belongs_to_its_user() {
    let mut random = Random::from_system().unwrap();
    let mut devices = Devices::default();
    let key = devices.add(&mut random, Duration::ZERO, "eu-west-1", "a").key.clone();
    assert!(key.starts_with("eu-west-1_") && key.len() <= 55, "{key}");
    assert!(devices.get("a", &key).is_some() && devices.get("b", &key).is_none());
    assert_eq!(devices.confirmed("a").count(), 0);
    let secret = DeviceSecretVerifier { verifier: vec![1], salt: vec![77] };
    assert!(!format!("{secret:?}").contains("77"));
    devices.get_mut("a", &key).unwrap().secret = Some(secret);
    assert_eq!(devices.confirmed("a").count(), 1);
    assert!(!devices.remove("b", &key) && devices.remove("a", &key));
    assert!(!devices.remove("a", &key));
}
