//! Pools that come and go while requests run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use cognito_auth::{PoolSet, VerifyError};

use super::{CUSTOMERS, Pool, STAFF, codes};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pools_come_and_go_while_requests_run() {
    let staff = Arc::new(Pool::new(STAFF));
    let customers = Arc::new(Pool::new(CUSTOMERS));
    let pools = PoolSet::new();
    pools.add(staff.verifier.clone()).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let accepted = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let (pools, over, accepted) = (pools.clone(), Arc::clone(&over), Arc::clone(&accepted));
        let (staff, customers) = (Arc::clone(&staff), Arc::clone(&customers));
        tasks.push(tokio::spawn(async move {
            let steady = staff.access_token(staff.issuer());
            let moving = customers.access_token(customers.issuer());
            let forged =
                [staff.access_token(customers.issuer()), customers.access_token(staff.issuer())];
            while !over.load(Ordering::SeqCst) {
                pools.verify_access(&steady).await.unwrap();
                match pools.verify_access(&moving).await {
                    Ok(claims) => {
                        assert_eq!(claims.issuer(), customers.issuer());
                        accepted.fetch_add(1, Ordering::SeqCst);
                    }
                    Err(error) => assert_eq!(error, VerifyError::IssuerNotAllowed),
                }
                for token in &forged {
                    let code = pools.verify_access_now(token).unwrap_err().code();
                    assert!(["signature_invalid", "issuer_not_allowed"].contains(&code), "{code}");
                }
                tokio::task::yield_now().await;
            }
        }));
    }
    let access = customers.access_token(customers.issuer());
    let id = customers.id_token(customers.issuer());
    for round in 1..=100 {
        pools.add(customers.verifier.clone()).unwrap();
        assert_eq!(codes(&pools, &access, &id).await, ["accepted"; 6]);
        // Until a request has run that needed the pool.
        while accepted.load(Ordering::SeqCst) < round {
            tokio::task::yield_now().await;
        }
        assert!(pools.remove(customers.issuer()));
        // A verification that starts now finds it removed.
        assert_eq!(codes(&pools, &access, &id).await, ["issuer_not_allowed"; 6]);
    }
    over.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(pools.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_add_one_pool_at_once_one_succeeds() {
    let staff = Pool::new(STAFF);
    for _ in 0..50 {
        let pools = PoolSet::new();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (pools, verifier) = (pools.clone(), staff.verifier.clone());
                tokio::spawn(async move { pools.add(verifier).is_ok() })
            })
            .collect();
        let mut added = 0;
        for task in tasks {
            added += usize::from(task.await.unwrap());
        }
        assert_eq!(added, 1);
        assert_eq!(pools.len(), 1);
    }
}
