//! The check itself: what it finds, and what it leaves alone.

use crate::check::{MOST_LINES, violations};

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
            "//! x\nuse metrics::Key;\nuse crate::metrics::SignOutAt;",
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
use crate::error::{AuthError, Part as P};
use crate::metrics::{self, SignOutAt};
pub use sign_in::SignIn;
pub(in crate::idp) fn f<'a>(x: &'a str) -> char {
    let _ = ("crate::verify::V", r#"crate::"verify""#, b"\"crate::verify", '"', '\'');
    x.unwrap_or('c')
}
fn g() -> impl Fn() + use<> {
    f("a"); metrics::signed_out(SignOutAt::Local); || ()
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
