//! Tests of `revocation::entry`.

use super::*;
use crate::pool::UserPool;
use crate::revocation::TokenKind;

#[test]
fn an_entry_says_what_it_names_and_what_it_hits() {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let (name, other) = (pool.name(), PoolName::from_stored("eu-west-1_Another12"));
    let mut token = TokenIdentity::new(&name, "t", TokenKind::Access, "s", 100);
    (token.jti, token.origin_jti) = (Some("j"), Some("o"));
    let mut elsewhere = token;
    elsewhere.pool = &other;
    for (entry, target, hits) in [
        (Revocation::token(&pool, "j", 7), Target::Token("j"), true),
        (Revocation::token(&pool, "o", 7), Target::Token("o"), false),
        (Revocation::session(&pool, "o", 7), Target::Session("o"), true),
        (Revocation::session(&pool, "j", 7), Target::Session("j"), false),
        (Revocation::user(&pool, "s", 100), Target::User("s"), true),
        (Revocation::user(&pool, "s", 99), Target::User("s"), false),
        (Revocation::user(&pool, "j", 100), Target::User("j"), false),
        (Revocation::global_sign_out(&pool, "s", 99), Target::GlobalSignOut("s"), false),
        (Revocation::global_sign_out(&pool, "j", 100), Target::GlobalSignOut("j"), false),
    ] {
        assert!(entry.target() == target && *entry.pool() == name);
        assert_eq!(entry.expires_at(), entry.at() + ENTRY_LIFETIME);
        assert_eq!(entry.hits(&token), hits, "{entry:?}");
        assert!(!entry.hits(&elsewhere), "{entry:?}");
        assert_eq!(token.targets().any(|one| one == target), hits || entry.at() == 99);
    }
}

#[test]
fn debug_shows_no_identity() {
    let entry = Revocation::user(PoolName::from_stored("eu-west-1_AbCdEf123"), "alice", 7);
    let shown = r#"Revocation { pool: "eu-west-1_AbCdEf123", target: User, at: 7 }"#;
    assert_eq!(format!("{entry:?}"), shown);
}

#[cfg(feature = "redis")]
#[test]
fn an_entry_whose_moment_is_not_known_has_the_earliest_that_hits() {
    let pool = PoolName::from_stored("eu-west-1_AbCdEf123");
    let mut token = TokenIdentity::new(&pool, "t", TokenKind::Access, "s", 100);
    (token.jti, token.origin_jti, token.auth_time) = (Some("j"), Some("o"), Some(90));
    for (by_user, by_sign_in, entry) in [
        (true, false, Revocation::user(&pool, "s", 100)),
        (true, true, Revocation::user(&pool, "s", 100)),
        (false, true, Revocation::user(&pool, "s", 90)),
        (false, false, Revocation::token(&pool, "j", 100)),
    ] {
        let earliest = Revocation::earliest_that_hits(&token, by_user, by_sign_in);
        assert!(earliest.as_ref() == Some(&entry), "{earliest:?}");
        assert!(entry.hits(&token), "{entry:?}");
    }
    (token.jti, token.auth_time) = (None, None);
    let of_session = Some(Revocation::session(&pool, "o", 100));
    assert!(Revocation::earliest_that_hits(&token, false, false) == of_session);
    assert!(Revocation::earliest_that_hits(&token, false, true).is_none());
}
