//! Keeps the shape of `src/`: who may import whom, where foreign crates are named, how long a file
//! is. The table is [`MODULES`]; `CONTRIBUTING.md` shows the same one, and a test compares them.
//!
//! Code under `#[cfg(test)]`, and files called `tests.rs`, may import what they like.

#[path = "floors/circles.rs"]
mod circles;
#[path = "floors/source.rs"]
mod source;

use std::fs;
use std::path::Path;

use source::Source;

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
    Module { floor: 0, name: "secret", files: &["secret"], imports: &[] },
    Module { floor: 0, name: "error", files: &["error", "error/"], imports: &["secret"] },
    Module { floor: 0, name: "json", files: &["json", "json/"], imports: &[] },
    Module { floor: 0, name: "jwt", files: &["jwt", "jwt/"], imports: &["error", "json"] },
    Module { floor: 0, name: "loopback", files: &["loopback"], imports: &[] },
    Module { floor: 0, name: "pool", files: &["pool", "pool/"], imports: &["error", "loopback"] },
    Module { floor: 0, name: "task", files: &["task"], imports: &[] },
    Module { floor: 0, name: "metrics", files: &["metrics", "metrics/"], imports: &["error"] },
    Module { floor: 1, name: "transport", files: &["transport", "transport/"], imports: &[] },
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
            "revocation/fingerprint",
            "revocation/memory",
            "revocation/store",
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
            "sessions::redis",
            "sessions::store",
        ],
    },
    Module { floor: 5, name: "guide", files: &["guide"], imports: &[] },
    Module { floor: 5, name: "testing", files: &["testing", "testing/"], imports: &["*"] },
];

/// Crates that only some files may name.
const CRATES: &[(&str, &[&str])] = &[
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
    ("foldhash", &["json/unique", "revocation/memory", "verify/remembered/tokens"]),
    ("triomphe", &["claims/payload"]),
    ("aes_gcm", &["sessions/seal/"]),
    ("aws_lc_rs", &["keys/", "sessions/seal/", "testing/signer"]),
    ("hkdf", &["sessions/seal/"]),
    ("p256", &["keys/"]),
    ("rsa", &["keys/", "testing/signer"]),
    ("crypto_bigint", &["testing/srp"]),
    ("redis", &["revocation/redis/wire/", "sessions/redis", "sessions/redis/"]),
    ("metrics", &["metrics/"]),
    ("jsonwebtoken", &[]),
];

const MOST_LINES: usize = 300;

fn covers(files: &[&str], file: &str) -> bool {
    files.iter().any(|f| *f == file || f.ends_with('/') && file.starts_with(f))
}

fn row(file: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| covers(module.files, file))
}

fn may_import(from: &Module, to: &Module) -> bool {
    from.name == to.name
        || from.imports.contains(&"*")
        || from.imports.contains(&to.name)
        || from.floor > 0 && to.floor == 0
}

/// Every violation in these files (path below `src/`, text), as one line each.
fn violations(files: &[(String, String)]) -> Vec<String> {
    let sources: Vec<_> = files.iter().map(|(path, text)| Source::read(path, text)).collect();
    let mut found = Vec::new();
    for ((path, text), source) in files.iter().zip(&sources) {
        let mut say = |what: String| found.push(format!("{path}: {what}"));
        let lines = text.lines().count();
        if lines > MOST_LINES {
            say(format!("{lines} lines, more than {MOST_LINES}"));
        }
        if !text.starts_with("//!") {
            say("does not start with //!".to_owned());
        }
        if source.is_test() {
            continue;
        }
        for (name, homes) in CRATES {
            if source.names_crate(name) && !covers(homes, &source.module) {
                say(format!("names the crate {name}"));
            }
        }
        if source.unwraps() {
            say("calls unwrap()".to_owned());
        }
        if source.module == "lib" {
            continue;
        }
        let Some(from) = row(&source.module) else {
            say("is in no row of MODULES: choose its floor".to_owned());
            continue;
        };
        for import in source.imports(&sources) {
            match import.file.as_deref().and_then(row) {
                Some(to) if may_import(from, to) => {}
                Some(to) => say(format!("{} imports {} ({})", from.name, to.name, import.path)),
                None => say(format!("imports {}: name the module it lives in", import.path)),
            }
        }
    }
    found
}

