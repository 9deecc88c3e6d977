//! Tests of `revocation::redis::wire::slot`.

use super::*;

/// As `CLUSTER KEYSLOT` says.
#[test]
fn a_key_is_in_the_slot_of_its_tag() {
    for (key, slot) in [
        ("", 0),
        ("123456789", 12_739),
        ("foo", 12_182),
        ("foo{}{bar}", 8_363),
        ("foo{{bar}}zap", 4_015),
        ("foo{bar}{zap}", 5_061),
        ("{bar", 4_015),
    ] {
        assert_eq!(slot_of(key), slot, "{key}");
    }
    assert_eq!(slot_of("bar"), slot_of("a{bar}b"));
}
