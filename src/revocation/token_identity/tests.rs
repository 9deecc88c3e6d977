//! Tests of `revocation::token_identity`.

use super::*;

fn token(pool: &PoolName) -> TokenIdentity<'_> {
    let mut token = TokenIdentity::new(pool, "a.secret.token", TokenKind::Access, "s", 100);
    (token.jti, token.origin_jti, token.auth_time) = (Some("j"), Some("o"), Some(90));
    token
}

#[test]
fn debug_shows_neither_the_token_nor_its_ids() {
    let pool = PoolName::from_stored("p");
    let shown = r#"TokenIdentity { kind: Access, sub: "s", issued_at: 100, .. }"#;
    assert_eq!(format!("{:?}", token(&pool)), shown);
}

#[cfg(feature = "redis")]
#[test]
fn parts_of_an_identity_are_hit_by_fewer_entries() {
    let pool = PoolName::from_stored("p");
    let whole = token(&pool);
    for (token, by_ids, by_sign_in) in [
        (whole, true, true),
        (whole.without_ids(), false, true),
        (whole.of_user_alone(), false, false),
    ] {
        let hits = |target, at| token.is_hit_by(|one| (one == target).then_some(at));
        assert_eq!(hits(Target::Token("j"), 7), by_ids);
        assert_eq!(hits(Target::Session("o"), 7), by_ids);
        assert_eq!(hits(Target::User("s"), 95), by_sign_in);
        assert!(hits(Target::User("s"), 101) && !hits(Target::User("s"), 80));
    }
}
