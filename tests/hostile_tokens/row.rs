//! One row of the corpus, and what every entry point says to it.

use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::{
    AccessToken, IdTokenChecks, JwtVerifier, JwtVerifierBuilder, PoolSet, TokenVerifier, UserPool,
    VerifyError,
};

use crate::forge::{Forge, Kind};
use crate::support::{CLIENT_ID, NOW, POOL_ID};
use crate::world::world;

/// Another pool that is in the set too, so that the set has to choose.
pub const OTHER_POOL_ID: &str = "eu-west-1_Bystander";

type Make = Box<dyn Fn(Forge) -> String>;
type Rules = Box<dyn Fn(JwtVerifierBuilder) -> JwtVerifierBuilder>;

/// A name, a way to spoil a good token, and what becomes of it.
pub struct Row {
    pub name: String,
    /// The code of the refusal; `None`: accepted.
    pub expected: Option<&'static str>,
    pub kinds: &'static [Kind],
    make: Make,
    rules: Option<Rules>,
    nonce: Option<&'static str>,
    access_token: Option<AccessToken>,
    subject: Option<&'static str>,
}

pub fn refused<T: Into<String>>(
    name: impl Into<String>,
    code: &'static str,
    make: impl Fn(Forge) -> T + 'static,
) -> Row {
    row(name.into(), Some(code), make)
}

pub fn accepted<T: Into<String>>(
    name: impl Into<String>,
    make: impl Fn(Forge) -> T + 'static,
) -> Row {
    row(name.into(), None, make)
}

fn row<T: Into<String>>(
    name: String,
    expected: Option<&'static str>,
    make: impl Fn(Forge) -> T + 'static,
) -> Row {
    Row {
        name,
        expected,
        kinds: &[Kind::Access, Kind::Id],
        make: Box::new(move |forge| make(forge).into()),
        rules: None,
        nonce: None,
        access_token: None,
        subject: None,
    }
}

impl Row {
    /// For access tokens only.
    pub fn access(self) -> Self {
        Self { kinds: &[Kind::Access], ..self }
    }

    /// For ID tokens only.
    pub fn id(self) -> Self {
        Self { kinds: &[Kind::Id], ..self }
    }

    /// Under these rules, on top of one client id and a clock that stands at [`NOW`].
    pub fn rules(self, rules: impl Fn(JwtVerifierBuilder) -> JwtVerifierBuilder + 'static) -> Self {
        Self { rules: Some(Box::new(rules)), ..self }
    }

    /// With the clock at another second.
    pub fn at(self, now: u64) -> Self {
        self.rules(move |rules| rules.clock(move || UNIX_EPOCH + Duration::from_secs(now)))
    }

    /// With the clock at another second, and a leeway.
    pub fn at_with_leeway(self, now: u64, leeway: u64) -> Self {
        self.rules(move |rules| {
            rules
                .clock(move || UNIX_EPOCH + Duration::from_secs(now))
                .leeway(Duration::from_secs(leeway))
        })
    }

    pub fn nonce(self, nonce: &'static str) -> Self {
        Self { nonce: Some(nonce), ..self }
    }

    pub fn access_token(self, token: &str) -> Self {
        Self { access_token: Some(AccessToken::new(token)), ..self }
    }

    pub fn subject(self, sub: &'static str) -> Self {
        Self { subject: Some(sub), ..self }
    }

    pub fn has_rules_of_its_own(&self) -> bool {
        let checks = [self.nonce.is_some(), self.access_token.is_some(), self.subject.is_some()];
        self.rules.is_some() || checks.contains(&true)
    }

    pub fn token(&self, kind: Kind) -> String {
        (self.make)(Forge::good(kind))
    }

    pub fn verifier(&self) -> JwtVerifier {
        self.verifier_with(|rules| rules)
    }

    /// A verifier with this row's rules, and a last word on them.
    pub fn verifier_with(
        &self,
        last: impl FnOnce(JwtVerifierBuilder) -> JwtVerifierBuilder,
    ) -> JwtVerifier {
        let rules = default_rules();
        let rules = self.rules.as_ref().map_or(rules.clone(), |change| change(rules));
        last(rules).build().unwrap()
    }

    pub fn checks(&self) -> IdTokenChecks<'_> {
        let mut checks = IdTokenChecks::new();
        if let Some(nonce) = self.nonce {
            checks = checks.nonce(nonce);
        }
        if let Some(access_token) = &self.access_token {
            checks = checks.access_token(access_token);
        }
        if let Some(subject) = self.subject {
            checks = checks.subject(subject);
        }
        checks
    }
}

pub fn default_rules() -> JwtVerifierBuilder {
    let pool = UserPool::new(POOL_ID).unwrap();
    JwtVerifier::builder(&pool)
        .client_id(CLIENT_ID)
        .keys(world().keys.clone())
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
}

/// A set with the verifier's pool and another one, whose key has the same id.
pub fn set_with(verifier: &JwtVerifier) -> PoolSet {
    let other = UserPool::new(OTHER_POOL_ID).unwrap();
    let other = JwtVerifier::builder(&other)
        .client_id(CLIENT_ID)
        .keys(cognito_auth::keys::StaticKeySet::from_jwks_json(&other_jwks()).unwrap())
        .build()
        .unwrap();
    let pools = PoolSet::new();
    pools.add(other).unwrap();
    pools.add(verifier.clone()).unwrap();
    pools
}

fn other_jwks() -> String {
    crate::support::jwks(&[&world().stranger])
}

/// Where a token is handed in, and what is said there.
pub type Verdict = (&'static str, Result<(), VerifyError>);

pub async fn verdicts(
    kind: Kind,
    verifier: &JwtVerifier,
    pools: &PoolSet,
    token: &str,
    checks: IdTokenChecks<'_>,
) -> Vec<Verdict> {
    let (one, several): (&dyn TokenVerifier, &dyn TokenVerifier) = (verifier, pools);
    match kind {
        Kind::Access => vec![
            ("JwtVerifier::verify_access", drop_claims(verifier.verify_access(token).await)),
            ("JwtVerifier::verify_access_now", drop_claims(verifier.verify_access_now(token))),
            ("PoolSet::verify_access", drop_claims(pools.verify_access(token).await)),
            ("PoolSet::verify_access_now", drop_claims(pools.verify_access_now(token))),
            ("dyn TokenVerifier of one pool", drop_claims(one.verify_access(token).await)),
            ("dyn TokenVerifier of several", drop_claims(several.verify_access(token).await)),
        ],
        Kind::Id => vec![
            ("JwtVerifier::verify_id", drop_claims(verifier.verify_id(token, checks).await)),
            ("JwtVerifier::verify_id_now", drop_claims(verifier.verify_id_now(token, checks))),
            ("PoolSet::verify_id", drop_claims(pools.verify_id(token, checks).await)),
            ("PoolSet::verify_id_now", drop_claims(pools.verify_id_now(token, checks))),
            ("dyn TokenVerifier of one pool", drop_claims(one.verify_id(token, checks).await)),
            ("dyn TokenVerifier of several", drop_claims(several.verify_id(token, checks).await)),
        ],
    }
}

pub fn drop_claims<C>(verdict: Result<C, VerifyError>) -> Result<(), VerifyError> {
    verdict.map(drop)
}
