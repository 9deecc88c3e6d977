//! Tests of `revocation::live_check::verdict_cache`.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_session_has_another_key_than_a_token_of_that_text() {
    let [pool, other] = ["p", "another"].map(PoolName::from_stored);
    assert_ne!(token_key("o"), session_key(&pool, "o"));
    assert_ne!(session_key(&pool, "o"), session_key(&pool, "p"));
    assert_ne!(session_key(&pool, "o"), session_key(&other, "o"));
    assert_eq!(token_key("o"), token_key("o"));
}

#[test]
fn tokens_differ_in_their_ends() {
    let end = "e".repeat(32);
    assert_eq!(token_key(&end), VerdictKey::Token([b'e'; 32]));
    assert_eq!(token_key(&format!("a.b.{end}")), token_key(&end));
    for other in [&end[1..], "", &format!("{end}f"), &format!("{}f", &end[1..])] {
        assert_ne!(token_key(other), token_key(&end), "{other}");
    }
    assert_ne!(token_key(&end[1..]), token_key(&end[2..]));
}

#[test]
fn a_verdict_ends_with_its_lifetime() {
    let (start, key) = (Instant::now(), token_key("a"));
    let mut kept = VerdictCache::new(10, 5 * SECOND);
    kept.insert(key.clone(), TokenVerdict::Live, start, start);
    let just_before = Duration::from_millis(4999);
    assert_eq!(kept.get(&key, start + just_before), Some((TokenVerdict::Live, just_before)));
    assert_eq!(kept.get(&key, start + 5 * SECOND), None);
    assert_eq!(kept.get(&token_key("b"), start), None);
}

#[test]
fn what_has_ended_goes_and_what_is_renewed_stays() {
    let start = Instant::now();
    let mut kept = VerdictCache::new(10, 5 * SECOND);
    for (name, second) in [("a", 0), ("b", 1), ("a", 4)] {
        let now = start + second * SECOND;
        kept.insert(token_key(name), TokenVerdict::Live, now, now);
    }
    assert_eq!((kept.len(), kept.order.len()), (2, 2));
    let now = start + 6 * SECOND;
    kept.insert(token_key("c"), TokenVerdict::Refused, now, now);
    assert_eq!((kept.len(), kept.order.len()), (2, 2));
    assert_eq!(kept.get(&token_key("a"), now), Some((TokenVerdict::Live, 2 * SECOND)));
    assert_eq!(kept.get(&token_key("c"), now), Some((TokenVerdict::Refused, Duration::ZERO)));
}

#[test]
fn never_more_than_the_capacity_and_the_stalest_leaves_first() {
    let start = Instant::now();
    let mut kept = VerdictCache::new(3, 1000 * SECOND);
    for number in 0..100_u32 {
        let now = start + number * SECOND;
        kept.insert(token_key(&number.to_string()), TokenVerdict::Live, now, now);
        assert!(kept.len() <= 3 && kept.order.len() == kept.len());
    }
    let now = start + 100 * SECOND;
    let there = |name| kept.get(&token_key(name), now).is_some();
    assert_eq!(["96", "97", "98", "99"].map(there), [false, true, true, true]);
}

#[test]
fn kept_for_no_time_is_not_kept() {
    let (start, key) = (Instant::now(), token_key("a"));
    let mut kept = VerdictCache::new(3, Duration::ZERO);
    kept.insert(key.clone(), TokenVerdict::Live, start, start);
    assert_eq!(kept.get(&key, start), None);
}
