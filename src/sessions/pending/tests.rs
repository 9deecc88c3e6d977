//! Cookies that are opened, kept apart, too many, too old.

use http::HeaderValue;
use http::header::COOKIE;

use super::*;
use crate::idp::SignInRequest;
use crate::pool::UserPool;
use crate::sessions::cookie::CookiePrefix;

const NOW: u64 = 1_800_000_000;

fn cookies() -> Cookies {
    Cookies::new(CookiePrefix::Host, true, "session")
}

fn begin(return_to: &str) -> SignInUnderWay {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let pool = pool.with_domain("https://auth.example.com").unwrap();
    let request = SignInRequest::new("https://app.example.com/callback");
    let pending = request.start(&pool, "1example23456789abcdefghij").unwrap().pending;
    SignInUnderWay {
        acr: None,
        pending,
        return_to: return_to.to_owned(),
        expected: None,
        replaces: Some(SessionId::from_bytes([7; 32])),
    }
}

struct SealedState {
    state: String,
    name: String,
    value: String,
}

fn seal(keys: &SessionKeys, return_to: &str, now: u64) -> SealedState {
    let under_way = begin(return_to);
    let state = under_way.pending.state().to_owned();
    let name = cookie_name(&cookies(), &state);
    let value = under_way.seal(keys, &name, now).unwrap().to_string();
    SealedState { state, name, value }
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let field = HeaderValue::try_from(format!("{name}={value}")).unwrap();
        headers.append(COOKIE, field);
    }
    headers
}

fn find(keys: &SessionKeys, pairs: &[(&str, &str)], state: &str, now: u64) -> Option<String> {
    let found = SignInUnderWay::find(&headers(pairs), &cookies(), keys, state, now);
    found.map(|under_way| under_way.return_to)
}

#[test]
fn what_was_sealed_is_what_opens() {
    let keys = SessionKeys::random().unwrap();
    let mut under_way = begin("/one");
    under_way.acr = Some("phr".to_owned());
    let state = under_way.pending.state().to_owned();
    let name = cookie_name(&cookies(), &state);
    let value = under_way.seal(&keys, &name, NOW).unwrap().to_string();
    let headers = headers(&[(&*name, &*value)]);
    let found = SignInUnderWay::find(&headers, &cookies(), &keys, &state, NOW).unwrap();
    assert_eq!((found.pending.state(), &*found.return_to), (&*state, "/one"));
    assert_eq!(found.acr.as_deref(), Some("phr"));
    assert_eq!(found.replaces.unwrap().as_bytes(), &[7; 32]);
}

#[test]
fn two_tabs_do_not_collide() {
    let keys = SessionKeys::random().unwrap();
    let (one, other) = (seal(&keys, "/one", NOW), seal(&keys, "/other", NOW));
    let both = [(&*one.name, &*one.value), (&*other.name, &*other.value)];
    assert_eq!(find(&keys, &both, &one.state, NOW).as_deref(), Some("/one"));
    assert_eq!(find(&keys, &both, &other.state, NOW).as_deref(), Some("/other"));
    assert_eq!(find(&keys, &both, "another state", NOW), None);
}

#[test]
fn a_cookie_opens_under_its_own_name_and_once() {
    let keys = SessionKeys::random().unwrap();
    let (one, other) = (seal(&keys, "/one", NOW), seal(&keys, "/other", NOW));
    let renamed = [(&*other.name, &*one.value)];
    assert_eq!(find(&keys, &renamed, &other.state, NOW), None);
    let twice = [(&*one.name, &*one.value), (&*one.name, &*one.value)];
    assert_eq!(find(&keys, &twice, &one.state, NOW), None);
    let stranger = SessionKeys::random().unwrap();
    assert_eq!(find(&stranger, &[(&*one.name, &*one.value)], &one.state, NOW), None);
}

#[test]
fn no_character_can_be_changed() {
    let keys = SessionKeys::random().unwrap();
    let sealed = seal(&keys, "/one", NOW);
    for index in 0..sealed.value.len() {
        let mut changed = sealed.value.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let found = find(&keys, &[(&*sealed.name, &*changed)], &sealed.state, NOW);
        assert_eq!(found, None, "character {index}");
    }
}

