//! The table.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use cognito_auth::bearer::JwtBearer;
use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore};
use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{JwtVerifier, JwtVerifierBuilder, UserPool};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use crate::answer::{Answer, FORBIDDEN, MALFORMED, MISSING, NO_USER, REFUSED};
use crate::local_pool::verifier_builder;

/// What the route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Access,
    OptionalAccess,
    Id,
    OptionalId,
}

pub(crate) const EVERY_ENTRY: [Entry; 4] =
    [Entry::Access, Entry::OptionalAccess, Entry::Id, Entry::OptionalId];

impl Entry {
    pub(crate) fn takes_id(self) -> bool {
        matches!(self, Self::Id | Self::OptionalId)
    }

    pub(crate) fn is_optional(self) -> bool {
        matches!(self, Self::OptionalAccess | Self::OptionalId)
    }
}

/// A request to a route: its `Authorization` fields, what the route asks for, and by whose rules.
pub(crate) struct Question {
    pub(crate) entry: Entry,
    pub(crate) bearer: JwtBearer,
    pub(crate) authorization: Vec<HeaderValue>,
}

impl Question {
    pub(crate) fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter(self.authorization.iter().map(|value| (AUTHORIZATION, value.clone())))
    }
}

/// The name of a case, the route's `JwtBearer`, the `Authorization` fields, the expected answer.
pub(crate) type Row = (&'static str, JwtBearer, Vec<String>, Answer);

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) question: Question,
    pub(crate) expected: Answer,
}

const ENDED_SESSION: &str = "7c5f0f0e-0000-4000-8000-000000000001";

/// A pool with its users, and verifiers of four minds.
pub(crate) struct Stage {
    pub(crate) pool: LocalUserPool,
    plain: JwtBearer,
    pub(crate) machines: JwtBearer,
    demanding: JwtBearer,
    without_keys: JwtBearer,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let alice = LocalUser::new("alice", "Passw0rd!").email("alice@example.com");
        let pool = LocalUserPool::builder().in_memory().user(alice).build().unwrap();
        let bearer = |builder: JwtVerifierBuilder| JwtBearer::new(builder.build().unwrap());
        // Port 1 of this machine: nothing listens.
        let unreached = UserPool::new("eu-west-1_LocalPool")
            .unwrap()
            .with_issuers(pool.user_pool().issuers().to_vec())
            .unwrap()
            .with_jwks_uri("http://127.0.0.1:1/jwks.json")
            .unwrap();
        let revocations = Arc::new(MemoryRevocations::new());
        let now = pool.clock()().duration_since(UNIX_EPOCH).unwrap().as_secs();
        revocations
            .revoke(&Revocation::session(&pool.user_pool(), ENDED_SESSION, now))
            .await
            .unwrap();
        Self {
            plain: bearer(verifier_builder(&pool).revocations(revocations)),
            machines: bearer(verifier_builder(&pool).accept_client_credentials()),
            demanding: bearer(
                verifier_builder(&pool).require_scope("orders/read").require_group("clerks"),
            ),
            without_keys: JwtBearer::new(JwtVerifier::new(&unreached, pool.client_id()).unwrap()),
            pool,
        }
    }

    /// Every case, as it has to come out at this entry.
    pub(crate) fn cases(&self, entry: Entry) -> Vec<Case> {
        let spec =
            || if entry.takes_id() { TokenSpec::id("alice") } else { TokenSpec::access("alice") };
        let other =
            if entry.takes_id() { TokenSpec::access("alice") } else { TokenSpec::id("alice") };
        let signed_out = spec().claim("origin_jti", ENDED_SESSION);
        let bearer = |spec: &TokenSpec| format!("Bearer {}", self.pool.token(spec));
        let good = self.pool.token(&spec());
        let alice = || Answer::said(self.pool.sub("alice").unwrap());
        let refused = || Answer::challenge(401, r#"Bearer error="invalid_token""#, REFUSED);
        let malformed = || Answer::challenge(400, r#"Bearer error="invalid_request""#, MALFORMED);
        let forbidden =
            || Answer::challenge(403, r#"Bearer error="insufficient_scope""#, FORBIDDEN);
        let missing = || {
            if entry.is_optional() {
                Answer::said(NO_USER)
            } else {
                Answer::challenge(401, "Bearer", MISSING)
            }
        };
        let (plain, demanding) = (&self.plain, &self.demanding);
        let rows = vec![
            ("no token", plain, vec![], missing()),
            ("another scheme", plain, vec!["Basic dXNlcjpwYXNz".into()], missing()),
            ("a token without its scheme", plain, vec![good.clone()], missing()),
            ("a good token", plain, vec![format!("Bearer {good}")], alice()),
            ("the scheme in lower case", plain, vec![format!("bearer {good}")], alice()),
            ("the scheme in upper case, spaces", plain, vec![format!("BEARER   {good}")], alice()),
            ("an expired token", plain, vec![bearer(&spec().expired())], refused()),
            ("another client's token", plain, vec![bearer(&spec().client_id("other"))], refused()),
            ("a token of the other use", plain, vec![bearer(&other)], refused()),
            ("a stranger's token", plain, vec![bearer(&spec().signed_by_stranger())], refused()),
            ("alg none", plain, vec![bearer(&spec().algorithm_text("none"))], refused()),
            (
                "another issuer",
                plain,
                vec![bearer(&spec().issuer("https://evil.example"))],
                refused(),
            ),
            ("rubbish", plain, vec!["Bearer xxx.xxx.xxx".into()], refused()),
            ("a session that was signed out", plain, vec![bearer(&signed_out)], refused()),
            (
                "two fields",
                plain,
                vec![format!("Bearer {good}"), format!("Bearer {good}")],
                malformed(),
            ),
            (
                "two fields, one Basic",
                plain,
                vec!["Basic YTpi".into(), format!("Bearer {good}")],
                malformed(),
            ),
            ("the scheme alone", plain, vec!["Bearer".into()], malformed()),
            ("two words", plain, vec![format!("Bearer {good} {good}")], malformed()),
            ("bytes beyond ASCII", plain, vec![format!("Bearer {good}\u{e9}")], malformed()),
            // Of an ID token only the group is asked for: it has no scopes.
            ("a scope or group is missing", demanding, vec![bearer(&spec())], forbidden()),
            (
                "no keys to check with",
                &self.without_keys,
                vec![format!("Bearer {good}")],
                Answer::unavailable(),
            ),
            ("no keys needed for no token", &self.without_keys, vec![], missing()),
        ];
        rows.into_iter()
            .map(|(name, bearer, authorization, expected)| {
                (name, JwtBearer::clone(bearer), authorization, expected)
            })
            .chain(self.requirements(entry))
            .map(|(name, bearer, authorization, expected)| {
                let field = |text: String| HeaderValue::from_bytes(text.as_bytes()).unwrap();
                let authorization = authorization.into_iter().map(field).collect();
                let question = Question { entry, bearer, authorization };
                Case { name, question, expected }
            })
            .collect()
    }
}
