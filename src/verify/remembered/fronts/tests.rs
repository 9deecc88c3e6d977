//! Tests of `verify::remembered::fronts`.

use std::sync::mpsc::channel;

use zeroize::Zeroizing;

use super::{Front, TokenCopy, TokenText};
use crate::claims::AccessClaims;
use crate::json::Members;
use crate::verify::remembered::VerifiedTokens;
use crate::verify::remembered::headers::tests::key;
use crate::verify::token_kind::TokenClaims as _;

fn claims(jti: &str) -> AccessClaims {
    let json = format!(
        r#"{{"token_use":"access","sub":"s","iss":"i","exp":9,"iat":1,"client_id":"c","jti":"{jti}"}}"#
    );
    AccessClaims::read(&Members::parse(json.as_bytes()).unwrap()).unwrap()
}

/// Some tokens that no two places are shared by, as far as a test can tell.
fn token(number: usize) -> String {
    format!("{}{number:032}", "t".repeat(1000))
}

fn new(entries: usize) -> VerifiedTokens {
    VerifiedTokens::new(entries, 16 * 1024).unwrap()
}

/// Where the claims that a look-up hands out are.
fn place(tokens: &VerifiedTokens, token: &str) -> Option<usize> {
    let found = tokens.find::<AccessClaims>(token.as_bytes(), |_, _| true)?;
    Some(found.payload().as_ptr().addr())
}

#[test]
fn a_thread_that_finds_a_token_again_gets_claims_that_no_other_thread_writes_to() {
    let tokens = new(10_000);
    let (one, claims) = (token(1), claims("j"));
    tokens.insert(&one, &claims, &key("a", 'z'));
    let shared = claims.payload().as_ptr().addr();
    // To make places, to be noticed, to be copied.
    let first = [(); 3].map(|()| place(&tokens, &one));
    assert_eq!(first, [Some(shared); 3]);
    let own = place(&tokens, &one);
    assert!(own.is_some() && own != Some(shared) && own == place(&tokens, &one));
    let here = super::thread_number() % super::THREADS;
    let look = || (super::thread_number(), [(); 4].map(|()| place(&tokens, &one)));
    let mut threads =
        (0..100).map(|_| std::thread::scope(|scope| scope.spawn(look).join().unwrap()));
    // Of as many threads as run here two have one place.
    let (_, others) = threads.find(|(number, _)| number % super::THREADS != here).unwrap();
    assert!(others.iter().all(|place| place.is_some() && *place != own), "{others:?}");
}

#[test]
fn what_holds_no_more_is_neither_among_the_entries_nor_a_copy() {
    let tokens = new(10_000);
    let one = token(1);
    tokens.insert(&one, &claims("j"), &key("a", 'z'));
    for _ in 0..5 {
        assert!(place(&tokens, &one).is_some());
    }
    assert!(tokens.find::<AccessClaims>(one.as_bytes(), |expires_at, _| expires_at > 9).is_none());
    assert!(place(&tokens, &one).is_none());
    // Another text with the same end is another token.
    tokens.insert(&one, &claims("j"), &key("a", 'z'));
    for _ in 0..5 {
        assert!(place(&tokens, &one).is_some());
    }
    assert!(place(&tokens, &one.replacen('t', "u", 1)).is_none());
}

/// The map does not see that a copy is used, and the other tokens are used too.
#[test]
fn the_entry_of_a_copy_in_use_is_not_evicted() {
    let tokens = new(700);
    assert!(tokens.fronts.most_bytes() > 0);
    let hot = token(0);
    tokens.insert(&hot, &claims("hot"), &key("a", 'z'));
    let (numbers, received) = channel();
    let (done, others_were_used) = channel();
    std::thread::scope(|scope| {
        let tokens = &tokens;
        scope.spawn(move || {
            for number in received {
                let other = token(number);
                tokens.insert(&other, &claims("other"), &key("a", 'z'));
                for _ in 0..3 {
                    place(tokens, &other);
                }
                done.send(()).unwrap();
            }
        });
        for number in 1..2500 {
            numbers.send(number).unwrap();
            others_were_used.recv().unwrap();
            for _ in 0..=super::USES {
                assert!(place(tokens, &hot).is_some(), "evicted by the {number}th");
            }
        }
        drop(numbers);
    });
    let found = std::thread::scope(|scope| scope.spawn(|| place(&tokens, &hot)).join().unwrap());
    assert!(found.is_some(), "another thread finds the entry");
}

#[test]
fn copies_and_entries_together_take_no_more_than_the_size_says() {
    for entries in [32, 640, 700, 10_000, 1_000_000] {
        let tokens = new(entries);
        let bytes = tokens.fronts.most_bytes() as usize;
        assert!(bytes * 5 <= entries * 1024, "{entries}");
        assert_eq!(bytes > 0, entries >= 640, "{entries}");
        let one = token(1);
        tokens.insert(&one, &claims("j"), &key("a", 'z'));
        assert!(tokens.fronts.of_this_thread().is_none());
        assert!(place(&tokens, &one).is_some());
        assert_eq!(tokens.fronts.of_threads.get().is_some(), bytes > 0, "{entries}");
    }
    let tokens = new(700);
    for number in 0..1000 {
        tokens.insert(&token(number), &claims("j"), &key("a", 'z'));
    }
    let debug = format!("{tokens:?}");
    let (_, kept) = debug.split_once("entries: ").unwrap();
    let kept: usize = kept.split(',').next().unwrap().parse().unwrap();
    assert!((600..=720).contains(&kept), "{kept}");
}

