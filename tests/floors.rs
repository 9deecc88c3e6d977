//! Keeps the shape of `src/`: who may import whom, where foreign crates are named, how long a file
//! is. The table is [`MODULES`]; `CONTRIBUTING.md` shows the same one, and a test compares them.
//!
//! Code under `#[cfg(test)]`, and files called `tests.rs`, may import what they like.

#[path = "floors/lexer.rs"]
mod lexer;
#[path = "floors/rules.rs"]
mod rules;
#[path = "floors/source.rs"]
mod source;
#[path = "floors/table.rs"]
mod table;

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
    Module { floor: 0, name: "base64url", files: &["base64url"], imports: &["error"] },
    Module { floor: 0, name: "json", files: &["json", "json/"], imports: &[] },
    Module { floor: 0, name: "pool", files: &["pool", "pool/"], imports: &["error"] },
    Module { floor: 0, name: "task", files: &["task"], imports: &[] },
    Module { floor: 0, name: "measure", files: &["measure", "measure/"], imports: &[] },
    Module { floor: 1, name: "transport", files: &["transport", "transport/"], imports: &[] },
    Module { floor: 1, name: "unverified", files: &["unverified"], imports: &[] },
    Module { floor: 1, name: "claims", files: &["claims", "claims/"], imports: &[] },
    Module {
        floor: 1,
        name: "keys",
        files: &["keys", "keys/jwks", "keys/verifying", "keys/verifying/"],
        imports: &[],
    },
    Module {
        floor: 1,
        name: "revocation",
        files: &[
            "revocation",
            "revocation/entry",
            "revocation/entry_set",
            "revocation/memory",
            "revocation/memory/",
            "revocation/revoked",
            "revocation/token_identity",
        ],
        imports: &[],
    },
    Module {
        floor: 1,
        name: "idp",
        files: &["idp", "idp/answer", "idp/auth_code", "idp/form", "idp/handed_out", "idp/trigger"],
        imports: &[],
    },
    Module { floor: 2, name: "jws", files: &["jws"], imports: &["unverified", "keys"] },
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
        name: "revocation::live",
        files: &["revocation/live", "revocation/live/"],
        imports: &["revocation", "idp", "unverified"],
    },
    Module { floor: 2, name: "bearer parts", files: &["bearer/"], imports: &["unverified"] },
    Module {
        floor: 2,
        name: "idp operations",
        files: &[
            "idp/id_token",
            "idp/issued",
            "idp/json_api",
            "idp/oauth_error",
            "idp/sign_in",
            "idp/sign_in/",
            "idp/sign_out",
            "idp/token",
            "idp/user_info",
            "idp/user_info/",
        ],
        imports: &["idp"],
    },
    Module {
        floor: 3,
        name: "verify",
        files: &["verify", "verify/"],
        imports: &["unverified", "jws", "claims", "keys", "keys::remote", "revocation"],
    },
    Module {
        floor: 3,
        name: "idp::client",
        files: &["idp/client", "idp/client/", "idp/send", "idp/fuzzing"],
        imports: &["idp", "idp operations", "transport"],
    },
    Module {
        floor: 5,
        name: "endpoints",
        files: &["endpoints", "endpoints/"],
        imports: &[
            "verify",
            "idp",
            "idp operations",
            "claims",
            "bearer parts",
            "unverified",
            "web",
            "logout",
        ],
    },
    Module {
        floor: 4,
        name: "logout",
        files: &["logout", "logout/"],
        imports: &["verify", "idp", "claims"],
    },
    Module {
        floor: 4,
        name: "web",
        files: &["web", "web/"],
        imports: &["verify", "claims", "bearer parts", "unverified"],
    },
    Module { floor: 5, name: "guide", files: &["guide"], imports: &[] },
    Module { floor: 5, name: "bearer", files: &["bearer"], imports: &["web", "bearer parts"] },
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
    ("base64_simd", &["base64url"]),
    ("quick_cache", &["verify/cache"]),
    ("foldhash", &["json/unique", "revocation/memory", "verify/cache"]),
    ("triomphe", &["claims/payload"]),
    ("aws_lc_rs", &["keys/", "testing/pool/signer"]),
    ("p256", &["keys/"]),
    ("rsa", &["keys/", "testing/pool/signer"]),
    ("crypto_bigint", &["testing/http/json_api/srp"]),
    ("redis", &["revocation/redis/"]),
    ("metrics", &["measure/"]),
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
            // What is built or installed inside of a package.
            if name == "target" || name == "node_modules" {
                continue;
            }
            read_folder(&entry.path(), &format!("{below}{name}/"), files)?;
        } else if name.ends_with(".rs") {
            files.push((format!("{below}{name}"), fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

#[test]
fn the_source_keeps_its_floors() {
    let mut files = Vec::new();
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files).unwrap();
    assert!(files.iter().any(|(path, _)| path == "lib.rs"), "src/ was not read");
    let found = violations(&files);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Tables of data are no Rust files, and may be longer.
#[test]
fn no_file_is_longer_than_the_bound() {
    for (folder, known) in
        [("tests", "floors.rs"), ("examples", "server.rs"), ("benches", "flood.rs")]
    {
        let mut files = Vec::new();
        read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), "", &mut files).unwrap();
        assert!(files.iter().any(|(path, _)| path == known), "{folder} was not read");
        for (path, text) in files {
            let lines = text.lines().count();
            assert!(lines <= MOST_LINES, "{folder}/{path}: {lines} lines, more than {MOST_LINES}");
        }
    }
}
