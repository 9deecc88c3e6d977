//! Sending commands to a server, also for a slot that is still moving to it.

use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, RedisResult, Value};

/// Sends a command. With `asking`, `ASKING` goes before it: the server answers one command after that.
pub(crate) async fn send(
    connection: &mut MultiplexedConnection,
    asking: bool,
    command: &Cmd,
) -> RedisResult<Value> {
    if !asking {
        return connection.send_packed_command(command).await.and_then(Value::extract_error);
    }
    let mut pipeline = Pipeline::with_capacity(2);
    pipeline.cmd("ASKING").add_command(command.clone());
    let mut answers = connection.send_packed_commands(&pipeline, 1, 1).await?;
    answers.pop().unwrap_or(Value::Nil).extract_error()
}

/// Sends several commands in one round trip.
pub(crate) async fn send_all(
    connection: &mut MultiplexedConnection,
    asking: bool,
    commands: &Pipeline,
) -> RedisResult<Vec<Value>> {
    let count = commands.len();
    let answers = if asking {
        let mut pipeline = Pipeline::with_capacity(2 * count);
        for command in commands.cmd_iter() {
            pipeline.cmd("ASKING").add_command(command.clone());
        }
        let answers = connection.send_packed_commands(&pipeline, 0, 2 * count).await?;
        answers.into_iter().skip(1).step_by(2).collect()
    } else {
        connection.send_packed_commands(commands, 0, count).await?
    };
    answers.into_iter().map(Value::extract_error).collect()
}

#[cfg(test)]
mod tests;
