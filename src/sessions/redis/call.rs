//! Calls: to the server that has the key, and again where that is another one by now.

use std::collections::HashMap;
use std::time::Duration;

use redis::{Cmd, FromRedisValue, Pipeline, Value};
use tokio::time::sleep;

use super::attempts::{CallAttempts, CallRetry};
use super::connection::{Connections, RedisRequest};
use crate::revocation::redis::{Location, RedisFault, slot_of};
use crate::sessions::store::SessionStoreError;

impl Connections {
    /// A command on this key.
    pub(super) async fn command<T: FromRedisValue>(
        &self,
        key: &str,
        command: &Cmd,
        retry: CallRetry,
    ) -> Result<T, SessionStoreError> {
        self.call(slot_of(key), retry, RedisRequest::Command(command)).await
    }

    /// Several commands in one round trip, all of them on keys with this key's tag.
    pub(super) async fn pipeline<T: FromRedisValue>(
        &self,
        key: &str,
        pipeline: &Pipeline,
        retry: CallRetry,
    ) -> Result<T, SessionStoreError> {
        self.call(slot_of(key), retry, RedisRequest::Pipeline(pipeline)).await
    }

    /// Sends the script's text each time: it is shorter than a record, and Redis caches the parsed
    /// script. The keys have one tag.
    pub(super) async fn script<T: FromRedisValue>(
        &self,
        script: &str,
        keys: &[&str],
        arguments: &[&[u8]],
        retry: CallRetry,
    ) -> Result<T, SessionStoreError> {
        let mut command = redis::cmd("EVAL");
        command.arg(script).arg(keys.len()).arg(keys).arg(arguments);
        self.command(keys.first().unwrap_or(&""), &command, retry).await
    }

    async fn call<T: FromRedisValue>(
        &self,
        slot: u16,
        retry: CallRetry,
        request: RedisRequest<'_>,
    ) -> Result<T, SessionStoreError> {
        let mut attempts = CallAttempts::default();
        loop {
            let location = self.locate(slot, &mut attempts).await?;
            match self.ask(&location, request, &mut attempts).await {
                Ok(value) => {
                    return T::from_redis_value(value).map_err(|_| unavailable(RedisFault::Answer));
                }
                Err(failed) => {
                    let pause = attempts.pause(&self.connector, &failed, retry);
                    sleep(pause.ok_or_else(|| unavailable(failed.fault))?).await;
                }
            }
        }
    }

    async fn locate(
        &self,
        slot: u16,
        attempts: &mut CallAttempts,
    ) -> Result<Location, SessionStoreError> {
        match attempts.ask.remove(&slot) {
            Some(address) => Ok(Location { address, asking: true }),
            None => self.connector.locate(slot).await.map_err(unavailable),
        }
    }

    /// The same commands for many keys, with one round trip for each server. To send them a second time has
    /// to have the same result.
    pub(super) async fn each(
        &self,
        keys: &[String],
        commands: impl Fn(&str, &mut Pipeline),
    ) -> Result<Vec<Vec<Value>>, SessionStoreError> {
        let mut answers = vec![Vec::new(); keys.len()];
        let mut left: Vec<usize> = (0..keys.len()).collect();
        let mut attempts = CallAttempts::default();
        while !left.is_empty() {
            let mut at: HashMap<Location, Vec<usize>> = HashMap::new();
            for index in left.drain(..) {
                let location = self.locate(slot_of(&keys[index]), &mut attempts).await?;
                at.entry(location).or_default().push(index);
            }
            let mut pause = Duration::ZERO;
            for (location, indexes) in at {
                let mut all = redis::pipe();
                indexes.iter().for_each(|index| commands(&keys[*index], &mut all));
                match self.ask(&location, RedisRequest::Pipeline(&all), &mut attempts).await {
                    Ok(Value::Array(together)) => {
                        let mut each = together.chunks(all.len() / indexes.len());
                        for index in indexes {
                            answers[index] = each.next().unwrap_or_default().to_vec();
                        }
                    }
                    Ok(_) => return Err(unavailable(RedisFault::Answer)),
                    Err(failed) => {
                        let next = attempts.pause(&self.connector, &failed, CallRetry::SameResult);
                        pause = pause.max(next.ok_or_else(|| unavailable(failed.fault))?);
                        left.extend(indexes);
                    }
                }
            }
            if !left.is_empty() {
                sleep(pause).await;
            }
        }
        Ok(answers)
    }
}

fn unavailable(fault: RedisFault) -> SessionStoreError {
    SessionStoreError::new(crate::error::RevocationError::from(fault).reason())
}
