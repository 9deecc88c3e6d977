//! A service with a verifier of the first pool, a set of both pools, and stores of its own.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::bearer::{Challenge, JwtBearer};
use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::{
    AccessClaims, AccessToken, IdClaims, IdTokenChecks, JwtVerifier, JwtVerifierBuilder, PoolSet,
    TokenVerifier, VerifyError,
};

use super::material::{POOLS, material};
use super::world::{World, WorldKeys, WorldStore};
use crate::support::CLIENT_ID;

pub(super) const LEEWAY: u64 = 5;
pub(super) const ENTRIES: usize = 6;
pub(super) const SIGN_OUTS: usize = 5;

/// What becomes of a pool of the set.
#[derive(Debug, Clone, Copy)]
pub(super) enum PoolChange {
    Add,
    Remove,
    /// By a verifier with a rule more.
    Restrict,
    /// By one without.
    Relax,
}

/// What is said at one of the entry points.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    Access(Result<AccessClaims, VerifyError>),
    Id(Result<IdClaims, VerifyError>),
    Route(Result<AccessClaims, Challenge>),
}

impl Verdict {
    /// Of a refusal.
    pub(super) fn code(&self) -> Option<&'static str> {
        match self {
            Self::Access(verdict) => verdict.as_ref().err().map(VerifyError::code),
            Self::Id(verdict) => verdict.as_ref().err().map(VerifyError::code),
            Self::Route(verdict) => verdict.as_ref().err().map(|_| "challenge"),
        }
    }
}

#[derive(Clone)]
pub(super) struct Service(Arc<Parts>);

struct Parts {
    world: Arc<World>,
    /// `None`: without a cache.
    cache_size: Option<usize>,
    stores: [Arc<MemoryRevocations>; POOLS],
    of_first_pool: JwtVerifier,
    pools: PoolSet,
}

impl Service {
    pub(super) fn new(world: &Arc<World>, cache_size: Option<usize>) -> Self {
        let stores = [(); POOLS].map(|()| Arc::new(MemoryRevocations::new()));
        let build = |pool| builder(world, cache_size, &stores, pool).build().unwrap();
        let (of_first_pool, pools) = (build(0), PoolSet::new());
        pools.add(of_first_pool.clone()).unwrap();
        pools.add(build(1)).unwrap();
        let world = Arc::clone(world);
        Self(Arc::new(Parts { world, cache_size, stores, of_first_pool, pools }))
    }

    pub(super) fn cached(&self) -> usize {
        crate::entries(&self.0.of_first_pool)
    }

    pub(super) async fn verdict(&self, token: &str, entry: usize, of_set: bool) -> Verdict {
        let Parts { of_first_pool, pools, .. } = &*self.0;
        let verifier = self.verifier(of_set);
        let access_token = AccessToken::new(material().tokens[0].as_str());
        let checks = IdTokenChecks::new().nonce("n1");
        match entry {
            0 if of_set => Verdict::Access(pools.verify_access_now(token)),
            0 => Verdict::Access(of_first_pool.verify_access_now(token)),
            1 => Verdict::Access(verifier.verify_access(token).await),
            2 if of_set => Verdict::Id(pools.verify_id_now(token, checks)),
            2 => Verdict::Id(of_first_pool.verify_id_now(token, checks)),
            3 => {
                let checks = checks.access_token(&access_token);
                Verdict::Id(verifier.verify_id(token, checks).await)
            }
            // As a layer asks.
            4 => Verdict::Access(match verifier.verify_access_if_cached(token.as_bytes()) {
                Some(verdict) => verdict,
                None => verifier.verify_access(token).await,
            }),
            // With what a route requires.
            _ => {
                let bearer = if of_set {
                    JwtBearer::new(pools.clone())
                } else {
                    JwtBearer::new(of_first_pool.clone())
                };
                Verdict::Route(bearer.require_group("admins").access_of(token).await)
            }
        }
    }

    /// Signs out with a token that may have expired or be revoked.
    pub(super) async fn sign_out(&self, token: &str, how: usize, of_set: bool) -> String {
        let verifier = self.verifier(of_set);
        let claims = match verifier.claims_to_sign_out(token).await {
            Ok(claims) => claims,
            Err(error) => return format!("{error:?}"),
        };
        match how {
            0 => format!("{claims:?} {:?}", verifier.sign_out(&claims).await),
            1 => format!("{claims:?} {:?}", verifier.sign_out_session(&claims).await),
            2 => format!("{claims:?} {:?}", verifier.repeat_sign_out(&claims).await),
            3 => format!("{claims:?} {:?}", verifier.record_global_sign_out(&claims).await),
            _ if of_set => format!("{:?}", self.0.pools.sign_out_token_only(&claims).await),
            _ => format!("{:?}", self.0.of_first_pool.sign_out_token_only(&claims).await),
        }
    }

    /// Changes a pool of the set. Each verifier has the store of the one before it.
    pub(super) fn change(&self, pool: usize, change: PoolChange) -> String {
        let Parts { world, cache_size, stores, pools, .. } = &*self.0;
        let builder = builder(world, *cache_size, stores, pool);
        match change {
            PoolChange::Add => format!("{:?}", pools.add(builder.build().unwrap())),
            PoolChange::Remove => pools.remove(&material().pools[pool].issuers()[0]).to_string(),
            PoolChange::Restrict => {
                let stricter = builder.require_group("admins").build().unwrap();
                format!("{:?}", pools.replace(stricter))
            }
            PoolChange::Relax => format!("{:?}", pools.replace(builder.build().unwrap())),
        }
    }

    fn verifier(&self, of_set: bool) -> &dyn TokenVerifier {
        if of_set { &self.0.pools } else { &self.0.of_first_pool }
    }
}

fn builder(
    world: &Arc<World>,
    cache_size: Option<usize>,
    stores: &[Arc<MemoryRevocations>; POOLS],
    pool: usize,
) -> JwtVerifierBuilder {
    let (clock, access, id) = (Arc::clone(world), Arc::clone(world), Arc::clone(world));
    let builder = JwtVerifier::builder(&material().pools[pool])
        .client_id(CLIENT_ID)
        .require_any_scope(["openid", "orders/read"])
        .max_age(Duration::from_secs(7100))
        .leeway(Duration::from_secs(LEEWAY))
        .keys(WorldKeys(Arc::clone(world), pool))
        .revocations(stores[pool].clone())
        .revocations(Arc::new(WorldStore(Arc::clone(world))))
        .check_access(move |_| access.own_check())
        .check_id(move |_| id.own_check())
        .clock(move || clock.time());
    match cache_size {
        Some(entries) => builder.cache_size(entries),
        None => builder.without_cache(),
    }
}