fn read_folder(
    folder: &Path,
    below: &str,
    files: &mut Vec<(String, String)>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{below}{name}/"), files)?;
        } else if name.ends_with(".rs") {
            files.push((format!("{below}{name}"), fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

/// Every file of `src/`: its path below, and its text.
fn source_files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files).unwrap();
    assert!(files.iter().any(|(path, _)| path == "lib.rs"), "src/ was not read");
    files
}

#[test]
fn the_source_keeps_its_floors() {
    let found = violations(&source_files());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_table_only_points_down() {
    let place = |name: &str| MODULES.iter().position(|module| module.name == name).unwrap();
    let find = |name: &str| &MODULES[place(name)];
    for from in MODULES {
        for to in from.imports.iter().filter(|to| **to != "*") {
            // On the ground, the rows above one in the table are below it.
            let earlier = place(to) < place(from.name) && from.floor == 0;
            let down = find(to).floor < from.floor || earlier;
            assert!(down, "{} imports {to}", from.name);
        }
        let top = from.imports.contains(&"testing");
        assert!(!top, "{}: nothing imports what is for tests", from.name);
    }
    // Nor through the store that asks the identity provider: it is a `dyn RevocationStore` to them.
    let asks = |name: &&str| name.starts_with("idp") || *name == "revocation::live_check";
    assert!(!find("verify").imports.iter().any(asks));
    assert!(find("idp::client").imports.iter().all(|name| *name != "verify"));
    assert!(!find("web").imports.iter().any(asks));
}

#[test]
fn every_row_is_in_use() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in MODULES.iter().flat_map(|module| module.files) {
        let there = match file.strip_suffix('/') {
            Some(folder) => source.join(folder).is_dir(),
            None => source.join(format!("{file}.rs")).is_file(),
        };
        assert!(there, "src/{file} is gone: take it out of MODULES");
    }
}

#[test]
fn contributing_shows_the_same_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTRIBUTING.md");
    let text = fs::read_to_string(path).unwrap();
    let shown: Vec<_> = text.lines().filter(|line| is_row(line)).map(str::to_owned).collect();
    let expected: Vec<_> = MODULES.iter().rev().map(table_row).collect();
    assert_eq!(shown, expected, "the table should be\n{}", expected.join("\n"));
}

