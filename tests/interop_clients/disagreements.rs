//! Where this verifier, aws-jwt-verify and jose disagree, and why. README.md has the same rows.

use std::collections::BTreeSet;

/// Whose verdict is compared with ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    AwsJwtVerify,
    Jose,
}

/// Who refuses the token; the other one accepts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refuses {
    We,
    They,
}

/// Between whom, who refuses, and with which words.
pub type Class = (Peer, Refuses, String);

pub struct Row {
    name: &'static str,
    peer: Peer,
    refuses: Refuses,
    words: &'static [&'static str],
    why: &'static str,
}

use Peer::{AwsJwtVerify, Jose};
use Refuses::{They, We};

const fn row(
    name: &'static str,
    peer: Peer,
    refuses: Refuses,
    words: &'static [&'static str],
    why: &'static str,
) -> Row {
    Row { name, peer, refuses, words, why }
}

const CLAIMS_OF_THE_WRONG_TYPE: &str = "not looked at there; here a claim that is handed on has the \
     type that Cognito gives it, or the token is refused";
const EXTENSIONS: &[&str] = &["critical_header"];
const EMBEDDED: &str = "not looked at there, and never used; here a key, or the address of one, in a \
     token is an attack (RFC 8725 §3.10, RFC 7515 §10.3)";
const TWICE: &str = "the last of two equal members counts there; here none does (RFC 7515 §4, RFC \
     7519 §4 allow to refuse)";
const TWO_READERS: &str = "JSON that parsers read differently, even in members that are not used: lone \
     surrogates, numbers beyond every range (JavaScript reads Infinity), any nesting; here the part \
     is refused (RFC 7493 §2)";
const FAR_TIMES: &str = "fractions, and seconds beyond 2^63, are numbers like any other there; here a \
     time is a whole number, as Cognito writes it";
const LIFETIME: &str =
    "a token may live as long as it likes there; Cognito's live 24 hours at most";
const FUTURE: &str = "issued by a clock that is ahead: not looked at there";
const MACHINE: &str = "`sub` is the client: a machine's token, which is one like any other there; \
     here it has to be allowed with `accept_client_credentials`";
const RESOURCE: &str = "`aud` of an access token names a resource (RFC 8707) or belongs to another \
     service; not checked there unless asked for, here it has to be this service (RFC 8725 §3.9)";

