//! Tests of `verify::pool_set::by_header`.

use super::*;
use crate::keys::StaticKeySet;
use crate::pool::UserPool;
use crate::verify::JwtVerifier;

fn member(number: usize) -> Arc<PoolMember> {
    let pool = UserPool::new(&format!("eu-west-1_Pool{number}")).unwrap();
    let jwks =
        format!(r#"{{"keys":[{{"kty":"RSA","kid":"a","e":"AQAB","n":"z{}w"}}]}}"#, "_".repeat(340));
    let keys = StaticKeySet::from_jwks_json(&jwks).unwrap();
    let verifier = JwtVerifier::builder(&pool).accept_every_client().keys(keys);
    PoolMember::new(verifier.build().unwrap())
}

fn leads_to(headers: &ByHeader, token: &str, member: &Arc<PoolMember>) -> bool {
    headers.find(token.as_bytes(), |known| Some(Arc::ptr_eq(known, member))) == Some(true)
}

#[test]
fn a_header_leads_to_the_member_that_accepted_it_last_and_to_no_other() {
    let (headers, one, other) = (ByHeader::default(), member(1), member(2));
    assert!(!leads_to(&headers, "a.b.c", &one));
    headers.learn("a.b.c", &one, || 2);
    assert!(leads_to(&headers, "a.x.y", &one));
    for token in ["b.b.c", "ab.b.c", ".b.c", "a", ""] {
        assert!(!leads_to(&headers, token, &one), "{token}");
    }
    headers.learn("a.b.c", &other, || 2);
    assert!(leads_to(&headers, "a.b.c", &other) && !leads_to(&headers, "a.b.c", &one));
    let long = format!("{}.b.c", "a".repeat(LONGEST));
    headers.learn(&long, &one, || 2);
    assert!(!leads_to(&headers, &long, &one));
}

#[test]
fn a_member_that_left_is_kept_alive_by_nothing() {
    let (headers, staying) = (ByHeader::default(), member(0));
    let leaving = member(1);
    headers.learn("a.b.c", &leaving, || 2);
    headers.learn("b.b.c", &staying, || 2);
    headers.forget(&leaving);
    assert_eq!(Arc::strong_count(&leaving), 1);
    assert!(!leads_to(&headers, "a.b.c", &leaving) && leads_to(&headers, "b.b.c", &staying));
}

#[test]
fn the_headers_of_a_growing_set_stay_known() {
    let headers = ByHeader::default();
    let members: Vec<_> = (0..100).map(member).collect();
    let tokens = |number: usize| ["first", "second"].map(|of| format!("{of}{number}.b.c"));
    for (number, member) in members.iter().enumerate() {
        for token in tokens(number) {
            headers.learn(&token, member, || number + 1);
        }
    }
    // Two places for each pool, as a power of two.
    assert_eq!(headers.table().map(|(size, _)| size), Some(8));
    // It stays as large when pools are removed.
    headers.learn("of-another-key.b.c", &members[0], || 1);
    assert_eq!(headers.table().map(|(size, _)| size), Some(8));
    // Five that have one place displace each other.
    let known = members.iter().enumerate().filter(|(number, member)| {
        tokens(*number).iter().all(|token| leads_to(&headers, token, member))
    });
    assert!(known.count() >= 80);
}

/// The key id is in the middle, whichever member the header begins with.
#[test]
fn the_characters_in_the_middle_say_which_place_a_header_has() {
    const LENGTH: usize = 96;
    let (headers, header) = (ByHeader::default(), [b'a'; LENGTH]);
    let changes = |at: &usize| {
        let mut other = header;
        other[*at] = b'b';
        headers.hash_of(&other) != headers.hash_of(&header)
    };
    let middle = (LENGTH - CHARACTERS) / 2..(LENGTH + CHARACTERS) / 2;
    assert_eq!((0..LENGTH).filter(changes).collect::<Vec<_>>(), middle.collect::<Vec<_>>());
    assert_ne!(headers.hash_of(b"short"), headers.hash_of(b"other"));
    assert_eq!(tag(0x0123_4567_89ab_cdef), 0x0123_4567);
}
