//! Tests of `verify::remembered::fronts`.

use crate::claims::AccessClaims;
use crate::json::Members;
use crate::verify::remembered::VerifiedTokens;
use crate::verify::remembered::headers::tests::key;

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
    let others = loop {
        let look = || (super::thread_number(), [(); 4].map(|()| place(&tokens, &one)));
        let (number, others) = std::thread::scope(|scope| scope.spawn(look).join().unwrap());
        // Of as many threads as run here two have one place.
        if number % super::THREADS != here {
            break others;
        }
    };
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

/// The map does not see that a copy is used.
#[test]
fn the_entry_of_a_copy_in_use_is_not_evicted() {
    let tokens = new(700);
    assert!(tokens.fronts.most_copies() > 0);
    let hot = token(0);
    tokens.insert(&hot, &claims("hot"), &key("a", 'z'));
    for number in 1..2500 {
        let other = token(number);
        tokens.insert(&other, &claims("other"), &key("a", 'z'));
        for _ in 0..super::USES {
            assert!(place(&tokens, &hot).is_some(), "evicted by the {number}th");
        }
    }
    let found = std::thread::scope(|scope| scope.spawn(|| place(&tokens, &hot)).join().unwrap());
    assert!(found.is_some(), "another thread finds the entry");
}

#[test]
fn copies_and_entries_together_take_no_more_than_the_size_says() {
    for entries in [32, 640, 700, 10_000, 1_000_000] {
        let tokens = new(entries);
        let copies = tokens.fronts.most_copies() as usize;
        assert!(copies * 10 <= entries, "{entries}");
        assert_eq!(copies > 0, entries >= 640, "{entries}");
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
    let mut front = super::Front::new(1);
    assert!(!front.wants(1) && !front.wants(2) && !front.wants(1));
    assert!(front.wants(1) && front.wants(1) && !front.wants(2));
}