#[test]
fn a_token_in_turn_with_others_of_its_place_displaces_none() {
    let mut front = Front::new(1);
    assert!(!front.wants(1, 100) && !front.wants(2, 100) && !front.wants(1, 100));
    assert!(front.wants(1, 100) && front.wants(1, 100) && !front.wants(2, 100));
}

/// A copy whose token has so many bytes.
fn copy(hash: u64, bytes: usize) -> (TokenText, TokenCopy) {
    let text = TokenText { hash, text: Zeroizing::new("t".repeat(bytes).into()) };
    let (claims, key) = (claims("j").into_cached(), key("a", 'z'));
    (text, TokenCopy { claims, key, bytes: 256 })
}

/// The hash that leads to this place of eight.
fn leading_to(place: u64) -> u64 {
    (place << 61) | (1 << 60)
}

fn copies(front: &mut Front) -> Vec<u64> {
    let texts = [1792, 4000, 8000, 16_384 - 256].map(|bytes| "t".repeat(bytes));
    let is_there = |place: &u64| {
        texts.iter().any(|text| front.find(leading_to(*place), text.as_bytes()).is_some())
    };
    (0..8).filter(is_there).collect()
}

/// Finds a token twice among the entries; whether there is a copy of it then.
fn find_twice(front: &mut Front, place: u64, bytes: usize) -> bool {
    let (text, copy) = copy(leading_to(place), bytes);
    let takes = bytes as u64 + 256;
    front.wants(leading_to(place), takes);
    let is_wanted = front.wants(leading_to(place), takes);
    if is_wanted {
        front.insert(text, copy);
    }
    let taken: u64 = front.places.iter().map(super::CopyPlace::bytes).sum();
    assert!(front.bytes == taken && taken <= front.most_bytes, "{taken}");
    is_wanted
}

#[test]
fn copies_of_large_tokens_are_made_where_there_is_room() {
    let mut front = Front::new(8);
    assert!((0..8).all(|place| find_twice(&mut front, place, 1792)));
    assert_eq!((copies(&mut front), front.bytes), ((0..8).collect(), front.most_bytes));
    // In its own place, where no other one has to go; and no larger one.
    assert!(find_twice(&mut front, 3, 1792) && !find_twice(&mut front, 3, 4000));
    assert_eq!(copies(&mut front).len(), 8);
    front.remove(leading_to(6));
    front.remove(leading_to(6));
    assert!(!find_twice(&mut front, 3, 4000));
    front.remove(leading_to(5));
    assert!(find_twice(&mut front, 3, 4000));
    assert_eq!((copies(&mut front), front.bytes), (vec![0, 1, 2, 3, 4, 7], 5 * 2048 + 4256));
    // One that is larger than all places together does not even empty its own.
    assert!((0..200).all(|_| !find_twice(&mut front, 3, 16_384 - 255)));
    assert_eq!(copies(&mut front).len(), 6);
    (0..8).for_each(|place| front.remove(leading_to(place)));
    assert_eq!(front.bytes, 0);
    assert!(find_twice(&mut front, 3, 16_384 - 256));
}

/// What there is of copies after the only token, of this length, was found often.
fn taken_by(length: usize) -> u64 {
    let (tokens, long) = (new(640), "l".repeat(length));
    tokens.insert(&long, &claims("j"), &key("a", 'z'));
    (0..4).for_each(|_| assert!(place(&tokens, &long).is_some()));
    tokens.fronts.of_this_thread().unwrap().bytes
}

#[test]
fn a_copy_counts_the_text_and_what_the_entry_counts() {
    let most = Front::new(new(640).fronts.copies).most_bytes;
    let lengths: Vec<_> = (1000..16 * 1024).collect();
    let copied = lengths.partition_point(|length| taken_by(*length) > 0);
    // The longest one alone leaves nothing free.
    assert_eq!((taken_by(lengths[copied - 1]), taken_by(lengths[copied])), (most, 0));
}

#[test]
fn after_so_many_copies_without_room_those_go_that_are_not_used() {
    let mut front = Front::new(8);
    assert!((0..8).all(|place| find_twice(&mut front, place, 1792)));
    let (used, large) = ("t".repeat(1792), leading_to(6));
    let mut is_refused = || {
        for place in [1, 4] {
            assert!(front.find(leading_to(place), used.as_bytes()).is_some());
        }
        !front.wants(large, 4256)
    };
    // Each copy was used when it was made.
    let refused = (0..1000).take_while(|_| is_refused()).count();
    assert_eq!(refused, 2 * usize::from(super::REFUSALS) - 1);
    assert_eq!(copies(&mut front), [1, 4]);
}

#[test]
fn the_upper_half_of_a_hash_says_which_place_it_has() {
    let mut front = Front::new(4);
    let hashes = [0, 1, 2, 3].map(|upper| upper << 62 | 1);
    assert!(hashes.iter().all(|hash| !front.wants(*hash, 100)));
    assert!(hashes.iter().all(|hash| front.wants(*hash, 100)));
    // The lower half does not.
    assert!(!front.wants(2, 100) && !front.wants(hashes[0], 100));
    assert!(!front.wants(u64::MAX, 100) && !front.wants(hashes[3], 100));
}

#[test]
fn after_every_so_many_uses_of_a_copy_its_entry_is_due() {
    let (mut front, text) = (Front::new(1), Zeroizing::new("t".into()));
    assert!(!front.wants(7, 100));
    let copy = TokenCopy { claims: claims("j").into_cached(), key: key("a", 'z'), bytes: 0 };
    front.insert(TokenText { hash: 7, text }, copy);
    let due = |_: &usize| front.find(7, b"t").unwrap().is_due;
    assert_eq!((0..200).filter(due).collect::<Vec<_>>(), [64, 129, 194]);
}
