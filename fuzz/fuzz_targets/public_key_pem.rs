//! Any octets as a public key in PEM: an accepted key is one block, as long as a key on its curve is, and holds for
//! no signature of one octet, repeated.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_auth::fuzzing::public_key_pem;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|pem: &[u8]| {
    for octet in [0, 1, 0xff] {
        let found = public_key_pem(pem, octet);
        assert!(found.iter().flatten().count() <= 1, "a key on two curves");
        for (held, length) in found.into_iter().zip([91, 120]) {
            let Some(held) = held else { continue };
            assert!(!held);
            let text = std::str::from_utf8(pem).unwrap().trim_ascii();
            let lines: Vec<_> = text.split("-----").collect();
            let ["", "BEGIN PUBLIC KEY", base64, "END PUBLIC KEY", ""] = lines[..] else {
                panic!("not one block: {text}");
            };
            let base64: String = base64.split_ascii_whitespace().collect();
            assert_eq!(STANDARD.decode(base64).unwrap().len(), length);
        }
    }
});
