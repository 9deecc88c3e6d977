//! Wycheproof's `json_web_signature_test.json`: 401 compact JWS, at
//! [`VerifyingKey::verify_jws`](cognito_auth::keys::VerifyingKey::verify_jws).

use std::collections::BTreeMap;

use cognito_auth::keys::Algorithm;

use crate::files::{cases, groups, id_of, is_valid, key_of, outcome, outcome_for, read, token_of};

const NEITHER: &str = "the JWK cannot be used: its kty is neither RSA nor EC";
const NOT_ES256: &str = "the JWK cannot be used: its alg is not ES256";
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
    row(
        "WP-1",
        &[1],
        (1, 14),
        &[
            ("accepted", 1),
            ("algorithm_not_allowed", 1),
            ("embedded_key", 1),
            ("header_not_object", 2),
            ("not_three_parts", 5),
            ("signature_invalid", 4),
            ("unknown_key", 1),
        ],
    ),
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
    row("WP-9", &[11, 15], (2, 0), &[(NOT_ES256, 2)]),
    row("WP-10", &[17, 18, 19, 20], (0, 4), &[(NOT_SIG, 2), (NOT_VERIFY, 2)]),
    row("WP-11", &[22], (1, 23), &[("accepted", 1), ("signature_invalid", 23)]),
    row("WP-12", &[0, 12, 16, 21], (10, 30), &[(NEITHER, 40)]),
];

#[test]
fn every_group_comes_out_as_its_key_has_it() {
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

/// By number: 1 + 5 + 2 where RS256 is configured, 1 + 1 where ES256 is. No token is accepted that
/// the file calls invalid, and no key for the one algorithm is even loaded where it is the other.
#[test]
fn what_is_accepted_where_one_algorithm_is_configured() {
    let Some(file) = read("wycheproof/json_web_signature_test.json") else { return };
    let mut accepted = BTreeMap::from([("RS256", Vec::new()), ("ES256", Vec::new())]);
    let mut not_loaded = BTreeMap::new();
    for group in groups(&file, 401) {
        for (algorithm, kty) in [(Algorithm::Rs256, "RSA"), (Algorithm::Es256, "EC")] {
            for case in cases(group) {
                let outcome = outcome_for(algorithm, key_of(group), &token_of(case));
                if outcome == "accepted" {
                    assert!(is_valid(case), "{case}");
                    accepted.get_mut(algorithm.as_str()).unwrap().push(id_of(case));
                }
                if key_of(group)["kty"] != kty {
                    assert!(outcome.contains("none of its keys is"), "{outcome}: {case}");
                    *not_loaded.entry(algorithm.as_str()).or_insert(0) += 1;
                }
            }
        }
    }
    assert_eq!(accepted["RS256"], [33, 259, 260, 261, 262, 263, 345, 349]);
    assert_eq!(accepted["ES256"], [18, 378]);
    assert_eq!(not_loaded, BTreeMap::from([("RS256", 83), ("ES256", 358)]));
}

/// The 36 tokens that the file calls valid and that are refused: each because its key is neither an
/// RS256 nor an ES256 key. 346, 347, 350 and 351 would be refused by a verifier of every algorithm too: their
/// keys' `alg` is not their headers'.
#[test]
fn what_is_valid_and_refused() {
    let Some(file) = read("wycheproof/json_web_signature_test.json") else { return };
    let mut refused = Vec::new();
    for group in groups(&file, 401) {
        for case in cases(group).iter().filter(|case| is_valid(case)) {
            let outcome = outcome(key_of(group), &token_of(case));
            if outcome != "accepted" {
                let reasons = [NEITHER, NOT_RS256, NOT_ES256];
                assert!(reasons.contains(&outcome.as_str()), "{outcome}: {case}");
                assert!(["RS256", "ES256"].iter().all(|name| key_of(group)["alg"] != *name));
                refused.push(id_of(case));
            }
        }
    }
    #[rustfmt::skip]
    let expected = [
        1, 264, 265, 266, 267, 268, 269, 270, 271, 272, 273, 274, 275, 287, 288, 320, 321, 322,
        323, 325, 326, 327, 328, 346, 347, 348, 350, 351, 352, 357, 358, 359, 372, 373, 376, 377,
    ];
    assert_eq!(refused, expected);
}