pub const ROWS: &[Row] = &[
    row(
        "claims of the wrong type",
        AwsJwtVerify,
        We,
        &[
            "claim_malformed at_hash",
            "claim_malformed auth_time",
            "claim_malformed azp",
            "claim_malformed cognito:groups",
            "claim_malformed cognito:username",
            "claim_malformed email",
            "claim_malformed nonce",
            "claim_malformed origin_jti",
            "claim_malformed username",
        ],
        CLAIMS_OF_THE_WRONG_TYPE,
    ),
    row(
        "an empty subject",
        AwsJwtVerify,
        We,
        &["claim_malformed sub"],
        "any text is accepted there; here an empty one is refused",
    ),
    row(
        "times in another form",
        AwsJwtVerify,
        We,
        &["claim_malformed exp", "claim_malformed iat", "claim_malformed nbf"],
        FAR_TIMES,
    ),
    row(
        "a token that never ends",
        AwsJwtVerify,
        We,
        &["claim_missing exp"],
        "`exp` is looked at there if there is one; here it is demanded, and Cognito always writes it",
    ),
    row(
        "claims that are missing",
        AwsJwtVerify,
        We,
        &["claim_missing iat", "claim_missing sub"],
        "not demanded there; Cognito's tokens have them, and sign-outs are decided by them",
    ),
    row("a long life", AwsJwtVerify, We, &["lifetime_too_long"], LIFETIME),
    row("issued in the future", AwsJwtVerify, We, &["issued_in_future"], FUTURE),
    row("another audience", AwsJwtVerify, We, &["audience_not_allowed"], RESOURCE),
    row(
        "another authorized party",
        AwsJwtVerify,
        We,
        &["client_not_allowed"],
        "`azp` is not looked at there; here it has to be the client (OpenID Connect Core §3.1.3.7, \
         item 5)",
    ),
    row("a machine", AwsJwtVerify, We, &["user_required"], MACHINE),
    row(
        "critical extensions",
        AwsJwtVerify,
        We,
        EXTENSIONS,
        "`crit` and `b64` are not looked at there; RFC 7515 §4.1.11 makes `crit` a refusal where \
         the extension is not known, and `b64` changes what was signed (RFC 7797)",
    ),
    row("keys in the header", AwsJwtVerify, We, &["embedded_key"], EMBEDDED),
    row(
        "members that stand twice",
        AwsJwtVerify,
        We,
        &["header_duplicate_member", "payload_duplicate_member"],
        TWICE,
    ),
    row(
        "JSON that is read in two ways",
        AwsJwtVerify,
        We,
        &["header_not_object", "payload_not_object"],
        TWO_READERS,
    ),
    row(
        "other spellings of the signature",
        AwsJwtVerify,
        We,
        &["signature_not_base64url"],
        "`=` at the end and trailing bits that are not zero are accepted there: one token has many \
         texts then, which a list of revoked texts would miss (RFC 7515 §2, RFC 4648 §3.5)",
    ),
    row(
        "an audience in an array",
        AwsJwtVerify,
        They,
        &["CognitoJwtInvalidClientIdError: Client ID (\"audience\") is not of type string"],
        "`aud` of an ID token as an array with the client alone: the same thing by RFC 7519 §4.1.3; \
         Cognito writes a text",
    ),
    row(
        "a scope in an ID token",
        AwsJwtVerify,
        They,
        &["JwtParseError: JWT payload scope claim is not a string"],
        "ID tokens have no scopes, so here it is a claim like any other, handed on as it is",
    ),
    row(
        "claims of the wrong type",
        Jose,
        We,
        &[
            "claim_malformed at_hash",
            "claim_malformed aud",
            "claim_malformed auth_time",
            "claim_malformed azp",
            "claim_malformed cognito:groups",
            "claim_malformed cognito:username",
            "claim_malformed email",
            "claim_malformed jti",
            "claim_malformed nonce",
            "claim_malformed origin_jti",
            "claim_malformed scope",
            "claim_malformed sub",
            "claim_malformed username",
        ],
        CLAIMS_OF_THE_WRONG_TYPE,
    ),
    row(
        "times in another form",
        Jose,
        We,
        &["claim_malformed exp", "claim_malformed iat", "claim_malformed nbf"],
        FAR_TIMES,
    ),
    row("a long life", Jose, We, &["lifetime_too_long"], LIFETIME),
    row("issued in the future", Jose, We, &["issued_in_future"], FUTURE),
    row("another audience", Jose, We, &["audience_not_allowed"], RESOURCE),
    row(
        "another client besides",
        Jose,
        We,
        &["client_not_allowed"],
        "one audience among several is enough there, and `azp` is not looked at; here an ID \
         token is for exactly one client (OpenID Connect Core §3.1.3.7, items 3 to 5)",
    ),
    row("a machine", Jose, We, &["user_required"], MACHINE),
    row(
        "critical extensions",
        Jose,
        We,
        EXTENSIONS,
        "`b64` counts there only where `crit` names it, as RFC 7797 §6 has it; here it is a refusal \
         in any case",
    ),
    row("keys in the header", Jose, We, &["embedded_key"], EMBEDDED),
    row(
        "members that stand twice",
        Jose,
        We,
        &["header_duplicate_member", "payload_duplicate_member"],
        TWICE,
    ),
    row(
        "JSON that is read in two ways",
        Jose,
        We,
        &["header_not_object", "payload_not_object"],
        TWO_READERS,
    ),
    row(
        "other spellings of the signature",
        Jose,
        We,
        &["signature_not_base64url"],
        "`=` at the end, white space and trailing bits that are not zero are accepted there: one \
         token has many texts then, which a list of revoked texts would miss (RFC 7515 §2, RFC 4648 §3.5)",
    ),
    row(
        "the issuer's new name",
        Jose,
        They,
        &["ERR_JWT_CLAIM_VALIDATION_FAILED iss"],
        "a pool has two issuers, `cognito-idp` and `issuer-cognito-idp`; both are accepted here and \
         by aws-jwt-verify, jose was told of one",
    ),
];

/// Every class of the table.
pub fn explained() -> BTreeSet<Class> {
    let of_row = |row: &Row| {
        let (peer, refuses) = (row.peer, row.refuses);
        row.words.iter().map(move |word| (peer, refuses, (*word).to_owned())).collect::<Vec<_>>()
    };
    ROWS.iter().flat_map(of_row).collect()
}

#[test]
fn readme_has_the_same_rows() {
    let readme = include_str!("README.md");
    let (mut wanted, mut classes) = (String::new(), 0);
    for Row { name, peer, refuses, words, why } in ROWS {
        let peer = if *peer == AwsJwtVerify { "aws-jwt-verify" } else { "jose" };
        let refuses = if *refuses == We { "we" } else { peer };
        let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
        wanted += &format!("| {name} | {peer} | {refuses} | {} | {why} |\n", words.join(", "));
        classes += words.len();
    }
    assert_eq!(explained().len(), classes, "a class stands in two rows");
    assert!(readme.contains(&wanted), "README.md should have these rows:\n{wanted}");
}
