//! The caller's own check: last, and only for what passed everything else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore};
use cognito_auth::{IdTokenChecks, VerifyError};

use crate::forge::{Forge, Kind};
use crate::row::{default_rules, set_with, verdicts};
use crate::support::NOW;
use crate::table;

#[tokio::test]
async fn it_sees_only_what_passed_everything_else() {
    let seen = Arc::new(AtomicUsize::new(0));
    let (access, id) = (Arc::clone(&seen), Arc::clone(&seen));
    let count = |seen: &AtomicUsize| {
        seen.fetch_add(1, Ordering::SeqCst);
        Ok(())
    };
    let verifier = default_rules()
        .check_access(move |_| count(&access))
        .check_id(move |_| count(&id))
        .build()
        .unwrap();
    let pools = set_with(&verifier);
    for (group, rows) in table() {
        for row in rows.iter().filter(|row| !row.has_rules_of_its_own()) {
            for kind in row.kinds {
                let token = row.token(*kind);
                seen.store(0, Ordering::SeqCst);
                let verdicts =
                    verdicts(*kind, &verifier, &pools, &token, IdTokenChecks::new()).await;
                let expected = if row.expected.is_none() { verdicts.len() } else { 0 };
                assert_eq!(seen.load(Ordering::SeqCst), expected, "{group}: {}", row.name);
            }
        }
    }
}

#[tokio::test]
async fn it_runs_after_revocation_and_has_the_last_word() {
    let revocations = Arc::new(MemoryRevocations::new());
    let seen = Arc::new(AtomicUsize::new(0));
    let (access, id) = (Arc::clone(&seen), Arc::clone(&seen));
    let refuse = |seen: &AtomicUsize| {
        seen.fetch_add(1, Ordering::SeqCst);
        Err("not_on_sundays")
    };
    let verifier = default_rules()
        .revocations(Arc::clone(&revocations) as Arc<dyn RevocationStore>)
        .check_access(move |claims| {
            assert_eq!(claims.username(), Some("bob"));
            refuse(&access)
        })
        .check_id(move |claims| {
            assert_eq!(claims.email(), Some("bob@example.com"));
            refuse(&id)
        })
        .build()
        .unwrap();
    let pools = set_with(&verifier);
    for kind in [Kind::Access, Kind::Id] {
        let token = Forge::good(kind).token();
        for (entry, verdict) in
            verdicts(kind, &verifier, &pools, &token, IdTokenChecks::new()).await
        {
            let expected = VerifyError::CustomCheck { code: "not_on_sundays" };
            assert_eq!(verdict, Err(expected), "{kind:?} at {entry}");
        }
    }
    assert_eq!(seen.swap(0, Ordering::SeqCst), 12);

    // Both kinds are of one sign-in: one entry hits both.
    let session = Forge::good(Kind::Access).kind.payload()["origin_jti"].clone();
    let session = Revocation::session(verifier.pool(), session.as_str().unwrap(), NOW);
    revocations.revoke(&session).await.unwrap();
    for kind in [Kind::Access, Kind::Id] {
        let token = Forge::good(kind).token();
        for (entry, verdict) in
            verdicts(kind, &verifier, &pools, &token, IdTokenChecks::new()).await
        {
            assert_eq!(verdict, Err(VerifyError::Revoked), "{kind:?} at {entry}");
        }
    }
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn claims_fit_a_type_of_the_callers() {
    #[derive(serde::Deserialize, PartialEq, Debug)]
    struct Tenant {
        #[serde(rename = "custom:tenant")]
        tenant: String,
        sub: String,
    }

    #[derive(serde::Deserialize, Debug)]
    struct Number {
        #[serde(rename = "custom:tenant")]
        _tenant: u32,
    }

    let verifier = default_rules().build().unwrap();
    let token = |kind| Forge::good(kind).claim("custom:tenant", "acme").token();
    let access = verifier.verify_access(&token(Kind::Access)).await.unwrap();
    let id = verifier.verify_id(&token(Kind::Id), IdTokenChecks::new()).await.unwrap();
    let expected = Tenant { tenant: "acme".into(), sub: access.sub().into() };
    assert_eq!(access.custom::<Tenant>().unwrap(), expected);
    assert_eq!(id.custom::<Tenant>().unwrap(), expected);
    let error = access.custom::<Number>().unwrap_err();
    assert_eq!(error, VerifyError::ClaimMalformed { claim: "(custom)" });
    assert_eq!(id.custom::<Number>().unwrap_err(), error);
}
