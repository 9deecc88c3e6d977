//! Where foreign crates are named.

/// Crates that only some files may name.
pub(crate) const CRATES: &[(&str, &[&str])] = &[
    (
        "reqwest",
        &[
            "transport",
            "transport/",
            "idp/client",
            "idp/client/",
            "idp/send",
            "keys/remote",
            "keys/remote/",
        ],
    ),
    ("base64_simd", &["jwt/base64url"]),
    ("quick_cache", &["verify/remembered/tokens"]),
    (
        "foldhash",
        &[
            "json/unique",
            "revocation/entry_set/moments",
            "revocation/live_check/verdict_cache",
            "revocation/memory",
            "verify/characters",
            "verify/pool_set/by_header",
            "verify/remembered/tokens",
        ],
    ),
    ("triomphe", &["claims/payload"]),
    ("aes_gcm", &["sessions/seal/"]),
    ("aws_lc_rs", &["keys/", "sessions/seal/", "testing/load_balancer/", "testing/pool/signer"]),
    ("hkdf", &["sessions/seal/"]),
    ("p256", &["keys/", "testing/load_balancer/"]),
    ("p384", &["keys/", "testing/load_balancer/"]),
    ("rsa", &["keys/", "testing/pool/signer"]),
    ("crypto_bigint", &["srp/"]),
    ("redis", &["revocation/redis/wire/", "sessions/redis", "sessions/redis/"]),
    ("metrics", &["metrics/"]),
    ("jsonwebtoken", &[]),
];
