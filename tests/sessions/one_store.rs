//! Two app clients of one user pool over one store.

use std::sync::Arc;

use cognito_auth::sessions::{MemorySessions, SessionStore};

use super::app::{App, pool, pool_of};

#[tokio::test]
async fn sites_over_one_store_do_not_list_or_end_each_others_sessions() {
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new());
    let one = App::over(pool(), store.clone(), |builder| builder.most_sessions_per_user(2));
    let two = App::over(pool_of("2example23456789abcdefghij"), store, |builder| {
        builder.most_sessions_per_user(2)
    });
    let browser = one.sign_in("alice").await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(two.sign_in("alice").await);
    }
    assert!(one.is_signed_in(&browser).await);
    let this = one.current(&browser).await.unwrap().unwrap();
    let listed = one.sessions.sessions_of(&this).await.unwrap();
    assert_eq!(listed.len(), 1);
    let theirs = two.current(&others[2]).await.unwrap().unwrap();
    assert_eq!(two.sessions.sessions_of(&theirs).await.unwrap().len(), 2);
    assert!(!two.sessions.end_one(&theirs, &this.public_id()).await.unwrap());
    assert!(one.is_signed_in(&browser).await);
}
