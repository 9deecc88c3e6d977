//! Any text as the place to go to after a sign-in: what is accepted is sent as it was given, and leads a
//! browser to a page of the same site.

#![no_main]

use std::sync::LazyLock;

use cognito_auth::fuzzing::return_to;
use http::HeaderValue;
use libfuzzer_sys::fuzz_target;
use url::Url;

const OWN: [&str; 5] = ["/login", "/callback", "/session", "/logout", "/logged-out"];
const CODES: [&str; 7] = [
    "another_origin",
    "character",
    "encoded_character",
    "not_a_path",
    "not_an_address",
    "own_path",
    "too_long",
];

/// The address that the browser is at when it is told to go on, on three sites.
static SITES: LazyLock<[Url; 3]> = LazyLock::new(|| {
    [
        "https://app.example.com/callback?code=c&state=s",
        "http://localhost:3000/deep/er/callback?code=c",
        "http://[::1]:8080/callback",
    ]
    .map(|site| Url::parse(site).unwrap())
});

fuzz_target!(|asked: &str| {
    for site in SITES.iter() {
        match return_to(asked, site, &OWN) {
            Ok(accepted) => check(asked, accepted, site),
            Err(code) => assert!(CODES.contains(&code)),
        }
    }
});

fn check(asked: &str, accepted: &str, site: &Url) {
    assert_eq!(accepted, asked);
    assert!(accepted.len() <= 1024);
    // A `Location` of this text, read as a browser does (the URL standard).
    let field = HeaderValue::from_str(accepted).unwrap();
    let target = site.join(field.to_str().unwrap()).unwrap();
    assert_eq!(target.origin(), site.origin());
    assert_eq!((target.username(), target.password(), target.fragment()), ("", None, None));
    assert!(!OWN.contains(&target.path()));
    // The address once more, by a parser that is given the path alone: as a router or a proxy has it.
    assert_eq!(site.join(target.path()).unwrap().origin(), site.origin());
    if let Ok(path) = accepted.parse::<http::Uri>() {
        assert_eq!((path.scheme(), path.authority()), (None, None));
    }
    // In the page of a `SameSite=Strict` site it stands behind `url=`, where a quote would end it.
    assert!(accepted.starts_with('/') && !accepted.bytes().any(|byte| byte <= b' '));
}
