//! [`until_refused`]: a token that is verified again and again, for a connection that stays open.

use std::future::Future;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::claims::AccessClaims;
use crate::error::VerifyError;

/// The time between two checks. An answer of the issuer is kept for as long
/// ([`LiveCheck`](crate::revocation::LiveCheck)).
const INTERVAL: Duration = Duration::from_secs(5);

/// A connection whose token cannot be checked ends after this time.
const UNKNOWN_AT_MOST: Duration = Duration::from_secs(60);

/// Between checks of a token whose `exp` has passed by the system's clock, which its verifier still accepts.
const IN_LEEWAY: Duration = Duration::from_secs(1);

pub(crate) async fn until_refused<F>(check: impl Fn() -> F + Send) -> VerifyError
where
    F: Future<Output = Result<AccessClaims, VerifyError>> + Send,
{
    let mut unknown_since = None;
    loop {
        let wait = match check().await {
            Ok(claims) => {
                unknown_since = None;
                let left = claims.expires_at().duration_since(SystemTime::now());
                left.map_or(IN_LEEWAY, |left| left.min(INTERVAL))
            }
            Err(error) if error.is_unavailable() => {
                let since = *unknown_since.get_or_insert_with(Instant::now);
                let left = UNKNOWN_AT_MOST.saturating_sub(since.elapsed());
                if left.is_zero() {
                    return error;
                }
                left.min(INTERVAL)
            }
            Err(error) => return error,
        };
        tokio::time::sleep(wait).await;
    }
}
