//! Reading a record from Redis.

use super::RedisSessions;
use super::attempts::CallRetry;
use super::names::{has_time_left, record_of, stored};
use crate::sessions::id::SessionKey;
use crate::sessions::store::{SessionStoreError, StoredSession};

impl RedisSessions {
    pub(super) async fn stored_session(
        &self,
        key: &SessionKey,
    ) -> Result<Option<StoredSession>, SessionStoreError> {
        let (value, left) = self.value_of(key).await?;
        let Some(value) = value.filter(|_| has_time_left(left)) else { return Ok(None) };
        let (stored, ..) = stored(value, left).ok_or(SessionStoreError::Damaged)?;
        Ok(Some(stored))
    }

    /// The value of a record, and the answer to `PTTL`.
    pub(super) async fn value_of(
        &self,
        key: &SessionKey,
    ) -> Result<(Option<Vec<u8>>, i64), SessionStoreError> {
        let record = record_of(key);
        let of_record = |name: &str| {
            let mut command = redis::Cmd::with_capacity(2, name.len() + record.len());
            command.arg(name).arg(&record);
            command
        };
        let mut both = redis::Pipeline::with_capacity(2);
        // Without options GETEX changes nothing, but it counts as a write, which a replica refuses.
        both.add_command(of_record("GETEX")).add_command(of_record("PTTL"));
        self.0.pipeline(&record, &both, CallRetry::SameResult).await
    }
}
