//! What the test suites of other verifiers refuse, restated: AJV is aws-jwt-verify, JO is
//! panva/jose, JA is jwt-authorizer, KJ is jsonwebtoken, ATK the attacks of the jwt_tool playbook
//! and PortSwigger's labs. Each is a row (its name says so), or a line here with the reason.

/// The lists, and how many entries each has.
pub const LISTS: [(&str, usize); 5] = [("AJV", 70), ("JO", 21), ("JA", 10), ("KJ", 3), ("ATK", 23)];

/// Entries that are no row of this corpus.
pub const NOT_APPLICABLE: &[(&str, &str)] = &[
    ("AJV-10", "no client named: `build` fails, see what_is_left_out_is_an_error"),
    ("AJV-11", "the issuer is a constructor argument: it cannot be left out"),
    ("AJV-12", "a key is a value of its own type: an address does not fit"),
    ("AJV-14", "a token is a &str: nothing else fits"),
    ("AJV-44", "an elliptic key without crv: tests/verifying_key.rs; for RS256 none is loaded"),
    ("AJV-45", "an elliptic key without x: tests/verifying_key.rs; for RS256 none is loaded"),
    ("AJV-46", "an elliptic key without y: tests/verifying_key.rs; for RS256 none is loaded"),
    ("AJV-47", "the set of every row here is such a mixed one"),
    ("AJV-48", "the caller's own check: tests/hostile_tokens/own_check.rs"),
    ("AJV-49", "no typ check: Cognito sends none, and token_use tells the kinds apart"),
    ("AJV-50", "the issuer is a constructor argument: it cannot be left out"),
    ("AJV-51", "several issuers: tests/pool_set.rs"),
    ("AJV-56", "token_use is the choice of the method: it cannot be left out; client as AJV-10"),
    ("AJV-57", "pool ids: unit tests of UserPoolId"),
    ("AJV-58", "keys are given to one verifier, never to a set of pools"),
    ("AJV-59", "no error has room for token content: see no_answer_has_anything_of_the_token"),
    ("AJV-60", "key sets: tests/key_rotation.rs"),
    ("AJV-61", "key sets: tests/key_rotation.rs"),
    ("AJV-62", "key sets: a JWK that is no key is skipped, as the unfit ones here are"),
    ("AJV-63", "key sets: tests/key_rotation.rs"),
    ("AJV-64", "key sets: tests/key_rotation.rs"),
    ("AJV-65", "key sets: tests/key_rotation.rs"),
    ("AJV-66", "key sets: tests/key_rotation.rs"),
    ("AJV-67", "key sets: tests/key_rotation.rs"),
    ("AJV-68", "key sets: tests/key_rotation.rs"),
    ("AJV-70", "tokens of an Application Load Balancer: tests/alb.rs"),
    ("JO-04", "no typ check: Cognito sends none, and token_use tells the kinds apart"),
    ("JO-12", "key sizes: tests of VerifyingKey"),
    ("JO-15", "key sets: tests/key_rotation.rs"),
    ("JO-18", "key sets: tests/key_rotation.rs"),
    ("JO-19", "key sets: tests/key_rotation.rs"),
    ("JA-01", "the answer to a request without a token: tests of the challenge"),
    ("JA-03", "the answer to a missing scope: tests of the challenge"),
    ("JA-04", "key sets: tests/key_rotation.rs"),
    ("JA-05", "extractors: tests of the frameworks"),
    ("JA-08", "key sets: tests/key_rotation.rs"),
    ("JA-09", "key sets: tests/key_rotation.rs"),
    ("JA-10", "where a token is found in a request: tests of the frameworks"),
    ("ATK-23", "sessions and cookies: nothing is read from an unsigned one"),
];

/// The entries that a row's name mentions, such as `AJV-30`.
pub fn mentioned(name: &str) -> impl Iterator<Item = &str> {
    name.split(' ').filter(|word| {
        word.split_once('-').is_some_and(|(list, number)| {
            LISTS.iter().any(|(known, _)| *known == list)
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}
