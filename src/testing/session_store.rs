//! [`session_store`]: the rules of a session store, run against one.

mod leases;
mod lists;
mod records;
mod trial;
mod versions;

use std::future::Future;
use std::sync::Arc;

use crate::sessions::SessionStore;
pub use trial::SessionStoreFault;

/// Runs the rules of [`SessionStore`] against a store: for the tests of a store of your own.
///
/// `make` gives the store to each group of rules: a new one each time, or the same one, also one that
/// other tests use at the same moment (all keys are random). It takes about two seconds of real time, since
/// records and leases have to end; with tokio's time paused, none in memory.
///
/// ```
/// use std::sync::Arc;
/// use cognito_auth::sessions::{MemorySessions, SessionStore};
/// use cognito_auth::testing::session_store;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// session_store(|| async { Arc::new(MemorySessions::new()) as Arc<dyn SessionStore> }).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The first rule that does not hold.
pub async fn session_store<F, A>(make: F) -> Result<(), SessionStoreFault>
where
    F: Fn() -> A,
    A: Future<Output = Arc<dyn SessionStore>>,
{
    records::inserted(&*make().await).await?;
    records::replaced(&*make().await).await?;
    records::removed(&*make().await).await?;
    records::expired(&*make().await).await?;
    records::put_off(&*make().await).await?;
    records::replaced_at_once(&make().await).await?;
    versions::given_once(&*make().await).await?;
    versions::removed(&*make().await).await?;
    versions::contended(&make().await).await?;
    lists::listed(&*make().await).await?;
    lists::removed_all(&*make().await).await?;
    lists::removed_while_inserted(&make().await).await?;
    leases::lent(&*make().await).await?;
    leases::ended(&*make().await).await?;
    leases::lent_at_once(&make().await).await
}
