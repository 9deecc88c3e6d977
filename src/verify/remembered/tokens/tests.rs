//! Tests of `verify::remembered::tokens`.

use super::*;

/// A digest costs as much as the text is long.
#[test]
fn a_digest_is_made_beside_an_entry_of_the_same_hash_and_length_alone() {
    let tokens = VerifiedTokens::new(32, 16 * 1024).unwrap();
    let accepted = tokens.presented(7, b"accepted").known().unwrap();
    for (hash, text, is_made, is_the_same) in [
        (7, "accepted", true, true),
        (7, "excepted", true, false),
        (8, "accepted", false, false),
        (8, "excepted", false, false),
        (7, "accepted!", false, false),
        (7, "accepte", false, false),
        (8, "", false, false),
    ] {
        let presented = tokens.presented(hash, text.as_bytes());
        assert_eq!(presented.equivalent(&accepted), is_the_same, "{hash} {text}");
        assert_eq!(presented.digest.get().is_some(), is_made, "{hash} {text}");
    }
}
