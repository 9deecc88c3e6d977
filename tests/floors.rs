//! Keeps the shape of `src/`: who may import whom, where foreign crates are named, how long a file
//! is. The table is [`MODULES`]; `CONTRIBUTING.md` shows the same one, and a test compares them.
//!
//! Code under `#[cfg(test)]`, and files called `tests.rs`, may import what they like.

#[path = "floors/check.rs"]
mod check;
#[path = "floors/circles.rs"]
mod circles;
#[path = "floors/crates.rs"]
mod crates;
#[path = "floors/lexer.rs"]
mod lexer;
#[path = "floors/names.rs"]
mod names;
#[path = "floors/rows.rs"]
mod rows;
#[path = "floors/rules.rs"]
mod rules;
#[path = "floors/source.rs"]
mod source;
#[path = "floors/table.rs"]
mod table;

use rows::{covers, is_listed, may_import, row};

/// A row of the table. `files` are paths below `src/` without `.rs`; one that ends in `/` stands
/// for everything in that folder.
struct Module {
    name: &'static str,
    floor: u8,
    files: &'static [&'static str],
    imports: &'static [&'static str],
}

/// What a file may import: its own row, the rows named, and (above the ground) all of floor 0.
const MODULES: &[Module] = &[
    Module { floor: 0, name: "secret", files: &["secret", "secret/"], imports: &[] },
    Module { floor: 0, name: "error", files: &["error", "error/"], imports: &["secret"] },
    Module { floor: 0, name: "hmac", files: &["hmac"], imports: &[] },
    Module { floor: 0, name: "json", files: &["json", "json/"], imports: &[] },
    Module { floor: 0, name: "jwt", files: &["jwt", "jwt/"], imports: &["error", "json"] },
    Module { floor: 0, name: "loopback", files: &["loopback"], imports: &[] },
    Module { floor: 0, name: "pool", files: &["pool", "pool/"], imports: &["error", "loopback"] },
    Module { floor: 0, name: "request_body", files: &["request_body"], imports: &[] },
    Module { floor: 0, name: "task", files: &["task"], imports: &[] },
    Module {
        floor: 0,
        name: "metrics",
        files: &["metrics", "metrics/"],
        imports: &["error", "jwt"],
    },
    Module { floor: 1, name: "transport", files: &["transport", "transport/"], imports: &[] },
    Module { floor: 1, name: "srp", files: &["srp", "srp/"], imports: &[] },
    Module { floor: 1, name: "claims", files: &["claims", "claims/"], imports: &[] },
    Module {
        floor: 1,
        name: "keys",
        files: &[
            "keys",
            "keys/algorithm",
            "keys/jwks",
            "keys/verify_jws",
            "keys/verifying",
            "keys/verifying/",
        ],
        imports: &[],
    },
    Module {
        floor: 1,
        name: "revocation",
        files: &[
            "revocation",
            "revocation/entry",
            "revocation/entry_set",
            "revocation/entry_set/",
            "revocation/fingerprint",
            "revocation/memory",
            "revocation/store",
            "revocation/target",
            "revocation/token_identity",
        ],
        imports: &[],
    },
    Module {
        floor: 1,
        name: "idp",
        files: &[
            "idp",
            "idp/auth_code",
            "idp/form",
            "idp/handed_out",
            "idp/response",
            "idp/tokens",
            "idp/trigger",
            "idp/user",
        ],
        imports: &[],
    },
    Module {
        floor: 1,
        name: "sessions::store",
        files: &[
            "sessions/id",
            "sessions/memory",
            "sessions/memory/",
            "sessions/store",
            "sessions/store/",
        ],
        imports: &[],
    },
    Module {
        floor: 2,
        name: "sessions::keys",
        files: &["sessions/keys", "sessions/seal", "sessions/seal/"],
        imports: &["sessions::store"],
    },
    Module {
        floor: 2,
        name: "keys::remote",
        files: &["keys/remote", "keys/remote/"],
        imports: &["keys", "transport"],
    },
    Module {
        floor: 2,
        name: "revocation::redis",
        files: &["revocation/redis", "revocation/redis/"],
        imports: &["revocation"],
    },
    Module {
        floor: 2,
        name: "revocation::live_check",
        files: &["revocation/live_check", "revocation/live_check/"],
        imports: &["revocation", "idp"],
    },
    Module {
        floor: 2,
        name: "idp operations",
        files: &[
            "idp/global_sign_out",
            "idp/id_token",
            "idp/issued",
            "idp/json_api",
            "idp/oauth_error",
            "idp/revoke",
            "idp/sign_in",
            "idp/sign_in/",
            "idp/token",
            "idp/token_response",
            "idp/user_info",
            "idp/user_info/",
        ],
        imports: &["idp", "claims"],
    },
    Module {
        floor: 3,
        name: "verify",
        files: &["verify", "verify/"],
        imports: &["claims", "keys", "keys::remote", "revocation"],
    },
    Module {
        floor: 3,
        name: "sessions::redis",
        files: &["sessions/redis", "sessions/redis/"],
        imports: &["revocation::redis", "sessions::store"],
    },
    Module {
        floor: 3,
        name: "idp::client",
        files: &["idp/client", "idp/client/", "idp/send", "idp/fuzzing"],
        imports: &["idp", "idp operations", "transport"],
    },
    Module {
        floor: 4,
        name: "logout",
        files: &["logout", "logout/"],
        imports: &["verify", "idp", "claims"],
    },
    Module {
        floor: 4,
        name: "bearer",
        files: &["bearer", "bearer/"],
        imports: &["verify", "claims"],
    },
    Module { floor: 5, name: "web", files: &["web", "web/"], imports: &["bearer", "claims"] },
    Module {
        floor: 5,
        name: "endpoints",
        files: &["endpoints", "endpoints/"],
        imports: &["bearer", "logout", "verify", "idp", "idp operations", "claims"],
    },
    Module {
        floor: 6,
        name: "sessions",
        files: &["sessions", "sessions/"],
        imports: &[
            "web",
            "bearer",
            "logout",
            "verify",
            "idp",
            "idp operations",
            "claims",
            "revocation",
            "sessions::keys",
            "sessions::redis",
            "sessions::store",
        ],
    },
    Module {
        floor: 4,
        name: "direct",
        files: &["direct", "direct/"],
        imports: &["idp", "idp operations", "idp::client", "sessions::keys", "srp"],
    },
    Module { floor: 5, name: "guide", files: &["guide"], imports: &[] },
    Module {
        floor: 1,
        name: "testing parts",
        files: &[
            "testing/client",
            "testing/device_tracking",
            "testing/fault",
            "testing/mfa",
            "testing/outbox_message",
            "testing/token_spec",
            "testing/user",
        ],
        imports: &[],
    },
    Module {
        floor: 2,
        name: "testing::pool",
        files: &["testing/pool", "testing/pool/"],
        imports: &["testing parts", "srp"],
    },
    Module {
        floor: 2,
        name: "testing::revocation_store",
        files: &["testing/revocation_store", "testing/revocation_store/"],
        imports: &["revocation"],
    },
    Module {
        floor: 2,
        name: "testing::session_store",
        files: &["testing/session_store", "testing/session_store/"],
        imports: &["sessions::store"],
    },
    Module {
        floor: 2,
        name: "testing::web_authn",
        files: &["testing/web_authn", "testing/web_authn/"],
        imports: &["keys"],
    },
    Module {
        floor: 3,
        name: "testing::tokens",
        files: &["testing/tokens", "testing/tokens/"],
        imports: &["testing parts", "testing::pool"],
    },
    Module {
        floor: 4,
        name: "testing::http",
        files: &["testing/http", "testing/http/"],
        imports: &[
            "testing parts",
            "testing::pool",
            "testing::tokens",
            "testing::web_authn",
            "srp",
        ],
    },
    Module {
        floor: 5,
        name: "testing",
        files: &[
            "testing",
            "testing/identity_provider",
            "testing/local_pool",
            "testing/local_pool/",
        ],
        imports: &[
            "testing parts",
            "testing::pool",
            "testing::revocation_store",
            "testing::session_store",
            "testing::tokens",
            "testing::http",
            "idp",
            "idp operations",
        ],
    },
    Module {
        floor: 7,
        name: "testing::signed_in",
        files: &["testing/signed_in"],
        imports: &["testing", "sessions"],
    },
];
