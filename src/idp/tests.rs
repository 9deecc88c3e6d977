//! What the trait promises for every provider.

/// A method that the impl for `Arc` leaves out would be its default: unsupported.
#[test]
fn an_arc_forwards_every_method() {
    let source = include_str!("../idp.rs");
    let (_, rest) = source.split_once("pub trait IdentityProvider").unwrap();
    let (declared, rest) = rest.split_once("\n}\n").unwrap();
    let (_, forwarded) = rest.split_once("IdentityProvider for Arc<P>").unwrap();
    let methods = |text: &str| -> Vec<String> {
        text.lines()
            .filter_map(|line| line.trim_start().trim_start_matches("async ").strip_prefix("fn "))
            .map(|line| line.split('(').next().unwrap_or_default().to_owned())
            .collect()
    };
    assert!(methods(declared).len() >= 7, "{:?}", methods(declared));
    assert_eq!(methods(forwarded), methods(declared));
}
