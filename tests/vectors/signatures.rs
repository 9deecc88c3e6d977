//! Wycheproof's `json_web_signature_test.json`: 401 compact JWS, at
//! [`VerifyingKey::verify_jws`](cognito_auth::keys::VerifyingKey::verify_jws).

use std::collections::BTreeMap;

use crate::files::{cases, groups, id_of, is_valid, key_of, outcome, read, token_of};

const NOT_RSA: &str = "the JWK cannot be used: its kty is not RSA";
const NOT_RS256: &str = "the JWK cannot be used: its alg is not RS256";
const NOT_SIG: &str = "the JWK cannot be used: its use is not sig";
const NOT_VERIFY: &str = "the JWK cannot be used: its key_ops do not allow verify";

/// Some groups of the file: what it says of them, and what has to come out, by outcome.
struct Row {
    id: &'static str,
    groups: &'static [usize],
    valid: usize,
    invalid: usize,
    outcomes: &'static [(&'static str, usize)],
}

const fn row(
    id: &'static str,
    groups: &'static [usize],
    (valid, invalid): (usize, usize),
    outcomes: &'static [(&'static str, usize)],
) -> Row {
    Row { id, groups, valid, invalid, outcomes }
}

const ROWS: [Row; 12] = [
    row("WP-1", &[1], (1, 14), &[(NOT_RSA, 15)]),
    row(
        "WP-2",
        &[2],
        (1, 225),
        &[
            ("accepted", 1),
            ("header_not_object", 2),
            ("not_three_parts", 5),
            ("signature_invalid", 217),
            ("unknown_key", 1),
        ],
    ),
    row("WP-3", &[3, 4, 5], (13, 0), &[("accepted", 5), (NOT_RS256, 8)]),
    row("WP-4", &[6], (6, 42), &[(NOT_RS256, 48)]),
    row("WP-5", &[7], (4, 1), &[(NOT_RS256, 5)]),
    row("WP-6", &[8], (4, 16), &[(NOT_RS256, 20)]),
    row("WP-7", &[9, 13], (2, 0), &[("accepted", 2)]),
    row("WP-8", &[10, 14], (2, 0), &[(NOT_RS256, 2)]),
    row("WP-9", &[11, 15], (2, 0), &[(NOT_RSA, 2)]),
    row("WP-10", &[17, 18, 19, 20], (0, 4), &[(NOT_SIG, 1), (NOT_VERIFY, 1), (NOT_RSA, 2)]),
    row("WP-11", &[22], (1, 23), &[(NOT_RSA, 24)]),
    row("WP-12", &[0, 12, 16, 21], (10, 30), &[(NOT_RSA, 40)]),
];

#[test]
fn every_group_comes_out_as_a_verifier_of_rs256_alone_has_it() {
    let Some(file) = read("wycheproof/json_web_signature_test.json") else { return };
    let all = groups(&file, 401);
    let mut seen: Vec<usize> = ROWS.iter().flat_map(|row| row.groups).copied().collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..all.len()).collect::<Vec<_>>(), "every group has a row, and one only");

    for row in &ROWS {
        let (mut valid, mut invalid) = (0, 0);
        let mut outcomes = BTreeMap::new();
        for group in row.groups.iter().map(|index| &all[*index]) {
            for case in cases(group) {
                if is_valid(case) {
                    valid += 1
                } else {
                    invalid += 1
                }
                *outcomes.entry(outcome(key_of(group), &token_of(case))).or_insert(0) += 1;
            }
        }
        assert_eq!((valid, invalid), (row.valid, row.invalid), "{}", row.id);
        let expected = row.outcomes.iter().map(|(outcome, count)| ((*outcome).to_owned(), *count));
        assert_eq!(outcomes, expected.collect(), "{}", row.id);
    }
}

/// 1 + 5 + 2, by number. No token is accepted that the file calls invalid.
#[test]
fn what_is_accepted() {
    let Some(file) = read("wycheproof/json_web_signature_test.json") else { return };
    let mut accepted = Vec::new();
    for group in groups(&file, 401) {
        for case in cases(group) {
            if outcome(key_of(group), &token_of(case)) == "accepted" {
                assert!(is_valid(case), "{case}");
                accepted.push(id_of(case));
            }
        }
    }
    assert_eq!(accepted, [33, 259, 260, 261, 262, 263, 345, 349]);
}

/// The 38 tokens that the file calls valid and that are refused: each because its key is not an
/// RS256 key. 346, 347, 350 and 351 would be refused by a verifier of every algorithm too: their
/// keys' `alg` is not their headers'.
#[test]
fn what_is_valid_and_refused() {
    let Some(file) = read("wycheproof/json_web_signature_test.json") else { return };
    let mut refused = Vec::new();
    for group in groups(&file, 401) {
        for case in cases(group).iter().filter(|case| is_valid(case)) {
            let outcome = outcome(key_of(group), &token_of(case));
            if outcome != "accepted" {
                assert!([NOT_RSA, NOT_RS256].contains(&outcome.as_str()), "{outcome}: {case}");
                assert_ne!(key_of(group)["alg"], "RS256");
                refused.push(id_of(case));
            }
        }
    }
    #[rustfmt::skip]
    let expected = [
        1, 18, 264, 265, 266, 267, 268, 269, 270, 271, 272, 273, 274, 275, 287, 288, 320, 321, 322,
        323, 325, 326, 327, 328, 346, 347, 348, 350, 351, 352, 357, 358, 359, 372, 373, 376, 377,
        378,
    ];
    assert_eq!(refused, expected);
}
