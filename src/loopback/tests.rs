//! Tests of `loopback`.

use super::*;

#[test]
fn loopback_is_this_machine_and_no_other() {
    for (host, expected) in [
        ("localhost", true),
        ("LOCALHOST", true),
        ("127.0.0.1", true),
        ("127.8.8.8", true),
        ("[::1]", true),
        ("[::ffff:127.0.0.1]", true),
        ("a.localhost", false),
        ("localhost.example.com", false),
        ("localhost.", false),
        ("0.0.0.0", false),
        ("10.0.0.1", false),
        ("[::]", false),
        ("[::ffff:10.0.0.1]", false),
    ] {
        let url = Url::parse(&format!("http://{host}/")).unwrap();
        assert_eq!(is_loopback_url(&url), expected, "{url}");
        let host = host.trim_matches(['[', ']']);
        assert_eq!(is_loopback_host(host), expected, "{host}");
    }
    assert!(!is_loopback_host("") && !is_loopback_host("[::1]"));
}
