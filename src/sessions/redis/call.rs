//! Calls: to the server that has the key, and again where that is another one by now.

use std::collections::HashMap;

use redis::{Cmd, FromRedisValue, Pipeline, Value};
use tokio::time::sleep;

use super::attempts::{CallAttempts, CallRetry};
use super::connection::{Connections, RedisRequest};
use crate::revocation::redis::{Location, OngoingCall, RedisFault, slot_of};
use crate::sessions::store::SessionStoreError;
use crate::task::{Work, all_at_once};

impl Connections {
    /// A command on this key.
    pub(super) async fn command<T: FromRedisValue>(
        &self,
        key: &str,
        command: &Cmd,
        retry: CallRetry,
    ) -> Result<T, SessionStoreError> {
        let (value, _) = self.call(slot_of(key), retry, RedisRequest::Command(command)).await?;
        Ok(value)
    }

    /// Several commands in one round trip, all of them on keys with this key's tag.
    pub(super) async fn pipeline<T: FromRedisValue>(
        &self,
        key: &str,
        pipeline: &Pipeline,
        retry: CallRetry,
    ) -> Result<T, SessionStoreError> {
        let (value, _) = self.call(slot_of(key), retry, RedisRequest::Pipeline(pipeline)).await?;
        Ok(value)
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
        let (value, _) = self.script_with_attempts(script, keys, arguments, retry).await?;
        Ok(value)
    }

    /// As [`script`](Self::script). Says, too, whether an earlier attempt may have been executed, whose answer was
    /// lost.
    pub(super) async fn script_with_attempts<T: FromRedisValue>(
        &self,
        script: &str,
        keys: &[&str],
        arguments: &[&[u8]],
        retry: CallRetry,
    ) -> Result<(T, bool), SessionStoreError> {
        let mut command = redis::cmd("EVAL");
        command.arg(script).arg(keys.len()).arg(keys).arg(arguments);
        let slot = slot_of(keys.first().unwrap_or(&""));
        self.call(slot, retry, RedisRequest::Command(&command)).await
    }

    /// The answer, and whether an earlier attempt may have been executed.
    async fn call<T: FromRedisValue>(
        &self,
        slot: u16,
        retry: CallRetry,
        request: RedisRequest<'_>,
    ) -> Result<(T, bool), SessionStoreError> {
        let call = OngoingCall::with_time_to_connect(&self.connector);
        let value = call.answer_of(self.attempts(call, slot, retry, request)).await;
        let (value, may_be_repeated) = value.map_err(unavailable)?;
        let value = T::from_redis_value(value).map_err(|_| unavailable(RedisFault::Answer))?;
        Ok((value, may_be_repeated))
    }

    async fn attempts(
        &self,
        call: OngoingCall<'_>,
        slot: u16,
        retry: CallRetry,
        request: RedisRequest<'_>,
    ) -> Result<(Value, bool), RedisFault> {
        let mut attempts = CallAttempts::default();
        let mut may_be_repeated = false;
        loop {
            let location = self.locate(slot, &mut attempts).await?;
            let failed = match self.ask(call, &location, request, &attempts).await {
                Ok(value) => return Ok((value, may_be_repeated)),
                Err(failed) => failed,
            };
            may_be_repeated |= failed.may_have_been_executed();
            let pause = attempts.pause(&self.connector, vec![failed], retry);
            sleep(pause?).await;
        }
    }

    async fn locate(&self, slot: u16, attempts: &mut CallAttempts) -> Result<Location, RedisFault> {
        match attempts.ask.remove(&slot) {
            Some(address) => Ok(Location { address, asking: true }),
            None => self.connector.locate(slot).await,
        }
    }

    /// The same commands for many keys, with one round trip for each server, to all servers at once. To send
    /// them a second time has to have the same result.
    pub(super) async fn each(
        &self,
        keys: &[String],
        commands: impl Fn(&str, &mut Pipeline),
    ) -> Result<Vec<Vec<Value>>, SessionStoreError> {
        let call = OngoingCall::with_time_to_connect(&self.connector);
        call.answer_of(self.attempts_of_each(call, keys, commands)).await.map_err(unavailable)
    }

    async fn attempts_of_each(
        &self,
        call: OngoingCall<'_>,
        keys: &[String],
        commands: impl Fn(&str, &mut Pipeline),
    ) -> Result<Vec<Vec<Value>>, RedisFault> {
        let mut answers = vec![Vec::new(); keys.len()];
        let mut left: Vec<usize> = (0..keys.len()).collect();
        let mut attempts = CallAttempts::default();
        loop {
            let mut at: HashMap<Location, (Vec<usize>, Pipeline)> = HashMap::new();
            for index in left.drain(..) {
                let location = self.locate(slot_of(&keys[index]), &mut attempts).await?;
                let (indexes, all) = at.entry(location).or_default();
                indexes.push(index);
                commands(&keys[index], all);
            }
            let at: Vec<_> = at.into_iter().collect();
            let asked = at.iter().map(|(location, (_, all))| -> Work<'_, _> {
                Box::pin(self.ask(call, location, RedisRequest::Pipeline(all), &attempts))
            });
            let asked = all_at_once(asked.collect()).await;
            let mut failed = Vec::new();
            for ((_, (indexes, all)), answer) in at.into_iter().zip(asked) {
                match answer {
                    Ok(Value::Array(together)) => {
                        let mut each = together.chunks(all.len() / indexes.len());
                        for index in indexes {
                            answers[index] = each.next().unwrap_or_default().to_vec();
                        }
                    }
                    Ok(_) => return Err(RedisFault::Answer),
                    Err(failure) => {
                        failed.push(failure);
                        left.extend(indexes);
                    }
                }
            }
            if left.is_empty() {
                return Ok(answers);
            }
            let pause = attempts.pause(&self.connector, failed, CallRetry::SameResult);
            sleep(pause?).await;
        }
    }
}

fn unavailable(fault: RedisFault) -> SessionStoreError {
    SessionStoreError::new(crate::error::RevocationError::from(fault).reason())
}