#[test]
fn it_ends_after_ten_minutes() {
    let keys = SessionKeys::random().unwrap();
    let sealed = seal(&keys, "/one", NOW);
    for (now, is_found) in [
        (NOW, true),
        (NOW + 599, true),
        (NOW + 600, false),
        (NOW - 90, true), // a clock that was set back
        (NOW - 91, false),
    ] {
        let found = find(&keys, &[(&*sealed.name, &*sealed.value)], &sealed.state, now);
        assert_eq!(found.is_some(), is_found, "{now}");
    }
}

#[test]
fn a_return_path_that_makes_it_too_long_is_left_out() {
    let keys = SessionKeys::random().unwrap();
    let longest = format!("/{}", "a".repeat(1023));
    let sealed = seal(&keys, &longest, NOW);
    assert!(sealed.value.len() <= 2304, "{}", sealed.value.len());
    let found = find(&keys, &[(&*sealed.name, &*sealed.value)], &sealed.state, NOW);
    assert_eq!(found.as_deref(), Some(&*longest));
    let too_long = seal(&keys, &format!("/{}", "a".repeat(4000)), NOW);
    let found = find(&keys, &[(&*too_long.name, &*too_long.value)], &too_long.state, NOW);
    assert_eq!(found.as_deref(), Some("/"));
}

#[test]
fn five_at_most_the_oldest_go() {
    let keys = SessionKeys::random().unwrap();
    let sealed: Vec<_> = (0..6).map(|age| seal(&keys, "/", NOW - age * 10)).collect();
    let pairs: Vec<_> = sealed.iter().map(|one| (&*one.name, &*one.value)).collect();
    let expected = [sealed[4].name.clone(), sealed[5].name.clone()];
    assert_eq!(surplus(&headers(&pairs), &cookies(), 900, NOW), expected);
    assert_eq!(surplus(&headers(&pairs[..4]), &cookies(), 900, NOW), Vec::<String>::new());
}

#[test]
fn the_bytes_of_all_are_bounded() {
    let keys = SessionKeys::random().unwrap();
    let long = format!("/{}", "a".repeat(1000));
    let sealed: Vec<_> = (0..4).map(|age| seal(&keys, &long, NOW - age)).collect();
    let pairs: Vec<_> = sealed.iter().map(|one| (&*one.name, &*one.value)).collect();
    let gone = surplus(&headers(&pairs), &cookies(), sealed[0].value.len(), NOW);
    assert_eq!(gone, [sealed[1].name.clone(), sealed[2].name.clone(), sealed[3].name.clone()]);
}

/// A cookie in a request is its name, its value, `=`, and `; ` before the next one.
#[test]
fn all_bytes_of_a_cookie_count() {
    let keys = SessionKeys::random().unwrap();
    let one = seal(&keys, "/", NOW);
    let headers = headers(&[(&*one.name, &*one.value)]);
    let room = MOST_BYTES - (one.name.len() + one.value.len() + 3);
    assert_eq!(surplus(&headers, &cookies(), room, NOW), Vec::<String>::new());
    assert_eq!(surplus(&headers, &cookies(), room + 1, NOW), [one.name]);
}

#[test]
fn what_nothing_reads_any_more_goes_first() {
    let keys = SessionKeys::random().unwrap();
    let (new, over) = (seal(&keys, "/", NOW), seal(&keys, "/", NOW - 600));
    let pairs = [
        ("__Host-signin-0000000000000000", "rubbish"),
        (&*new.name, &*new.value),
        (&*over.name, &*over.value),
        ("__Host-session", "not a pending one"),
    ];
    let mut gone = surplus(&headers(&pairs), &cookies(), 900, NOW);
    gone.sort();
    let mut expected = ["__Host-signin-0000000000000000".to_owned(), over.name.clone()];
    expected.sort();
    assert_eq!(gone, expected);
}

#[test]
fn an_answer_deletes_few_cookies_and_none_of_another_application() {
    let ours = (0..3000).map(|n| (format!("__Host-signin-{n:016x}"), String::new()));
    let mut pairs: Vec<_> = ours.collect();
    for other in ["", "x", "0123456789abcdeF", "0123456789abcdef0", "other-application"] {
        pairs.push((format!("__Host-signin-{other}"), "1".to_owned()));
    }
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
    let surplus = surplus(&headers(&pairs), &cookies(), 900, NOW);
    assert_eq!(surplus.len(), 20);
    let others = &pairs[3000..];
    assert_eq!(super::surplus(&headers(others), &cookies(), 900, NOW), Vec::<String>::new());
}
