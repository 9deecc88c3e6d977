//! Tests of `hmac`.

use super::*;

#[test]
fn keys_longer_than_a_block_are_hashed_first() {
    // RFC 4231 §4.7.
    let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
    let mac = hmac_sha256(&[0xaa; 131], &[message]);
    assert_eq!(mac[..4], [0x60, 0xe4, 0x31, 0x59]);
    assert_eq!(mac[28..], [0x0e, 0xe3, 0x7f, 0x54]);
}

#[test]
fn parts_are_one_message() {
    let whole = hmac_sha256(b"key", &[b"one message"]);
    assert_eq!(hmac_sha256(b"key", &[b"one ", b"", b"message"]), whole);
}

#[test]
fn it_fits_a_known_pair() {
    let hash = secret_hash(
        "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12",
        "a33408e2-2071-70ef-04ae-70f524b3b6c6",
        "1example23456789abcdefghij",
    );
    assert_eq!(hash, "/NfVCDGE3d1aLV1ZZuMjMn6b5idYMq1Dt+mrBzUtIpI=");
}