fn is_row(line: &str) -> bool {
    line.strip_prefix("| ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn table_row(module: &Module) -> String {
    let code = |names: &[&str]| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let imports = match (module.imports, module.floor) {
        (["*"], _) => "everything".to_owned(),
        ([], 0) => "nothing".to_owned(),
        ([], _) => "floor 0".to_owned(),
        (names, 0) => names.join(", "),
        (names, _) => format!("floor 0, {}", names.join(", ")),
    };
    let (floor, name) = (module.floor, module.name);
    format!("| {floor} | {name} | {} | {imports} |", code(module.files))
}

/// A check that cannot fail is a defect: every rule is broken here once.
#[test]
fn every_rule_can_be_broken() {
    let long = format!("//! x\n{}", "\n".repeat(MOST_LINES));
    let table: &[(&str, &str, &str)] = &[
        ("verify.rs", "//! x\nuse crate::idp::Tokens;", "verify imports idp (crate::idp::Tokens)"),
        (
            "verify.rs",
            "//! x\nuse crate::revocation::live_check::X;",
            "imports revocation::live_check",
        ),
        (
            "verify/remembered/tokens.rs",
            "//! x\nfn f() { crate::idp::client::f() }",
            "verify imports idp::client",
        ),
        ("idp/client.rs", "//! x\nuse crate::{error::E, verify::V};", "imports verify"),
        ("web/tower.rs", "//! x\nuse crate::testing::LocalUserPool;", "web imports testing"),
        ("idp/token.rs", "//! x\nuse super::client::send;", "idp operations imports idp::client"),
        ("keys/jwks.rs", "//! x\nuse super::RemoteKeySet;", "keys imports keys::remote"),
        ("keys/jwks.rs", "//! x\nuse super::{remote as r};", "keys imports keys::remote"),
        ("idp.rs", "//! x\nmod client;\nuse client::CognitoClient;", "idp imports idp::client"),
        ("error.rs", "//! x\nuse crate::pool::UserPool;", "error imports pool"),
        ("claims.rs", "//! x\nuse crate::UserPool;", "name the module it lives in"),
        ("claims.rs", "//! x\nuse crate::*;", "name the module it lives in"),
        ("helpers.rs", "//! x", "choose its floor"),
        ("idp/device.rs", "//! x", "choose its floor"),
        ("idp/token.rs", "//! x\nuse reqwest::Client;", "names the crate reqwest"),
        ("claims.rs", "//! x\nfn f() { rsa::f() }", "names the crate rsa"),
        ("claims.rs", "//! x\nuse ::rsa::RsaPublicKey;", "names the crate rsa"),
        (
            "claims.rs",
            "//! x\nuse metrics::Key;\nuse crate::metrics::TokenUse;",
            "names the crate metrics",
        ),
        ("verify.rs", "//! x\nuse aws_lc_rs::digest;", "names the crate aws_lc_rs"),
        ("jwt.rs", "//! x\nuse jsonwebtoken as jwt;", "names the crate jsonwebtoken"),
        ("claims.rs", "//! x\nfn f() { g().unwrap() }", "calls unwrap()"),
        ("claims.rs", "//! x\n#[cfg(not(test))]\nfn f() { g().unwrap() }", "calls unwrap()"),
        ("claims.rs", "//! x\n#[cfg(test)]\nfn f() {}\nfn g() { h().unwrap() }", "calls unwrap()"),
        ("claims.rs", "\n//! x", "does not start with //!"),
        ("claims.rs", &long, "301 lines, more than 300"),
    ];
    let keys =
        ("keys.rs".to_owned(), "//! x\nmod remote;\npub use remote::RemoteKeySet;".to_owned());
    for (path, text, expected) in table {
        let files = [(path.to_string(), text.to_string()), keys.clone()];
        let found = violations(&files);
        assert_eq!(found.len(), 1, "{path}: {text}: {found:?}");
        assert!(found[0].starts_with(&format!("{path}: ")), "{found:?}");
        assert!(found[0].contains(expected), "{found:?} should say {expected:?}");
    }
}

#[test]
fn what_is_allowed_is_not_found() {
    let text = r##"//! use crate::verify::V;
// use crate::testing::X; it's a comment with one quote
/* crate::verify /* nested */ crate::verify */
mod sign_in;
use std::collections::BTreeMap;
use crate::metrics::{self, TokenUse};
use crate::error::{AuthError, Part as P};
pub use sign_in::SignIn;
pub(in crate::idp) fn f<'a>(x: &'a str) -> char {
    let _ = ("crate::verify::V", r#"crate::"verify""#, b"\"crate::verify", '"', '\'');
    x.unwrap_or('c')
}
fn g() -> impl Fn() + use<> {
    f("a"); metrics::refused(TokenUse::Id); || ()
}
#[cfg(test)]
mod tests {
    use crate::testing::LocalUserPool;
    fn f() { g().unwrap(); reqwest::get() }
}
#[cfg(all(test, any(feature = "rustls", feature = "native-tls")))]
use crate::testing::LocalUserPool;
"##;
    let files = [("idp.rs".to_owned(), text.to_owned())];
    assert_eq!(violations(&files), Vec::<String>::new());
}
